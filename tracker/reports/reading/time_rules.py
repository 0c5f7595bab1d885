"""What each kind of time expression amounts to: a day, a rhythm, or the reason why a person is asked.

“…前” and “…底前” include the day. A fixed date does not move for a holiday; a duration that ends on one
ends on the next working day, and the day it starts from is not counted (domain.md 4.1). What needs a year or
a day not known asks.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from tracker.periods import Kind, Period
from tracker.workdays import DayTable


class DeadlineKind(StrEnum):
    """What the words amount to."""

    DATE = "date"
    IMMEDIATE = "immediate"
    ONGOING = "ongoing"
    RECURRING = "recurring"
    VAGUE = "vague"
    ASK = "ask"


@dataclass(frozen=True)
class Calendar:
    """What dates are counted from: the report's period, the day it was written, the office's working days."""

    period: Period | None
    report_day: date | None
    days: DayTable
    immediate_days: int = 7

    @property
    def next_quarter(self) -> Period | None:
        """The quarter after the period's last day."""
        return Period.of(self.period.last_day).next() if self.period else None

    @property
    def default_day(self) -> date | None:
        """The last working day of the next quarter: what is proposed where nothing was said."""
        return self.days.on_or_before(self.next_quarter.last_day) if self.next_quarter else None

    def is_past(self, day: date | None) -> bool:
        """Whether a day lies before the report was written, as far as that is known."""
        return day is not None and self.report_day is not None and day < self.report_day


@dataclass(frozen=True)
class Reading:
    """What one expression amounts to; `loose` says that nothing in it (前、底、内) makes it a limit."""

    kind: DeadlineKind
    due: date | None = None
    why: str = ""
    start: date | None = None
    every: str | None = None
    loose: bool = False
    span: tuple[int, int] = (0, 0)


Found = re.Match[str]
Rule = Callable[[Found, Calendar], Reading | None]
NO_PERIOD = "没有写明年份，报告的期间也不清楚，日期要由您填写。"
NO_BASE = "从哪天起算没有写明，日期要由您填写。"
PASSED = "成文时这个日期已经过去，请核对。"

SPOKEN = "今明本当次"  # years that are not numbers
DIGITS = {one: value for value, one in enumerate("〇一二三四五六七八九")}
DIGITS |= {**dict.fromkeys("○零Oo0", 0), "两": 2}
THIRDS = {"上": 10, "中": 20, "下": None, "初": 5}
THIRD_STARTS = {"上": 1, "中": 11, "下": 21, "初": 1}


def number(text: str) -> int:
    """A number of at most two places as reports write it: 12, 十二, 二十, 两."""
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, ones = text.split("十")
        return 10 * DIGITS.get(tens, 1) + DIGITS.get(ones, 0)
    return int("".join(str(DIGITS[one]) for one in text))


def _ask(why: str, proposed: date | None = None) -> Reading:
    return Reading(DeadlineKind.ASK, proposed, why)


def _day_of(year: int, month: int, day: int | None) -> date | None:
    """A day of the calendar, without a number the month's last; None where there is none such."""
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    if not last or (day is not None and not 1 <= day <= last):
        return None
    return date(year, month, day or last)


def _in_year(said: str | None, month: int, day: int | None, at: Calendar) -> Reading:
    """A written year wins; else the report's year, or the next one for a day before the period began."""
    if said and said not in SPOKEN:
        found = _day_of(number(said), month, day)
    elif at.period is None:
        return _ask(NO_PERIOD)
    else:
        found = _day_of(at.period.year + (said in ("明", "次")), month, day)
        if found and not said and found < at.period.first_day:
            found = _day_of(at.period.year + 1, month, day)
    if found is None:
        return _ask("写的日子在日历上没有，请核对原文。")
    return Reading(DeadlineKind.DATE, found, PASSED if at.is_past(found) else "")


