"""The organization of some offices on one day, loaded once.

It gives the same answers as `asked`, by the same rules, without asking the database for each: a
page with two hundred tasks asks as often as a page with ten. What was found once is kept.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.extensions import db
from tracker.organization.chains import choose_direct_responsible, choose_first_responsibles, links_in_force
from tracker.organization.models import ChainLink, DutyDomain, Holding, Person, Post, StandIn, Unit
from tracker.organization.portfolios import InCharge, choose_in_charge, portfolios_of
from tracker.organization.queries import Answering, below, by_standing, climb, in_being, lasts_on
from tracker.organization.stand_ins import deputy_for, in_force


class Organization(Protocol):
    """What the rules of a task ask of the organization; the module `asked` answers it, and so does Known."""

    def answering(self, post: Post, day: date) -> Answering:
        """Who acts for a post on a day."""
        ...

    def deputy_in_charge(self, post: Post, domain: DutyDomain | None, day: date) -> InCharge:
        """The deputy in charge of a post and domain on a day."""
        ...

    def first_responsibles(self, unit: Unit, domain: DutyDomain | None, day: date) -> list[Post]:
        """The first responsible posts of a unit and domain on a day."""
        ...

    def ledger_post(self, office: Unit) -> Post | None:
        """The post that keeps an office's ledger."""
        ...


class Known:
    """Posts, holders, portfolios and chains of some offices and of the units above them, on a day."""

    def __init__(self, offices: Sequence[Unit], day: date) -> None:
        self.day = day
        self.offices = offices
        rows = _posts_with_holders(offices, day)
        self.units = sorted({row.Unit for row in rows}, key=lambda unit: unit.path)
        self.posts: list[Post] = list(dict.fromkeys(row.Post for row in rows if row.Post is not None))
        self.people = {row.Post.id: row.Person for row in rows if row.Person is not None}
        self._stand_ins = list(dict.fromkeys(row.StandIn for row in rows if row.StandIn is not None))
        self.portfolios = portfolios_of(offices, day) if offices else []
        self._answering: dict[int, Answering] = {}
        self._in_charge: dict[tuple[int, int | None], InCharge] = {}
        self._links: dict[int, list[ChainLink]] = {}
        for link in links_in_force({post.unit_id for post in self.posts}, day):
            if link.chain.unit_id is not None:
                self._links.setdefault(link.chain.unit_id, []).append(link)

    @property
    def divided_domains(self) -> list[DutyDomain]:
        """The domains that a portfolio or a chain names: in every other the general rules decide."""
        links = [link for links in self._links.values() for link in links]
        named = [*(row.domain for row in self.portfolios), *(link.chain.domain for link in links)]
        return list({domain.id: domain for domain in named if domain is not None}.values())

    def covers(self, office: Unit) -> bool:
        """Whether an office was loaded."""
        return any(office.path.startswith(known.path) for known in self.offices)

    def holder(self, post: Post | None) -> Person | None:
        """Who holds a post on the day."""
        return None if post is None else self.people.get(post.id)

    def answering(self, post: Post, day: date) -> Answering:
        """Who acts for a post on the day."""
        assert day == self.day
        if post.id not in self._answering:
            self._answering[post.id] = climb(post, day, self.holder, self._stand_in)
        return self._answering[post.id]

    def _stand_in(self, person: Person, post: Post) -> Person | None:
        return deputy_for((row for row in self._stand_ins if row.principal_id == person.id), post)

    def deputy_in_charge(self, post: Post, domain: DutyDomain | None, day: date) -> InCharge:
        """The deputy in charge of a post and domain on the day."""
        assert day == self.day
        asked = (post.id, None if domain is None else domain.id)
        if asked not in self._in_charge:
            self._in_charge[asked] = self._find_in_charge(post, domain)
        return self._in_charge[asked]

    def _find_in_charge(self, post: Post, domain: DutyDomain | None) -> InCharge:
        named = choose_direct_responsible(post, domain, self._links_of, self._posts_in, self.day)
        if named is not None:
            return InCharge(*named)
        return choose_in_charge(post, domain, self.portfolios, self.day)

    def first_responsibles(self, unit: Unit, domain: DutyDomain | None, day: date) -> list[Post]:
        """The first responsible posts of a unit and domain on the day."""
        assert day == self.day
        return choose_first_responsibles(unit, domain, self._links_of)

    def _links_of(self, unit: Unit) -> Sequence[ChainLink]:
        return self._links.get(unit.id, [])

    def _posts_in(self, unit: Unit) -> Sequence[Post]:
        return [post for post in self.posts if post.unit_id == unit.id]

    def ledger_post(self, office: Unit) -> Post | None:
        """The post that keeps an office's ledger."""
        keepers = [
            post for post in self.posts if post.keeps_ledger and post.unit.path.startswith(office.path)
        ]
        return min(keepers, key=lambda post: (post.unit.path, post.id), default=None)


def _around(offices: Sequence[Unit]) -> ColumnElement[bool]:
    """Return the condition that a unit is one of some offices, or lies below or above one; ended or not."""
    above = {int(part) for office in offices for part in office.path.strip("/").split("/")}
    return or_(Unit.id.in_(above), *(below(office) for office in offices))


def _posts_with_holders(
    offices: Sequence[Unit], day: date
) -> Sequence[Row[Unit, Post | None, Person | None, StandIn | None]]:
    """Return the units around some offices and their posts, each with who holds it and who stands in.

    Of two who hold one post whoever came later stands last. A unit without a post has one row, too.
    """
    if not offices:
        return []
    query = (
        select(Unit, Post, Person, StandIn)
        .outerjoin(Post, and_(Post.unit_id == Unit.id, in_being(day)))
        .outerjoin(Holding, and_(Holding.post_id == Post.id, lasts_on(day)))
        .outerjoin(Person, Person.id == Holding.person_id)
        .outerjoin(StandIn, and_(StandIn.principal_id == Person.id, in_force(day)))
        .where(_around(offices))
        .options(joinedload(StandIn.deputy))
        .order_by(*by_standing(), Holding.from_day, StandIn.id)
    )
    if day < clock.today():  # then former names are asked for, too
        query = query.options(selectinload(Unit.former_names), selectinload(Post.former_titles))
    return db.session.execute(query).all()
