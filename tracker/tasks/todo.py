"""What waits for a person: to sign, to do, to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.database import fixed
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Post
from tracker.problems.models import ProblemSource
from tracker.reports.models import Report, ReportState
from tracker.tasks.models import Cooperation, Task, TaskEvent, TaskRequest
from tracker.tasks.queries import COUNT_TO, row_parts
from tracker.tasks.requests import OF_THE_LEAD, waiting
from tracker.tasks.roles import endorser, in_charge, verifier
from tracker.tasks.sight import deciding
from tracker.tasks.states import REQUESTED, RUNNING_STATES, Action, Remedy, RequestKind, TaskState
from tracker.web.paging import NO_DEADLINE
from tracker.workdays import shipped

MOST = 300  # tasks listed; who has more works from the ledger
AHEAD = 10  # working days before its day that a review or a look-back is shown
OWN_PART = aliased(Cooperation)  # who sees a task is found by the others' rows of the same table
DECIDES = {
    TaskState.CLOSURE_REQUESTED: Action.ACCEPT,
    TaskState.ENDORSED: Action.ACCEPT,
    TaskState.IN_PROGRESS: Action.REVIEW_LONG_TERM,
    TaskState.CLOSED: Action.LOOK_BACK,
}
OWN_STATES = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)  # of those that wait for the lead


@dataclass(frozen=True)
class Decision:
    """A task that waits for a person's decision, and which one."""

    task: Task
    action: Action


@dataclass(frozen=True)
class Todo:
    """What waits for one person today, each list by deadline."""

    to_sign: list[Task]
    running: list[Task]
    returned: dict[int, TaskEvent]  # of the running ones those last returned for rework, with the reason
    instructed: frozenset[int]  # of those that run, by id: an instruction waits for an answer
    handed_on: list[Task]  # closure requested: others decide
    parts: list[Cooperation]  # own parts in the tasks of others, not done yet
    decisions: list[Decision]
    to_assign: int  # drafts and registered tasks of the offices the person is clerk of
    findings: Sequence[int]  # reports of what plans found that wait for the person's review, the oldest first

    @property
    def count(self) -> int:
        """How many wait for the person."""
        own = len(self.to_sign) + len(self.running) + len(self.parts)
        return own + len(self.decisions) + self.to_assign + len(self.findings)


def todo(actor: Actor, seen: ColumnElement[bool], known: Known | None = None) -> Todo:
    """Return what waits for an actor; the number of queries does not grow with the tasks.

    `seen` is the actor's sight (`access.visible_to`); `known` saves loading the offices again.
    """
    own = _led_by(actor)
    running = [task for task in own if task.state == TaskState.IN_PROGRESS]
    with_task = (joinedload(OWN_PART.task).options(*row_parts()),)
    return Todo(
        to_sign=[task for task in own if task.state == TaskState.ASSIGNED],
        running=running,
        returned=_returned(running),
        instructed=_instructed(own),
        handed_on=[task for task in own if task.state in REQUESTED],
        parts=list(db.session.scalars(_parts(select(OWN_PART).options(*with_task), actor, seen))),
        decisions=_decisions(_load_undecided(seen, actor), actor, known),
        to_assign=(db.session.scalar(_to_assign(actor)) or 0) if actor.clerk_of else 0,
        findings=db.session.scalars(_findings(actor)).all() if actor.clerk_of else (),
    )


def numbers(actor: Actor, seen: ColumnElement[bool]) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """Return as SQL how many wait for an actor as lead, partner and clerk; and whether decisions may, too.

    Every page asks for them, in one statement with what else its frame tells. Decisions alone need the tasks
    themselves: who decides follows from their events.
    """
    lead = select(func.count(Task.id)).where(
        Task.lead_post_id.in_(actor.post_ids), Task.state.in_(OWN_STATES)
    )
    parts = _parts(select(func.count(OWN_PART.id)), actor, seen)
    own = [lead, parts, *([_to_assign(actor), _count(_findings(actor))] if actor.clerk_of else [])]
    counted = reduce(add, (number.scalar_subquery() for number in own))
    return counted, select(Task.id).where(*_undecided(actor)).exists()


def count_decisions(actor: Actor, seen: ColumnElement[bool], known: Known | None = None) -> int:
    """Return how many tasks wait for a decision of an actor."""
    return len(_decisions(_load_undecided(seen, actor), actor, known))


def decision(task: Task, actor: Actor, known: Known) -> Action | None:
    """Return what an actor has to decide on a task, or None: by the same rules as the verbs.

    A requested closure, what its lead asked for on the way, a long-term task's review, a look-back.
    """
    if task.state == TaskState.CLOSURE_REQUESTED:
        first = endorser(task, actor.day, known)
        if first is not None:
            return Action.ENDORSE if first.is_for(actor.person) else None
    if task.state == TaskState.IN_PROGRESS:
        asked = in_charge(task, actor.day, known)
        if asked is not None and asked.is_for(actor.person):
            extends = waiting(task, RequestKind.EXTENSION)
            return Action.DECIDE_EXTENSION if extends else Action.ANSWER_COORDINATION
        if not _is_near(task.review_on, actor.day):
            return None
    last = verifier(task, actor.day, known)
    return DECIDES[task.state] if last is not None and last.is_for(actor.person) else None


