"""One-time secrets: a code on paper or in a letter that sets a password once; only its digest is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from tracker import clock
from tracker.accounts.changing import change_password
from tracker.accounts.models import Account, OneTimeSecret
from tracker.accounts.names import spellings
from tracker.audit.models import Outcome
from tracker.audit.trail import record
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

    Nothing tells a wrong name from a wrong secret or one that ran out. Raises Refused for a weak password,
    which only somebody with a right secret learns; the secret is then still good.
    """
    row = db.session.scalar(
        select(OneTimeSecret)
        .where(OneTimeSecret.digest == digest(secret), OneTimeSecret.used_at.is_(None))
        .with_for_update()
    )
    right = row is not None and row.expires_at > clock.now() and row.account.disabled_at is None
    if row is None or not right or row.account.username not in spellings(username):
        record("account.redeem_secret", "account:-", outcome=Outcome.REFUSED)
        return False
    change_password(row.account, password)
    row.used_at = clock.now()
    who = (row.account_id, row.account.username)
    record("account.redeem_secret", f"account:{row.account_id}", actor=who, username=row.account.username)
    return True
