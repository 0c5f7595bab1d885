"""What the leader sees: how all stands, each unit, each post's two duties, the acts of the quarter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, case, func, select

from tracker.duties.models import Act, ActKind
from tracker.duties.queries import Counted, counted_among
from tracker.extensions import db
from tracker.figures.catalogue import (
    BY_DUTY,
    BY_OFFICE,
    BY_POST,
    BY_UNIT,
    CLOSED,
    DUE_SOON,
    IN_TIME,
    LASTING,
    LEVEL,
    LONG_TERM,
    NONE,
    ON_PLAN,
    OVERDUE,
    PARTS,
    REBOUND,
    TOTAL,
    WAITING,
    Counts,
    Figure,
    Rate,
    completion_rate,
    count,
    folded,
    ledger_url,
    total,
)
from tracker.organization.known import Known
from tracker.organization.models import DomainKind, Duty, DutyDomain, Person, Post, Unit, UnitKind
from tracker.organization.queries import OFFICES, below
from tracker.periods import Period
from tracker.tasks.lights import Light, Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions, listed, row_parts

PAINT = {
    CLOSED.key: "done",
    ON_PLAN.key: "run",
    DUE_SOON.key: "soon",
    OVERDUE.key: "over",
    LONG_TERM.key: "wait",
    WAITING.key: "hollow",
}
WORST_SHOWN = 5


@dataclass(frozen=True)
class Part:
    """A part of a bar: as the macros draw it."""

    label: str
    count: int
    paint: str
    url: str


@dataclass(frozen=True)
class UnitRow:
    """A unit with the state of its tasks. Without a name: tasks of the unit itself."""

    unit: Unit
    light: Light
    counts: Counts
    urls: Mapping[str, str]
    parts: list[Part]
    rate: Rate


@dataclass(frozen=True)
class DutySide:
    """One of the two duties of a post: closed and all, as a bar."""

    closed: int
    all: int
    parts: list[Part]
    url: str


@dataclass(frozen=True)
class PostRow:
    """A post with its two duties back to back."""

    post: Post
    person: Person | None
    business: DutySide
    second: DutySide
    acts: int  # acts of the second duty in the period

    @property
    def silent(self) -> bool:
        """Whether the second duty has neither a task nor an act."""
        return not self.second.all and not self.acts

    @property
    def is_quiet(self) -> bool:
        """Whether the row may be folded away: no leader, and nothing of either duty."""
        return self.silent and not self.business.all and not self.post.in_leadership


@dataclass(frozen=True)
class Whole:
    """The state of everything in view."""

    counts: Counts
    parts: list[Part]
    rate: Rate
    lights: list[tuple[Light, int, str, str]]  # light, count, paint, address
    again: list[tuple[str, int, str]]  # name, count, address


@dataclass(frozen=True)
class DoneActs:
    """How often a post did one kind of act, for one kind of duty (none: no particular one)."""

    kind: ActKind
    post_id: int
    kind_of_duty: DomainKind | None
    in_period: int
    in_year: int


Acts = Sequence[DoneActs]
Split = Mapping[tuple[Any, ...], Counts]


@dataclass(frozen=True)
class Scope:
    """What an overview looks at, and through whose eyes."""

    unit: Unit
    conditions: Conditions
    seen: ColumnElement[bool]  # the rows
    counted: ColumnElement[bool]  # the numbers: marked tasks count for whoever has their unit in reach
    lights: Lights
    known: Known
    long_term_in_base: bool

    @property
    def is_county(self) -> bool:
        """Whether the units shown are offices."""
        return self.unit.kind == UnitKind.COUNTY

    @property
    def quarter(self) -> Period:
        """The period whose acts are counted."""
        return self.conditions.period or Period.of(self.conditions.on)

    def url(self, figure: Figure, **narrowed: object) -> str:
        """Return the address of a figure's rows."""
        return ledger_url(figure, self.conditions, **narrowed)

    @property
    def families_url(self) -> str:
        """Return the address of the ledger read by problem, for what is looked at."""
        address: dict[str, Any] = dict(self.conditions.address())
        return url_for("families.listing", **address)


