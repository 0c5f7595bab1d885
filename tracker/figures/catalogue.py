"""The one catalogue of counted facts: what each figure means, how it is counted, which rows stand behind it.

A figure counts with the very condition by which the ledger lists (`tasks.queries`), so its address
shows exactly its rows. Nothing counted is stored.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, case, func, select

from tracker import rates
from tracker.extensions import db
from tracker.organization.models import DutyDomain
from tracker.rates import Rate as Rate
from tracker.settings.keys import LONG_TERM_IN_BASE
from tracker.tasks.groups import GROUPS
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions, listed, responsible_unit, state_condition


@dataclass(frozen=True)
class Figure:
    """A counted fact; its key is the state under which the ledger lists its rows."""

    key: str

    @property
    def label(self) -> str:
        """Return its name."""
        return str(GROUPS[self.key].label)

    @property
    def definition(self) -> str:
        """Return what is counted, in a sentence."""
        return str(GROUPS[self.key].definition)

    def condition(self, conditions: Conditions, lights: Lights) -> ColumnElement[bool]:
        """Return the condition of its rows."""
        return state_condition(self.key, conditions.on, lights)


TOTAL, OPEN = Figure("all"), Figure("open")
CLOSED, IN_TIME = Figure("closed"), Figure("in_time")
ON_PLAN, DUE_SOON = Figure("on_plan"), Figure("due_soon")
OVERDUE, LONG_TERM, WAITING = Figure("overdue"), Figure("long_term"), Figure("waiting")
STALLED = Figure("stalled")
REBOUND, LASTING = Figure("rebound"), Figure("lasting")
LEVEL = {level: Figure(f"level{level}") for level in (1, 2, 3, 4)}

PARTS = (CLOSED, ON_PLAN, DUE_SOON, OVERDUE, LONG_TERM, WAITING)  # they add up to TOTAL


@dataclass(frozen=True)
class Dimension:
    """By what a figure is split: the column, and how the ledger's address names one value of it."""

    key: str
    column: ColumnElement[Any]


BY_UNIT = Dimension("unit", responsible_unit())
BY_OFFICE = Dimension("office", Task.unit_id.expression)
BY_DOMAIN = Dimension("domain", Task.domain_id.expression)
BY_POST = Dimension("post", Task.lead_post_id.expression)
BY_DUTY = Dimension(
    "duty",
    select(DutyDomain.kind).where(DutyDomain.id == Task.domain_id).scalar_subquery(),
)

Counts = Mapping[str, int]
NONE: Counts = {}


def count(
    figures: Sequence[Figure],
    conditions: Conditions,
    seen: ColumnElement[bool],
    lights: Lights,
    by: Sequence[Dimension] = (),
) -> dict[tuple[Any, ...], Counts]:
    """Return figures, split by dimensions, in ONE query; the key is the tuple of their values.

    The state among the conditions is replaced by that of each figure. Without a dimension the only
    key is ().
    """
    columns = [dimension.column.label(dimension.key) for dimension in by]
    sums = [
        func.coalesce(func.sum(case((figure.condition(conditions, lights), 1), else_=0)), 0)
        for figure in figures
    ]
    scope = listed(replace(conditions, state="all"), seen, lights)
    query = select(*columns, *sums).where(*scope).group_by(*columns)
    return {
        tuple(row[: len(by)]): {figure.key: int(row[len(by) + n]) for n, figure in enumerate(figures)}
        for row in db.session.execute(query)
    }


def folded(
    rows: Mapping[tuple[Any, ...], Counts], key: Callable[[tuple[Any, ...]], Any]
) -> dict[Any, Counts]:
    """Return a split made coarser: the sums over all rows with the same new key."""
    groups: dict[Any, dict[tuple[Any, ...], Counts]] = {}
    for values, counts in rows.items():
        groups.setdefault(key(values), {})[values] = counts
    return {new: total(group) for new, group in groups.items()}


def total(rows: Mapping[tuple[Any, ...], Counts]) -> Counts:
    """Return the sum over all rows of a split."""
    found: dict[str, int] = {}
    for counts in rows.values():
        for key, value in counts.items():
            found[key] = found.get(key, 0) + value
    return found


def completion_rate(counts: Counts, *, long_term_in_base: bool = LONG_TERM_IN_BASE.default) -> Rate:
    """Return 整改完成率 of counted tasks (`rates.completion_rate`); TOTAL is without the cancelled."""
    closed, whole, long_term = (counts.get(figure.key, 0) for figure in (CLOSED, TOTAL, LONG_TERM))
    return rates.completion_rate(closed, whole, long_term, long_term_in_base=long_term_in_base)


def ledger_url(figure: Figure, conditions: Conditions, **narrowed: Any) -> str:
    """Return the address of the ledger that lists exactly the rows of a figure.

    `narrowed` names further conditions as `Conditions` does: unit, only, post, domain, duty.
    """
    address: dict[str, Any] = dict(replace(conditions, state=figure.key, **narrowed).address())
    return url_for("tasks.show_ledger", **address)
