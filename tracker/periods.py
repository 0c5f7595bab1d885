"""The period a report covers: a month, a quarter, half a year or a year. Pure value, stored as its code."""

from __future__ import annotations

import calendar
import enum
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

FIRST_YEAR, LAST_YEAR = 1949, 2999


class Kind(enum.StrEnum):
    """How long a period is."""

    QUARTER = "quarter"
    HALF = "half"
    MONTH = "month"
    YEAR = "year"


MONTHS = {Kind.QUARTER: 3, Kind.HALF: 6, Kind.MONTH: 1, Kind.YEAR: 12}
CODE = re.compile(r"(?P<year>[0-9]{4})(?:(?P<letter>[QH])(?P<one>[0-9])|M(?P<two>[0-9]{2})|Y)")
LETTER = {"Q": Kind.QUARTER, "H": Kind.HALF}
ORDINAL = "一二三四"
ALLOWED = (
    "可写成 2025Q3（季度，Q1 至 Q4）、2025H1（半年，H1 或 H2）、2025M07（月，M01 至 M12）或 2025Y（全年）"
)


@total_ordering
@dataclass(frozen=True)
class Period:
    """A stretch of the calendar; ordered by its last day, the shorter one first."""

    year: int
    kind: Kind
    number: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR - 1 <= self.year <= LAST_YEAR + 1:  # what may be written has neighbours
            raise ValueError(_out_of_bounds(self.year))
        if not 1 <= self.number <= 12 // MONTHS[self.kind]:
            raise ValueError(f"{self.year}年没有这个期间（序号{self.number}）。{ALLOWED}。")

    @classmethod
    def parse(cls, code: str) -> Period:
        """The period of a code such as 2025Q3, 2025H1, 2025M07 or 2025Y; ValueError says what is allowed."""
        period = cls.stored(code)
        if not FIRST_YEAR <= period.year <= LAST_YEAR:
            raise ValueError(_out_of_bounds(period.year))
        return period

    @classmethod
    def stored(cls, code: str) -> Period:
        """The period of a code from the database, which may be the neighbour of the first or last."""
        found = CODE.fullmatch(code.strip().upper())
        if found is None:
            raise ValueError(f"看不懂期间“{code}”。{ALLOWED}。")
        year = int(found["year"])
        if found["letter"]:
            return cls(year, LETTER[found["letter"]], int(found["one"]))
        if found["two"]:
            return cls(year, Kind.MONTH, int(found["two"]))
        return cls(year, Kind.YEAR, 1)

    @classmethod
    def of(cls, day: date, kind: Kind = Kind.QUARTER) -> Period:
        """The period of this kind in which the day lies."""
        return cls(day.year, kind, (day.month - 1) // MONTHS[kind] + 1)

    def __str__(self) -> str:
        match self.kind:
            case Kind.QUARTER:
                return f"{self.year}Q{self.number}"
            case Kind.HALF:
                return f"{self.year}H{self.number}"
            case Kind.MONTH:
                return f"{self.year}M{self.number:02d}"
            case Kind.YEAR:
                return f"{self.year}Y"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return (self.last_day, -self.first_day.toordinal()) < (other.last_day, -other.first_day.toordinal())

    @property
    def first_day(self) -> date:
        """The first calendar day."""
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        """The last calendar day, whether or not it is a working day."""
        month = self.number * MONTHS[self.kind]
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    @property
    def label(self) -> str:
        """As the office writes it: 2025年第三季度, 2025年上半年, 2025年7月, 2025年."""
        match self.kind:
            case Kind.QUARTER:
                return f"{self.year}年第{ORDINAL[self.number - 1]}季度"
            case Kind.HALF:
                return f"{self.year}年{'上下'[self.number - 1]}半年"
            case Kind.MONTH:
                return f"{self.year}年{self.number}月"
            case Kind.YEAR:
                return f"{self.year}年"

    def next(self) -> Period:
        """The period of the same kind that follows."""
        return Period.of(self.last_day + timedelta(days=1), self.kind)

    def previous(self) -> Period:
        """The period of the same kind before this one."""
        return Period.of(self.first_day - timedelta(days=1), self.kind)

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period, both ends included."""
        return self.first_day <= day <= self.last_day


def _out_of_bounds(year: int) -> str:
    return f"期间的年份应在{FIRST_YEAR}年至{LAST_YEAR}年之间，收到的是{year}。"
