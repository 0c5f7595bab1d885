"""Who is at the keyboard: the account of the request, and the person it stands for."""

import logging

from flask import Flask, abort, g, request, session
from flask_login import LoginManager, current_user
from sqlalchemy.exc import SQLAlchemyError

from tracker.accounts.access import grants_accounts, makes_accounts, reads_trail, sees_accounts
from tracker.accounts.models import Account
from tracker.accounts.sessions import SignedIn, due_to_be_seen, living_session, see
from tracker.database import Busy, writing
from tracker.extensions import db

TOKEN = "_user_id"  # Flask-Login keeps here what `get_id` returned; with us the session's token

KEPT = "kept"  # which form waits to be filled, see `kept`
AWAITS_CODE = "awaits_code"  # and here the token while a code is owed

log = logging.getLogger(__name__)


def remember_by_token(login_manager: LoginManager, app: Flask) -> None:
    """Let Flask-Login find who is signed in by the token of a server-side session."""
    login_manager.init_app(app, add_context_processor=False)
    # the proxy asks the database where a template uses it, and so not on the page that says it is away
    app.jinja_env.globals["current_user"] = current_user
    login_manager.session_protection = None  # its fingerprint trusts a header; the row decides here
    login_manager.user_loader(_signed_in)


def _signed_in(token: object) -> SignedIn | None:
    """Return whose session it is while it lives; when it was last seen is kept for the end of the request."""
    if not isinstance(token, str):  # signed with our key, and yet none of ours
        return None
    found = living_session(token, address=request.remote_addr or "")
    if found is not None:
        g.last_seen_at = found.last_seen_at
    return found


def present_token() -> str | None:
    """Return the token of the request's session."""
    token = session.get(TOKEN)
    return token if isinstance(token, str) else None


def enter_with(token: str, *, key: str = TOKEN) -> None:
    """Give the browser a new session's token, and take everything else from it but the form that waits."""
    kept = session.get(KEPT)
    session.clear()
    session[key] = token
    if kept is not None:
        session[KEPT] = kept
    session["_fresh"] = True


def present_account() -> Account:
    """Return the account of the request itself, which a page that needs one always has."""
    return db.session.get_one(Account, current_user.id)


def seeing_account() -> Account:
    """Return the system or security administrator of the request; 404 for anybody else."""
    account = present_account()
    return account if sees_accounts(account) else abort(404)


def making_account() -> Account:
    """Return the system administrator of the request; 404 for anybody else."""
    account = present_account()
    return account if makes_accounts(account) else abort(404)


def granting_account() -> Account:
    """Return the security administrator of the request; 404 for anybody else."""
    account = present_account()
    return account if grants_accounts(account) else abort(404)


def auditing_account() -> Account:
    """Return the audit administrator of the request; 404 for anybody else."""
    account = present_account()
    return account if reads_trail(account) else abort(404)


def leave_unseen() -> None:
    """Let the request keep no session alive: a page asks by itself, and nobody need be sitting before it."""
    g.pop("last_seen_at", None)


def note_presence() -> None:
    """Write `last_seen_at`, at most once in five minutes; runs after the request's own work.

    Where the database does not take it, the answer that is made already goes out all the same.
    """
    token = present_token()
    if token is None or "last_seen_at" not in g or not due_to_be_seen(g.last_seen_at):
        return
    try:
        with writing():  # what failed before is rolled back there: it must not fail this, too
            see(token)
    except (Busy, SQLAlchemyError) as error:
        log.warning("request %s: the presence was not noted: %s", g.get("request_id", ""), error)
