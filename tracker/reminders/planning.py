"""Who has to know what: notices are computed from events and deadlines, never armed in advance.

A notice is a row whose unique key lets each rung reach each person once, however often and by however
many workers this is planned. Days missed are caught up; of the rungs a person missed on a task only the
latest is shown, the others are kept as collapsed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import QueryableAttribute, aliased, joinedload

from tracker import clock
from tracker.columns import Base
from tracker.database import BATCH, writing
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.plans.queries import counted_in_hours
from tracker.reminders import words
from tracker.reminders.handing_over import handover_rows
from tracker.reminders.models import Clock, Notice, PlannedDay
from tracker.reminders.plan_runs import rows_of_plans, settle
from tracker.reminders.recipients import Recipients
from tracker.reminders.rungs import (
    TO_ANSWER,
    TO_LOOK_BACK,
    TO_REVIEW,
    WAITING_CLOCKS,
    WaitingClock,
    deadlines_reached,
    name_of,
    rungs_reached,
)
from tracker.reminders.standing import standing_rows
from tracker.reminders.telling import notices_of
from tracker.settings.choices import chosen
from tracker.settings.keys import LADDER
from tracker.settings.ladder import Rung
from tracker.settings.models import Setting
from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.states import RUNNING_STATES, Remedy, TaskState
from tracker.workdays import ONE_DAY, DayTable, shipped

EVENTS_AT_ONCE = 100  # each may reach several persons; together they stay within one batch of rows
LONGEST_CATCH_UP = timedelta(days=400)
SUBJECT = "task"

Row = dict[str, Any]
Key = tuple[int, Clock, str, str]  # task, clock, anchor, rung


@dataclass(frozen=True)
class Due:
    """A rung of one task that fell on a day."""

    task: Task
    clock: Clock
    anchor: str
    offset: int
    rung: Rung
    day: date
    begun: date  # what the clock counts from: the deadline, or the day of the event
    said: str = ""
    request: TaskRequest | None = None

    @property
    def ladder(self) -> tuple[int, Clock, str]:
        """What it is a rung of: a task's clock, or what waits for an answer."""
        return (self.task.id, self.clock, "" if self.request is None else self.anchor)

    @property
    def key(self) -> Key:
        """The notice's unique key, but for the person."""
        return (self.task.id, self.clock, self.anchor, name_of(self.offset))


def plan_events() -> int:
    """Plan the notices of new task events, batch by batch; return how many events were taken up."""
    planned = 0
    while batch := _unplanned_events():
        day = clock.today()
        recipients = Recipients(day)
        rows = [row for event in batch for row in notices_of(event, recipients)]
        ids = [event.id for event in batch]
        with writing():
            _insert_new(rows)
            db.session.execute(
                update(TaskEvent)
                .where(TaskEvent.id.in_(ids), TaskEvent.planned_at.is_(None))
                .values(planned_at=clock.now())
                .execution_options(synchronize_session=False)
            )
        planned += len(ids)
    return planned


def plan_days(today: date) -> int:
    """Plan the rungs of every day since the last planned one, today's included; return the new notices.

    Today is planned anew with each tick, so that a deadline moved this morning is reminded of by its
    new date.
    """
    last = db.session.scalar(select(PlannedDay.day).where(PlannedDay.clock == Clock.DEADLINE))
    made = 0
    for batch in _batches(rows_owed(_days_to_plan(last, today), today)):
        with writing():
            _insert_new(batch)
        made += len(batch)
    if last is None or last < today:
        with writing():
            _note_planned(today)
    db.session.rollback()
    return made


def plan_runs(now: datetime) -> int:
    """Plan what started plans owe up to a moment; return the new notices. With none nothing is written."""
    rows, ended = rows_of_plans(now)
    made = 0
    for start in range(0, len(rows), BATCH):
        with writing():
            _insert_new(rows[start : start + BATCH])
        made += len(rows[start : start + BATCH])
    if ended:
        with writing():
            settle(ended, now)
    db.session.rollback()
    return made


def rows_owed(days_to_plan: Sequence[date], today: date) -> list[list[Row]]:
    """Return the notices that the rungs of some days still owe, together per task; writes nothing."""
    days = shipped()
    dues = [due for day in days_to_plan for due in _dues_on(day, days)]
    dues.sort(key=lambda due: (*due.ladder, due.day))
    reached = _reached_already(due.task.id for due in dues)
    recipients = Recipients(today)
    groups = groupby(dues, key=lambda due: due.ladder)
    of_tasks = [_rows_of(list(group), recipients, reached, days) for _key, group in groups]
    standing = [[row] for row in standing_rows(days_to_plan, today, recipients, days)]
    return of_tasks + standing + [[row] for row in handover_rows(days_to_plan, recipients, days)]


