"""The chain of responsibility (责任链) of a unit and domain: who stands where (domain.md 2.2)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import Chain, ChainLink, ChainRole, ChainRule, DutyDomain, Post, Unit

EARLIEST = date(2000, 1, 1)  # from when a chain holds that was entered without a day


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
