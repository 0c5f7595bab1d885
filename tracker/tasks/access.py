"""Who may see a task and who may do what with it: one predicate a question, used everywhere.

Source: architecture, "Who sees what".
"""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.sql.base import ExecutableOption

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization import asked
from tracker.organization.acting import Actor
from tracker.organization.known import Organization
from tracker.tasks.conditions import hindrance
from tracker.tasks.models import Evidence, Task
from tracker.tasks.roles import endorser, roles
from tracker.tasks.sight import circle, reach
from tracker.tasks.states import TRANSITIONS, Action, Role, TaskState, transition


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task may be seen by an actor; the ONE rule of sight for tasks.

    A task marked 内部 or 工作秘密 is seen by its circle alone.
    """
    marked = Task.secrecy != Secrecy.OPEN
    return or_(and_(~marked, reach(actor)), and_(marked, circle(actor)))


def counted_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task counts in the figures an actor is shown.

    Numbers are facts: a mark takes a task out of the rows behind a number, not out of the number.
    """
    return or_(reach(actor), visible_to(actor))


def evidence_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a file of evidence may be opened: task and file are both seen."""
    return and_(visible_to(actor), or_(Evidence.secrecy == Secrecy.OPEN, circle(actor)))


def is_in_circle(task: Task, actor: Actor) -> bool:
    """Whether an actor is of the lead, chain or clerks of a task, who open its marked files."""
    return db.session.scalar(select(Task.id).where(Task.id == task.id, circle(actor))) is not None


def find_task(task_id: int, actor: Actor, *loaded: ExecutableOption) -> Task | None:
    """Return a task an actor may see, or None: a foreign task looks like one that does not exist.

    `loaded` are loading options for the parts the caller is going to read.
    """
    return db.session.scalar(select(Task).where(Task.id == task_id, visible_to(actor)).options(*loaded))


def may(action: Action, task: Task, actor: Actor) -> bool:
    """Whether an actor may do an action with a task in its present state."""
    row, held = transition(task.state, action), roles(task, actor)
    if row is None or not row.roles & held:
        return False
    return not _skips_endorsement(action, task, held, actor, asked)


def open_actions(task: Task, actor: Actor, known: Organization = asked) -> list[Action]:
    """Return the actions an actor sees as buttons on a task, in the order of the life cycle."""
    held = roles(task, actor, known)
    found = [row.action for row in TRANSITIONS if row.source == task.state and row.roles & held]
    return [
        action
        for action in dict.fromkeys(found)
        if not _skips_endorsement(action, task, held, actor, known) and not hindrance(action, task, actor.day)
    ]


def _skips_endorsement(
    action: Action, task: Task, held: frozenset[Role], actor: Actor, known: Organization
) -> bool:
    """Acceptance straight from a closure request is for tasks that nobody is left to endorse."""
    straight = task.state == TaskState.CLOSURE_REQUESTED and action in (
        Action.ACCEPT,
        Action.RETURN_FOR_REWORK,
    )
    if not straight or (action == Action.RETURN_FOR_REWORK and Role.ENDORSER in held):
        return False
    return endorser(task, actor, known) is not None
