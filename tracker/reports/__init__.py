"""A document comes in, proposals come out, someone confirms them."""
