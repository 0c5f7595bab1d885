"""The deputy in charge (分管领导): found by the division of work (分工) of the day, never stored.

Rules: architecture, "Life cycle of a task" (deputy in charge); domain.md 2.2.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.chains import direct_responsible
from tracker.organization.models import DutyDomain, Portfolio, Post, Unit
from tracker.organization.queries import below, lasts_on, office_of


@dataclass(frozen=True)
class InCharge:
    """The deputy in charge (分管领导) of a post and domain, with the rule that found it."""

    post: Post | None
    rule: str
    divided: bool = True  # the division of work or the chain names it; otherwise the superior post answers


def deputy_in_charge(post: Post, domain: DutyDomain | None, day: date) -> InCharge:
    """Return the leader's post whose portfolio covers a post and domain on a day.

    Where the chain of the domain names somebody directly responsible, a post or a body, that goes first.
    The closest portfolio wins: unit and field, then the field, then the unit; where none covers the
    post, its superior is in charge.
    """
    named = direct_responsible(post, domain, day)
    if named is not None:
        return InCharge(*named)
    return choose_in_charge(post, domain, portfolios_of([office_of(post.unit)], day), day)


def portfolios_of(offices: Iterable[Unit], day: date) -> list[Portfolio]:
    """Return the division of work of some offices on a day, in the order in which it was entered."""
    return list(
        db.session.scalars(
            select(Portfolio)
            .join(Post, Portfolio.leader_post_id == Post.id)
            .join(Unit, Post.unit_id == Unit.id)
            .where(or_(*(below(office) for office in offices)), lasts_on(day, Portfolio))
            .options(
                joinedload(Portfolio.unit),
                joinedload(Portfolio.domain),
                joinedload(Portfolio.leader_post).joinedload(Post.unit).joinedload(Unit.parent),
            )
            .order_by(Portfolio.id)
        )
    )


def choose_in_charge(
    post: Post, domain: DutyDomain | None, candidates: Iterable[Portfolio], day: date
) -> InCharge:
    """Return who is in charge of a post and domain, told portfolios; those of another office are passed over.

    A county holds the portfolios of its townships too, and none of them covers a post next door.
    """
    office_id = office_of(post.unit).id
    domain_id = None if domain is None else domain.id
    best: tuple[int, Portfolio] | None = None
    for portfolio in candidates:
        closeness = _closeness(portfolio, post.unit_id, domain_id)
        closer = closeness > (0 if best is None else best[0])
        if closer and office_of(portfolio.leader_post.unit).id == office_id:
            best = (closeness, portfolio)
    if best is not None:
        return InCharge(best[1].leader_post, _("按分工：%(what)s", what=_covers(best[1], day)))
    if post.superior is not None:
        return InCharge(post.superior, _("分工未覆盖，由上级岗位分管"), divided=False)
    return InCharge(None, _("分工未覆盖，也没有上级岗位"), divided=False)


def _closeness(portfolio: Portfolio, unit_id: int, domain_id: int | None) -> int:
    """Rate a portfolio for a unit and domain: 0 does not cover it, 3 names both."""
    unit_fits = portfolio.unit_id == unit_id
    domain_fits = portfolio.domain_id is not None and portfolio.domain_id == domain_id
    if portfolio.unit_id is not None and portfolio.domain_id is not None:
        return 3 if unit_fits and domain_fits else 0
    if domain_fits:
        return 2
    return 1 if unit_fits else 0


def _covers(portfolio: Portfolio, day: date) -> str:
    unit, domain = portfolio.unit, portfolio.domain
    named = ["" if unit is None else unit.name_on(day), "" if domain is None else domain.name]
    return "".join(named) + (f"（{portfolio.document}）" if portfolio.document else "")
