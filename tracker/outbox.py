"""Letters that wait in rows until the mail server has them, whatever they are about.

Making and sending are two steps. A sender claims a row by a lease and commits, sends, and commits
the result: a death in between means the same letter again, with the same Message-ID, never a loss.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from secrets import token_hex
from typing import Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, String, and_, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tracker import clock
from tracker.columns import EnumColumn, Id
from tracker.config import Environment
from tracker.database import writing
from tracker.extensions import db
from tracker.mail import Connection, Failure, Letter, MailServer, NotSent

LEASE = timedelta(minutes=3)  # longer than one message takes, all time-outs together
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

log = logging.getLogger(__name__)


class OutgoingState(StrEnum):
    """How far a letter has come."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"  # for good: the address was refused, or the letter is owed no more


class Outgoing:
    """The columns of a table of letters. A sender holds a row by a lease; the Message-ID never changes."""

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[OutgoingState] = mapped_column(EnumColumn(OutgoingState))
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    server_down: Mapped[bool] = mapped_column(
        default=False
    )  # the server's fault: tried again once it answers
    made_at: Mapped[datetime]


R = TypeVar("R", bound=Outgoing)


class Unsendable(Exception):
    """A letter is not sent, now or ever; the text says why."""


def _nothing_more(_row: Outgoing) -> None:
    """Leave it at the row."""


@dataclass(frozen=True)
class Outbox(Generic[R]):
    """A table of letters, with what is particular to it.

    `write` makes the letter of a row, and raises Unsendable where it is owed no more; `settled` is called
    in the transaction in which a row gets its last state.
    """

    table: type[R]
    write: Callable[[R], Letter]
    settled: Callable[[R], None] = _nothing_more


@dataclass
class Delivered:
    """What one round of delivery came to."""

    sent: int = 0
    failed: int = 0
    refused: int = 0
    said: str = ""  # the last failure in the server's words


@dataclass(frozen=True)
class _Claim:
    """A row held by a lease, as it was read."""

    id: int
    attempt: int
    to: str
    message: EmailMessage


def installation() -> Environment:
    """Return the settings of the installation."""
    return cast(Environment, current_app.config["ENVIRONMENT"])


def sends_mail() -> bool:
    """Whether this installation sends mail at all."""
    return installation().smtp_url is not None


def message_id(*parts: object) -> str:
    """Return a Message-ID that no other letter has; the parts help whoever reads a log of mails."""
    host = urlsplit(installation().base_url).hostname or "localhost"
    return f"<{'.'.join([*map(str, parts), token_hex(16)])}@{host}>"


def due(table: type[Outgoing], now: datetime) -> ColumnElement[bool]:
    """Return the condition that a row waits and nobody holds it."""
    free = or_(table.leased_until.is_(None), table.leased_until < now)
    return and_(table.state == OutgoingState.WAITING, table.next_try_at <= now, free)


def deliver(outbox: Outbox[R], going_on: Callable[[], bool] = lambda: True) -> Delivered:
    """Send what is due, oldest first, until nothing is or the server fails; `going_on` may end it earlier."""
    result = Delivered()
    url = installation().smtp_url
    if url is None:
        return result
    connection = Connection(MailServer.read(url))
    try:
        while going_on() and (claim := _claim_next(outbox, connection.server)) is not None:
            if not _send(outbox, connection, claim, result):
                break
    finally:
        connection.close()
    return result


def wait_before(attempt: int) -> timedelta:
    """Return how long to wait before an attempt: doubling up to an hour, with jitter."""
    wait = min(FIRST_WAIT * 2.0 ** min(attempt - 2, 10), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.0)


def _claim_next(outbox: Outbox[R], server: MailServer) -> _Claim | None:
    """Take a lease on the next letter that is due, and write it."""
    table = outbox.table
    following = select(table.id).order_by(table.next_try_at, table.id).limit(1)
    while (row_id := db.session.scalar(following.where(due(table, clock.now())))) is not None:
        if not _lease(table, row_id):
            continue
        row = db.session.get_one(table, row_id)
        try:
            letter = outbox.write(row)
            claim = _Claim(row.id, row.attempts, letter.address, letter.from_(server.sender))
        except (Unsendable, ValueError) as reason:
            _end(outbox, row_id, row.attempts, state=OutgoingState.REFUSED, error=_why_not(reason))
            continue
        db.session.rollback()  # nothing stays open while the server is spoken to
        return claim
    db.session.rollback()
    return None


def _why_not(reason: Unsendable | ValueError) -> str:
    """Return why a letter was not written; a ValueError is an address that is none, or a broken header."""
    said = str(reason) if isinstance(reason, Unsendable) else f"邮箱地址有误：{reason}"
    return said[:300]


def _lease(table: type[Outgoing], row_id: int) -> bool:
    now = clock.now()
    with writing():
        taken = db.session.execute(
            update(table)
            .where(table.id == row_id, due(table, now))
            .values(leased_until=now + LEASE, attempts=table.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], taken).rowcount == 1


def _send(outbox: Outbox[R], connection: Connection, claim: _Claim, result: Delivered) -> bool:
    """Send one letter and note the result; False when the server is down, so that no other is tried."""
    try:
        connection.send(claim.message, claim.to)
    except NotSent as problem:
        result.said = problem.said
        _note_failure(outbox, claim, problem, result)
        return problem.failure is not Failure.SERVER
    sent = {"state": OutgoingState.SENT, "sent_at": clock.now(), "error": "", "server_down": False}
    _end(outbox, claim.id, claim.attempt, **sent)
    result.sent += 1
    if result.sent == 1:
        _try_the_others_now(outbox.table)
    return True


def _note_failure(outbox: Outbox[R], claim: _Claim, problem: NotSent, result: Delivered) -> None:
    if problem.failure is Failure.NEVER:
        result.refused += 1
        _end(outbox, claim.id, claim.attempt, state=OutgoingState.REFUSED, error=problem.said)
        return
    result.failed += 1
    table = outbox.table.__name__
    log.warning("%s %s was not sent and is kept: %s", table, claim.id, problem.said)
    _end(
        outbox,
        claim.id,
        claim.attempt,
        next_try_at=clock.now() + wait_before(claim.attempt + 1),
        error=problem.said,
        server_down=problem.failure is Failure.SERVER,
    )


def _end(outbox: Outbox[R], row_id: int, attempt: int, **values: Any) -> None:
    """Note a result and give the lease back, unless it ran out and somebody else has it."""
    table = outbox.table
    with writing():
        ended = db.session.execute(
            update(table)
            .where(table.id == row_id, table.attempts == attempt)
            .values(leased_until=None, **values)
            .execution_options(synchronize_session=False)
        )
        if cast(CursorResult[Any], ended).rowcount == 1 and "state" in values:
            outbox.settled(db.session.get_one(table, row_id))


def _try_the_others_now(table: type[Outgoing]) -> None:
    """The server answers again: what waited for it alone waits no longer."""
    with writing():
        db.session.execute(
            update(table)
            .where(table.state == OutgoingState.WAITING, table.server_down.is_(True))
            .values(next_try_at=clock.now(), server_down=False)
            .execution_options(synchronize_session=False)
        )
