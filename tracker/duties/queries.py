"""How often standing duties were met."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from tracker.duties.models import Act, ActKind
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.queries import posts_of_office
from tracker.periods import Period
from tracker.web.paging import Page, page


@dataclass(frozen=True)
class Counted:
    """How often one kind was done in a period and since the beginning of its year, in one domain or none."""

    kind: ActKind
    domain: DutyDomain | None
    in_period: int
    in_year: int


def kinds() -> Sequence[ActKind]:
    """Return the kinds of act an office can record."""
    return db.session.scalars(select(ActKind).order_by(ActKind.id)).all()


def counted(
    office: Unit, period: Period, *, until: date, domain: DutyDomain | None = None
) -> Sequence[Counted]:
    """Return the counts of an office by kind and domain, up to a day; what was never done is missing."""
    last = min(until, period.last_day)
    inside = func.sum(case((Act.day >= period.first_day, Act.count), else_=0))
    query = (
        select(ActKind, DutyDomain, inside, func.sum(Act.count))
        .select_from(Act)
        .join(ActKind, ActKind.id == Act.kind_id)
        .outerjoin(DutyDomain, DutyDomain.id == Act.domain_id)
        .where(Act.unit_id == office.id, Act.day >= date(period.year, 1, 1), Act.day <= last)
        .group_by(ActKind.id, DutyDomain.id)
        .order_by(ActKind.id, DutyDomain.id)
    )
    if domain is not None:
        query = query.where(Act.domain_id == domain.id)
    return [Counted(kind, field, int(now), int(year)) for kind, field, now, year in db.session.execute(query)]


def recorded(
    office: Unit, period: Period, *, kind: ActKind | None = None, after: str | None = None
) -> Page[Act]:
    """Return one page of the acts of an office in a period, the latest first."""
    query = (
        select(Act)
        .where(Act.unit_id == office.id, Act.day.between(period.first_day, period.last_day))
        .options(joinedload(Act.kind), joinedload(Act.post), joinedload(Act.domain))
    )
    if kind is not None:
        query = query.where(Act.kind_id == kind.id)
    return page(query, (Act.day, Act.id), after, newest_first=True)


def posts_recorded_for(actor: Actor, office: Unit) -> list[Post]:
    """Return the posts an actor may record acts for: the own ones, for a clerk those of the whole office."""
    own = [post for post in actor.posts if post.unit.path.startswith(office.path)]
    if all(clerked.id != office.id for clerked in actor.clerk_of):
        return own
    return own + [post for post in posts_of_office(office) if post.id not in actor.post_ids]
