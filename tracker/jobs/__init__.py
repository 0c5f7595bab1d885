"""Long work: a row, its progress, its lease."""
