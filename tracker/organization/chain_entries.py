"""Entering a unit's chain of responsibility: from a day on; the one before it ends the day before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.chain_templates import Template
from tracker.organization.entering import begin_entry
from tracker.organization.forms import Entry, Question, nothing_typed, required_day
from tracker.organization.models import Chain, ChainLink, ChainRole, ChainRule, DutyDomain, Post, Unit
from tracker.refusals import OutOfDate, Refused
from tracker.web.filters import cnday
from tracker.web.two_at_once import changed_meanwhile

MOST_FIRST = 2  # 第一责任人，一名或两名（党政同责）
MOST_LINKS = 12


@dataclass(frozen=True)
class Link:
    """A link as it is entered: the post for the rule POST, the body for BODY (none: the unit of the task)."""

    role: ChainRole
    rule: ChainRule
    post: Post | None = None
    body: Unit | None = None


def enter_chain(
    unit: Unit,
    domain: DutyDomain | None,
    links: Sequence[Link],
    *,
    by: Actor | None,
    from_day: date,
    document: str = "",
    version: str | None = None,
) -> Chain:
    """Give a unit a chain of its own for a domain (None: for all that have none), from a day on.

    One of the same day takes the place of the former, whose links the trail keeps: a slip is mended on the
    day it was made. Raises NotAllowed for anybody but the ledger keeper; Refused without one or two first
    responsible posts, for a link that names nobody, and for a day before the present chain began; OutOfDate
    where the unit's own chain is not any more the one that `version` was read of.
    """
    begin_entry(unit, by)
    if version is not None and version != chain_version(unit, domain):
        raise OutOfDate(changed_meanwhile())
    _check(links)
    replaced = [_make_room(former, from_day) for former in _open_chains(unit, domain)]
    chain = Chain(
        unit=unit, domain=domain, name=_("责任链"), document=document.strip()[:200], from_day=from_day
    )
    chain.links = [
        ChainLink(
            role=link.role, rule=link.rule, post=link.post, body=link.body, position=place, level=place + 1
        )
        for place, link in enumerate(links)
    ]
    db.session.add(chain)
    db.session.flush()
    record(
        "organization.enter_chain",
        f"unit:{unit.id}",
        chain=chain.id,
        from_day=str(from_day),
        replaced="；".join(filter(None, replaced)),
    )
    return chain


def chain_version(unit: Unit, domain: DutyDomain | None) -> str:
    """Return a mark of a unit's own chain for a domain: another one means that somebody changed it since."""
    return "-".join(sorted(str(chain.id) for chain in _open_chains(unit, domain)))


def _make_room(former: Chain, from_day: date) -> str:
    """End the chain before another; one of the same day is taken out, and its links are returned."""
    if former.from_day > from_day:
        raise Refused(
            _("已登记自 %(day)s起执行的责任链，新的不能早于这一天。", day=cnday(former.from_day)), field="day"
        )
    if former.from_day < from_day:
        former.to_day = from_day - timedelta(days=1)
        return ""
    links = [f"{link.role.value}:{_who(link)}" for link in former.links]
    db.session.delete(former)
    return "、".join(links)


def _who(link: ChainLink) -> str:
    if link.post is not None:
        return link.post.title
    return link.rule.value if link.body is None else link.body.name


def end_chain(chain: Chain, *, by: Actor | None, last_day: date) -> None:
    """End a unit's own chain with its last day; from then on the unit follows the one above again."""
    assert chain.unit is not None
    begin_entry(chain.unit, by)
    if last_day < chain.from_day or (chain.to_day is not None and chain.to_day <= last_day):
        raise Refused(_("最后一天须在执行期间内，请核对。"), field="day")
    chain.to_day = last_day
    record("organization.end_chain", f"unit:{chain.unit_id}", chain=chain.id, last_day=str(last_day))


def proposed(template: Template, posts: Sequence[Post]) -> list[tuple[Link, str]]:
    """Return a template's links, posts found by their titles, each with the titles looked for."""
    found: list[tuple[Link, str]] = []
    for row in template.links:
        post = _titled(row.titles, posts) if row.rule == ChainRule.POST else None
        found.append((Link(row.role, row.rule, post), "、".join(row.titles)))
    return found


def _titled(titles: Sequence[str], posts: Sequence[Post]) -> Post | None:
    exact = [post for title in titles for post in posts if post.title == title]
    close = [post for title in titles for post in posts if post.title.endswith(title)]
    return next(iter([*exact, *close]), None)


def _check(links: Sequence[Link]) -> None:
    firsts = [link for link in links if link.role == ChainRole.FIRST_RESPONSIBLE]
    if not 1 <= len(firsts) <= MOST_FIRST or any(link.post is None for link in firsts):
        raise Refused(_("责任链须有一名或两名第一责任人，并写明岗位。"), field="links")
    if len({link.post.id for link in firsts if link.post}) < len(firsts):
        raise Refused(_("两名第一责任人是同一岗位，请核对。"), field="links")
    if len(links) > MOST_LINKS:
        raise Refused(_("责任链最多 %(most)s 环。", most=MOST_LINKS), field="links")
    for place, link in enumerate(links):
        if link.rule == ChainRule.POST and link.post is None:
            raise Refused(
                _(
                    "第%(number)s环按岗位确定，请选岗位；不需要的，责任改为“不用这一环”。",
                    number=place + 1,
                ),
                field=f"post-{place}",
            )


def _end_questions(_chain: Chain) -> list[Question]:
    return [Question("day", _("最后一天"), "date", hint=_("含当天；次日起执行通用的或上级单位的责任链"))]


def _end(chain: Chain, by: Actor) -> str:
    end_chain(chain, by=by, last_day=required_day("day", _("写明最后一天。")))
    return str(_("这条责任链已终止，以前的任务和记录不变。"))


CHAIN_ENTRIES: dict[str, Entry[Chain]] = {
    "end": Entry(_l("终止责任链"), _l("终止责任链"), _end_questions, nothing_typed, _end)
}


def _open_chains(unit: Unit, domain: DutyDomain | None) -> Sequence[Chain]:
    of_domain = Chain.domain_id.is_(None) if domain is None else Chain.domain_id == domain.id
    return db.session.scalars(
        select(Chain).where(Chain.unit_id == unit.id, of_domain, Chain.to_day.is_(None))
    ).all()
