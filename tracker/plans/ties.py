"""The plans that hang on a domain (`organization.ties`). A post that ends is acted for by its superior."""

from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.models import DutyDomain
from tracker.organization.ties import Teller
from tracker.plans.models import Plan


def _of_domain(domain: DutyDomain) -> list[str]:
    used = select(Plan.title).where(Plan.domain_id == domain.id, Plan.ended_on.is_(None))
    return list(db.session.scalars(used.order_by(Plan.id)))


PLANS = Teller(lambda _posts: (), _of_domain)
