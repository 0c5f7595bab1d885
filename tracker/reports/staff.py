"""The posts of an office as a report may name them: unit, title, holder, duties, read in a few queries."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.chains import first_responsibles
from tracker.organization.models import DomainKind, Duty, DutyDomain, Portfolio, Post, Unit, UnitKind
from tracker.organization.queries import answering, below, duty_lasts, holders, lasts_on, posts_of_office

DOMAIN_KINDS = {DomainKind.BUSINESS: "业务", DomainKind.SECOND: "第二职责"}
OFFICE_WORD = re.compile(r"(?:工作)?(?:办公室|办|中心|站|所|科|股)$")


@dataclass(frozen=True)
class Member:
    """A post that may be made responsible, with what it is called and who acts for it."""

    post: Post
    title: str  # of the post, on the day
    unit_name: str  # on the day
    duties: tuple[Duty, ...]
    unit_names: tuple[str, ...]  # only the head of a unit answers to the unit's name
    holder: str
    vacancy: str  # "" while the post is held; else who acts, as a sentence

    @property
    def is_village(self) -> bool:
        """Whether the post stands in a village: named there, it is often a place and not the responsible."""
        return self.post.unit.kind == UnitKind.VILLAGE


def staff(office: Unit, day: date) -> list[Member]:
    """Return the posts of an office on a day, leaders first, in a constant number of queries."""
    posts = posts_of_office(office, day)
    duties = _duties(posts, day)
    held = holders([post.id for post in posts], day)
    heads = _heads(posts)
    return [
        Member(
            post,
            post.title_on(day),
            post.unit.name_on(day),
            tuple(duties[post.id]),
            _unit_names(post.unit) if post.id in heads else (),
            held[post.id].name if post.id in held else "",
            "" if post.id in held else _vacancy(post, day),
        )
        for post in posts
    ]


def leaders(office: Unit, domain: DutyDomain | None, day: date) -> list[tuple[Post, str]]:
    """Return whom to fall back on, in order, each with the reason.

    In charge of the domain by the division of work; deputies of the first responsible; the first responsible.
    """
    found = (
        [(post, f"按分工，分管{domain.name}") for post in _in_charge(office, domain, day)] if domain else []
    )
    chain = first_responsibles(office, domain, day)
    superiors = {post.id for post in chain}
    found += [
        (post, "没有更接近的职责，列第一责任人的副职")
        for post in posts_of_office(office)
        if post.in_leadership and post.superior_id in superiors
    ]
    return found + [(post, "没有更接近的职责，列第一责任人") for post in chain]


def _in_charge(office: Unit, domain: DutyDomain, day: date) -> Sequence[Post]:
    return db.session.scalars(
        select(Post)
        .join(Portfolio, Portfolio.leader_post_id == Post.id)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office), Portfolio.domain_id == domain.id, lasts_on(day, Portfolio))
        .order_by(Portfolio.id)
    ).all()


def duty_label(duty: Duty) -> str:
    """Return a duty as a choice shows it: which of the two duties, and its domain."""
    return f"{DOMAIN_KINDS[duty.domain.kind]}：{duty.domain.name}"


def guess_domain(text: str, domains: Sequence[DutyDomain]) -> DutyDomain | None:
    """Return the domain a report is about: named in its first line, else most often, at least three times."""
    title = next((line for line in text.splitlines() if line.strip()), "")
    for domain in domains:
        if domain.name in title:
            return domain
    counted = sorted(((text.count(domain.name), -domain.id) for domain in domains), reverse=True)
    if not counted or counted[0][0] < 3:
        return None
    return next(domain for domain in domains if domain.id == -counted[0][1])


def _duties(posts: Sequence[Post], day: date) -> dict[int, list[Duty]]:
    rows = db.session.scalars(
        select(Duty)
        .where(Duty.post_id.in_([post.id for post in posts]), duty_lasts(day))
        .options(joinedload(Duty.domain))
        .order_by(Duty.id)
    )
    found: dict[int, list[Duty]] = defaultdict(list)
    for duty in rows:
        found[duty.post_id].append(duty)
    return found


def _heads(posts: Sequence[Post]) -> set[int]:
    """The first post of each department or village: whoever names the unit means it."""
    first: dict[int, int] = {}
    for post in sorted(posts, key=lambda post: post.id):
        if post.unit.kind in (UnitKind.DEPARTMENT, UnitKind.VILLAGE):
            first.setdefault(post.unit_id, post.id)
    return set(first.values())


def _unit_names(unit: Unit) -> tuple[str, ...]:
    """The names of a unit, the longest first: 宣传办公室, 宣传部门, 宣传办."""
    stem = OFFICE_WORD.sub("", unit.name)
    names = {unit.name, unit.name.replace("办公室", "办").replace("工作办", "办")}
    if stem != unit.name and len(stem) >= 2:
        names |= {f"{stem}部门", f"{stem}办"}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _vacancy(post: Post, day: date) -> str:
    acting = answering(post, day)
    if acting.person is None:
        return "无人任职，上级岗位也无人任职，先登记任职人才能交办"
    return f"无人任职，由上级岗位的{acting.person.name}代行"
