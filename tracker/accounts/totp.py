"""The second factor: codes of a phone (TOTP, RFC 6238), and ten codes on paper for when it is lost.

The secret is stored nowhere. It is derived from the installation's secret key and a random salt beside the
account, so that a copy of the database alone makes no codes; it is shown only until it is confirmed. With
another secret key every phone must be set up anew.
"""

import base64
import hashlib
import hmac
import secrets

import pyotp
import segno
from flask import current_app
from sqlalchemy import delete, func, select

from tracker import clock
from tracker.accounts.models import Account, RecoveryCode
from tracker.accounts.one_time import digest, new_code
from tracker.accounts.sessions import SignedIn
from tracker.audit.trail import record
from tracker.extensions import db

ISSUER = "一岗双责跟踪"
STEP = 30  # seconds a code lasts
EITHER_WAY = 1  # steps that a phone's clock may be off
CODES = 10
CODE_GROUPS = 4  # of four letters: 79 bits


def is_on(account: Account | SignedIn) -> bool:
    """Whether signing in asks for a code."""
    return account.totp_confirmed_at is not None


def begin(account: Account) -> None:
    """Choose a new secret for an account; it counts for nothing until a code of it was typed."""
    account.totp_salt = secrets.token_hex(16)
    account.totp_confirmed_at = account.totp_last_step = None


def secret_of(account: Account) -> str:
    """Return the secret of an account in base 32, as phones take it."""
    key, salt = str(current_app.config["SECRET_KEY"]), account.totp_salt
    assert salt is not None  # it was begun
    derived = hmac.new(key.encode(), f"totp:{salt}".encode(), hashlib.sha256).digest()
    return base64.b32encode(derived[:20]).decode()


def picture_of(account: Account) -> str:
    """Return the secret as a QR code: an SVG without style, dark on light whatever the page."""
    address = pyotp.TOTP(secret_of(account)).provisioning_uri(name=account.username, issuer_name=ISSUER)
    return segno.make(address, error="m").svg_inline(
        scale=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )


def confirm(account: Account, code: str) -> list[str] | None:
    """Turn it on by a code of the new secret; return the recovery codes, None for a wrong code."""
    if account.totp_salt is None or is_on(account) or not _is_code(account, code):
        return None
    account.totp_confirmed_at = clock.now()
    record("account.totp_on", f"account:{account.id}", username=account.username)
    return new_recovery_codes(account)


def new_recovery_codes(account: Account) -> list[str]:
    """Return ten new codes for an account; those before them are worth nothing now."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [new_code(CODE_GROUPS) for _ in range(CODES)]
    now = clock.now()
    db.session.add_all(
        RecoveryCode(account_id=account.id, digest=digest(code), made_at=now) for code in codes
    )
    record("account.recovery_codes", f"account:{account.id}", username=account.username)
    return codes


def codes_left(account: Account) -> int:
    """Return how many recovery codes were not used."""
    left = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
    )
    return db.session.scalar(left) or 0


def spend(account: Account, typed: str) -> bool:
    """Whether a code of the phone or on paper is right; it is worth nothing a second time.

    The account's row is locked, so that of two who send the same code at once one comes in.
    """
    db.session.scalar(select(Account.id).where(Account.id == account.id).with_for_update())
    db.session.refresh(account, ["totp_last_step", "totp_salt", "totp_confirmed_at"])
    if not is_on(account):
        return False
    code = "".join(typed.split())
    if code.isascii() and code.isdecimal():
        return _is_code(account, code)
    row = db.session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.digest == digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        return False
    row.used_at = clock.now()
    who = (account.id, account.username)
    record("account.recovery_code", f"account:{account.id}", actor=who, username=account.username)
    return True


def take_off(account: Account) -> None:
    """Take the second factor off; the recovery codes go with it."""
    account.totp_salt = account.totp_confirmed_at = account.totp_last_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record("account.totp_off", f"account:{account.id}", username=account.username)


def _is_code(account: Account, code: str) -> bool:
    """Whether a code is right now or a step off, and of a later step than the last that was used."""
    totp, now = pyotp.TOTP(secret_of(account), interval=STEP), int(clock.now().timestamp())
    for step in range(now // STEP - EITHER_WAY, now // STEP + EITHER_WAY + 1):
        used = account.totp_last_step is not None and step <= account.totp_last_step
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()) and not used:
            account.totp_last_step = step
            return True
    return False
