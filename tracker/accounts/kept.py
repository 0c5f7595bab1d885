"""What somebody typed when the session had lapsed: kept, and put back into the form after signing in.

Only the text of a form from the session's own pages is kept (its token is checked), for the account of that
session alone, one form an account, for a day. Passwords and files are not kept, and what is sent by a session
that was ended on purpose neither.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from sqlalchemy import delete, or_
from wtforms.validators import ValidationError

from tracker import clock
from tracker.accounts.models import KeptForm
from tracker.accounts.present import KEPT, present_token
from tracker.accounts.sessions import row_of
from tracker.extensions import db
from tracker.web.redirects import page_of_form
from tracker.web.refill import NEVER, refill

LASTS = timedelta(days=1)
MOST = 200_000  # characters
SECRET = frozenset({"password", "again", "current", "secret", "code"})  # names of fields that hold secrets
NOT_KEPT = ("/account", "/login", "/logout", "/first-password")  # where secrets are typed


def add_kept_forms(app: Flask) -> None:
    """Let pages be filled with what was kept; what is sent again is not kept any longer."""
    app.before_request(_forget_when_sent)
    app.after_request(_fill)


def keep_typed() -> str | None:
    """Keep the form of a request whose session lapsed; return the page to come back to, else None."""
    row = row_of(present_token() or "")
    lapsed = row is not None and row.ended_at is None and not row.awaits_code
    if row is None or not lapsed or request.path.startswith(NOT_KEPT) or not _has_token():
        return None
    typed = [[name, text] for name, text in request.form.items(multi=True) if name not in NEVER | SECRET]
    page = page_of_form()
    if page is None or sum(len(name) + len(text) for name, text in typed) > MOST:
        return None
    now = clock.now()
    older = or_(KeptForm.account_id == row.account_id, KeptForm.kept_at < now - LASTS)
    db.session.execute(delete(KeptForm).where(older))
    kept = KeptForm(account_id=row.account_id, page=page, action=request.path, typed=typed, kept_at=now)
    db.session.add(kept)
    db.session.flush()
    session[KEPT] = {"id": kept.id, "page": urlsplit(page).path, "action": request.path}
    return page


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _noted() -> dict[str, Any]:
    noted = session.get(KEPT)
    return noted if isinstance(noted, dict) else {}


def _forget_when_sent() -> None:
    """Delete what was kept once its form is sent by somebody signed in."""
    noted = _noted()
    if request.method == "POST" and noted.get("action") == request.path and current_user.is_authenticated:
        mine = (KeptForm.id == noted.get("id")) & (KeptForm.account_id == current_user.id)
        db.session.execute(delete(KeptForm).where(mine))
        session.pop(KEPT)


def _fill(response: Response) -> Response:
    """Put what was kept into the page it was typed on."""
    noted = _noted()
    shows_page = request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html"
    if not noted or not shows_page or noted.get("page") != request.path or not current_user.is_authenticated:
        return response
    kept = db.session.get(KeptForm, noted.get("id"))
    if kept is None or kept.account_id != current_user.id or kept.kept_at < clock.now() - LASTS:
        session.pop(KEPT)
        return response
    html = response.get_data(as_text=True)
    typed = [(name, text) for name, text in kept.typed]
    filled = refill(html, page=request.path, action=kept.action, typed=typed)
    left = [] if filled else [text for _name, text in typed if text.strip()]
    note = render_template("accounts/kept_note.html", left=left)
    response.set_data(_with_note(filled or html, note))
    return response


def _with_note(html: str, note: str) -> str:
    """Put a note at the head of the main part of a page."""
    end = html.find(">", html.find("<main")) + 1
    return html[:end] + note + html[end:]
