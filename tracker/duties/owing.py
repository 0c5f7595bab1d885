"""What posts owe by their standing duties in the span that holds a day, and how much of it is recorded.

Nobody is ever overdue by it: what is short is told once (tracker.reminders.standing) and counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.duties.models import Act, Every, StandingDuty
from tracker.extensions import db
from tracker.organization.models import Post, Unit
from tracker.organization.queries import below
from tracker.periods import Kind, Period

SPANS = {
    Every.MONTH: Kind.MONTH,
    Every.QUARTER: Kind.QUARTER,
    Every.HALF_YEAR: Kind.HALF,
    Every.YEAR: Kind.YEAR,
}

Done = dict[tuple[int, int, int | None], int]  # post, kind, domain: how often


@dataclass(frozen=True)
class Owed:
    """A standing duty in one span: how often it asks, how often it was done."""

    duty: StandingDuty
    period: Period
    done: int

    @property
    def short(self) -> int:
        """How many acts are missing, 0 when it is met."""
        return max(self.duty.times - self.done, 0)


def span(every: Every, day: date) -> Period:
    """Return the month, quarter, half-year or year that holds a day."""
    return Period.of(day, SPANS[every])


def in_force(day: date) -> ColumnElement[bool]:
    """Return the condition that a standing duty asks on a day."""
    ends_later = or_(StandingDuty.to_day.is_(None), StandingDuty.to_day >= day)
    return and_(StandingDuty.from_day <= day, ends_later)


def asked_of(post_ids: Iterable[int], day: date) -> Sequence[StandingDuty]:
    """Return what is asked of some posts on a day."""
    query = select(StandingDuty).where(StandingDuty.post_id.in_(list(post_ids)), in_force(day))
    return db.session.scalars(_loaded(query)).all()


def asked_in(office: Unit, day: date) -> Sequence[StandingDuty]:
    """Return what is asked of the posts of an office on a day or later on."""
    not_over = or_(StandingDuty.to_day.is_(None), StandingDuty.to_day >= day)
    query = (
        select(StandingDuty)
        .join(Post, Post.id == StandingDuty.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(below(office), not_over)
    )
    return db.session.scalars(_loaded(query)).all()


def owed(duties: Sequence[StandingDuty], day: date) -> list[Owed]:
    """Return how far some standing duties are met in the spans that hold a day: one query for each span."""
    spans = {duty.every: span(duty.every, day) for duty in duties}
    done = {
        every: done_in(period, {duty.post_id for duty in duties if duty.every == every})
        for every, period in spans.items()
    }
    return [Owed(duty, spans[duty.every], done[duty.every].get(_key(duty), 0)) for duty in duties]


def done_in(period: Period, post_ids: Iterable[int]) -> Done:
    """Return how often posts did what in a period; what was recorded by mistake does not count."""
    rows = db.session.execute(
        select(Act.post_id, Act.kind_id, Act.domain_id, func.sum(Act.count))
        .where(
            Act.post_id.in_(sorted(post_ids)),
            Act.day.between(period.first_day, period.last_day),
            Act.withdrawn_at.is_(None),
        )
        .group_by(Act.post_id, Act.kind_id, Act.domain_id)
    )
    return {(post, kind, domain): int(count) for post, kind, domain, count in rows}


def _key(duty: StandingDuty) -> tuple[int, int, int | None]:
    return (duty.post_id, duty.kind_id, duty.domain_id)


def _loaded(query: Select[StandingDuty]) -> Select[StandingDuty]:
    """Load what every page names, in the order of posts and kinds."""
    post = joinedload(StandingDuty.post).joinedload(Post.unit)
    order = (StandingDuty.post_id, StandingDuty.kind_id, StandingDuty.domain_id, StandingDuty.from_day)
    return query.options(post, joinedload(StandingDuty.kind), joinedload(StandingDuty.domain)).order_by(
        *order
    )
