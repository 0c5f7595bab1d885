"""What waits for a person: to sign, to do, to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Post
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.queries import row_parts
from tracker.tasks.roles import endorser, verifier
from tracker.tasks.states import REQUESTED, RUNNING_STATES, Action, TaskState
from tracker.web.paging import NO_DEADLINE

MOST = 300  # tasks listed; who has more works from the ledger
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
    handed_on: list[Task]  # closure requested: others decide
    decisions: list[Decision]
    to_assign: int  # drafts and registered tasks of the offices the person is clerk of

    @property
    def count(self) -> int:
        """How many wait for the person."""
        return len(self.to_sign) + len(self.running) + len(self.decisions) + self.to_assign


def todo(actor: Actor, seen: ColumnElement[bool], known: Known | None = None) -> Todo:
    """Return what waits for an actor; the number of queries does not grow with the tasks.

    `seen` is the actor's sight (`access.visible_to`); `known` saves loading the offices again.
    """
    own = _led_by(actor)
    running = [task for task in own if task.state == TaskState.IN_PROGRESS]
    return Todo(
        to_sign=[task for task in own if task.state == TaskState.ASSIGNED],
        running=running,
        returned=_returned(running),
        handed_on=[task for task in own if task.state in REQUESTED],
        decisions=_decisions(_requested(seen), actor, known),
        to_assign=_to_assign(actor),
    )


def count(actor: Actor, seen: ColumnElement[bool], known: Known | None = None) -> int:
    """Return how many wait for an actor (`Todo.count`) without loading the tasks the actor leads.

    Decisions alone need the tasks themselves: who decides follows from their events.
    """
    own = select(func.count(Task.id)).where(Task.lead_post_id.in_(actor.post_ids), Task.state.in_(OWN_STATES))
    decisions = _decisions(_requested(seen), actor, known)
    return (db.session.scalar(own) or 0) + len(decisions) + _to_assign(actor)


def decision(task: Task, actor: Actor, known: Known) -> Action | None:
    """Return what an actor has to decide on a requested closure, or None: by the same rules as the verbs."""
    if task.state == TaskState.CLOSURE_REQUESTED:
        first = endorser(task, actor, known)
        if first is not None:
            return Action.ENDORSE if first.is_for(actor.person) else None
    last = verifier(task, actor, known)
    return Action.ACCEPT if last is not None and last.is_for(actor.person) else None


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
    told = and_(TaskEvent.task_id.in_(ids), TaskEvent.action != Action.MARK)  # a mark is no answer
    latest = select(func.max(TaskEvent.id)).where(told).group_by(TaskEvent.task_id)
    rows = db.session.scalars(
        select(TaskEvent).where(TaskEvent.id.in_(latest), TaskEvent.action == Action.RETURN_FOR_REWORK)
    )
    return {event.task_id: event for event in rows}


def _requested(seen: ColumnElement[bool]) -> Sequence[Task]:
    """Return the requested closures the actor sees, with the events that say who decides."""
    return db.session.scalars(
        _by_deadline(select(Task))
        .where(seen, Task.state.in_(REQUESTED))
        .options(
            joinedload(Task.verifier_post).joinedload(Post.unit),
            selectinload(Task.events).options(
                joinedload(TaskEvent.person), joinedload(TaskEvent.on_behalf_of)
            ),
        )
    ).all()


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


def _to_assign(actor: Actor) -> int:
    clerked = [office.id for office in actor.clerk_of]
    if not clerked:
        return 0
    waiting = Task.state.in_((TaskState.DRAFT, TaskState.REGISTERED))
    return db.session.scalar(select(func.count(Task.id)).where(Task.unit_id.in_(clerked), waiting)) or 0
