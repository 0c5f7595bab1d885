"""What the leader sees: how all stands, each unit, each post's two duties, the acts of the quarter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from tracker.duties.models import Act, ActKind
from tracker.extensions import db
from tracker.figures.catalogue import (
    BY_DUTY,
    BY_OFFICE,
    BY_POST,
    BY_UNIT,
    CLOSED,
    DUE_SOON,
    LEVEL,
    LONG_TERM,
    NONE,
    ON_PLAN,
    OVERDUE,
    PARTS,
    TOTAL,
    WAITING,
    Counts,
    Figure,
    Rate,
    completion_rate,
    count,
    ledger_url,
    total,
)
from tracker.organization.models import DomainKind, Duty, DutyDomain, Person, Post, Unit, UnitKind
from tracker.organization.queries import below, holders
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
    silent: bool  # the second duty has neither a task nor an act


@dataclass(frozen=True)
class Whole:
    """The state of everything in view."""

    counts: Counts
    parts: list[Part]
    rate: Rate
    lights: list[tuple[Light, int, str, str]]  # light, count, paint, address


@dataclass(frozen=True)
class Scope:
    """What an overview looks at, and through whose eyes."""

    unit: Unit
    conditions: Conditions
    seen: ColumnElement[bool]
    lights: Lights
    long_term_in_base: bool

    @property
    def quarter(self) -> Period:
        """The period whose acts are counted."""
        return self.conditions.period or Period.of(self.conditions.on)

    def url(self, figure: Figure, **narrowed: object) -> str:
        """Return the address of a figure's rows."""
        return ledger_url(figure, self.conditions, **narrowed)


def units(scope: Scope) -> tuple[Whole, list[UnitRow]]:
    """Return the whole and its units, the worst first; two queries. A county is split by its offices."""
    is_county = scope.unit.kind == UnitKind.COUNTY
    by = BY_OFFICE if is_county else BY_UNIT
    counted = count((TOTAL, *PARTS, *LEVEL.values()), scope.conditions, scope.seen, scope.lights, [by])
    named = db.session.scalars(select(Unit).where(Unit.id.in_([key[0] for key in counted]))).all()
    rows = [_unit_row(unit, counted[(unit.id,)], scope, whole=is_county) for unit in named]
    rows.sort(key=lambda row: (-row.counts[OVERDUE.key], -row.counts[DUE_SOON.key], row.unit.path))
    return _whole(total(counted) or dict.fromkeys(_KEYS, 0), scope), rows


def posts(scope: Scope) -> list[PostRow]:
    """Return the posts with both duties, those with a silent second duty first; four queries."""
    counted = count([TOTAL, CLOSED, OVERDUE], scope.conditions, scope.seen, scope.lights, [BY_POST, BY_DUTY])
    charged = _posts_with_two_duties(scope.unit)
    people = holders([post.id for post in charged], scope.conditions.on)
    active = _posts_with_second_acts(scope)
    rows = []
    for post in charged:
        second = _side(post, DomainKind.SECOND, counted, scope)
        rows.append(
            PostRow(
                post=post,
                person=people.get(post.id),
                business=_side(post, DomainKind.BUSINESS, counted, scope),
                second=second,
                silent=not second.all and post.id not in active,
            )
        )
    return sorted(rows, key=lambda row: (not row.post.in_leadership, not row.silent, row.post.id))


def acts(scope: Scope) -> list[tuple[ActKind, int, int]]:
    """Return each kind of act with how often it was recorded in the period and this year up to the day."""
    quarter, on = scope.quarter, scope.conditions.on
    office = select(Unit.id).where(below(scope.unit))
    in_quarter = Act.day.between(quarter.first_day, min(quarter.last_day, on))
    query = (
        select(
            ActKind,
            func.coalesce(func.sum(Act.count).filter(in_quarter), 0),
            func.coalesce(func.sum(Act.count), 0),
        )
        .join(Act, Act.kind_id == ActKind.id)
        .where(Act.unit_id.in_(office), Act.day.between(quarter.first_day.replace(month=1, day=1), on))
        .group_by(ActKind.id)
        .order_by(ActKind.id)
    )
    return [(kind, int(now), int(year)) for kind, now, year in db.session.execute(query)]


def worst(scope: Scope) -> Sequence[Task]:
    """Return the tasks overdue for longest."""
    conditions = Conditions(
        on=scope.conditions.on, unit=scope.unit, period=scope.conditions.period, state=OVERDUE.key
    )
    query = select(Task).where(*listed(conditions, scope.seen, scope.lights)).options(*row_parts())
    return db.session.scalars(query.order_by(Task.deadline, Task.id).limit(WORST_SHOWN)).all()


_KEYS = [figure.key for figure in (TOTAL, *PARTS, *LEVEL.values())]


def _unit_row(unit: Unit, counts: Counts, scope: Scope, *, whole: bool) -> UnitRow:
    narrowed = {"unit": unit, "only": not whole}
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


def _side(
    post: Post, kind: DomainKind, counted: Mapping[tuple[object, ...], Counts], scope: Scope
) -> DutySide:
    counts = counted.get((post.id, kind), NONE)
    closed, whole, late = (counts.get(figure.key, 0) for figure in (CLOSED, TOTAL, OVERDUE))
    narrowed = {"post": post, "duty": kind}
    parts = [
        Part(CLOSED.label, closed, "done", scope.url(CLOSED, **narrowed)),
        Part(_("未销号、未逾期"), whole - closed - late, "run", scope.url(TOTAL, **narrowed)),
        Part(OVERDUE.label, late, "over", scope.url(OVERDUE, **narrowed)),
    ]
    return DutySide(closed, whole, parts, scope.url(TOTAL, **narrowed))


def _posts_with_two_duties(unit: Unit) -> list[Post]:
    """Return the posts at and below a unit that are charged with a second duty."""
    second = (
        select(Duty.id)
        .join(DutyDomain)
        .where(Duty.post_id == Post.id, DutyDomain.kind == DomainKind.SECOND)
        .exists()
    )
    query = select(Post).join(Unit, Unit.id == Post.unit_id).where(below(unit), second)
    return list(db.session.scalars(query.options(joinedload(Post.unit))))


def _posts_with_second_acts(scope: Scope) -> set[int]:
    """Return the posts with an act of a second duty, or of no particular one, in the period."""
    quarter = scope.quarter
    query = (
        select(Act.post_id)
        .outerjoin(DutyDomain, DutyDomain.id == Act.domain_id)
        .where(
            Act.day.between(quarter.first_day, quarter.last_day),
            or_(DutyDomain.kind == DomainKind.SECOND, Act.domain_id.is_(None)),
        )
        .distinct()
    )
    return set(db.session.scalars(query))
