"""The person who acts, with the posts they act for today."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy import and_, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.chains import holds_on, links_with, posts_in
from tracker.organization.kept import standings
from tracker.organization.models import (
    Chain,
    ChainLink,
    ChainRole,
    ChainRule,
    Person,
    Portfolio,
    Post,
    Unit,
)
from tracker.organization.queries import lasts_on, office_of, own_posts, posts_stood_in


@dataclass(frozen=True)
class Held:
    """The rows behind an actor: the person, and the posts acted for."""

    person: Person
    posts: tuple[Post, ...]
    principals: Mapping[int, Person] = field(default_factory=dict)  # by post: for whom one stands in


@dataclass(frozen=True)
class Standing:
    """What every page has to know of its reader, in plain values."""

    post_ids: frozenset[int]
    post: str  # the title shown beside the name, '' for none
    office_id: int | None
    office: str  # its name
    oversees: bool
    paths: tuple[str, ...]  # of the own office and of those overseen: what lies below is within them


class Actor:
    """Someone of the office on a day. Every verb takes one as `by`.

    The rows are read when the first of them is asked for. Most pages only need to know how their reader
    stands, which is kept under the mark of the organization (`kept`); with none it follows from the rows.
    """

    def __init__(self, person_id: int, day: date, *, mark: str = "", held: Held | None = None) -> None:
        """`held`: the rows, where they are at hand; `mark`: as it was read before the rows."""
        self.person_id, self.day, self.mark = person_id, day, mark
        if held is not None:
            self.held = held

    @cached_property
    def held(self) -> Held:
        """The rows, as they stand when they are first asked for."""
        return held_by(self.person_id, self.day)

    @property
    def person(self) -> Person:
        """Who acts."""
        return self.held.person

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts acted for: the own ones first, then those stood in for."""
        return self.held.posts

    @property
    def principals(self) -> Mapping[int, Person]:
        """By post that is stood in for: for whom."""
        return self.held.principals

    @cached_property
    def standing(self) -> Standing:
        """What pages need every time."""
        return standings(self.mark, "standing", self.person_id, self.day, make=self._tell_standing)

    def _tell_standing(self) -> Standing:
        office = self.office
        return Standing(
            post_ids=frozenset(post.id for post in self.posts),
            post=self.main_post.title if self.main_post else "",
            office_id=office.id if office else None,
            office=office.name if office else "",
            oversees=bool(self.oversees),
            paths=tuple({one.path: None for one in (office, *self.oversees) if one}),
        )

    @property
    def post_ids(self) -> frozenset[int]:
        """The ids of the posts acted for."""
        return self.standing.post_ids

    @property
    def reader(self) -> tuple[Hashable, ...]:
        """Who asks: the part of a key of `kept` for what depends on the person, the posts and the day."""
        return self.person_id, self.post_ids, self.day

    @property
    def main_post(self) -> Post | None:
        """The post shown beside the name: the first of the own ones, else one stood in for."""
        return self.posts[0] if self.posts else None

    def principal(self, post: Post) -> Person | None:
        """For whom the person stands in at a post (B代A); None at a post of one's own."""
        return self.principals.get(post.id)

    @property
    def office(self) -> Unit | None:
        """The office (township or county) the person works in."""
        return office_of(self.main_post.unit) if self.main_post else None

    @property
    def clerk_of(self) -> list[Unit]:
        """The offices for which the person takes in reports, registers and assigns."""
        return _offices(post for post in self._in_being if post.is_clerk)

    def is_clerk_of(self, unit_id: int) -> bool:
        """Whether the person takes in, registers and assigns for an office."""
        return any(office.id == unit_id for office in self.clerk_of)

    @property
    def keeper_of(self) -> list[Unit]:
        """The offices whose ledger and organization the person keeps."""
        return _offices(post for post in self._in_being if post.keeps_ledger)

    @property
    def oversees(self) -> list[Unit]:
        """The offices the person sees whole: as clerk, ledger keeper or member of the leadership."""
        return _offices(
            post for post in self._in_being if post.is_clerk or post.keeps_ledger or post.in_leadership
        )

    @property
    def _in_being(self) -> list[Post]:
        """The posts that have not ended: for one that has, only its open tasks are acted for."""
        return [post for post in self.posts if post.ended_on is None or post.ended_on >= self.day]

    @cached_property
    def portfolios(self) -> Sequence[Portfolio]:
        """What the person is in charge of today; asked once, as a page asks for the sight more often."""
        led = self._stands["portfolio"]
        if not led:
            return ()
        of_leader = joinedload(Portfolio.leader_post).joinedload(Post.unit).joinedload(Unit.parent)
        return db.session.scalars(select(Portfolio).where(Portfolio.id.in_(led)).options(of_leader)).all()

    @property
    def has_leaders_below(self) -> bool:
        """Whether a post below one's own is in charge of anything."""
        return bool(self._stands["portfolio below"])

    @property
    def posts_below(self) -> Sequence[int]:
        """The ids of every post under one's own, however far."""
        return self._stands["below"]

    @cached_property
    def chain_links(self) -> Sequence[tuple[ChainLink, Unit]]:
        """The links of chains of responsibility at which the person stands, each with the unit answered for.

        A supervising link stands outside the chain (domain.md 2.2): it answers for nothing.
        """
        answered: list[tuple[ChainLink, Unit]] = []
        for link in links_with(self._stands["link"]):
            if link.chain.unit is None:
                continue
            if link.rule == ChainRule.POST:
                answered.append((link, link.chain.unit))
            if link.rule == ChainRule.BODY:
                answered += [(link, unit) for unit in self._bodies_led(link, link.chain.unit)]
        return answered

    @cached_property
    def _stands(self) -> Mapping[str, Sequence[int]]:
        """The ids of portfolios, links and posts below; most people have none, and one statement says so."""
        return standings(self.mark, "stands", self.post_ids, self.day, make=self._tell_stands)

    def _tell_stands(self) -> Mapping[str, Sequence[int]]:
        mine = self.post_ids
        above = {int(part) for post in self.posts for part in post.unit.path.strip("/").split("/")}
        of_post = and_(ChainLink.rule == ChainRule.POST, ChainLink.post_id.in_(mine))
        under = select(Post.id).where(Post.superior_id.in_(mine)).cte(recursive=True)
        under = under.union(select(Post.id).where(Post.superior_id == under.c.id))  # UNION ends a loop
        in_force = lasts_on(self.day, Portfolio)
        led, led_below = Portfolio.leader_post_id.in_(mine), Portfolio.leader_post_id.in_(select(under.c.id))
        asked = union_all(
            select(literal("below"), under.c.id),
            select(literal("portfolio"), Portfolio.id).where(led, in_force),
            select(literal("portfolio below"), Portfolio.id).where(led_below, in_force),
            select(literal("link"), ChainLink.id)
            .join(Chain)
            .where(
                Chain.unit_id.in_(above),
                holds_on(self.day),
                ChainLink.role != ChainRole.SUPERVISING,
                or_(of_post, ChainLink.rule == ChainRule.BODY),
            ),
        )
        found: dict[str, list[int]] = {"below": [], "portfolio": [], "portfolio below": [], "link": []}
        for kind, number in db.session.execute(asked):
            found[kind].append(number)
        return found

    def _bodies_led(self, link: ChainLink, chain_of: Unit) -> Iterator[Unit]:
        """Yield the units for which a link names the body itself and which the person leads."""
        for unit in {post.unit_id: post.unit for post in self.posts}.values():
            meant = link.body_id in (None, unit.id) and unit.path.startswith(chain_of.path)
            if meant and any(post.id in self.post_ids for post in posts_in(unit, self.day)[:1]):
                yield unit


def actor(person: Person, day: date) -> Actor:
    """Return a person as an actor of a day, with the posts as they stand now."""
    return Actor(person.id, day, held=held_by(person.id, day))


def held_by(person_id: int, day: date) -> Held:
    """Return the person, and the posts acted for on a day: the own ones first, then those stood in for."""
    own = own_posts(person_id, day)
    person = own.person or db.session.get_one(Person, person_id)
    mine = {post.id for post in own.posts}
    others = posts_stood_in(person, day) if own.may_stand_in else []
    stood_in = [(post, away) for post, away in others if post.id not in mine]
    return Held(
        person,
        (*own.posts, *(post for post, _away in stood_in)),
        {post.id: away for post, away in stood_in},
    )


def _offices(posts: Iterable[Post]) -> list[Unit]:
    offices = {office.id: office for office in (office_of(post.unit) for post in posts)}
    return list(offices.values())
