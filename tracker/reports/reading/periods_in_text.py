"""The period that a report names for itself; a masked year stays masked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tracker.periods import FIRST_YEAR, LAST_YEAR, Kind, Period
from tracker.reports.reading.time_phrases import day
from tracker.reports.reading.time_rules import SPOKEN, number

NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
YEAR = (
    r"(?P<year>(?:19|20)\d\d|(?:19|20)?[\dxX×＊*_〇○]{2,4}|二[〇○零Oo0][〇○零Oo0一二三四五六七八九]{2})"
    r"\s*年(?:度)?"
)
PART = (
    r"第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下])半年"
    r"|(?P<month>1[0-2]|[1-9])月份?(?!\s*(?:\d+[日号]|[底末前初上中下]))"
)
NAMED = re.compile(rf"(?:{YEAR})\s*(?:{PART})|(?<![上下本每])第(?P<alone>[一二三四1-4])季度")
WHOLE_YEAR = re.compile(rf"{YEAR}[^\n，。]{{0,24}}(?:总结|报告|汇报|通报)")
DAY_ALONE = re.compile(rf"^ *+{day()} *$", re.MULTILINE)
DAY_LABELLED = re.compile(rf"^ *+(?:成文|发布|印发|会议|发文)?(?:时间|日期)： *{day()}", re.MULTILINE)


@dataclass(frozen=True)
class PeriodInText:
    """The words and what they say: year null where masked, quarter null for another kind of period."""

    text: str
    year: int | None
    quarter: int | None
    period: Period | None
    masked: bool

    def as_json(self) -> dict[str, object]:
        """The three keys of the contract."""
        return {"text": self.text, "year": self.year, "quarter": self.quarter}


def period_in(text: str, original: str) -> PeriodInText | None:
    """The first period named in the head of a normalised text; its words are taken from the original."""
    head = text[:600]
    for found in (*NAMED.finditer(head), *WHOLE_YEAR.finditer(head)):
        groups: dict[str, str | None] = found.groupdict()
        if alone := groups.get("alone"):
            return PeriodInText(original[slice(*found.span())], None, NUMBERS[alone], None, False)
        span = (
            found.span() if "quarter" in groups else (found.start(), found.start() + found[0].index("年") + 1)
        )
        return _said(original[slice(*span)], groups)
    return None


def _said(words: str, groups: dict[str, str | None]) -> PeriodInText:
    year_text = groups["year"] or ""
    written = re.fullmatch(r"\d{4}|二.*", year_text) is not None
    year = number(year_text) if written and FIRST_YEAR <= number(year_text) <= LAST_YEAR else None
    quarter = NUMBERS[named] if (named := groups.get("quarter")) else None
    period = Period(year, *_part(groups)) if year is not None else None
    return PeriodInText(words, year, quarter, period, year is None)


def _part(groups: dict[str, str | None]) -> tuple[Kind, int]:
    if quarter := groups.get("quarter"):
        return Kind.QUARTER, NUMBERS[quarter]
    if half := groups.get("half"):
        return Kind.HALF, "上下".index(half) + 1
    if month := groups.get("month"):
        return Kind.MONTH, int(month)
    return Kind.YEAR, 1


def written_on(text: str, end: int) -> date | None:
    """The date of the document (成文日期): the last line that is but a date, else the last with a label."""
    for pattern in (DAY_ALONE, DAY_LABELLED):
        days = [day for found in pattern.finditer(text, 0, end) if (day := _day(found)) is not None]
        if days:
            return days[-1]
    return None


def _day(found: re.Match[str]) -> date | None:
    """The day of a full date; a mistyped one such as 2月30日, or one without its year, dates nothing."""
    if found["iso"]:
        parts = [int(part) for part in re.findall(r"\d+", found["iso"])]
    elif found["year"] and found["month"] and found["year"] not in SPOKEN:
        parts = [number(found[part]) for part in ("year", "month", "day")]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None
