"""The ledger (台账): which tasks a set of conditions shows, in which order.

A list is one set of conditions, written in its address. Figures count with the same conditions, so
that a number and the rows behind it cannot differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.database import fixed, spelled_out
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DomainKind, Duty, DutyDomain, Post, Unit
from tracker.organization.queries import OFFICES, below, duty_lasts, in_being, offices_below
from tracker.periods import Period
from tracker.tasks.finding import ANYTHING, Found, found_in
from tracker.tasks.groups import GROUPS, State
from tracker.tasks.lights import Lights
from tracker.tasks.models import Cooperation, Evidence, Task, TaskEvent, TaskRequest
from tracker.tasks.narrowing import NARROWINGS
from tracker.tasks.states import TaskState
from tracker.tasks.word_index import TASKS
from tracker.tasks.words import STATE_WORDS
from tracker.web.forms import office_day
from tracker.web.incoming import plain_number
from tracker.web.paging import NO_DEADLINE, NO_VALUES, PAGE, GapsLast, Pages

LATER = Task.__table__.alias()
COUNT_TO = 1000  # a list says "1000+" beyond
LONGEST_WORD = 50


def up_to(number: int) -> str:
    """Return a number as pages show it: 1000+ for more than COUNT_TO."""
    return f"{COUNT_TO}+" if number > COUNT_TO else str(number)


@dataclass(frozen=True)
class Conditions:
    """Everything an address says about a list of tasks. `state` is a group or a single state."""

    on: date
    unit: Unit | None = None
    only: bool = False  # the unit alone, without what lies below
    post: Post | None = None
    domain: DutyDomain | None = None
    duty: DomainKind | None = None
    period: Period | None = None
    state: str = "all"
    narrowed: Mapping[str, str] = field(default_factory=dict)  # by the names of NARROWINGS
    word: str = ""

    @cached_property
    def posts_of_unit(self) -> Sequence[int]:
        """The ids of every post of a unit that is no office, and of what lies below it; asked once.

        Told which posts they are, a database seeks their tasks by deadline instead of reading everybody's.
        """
        assert self.unit is not None
        here = Unit.id == self.unit.id if self.only else below(self.unit)
        return db.session.scalars(select(Post.id).join(Unit, Unit.id == Post.unit_id).where(here)).all()

    @cached_property
    def found(self) -> Found:
        """The condition that a task contains the words sought, if any are; asked once."""
        return found_in(TASKS, self.word) if self.word else ANYTHING

    def address(self) -> dict[str, str]:
        """Return the conditions as they stand in an address; what is not set is left out."""
        named = {
            "unit": self.unit.code if self.unit else "",
            "only": "1" if self.only else "",
            "post": str(self.post.id) if self.post else "",
            "domain": self.domain.code if self.domain else "",
            "duty": self.duty.value if self.duty else "",
            "period": str(self.period) if self.period else "",
            "state": "" if self.state == "all" else self.state,
            **self.narrowed,
            "q": self.word,
            "on": "" if self.on == clock.today() else self.on.isoformat(),
        }
        return {name: value for name, value in named.items() if value}


def read_conditions(args: Mapping[str, str], actor: Actor) -> Conditions:
    """Return what an address says. What it says wrongly is left out, as a link may be old or cut off.

    A unit or post outside the actor's offices is left out like one that does not exist.
    """
    unit, post = _by(Unit.code, args.get("unit", "")), _by(Post.id, plain_number(args.get("post", "")))
    return Conditions(
        on=min(office_day(args.get("on", "")) or clock.today(), clock.today()),
        unit=unit if unit and _is_own(unit, actor) else None,
        only=args.get("only") == "1",
        post=post if post and _is_own(post.unit, actor) else None,
        domain=_by(DutyDomain.code, args.get("domain", "")),
        duty=next((kind for kind in DomainKind if kind == args.get("duty")), None),
        period=_period(args.get("period", "")),
        state=_known_state(args.get("state", "")),
        narrowed={name: args[name] for name, row in NARROWINGS.items() if args.get(name, "") in row.options},
        word=args.get("q", "").strip()[:LONGEST_WORD],
    )


def unread(args: Mapping[str, str], conditions: Conditions) -> list[str]:
    """Return what an address says of day and period that its conditions could not take over, in sentences."""
    day, period, said = args.get("on", ""), args.get("period", ""), []
    if day and office_day(day) != conditions.on:
        said.append(_("“%(sent)s”不是可以查看的日期，现按今天显示。", sent=day[:LONGEST_WORD]))
    if period and conditions.period is None:
        said.append(_("“%(sent)s”不是一个期间，现显示全部期间。", sent=period[:LONGEST_WORD]))
    return said


def listed(
    conditions: Conditions, seen: ColumnElement[bool], lights: Lights, *, counted: bool = False
) -> list[ColumnElement[bool]]:
    """Return the conditions as SQL, among the tasks the reader sees (`access.visible_to`).

    `counted`: for a count, which has no order.
    """
    found = [seen, state_condition(conditions.state, conditions.on, lights)]
    then = state_on(conditions.on)
    found += [NARROWINGS[name].condition(value, then, lights) for name, value in conditions.narrowed.items()]
    if conditions.unit is not None:
        found.append(_of_unit(conditions, conditions.unit))
    if conditions.post is not None:
        found.append(Task.lead_post_id == conditions.post.id)
    if conditions.domain is not None:
        found.append(Task.domain_id == conditions.domain.id)
    if conditions.duty is not None:
        found.append(Task.domain_id.in_(select(DutyDomain.id).where(DutyDomain.kind == conditions.duty)))
    if conditions.period is not None:
        found.append(Task.period == conditions.period)
    found.append(conditions.found.in_all if counted else conditions.found.in_order)
    return found


def state_condition(state: str, on: date, lights: Lights) -> ColumnElement[bool]:
    """Return the condition of a group, or of a single state, as of a day."""
    then = state_on(on)
    if state in GROUPS:
        return GROUPS[state].condition(then, lights)
    return then == TaskState(state)


def state_on(day: date) -> State:
    """Return the state of a task at the end of a day: as it stands, or by its last event up to then.

    A task without an event up to that day has no state and is in no group. Deadlines count as they
    stand now.
    """
    if day >= clock.today():
        return Task.state.expression
    return (
        select(TaskEvent.new_state)
        .where(TaskEvent.task_id == Task.id, TaskEvent.at < _end_of(day))
        .order_by(TaskEvent.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def responsible_unit() -> ColumnElement[int]:
    """Return the unit a task counts for: that of its lead post, or its office while it has none."""
    of_post = select(Post.unit_id).where(Post.id == Task.lead_post_id).scalar_subquery()
    return func.coalesce(of_post, Task.unit_id)


@dataclass(frozen=True)
class Order:
    """An order of the ledger; every one ends with the id."""

    label: str
    keys: tuple[Any, ...]
    newest_first: bool = False
    gap: date | None = None  # what stands in a cursor for a first key that is missing; such rows come last


ORDERS: dict[str, Order] = {
    "deadline": Order(_l("期限由近到远"), (Task.deadline, Task.id), gap=NO_DEADLINE),
    "number": Order(_l("编号"), (type_coerce(Task.period, String), Task.number, Task.id)),
    "post": Order(
        _l("责任岗位"),
        (func.coalesce(Task.lead_post_id, 0), func.coalesce(Task.deadline, NO_DEADLINE), Task.id),
    ),
    "changed": Order(_l("最近办理在前"), (Task.changed_at, Task.id), newest_first=True),
}


def ledger(
    conditions: Conditions,
    seen: ColumnElement[bool],
    lights: Lights,
    *,
    asked: Select[Any] | None = None,
    order: str = "deadline",
    size: int = PAGE,
) -> Pages[Any] | GapsLast[Any]:
    """Return the ledger by pages: of each task what is `asked`, by default itself with what a row shows."""
    chosen = ORDERS.get(order, ORDERS["deadline"])
    query = select(Task).options(*row_parts()) if asked is None else asked
    narrowed = spelled_out(query.where(*listed(conditions, seen, lights)))
    if chosen.gap is not None:
        return GapsLast(narrowed, chosen.keys, chosen.gap, size=size)
    return Pages(narrowed, chosen.keys, newest_first=chosen.newest_first, size=size)


def row_parts() -> tuple[Any, ...]:
    """Return the loading options for the parts of a task that a row of a list shows."""
    return (
        joinedload(Task.unit),
        joinedload(Task.domain),
        joinedload(Task.problem),
        joinedload(Task.lead_post).joinedload(Post.unit).joinedload(Unit.parent),
    )


def page_parts() -> tuple[Any, ...]:
    """Return the loading options for all that the page of one task shows, its whole history included."""
    events = selectinload(Task.events)
    return (
        *row_parts(),
        joinedload(Task.duty),
        joinedload(Task.verifier_post),
        selectinload(Task.cooperations).joinedload(Cooperation.post).joinedload(Post.unit),
        selectinload(Task.requests).joinedload(TaskRequest.asked),
        selectinload(Task.rounds),
        events.joinedload(TaskEvent.person),
        events.joinedload(TaskEvent.post),
        events.selectinload(TaskEvent.evidence).joinedload(Evidence.file),
    )


def counting(
    conditions: Conditions,
    sights: Sequence[ColumnElement[bool]],
    lights: Lights,
    seen: ColumnElement[bool],
) -> Select[Any]:
    """Return the question for counts, of each of some sights, and for the periods that `seen` shows."""
    periods = _periods(seen).subquery()
    joined = select(func.aggregate_strings(type_coerce(periods.c.period, String), " ")).scalar_subquery()
    few = (_any(conditions, sight, lights).subquery() for sight in sights)
    counted = [select(func.count()).select_from(one).scalar_subquery() for one in few]
    return spelled_out(select(*counted, joined))


def counts_and_periods(
    asked: Select[Any], values: Mapping[str, Any] = NO_VALUES
) -> tuple[list[int], list[Period]]:
    """Ask it (`counting`): the counts, COUNT_TO + 1 for more than COUNT_TO, and the periods, latest first."""
    *counts, found = db.session.connection().execute(asked, values).one()
    return counts, sorted(map(Period.parse, (found or "").split()), reverse=True)


def _any(conditions: Conditions, seen: ColumnElement[bool], lights: Lights) -> Select[int]:
    """Return the query for tasks that the conditions show, whichever come first, beyond COUNT_TO no more."""
    return select(Task.id).where(*listed(conditions, seen, lights, counted=True)).limit(fixed(COUNT_TO + 1))


def periods_seen(seen: ColumnElement[bool]) -> list[Period]:
    """Return the periods that have tasks the reader sees, latest first."""
    return sorted(db.session.scalars(_periods(seen)), reverse=True)


def _periods(seen: ColumnElement[bool]) -> Select[Period]:
    """Return the query for these periods.

    It steps from one period to the next in the index: DISTINCT may read every task there is.
    """
    step = select(func.min(Task.period).label("period")).cte("step", recursive=True)
    later = select(func.min(LATER.c.period)).where(LATER.c.period > step.c.period).scalar_subquery()
    step = step.union_all(select(later).where(step.c.period.is_not(None)))
    any_seen = select(Task.id).where(Task.period == step.c.period, seen).exists()
    return select(step.c.period).where(any_seen)


def duties_of_office(office: Unit, day: date) -> list[Duty]:
    """Return the duties that posts of an office have on a day, leaders first, to choose among."""
    return list(
        db.session.scalars(
            select(Duty)
            .join(Post, Post.id == Duty.post_id)
            .join(Unit, Unit.id == Post.unit_id)
            .where(below(office), in_being(day), duty_lasts(day))
            .options(joinedload(Duty.post).joinedload(Post.unit), joinedload(Duty.domain))
            .order_by(Post.in_leadership.desc(), Post.id, Duty.id)
        )
    )


def _of_unit(conditions: Conditions, unit: Unit) -> ColumnElement[bool]:
    if unit.kind in OFFICES and not conditions.only:
        own, lower = Task.unit_id == unit.id, offices_below(unit)
        return own if lower is None else or_(own, Task.unit_id.in_(lower))
    of_posts = Task.lead_post_id.in_(conditions.posts_of_unit)
    if not conditions.only:
        return of_posts
    return or_(of_posts, and_(Task.lead_post_id.is_(None), Task.unit_id == unit.id))


def _known_state(value: str) -> str:
    return value if value in GROUPS or value in {state.value for state in STATE_WORDS} else "all"


def _by(column: Any, value: Any) -> Any:
    return None if not value else db.session.scalar(_with(column), {"value": value})


@cache
def _with(column: Any) -> Select[Any]:
    asked: Select[Any] = select(column.class_).where(column == bindparam("value"))
    return asked


def _is_own(unit: Unit, actor: Actor) -> bool:
    return unit.path.startswith(actor.standing.paths)


def _period(value: str) -> Period | None:
    try:
        return Period.parse(value)
    except ValueError:
        return None


def _end_of(day: date) -> datetime:
    """Return the moment at which a day of the office ends."""
    zone = clock.office_time(clock.now()).tzinfo
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)