def _near(said: str, day: int | None, at: Calendar) -> Reading:
    """A day of this month or the next, counted from the day of the report."""
    if at.report_day is None:
        return _ask(NO_BASE if at.period else NO_PERIOD)
    month = Period.of(at.report_day, Kind.MONTH)
    month = month.next() if said in "下次" else month
    found = _day_of(month.year, month.number, day)
    return Reading(DeadlineKind.DATE, found) if found else _ask("写的日子在日历上没有，请核对原文。")


def _of_month(found: Found, at: Calendar, day: int | None, part: str = "") -> Reading:
    """A day, or the end, of the month that an expression names."""
    said = found.groupdict()
    if near := said.get(f"{part}near"):
        return _near(near, day, at)
    return _in_year(said.get(f"{part}year"), number(found[f"{part}month"]), day, at)


def _of_day(found: Found, at: Calendar, part: str = "") -> Reading:
    if numbers := found.groupdict().get(f"{part}iso"):
        parts = [int(one) for one in re.findall(r"\d+", numbers)]
        due = _day_of(*parts)
        return Reading(DeadlineKind.DATE, due, PASSED if at.is_past(due) else "")
    return _of_month(found, at, number(found[f"{part}day"]), part)


# --- one rule for each kind of expression ---------------------------------------------------------


def the_day(found: Found, at: Calendar) -> Reading:
    """10月15日前, 2025-11-30."""
    return replace(_of_day(found, at), loose=found["until"] is None)


def third_of_month(found: Found, at: Calendar) -> Reading:
    """10月上旬, 11月初: the tenth, the twentieth, the last day; for 初 the fifth."""
    last = THIRDS[found["third"] or found["begin"]]
    return replace(_of_month(found, at, last), loose=not found["until"])


def end_of_month(found: Found, at: Calendar) -> Reading:
    """9月底前, 本月底, 11月份内."""
    return _of_month(found, at, None)


def some_time_in_month(found: Found, at: Calendar) -> Reading:
    """A month alone (11月组织验收): its last day, unless it only tells when something was."""
    return replace(_of_month(found, at, None), loose=True)


def before_month(found: Found, at: Calendar) -> Reading:
    """“8月前”: the end of the month before, strictly read; ambiguous, so it asks."""
    read = _of_month(found, at, 1)
    if read.due is None:
        return read
    why = "“几月前”可以指上月底，也可以指当月底，先按上月底提出，请您确定。"
    return _ask(why, read.due - timedelta(days=1))


def before_year(found: Found, at: Calendar) -> Reading:
    del at
    why = "“某年前”可以指上一年底，也可以指当年底，先按上一年底提出，请您确定。"
    return _ask(why, date(number(found["year"]) - 1, 12, 31))


def month_end(found: Found, at: Calendar) -> Reading:
    """“月底前” without a month: that of the report; “月初”: the next fifth."""
    if "初" not in found[0]:
        return _near("本", None, at)
    this = _near("本", 5, at)
    return _near("下", 5, at) if at.is_past(this.due) else this


def end_of_year(found: Found, at: Calendar) -> Reading:
    """2026年底前, 年内, 全年."""
    return _in_year(found["year"], 12, None, at)


def half(found: Found, at: Calendar) -> Reading:
    """明年上半年, 下半年完成."""
    read = _in_year(found["year"], 6 if found["half"] == "上" else 12, None, at)
    return replace(read, loose=not found["until"])


def quarter(found: Found, at: Calendar) -> Reading:
    """第四季度, 2026年一季度末."""
    last_month = 3 * number(found["quarter"])
    return replace(_in_year(found["year"], last_month, None, at), loose=not found["until"])


def next_quarter(found: Found, at: Calendar) -> Reading:
    """下季度: the quarter after the one in which the period ends."""
    del found
    return Reading(DeadlineKind.DATE, at.next_quarter.last_day) if at.next_quarter else _ask(NO_PERIOD)


