"""Who answers: looked up for a day, never stored.

Rules: architecture, "Life cycle of a task" (lead, deputy in charge, vacancy) and section 3.2.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased, joinedload

from tracker import clock
from tracker.extensions import db
from tracker.organization.models import (
    Duty,
    DutyDomain,
    Holding,
    Person,
    Portfolio,
    Post,
    StandIn,
    Unit,
    UnitKind,
)
from tracker.organization.stand_ins import deputy_for, stand_ins_for, stands_in, stood_in_for

OFFICES = (UnitKind.TOWNSHIP, UnitKind.COUNTY)  # units that keep a ledger of their own
BELOW = aliased(Post)
LONGEST_CHAIN = 12  # links; a superior's superior's … a loop in the data must not hang a page


@dataclass(frozen=True)
class Answering:
    """Who acts for a post on a day: its holder, or, while it is vacant, the holder of its superior."""

    post: Post
    day: date
    person: Person | None
    for_vacant: bool = False
    stand_in: Person | None = None  # acts beside the person, who is away (AB岗)

    @property
    def people(self) -> tuple[Person, ...]:
        """Whoever may act: the person, and whoever stands in."""
        return tuple(one for one in (self.person, self.stand_in) if one is not None)


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
    return climb(
        post,
        day,
        lambda link: holder(link, day),
        lambda person, link: deputy_for(stand_ins_for([person.id], day).get(person.id, ()), link),
    )


def climb(
    post: Post,
    day: date,
    holder_of: Callable[[Post], Person | None],
    stand_in_of: Callable[[Person, Post], Person | None],
) -> Answering:
    """Return who acts for a post, told who holds which: the holder, else that of the nearest post above.

    Whoever stands in for that holder at the post held acts beside the holder.
    """
    for link in chain((post,), upwards(post)):
        person = holder_of(link)
        if person is not None:
            return Answering(post, day, person, link is not post, stand_in_of(person, link))
    return Answering(post, day, None)


def upwards(post: Post) -> Iterator[Post]:
    """Yield the superiors of a post, nearest first, at most LONGEST_CHAIN of them."""
    link = post.superior
    for _step in range(LONGEST_CHAIN):
        if link is None:
            return
        yield link
        link = link.superior


def posts_stood_in(deputy: Person, day: date) -> list[tuple[Post, Person]]:
    """Return the posts a person acts for as stand-in on a day, each with its absent principal.

    Within the scope of the stand-in, and with the vacant posts the principal acts for.
    """
    found: dict[int, tuple[Post, Person]] = {}
    for row in stood_in_for(deputy, day):
        for post in posts_acted_for(row.principal, day, row.post_id):
            found.setdefault(post.id, (post, row.principal))
    return list(found.values())


def posts_acted_for(person: Person, day: date, scope: int | None = None) -> list[Post]:
    """Return the posts a person acts for on a day in own right: those held, and vacant ones below them.

    With a scope only the post with that id counts as held.
    """
    return own_posts(person.id, day, scope).posts


@dataclass(frozen=True)
class OwnPosts:
    """The posts a person acts for in own right on a day."""

    posts: list[Post]
    may_stand_in: bool  # for somebody; for whom is asked apart
    person: Person | None  # not told of whoever has no post


def own_posts(person_id: int, day: date, scope: int | None = None) -> OwnPosts:
    """Return the posts a person acts for on a day in own right, and whether the person may stand in.

    Asked very often, so whether anything below is vacant, and whether anybody is away, is told by the same
    statement: mostly neither. Of whoever has no post nothing is told.
    """
    rows = db.session.execute(_own_posts_on(day), {"person": person_id}).all()
    if not rows:
        return OwnPosts([], may_stand_in=True, person=None)
    mine = [(post, vacant) for post, _person, vacant, _may in rows if scope in (None, post.id)]
    held = [post for post, _vacant in mine]
    if any(vacant for _post, vacant in mine):
        held += _vacant_below({post.id for post in held}, day)
    _post, person, _vacant, may_stand_in = rows[0]
    return OwnPosts(held, may_stand_in, person)


@lru_cache(maxsize=8)
def _own_posts_on(day: date) -> Select[Post, Person, bool, bool]:
    """Return the statement for the posts of a `person`; built once a day, as nearly every page needs it."""
    person: BindParameter[int] = bindparam("person")
    vacancy = select(BELOW.id).where(BELOW.superior_id == Post.id, _nobody_holds(BELOW, day)).exists()
    stands = select(StandIn.id).where(stands_in(person, day)).exists()
    return (
        select(Post, Person, vacancy, stands)
        .join(Holding, Holding.post_id == Post.id)
        .join(Person, Person.id == Holding.person_id)
        .where(Holding.person_id == person, lasts_on(day))
        .options(joinedload(Post.unit).joinedload(Unit.parent))
        .order_by(Post.id)
    )


def _nobody_holds(post: type[Post], day: date) -> ColumnElement[bool]:
    return ~select(Holding.id).where(Holding.post_id == post.id, lasts_on(day)).exists()


def _vacant_below(acted_for: set[int], day: date) -> list[Post]:
    """Return the vacant posts below some, link by link down the chain."""
    found: list[Post] = []
    reached, last = set(acted_for), set(acted_for)
    for _step in range(LONGEST_CHAIN):
        if not last:
            break
        below_last = select(Post).where(Post.superior_id.in_(last), Post.id.not_in(reached))
        more = db.session.scalars(below_last.where(_nobody_holds(Post, day)).order_by(Post.id)).all()
        found += more
        last = {post.id for post in more}
        reached |= last
    return found


def in_being(day: date, table: type[Post] | type[Unit] = Post) -> ColumnElement[bool]:
    """Return the condition that a post or unit was there on a day: a post from its first day, to its last."""
    not_over = or_(table.ended_on.is_(None), table.ended_on >= day)
    if table is Unit:
        return not_over
    return and_(not_over, or_(Post.from_day.is_(None), Post.from_day <= day))


def duty_lasts(day: date) -> ColumnElement[bool]:
    """Return the condition that a duty is one of its post on a day: to its last day."""
    return or_(Duty.ended_on.is_(None), Duty.ended_on >= day)


def by_standing() -> tuple[ColumnElement[bool], ColumnElement[bool], ColumnElement[int], ColumnElement[int]]:
    """Return the order of the posts of an office: leaders, then by rank, those without a rank last."""
    return Post.in_leadership.desc(), (Post.rank == 0), Post.rank, Post.id  # type: ignore[return-value] # columns are such


def standing(post: Post) -> tuple[bool, bool, int, int]:
    """Return the key that puts posts into the order of `by_standing`."""
    return not post.in_leadership, post.rank == 0, post.rank, post.id


def office_of(unit: Unit) -> Unit:
    """Return the office a unit belongs to: the nearest township or county at or above it."""
    office = unit
    while office.kind not in OFFICES and office.parent is not None:
        office = office.parent
    return office


def below(office: Unit) -> ColumnElement[bool]:
    """Return the condition that a unit is the office itself or lies below it."""
    return Unit.path.startswith(office.path, autoescape=True)


def offices_below(office: Unit) -> Select[int] | None:
    """Return the ids of the offices below one, None where there can be none: only a county has any."""
    if office.kind != UnitKind.COUNTY:
        return None
    return select(Unit.id).where(below(office), Unit.id != office.id, Unit.kind.in_(OFFICES))


def posts_of_office(office: Unit, day: date | None = None) -> list[Post]:
    """Return every post of an office and of what lies below that is there on a day, today for none."""
    return list(
        db.session.scalars(
            select(Post)
            .join(Unit, Post.unit_id == Unit.id)
            .where(below(office), in_being(day or clock.today()))
            .order_by(*by_standing())
        )
    )


def superiors_offered(unit: Unit, day: date | None = None) -> list[Post]:
    """Return the posts that may be superior to one of a unit: those of its office and of the units above.

    Of those that are there on a day, today for none.
    """
    above = [int(part) for part in unit.path.strip("/").split("/")]
    query = (
        select(Post)
        .join(Unit, Post.unit_id == Unit.id)
        .where(or_(Unit.id.in_(above), below(office_of(unit))), in_being(day or clock.today()))
        .options(joinedload(Post.unit))
        .order_by(Unit.path, *by_standing())
    )
    return list(db.session.scalars(query))


def people_of(unit: Unit) -> list[Person]:
    """Return everybody who holds or held a post of the office a unit belongs to, by name."""
    query = (
        select(Person)
        .join(Holding)
        .join(Post, Holding.post_id == Post.id)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office_of(unit)))
        .distinct()
    )
    return sorted(db.session.scalars(query), key=lambda person: (person.name, person.id))


def ledger_post(office: Unit) -> Post | None:
    """Return the post that keeps an office's ledger: the default verifier."""
    return db.session.scalar(
        select(Post)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office), Post.keeps_ledger, in_being(clock.today()))
        .order_by(Unit.path, Post.id)
        .limit(1)
    )


