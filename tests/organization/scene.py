"""The rows of the organization that the paths of the table of expectations name."""

from datetime import timedelta

from sqlalchemy import select

from tests.office import Office
from tracker import clock
from tracker.extensions import db
from tracker.organization.division import division_of
from tracker.organization.domains import add_own_domain
from tracker.organization.models import Chain, DomainKind, Holding
from tracker.organization.roster_outcome import Outcome
from tracker.organization.standing_in import stand_in


def objects(office: Office) -> dict[str, str]:
    """Return the ids of a post of the town with its unit, superior, holder and holding."""
    post = office.lead.post
    holding = db.session.scalars(select(Holding.id).where(Holding.post_id == post.id)).one()
    later = stand_in(
        office.lead.person,
        office.safety_lead.person,
        by=office.lead.actor,
        from_day=clock.today() + timedelta(days=30),
        to_day=clock.today() + timedelta(days=31),
    )
    domain = add_own_domain(office.town, by=office.keeper.actor, name="信访稳定", kind=DomainKind.SECOND)
    return {
        "office": office.town.code,
        "own_domain": str(domain.id),
        "chain": str(db.session.scalars(select(Chain.id).where(Chain.unit_id == office.town.id)).one()),
        "stand_in": str(later.id),
        "duty": str(office.lead_duty.id),
        "post": str(post.id),
        "post_title": post.title,
        "unit_name": post.unit.name,
        "unit_code": post.unit.code,
        "superior": str(post.superior_id),
        "unit": str(post.unit_id),
        "parent": str(post.unit.parent_id),
        "holding": str(holding),
        "division_version": division_of(office.town, clock.today()).version,
        "roster_digest": Outcome().digest,
        "person": str(office.lead.person.id),
    }
