"""Where the files lie that the program reads but does not import.

In a checkout, templates and migrations stand at the top level; a wheel carries them inside the
package. Nothing else in the program may know the difference.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def templates_dir() -> Path:
    """Return the directory of the Jinja templates."""
    return _inside_or_beside("templates")


def migrations_dir() -> Path:
    """Return the directory of the database migrations."""
    return _inside_or_beside("migrations")


def samples_dir() -> Path:
    """Return the directory of the sample reports."""
    return _PACKAGE / "samples"


def _inside_or_beside(name: str) -> Path:
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
