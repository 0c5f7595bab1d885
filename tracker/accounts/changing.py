"""Setting a password: the rules of the profile in force, the last ones, and what a new one ends."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from tracker import clock
from tracker.accounts import hashing, sessions, throttling
from tracker.accounts.models import Account, FormerPassword, OneTimeSecret
from tracker.accounts.names import spellings
from tracker.accounts.passwords import FORMER, LASTS, Profile, Tried, broken_rule
from tracker.accounts.policy import present_policy
from tracker.accounts.queries import posts_of
from tracker.accounts.sessions import SignedIn
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import Person, Unit
from tracker.refusals import Refused

STEM = 2  # 青示镇 is also called 青示


def check_password(password: str, *, username: str = "", person: Person | None = None) -> None:
    """Raise Refused, with the reason, for a password that the profile in force does not allow."""
    tried = Tried(password, present_policy().profile, username, _names(person))
    reason = broken_rule(tried)
    if reason is not None:
        raise Refused(reason, field="password")


@dataclass(frozen=True)
class Ready:
    """A password that may be set: hashed, and held against the last ones before anybody waits to write."""

    password_hash: str
    instead_of: str  # the hash of the password that was the present one


def make_ready(account: Account, password: str) -> Ready:
    """Check and hash a password: up to four hashes, so call it in `reading()`, not while one writes.

    Raises Refused for a password that the profile does not allow, one of the last ones among them.
    """
    check_password(password, username=account.username, person=account.person or account.keeper)
    _refuse_former(account, password)
    return Ready(hashing.hash_of(password), account.password_hash)


def set_password(account: Account, ready: Ready) -> None:
    """Set a new password; every session and every one-time secret of the account ends.

    Raises Refused where another one was set since this one was made ready.
    """
    db.session.refresh(account, ["password_hash"], with_for_update=True)  # two at once take turns
    if account.password_hash != ready.instead_of:
        raise Refused(_("密码刚在别处改过，这次没有改动。请用新密码登录，或重新设置。"), field="password")
    _remember_former(account)
    account.password_hash = ready.password_hash
    account.password_set_at = clock.now()
    throttling.forget(spellings(account.username)[1])
    sessions.end_sessions(account)
    db.session.execute(
        update(OneTimeSecret)
        .where(OneTimeSecret.account_id == account.id, OneTimeSecret.expires_at > clock.now())
        .values(expires_at=clock.now())
    )
    record("account.change_password", f"account:{account.id}")


def change_password(account: Account, password: str) -> None:
    """Make a password ready and set it in one, where nobody else waits to write: on the command line."""
    set_password(account, make_ready(account, password))


def days_left(account: Account | SignedIn, profile: Profile) -> int | None:
    """Return for how many days the password is still good, 0 or less when it ran out; None: for ever."""
    lasts = LASTS[profile]
    if lasts is None or account.password_set_at is None:
        return None
    return -(-(account.password_set_at + lasts - clock.now()) // timedelta(days=1))


def has_run_out(account: Account | SignedIn, profile: Profile) -> bool:
    """Whether the password must be changed before anything else."""
    left = days_left(account, profile)
    return left is not None and left <= 0


def _refuse_former(account: Account, password: str) -> None:
    count = FORMER[present_policy().profile]
    if not count or account.password_set_at is None:
        return
    hashes = [account.password_hash, *(row.password_hash for row in _former(account)[: count - 1])]
    if any(hashing.matches(one, password) for one in hashes):
        raise Refused(_("最近 %(count)s 次用过的密码不能再用，请换一个。", count=count), field="password")


def _remember_former(account: Account) -> None:
    """Keep the hash of the present password, and no more of them than a profile asks for."""
    if account.password_set_at is None:
        return
    for row in _former(account)[max(FORMER.values()) - 2 :]:
        db.session.delete(row)
    former = FormerPassword(account=account, password_hash=account.password_hash, ended_at=clock.now())
    db.session.add(former)


def _former(account: Account) -> list[FormerPassword]:
    rows = select(FormerPassword).where(FormerPassword.account_id == account.id)
    return list(db.session.scalars(rows.order_by(FormerPassword.id.desc())))


def _names(person: Person | None) -> tuple[str, ...]:
    """Return the names of a person and of the units of today's posts, also without 镇 or 村."""
    if person is None or person.id is None:
        return ()
    posts = posts_of([person], clock.today()).get(person.id, [])
    units = {unit.name for post in posts for unit in _up(post.unit)}
    return (person.name, *units, *(name[:-1] for name in units if len(name) > STEM))


def _up(unit: Unit | None) -> list[Unit]:
    return [] if unit is None else [unit, *_up(unit.parent)]
