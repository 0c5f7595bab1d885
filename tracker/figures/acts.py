"""The figures of acts: how often standing duties were met in a period and since the beginning of its year.

What is counted, and the period whose list under 常态履责 holds exactly the rows behind it: acts, and the
opening figure as a row of its own. The counting itself is `duties.queries.counted`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tracker.duties.queries import Counted, counted
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period


@dataclass(frozen=True)
class ActFigure:
    """A counted fact about acts: its definition, its value, and the period whose rows stand behind it."""

    key: str
    label: LazyString
    definition: LazyString
    value: Callable[[Counted], int]
    period: Callable[[Period], Period]


def year_of(period: Period) -> Period:
    """Return the year of a period."""
    return Period.parse(f"{period.year}Y")


IN_PERIOD = ActFigure(
    "in_period",
    _l("本期履责次数"),
    _l("常态履责中登记在本期的次数之和，撤回的不计。"),
    lambda row: row.in_period,
    lambda period: period,
)
IN_YEAR = ActFigure(
    "in_year",
    _l("今年以来履责次数"),
    _l("期初数加此后登记的次数，撤回的和期初数已含的不另计。"),
    lambda row: row.in_year,
    year_of,
)
FIGURES = (IN_PERIOD, IN_YEAR)


def count(office: Unit, period: Period, *, on: date, domain: DutyDomain | None = None) -> Sequence[Counted]:
    """Return the counts of an office by kind and domain as of a day."""
    return counted(office, period, until=on, domain=domain)
