"""Files in and out: the store, the official paper."""
