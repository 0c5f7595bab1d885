"""One message a person and working day, carried out of the house by SMTP.

Making and sending are two steps. A sender claims a digest by a lease and commits, sends, and commits
the result: a death in between means the same message again, with the same Message-ID, never a loss.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from secrets import token_hex
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import ColumnElement, CursorResult, and_, or_, select, update

from tracker import clock
from tracker.config import Environment
from tracker.database import BATCH, writing
from tracker.extensions import db
from tracker.mail import Connection, Failure, Letter, MailServer, NotSent
from tracker.organization.models import Person
from tracker.reminders.models import Digest, DigestState, Notice
from tracker.reminders.queries import said
from tracker.reminders.subjects import page_of
from tracker.workdays import shipped

DIGEST_TIME = time(8, 30)  # office time from which the day's digest is made
OLDEST = timedelta(days=14)  # what lay longer stays in the inbox alone, as after mail was set up late
LEASE = timedelta(minutes=3)  # longer than one message takes, all time-outs together
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
LISTED = 40  # notices spelt out in one message; the rest is counted

log = logging.getLogger(__name__)


@dataclass
class Delivered:
    """What one round of delivery came to."""

    sent: int = 0
    failed: int = 0
    refused: int = 0
    said: str = ""  # the last failure in the server's words


@dataclass(frozen=True)
class _Claim:
    """A digest held by a lease, as it was read."""

    id: int
    attempt: int
    to: str
    message: EmailMessage


def mail_configured() -> bool:
    """Whether this installation sends mail at all."""
    return _environment().smtp_url is not None


def make_digests(now: datetime) -> int:
    """Make the digests of the day, on working days from DIGEST_TIME on; return how many.

    A person gets one for the notices not read and not sent yet, none where there is nothing or no
    address. The unique row of person and day keeps it to one, whoever makes it.
    """
    local, made = clock.office_time(now), 0
    if not mail_configured() or local.time() < DIGEST_TIME or not shipped().is_workday(local.date()):
        return 0
    while people := _owed_a_digest(local.date(), now):
        with writing():
            made += sum(_make_digest(person_id, local.date(), now) for person_id in people)
    db.session.rollback()
    return made


def deliver(going_on: Callable[[], bool] = lambda: True) -> Delivered:
    """Send what is due, oldest first, until nothing is or the server fails; `going_on` may end it earlier."""
    result = Delivered()
    url = _environment().smtp_url
    if url is None:
        return result
    connection = Connection(MailServer.read(url))
    try:
        while going_on() and (claim := _claim_next()) is not None:
            if not _send(connection, claim, result):
                break
    finally:
        connection.close()
    return result


def _environment() -> Environment:
    return cast(Environment, current_app.config["ENVIRONMENT"])


# --- making --------------------------------------------------------------------------------------


def _undigested(now: datetime) -> ColumnElement[bool]:
    return and_(
        Notice.digest_id.is_(None),
        Notice.read_at.is_(None),
        Notice.collapsed.is_(False),
        Notice.made_at > now - OLDEST,
    )


def _owed_a_digest(day: date, now: datetime) -> list[int]:
    has_one = select(Digest.id).where(Digest.person_id == Person.id, Digest.day == day).exists()
    owed = select(Notice.person_id).where(_undigested(now))
    return list(
        db.session.scalars(
            select(Person.id)
            .where(Person.id.in_(owed), Person.email.is_not(None), Person.email != "", ~has_one)
            .order_by(Person.id)
            .limit(BATCH // 10)
        )
    )


def _make_digest(person_id: int, day: date, now: datetime) -> bool:
    """Make one digest, unless another worker just did (on PostgreSQL; SQLite has one writer)."""
    person = db.session.get_one(Person, person_id, with_for_update=True)
    if (
        db.session.scalar(select(Digest.id).where(Digest.person_id == person.id, Digest.day == day))
        is not None
    ):
        return False
    digest = Digest(
        person_id=person.id,
        day=day,
        message_id=_message_id(person.id, day),
        state=DigestState.WAITING,
        next_try_at=now,
        made_at=now,
    )
    db.session.add(digest)
    db.session.flush()
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person.id, _undigested(now))
        .values(digest_id=digest.id)
        .execution_options(synchronize_session=False)
    )
    return True


def _message_id(person_id: int, day: date) -> str:
    host = urlsplit(_environment().base_url).hostname or "localhost"
    return f"<{day:%Y%m%d}.{person_id}.{token_hex(8)}@{host}>"


# --- sending -------------------------------------------------------------------------------------


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(Digest.leased_until.is_(None), Digest.leased_until < now)
    return and_(Digest.state == DigestState.WAITING, Digest.next_try_at <= now, free)


def _claim_next() -> _Claim | None:
    """Take a lease on the next digest that is due, and write its message."""
    following = select(Digest.id).order_by(Digest.next_try_at, Digest.id).limit(1)
    while (digest_id := db.session.scalar(following.where(_due(clock.now())))) is not None:
        if not _lease(digest_id):
            continue
        digest = db.session.get_one(Digest, digest_id)
        try:
            to = digest.person.email or ""
            claim = _Claim(digest.id, digest.attempts, to, compose(digest))
        except ValueError as unfit:  # an address that is none, a line break in a header
            _end(digest_id, digest.attempts, state=DigestState.REFUSED, error=f"邮箱地址有误：{unfit}"[:300])
            continue
        db.session.rollback()  # nothing stays open while the server is spoken to
        return claim
    db.session.rollback()
    return None


def _lease(digest_id: int) -> bool:
    now = clock.now()
    with writing():
        taken = db.session.execute(
            update(Digest)
            .where(Digest.id == digest_id, _due(now))
            .values(leased_until=now + LEASE, attempts=Digest.attempts + 1)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], taken).rowcount == 1


def _send(connection: Connection, claim: _Claim, result: Delivered) -> bool:
    """Send one digest and note the result; False when the server is down, so that no other is tried."""
    try:
        connection.send(claim.message, claim.to)
    except NotSent as problem:
        result.said = problem.said
        _note_failure(claim, problem, result)
        return problem.failure is not Failure.SERVER
    _end(claim.id, claim.attempt, state=DigestState.SENT, sent_at=clock.now(), error="", server_down=False)
    result.sent += 1
    if result.sent == 1:
        _try_the_others_now()
    return True


def _note_failure(claim: _Claim, problem: NotSent, result: Delivered) -> None:
    if problem.failure is Failure.NEVER:
        result.refused += 1
        _end(claim.id, claim.attempt, state=DigestState.REFUSED, error=problem.said)
        return
    result.failed += 1
    log.warning("digest %s was not sent and is kept: %s", claim.id, problem.said)
    _end(
        claim.id,
        claim.attempt,
        next_try_at=clock.now() + wait_before(claim.attempt + 1),
        error=problem.said,
        server_down=problem.failure is Failure.SERVER,
    )


def wait_before(attempt: int) -> timedelta:
    """Return how long to wait before an attempt: doubling up to an hour, with jitter."""
    wait = min(FIRST_WAIT * 2.0 ** min(attempt - 2, 10), LONGEST_WAIT)
    return wait * random.uniform(0.75, 1.0)


def _end(digest_id: int, attempt: int, **values: Any) -> None:
    """Note a result and give the lease back, unless it ran out and somebody else has it."""
    with writing():
        db.session.execute(
            update(Digest)
            .where(Digest.id == digest_id, Digest.attempts == attempt)
            .values(leased_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def _try_the_others_now() -> None:
    """The server answers again: what waited for it alone waits no longer."""
    with writing():
        db.session.execute(
            update(Digest)
            .where(Digest.state == DigestState.WAITING, Digest.server_down.is_(True))
            .values(next_try_at=clock.now(), server_down=False)
            .execution_options(synchronize_session=False)
        )


# --- the message ---------------------------------------------------------------------------------


def compose(digest: Digest) -> EmailMessage:
    """Write a digest as a plain-text message. Raises ValueError where a header cannot be written."""
    env = _environment()
    server = MailServer.read(env.smtp_url or "smtp://localhost")
    letter = Letter(
        message_id=digest.message_id,
        at=clock.office_time(digest.made_at),
        name=digest.person.name,
        address=digest.person.email or "",
        subject=f"一岗双责跟踪：{digest.day.month}月{digest.day.day}日有 {len(digest.notices)} 条提醒",
        body=_body(digest, env.base_url),
    )
    return letter.from_(server.sender)


def _body(digest: Digest, base_url: str) -> str:
    lines = [f"{digest.person.name}：", ""]
    texts = said(digest.notices[:LISTED])
    for number, notice in enumerate(digest.notices[:LISTED], start=1):
        lines += [
            f"{number}. {_line(notice.paper, texts[notice.id])}",
            f"   {base_url}{page_of(notice)}",
            "",
        ]
    if len(digest.notices) > LISTED:
        lines += [f"另有 {len(digest.notices) - LISTED} 条，在“消息”中查看。", ""]
    lines += [f"全部消息：{base_url}/inbox", "", "每个工作日至多一封，没有新提醒时不发。请勿直接回复本邮件。"]
    return "\n".join(lines) + "\n"


def _line(paper: str, text: str) -> str:
    """Return what a notice says with the name of its paper, unless it begins with that already."""
    return text if text.startswith(paper) else f"【{paper}】{text}"