def this_quarter(found: Found, at: Calendar) -> Reading:
    """In a report's next steps “this quarter” is the one in which it was written; uncertain, so it asks."""
    del found
    written = at.report_day or (at.next_quarter.first_day if at.next_quarter else None)
    if written is None:
        return _ask(NO_PERIOD)
    return _ask("“本季度”按报告写成时所在的季度提出，请您确定。", Period.of(written).last_day)


def plan(found: Found, at: Calendar) -> Reading:
    """A five-year plan ends with its fifth year: the fourteenth with 2025."""
    del at
    return Reading(DeadlineKind.DATE, date(2025 + 5 * (number(found["plan"]) - 14), 12, 31))


def span_of_days(found: Found, at: Calendar) -> Reading | None:
    """From one day, third or month to another: due at its end."""
    begins = _side(found, at, "from_", first=True)
    alone = found.groupdict().get("alone")
    ends = _of_month(found, at, number(alone), "from_") if alone else _side(found, at, "to_", first=False)
    if begins.due is None or ends.due is None:
        return begins if begins.due is None else ends
    last = ends.due
    if last < begins.due:
        last = _day_of(last.year + 1, last.month, None if _is_month_end(last) else last.day) or last
    why = PASSED if at.is_past(last) else ""
    return Reading(DeadlineKind.DATE, last, why, start=begins.due, loose=not found["until"])


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _side(found: Found, at: Calendar, part: str, *, first: bool) -> Reading:
    said = found.groupdict()
    if said.get(f"{part}day") or said.get(f"{part}iso"):
        return _of_day(found, at, part)
    if third := said.get(f"{part}third"):
        return _of_month(found, at, (THIRD_STARTS if first else THIRDS)[third], part)
    return _of_month(found, at, 1 if first else None, part)


def duration(found: Found, at: Calendar) -> Reading:
    """15日内, counted from the report; 反馈后1个月内, counted from a day that a person knows."""
    if at.report_day is None or found["event"]:
        return _ask(NO_BASE)
    return _counted(found, at.report_day, at, "从成文之日起算。")


def duration_from(found: Found, at: Calendar) -> Reading:
    """自10月13日起15日内."""
    base = _of_day(found, at)
    return base if base.due is None else _counted(found, base.due, at, "从写明的日子起算。")


def _counted(found: Found, base: date, at: Calendar, why: str) -> Reading:
    count, unit = found["count"], found["unit"]
    if unit.endswith("工作日"):
        return Reading(DeadlineKind.DATE, at.days.add_workdays(base, number(count)), why)
    return Reading(DeadlineKind.DATE, at.days.on_or_after(_after(base, count, unit)), why)


