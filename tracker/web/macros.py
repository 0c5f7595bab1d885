"""The macros of a template, called from code."""

from typing import Any

from flask import current_app


def macros(template: str) -> Any:
    """Return the macros of a template; they see no request, so what they write may be kept."""
    return current_app.jinja_env.get_template(template).module
