"""Working days of the office. Pure over a table of exceptions to Monday–Friday.

The shipped table holds the days off and the make-up days (补班) of the State Council's yearly notices.
A notice comes out late in the year before, so a year may not be covered yet: then only the holidays whose
day of the year is fixed by law are known, and every date counted through such a year is provisional.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType

ONE_DAY = timedelta(days=1)
DAYS_FILE = Path(__file__).with_name("days.csv")
# 全国年节及纪念日放假办法: the holidays that do not follow the lunar calendar or a solar term (month, day).
FIXED_BY_LAW = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}  # the first day of each
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class DayTable:
    """Exceptions to Monday–Friday, and the years for which they are complete."""

    days: Mapping[date, bool]
    years: frozenset[int]
    names: Mapping[date, str] = field(default_factory=dict)  # which holiday a day off belongs to
    shift_days: Sequence[date] = field(init=False)  # on which the office works against Monday–Friday, sorted
    shifts: Sequence[int] = field(init=False)  # how many days were gained before each of them, and in all

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))
        against = sorted((day, works) for day, works in self.days.items() if works != (day.weekday() < 5))
        gained = accumulate((1 if works else -1 for _day, works in against), initial=0)
        object.__setattr__(self, "shift_days", [day for day, _works in against])
        object.__setattr__(self, "shifts", list(gained))

    def is_workday(self, day: date) -> bool:
        """Whether the office works on this day."""
        if day in self.days:
            return self.days[day]
        if day.year not in self.years and (day.month, day.day) in FIXED_HOLIDAYS:
            return False
        return day.weekday() < 5

    def first_day_off(self, holiday: str, year: int) -> date | None:
        """The first day off of a holiday in a year, weekends aside; None where that is not known yet."""
        if year not in self.years:
            return date(year, *FIXED_BY_LAW[holiday]) if holiday in FIXED_BY_LAW else None
        days = (day for day, name in self.names.items() if name == holiday and day.year == year)
        return min(days, default=None)

    def is_provisional(self, day: date) -> bool:
        """Whether the notice for the day's year is still missing, so that the day may turn out otherwise."""
        return day.year not in self.years

    def add_workdays(self, day: date, count: int) -> date:
        """The count-th working day after (count < 0: before) the day, which is itself not counted."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after start up to and including end; negative when end comes first."""
        if end < start:
            return -self.workdays_between(end, start)
        return _weekdays_up_to(end) - _weekdays_up_to(start) + self._shifted(start, end)

    def _shifted(self, start: date, end: date) -> int:
        """How many working days more than Monday–Friday there are after start up to and including end."""
        known = (
            self.shifts[bisect_right(self.shift_days, end)]
            - self.shifts[bisect_right(self.shift_days, start)]
        )
        unknown = (year for year in range(start.year, end.year + 1) if year not in self.years)
        fixed = (date(year, *holiday) for year in unknown for holiday in FIXED_HOLIDAYS)
        lost = sum(start < day <= end and day.weekday() < 5 and day not in self.days for day in fixed)
        return known - lost

    def on_or_before(self, day: date) -> date:
        """The day, or the last working day before it."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def on_or_after(self, day: date) -> date:
        """The day, or the next working day after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day


def read_table(lines: Iterable[str]) -> DayTable:
    """A table from CSV lines date, is_workday (1 or 0), name; ValueError names the bad line."""
    days: dict[date, bool] = {}
    names: dict[date, str] = {}
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            day = date.fromisoformat(row["date"])
            days[day] = {"1": True, "0": False}[row["is_workday"]]
            names[day] = row.get("name") or ""
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"工作日表第{number}行不对，应为 date,is_workday,name，例如 2026-01-04,1,元旦补班。"
            ) from error
    return DayTable(days, frozenset(day.year for day in days), names)


def _weekdays_up_to(day: date) -> int:
    """How many days from Monday to Friday there were since the calendar began, this day included."""
    weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
    return 5 * weeks + min(rest, 5)


@cache
def shipped() -> DayTable:
    """The table that ships with the product."""
    with DAYS_FILE.open(encoding="utf-8", newline="") as lines:
        return read_table(lines)
