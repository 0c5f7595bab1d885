"""Who answers for the posts of an office on a day, in the words of a list.

Kept until the organization changes.

A list names unit, post and person in every row. `Known` finds them by the rules; here they stand as plain
words, so that a list loads none of the organization.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.kept import kept
from tracker.organization.known import Known
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.naming import name_of, who
from tracker.organization.queries import office_of
from tracker.web.filters import word


@dataclass(frozen=True)
class Named:
    """A post in the words of a list."""

    unit: str
    who: str  # post and person
    in_charge: str  # the name of the deputy in charge, '' where there is none


Posts = dict[tuple[int, int | None], Named]  # by post and domain; None: of every domain without its own


@dataclass(frozen=True)
class Directory:
    """The posts of one office, or of several, and the words for every duty domain."""

    codes: Mapping[int, str]  # of the offices, by id
    domains: Mapping[int, str]  # names by id
    posts: Posts

    def named(self, post_id: int, domain_id: int | None) -> Named:
        """Return a post in the words of a list, with whoever is in charge of it in a domain."""
        return self.posts.get((post_id, domain_id)) or self.posts[post_id, None]


def directory(office_ids: Collection[int], post_ids: Collection[int], day: date, mark: str) -> Directory:
    """Return the directory of some offices on a day, and of further posts: ended ones, or of other offices.

    `mark`: of the organization as the page read it. Each office is kept by itself, as every page of a county
    has others together; if one is lacking, all of the page are read at once.
    """
    language, ids = str(get_locale()), sorted(set(office_ids))

    @cache
    def anew() -> Mapping[int, tuple[str, Posts]]:
        return _of_offices(ids, day)

    def part(office_id: int) -> tuple[str, Posts]:
        return kept(mark, "directory", office_id, day, language, make=lambda: anew()[office_id])

    parts = {office_id: part(office_id) for office_id in ids}
    posts = {key: named for _code, one in parts.values() for key, named in one.items()}
    further = tuple(sorted({post_id for post_id in post_ids if (post_id, None) not in posts}))
    if further:
        posts |= kept(mark, "posts", further, day, language, make=lambda: _of_posts(further, day))
    return Directory(
        {office_id: code for office_id, (code, _posts) in parts.items()},
        kept(mark, "domains", language, make=_names_of_domains),
        posts,
    )


def _names_of_domains() -> Mapping[int, str]:
    return {number: word(name) for number, name in db.session.execute(select(DutyDomain.id, DutyDomain.name))}


def _of_offices(ids: Collection[int], day: date) -> Mapping[int, tuple[str, Posts]]:
    """Return the code and the posts of each of some offices."""
    query = select(Unit).where(Unit.id.in_(ids)).options(joinedload(Unit.parent))
    offices = db.session.scalars(query).all()
    known = Known(offices, day)
    own: dict[int, list[Post]] = {office.id: [] for office in offices}
    for post in known.posts:
        own.get(office_of(post.unit).id, []).append(post)
    return {office.id: (office.code, _named(own[office.id], known, day)) for office in offices}


def _of_posts(ids: Collection[int], day: date) -> Posts:
    query = select(Post).where(Post.id.in_(ids)).options(joinedload(Post.unit).joinedload(Unit.parent))
    posts = db.session.scalars(query).all()
    offices = {office.id: office for office in (office_of(post.unit) for post in posts)}
    return _named(posts, Known(list(offices.values()), day), day)


def _named(posts: Iterable[Post], known: Known, day: date) -> Posts:
    """Return posts in the words of a list; for a domain only where another is in charge than for the rest."""
    found: Posts = {}
    for post in posts:
        unit, answers = post.unit.name_on(day), who(known.answering(post, day))
        for domain in (None, *known.divided_domains):
            charge = known.deputy_in_charge(post, domain, day).post
            named = Named(unit, answers, "" if charge is None else name_of(known.answering(charge, day)))
            if domain is None or named != found[post.id, None]:
                found[post.id, None if domain is None else domain.id] = named
    return found
