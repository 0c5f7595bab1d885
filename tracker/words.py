"""Marks for words in tables: they are written once and translated where they are shown."""


def N_(text: str) -> str:  # the name that extraction knows
    """Mark a text of a table for translation; whoever shows it calls gettext."""
    return text


def NP_(_context: str, text: str) -> str:  # the name that extraction knows
    """Mark a text that means different things in different places; whoever shows it calls pgettext."""
    return text
