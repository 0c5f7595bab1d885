"""What a post was: its holders, its portfolio, and what was entered about it, over time."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from tracker.audit.models import AuditRow, Outcome
from tracker.audit.trail import COMMAND_LINE
from tracker.extensions import db
from tracker.organization.models import Duty, DutyDomain, Holding, Portfolio, Post
from tracker.organization.portfolios import InCharge, deputy_in_charge
from tracker.organization.queries import Answering, answering
from tracker.web.filters import cnday

LATEST = 30  # entries about a post that its page shows

CHANGE_WORDS = {
    "organization.add_post": _l("增设岗位"),
    "organization.rename_post": _l("更名"),
    "organization.correct_title": _l("更正名称"),
    "organization.set_first_day": _l("登记设立日期"),
    "organization.rank_post": _l("调整排序"),
    "organization.put_under": _l("调整上级岗位"),
    "organization.give_roles": _l("调整角色"),
    "organization.end_post": _l("撤销岗位"),
    "organization.appoint": _l("登记任职"),
    "organization.release": _l("登记离任"),
    "organization.correct_holding": _l("更正任职记录"),
    "organization.strike_out_holding": _l("删除误登记的任职"),
}


@dataclass(frozen=True)
class Change:
    """Something entered about a post: when, by which account, what, and the reason given."""

    at: datetime
    account: str
    what: str
    said: str


@dataclass(frozen=True)
class ChargeLine:
    """Who is in charge of a post in one domain (None: in all others), by which rule, and who acts."""

    domain: DutyDomain | None
    in_charge: InCharge
    acting: Answering | None


def holdings_of(post: Post) -> list[Holding]:
    """Return who held a post from when to when, the latest first."""
    query = select(Holding).where(Holding.post_id == post.id).options(joinedload(Holding.person))
    return list(db.session.scalars(query.order_by(Holding.from_day.desc(), Holding.id.desc())))


def portfolios_over_time(post: Post) -> list[Portfolio]:
    """Return what a leader's post is and was in charge of: what lasts first, then the latest."""
    query = (
        select(Portfolio)
        .where(Portfolio.leader_post_id == post.id)
        .options(joinedload(Portfolio.unit), joinedload(Portfolio.domain))
    )
    return list(
        db.session.scalars(
            query.order_by(
                func.coalesce(Portfolio.to_day, date.max).desc(), Portfolio.from_day.desc(), Portfolio.id
            )
        )
    )


def in_charge_of(post: Post, day: date) -> list[ChargeLine]:
    """Return the deputy in charge of a post on a day for each domain it has duties in, and for all others."""
    domains = db.session.scalars(
        select(DutyDomain).where(
            DutyDomain.id.in_(select(Duty.domain_id).where(Duty.post_id == post.id, Duty.ended_on.is_(None)))
        )
    ).all()
    general = deputy_in_charge(post, None, day)
    lines = [_charge(None, general, day)]
    for domain in sorted(domains, key=lambda domain: domain.id):
        found = deputy_in_charge(post, domain, day)
        if found != general:
            lines.append(_charge(domain, found, day))
    return lines


def changes_of(post: Post) -> list[Change]:
    """Return the latest entries about a post, newest first, as the trail has them."""
    query = select(AuditRow).where(
        AuditRow.subject == f"post:{post.id}",
        AuditRow.action.in_(CHANGE_WORDS),
        AuditRow.outcome == Outcome.DONE,
    )
    rows = db.session.scalars(query.order_by(AuditRow.id.desc()).limit(LATEST))
    return [Change(row.at, _by(row), str(CHANGE_WORDS[row.action]), _said(row)) for row in rows]


def _by(row: AuditRow) -> str:
    return str(_("命令行")) if row.name == COMMAND_LINE else row.name


def _charge(domain: DutyDomain | None, found: InCharge, day: date) -> ChargeLine:
    return ChargeLine(domain, found, None if found.post is None else answering(found.post, day))


def _said(row: AuditRow) -> str:
    """Return what a row tells in words: names old and new, the last day, the reason."""
    details = row.details
    parts = []
    if row.action in ("organization.rename_post", "organization.correct_title"):
        parts.append(_("“%(old)s”改为“%(new)s”", old=details["old"], new=details["new"]))
    if details.get("from_day"):
        parts.append(_("自 %(day)s起", day=_day(details["from_day"])))
    if details.get("last_day"):
        parts.append(_("至 %(day)s", day=_day(details["last_day"])))
    if details.get("reason"):
        parts.append(str(details["reason"]))
    return str(_("，")).join(parts)


def _day(written: str) -> str:
    """Return a day of the trail as the page writes it."""
    return cnday(date.fromisoformat(written))