def _after(base: date, count: str, unit: str) -> date:
    if unit in {"日", "天"}:
        return base + timedelta(days=number(count))
    if unit in {"周", "星期", "个星期"}:
        return base + timedelta(weeks=number(count))
    if unit.endswith("小时"):
        return base + timedelta(days=-(-number(count) // 24))
    if count == "半" and unit == "个月":
        return base + timedelta(days=15)
    months = 6 if count == "半" else number(count) * (12 if unit == "年" else 1)
    year, index = divmod(base.year * 12 + base.month - 1 + months, 12)
    last = calendar.monthrange(year, index + 1)[1]
    return date(year, index + 1, min(base.day, last))


def horizon(found: Found, at: Calendar) -> Reading:
    """中期1–2年: the upper bound, looked at every year."""
    if at.report_day is None:
        return _ask(NO_BASE)
    due = _after(at.report_day, found["count"], found["unit"])
    return Reading(DeadlineKind.DATE, at.days.on_or_after(due), "按期限的上限提出。", every="year")


def same_day(found: Found, at: Calendar) -> Reading:
    """当日."""
    del found
    return Reading(DeadlineKind.DATE, at.report_day) if at.report_day else _ask(NO_BASE)


def day_of_week(found: Found, at: Calendar) -> Reading:
    """下周五前, 周末之前: counted from the day of the report; a day that is past is that of next week."""
    if at.report_day is None:
        return _ask(NO_BASE)
    weekday = "一二三四五六日".find(found["weekday"].replace("天", "日").replace("末", "日"))
    due = at.report_day + timedelta(days=weekday - at.report_day.weekday() + 7 * (found["which"] == "下"))
    return Reading(DeadlineKind.DATE, due + timedelta(days=7) if at.is_past(due) else due)


def immediate(found: Found, at: Calendar) -> Reading:
    """立行立改: within so many days as the office has set."""
    del found
    due = at.report_day + timedelta(days=at.immediate_days) if at.report_day else None
    return Reading(DeadlineKind.IMMEDIATE, due, f"立行立改按成文后{at.immediate_days}天提出。" if due else "")


def ongoing(found: Found, at: Calendar) -> Reading:
    """长期坚持."""
    del found, at
    return Reading(DeadlineKind.ONGOING, None, "长期坚持的事项没有截止日，到期末评估。")


EVERY = {
    "周": "week",
    "星期": "week",
    "月": "month",
    "季": "quarter",
    "季度": "quarter",
    "半年": "half_year",
    "年": "year",
    "年度": "year",
}


def recurring(found: Found, at: Calendar) -> Reading:
    """每月5日前, 每季度末; 每年两次 is every half-year."""
    start = _of_month(found, at, 1).due if found.groupdict().get("month") else None
    every = "half_year" if found["twice"] and found["every"] == "年" else EVERY[found["every"]]
    return Reading(DeadlineKind.RECURRING, None, "按周期办理。", start=start, every=every)


def vague(found: Found, at: Calendar) -> Reading:
    """尽快, 限期整改: no day; the default is proposed."""
    why = f"“{found[0]}”没有说明日期，先按下季度最后一个工作日提出。"
    return Reading(DeadlineKind.VAGUE, at.default_day, why)


def no_limit(found: Found, at: Calendar) -> None:
    """When something stood so (截至…), or a rule of its own: read here, so that no other takes it."""
    del found, at


def needs_person(why: str) -> Rule:
    """The rule that proposes nothing and says why a person is asked."""

    def rule(found: Found, at: Calendar) -> Reading:
        del found, at
        return _ask(why)

    return rule


HOLIDAYS = {
    "元旦节": "元旦", "过年": "春节", "年关": "春节", "清明": "清明节", "五一": "劳动节", "五一节": "劳动节",
    "端午": "端午节", "中秋": "中秋节", "国庆": "国庆节", "十一": "国庆节",
}  # fmt: skip


def before_holiday(found: Found, at: Calendar) -> Reading:
    """The last working day before the holiday, by the day table; a year that is not in it asks."""
    if at.period is None and not found["year"]:
        return _ask(NO_PERIOD)
    first = _first_day_off(HOLIDAYS.get(found["holiday"], found["holiday"]), found["year"], at)
    if first is None:
        return _ask("那一年的放假安排还没有公布，请您按当年日历填写。")
    due = at.days.on_or_before(first - timedelta(days=1))
    return Reading(DeadlineKind.DATE, due, PASSED if at.is_past(due) else "")


def _first_day_off(holiday: str, said: str | None, at: Calendar) -> date | None:
    if said and said not in SPOKEN:
        return at.days.first_day_off(holiday, number(said))
    assert at.period is not None
    year = at.period.year + (said in ("明", "次"))
    first = at.days.first_day_off(holiday, year)
    if not said and first is not None and first < at.period.first_day:
        return at.days.first_day_off(holiday, year + 1)
    return first


def two_holidays(found: Found, at: Calendar) -> Reading:
    """元旦、春节两节期间: from New Year to the Spring Festival; which day a person says."""
    del found
    first = _first_day_off("春节", None, at) if at.period else None
    return _ask("“两节期间”没有说明哪一天，先按春节前提出，请您确定。", first and first - timedelta(days=1))
