"""Sending a form as a browser does: with the token and the key that its page holds."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_ONCE = re.compile(r'name="once" value="([^"]+)"')
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def token(page: str) -> str:
    """Return the CSRF token of a page."""
    found = _TOKEN.search(page)
    assert found, "the page holds no form"
    return found.group(1)


def once(page: str) -> str:
    """Return the key of the form of a page that makes something new."""
    found = _ONCE.search(page)
    assert found, "the page holds no form with a key"
    return found.group(1)


def post(
    visitor: FlaskClient, address: str, fields: dict[str, Any], *, page: str | None = None
) -> TestResponse:
    """Open the page of a form (its own address unless `page` names another) and send it filled in."""
    opened = visitor.get(page or address)
    sent = dict(fields) | {"csrf_token": token(opened.text)}
    if _ONCE.search(opened.text):
        sent.setdefault("once", once(opened.text))
    return visitor.post(address, data=sent)