def unplanned_rows() -> list[Row]:
    """Return the notices that new events would make, as far as one batch goes; writes nothing."""
    recipients = Recipients(clock.today())
    return [row for event in _unplanned_events() for row in notices_of(event, recipients)]


def _unplanned_events() -> Sequence[TaskEvent]:
    found = db.session.scalars(
        select(TaskEvent).where(TaskEvent.planned_at.is_(None)).order_by(TaskEvent.id).limit(EVENTS_AT_ONCE)
    ).all()
    if not found:
        db.session.rollback()  # an idle look holds no transaction open
    return found


def _days_to_plan(last: date | None, today: date) -> list[date]:
    """Return the days from the last planned one on; it may have been planned before its evening."""
    day = today if last is None else max(min(last, today), today - LONGEST_CATCH_UP)
    found = []
    while day <= today:
        found.append(day)
        day += ONE_DAY
    return found


def _dues_on(day: date, days: DayTable) -> Iterator[Due]:
    for date_clock in _date_clocks(day):
        yield from _date_dues(date_clock, day, days)
    for waiting in WAITING_CLOCKS:
        yield from _waiting_dues(waiting, day, days)
    yield from _request_dues(day, days)


@dataclass(frozen=True)
class _DateClock:
    """A clock of tasks, mostly running ones, that counts to a date of theirs; with the rungs of its units."""

    clock: Clock
    column: QueryableAttribute[date | None]
    rungs: tuple[Rung, ...]
    states: frozenset[TaskState] = RUNNING_STATES
    unit_ids: list[int] | None = None  # None: all of them


def _date_clocks(day: date) -> Iterator[_DateClock]:
    for ladder, unit_ids in _ladders(day):
        yield _DateClock(Clock.DEADLINE, Task.deadline, ladder, unit_ids=unit_ids)
    yield _DateClock(Clock.REVIEW, Task.review_on, TO_REVIEW)
    yield _DateClock(Clock.LOOK_BACK, Task.look_back_on, TO_LOOK_BACK, frozenset({TaskState.CLOSED}))


def _date_dues(dated: _DateClock, day: date, days: DayTable) -> Iterator[Due]:
    """Seek the dates whose rung falls on a day; tasks with other dates are not looked at."""
    if not days.is_workday(day):
        return
    dated_ones = select(Task).where(Task.state.in_(dated.states), dated.column.is_not(None))
    if dated.unit_ids is not None:
        dated_ones = dated_ones.where(Task.unit_id.in_(dated.unit_ids))
    oldest = db.session.scalar(dated_ones.with_only_columns(func.min(dated.column)))
    if oldest is None:
        return
    wanted = deadlines_reached(dated.rungs, day, oldest, days)
    tasks = db.session.scalars(dated_ones.where(dated.column.in_(list(wanted))).order_by(Task.id)).all()
    in_hours = counted_in_hours(task.id for task in tasks)  # up to its day the plan's own clock tells
    for task in tasks:
        on: date = getattr(task, dated.column.key)
        for offset, rung in wanted[on]:
            if dated.clock == Clock.DEADLINE and offset <= 0 and task.id in in_hours:
                continue
            yield Due(task, dated.clock, f"{task.round_no}:{on}", offset, rung, day, on)


def _ladders(day: date) -> list[tuple[tuple[Rung, ...], list[int] | None]]:
    """Return each ladder in force on a day with the units that chose it (None: all of them)."""
    if db.session.scalar(select(Setting.id).where(Setting.key == LADDER.name).limit(1)) is None:
        return [(LADDER.default, None)]
    found: dict[tuple[Rung, ...], list[int]] = {}
    for unit in db.session.scalars(select(Unit).where(Unit.id.in_(select(Task.unit_id)))):
        found.setdefault(chosen(LADDER, unit, day), []).append(unit.id)
    return list(found.items())


def _waiting_dues(waiting: WaitingClock, day: date, days: DayTable) -> Iterator[Due]:
    """Look at the tasks that wait in a state, each with the event from which its waiting counts."""
    event = aliased(TaskEvent)
    latest = (
        select(func.max(event.id))
        .where(event.task_id == Task.id, event.round_no == Task.round_no, event.action.in_(waiting.begun_by))
        .scalar_subquery()
    )
    query = select(Task, TaskEvent.id, TaskEvent.at).join(TaskEvent, TaskEvent.id == latest)
    query = query.where(Task.state == waiting.state)
    if not waiting.for_long_term:
        query = query.where(Task.remedy != Remedy.LONG_TERM)
    for task, event_id, at in db.session.execute(query.order_by(Task.id)):
        begun = clock.day_of(at)
        for offset, rung in rungs_reached(waiting.rungs, begun, day, days):
            yield Due(task, waiting.clock, str(event_id), offset, rung, day, begun, waiting.said)