def units(scope: Scope, counted: Split) -> tuple[Whole, list[UnitRow]]:
    """Return the whole and its units, the worst first. A county is split by its offices."""
    by_unit = folded(counted, lambda key: key[0])
    named = {scope.unit.id: scope.unit}
    for unit in (post.unit for post in scope.known.posts):
        named |= {one.id: one for one in (unit, unit.parent) if one is not None}
    if gone := set(by_unit) - set(named):  # tasks are left there, and no post
        named |= {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(gone)))}
    rows = [_unit_row(named[key], counts, scope) for key, counts in by_unit.items()]
    rows.sort(key=lambda row: (-row.counts[OVERDUE.key], -row.counts[DUE_SOON.key], row.unit.path))
    return _whole(total(counted) or dict.fromkeys(_KEYS, 0), scope), rows


def posts(scope: Scope, counted: Split, done: Acts) -> list[PostRow]:
    """Return the posts with both duties, leaders first, then those with a silent second duty."""
    by_duty = folded(counted, lambda key: (key[1], key[2]))
    charged = set(db.session.scalars(_posts_with_second_duty(scope.unit)))
    second_acts = [act for act in done if act.in_period and act.kind_of_duty != DomainKind.BUSINESS]
    rows = []
    for post in scope.known.posts:
        if post.id not in charged:
            continue
        rows.append(
            PostRow(
                post=post,
                person=scope.known.holder(post),
                business=_side(post, DomainKind.BUSINESS, by_duty, scope),
                second=_side(post, DomainKind.SECOND, by_duty, scope),
                acts=sum(act.in_period for act in second_acts if act.post_id == post.id),
            )
        )
    return sorted(rows, key=lambda row: (not row.post.in_leadership, not row.silent, row.post.id))


def counts_of(scope: Scope) -> Split:
    """Return every figure of the page by unit (of a county: by office), post and duty, in one query."""
    by = BY_OFFICE if scope.is_county else BY_UNIT
    return count(_SHOWN, scope.conditions, scope.counted, scope.lights, [by, BY_POST, BY_DUTY])


def acts_of(scope: Scope) -> Acts:
    """Return how often each post did each kind of act in the period and this year up to the day."""
    quarter, on = scope.quarter, scope.conditions.on
    in_period = Act.day.between(quarter.first_day, min(quarter.last_day, on))
    query = (
        select(
            ActKind,
            Act.post_id,
            DutyDomain.kind,
            func.coalesce(func.sum(case((in_period, Act.count), else_=0)), 0),
            func.sum(Act.count),
        )
        .join(Act, Act.kind_id == ActKind.id)
        .outerjoin(DutyDomain, DutyDomain.id == Act.domain_id)
        .where(
            Act.post_id.in_(select(Post.id).join(Unit, Unit.id == Post.unit_id).where(below(scope.unit))),
            Act.day.between(date(quarter.year, 1, 1), on),
            Act.withdrawn_at.is_(None),
        )
        .group_by(ActKind.id, Act.post_id, DutyDomain.kind)
        .order_by(ActKind.id)
    )
    return [
        DoneActs(kind, post, duty, int(now), int(year))
        for kind, post, duty, now, year in db.session.execute(query)
    ]


def acts(scope: Scope, done: Acts) -> list[tuple[ActKind, int, int]]:
    """Return each kind of act with its count in the period and in the year.

    Of offices with their opening figures, as their pages of standing duties count; those of a department
    or village have none, since a figure is entered for an office.
    """
    offices = list(db.session.scalars(select(Unit).where(below(scope.unit), Unit.kind.in_(OFFICES))))
    counts: Sequence[DoneActs | Counted] = done
    if offices:
        counts = counted_among(offices, scope.quarter, until=scope.conditions.on)
    totals: dict[int, tuple[ActKind, int, int]] = {}
    for row in counts:
        _kind, in_period, in_year = totals.get(row.kind.id, (row.kind, 0, 0))
        totals[row.kind.id] = (row.kind, in_period + row.in_period, in_year + row.in_year)
    return [totals[key] for key in sorted(totals)]


