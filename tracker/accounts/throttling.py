"""Slowing guesses down without locking the owner of a name out (等保, ASVS 6.3.1).

Each try is written down before the password is looked at, so that tries at the same moment count, too, and
is taken back when it was right. Who is known in a network, because they signed in from there before, is
judged by their own tries there alone: guesses from elsewhere do not lock them out.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, and_, delete, func, select, text

from tracker import clock
from tracker.accounts.models import Account, SignIn, SignInFailure
from tracker.extensions import db

FREE = 5  # wrong passwords of one name from one network before it waits
WAIT = timedelta(minutes=15)  # then, doubled with each further one
LONGEST_WAIT = timedelta(hours=4)
REMEMBERED = timedelta(days=1)  # tries are kept so long
SHORT = timedelta(minutes=10)
STRANGERS = 5  # tries at one name in SHORT from all networks in which it is not known
STRANGERS_A_DAY = 50
NETWORK = 20  # tries in SHORT from one network at names that are not known there
EVERYWHERE = 200  # the same from all networks together
KNOWN_FOR = timedelta(days=60)
_ONE_AT_A_TIME = 7_130_001  # key of PostgreSQL's lock; SQLite has one writer anyway


def network_of(address: str) -> str:
    """Return the network an address lies in: /24, in IPv6 /64; what is no address stands for itself."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network((ip, 24 if ip.version == 4 else 64), strict=False))


def take_try(username: str, account: Account | None, address: str) -> bool:
    """Write a try down and return whether its password may be looked at; call it inside `writing()`.

    A name without an account is judged alike, so that waiting tells nothing of it.
    """
    now, network, digest = clock.now(), network_of(address), _digest(username)
    take_turn()
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < now - REMEMBERED))
    known = _known_networks(account, now)
    if _waits(digest, network, now) or (network not in known and _too_many(digest, network, known, now)):
        return False
    db.session.add(SignInFailure(name_digest=digest, network=network, at=now))
    return True


def take_back(username: str, address: str) -> None:
    """Forget the tries of a name from a network: the last one was right."""
    mine = _of(_digest(username)) & (SignInFailure.network == network_of(address))
    db.session.execute(delete(SignInFailure).where(mine))


def take_back_last(username: str, address: str) -> None:
    """Forget the last try of a name from a network, no more: its password was right, a code is still owed.

    Otherwise whoever knows the password could go on for ever, a guess at the code after each.
    """
    mine = _of(_digest(username)) & (SignInFailure.network == network_of(address))
    last = select(func.max(SignInFailure.id)).where(mine).scalar_subquery()
    db.session.execute(delete(SignInFailure).where(SignInFailure.id == last))


def forget(username: str) -> None:
    """Forget every try at a name: its password is a new one."""
    db.session.execute(delete(SignInFailure).where(_of(_digest(username))))


def _waits(digest: str, network: str, now: datetime) -> bool:
    """Whether a name has to wait in a network: FREE wrong ones, then longer with each."""
    tries = select(func.count(SignInFailure.id), func.max(SignInFailure.at))
    count, last = db.session.execute(tries.where(_of(digest), SignInFailure.network == network)).one()
    if count < FREE:
        return False
    return bool(now < last + min(WAIT * 2.0 ** (count - FREE), LONGEST_WAIT))


def _too_many(digest: str, network: str, known: Sequence[str], now: datetime) -> bool:
    """Whether strangers have tried too often: at this name, from this network, or altogether."""
    lately, elsewhere = SignInFailure.at > now - SHORT, SignInFailure.network.not_in(known)
    return (
        _count(_of(digest), elsewhere, lately) >= STRANGERS
        or _count(_of(digest), elsewhere) >= STRANGERS_A_DAY
        or _count(SignInFailure.network == network, lately) >= NETWORK
        or _count(lately) >= EVERYWHERE
    )


def _known_networks(account: Account | None, now: datetime) -> list[str]:
    """Return the networks from which an account signed in lately."""
    if account is None:
        return []
    lately = SignIn.began_at > now - KNOWN_FOR
    entered = and_(SignIn.address != "", SignIn.awaits_code.is_(False))
    addresses = select(SignIn.address).where(SignIn.account_id == account.id, lately, entered)
    return sorted({network_of(address) for address in db.session.scalars(addresses.distinct())})


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(SignInFailure.id)).where(*conditions)) or 0


def _of(digest: str) -> ColumnElement[bool]:
    return SignInFailure.name_digest == digest


def _digest(username: str) -> str:
    return hashlib.sha256(username.encode()).hexdigest()


def take_turn() -> None:
    """Let nobody else count until this transaction ends."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
