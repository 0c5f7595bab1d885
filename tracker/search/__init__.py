"""Finding problems and tasks by their words."""