def worst(scope: Scope) -> Sequence[Task]:
    """Return the tasks overdue for longest."""
    conditions = Conditions(
        on=scope.conditions.on, unit=scope.unit, period=scope.conditions.period, state=OVERDUE.key
    )
    query = select(Task).where(*listed(conditions, scope.seen, scope.lights)).options(*row_parts())
    return db.session.scalars(query.order_by(Task.deadline, Task.id).limit(WORST_SHOWN)).all()


AGAIN = (REBOUND, LASTING)  # what came back, and what stays
_SHOWN = (TOTAL, IN_TIME, *PARTS, *LEVEL.values(), *AGAIN)
_KEYS = [figure.key for figure in _SHOWN]


def _unit_row(unit: Unit, counts: Counts, scope: Scope) -> UnitRow:
    narrowed = {"unit": unit, "only": not scope.is_county}
    return UnitRow(
        unit=unit,
        light=_worst_light(counts),
        counts=counts,
        urls={figure.key: scope.url(figure, **narrowed) for figure in (TOTAL, *PARTS)},
        parts=_parts(counts, scope, **narrowed),
        rate=completion_rate(counts, long_term_in_base=scope.long_term_in_base),
    )


def _whole(counts: Counts, scope: Scope) -> Whole:
    lights = [
        (Light(4, _("逾期较久")), LEVEL[4], "over"),
        (Light(3, _("刚逾期")), LEVEL[3], "l3"),
        (Light(2, _("即将到期")), LEVEL[2], "l2"),
        (Light(1, _("临期")), LEVEL[1], "l1"),
        (Light(0, _("按计划")), ON_PLAN, "l0"),
        (Light("long", _("长期坚持")), LONG_TERM, "wait"),
    ]
    return Whole(
        counts=counts,
        parts=_parts(counts, scope),
        rate=completion_rate(counts, long_term_in_base=scope.long_term_in_base),
        lights=[(light, counts[figure.key], paint, scope.url(figure)) for light, figure, paint in lights],
        again=[(figure.label, counts[figure.key], scope.url(figure)) for figure in AGAIN],
    )


def _parts(counts: Counts, scope: Scope, **narrowed: object) -> list[Part]:
    return [
        Part(figure.label, counts[figure.key], PAINT[figure.key], scope.url(figure, **narrowed))
        for figure in PARTS
    ]


def _worst_light(counts: Counts) -> Light:
    for level, word in ((4, _("有逾期")), (3, _("有逾期")), (2, _("有临期")), (1, _("有临期"))):
        if counts[LEVEL[level].key]:
            return Light(level, word)
    return Light(0, _("按计划"))


def _side(post: Post, kind: DomainKind, counted: Mapping[Any, Counts], scope: Scope) -> DutySide:
    counts = counted.get((post.id, kind), NONE)
    narrowed = {"post": post, "duty": kind}
    parts = [
        Part(figure.label, counts.get(figure.key, 0), paint, scope.url(figure, **narrowed))
        for figure, paint in ((CLOSED, "done"), (IN_TIME, "run"), (OVERDUE, "over"))
    ]
    closed, whole = counts.get(CLOSED.key, 0), counts.get(TOTAL.key, 0)
    return DutySide(closed, whole, parts, scope.url(TOTAL, **narrowed))


def _posts_with_second_duty(unit: Unit) -> Select[int]:
    """Return the query for the posts at and below a unit that are charged with a second duty."""
    return (
        select(Duty.post_id)
        .join(DutyDomain)
        .join(Post, Post.id == Duty.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(below(unit), DutyDomain.kind == DomainKind.SECOND)
        .distinct()
    )
