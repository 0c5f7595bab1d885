"""The chain of responsibility (责任链) of a unit and domain: who stands where (domain.md 2.2)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import Chain, ChainLink, ChainRole, ChainRule, DutyDomain, Post, Unit
from tracker.organization.queries import by_standing, in_being

EARLIEST = date(2000, 1, 1)  # from when a chain holds that was entered without a day


LinksOf = Callable[[Unit], Sequence[ChainLink]]
PostsIn = Callable[[Unit], Sequence[Post]]


def first_responsibles(unit: Unit, domain: DutyDomain | None, day: date) -> list[Post]:
    """Return the first responsible posts (第一责任人, one or two) of a unit and domain on a day.

    A unit without a chain of its own follows the unit above; a chain named for the domain goes
    before the general one.
    """
    return choose_first_responsibles(unit, domain, lambda here: links_in_force([here.id], day))


def choose_first_responsibles(unit: Unit, domain: DutyDomain | None, links_of: LinksOf) -> list[Post]:
    """Return the first responsible posts, told the links of each unit."""
    links = choose_links(unit, domain, ChainRole.FIRST_RESPONSIBLE, links_of)
    return [link.post for link in links if link.post is not None]


def direct_responsible(post: Post, domain: DutyDomain | None, day: date) -> tuple[Post, str] | None:
    """Return whom the chain names directly responsible (直接责任) for a post's tasks, and by which link.

    None where it names the deputy in charge, nobody, or the post itself: then the division of work decides.
    """
    return choose_direct_responsible(
        post, domain, lambda here: links_in_force([here.id], day), lambda unit: posts_in(unit, day), day
    )


def choose_direct_responsible(
    post: Post, domain: DutyDomain | None, links_of: LinksOf, posts_of: PostsIn, day: date
) -> tuple[Post, str] | None:
    """Return the directly responsible post, told the links and the posts of each unit."""
    for link in choose_links(post.unit, domain, ChainRole.DIRECT_RESPONSIBLE, links_of):
        named, body = link.post, link.body or post.unit
        if link.rule == ChainRule.BODY and post.unit.path.startswith(body.path):
            named = next(iter(posts_of(body)), None)
        if link.rule in (ChainRule.POST, ChainRule.BODY) and named is not None and named.id != post.id:
            said = body.name_on(day) if link.rule == ChainRule.BODY else named.title_on(day)
            return named, str(_("按责任链：%(who)s负直接责任", who=said))
    return None


def choose_links(
    unit: Unit, domain: DutyDomain | None, role: ChainRole, links_of: LinksOf
) -> list[ChainLink]:
    """Return the links of a role from the nearest chain that has one, going up the unit tree."""
    domain_id = None if domain is None else domain.id
    here: Unit | None = unit
    while here is not None:
        found = [link for link in links_of(here) if link.role == role]
        for wanted in (domain_id, None):
            links = [link for link in found if link.chain.domain_id == wanted]
            if links:
                return links
        here = here.parent
    return []


def holds_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a chain holds on a day."""
    return and_(Chain.from_day <= day, or_(Chain.to_day.is_(None), Chain.to_day >= day))


def links_in_force(unit_ids: Iterable[int], day: date) -> Sequence[ChainLink]:
    """Return the links of the chains of some units that hold on a day, from the top of each down."""
    return _links(Chain.unit_id.in_(list(unit_ids)), holds_on(day))


def links_with(ids: Sequence[int]) -> Sequence[ChainLink]:
    """Return the links with some ids, from the top of each chain down."""
    return _links(ChainLink.id.in_(ids)) if ids else ()


def _links(*wanted: ColumnElement[bool]) -> Sequence[ChainLink]:
    return db.session.scalars(
        select(ChainLink)
        .join(Chain)
        .where(*wanted)
        .options(
            contains_eager(ChainLink.chain),
            joinedload(ChainLink.post).joinedload(Post.unit),
            joinedload(ChainLink.body),
        )
        .order_by(Chain.id, ChainLink.position)
    ).all()


def posts_in(unit: Unit, day: date) -> Sequence[Post]:
    """Return the posts of a unit itself on a day, the one that leads it first."""
    query = select(Post).where(Post.unit_id == unit.id, in_being(day)).order_by(*by_standing())
    return db.session.scalars(query).all()


def link_chain(unit: Unit, post: Post, role: ChainRole, *, domain: DutyDomain | None = None) -> ChainLink:
    """Put a post into the chain of responsibility of a unit (for one domain, or for all)."""
    chain = _chain_of(unit, domain)
    link = ChainLink(
        post=post, role=role, rule=ChainRule.POST, level=len(chain.links) + 1, position=len(chain.links)
    )
    chain.links.append(link)
    db.session.flush()
    record("organization.link_chain", f"unit:{unit.id}", post=post.id, role=role.value)
    return link


def _chain_of(unit: Unit, domain: DutyDomain | None) -> Chain:
    """Return the open chain of a unit and domain; made with its first link."""
    open_chain = select(Chain).where(
        Chain.unit_id == unit.id,
        Chain.domain_id.is_(None) if domain is None else Chain.domain_id == domain.id,
        Chain.to_day.is_(None),
    )
    chain = db.session.scalar(open_chain.limit(1))
    if chain is None:
        chain = Chain(unit=unit, domain=domain, name=_("责任链"), from_day=EARLIEST)
        db.session.add(chain)
    return chain
