"""Who answers: looked up for a day, never stored.

Rules: architecture, "Life cycle of a task" (lead, deputy in charge, vacancy) and section 3.2.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.extensions import db
from tracker.organization.models import (
    Chain,
    ChainLink,
    ChainRole,
    DutyDomain,
    Holding,
    Person,
    Portfolio,
    Post,
    Unit,
    UnitKind,
)

OFFICES = (UnitKind.TOWNSHIP, UnitKind.COUNTY)  # units that keep a ledger of their own
LONGEST_CHAIN = 12  # links; a superior's superior's … a loop in the data must not hang a page


@dataclass(frozen=True)
class Answering:
    """Who acts for a post on a day: its holder, or, while it is vacant, the holder of its superior."""

    post: Post
    person: Person | None
    for_vacant: bool = False


@dataclass(frozen=True)
class InCharge:
    """The deputy in charge (分管领导) of a post and domain, with the rule that found it."""

    post: Post | None
    rule: str


def lasts_on(day: date, table: type[Holding] | type[Portfolio] = Holding) -> ColumnElement[bool]:
    """Return the condition that a row with from_day and to_day covers a day."""
    return and_(table.from_day <= day, or_(table.to_day.is_(None), table.to_day >= day))


def holder(post: Post, day: date) -> Person | None:
    """Return who holds a post on a day, or None when it is vacant."""
    return db.session.scalar(
        select(Person)
        .join(Holding)
        .where(Holding.post_id == post.id, lasts_on(day))
        .order_by(Holding.from_day.desc())
        .limit(1)
    )


def holders(post_ids: Iterable[int], day: date) -> dict[int, Person]:
    """Return the holders of many posts on a day in one query; vacant posts are missing."""
    rows = db.session.execute(
        select(Holding.post_id, Person)
        .join(Person)
        .where(Holding.post_id.in_(list(post_ids)), lasts_on(day))
        .order_by(Holding.from_day)
    )
    return dict(rows.all())


def answering(post: Post, day: date) -> Answering:
    """Return who acts for a post on a day, climbing the superiors of vacant posts."""
    return climb(post, lambda link: holder(link, day))


def climb(post: Post, holder_of: Callable[[Post], Person | None]) -> Answering:
    """Return who acts for a post, told who holds which: the holder, else that of the nearest post above."""
    for link in chain((post,), upwards(post)):
        person = holder_of(link)
        if person is not None:
            return Answering(post, person, for_vacant=link is not post)
    return Answering(post, None)


def upwards(post: Post) -> Iterator[Post]:
    """Yield the superiors of a post, nearest first, at most LONGEST_CHAIN of them."""
    link = post.superior
    for _step in range(LONGEST_CHAIN):
        if link is None:
            return
        yield link
        link = link.superior


def posts_acted_for(person: Person, day: date) -> list[Post]:
    """Return the posts a person acts for on a day: those held, and vacant ones below them."""
    held = list(
        db.session.scalars(
            select(Post)
            .join(Holding)
            .where(Holding.person_id == person.id, lasts_on(day))
            .options(joinedload(Post.unit).joinedload(Unit.parent))
            .order_by(Post.id)
        )
    )
    return held + _vacant_below({post.id for post in held}, day)


def _vacant_below(acted_for: set[int], day: date) -> list[Post]:
    """Return the vacant posts below some, asked for link by link: mostly once, with nothing below."""
    vacant = ~select(Holding.id).where(Holding.post_id == Post.id, lasts_on(day)).exists()
    found: list[Post] = []
    reached, last = set(acted_for), set(acted_for)
    for _step in range(LONGEST_CHAIN):
        if not last:
            break
        below_last = select(Post).where(Post.superior_id.in_(last), Post.id.not_in(reached), vacant)
        more = db.session.scalars(below_last.order_by(Post.id)).all()
        found += more
        last = {post.id for post in more}
        reached |= last
    return found


def office_of(unit: Unit) -> Unit:
    """Return the office a unit belongs to: the nearest township or county at or above it."""
    office = unit
    while office.kind not in OFFICES and office.parent is not None:
        office = office.parent
    return office


def below(office: Unit) -> ColumnElement[bool]:
    """Return the condition that a unit is the office itself or lies below it."""
    return Unit.path.startswith(office.path, autoescape=True)


def posts_of_office(office: Unit) -> list[Post]:
    """Return every post of an office and of its departments and villages, leaders first."""
    return list(
        db.session.scalars(
            select(Post)
            .join(Unit, Post.unit_id == Unit.id)
            .where(below(office))
            .order_by(Post.in_leadership.desc(), Post.id)
        )
    )


def deputy_in_charge(post: Post, domain: DutyDomain | None, day: date) -> InCharge:
    """Return the leader's post whose portfolio covers a post and domain on a day.

    The closest portfolio wins: unit and field, then the field, then the unit; where none covers the
    post, its superior is in charge.
    """
    return choose_in_charge(post, domain, portfolios_of([office_of(post.unit)], day))


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


def choose_in_charge(post: Post, domain: DutyDomain | None, candidates: Iterable[Portfolio]) -> InCharge:
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
        return InCharge(best[1].leader_post, _("按分工：%(what)s", what=_covers(best[1])))
    if post.superior is not None:
        return InCharge(post.superior, _("分工未覆盖，由上级岗位分管"))
    return InCharge(None, _("分工未覆盖，也没有上级岗位"))


def _closeness(portfolio: Portfolio, unit_id: int, domain_id: int | None) -> int:
    """Rate a portfolio for a unit and domain: 0 does not cover it, 3 names both."""
    unit_fits = portfolio.unit_id == unit_id
    domain_fits = portfolio.domain_id is not None and portfolio.domain_id == domain_id
    if portfolio.unit_id is not None and portfolio.domain_id is not None:
        return 3 if unit_fits and domain_fits else 0
    if domain_fits:
        return 2
    return 1 if unit_fits else 0


def _covers(portfolio: Portfolio) -> str:
    named = [part.name for part in (portfolio.unit, portfolio.domain) if part is not None]
    return "".join(named) + (f"（{portfolio.document}）" if portfolio.document else "")


def first_responsibles(unit: Unit, domain: DutyDomain | None) -> list[Post]:
    """Return the first responsible posts (第一责任人, one or two) of a unit and domain.

    A unit without a chain of its own follows the unit above; a chain named for the domain goes
    before the general one.
    """
    return choose_first_responsibles(unit, domain, _first_links)


def choose_first_responsibles(
    unit: Unit, domain: DutyDomain | None, links_of: Callable[[Unit], Sequence[ChainLink]]
) -> list[Post]:
    """Return the first responsible posts, told the links of each unit."""
    domain_id = None if domain is None else domain.id
    here: Unit | None = unit
    while here is not None:
        links = links_of(here)
        for wanted in (domain_id, None):
            posts = [link.post for link in links if link.chain.domain_id == wanted and link.post is not None]
            if posts:
                return posts
        here = here.parent
    return []


def _first_links(unit: Unit) -> Sequence[ChainLink]:
    return first_links([unit.id])


def first_links(unit_ids: Iterable[int]) -> Sequence[ChainLink]:
    """Return the links to first responsible posts in the chains of some units."""
    return db.session.scalars(
        select(ChainLink)
        .join(Chain)
        .where(Chain.unit_id.in_(list(unit_ids)), ChainLink.role == ChainRole.FIRST_RESPONSIBLE)
        .options(contains_eager(ChainLink.chain))
        .order_by(Chain.id, ChainLink.position)
    ).all()


def ledger_post(office: Unit) -> Post | None:
    """Return the post that keeps an office's ledger: the default verifier."""
    return db.session.scalar(
        select(Post)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office), Post.keeps_ledger)
        .order_by(Unit.path, Post.id)
        .limit(1)
    )


def find_unit(code: str) -> Unit | None:
    """Return the unit with a code, or None."""
    return db.session.scalar(select(Unit).where(Unit.code == code))
