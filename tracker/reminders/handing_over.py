"""Two reminders of a handover: to both parties when it begins, to them and the ledger keeper once it is late.

Late is the first working day after the day until which both should have confirmed (domain.md 5.3: ten
working days, a setting). Who has confirmed is told no more; a handover that is over gives none.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.extensions import db
from tracker.organization.models import Person, Post
from tracker.organization.queries import ledger_post, office_of
from tracker.reminders.models import Clock, Notice
from tracker.reminders.recipients import Recipients, each_once
from tracker.reminders.words import day_and_month
from tracker.tasks.handover import OPEN, receiving
from tracker.tasks.handover_models import Handover
from tracker.workdays import DayTable

SUBJECT = "handover"
BEGUN, LATE = "0w", "+1w"

Row = dict[str, Any]


def handover_rows(days_to_plan: Sequence[date], recipients: Recipients, days: DayTable) -> Iterator[Row]:
    """Yield the notices that handovers still owe for some days; writes nothing.

    One of an earlier day that reached somebody then is not brought to another today.
    """
    for day in days_to_plan:
        yield from _rows(Handover.begun_on == day, BEGUN, day, recipients)
        if days.is_workday(day):
            yield from _rows(Handover.due_on == days.add_workdays(day, -1), LATE, day, recipients)


def _rows(due: ColumnElement[bool], rung: str, day: date, recipients: Recipients) -> Iterator[Row]:
    query = select(Handover).where(OPEN, due).order_by(Handover.id)
    for handover in db.session.scalars(query.options(joinedload(Handover.post).joinedload(Post.unit))):
        told = _told(handover, rung)
        if told and day < recipients.day:
            continue
        for person in _people(handover, rung, recipients):
            if person.id not in told:
                yield _row(handover, rung, person, day, recipients.day)


def _people(handover: Handover, rung: str, recipients: Recipients) -> list[Person]:
    """Return who still has to confirm; of a late one also whoever keeps the ledger of the office."""
    found: list[Person | None] = []
    if handover.giver_signed_at is None:
        found.append(handover.giver)
    if handover.receiver_signed_at is None:
        found.append(receiving(handover, recipients.day).person)
    keeper = ledger_post(office_of(handover.post.unit)) if rung == LATE else None
    return each_once([*found, *(() if keeper is None else recipients.acting(keeper.id))])


def _told(handover: Handover, rung: str) -> set[int]:
    return set(
        db.session.scalars(
            select(Notice.person_id).where(
                Notice.subject_kind == SUBJECT,
                Notice.subject_id == handover.id,
                Notice.clock == Clock.HANDOVER,
                Notice.anchor == str(handover.last_day),
                Notice.rung == rung,
            )
        )
    )


def words_of(handover: Handover, rung: str, today: date) -> str:
    """Return what the notice says: 宣传办主任工作交接请在12月15日前确认（移交人褚例）。"""
    until = day_and_month(handover.due_on, today)
    what = f"{handover.post_title}工作交接"
    if rung == LATE:
        return f"{what}应在{until}前办结，现已超期（移交人{handover.giver.name}）。"
    return f"{what}请在{until}前核对并确认（移交人{handover.giver.name}）。"


def _row(handover: Handover, rung: str, person: Person, day: date, today: date) -> Row:
    return {
        "subject_kind": SUBJECT,
        "subject_id": handover.id,
        "clock": Clock.HANDOVER,
        "anchor": str(handover.last_day),
        "rung": rung,
        "person_id": person.id,
        "level": 2 if rung == LATE else 1,
        "paper": "催办提示" if rung == LATE else "提示",
        "text": words_of(handover, rung, today),
        "due_on": day,
        "collapsed": False,
        "made_at": clock.now(),
    }
