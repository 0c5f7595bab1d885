"""The one reminder of a standing duty: short of its number ten working days before its period ends.

Nothing climbs and nothing follows. The row's unique key is the standing duty and the period; a duty met
meanwhile gives none, and once the period is over there is nothing left to say. A period that ends on a
rest day ends, for the count, with the last working day before it (as deadlines do, domain.md 5.3).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.database import BATCH
from tracker.duties.models import Every, StandingDuty
from tracker.duties.owing import Owed, in_force, owed, span
from tracker.duties.words import end_word, span_word, verb_for
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.periods import Period
from tracker.reminders.models import Clock, Notice
from tracker.reminders.recipients import Recipients
from tracker.workdays import DayTable

SUBJECT = "standing_duty"
AHEAD = 10  # working days before the end of the period
RUNG = f"-{AHEAD}w"
PAPER = "提示"
NO_LEVEL = 0  # never coloured

Row = dict[str, Any]


def day_of_notice(period: Period, days: DayTable) -> date:
    """Return the working day ten working days before a period ends, at the earliest its first one."""
    day = days.add_workdays(days.on_or_before(period.last_day), -AHEAD)
    return max(day, days.on_or_after(period.first_day))


def standing_rows(
    days_to_plan: Sequence[date], today: date, recipients: Recipients, days: DayTable
) -> Iterator[Row]:
    """Yield the notices that standing duties still owe for some days; writes nothing.

    One of an earlier day that reached somebody then is not brought to another today.
    """
    for day in days_to_plan:
        for every in Every:
            period = span(every, day)
            if period.contains(today) and day == day_of_notice(period, days):
                yield from _rows(every, period, day, recipients, days)


def _rows(every: Every, period: Period, day: date, recipients: Recipients, days: DayTable) -> Iterator[Row]:
    asked = db.session.scalars(
        select(StandingDuty)
        .where(StandingDuty.every == every, in_force(day), in_force(recipients.day))
        .order_by(StandingDuty.id)
    )
    found = asked.all()
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        had_it = _had_it(batch, period)
        for one in owed(batch, recipients.day):
            told = had_it.get(one.duty.id, set())
            if one.short and not (told and day < recipients.day):
                people = recipients.acting(one.duty.post_id)  # the holder and, while away, the stand-in
                left = days.workdays_between(recipients.day, period.last_day)
                yield from (_row(one, person, day, left) for person in people if person.id not in told)


def _had_it(duties: Sequence[StandingDuty], period: Period) -> dict[int, set[int]]:
    """Return who was told of which standing duties in a period already."""
    rows = db.session.execute(
        select(Notice.subject_id, Notice.person_id).where(
            Notice.subject_kind == SUBJECT,
            Notice.subject_id.in_([duty.id for duty in duties]),
            Notice.clock == Clock.STANDING_DUTY,
            Notice.anchor == str(period),
        )
    )
    found: dict[int, set[int]] = {}
    for subject_id, person_id in rows:
        found.setdefault(subject_id, set()).add(person_id)
    return found


def words_of(one: Owed, left: int) -> str:
    """Return what the notice says: 专题学习本季度应开展 2 次，已登记 1 次，离季末还有 10 个工作日。"""
    kind, times = one.duty.kind, one.duty.times
    done = f"已登记 {one.done} {kind.counted_in}" if one.done else "尚未登记"
    asked = f"{span_word(one.period)}应{verb_for(kind.name)} {times} {kind.counted_in}"
    ends = f"离{end_word(one.period)}还有 {left} 个工作日" if left else f"今天是{end_word(one.period)}"
    return f"{kind.name}（{one.duty.domain.name}）{asked}，{done}，{ends}。"


def _row(one: Owed, person: Person, day: date, left: int) -> Row:
    return {
        "subject_kind": SUBJECT,
        "subject_id": one.duty.id,
        "clock": Clock.STANDING_DUTY,
        "anchor": str(one.period),
        "rung": RUNG,
        "person_id": person.id,
        "level": NO_LEVEL,
        "paper": PAPER,
        "text": words_of(one, left),
        "due_on": day,
        "collapsed": False,
        "made_at": clock.now(),
    }