def _is_near(day: date | None, today: date) -> bool:
    return day is not None and day <= shipped().add_workdays(today, AHEAD)


def _led_by(actor: Actor) -> Sequence[Task]:
    """Return the open tasks of the actor's posts."""
    return db.session.scalars(
        _by_deadline(select(Task))
        .where(Task.lead_post_id.in_(actor.post_ids), Task.state.in_(RUNNING_STATES))
        .limit(MOST)
    ).all()


def _returned(running: Sequence[Task]) -> dict[int, TaskEvent]:
    """Return the return for rework of each task of which nothing was heard since."""
    ids = [task.id for task in running]
    if not ids:
        return {}
    told = and_(TaskEvent.task_id.in_(ids), TaskEvent.action != Action.MARK)  # a mark is no answer
    latest = select(func.max(TaskEvent.id)).where(told).group_by(TaskEvent.task_id)
    rows = db.session.scalars(
        select(TaskEvent).where(TaskEvent.id.in_(latest), TaskEvent.action == Action.RETURN_FOR_REWORK)
    )
    return {event.task_id: event for event in rows}


def _instructed(own: Sequence[Task]) -> frozenset[int]:
    """Return which of some tasks have an instruction that waits for an answer."""
    if not own:
        return frozenset()
    open_ones = select(TaskRequest.task_id).where(
        TaskRequest.task_id.in_([task.id for task in own]),
        TaskRequest.kind == RequestKind.INSTRUCTION,
        TaskRequest.outcome.is_(None),
    )
    return frozenset(db.session.scalars(open_ones))


def _parts(query: Select[Any], actor: Actor, seen: ColumnElement[bool]) -> Select[Any]:
    """Narrow a query of OWN_PART to the actor's open parts in running tasks of others."""
    return (
        query.join(Task, OWN_PART.task_id == Task.id)
        .where(
            OWN_PART.post_id.in_(actor.post_ids),
            OWN_PART.part != "",
            OWN_PART.done_on.is_(None),
            Task.state == TaskState.IN_PROGRESS,
            or_(Task.lead_post_id.is_(None), Task.lead_post_id.not_in(actor.post_ids)),
            seen,
        )
        .limit(fixed(MOST))
    )


def _undecided(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the tasks of which the actor may have to decide, where they are in sight."""
    near = shipped().add_workdays(actor.day, AHEAD)
    asked = select(TaskRequest.task_id).where(
        TaskRequest.kind.in_(OF_THE_LEAD), TaskRequest.outcome.is_(None)
    )
    running = Task.state == TaskState.IN_PROGRESS
    waits = or_(
        Task.state.in_(REQUESTED),
        and_(running, Task.id.in_(asked)),
        and_(running, Task.remedy == Remedy.LONG_TERM, Task.review_on <= near),
        and_(Task.state == TaskState.CLOSED, Task.look_back_on <= near),
    )
    return deciding(actor), waits


def _load_undecided(seen: ColumnElement[bool], actor: Actor) -> Sequence[Task]:
    """Return those in sight, with the events that say who decides."""
    query = (
        _by_deadline(select(Task))
        .where(seen, *_undecided(actor))
        .options(
            joinedload(Task.verifier_post).joinedload(Post.unit),
            selectinload(Task.events).options(
                joinedload(TaskEvent.person), joinedload(TaskEvent.on_behalf_of)
            ),
            joinedload(Task.requests).joinedload(TaskRequest.asked),
        )
        .limit(MOST)
    )
    return db.session.scalars(query).unique().all()


def _by_deadline(query: Select[Task]) -> Select[Task]:
    return query.options(*row_parts()).order_by(func.coalesce(Task.deadline, NO_DEADLINE), Task.id)


def _decisions(tasks: Sequence[Task], actor: Actor, known: Known | None) -> list[Decision]:
    if not tasks:
        return []
    offices = list({task.unit_id: task.unit for task in tasks}.values())
    if known is None or not all(known.covers(office) for office in offices):
        known = Known(offices, actor.day)
    found = ((task, decision(task, actor, known)) for task in tasks)
    return [Decision(task, action) for task, action in found if action is not None]


def _to_assign(actor: Actor) -> Select[int]:
    """Return how many drafts and registered tasks an actor is clerk of, at most one beyond COUNT_TO."""
    clerked = Task.unit_id.in_([office.id for office in actor.clerk_of])
    waits = Task.state.in_((TaskState.DRAFT, TaskState.REGISTERED))
    return _count(select(Task.id).where(clerked, waits).limit(fixed(COUNT_TO + 1)))


def _findings(actor: Actor) -> Select[int]:
    """Return the reports that the end of a plan left to the clerk: nobody handed the clerk a file."""
    clerked = Report.unit_id.in_([office.id for office in actor.clerk_of])
    waits = and_(Report.source == ProblemSource.AFTER_ACTION, Report.state == ReportState.REVIEW)
    return select(Report.id).where(clerked, waits).order_by(Report.id).limit(fixed(MOST))


def _count(rows: Select[int]) -> Select[int]:
    return select(func.count()).select_from(rows.subquery())
