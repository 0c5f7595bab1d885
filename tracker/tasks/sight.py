"""What a person's posts give to see, as SQL conditions: their reach, and the circle of a marked task.

Source: architecture, "Who sees what". `access.visible_to` puts the two together.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, false, or_, select, union

from tracker.organization.acting import Actor
from tracker.organization.chains import holds_on
from tracker.organization.models import Chain, ChainLink, ChainRole, Portfolio, Post, Unit
from tracker.organization.queries import below, lasts_on, office_of, offices_below
from tracker.tasks.models import Cooperation, Task, TaskEvent
from tracker.tasks.states import NOT_YET_GIVEN, REQUESTED, Action

GIVEN = Task.state.not_in(NOT_YET_GIVEN)
WAITS = Task.state.in_(REQUESTED)


def reach(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task lies in an actor's reach, were it not marked.

    What is cheapest to see in the row stands first: a database leaves off at the first rule that holds.
    """
    mine = actor.post_ids
    return or_(
        *(_overseen(office, GIVEN) for office in actor.oversees),
        and_(Task.lead_post_id.in_(mine), GIVEN),
        Task.verifier_post_id.in_(mine),
        _in_portfolio(actor),
        and_(GIVEN, or_(_led_below(actor), _in_chain(actor))),
        Task.id.in_(_cooperates(actor)),
        Task.id.in_(_acted_on(actor)),
    )


def touched(actor: Actor) -> CompoundSelect[int] | None:
    """Return the ids of all tasks that `reach` and `circle` may take in, or None for an actor who sees many.

    Who oversees no office sees few of the tasks there are. Their ids come out of indexes, where the rules
    alone would have every task read, to find these. Wider than the rules, never narrower.
    """
    if actor.oversees or actor.portfolios or actor.has_leaders_below:
        return None
    posts = {*actor.post_ids, *actor.posts_below}
    of_units = select(Post.id).join(Unit, Post.unit_id == Unit.id)
    answered = [below(unit) for _link, unit in actor.chain_links]
    return union(
        select(Task.id).where(Task.lead_post_id.in_(posts)),
        select(Task.id).where(Task.verifier_post_id.in_(posts)),
        *([select(Task.id).where(Task.lead_post_id.in_(of_units.where(or_(*answered))))] if answered else []),
        _cooperates(actor),
        _acted_on(actor),
    )


