"""Entering the division of work (分工)."""

from datetime import date

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import DutyDomain, Portfolio, Post, Unit
from tracker.refusals import Refused


def divide_work(
    leader_post: Post,
    *,
    from_day: date,
    unit: Unit | None = None,
    domain: DutyDomain | None = None,
    document: str = "",
) -> Portfolio:
    """Enter a line of the division of work (分工). Raises Refused when it covers nothing."""
    if unit is None and domain is None:
        raise Refused(_("分工至少写明一个单位或一个领域。"), field="unit")
    portfolio = Portfolio(
        leader_post=leader_post, unit=unit, domain=domain, from_day=from_day, document=document
    )
    db.session.add(portfolio)
    db.session.flush()
    record("organization.divide_work", f"portfolio:{portfolio.id}", leader=leader_post.id)
    return portfolio
