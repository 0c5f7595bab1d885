"""The text of a document, whatever kind of file it came in."""