def circle(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor is of the lead, the chain or the clerks of a task.

    The chain: deputy in charge, the superior of the lead post, verifier, first responsible and the other
    links of the chain of responsibility. Not of it: cooperating posts, the rest of the leadership, who
    acted on it once, offices above. While a closure waits, whoever the rules may leave to decide belongs
    to it as well (`_may_have_to_decide`): nobody is asked to decide what they cannot see.
    """
    mine = actor.post_ids
    answering = [_in_portfolio(actor), _led_below(actor), _in_chain(actor, own_office=True)]
    return or_(
        and_(GIVEN, Task.lead_post_id.in_(mine)),
        Task.verifier_post_id.in_(mine),
        Task.unit_id.in_([office.id for office in actor.clerk_of]),
        and_(GIVEN, or_(*answering)),
        and_(WAITS, _may_have_to_decide(actor)),
    )


def deciding(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the rules may ask an actor to decide something on a task.

    Wider than the rules, never narrower: it spares a clerk of a large office the tasks that wait for others.
    """
    answering = [_in_portfolio(actor), _led_below(actor), _in_chain(actor), _may_have_to_decide(actor)]
    return or_(Task.verifier_post_id.in_(actor.post_ids), *answering)


def _cooperates(actor: Actor) -> Select[int]:
    return select(Cooperation.task_id).where(Cooperation.post_id.in_(actor.post_ids)).correlate(None)


def _acted_on(actor: Actor) -> Select[int]:
    return select(TaskEvent.task_id).where(TaskEvent.person_id == actor.person.id).correlate(None)


def _overseen(office: Unit, given: ColumnElement[bool]) -> ColumnElement[bool]:
    """An office sees all of its own, and of the offices below what has been given out."""
    own, lower = Task.unit_id == office.id, offices_below(office)
    return own if lower is None else or_(own, and_(Task.unit_id.in_(lower), given))


def _led_below(actor: Actor) -> ColumnElement[bool]:
    """What the posts directly under one's own do: where no portfolio covers a post, its superior endorses."""
    if not actor.posts_below:
        return false()
    return Task.lead_post_id.in_(select(Post.id).where(Post.superior_id.in_(actor.post_ids)))


def _in_chain(actor: Actor, *, own_office: bool = False) -> ColumnElement[bool]:
    """What a chain of responsibility makes the actor answer for, as a post or as the head of a body.

    With `own_office` the chain of an office above counts only where the task's office has none.
    """
    rules: list[ColumnElement[bool]] = []
    for link, unit in actor.chain_links:
        posts = select(Post.id).join(Unit, Post.unit_id == Unit.id).where(below(unit))
        covered: list[ColumnElement[bool]] = [Task.lead_post_id.in_(posts)]
        if link.chain.domain_id is not None:
            covered.append(Task.domain_id == link.chain.domain_id)
        if own_office:
            covered.append(or_(Task.unit_id == office_of(unit).id, ~_has_own_chain(actor)))
        rules.append(and_(*covered))
    return or_(*rules) if rules else false()


def _has_own_chain(actor: Actor) -> ColumnElement[bool]:
    serves = or_(Chain.domain_id.is_(None), Chain.domain_id == Task.domain_id)
    return select(Chain.id).where(Chain.unit_id == Task.unit_id, serves, holds_on(actor.day)).exists()


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


def _may_have_to_decide(actor: Actor) -> ColumnElement[bool]:
    """Whom the rules fall back on for a decision (`roles.endorser`, `roles.verifier`).

    The superiors, up to the top, of the lead, of the verifier and of whoever is in charge; and the keeper
    of the office above where a first responsible person acted in the round and may be barred.
    """
    rules: list[ColumnElement[bool]] = []
    if actor.posts_below:
        rules += _may_decide_for(actor.posts_below, actor)
    if actor.keeper_of:
        rules.append(_may_decide_below(actor.keeper_of))
    return or_(*rules) if rules else false()


def _may_decide_for(line: Sequence[int], actor: Actor) -> Iterator[ColumnElement[bool]]:
    """As the superior of the lead, of the verifier, or of whoever is in charge."""
    yield Task.lead_post_id.in_(line)
    yield Task.verifier_post_id.in_(line)
    if not actor.has_leaders_below:
        return
    of_lead = select(Post.unit_id).where(Post.id == Task.lead_post_id).correlate(Task)  # the task outside
    unit_fits = or_(Portfolio.unit_id.is_(None), Portfolio.unit_id == of_lead.scalar_subquery())
    domain_fits = or_(Portfolio.domain_id.is_(None), Portfolio.domain_id == Task.domain_id)
    in_charge_below = select(Portfolio.id).where(
        Portfolio.leader_post_id.in_(line), unit_fits, domain_fits, lasts_on(actor.day, Portfolio)
    )
    yield in_charge_below.exists()


def _may_decide_below(offices: Sequence[Unit]) -> ColumnElement[bool]:
    """As the keeper of the office above, where a first responsible person acted in the round."""
    first_acted = (
        select(TaskEvent.id)
        .join(ChainLink, ChainLink.post_id == TaskEvent.post_id)
        .where(
            TaskEvent.task_id == Task.id,
            TaskEvent.action.in_((Action.REQUEST_CLOSURE, Action.ENDORSE)),
            ChainLink.role == ChainRole.FIRST_RESPONSIBLE,
        )
    )
    just_below = select(Unit.id).where(Unit.parent_id.in_([office.id for office in offices]))
    return and_(Task.unit_id.in_(just_below), first_acted.exists())
