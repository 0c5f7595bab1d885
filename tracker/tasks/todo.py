"""What waits for a person: to sign, to do, to decide."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Post
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.queries import row_parts
from tracker.tasks.roles import endorser, verifier
from tracker.tasks.states import Action, TaskState
from tracker.web.paging import NO_DEADLINE

MOST = 200  # of a kind; who has more works from the ledger


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
    handed_on: list[Task]  # closure requested: others decide
    decisions: list[Decision]
    to_assign: int  # drafts and registered tasks of the offices the person is clerk of

    @property
    def count(self) -> int:
        """How many wait for the person."""
        return len(self.to_sign) + len(self.running) + len(self.decisions) + self.to_assign


def todo(actor: Actor, seen: ColumnElement[bool]) -> Todo:
    """Return what waits for an actor; the number of queries does not grow with the tasks.

    `seen` is the actor's sight (`access.visible_to`).
    """
    own = _own_tasks(actor)
    requested = (TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED)
    return Todo(
        to_sign=[task for task in own if task.state == TaskState.ASSIGNED],
        running=[task for task in own if task.state == TaskState.IN_PROGRESS],
        handed_on=[task for task in own if task.state in requested],
        decisions=_decisions(actor, seen),
        to_assign=_to_assign(actor),
    )


def decision(task: Task, actor: Actor, known: Known) -> Action | None:
    """Return what an actor has to decide on a requested closure, or None: by the same rules as the verbs."""
    if task.state == TaskState.CLOSURE_REQUESTED:
        first = endorser(task, actor, known)
        if first is not None:
            return Action.ENDORSE if first.person.id == actor.person.id else None
    last = verifier(task, actor, known)
    return Action.ACCEPT if last is not None and last.person.id == actor.person.id else None


def _own_tasks(actor: Actor) -> list[Task]:
    states = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED)
    query = select(Task).where(Task.lead_post_id.in_(actor.post_ids), Task.state.in_(states))
    return list(db.session.scalars(query.options(*row_parts()).order_by(*_BY_DEADLINE).limit(MOST)))


def _decisions(actor: Actor, seen: ColumnElement[bool]) -> list[Decision]:
    requested = Task.state.in_((TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED))
    query = (
        select(Task)
        .where(seen, requested)
        .options(
            *row_parts(),
            joinedload(Task.verifier_post).joinedload(Post.unit),
            selectinload(Task.events).joinedload(TaskEvent.person),
        )
        .order_by(*_BY_DEADLINE)
        .limit(MOST)
    )
    tasks = db.session.scalars(query).all()
    if not tasks:
        return []
    known = Known(list({task.unit_id: task.unit for task in tasks}.values()), actor.day)
    found = ((task, decision(task, actor, known)) for task in tasks)
    return [Decision(task, action) for task, action in found if action is not None]


def _to_assign(actor: Actor) -> int:
    clerked = [office.id for office in actor.clerk_of]
    if not clerked:
        return 0
    waiting = Task.state.in_((TaskState.DRAFT, TaskState.REGISTERED))
    return db.session.scalar(select(func.count(Task.id)).where(Task.unit_id.in_(clerked), waiting)) or 0


_BY_DEADLINE = (func.coalesce(Task.deadline, NO_DEADLINE), Task.id)