def _request_dues(day: date, days: DayTable) -> Iterator[Due]:
    """Look at what waits for an answer, each with the day until which it should have one."""
    waiting_ones = select(TaskRequest).where(TaskRequest.outcome.is_(None), TaskRequest.due_on.is_not(None))
    oldest = db.session.scalar(waiting_ones.with_only_columns(func.min(TaskRequest.due_on)))
    if oldest is None or not days.is_workday(day):
        return
    wanted = deadlines_reached(TO_ANSWER, day, oldest, days)
    found = waiting_ones.where(TaskRequest.due_on.in_(list(wanted))).order_by(TaskRequest.id)
    for request in db.session.scalars(found.options(joinedload(TaskRequest.task))):
        on = request.due_on
        assert on is not None
        for offset, rung in wanted[on]:
            yield Due(request.task, Clock.REQUEST, str(request.id), offset, rung, day, on, request=request)


def _reached_already(task_ids: Iterable[int]) -> dict[Key, set[int]]:
    """Return who has which rungs of some tasks already."""
    wanted = sorted(set(task_ids))
    reached: dict[Key, set[int]] = {}
    for start in range(0, len(wanted), BATCH):
        rows = db.session.execute(
            select(Notice.subject_id, Notice.clock, Notice.anchor, Notice.rung, Notice.person_id).where(
                Notice.subject_kind == SUBJECT,
                Notice.subject_id.in_(wanted[start : start + BATCH]),
                Notice.clock != Clock.EVENT,
            )
        )
        for *key, person_id in rows:
            reached.setdefault(cast(Key, tuple(key)), set()).add(person_id)
    return reached


def _rows_of(
    dues: list[Due], recipients: Recipients, reached: dict[Key, set[int]], days: DayTable
) -> list[Row]:
    """Return the rows of one ladder, its dues in the order of their days.

    A rung of an earlier day that reached somebody then is not brought to another today.
    """
    rows: list[Row] = []
    for due in dues:
        had_it = reached.get(due.key, set())
        if due.day < recipients.day and had_it:
            continue
        for person in recipients.reached(due.task, due.rung.to, due.request):
            if person.id in had_it:
                continue
            for earlier in rows:
                earlier["collapsed"] = earlier["collapsed"] or earlier["person_id"] == person.id
            rows.append(_row(due, person.id, recipients.day, days))
    return rows


def _row(due: Due, person_id: int, today: date, days: DayTable) -> Row:
    if due.clock == Clock.DEADLINE:
        text = words.of_deadline(due.task, today)
    elif due.clock == Clock.REVIEW:
        text = words.of_review(due.task, due.begun, today)
    elif due.clock == Clock.LOOK_BACK:
        text = words.of_look_back(due.task, due.begun, today)
    elif due.request is not None:
        text = words.of_request(due.request, today)
    else:
        text = words.of_waiting(due.task, days.workdays_between(due.begun, today), due.said)
    return {
        "subject_kind": SUBJECT,
        "subject_id": due.task.id,
        "clock": due.clock,
        "anchor": due.anchor,
        "rung": name_of(due.offset),
        "person_id": person_id,
        "level": due.rung.level,
        "paper": due.rung.paper,
        "text": text,
        "due_on": due.day,
        "collapsed": False,
        "made_at": clock.now(),
    }


def _batches(groups: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """Join the rows of tasks to batches; those of one task stay in one transaction."""
    batch: list[Row] = []
    for rows in groups:
        if batch and len(batch) + len(rows) > BATCH:
            yield batch
            batch = []
        batch += rows
    if batch:
        yield batch


def _insert_new(rows: list[Row]) -> None:
    """Insert the notices that do not exist; another worker may have been there a moment ago."""
    if rows:
        db.session.execute(_insert(Notice).on_conflict_do_nothing(), rows)


def _note_planned(day: date) -> None:
    insert = _insert(PlannedDay).values(clock=Clock.DEADLINE, day=day)
    db.session.execute(insert.on_conflict_do_update(index_elements=["clock"], set_={"day": day}))


def _insert(model: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """Return an INSERT that knows ON CONFLICT, which both databases spell alike."""
    kind = db.session.get_bind().dialect.name
    insert = postgresql.insert if kind == "postgresql" else sqlite.insert
    return insert(cast(Table, model.__table__))
