"""The demo: an invented county with a past, made through the same verbs as real work."""
