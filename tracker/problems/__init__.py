"""One row a problem, whatever its source."""
