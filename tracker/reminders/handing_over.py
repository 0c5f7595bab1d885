"""Three reminders of a handover: to both parties when it begins and when its list or last day has changed, so
that they look anew; to them and the ledger keeper once it is late.

Late is the first working day after the day until which both should have confirmed (domain.md 5.3: ten
working days, a setting). Who has confirmed is told no more; a handover that is over gives none.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Person, Post
from tracker.organization.queries import ledger_post, office_of
from tracker.reminders.models import Clock, Notice
from tracker.reminders.recipients import Recipients, each_once
from tracker.reminders.words import day_and_month
from tracker.tasks.handover import OPEN, receiving, signed_for_another_list, take_back_if_changed
from tracker.tasks.handover_models import Handover
from tracker.workdays import ONE_DAY, DayTable

SUBJECT = "handover"
BEGUN, CHANGED, LATE = "0w", "anew", "+1w"

Row = dict[str, Any]


def handover_rows(days_to_plan: Sequence[date], recipients: Recipients, days: DayTable) -> Iterator[Row]:
    """Yield the notices that handovers still owe for some days; writes nothing.

    One of an earlier day that reached somebody then is not brought to another today.
    """
    for day in days_to_plan:
        yield from _rows(Handover.begun_on == day, BEGUN, day, recipients)
        begins, ends = clock.midnight(day), clock.midnight(day + ONE_DAY)
        changed = and_(Handover.changed_at >= begins, Handover.changed_at < ends)
        yield from _rows(changed, CHANGED, day, recipients)
        if days.is_workday(day):
            yield from _rows(Handover.due_on == days.add_workdays(day, -1), LATE, day, recipients)


def take_signatures_back(day: date) -> int:
    """Take back the signatures under handovers whose list changed since; return how many handovers it was.

    They are looked for first: mostly there are none, and nobody who writes has to wait.
    """
    changed = [handover.id for handover in signed_for_another_list(day)]
    db.session.rollback()
    if not changed:
        return 0
    held = select(Handover).where(Handover.id.in_(changed)).order_by(Handover.id).with_for_update(of=Handover)
    with writing():
        found = db.session.scalars(held.execution_options(populate_existing=True))
        return sum(take_back_if_changed(handover, day) for handover in found)


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
    """Return who was told of a rung; that it begins is told once, wherever the last day moves."""
    of_it = and_(
        Notice.subject_kind == SUBJECT,
        Notice.subject_id == handover.id,
        Notice.clock == Clock.HANDOVER,
        Notice.rung == rung,
    )
    query = select(Notice.person_id).where(of_it)
    if rung != BEGUN:
        query = query.where(Notice.anchor == _anchor(handover, rung))
    return set(db.session.scalars(query))


def _anchor(handover: Handover, rung: str) -> str:
    """Return what a rung counts from: the last day; of a change its moment, since there may be several."""
    if rung == CHANGED and handover.changed_at is not None:
        return f"{handover.last_day} {handover.changed_at:%Y%m%d%H%M%S}"
    return str(handover.last_day)


def words_of(handover: Handover, rung: str, today: date) -> str:
    """Return what the notice says: 宣传办主任工作交接请在12月15日前确认（移交人褚例）。"""
    until = day_and_month(handover.due_on, today)
    what = f"{handover.post_title}工作交接"
    if rung == LATE:
        return f"{what}应在{until}前办结，现已超期（移交人{handover.giver.name}）。"
    if rung == CHANGED:
        return f"{what}的清单或离任日期有变化，请在{until}前重新核对并确认（移交人{handover.giver.name}）。"
    return f"{what}请在{until}前核对并确认（移交人{handover.giver.name}）。"


def _row(handover: Handover, rung: str, person: Person, day: date, today: date) -> Row:
    return {
        "subject_kind": SUBJECT,
        "subject_id": handover.id,
        "clock": Clock.HANDOVER,
        "anchor": _anchor(handover, rung),
        "rung": rung,
        "person_id": person.id,
        "level": 2 if rung == LATE else 1,
        "paper": "催办提示" if rung == LATE else "提示",
        "text": words_of(handover, rung, today),
        "due_on": day,
        "collapsed": False,
        "made_at": clock.now(),
    }
