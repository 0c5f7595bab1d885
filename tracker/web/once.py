"""Forms that act once, however often they are sent: by a double click, by the key F5, by a line that broke.

Only forms that make something new need it; what changes a row carries the row's version, which does the
same. The page holds a key of chance (`{{ csrf(once=true) }}`). Carrying the form out writes the key down in
the same transaction, under a unique constraint; whoever comes second waits for the first and is then told.
"""

import re
import secrets
from datetime import timedelta

from flask import Flask, request
from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.extensions import db
from tracker.refusals import Refused
from tracker.web.models import SpentForm

FIELD = "once"
KEPT = timedelta(days=30)  # a page left open for longer has long lost its session
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


def add_form_keys(app: Flask) -> None:
    """Let the templates give out keys: `form_key()`."""
    app.add_template_global(form_key)


def form_key() -> str:
    """Return a new key for one form."""
    return secrets.token_urlsafe(16)


def first_time() -> bool:
    """Whether the form of the request was not carried out before; from now on it was.

    A refusal after this rolls the key back with everything else, and the corrected form may use it
    again. Raises Refused for a form without a key of ours.
    """
    key = request.form.get(FIELD, "")
    if not _KEY.fullmatch(key):
        raise Refused(_("页面不完整或已过期，没有保存。刷新页面后重新填写。"))
    now = clock.now()
    db.session.execute(delete(SpentForm).where(SpentForm.spent_at < now - KEPT))
    try:
        with db.session.begin_nested():
            db.session.add(SpentForm(key=key, spent_at=now))
    except IntegrityError:
        return False
    return True
