"""One message a person and working day, with the notices not read and not sent yet.

Making and sending are two steps; the second is the same for all letters (`outbox`).
"""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, select, update

from tracker import clock
from tracker.database import BATCH, writing
from tracker.extensions import db
from tracker.mail import Letter
from tracker.organization.models import Person
from tracker.outbox import Outbox, OutgoingState, installation, message_id, sends_mail
from tracker.reminders.models import Digest, Notice
from tracker.reminders.queries import said
from tracker.reminders.subjects import page_of
from tracker.workdays import shipped

DIGEST_TIME = time(8, 30)  # office time from which the day's digest is made
OLDEST = timedelta(days=14)  # what lay longer stays in the inbox alone, as after mail was set up late
LISTED = 40  # notices spelt out in one message; the rest is counted


def make_digests(now: datetime) -> int:
    """Make the digests of the day, on working days from DIGEST_TIME on; return how many.

    A person gets one for the notices not read and not sent yet, none where there is nothing or no
    address. The unique row of person and day keeps it to one, whoever makes it.
    """
    local, made = clock.office_time(now), 0
    if not sends_mail() or local.time() < DIGEST_TIME or not shipped().is_workday(local.date()):
        return 0
    while people := _owed_a_digest(local.date(), now):
        with writing():
            made += sum(_make_digest(person_id, local.date(), now) for person_id in people)
    db.session.rollback()
    return made


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
        message_id=message_id(f"{day:%Y%m%d}", person.id),
        state=OutgoingState.WAITING,
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


# --- the message ---------------------------------------------------------------------------------


def _letter(digest: Digest) -> Letter:
    return Letter(
        message_id=digest.message_id,
        at=clock.office_time(digest.made_at),
        name=digest.person.name,
        address=digest.person.email or "",
        subject=f"一岗双责跟踪：{digest.day.month}月{digest.day.day}日有 {len(digest.notices)} 条提醒",
        body=_body(digest, installation().base_url),
    )


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


DIGESTS = Outbox(Digest, _letter)
