"""Who may see a task and who may do what with it: one predicate a question, used everywhere.

Source: architecture, "Who sees what".
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, literal_column, or_, select
from sqlalchemy.sql.base import ExecutableOption

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization import asked
from tracker.organization.acting import Actor
from tracker.organization.known import Organization
from tracker.organization.models import ChainRole, Holding, Post, Unit
from tracker.organization.queries import below
from tracker.tasks.conditions import hindrance
from tracker.tasks.handover_models import Handover
from tracker.tasks.models import Evidence, Task
from tracker.tasks.paper_kinds import PAPERS
from tracker.tasks.paper_models import PaperKind, TaskPaper
from tracker.tasks.roles import endorser, roles
from tracker.tasks.sight import circle, reach, touched
from tracker.tasks.states import NOT_YET_GIVEN, TRANSITIONS, Action, Role, TaskState, transition

_row = Task.__table__.alias()
WAITED_FOR = frozenset({Action.REQUEST_CLOSURE, Action.ENDORSE, Action.ACCEPT})  # expected to come next
MARKED = select(_row.c.id).where(_row.c.secrecy != literal_column("'open'"))  # as ix_tasks_marked has it


@dataclass(frozen=True)
class Sight:
    """What an actor sees, as conditions of a task, in the forms in which pages ask for it."""

    seen: ColumnElement[bool]
    listed: ColumnElement[bool]  # the same, for lists out of all tasks there are
    withheld: ColumnElement[bool]  # counts for the actor and may not be seen: a mark alone withholds


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task may be seen by an actor; the ONE rule of sight for tasks.

    A task marked 内部 or 工作秘密 is seen by its circle alone.
    """
    return sight_of(actor).seen


def sight_of(actor: Actor) -> Sight:
    """Return what an actor sees (`visible_to`), and what is withheld.

    Of what is withheld the marked tasks are looked up first, in the index of their own: they are few,
    whatever else is asked.
    """
    marked, within, inner = Task.secrecy != Secrecy.OPEN, reach(actor), circle(actor)
    seen = or_(and_(~marked, within), and_(marked, inner))
    ids = touched(actor)
    return Sight(
        seen,
        seen if ids is None else and_(Task.id.in_(ids), seen),
        and_(Task.id.in_(MARKED), within, ~inner),
    )


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


def seen_among(task_ids: Collection[int], actor: Actor) -> frozenset[int]:
    """Return which of some tasks an actor sees: those that a list leads to."""
    if not task_ids:
        return frozenset()
    return frozenset(db.session.scalars(select(Task.id).where(Task.id.in_(task_ids), visible_to(actor))))


def withheld_among(task_ids: Collection[int], actor: Actor) -> frozenset[int]:
    """Return which of some tasks are marked and not in an actor's circle.

    For what is reached from another row (a step of a plan, a list of a handover): it may be shown with its
    number and as a number, and no word of such a task with it.
    """
    if not task_ids:
        return frozenset()
    marked = and_(Task.id.in_(task_ids), Task.secrecy != Secrecy.OPEN)
    return frozenset(db.session.scalars(select(Task.id).where(marked, ~circle(actor))))


def find_task(task_id: int, actor: Actor, *loaded: ExecutableOption) -> Task | None:
    """Return a task an actor may see, or None: a foreign task looks like one that does not exist.

    `loaded` are loading options for the parts the caller is going to read.
    """
    return db.session.scalar(select(Task).where(Task.id == task_id, visible_to(actor)).options(*loaded))


def may(action: Action, task: Task, actor: Actor, known: Organization = asked) -> bool:
    """Whether an actor may do an action with a task in its present state."""
    row, held = transition(task.state, action), roles(task, actor, known)
    if row is None or not row.roles & held:
        return False
    return not _skips_endorsement(action, task, held, actor, known)


def open_actions(task: Task, actor: Actor, known: Organization = asked) -> list[Action]:
    """Return the actions an actor sees as buttons on a task, in the order of the life cycle."""
    held = roles(task, actor, known)
    found = [row.action for row in TRANSITIONS if row.source == task.state and row.roles & held]
    return [
        action
        for action in dict.fromkeys(found)
        if not _skips_endorsement(action, task, held, actor, known) and not hindrance(action, task, actor.day)
    ]


def held_up(task: Task, actor: Actor, known: Organization = asked) -> list[tuple[Action, str]]:
    """Return the next steps that an actor waits for but cannot take yet, each with the reason why."""
    held = roles(task, actor, known)
    waited_for = [
        row.action
        for row in TRANSITIONS
        if row.source == task.state and row.action in WAITED_FOR and row.roles & held
    ]
    reasons = [
        (action, hindrance(action, task, actor.day))
        for action in dict.fromkeys(waited_for)
        if not _skips_endorsement(action, task, held, actor, known)
    ]
    return [(action, reason) for action, reason in reasons if reason]


def may_make_paper(kind: PaperKind, task: Task, actor: Actor, held: frozenset[Role] | None = None) -> bool:
    """Whether an actor may make a paper of a task that is given out.

    Clerk and ledger keeper of its office make every one, others those of their part. `held`: the actor's
    parts, where they are known already.
    """
    if task.state in NOT_YET_GIVEN:
        return False
    if any(office.id == task.unit_id for office in (*actor.clerk_of, *actor.keeper_of)):
        return True
    return bool(PAPERS[kind].roles & (roles(task, actor) if held is None else held))


def open_papers(task: Task, actor: Actor, known: Organization = asked) -> list[PaperKind]:
    """Return the papers an actor may make of a task as it stands, in the order of its life."""
    held = roles(task, actor, known)
    return [
        kind
        for kind, rule in PAPERS.items()
        if may_make_paper(kind, task, actor, held) and rule.lacks(task) is None
    ]


def find_paper(paper_id: int, actor: Actor) -> TaskPaper | None:
    """Return a paper of a task that an actor sees, or None; those of a marked task are for its circle."""
    return db.session.scalar(
        select(TaskPaper)
        .join(Task, TaskPaper.task_id == Task.id)
        .where(TaskPaper.id == paper_id, visible_to(actor))
    )


def handovers_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor sees a handover: the ONE rule of sight for them.

    Both parties, the witness, whoever keeps the organization there, and the first responsible of the unit.
    The receiver is whoever comes after, until one has confirmed.
    """
    me = actor.person.id
    own = [post.id for post in actor.posts if actor.principal(post) is None]
    comes = select(Holding.id).where(
        Holding.post_id == Handover.post_id, Holding.person_id == me, Holding.from_day > Handover.last_day
    )
    receives = and_(Handover.receiver_signed_at.is_(None), or_(Handover.post_id.in_(own), comes.exists()))
    first = [unit for link, unit in actor.chain_links if link.role == ChainRole.FIRST_RESPONSIBLE]
    overseen = [Unit.id.in_(()), *(below(unit) for unit in (*actor.keeper_of, *first))]
    of_units = select(Post.id).join(Unit, Post.unit_id == Unit.id).where(or_(*overseen))
    return or_(
        Handover.giver_id == me,
        Handover.receiver_id == me,
        Handover.witness_id == me,
        receives,
        Handover.post_id.in_(of_units),
    )


def find_handover(handover_id: int, actor: Actor) -> Handover | None:
    """Return a handover that an actor sees, or None."""
    return db.session.scalar(select(Handover).where(Handover.id == handover_id, handovers_visible_to(actor)))


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
    return endorser(task, actor.day, known) is not None
