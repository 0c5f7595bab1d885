"""Who sees, records and keeps standing duties: one predicate a question.

Source: architecture, "Who sees what". Acts are no secrets of their office; what shows them (sign-in
sheets, photographs) is for the post itself and for those who oversee the office.
"""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from tracker.duties.models import Act, ActFile, StandingDuty
from tracker.extensions import db
from tracker.organization.access import keeps, kept_units
from tracker.organization.acting import Actor
from tracker.organization.models import Post, Unit
from tracker.organization.queries import below, office_of


def records_for(actor: Actor, post: Post) -> bool:
    """Whether an actor records acts of a post: as who acts for it, or as clerk of its office."""
    return post.id in actor.post_ids or actor.is_clerk_of(office_of(post.unit).id)


def may_withdraw(actor: Actor, act: Act) -> bool:
    """Whether an actor takes an act back: who recorded it, or a clerk of its office."""
    return act.recorded_by_id == actor.person.id or actor.is_clerk_of(act.unit_id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an act may be read: one of the own office, or of one overseen from above."""
    own = Act.unit_id == (None if actor.office is None else actor.office.id)
    return or_(own, overseen_by(actor))


def overseen_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an act counts for an office that the actor oversees, or for one below it."""
    offices = select(Unit.id).where(or_(Unit.id.in_(()), *(below(office) for office in actor.oversees)))
    return Act.unit_id.in_(offices)


def sees_files(actor: Actor, act: Act) -> bool:
    """Whether an actor may open what shows that an act was done."""
    overseen = db.session.scalar(select(Act.id).where(Act.id == act.id, overseen_by(actor))) is not None
    return overseen or act.post_id in actor.post_ids or act.recorded_by_id == actor.person.id


def find_act(act_id: int, actor: Actor, *, lock: bool = False) -> Act | None:
    """Return an act the actor may read, or None; on PostgreSQL its row is held where it is to change."""
    query = select(Act).where(Act.id == act_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Act).execution_options(populate_existing=True)
    return db.session.scalar(query)


def find_act_file(file_id: int, actor: Actor) -> ActFile | None:
    """Return a file of an act that the actor may open, or None."""
    query = select(ActFile).join(Act, Act.id == ActFile.act_id).where(ActFile.id == file_id)
    found = db.session.scalar(query.options(joinedload(ActFile.act)))
    return found if found is not None and sees_files(actor, found.act) else None


def find_standing_duty_kept(duty_id: int, actor: Actor) -> StandingDuty | None:
    """Return a standing duty of a post whose organization an actor keeps, or None; its row is held."""
    query = (
        select(StandingDuty)
        .join(Post, Post.id == StandingDuty.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(StandingDuty.id == duty_id, kept_units(actor))
        .with_for_update(of=StandingDuty)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(query)


def enters_opening_figures(actor: Actor, office: Unit) -> bool:
    """Whether an actor enters what an office had done before its records begin: ledger keeper or clerk."""
    return keeps(actor, office) or actor.is_clerk_of(office.id)
