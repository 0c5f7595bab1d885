"""The standing duties that hang on a domain (`organization.ties`). With a post they end by themselves."""

from sqlalchemy import select

from tracker import clock
from tracker.duties.models import StandingDuty
from tracker.duties.owing import in_force
from tracker.extensions import db
from tracker.organization.models import DutyDomain
from tracker.organization.ties import Teller


def _of_domain(domain: DutyDomain) -> list[str]:
    lasting = in_force(clock.today())
    asked = select(StandingDuty).where(StandingDuty.domain_id == domain.id, lasting).order_by(StandingDuty.id)
    return [f"{row.post.title}：{row.kind.name}" for row in db.session.scalars(asked)]


STANDING = Teller(lambda _posts: (), _of_domain)
