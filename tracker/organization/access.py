"""Who may see and who may keep the organization: one predicate a question, used everywhere.

Source: architecture, "Who sees what": the ledger keeper keeps the organization, portfolios, duties and
chains of its unit and of what lies below.
"""

from sqlalchemy import ColumnElement, or_, select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Chain, Duty, Holding, Person, Post, Unit
from tracker.organization.queries import below
from tracker.refusals import NotAllowed


def sees(actor: Actor, unit: Unit) -> bool:
    """Whether an actor may read who answers for what in a unit: the own office and what lies below."""
    return actor.office is not None and unit.path.startswith(actor.office.path)


def keeps(actor: Actor, unit: Unit) -> bool:
    """Whether an actor keeps the organization of a unit, as ledger keeper there or in an office above."""
    return any(unit.path.startswith(office.path) for office in actor.keeper_of)


def require_keeper(actor: Actor, unit: Unit, message: str) -> None:
    """Raise NotAllowed with the message unless the actor keeps the organization of the unit."""
    if not keeps(actor, unit):
        raise NotAllowed(message)


def find_unit_seen(unit_id: int, actor: Actor) -> Unit | None:
    """Return a unit an actor may read, or None: a foreign unit looks like one that does not exist."""
    unit = db.session.get(Unit, unit_id)
    return unit if unit is not None and sees(actor, unit) else None


def kept_units(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a unit's organization is kept by an actor."""
    return or_(Unit.id.in_(()), *(below(office) for office in actor.keeper_of))


def find_post_seen(post_id: int, actor: Actor) -> Post | None:
    """Return a post of a unit an actor may read, or None."""
    post = db.session.get(Post, post_id)
    return post if post is not None and sees(actor, post.unit) else None


def find_duty_seen(duty_id: int, actor: Actor) -> Duty | None:
    """Return a duty of a post of a unit an actor may read, or None."""
    duty = db.session.get(Duty, duty_id)
    return duty if duty is not None and sees(actor, duty.post.unit) else None


def find_chain_seen(chain_id: int, actor: Actor) -> Chain | None:
    """Return the chain of responsibility of a unit an actor may read, or None."""
    chain = db.session.get(Chain, chain_id)
    return chain if chain is not None and chain.unit is not None and sees(actor, chain.unit) else None


def find_holding_seen(holding_id: int, actor: Actor) -> Holding | None:
    """Return who held a post of a unit an actor may read, or None."""
    holding = db.session.get(Holding, holding_id)
    return holding if holding is not None and sees(actor, holding.post.unit) else None


def find_person_seen(person_id: int, actor: Actor) -> Person | None:
    """Return a person who holds or held a post of a unit an actor may read, or None."""
    units = db.session.scalars(
        select(Unit).join(Post, Post.unit_id == Unit.id).join(Holding).where(Holding.person_id == person_id)
    )
    return db.session.get(Person, person_id) if any(sees(actor, unit) for unit in units) else None


def keeps_person(actor: Actor, person: Person) -> bool:
    """Whether an actor keeps the organization of a unit in which a person holds or held a post."""
    units = db.session.scalars(
        select(Unit).join(Post, Post.unit_id == Unit.id).join(Holding).where(Holding.person_id == person.id)
    )
    return any(keeps(actor, unit) for unit in units)
