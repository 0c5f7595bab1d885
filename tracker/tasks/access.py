"""Who may see a task and who may do what with it: one predicate a question, used everywhere.

Source: architecture, "Who sees what".
"""

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.sql.base import ExecutableOption

from tracker.extensions import db
from tracker.organization import asked
from tracker.organization.acting import Actor
from tracker.organization.known import Organization
from tracker.organization.models import Post, Unit
from tracker.organization.queries import below, office_of
from tracker.tasks.models import Cooperation, Task, TaskEvent
from tracker.tasks.roles import endorser, roles
from tracker.tasks.states import TRANSITIONS, Action, Role, TaskState, transition

NOT_YET_GIVEN = (TaskState.DRAFT, TaskState.REGISTERED)
VERBS = frozenset(  # actions that have a verb, and so a button; the others follow
    {
        Action.REGISTER,
        Action.ASSIGN,
        Action.ACKNOWLEDGE,
        Action.DECLINE,
        Action.REPORT_PROGRESS,
        Action.REQUEST_CLOSURE,
        Action.ENDORSE,
        Action.ACCEPT,
        Action.RETURN_FOR_REWORK,
    }
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task may be seen by an actor; the ONE rule of sight for tasks."""
    mine = actor.post_ids
    given = Task.state.not_in(NOT_YET_GIVEN)
    rules: list[ColumnElement[bool]] = [
        and_(Task.lead_post_id.in_(mine), given),
        Task.verifier_post_id.in_(mine),
        select(Cooperation.id).where(Cooperation.task_id == Task.id, Cooperation.post_id.in_(mine)).exists(),
        select(TaskEvent.id)
        .where(TaskEvent.task_id == Task.id, TaskEvent.person_id == actor.person.id)
        .exists(),
    ]
    rules += [_in_portfolio(actor), and_(given, or_(_led_below(actor), _in_chain(actor)))]
    rules += [_overseen(office, given) for office in actor.oversees]
    return or_(*rules)


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
    found = [
        row.action
        for row in TRANSITIONS
        if row.source == task.state and row.action in VERBS and row.roles & held
    ]
    return [
        action for action in dict.fromkeys(found) if not _skips_endorsement(action, task, held, actor, known)
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


def _overseen(office: Unit, given: ColumnElement[bool]) -> ColumnElement[bool]:
    """An office sees all of its own, and of the offices below what has been given out."""
    units_below = select(Unit.id).where(below(office), Unit.id != office.id)
    return or_(Task.unit_id == office.id, and_(Task.unit_id.in_(units_below), given))


def _led_below(actor: Actor) -> ColumnElement[bool]:
    """What the posts directly under one's own do: where no portfolio covers a post, its superior endorses."""
    return Task.lead_post_id.in_(select(Post.id).where(Post.superior_id.in_(actor.post_ids)))


def _in_chain(actor: Actor) -> ColumnElement[bool]:
    """What a chain of responsibility makes the actor answer for, as a post or as the head of a body."""
    rules: list[ColumnElement[bool]] = []
    for link, unit in actor.chain_links:
        posts = select(Post.id).join(Unit, Post.unit_id == Unit.id).where(below(unit))
        covered: list[ColumnElement[bool]] = [Task.lead_post_id.in_(posts)]
        if link.chain.domain_id is not None:
            covered.append(Task.domain_id == link.chain.domain_id)
        rules.append(and_(*covered))
    return or_(*rules) if rules else false()


def _in_portfolio(actor: Actor) -> ColumnElement[bool]:
    rules: list[ColumnElement[bool]] = []
    for portfolio in actor.portfolios:
        covered = [Task.unit_id == office_of(portfolio.leader_post.unit).id]
        if portfolio.unit_id is not None:
            covered.append(Task.lead_post_id.in_(select(Post.id).where(Post.unit_id == portfolio.unit_id)))
        if portfolio.domain_id is not None:
            covered.append(Task.domain_id == portfolio.domain_id)
        rules.append(and_(*covered))
    return or_(*rules) if rules else false()
