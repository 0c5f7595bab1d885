"""The edge of every request: who may come in, the one transaction, the security headers."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from tracker.database import begin_writing, end_writing
from tracker.extensions import db
from tracker.web.incoming import limit_strangers, refuse_control_characters
from tracker.web.origin import refuse_foreign_hosts
from tracker.web.strangers import note_stranger

F = TypeVar("F")

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def public(view: F) -> F:
    """Mark a view that needs no account; every other view does."""
    view.public = True  # type: ignore[attr-defined] # Flask reads views as plain functions
    return view


def guard(app: Flask, keep_typed: Callable[[], str | None]) -> None:
    """Put the edge around every request of the application.

    `keep_typed` is asked when somebody without a session sends a form: it may keep what was typed, and
    returns the page to come back to after signing in.
    """
    app.before_request(_number)
    app.before_request(refuse_foreign_hosts)
    app.before_request(limit_strangers)
    app.before_request(refuse_control_characters)
    app.before_request(_begin)
    app.before_request(lambda: _require_account(keep_typed))
    app.after_request(note_stranger)
    app.after_request(_add_headers)
    app.after_request(_end)  # Flask runs the last one first: an answer that it replaces gets its headers, too
    app.teardown_request(_leave)


def _number() -> None:
    g.request_id = secrets.token_hex(6)


def _begin() -> None:
    """An unsafe request is one write transaction from its start."""
    if request.method in UNSAFE:
        g.writing = begin_writing()


def _require_account(keep_typed: Callable[[], str | None]) -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "public", False):
        return None
    if current_user.is_authenticated:
        return None
    g.turned_away = True
    if request.path.startswith("/api/"):
        return {"error": {"code": "sign_in", "message": _("请先登录。")}}, 401
    here = request.full_path.rstrip("?") if request.method == "GET" else keep_typed()
    return redirect(url_for("accounts.sign_in", next=here))


def _end(response: Response) -> Response:
    """Commit what was done; a refused request leaves nothing (its trail row is written by itself)."""
    if "writing" in g:
        if response.status_code < 400 or g.get("keep_changes"):
            return _committed(response)
        db.session.rollback()
    return response


def _committed(response: Response) -> Response:
    """Commit, and answer as for any other error of the database where it does not let us."""
    try:
        db.session.commit()
    except DBAPIError as error:
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _leave(_error: Any) -> None:
    token = g.pop("writing", None)
    if token is not None:
        end_writing(token)