def find_unit(code: str) -> Unit | None:
    """Return the unit with a code, or None."""
    return db.session.scalar(select(Unit).where(Unit.code == code))


def units_of_office(office: Unit, day: date) -> list[Unit]:
    """Return an office with its departments and villages on a day, without the offices below it."""
    query = select(Unit).where(below(office), in_being(day, Unit)).options(joinedload(Unit.parent))
    units = [unit for unit in db.session.scalars(query) if office_of(unit).id == office.id]
    return sorted(units, key=down_the_tree)


def down_the_tree(unit: Unit) -> list[tuple[bool, int]]:
    """Return the key for the order of the tree: departments before villages, each as they were entered."""
    own = (unit.kind == UnitKind.VILLAGE, unit.id)
    return [own] if unit.parent is None else [*down_the_tree(unit.parent), own]


def domains_of(office: Unit, day: date) -> list[DutyDomain]:
    """Return the duty domains that an office uses on a day: common ones, and those of units above it."""
    above = [int(part) for part in office.path.strip("/").split("/")]
    query = select(DutyDomain).where(
        or_(DutyDomain.unit_id.is_(None), DutyDomain.unit_id.in_(above)),
        or_(DutyDomain.ended_on.is_(None), DutyDomain.ended_on >= day),
    )
    return list(db.session.scalars(query.order_by(DutyDomain.id)))
