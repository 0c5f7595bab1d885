"""Signing in and out: passwords, server-side sessions, and slowing down guessing."""

import hashlib
import logging
import secrets
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.accounts.models import Account, AccountKind, SignIn
from tracker.accounts.policy import LATEST_VALUE, Policy, may_come_from, policy_of, present_policy
from tracker.accounts.throttling import forget, take_back, take_try
from tracker.audit.models import Outcome
from tracker.audit.trail import record
from tracker.database import reading, writing
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.refusals import Refused

IDLE = Policy().idle  # unless the security administrator set another
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)  # `last_seen_at` is written at most that often
SHORTEST_PASSWORD = 10

log = logging.getLogger(__name__)

_hasher = PasswordHasher()
_nobodys_hash = _hasher.hash(secrets.token_urlsafe(16))  # hashed against when no account has the name


def create_account(
    username: str, password: str, *, kind: AccountKind = AccountKind.PERSON, person: Person | None = None
) -> Account:
    """Create an account. Raises Refused for a name that is taken or a password that is too weak."""
    name = username.strip()
    if not name:
        raise Refused(_("账号名不能为空。"), field="username")
    if db.session.scalar(select(Account).where(Account.username == name)) is not None:
        raise Refused(_("账号“%(name)s”已存在，请换一个账号名。", name=name), field="username")
    check_password(password)
    now = clock.now()
    account = Account(
        username=name,
        kind=kind,
        person=person,
        password_hash=_hasher.hash(password),
        made_at=now,
        granted_at=now,
        password_set_at=now,
    )
    db.session.add(account)
    db.session.flush()
    record("account.create", f"account:{account.id}", username=name, kind=kind.value)
    return account


def check_password(password: str) -> None:
    """Raise Refused for a password that is too short or of fewer than three kinds of characters."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    used = sum(any(kind(char) for char in password) for kind in kinds)
    if len(password) < SHORTEST_PASSWORD or used < 3:
        raise Refused(
            _("密码至少 %(count)s 位，并含大写字母、小写字母、数字、符号中的三类。", count=SHORTEST_PASSWORD),
            field="password",
        )


def change_password(account: Account, password: str) -> None:
    """Set a new password and end every session of the account."""
    check_password(password)
    account.password_hash = _hasher.hash(password)
    account.password_set_at = clock.now()
    forget(spellings(account.username)[1])
    end_sessions(account)
    record("account.change_password", f"account:{account.id}")


def end_sessions(account: Account) -> int:
    """End every session of an account at once; return how many there were."""
    living = select(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    rows = db.session.scalars(living).all()
    for row in rows:
        row.ended_at = clock.now()
    return len(rows)


def no_password() -> str:
    """Return the hash of a password that nobody knows, for an account that a one-time secret will open."""
    return _nobodys_hash


def disable(account: Account) -> None:
    """Disable an account; its sessions end at once."""
    account.disabled_at = clock.now()
    end_sessions(account)
    record("account.disable", f"account:{account.id}")


def sign_in(username: str, password: str, *, address: str = "") -> str | None:
    """Check name and password and return the token of a new session, or None.

    The same work is done for a name that does not exist, so that neither answer nor time tells. Who tried
    too often waits (accounts/throttling); the reason is not told either.
    """
    name = spellings(username)[1]
    with writing():
        may_try = take_try(name, _account_named(username), address)
    if not may_try:
        time.sleep(_cost_of_a_look.seconds)
        _note_failure(_account_named(username))
        return None
    with reading():  # hashing takes a tenth of a second; nobody's writing waits for it
        right = _is_right(_account_named(username), password)
    account = _account_named(username)
    if account is None or not right or not _may_enter(account, address, present_policy()):
        _note_failure(account)
        return None
    take_back(name, address)
    return _begin_session(account, address)


def _begin_session(account: Account, address: str) -> str:
    now, token = clock.now(), secrets.token_urlsafe(32)
    account.last_seen_on = clock.today()
    db.session.add(
        SignIn(
            token_digest=_digest(token), account=account, began_at=now, last_seen_at=now, address=address[:64]
        )
    )
    record("account.sign_in", f"account:{account.id}", username=account.username)
    return token


def sign_out(token: str) -> None:
    """End the session of a token for good; a copied cookie is worth nothing afterwards."""
    row = _session_row(token)
    if row is not None and row.ended_at is None:
        row.ended_at = clock.now()
        record("account.sign_out", f"account:{row.account_id}")


def living_session(token: str, *, address: str = "") -> SignIn | None:
    """Return the session of a token while it lives, or None.

    It lives no longer when it ended or idled out, when the account was disabled or lost its grant, and
    when an administrator's comes from outside the addresses of the policy.
    """
    query = select(SignIn, LATEST_VALUE.scalar_subquery()).where(SignIn.token_digest == _digest(token))
    found = db.session.execute(query).one_or_none()  # asked with every page: one statement for both
    if found is None:
        return None
    row: SignIn = found[0]
    policy, now = policy_of(found[1]), clock.now()
    if row.ended_at is not None or not _may_enter(row.account, address, policy):
        return None
    if now - row.last_seen_at > policy.idle or now - row.began_at > LONGEST:
        return None
    return row


def due_to_be_seen(last_seen_at: datetime) -> bool:
    """Whether a session's `last_seen_at` is old enough to be written again."""
    return clock.now() - last_seen_at > SEEN_EVERY


def see(token: str) -> None:
    """Note that the session is in use."""
    row = _session_row(token)
    if row is not None:
        row.last_seen_at = clock.now()
        row.account.last_seen_on = clock.today()


def spellings(username: str) -> tuple[str, str]:
    """Return a name as it was typed and as it is kept; earlier versions kept it as typed."""
    typed = username.strip()
    return typed, unicodedata.normalize("NFKC", typed).casefold()


def _account_named(username: str) -> Account | None:
    typed, _plain = names = spellings(username)
    exactly_first = (Account.username != typed).label("other")
    named = select(Account).where(Account.username.in_(names)).order_by(exactly_first)
    return db.session.scalar(named.limit(1))


def _may_enter(account: Account, address: str, policy: Policy) -> bool:
    """Whether an account is enabled and granted, and an administrator's comes from where it may."""
    if account.disabled_at is not None or account.granted_at is None:
        return False
    if not may_come_from(account, address, policy):
        log.warning("account %s was used from outside the addresses of administrators", account.id)
        return False
    return True


def _is_right(account: Account | None, password: str) -> bool:
    """Whether the password is right; a name unknown costs the same time and is never right."""
    if account is None:
        _matches(_nobodys_hash, password)
        return False
    return _matches(account.password_hash, password)


def _session_row(token: str) -> SignIn | None:
    return db.session.scalar(select(SignIn).where(SignIn.token_digest == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class _Cost:
    """How long the last look at a password took: who has to wait is answered as late."""

    seconds: float = 0.0


_cost_of_a_look = _Cost()
_looks = BoundedSemaphore(4)  # each takes 64 MiB; a storm of sign-ins must not take all the memory


def _matches(password_hash: str, password: str) -> bool:
    with _looks:
        begun = time.perf_counter()
        try:
            return _hasher.verify(password_hash, password)
        except VerificationError:
            return False
        finally:
            _cost_of_a_look.seconds = time.perf_counter() - begun


def _note_failure(account: Account | None) -> None:
    subject = "account:-" if account is None else f"account:{account.id}"
    record("account.sign_in", subject, outcome=Outcome.REFUSED)
