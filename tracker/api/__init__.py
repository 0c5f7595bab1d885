"""The same data for other programs."""
