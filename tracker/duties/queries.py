"""How often standing duties were met: counts of a period and of the year, and the rows behind them.

Beside the acts recorded here stands the opening figure of the year: the count of the year is that figure
and the acts of later days. Acts recorded for days it covers count in their own period only, since nobody
knows how the figure spreads over the quarters; a period that holds all its days counts the figure instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from tracker.duties.models import Act, ActKind, OpeningFigure
from tracker.duties.opening import covers, lies_in, opening_figures
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.queries import posts_of_office
from tracker.periods import Period
from tracker.web.paging import Page, page


class NoDomain(Enum):
    """Asks for what was done in no particular domain, where None asks for any."""

    NO_DOMAIN = "-"


NO_DOMAIN = NoDomain.NO_DOMAIN
Key = tuple[int, int, int | None]  # office, kind, domain


@dataclass(frozen=True)
class Counted:
    """How often one kind was done in a period and since the beginning of its year, in one domain or none.

    `opening` is the figure that the count of the year holds, where there is one.
    """

    kind: ActKind
    domain: DutyDomain | None
    in_period: int
    in_year: int
    opening: OpeningFigure | None = None


@dataclass
class _Tally:
    kind: ActKind
    domain: DutyDomain | None
    days: list[tuple[date, int]] = field(default_factory=list)
    opening: OpeningFigure | None = None


def counted(
    office: Unit, period: Period, *, until: date, domain: DutyDomain | None = None
) -> Sequence[Counted]:
    """Return the counts of an office by kind and domain, up to a day; what was never done is missing."""
    return counted_among([office], period, until=until, domain=domain)


def counted_among(
    offices: Sequence[Unit], period: Period, *, until: date, domain: DutyDomain | None = None
) -> Sequence[Counted]:
    """Return the counts of several offices by kind and domain, those of each office apart."""
    last = min(until, period.last_day)
    tallies = _by_day(offices, period.year, last, domain)
    for figure in opening_figures(offices, [period.year]):
        if covers(figure, last) and (domain is None or figure.domain_id == domain.id):
            key = (figure.unit_id, figure.kind_id, figure.domain_id)
            tallies.setdefault(key, _Tally(figure.kind, figure.domain)).opening = figure
    order = sorted(tallies, key=lambda key: (key[1], key[2] or 0, key[0]))
    return [_counted(tallies[key], period) for key in order]


def recorded(
    office: Unit,
    period: Period,
    *,
    until: date | None = None,
    kind: ActKind | None = None,
    domain: DutyDomain | NoDomain | None = None,
    after: str | None = None,
) -> Page[Act]:
    """Return one page of the acts of an office in a period up to a day, those taken back too."""
    last = period.last_day if until is None else min(until, period.last_day)
    query = (
        select(Act)
        .where(Act.unit_id == office.id, Act.day.between(period.first_day, last))
        .options(joinedload(Act.kind), joinedload(Act.post), joinedload(Act.domain))
    )
    return page(query.where(*_narrowed(kind, domain)), (Act.day, Act.id), after, newest_first=True)


def opening_behind(
    office: Unit,
    period: Period,
    *,
    until: date,
    kind: ActKind | None = None,
    domain: DutyDomain | NoDomain | None = None,
) -> list[OpeningFigure]:
    """Return the opening figures that the count of a period up to a day holds: rows beside its acts."""
    last = min(until, period.last_day)
    return [
        figure
        for figure in opening_figures([office], [period.year])
        if covers(figure, last)
        and lies_in(figure, period)
        and (kind is None or figure.kind_id == kind.id)
        and (domain is None or figure.domain_id == (None if domain is NO_DOMAIN else domain.id))
    ]


def posts_recorded_for(actor: Actor, office: Unit) -> list[Post]:
    """Return the posts an actor may record acts for: the own ones, for a clerk those of the whole office."""
    own = [post for post in actor.posts if post.unit.path.startswith(office.path)]
    if not actor.is_clerk_of(office.id):
        return own
    return own + [post for post in posts_of_office(office) if post.id not in actor.post_ids]


def _by_day(offices: Sequence[Unit], year: int, last: date, domain: DutyDomain | None) -> dict[Key, _Tally]:
    query = (
        select(ActKind, DutyDomain, Act.unit_id, Act.day, func.sum(Act.count))
        .select_from(Act)
        .join(ActKind, ActKind.id == Act.kind_id)
        .outerjoin(DutyDomain, DutyDomain.id == Act.domain_id)
        .where(
            Act.unit_id.in_([office.id for office in offices]),
            Act.day.between(date(year, 1, 1), last),
            Act.withdrawn_at.is_(None),
        )
        .group_by(ActKind.id, DutyDomain.id, Act.unit_id, Act.day)
    )
    found: dict[Key, _Tally] = {}
    for kind, of, office_id, day, count in db.session.execute(query.where(*_narrowed(None, domain))):
        key: Key = (office_id, kind.id, of.id if of else None)
        found.setdefault(key, _Tally(kind, of)).days.append((day, int(count)))
    return found


def _counted(tally: _Tally, period: Period) -> Counted:
    opening = tally.opening
    beyond = date.min if opening is None else opening.until_day
    before = 0 if opening is None else opening.count
    in_year = before + sum(count for day, count in tally.days if day > beyond)
    whole = opening is not None and lies_in(opening, period)
    in_period = (
        before + sum(count for day, count in tally.days if beyond < day <= period.last_day)
        if whole
        else sum(count for day, count in tally.days if period.contains(day))
    )
    return Counted(tally.kind, tally.domain, in_period, in_year, opening)


def _narrowed(kind: ActKind | None, domain: DutyDomain | NoDomain | None) -> list[ColumnElement[bool]]:
    """Return the conditions that an act is of a kind and a domain, where they are given."""
    of_kind = [] if kind is None else [Act.kind_id == kind.id]
    if domain is NO_DOMAIN:
        return [*of_kind, Act.domain_id.is_(None)]
    return of_kind if domain is None else [*of_kind, Act.domain_id == domain.id]
