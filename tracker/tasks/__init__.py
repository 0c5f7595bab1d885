"""A problem becomes a task of a post; its life until it is closed."""
