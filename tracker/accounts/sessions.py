"""Server-side sessions: the browser holds a random token, the row says whether it is worth anything."""

import hashlib
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_login import UserMixin
from sqlalchemy import bindparam, select

from tracker import clock
from tracker.accounts.devices import device_of, is_phone
from tracker.accounts.models import Account, AccountKind, SignIn
from tracker.accounts.policy import LATEST_VALUE, Policy, may_come_from, policy_of, present_policy
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.kept import present_mark
from tracker.organization.models import Person

IDLE = Policy().idle  # unless the security administrator set another
PHONE_IDLE = timedelta(hours=8)  # of a phone without administrator rights: it has a lock of its own
LONGEST = timedelta(hours=12)  # a working day, on a phone too: a lost one is worth nothing next morning
CODE_WITHIN = timedelta(minutes=5)  # after the password
SEEN_EVERY = timedelta(minutes=5)  # `last_seen_at` is written at most that often
MOST_SHOWN = 20

# asked with every page: one statement, built once, that loads no rows
_SIGNED_IN = (
    select(
        SignIn.began_at,
        SignIn.last_seen_at,
        SignIn.ended_at,
        SignIn.on_phone,
        SignIn.awaits_code,
        Account.id,
        Account.username,
        Account.kind,
        Account.disabled_at,
        Account.granted_at,
        Account.password_set_at,
        Account.totp_confirmed_at,
        Account.person_id,
        Person.name.label("of_person"),
        LATEST_VALUE.scalar_subquery().label("policy"),
        present_mark().label("mark"),
    )
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(Person, Person.id == Account.person_id)
    .where(SignIn.token_digest == bindparam("digest"))
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc] # Flask-Login ships no types
    """Whose session the request has, in plain values: every page asks, few need the account itself."""

    id: int  # of the account
    username: str
    kind: AccountKind
    person_id: int | None
    name: str  # of the person, else of the account
    password_set_at: datetime | None
    totp_confirmed_at: datetime | None
    last_seen_at: datetime  # of the session
    policy: Policy  # in force
    mark: str  # of the organization (`organization.kept`)


def begin(account: Account, *, address: str, user_agent: str, awaits_code: bool = False) -> str:
    """Begin a session and return its token; the row says from where and on what.

    One that awaits a code opens nothing but the page that asks for it.
    """
    now, token = clock.now(), secrets.token_urlsafe(32)
    device = device_of(user_agent)
    if not awaits_code:
        account.last_seen_on = clock.today()
    db.session.add(
        SignIn(
            token_digest=digest(token),
            account=account,
            began_at=now,
            last_seen_at=now,
            address=address[:64],
            device=device,
            on_phone=is_phone(device),
            awaits_code=awaits_code,
        )
    )
    return token


def living_session(token: str, *, address: str = "") -> SignedIn | None:
    """Return whose session a token belongs to, while it lives; else None.

    It lives no longer when it ended or lapsed, when the account was disabled or lost its grant, and
    when an administrator's comes from outside the addresses of the policy.
    """
    row: Any = db.session.connection().execute(_SIGNED_IN, {"digest": digest(token)}).one_or_none()
    if row is None or row.ended_at is not None or row.awaits_code:
        return None
    policy = policy_of(row.policy)
    if not may_enter(row, address, policy) or has_lapsed(row, row.kind, policy):
        return None
    return SignedIn(
        id=row.id,
        username=row.username,
        kind=row.kind,
        person_id=row.person_id,
        name=row.of_person or row.username,
        password_set_at=row.password_set_at,
        totp_confirmed_at=row.totp_confirmed_at,
        last_seen_at=row.last_seen_at,
        policy=policy,
        mark=row.mark or "",
    )


def session_awaiting_code(token: str, *, address: str) -> SignIn | None:
    """Return the session whose password was right lately and whose code is owed, or None."""
    row = row_of(token)
    if row is None or row.ended_at is not None or not row.awaits_code:
        return None
    if row.account.totp_confirmed_at is None:  # taken off in between: the next sign-in asks for none
        return None
    late = clock.now() - row.began_at > CODE_WITHIN
    return None if late or not may_enter(row.account, address, present_policy()) else row


def has_lapsed(row: SignIn, kind: AccountKind, policy: Policy) -> bool:
    """Whether a session of a kind of account lay idle for too long, or lasted for LONGEST."""
    now = clock.now()
    return now - row.last_seen_at > idle_time(row, kind, policy) or now - row.began_at > LONGEST


def idle_time(row: SignIn, kind: AccountKind, policy: Policy) -> timedelta:
    """How long a session may lie idle: as the policy says, on a phone without administrator rights longer."""
    on_phone = row.on_phone and kind is AccountKind.PERSON
    return max(PHONE_IDLE, policy.idle) if on_phone else policy.idle


def living_sessions(account: Account) -> Sequence[SignIn]:
    """Return the sessions of an account that live, the latest first, at most MOST_SHOWN."""
    rows = db.session.scalars(
        select(SignIn)
        .where(
            SignIn.account_id == account.id,
            SignIn.ended_at.is_(None),
            SignIn.awaits_code.is_(False),
            SignIn.began_at > clock.now() - LONGEST,
        )
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
        .limit(MOST_SHOWN * 5)
    )
    policy = present_policy()
    return [row for row in rows if not has_lapsed(row, account.kind, policy)][:MOST_SHOWN]


def end_sessions(account: Account, *, keep: str | None = None) -> int:
    """End every session of an account at once, but the one with the token `keep`; return how many."""
    living = select(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None))
    kept = None if keep is None else digest(keep)
    rows = [row for row in db.session.scalars(living) if row.token_digest != kept]
    for row in rows:
        row.ended_at = clock.now()
    return len(rows)


def has_ended(row: SignIn) -> bool:
    """Whether a session was ended, meanwhile by somebody else too."""
    db.session.refresh(row, ["ended_at"])
    return row.ended_at is not None


def end_one(row: SignIn) -> None:
    """End one session of one's own."""
    if row.ended_at is None:
        row.ended_at = clock.now()
        record("account.end_session", f"account:{row.account_id}", device=row.device, address=row.address)


def sign_out(token: str) -> None:
    """End the session of a token for good; a copied cookie is worth nothing afterwards."""
    row = row_of(token)
    if row is not None and row.ended_at is None:
        row.ended_at = clock.now()
        record("account.sign_out", f"account:{row.account_id}")


def due_to_be_seen(last_seen_at: datetime) -> bool:
    """Whether a session's `last_seen_at` is old enough to be written again."""
    return clock.now() - last_seen_at > SEEN_EVERY


def see(token: str) -> None:
    """Note that the session is in use."""
    row = row_of(token)
    if row is not None:
        row.last_seen_at = clock.now()
        row.account.last_seen_on = clock.today()


def may_enter(account: Account, address: str, policy: Policy) -> bool:
    """Whether an account is enabled and granted, and an administrator's comes from where it may."""
    if account.disabled_at is not None or account.granted_at is None:
        return False
    if not may_come_from(account.kind, address, policy):
        log.warning("account %s was used from outside the addresses of administrators", account.id)
        return False
    return True


def row_of(token: str) -> SignIn | None:
    """Return the row of a token, whether the session lives or not."""
    return db.session.scalar(select(SignIn).where(SignIn.token_digest == digest(token)))


def digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
