"""Who answers for the posts of an office on a day, in the words of a list.

Kept until the organization changes.

A list names unit, post and person in every row. `Known` finds them by the rules; here they stand as plain
words, so that a list loads none of the organization.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

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


@dataclass(frozen=True)
class Directory:
    """The posts of one office, or of several, and the words for every duty domain."""

    codes: Mapping[int, str]  # of the offices, by id
    domains: Mapping[int, str]  # names by id
    posts: Mapping[tuple[int, int | None], Named]  # by post and domain; None: of every domain without its own

    def named(self, post_id: int, domain_id: int | None) -> Named:
        """Return a post in the words of a list, with whoever is in charge of it in a domain."""
        return self.posts.get((post_id, domain_id)) or self.posts[post_id, None]


def directory(office_ids: Collection[int], post_ids: Collection[int], day: date, mark: str) -> Directory:
    """Return the directory of some offices on a day, and of further posts: ended ones, or of other offices.

    `mark`: of the organization as the page read it. Several offices are kept as one directory, read at once.
    """
    language, offices = str(get_locale()), tuple(sorted(office_ids))
    found = kept(mark, "directory", offices, day, language, make=lambda: _of_offices(offices, day))
    further = tuple(sorted({post_id for post_id in post_ids if (post_id, None) not in found.posts}))
    if not further:
        return found
    beside = kept(mark, "posts", further, day, language, make=lambda: _of_posts(further, day))
    return replace(found, posts={**found.posts, **beside})


def _of_offices(ids: Collection[int], day: date) -> Directory:
    query = select(Unit).where(Unit.id.in_(ids)).options(joinedload(Unit.parent))
    offices = db.session.scalars(query).all()
    known = Known(offices, day)
    own = [post for post in known.posts if office_of(post.unit).id in ids]
    domains = db.session.execute(select(DutyDomain.id, DutyDomain.name))
    return Directory(
        {office.id: office.code for office in offices},
        {domain_id: word(name) for domain_id, name in domains},
        _named(own, known, day),
    )


def _of_posts(ids: Collection[int], day: date) -> Mapping[tuple[int, int | None], Named]:
    query = select(Post).where(Post.id.in_(ids)).options(joinedload(Post.unit).joinedload(Unit.parent))
    posts = db.session.scalars(query).all()
    offices = {office.id: office for office in (office_of(post.unit) for post in posts)}
    return _named(posts, Known(list(offices.values()), day), day)


def _named(posts: Iterable[Post], known: Known, day: date) -> Mapping[tuple[int, int | None], Named]:
    found: dict[tuple[int, int | None], Named] = {}
    for post in posts:
        unit, answers = post.unit.name_on(day), who(known.answering(post, day))
        for domain in (None, *known.divided_domains):
            charge = known.deputy_in_charge(post, domain, day).post
            name = "" if charge is None else name_of(known.answering(charge, day))
            found[post.id, None if domain is None else domain.id] = Named(unit, answers, name)
    return found
