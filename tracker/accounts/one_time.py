"""One-time secrets: a code on paper or in a letter that sets a password once; only its digest is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from tracker import clock
from tracker.accounts.changing import make_ready, set_password
from tracker.accounts.models import Account, OneTimeSecret
from tracker.accounts.names import spellings
from tracker.audit.trail import record
from tracker.database import reading
from tracker.extensions import db

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that reads like another on paper
GROUPS, GROUP = 5, 4  # 31 letters, 20 places: 99 bits


def issue(account: Account, valid_for: timedelta) -> tuple[str, datetime]:
    """Return a new secret for an account and when it runs out; those before it are worth nothing now."""
    now = clock.now()
    for older in db.session.scalars(
        select(OneTimeSecret).where(OneTimeSecret.account_id == account.id, OneTimeSecret.expires_at > now)
    ):
        older.expires_at = now
    secret = new_code(GROUPS)
    row = OneTimeSecret(account=account, digest=digest(secret), made_at=now, expires_at=now + valid_for)
    db.session.add(row)
    return secret, row.expires_at


def new_code(groups: int) -> str:
    """Return a random code in groups of four letters, 20 bits a group."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(groups))


def digest(secret: str) -> str:
    """Return what is kept of a secret, however it was typed: small letters and hyphens do not matter."""
    return hashlib.sha256("".join(filter(str.isalnum, secret.upper())).encode()).hexdigest()


def redeem(username: str, secret: str, password: str) -> bool:
    """Set a password by a secret, which is then worth nothing; return whether name and secret were right.

    Call it outside a transaction: the password is hashed before the writing begins. Nothing tells a wrong
    name from a wrong secret or one that ran out. Raises Refused for a weak password, which only somebody
    with a right secret learns; the secret is then still good. A wrong one leaves no row in the trail, which
    strangers could fill, but its line in the log.
    """
    with reading():
        row = _right_row(username, secret)
        ready = None if row is None else make_ready(row.account, password)
    row = None if ready is None else _right_row(username, secret)
    if row is None or ready is None:
        return False
    set_password(row.account, ready)
    row.used_at = clock.now()
    who = (row.account_id, row.account.username)
    record("account.redeem_secret", f"account:{row.account_id}", actor=who, username=row.account.username)
    return True


def _right_row(username: str, secret: str) -> OneTimeSecret | None:
    """Return the row of a secret that is still good for the account of a name, locked, or None."""
    row = db.session.scalar(
        select(OneTimeSecret)
        .where(OneTimeSecret.digest == digest(secret), OneTimeSecret.used_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    right = row is not None and row.expires_at > clock.now() and row.account.disabled_at is None
    return row if row is not None and right and row.account.username in spellings(username) else None
