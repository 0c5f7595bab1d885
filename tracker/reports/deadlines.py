"""When a measure is due, from the words it is said in. What needs a year or a day not known asks.

“…前” and “…底前” include the day. A fixed date does not move for a holiday; a duration that ends on one
ends on the next working day. The start day of a duration is not counted.
"""
# long: one table of time expressions and the short rule behind each; apart they would be read side by side

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
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
class Deadline:
    """What was said about time, and the date proposed from it; null where a person has to say it."""

    text: str
    kind: DeadlineKind
    due: date | None
    why: str
    source: str = "text"
    start: date | None = None
    milestones: tuple[date, ...] = ()
    then_ongoing: bool = False
    every: str | None = None
    soft: bool = False
    provisional: bool = False

    def as_json(self) -> dict[str, object]:
        """The DEADLINE object of the contract."""
        return {
            "text": self.text,
            "kind": str(self.kind),
            "date": self.due.isoformat() if self.due else None,
            "start": self.start.isoformat() if self.start else None,
            "milestones": [day.isoformat() for day in self.milestones],
            "then_ongoing": self.then_ongoing,
            "every": self.every,
            "soft": self.soft,
            "provisional": self.provisional,
            "source": self.source,
            "why": self.why,
        }


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


@dataclass(frozen=True)
class Reading:
    """What one rule makes of one expression: a date, or the reason why a person is asked."""

    kind: DeadlineKind
    due: date | None = None
    why: str = ""
    start: date | None = None
    every: str | None = None
    span: tuple[int, int] = field(default=(0, 0))


Groups = re.Match[str]
CN_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
    "两": 2,
    "半": 0,
}
NUM = r"(?:\d{1,3}|十[一二]|[一二三四五六七八九十两])"
MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]|[一二三四五六七八九十])月份?"
YEAR = r"(?:(?P<year>20\d\d|今|明|本|当)\s*年\s*)?"
NO_PERIOD = "没有写明年份，报告的期间也不清楚，日期要由您填写。"
NO_BASE = "从哪天起算没有写明，日期要由您填写。"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else CN_NUMBERS[text]


def _ask(why: str, proposed: date | None = None) -> Reading:
    return Reading(DeadlineKind.ASK, proposed, why)


def _day(year: int, month: int, day: int | None) -> date | None:
    last = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
    if not last or (day is not None and not 1 <= day <= last):
        return None
    return date(year, month, day or last)


def _in_year(found: Groups, at: Calendar, month: int, day: int | None) -> Reading:
    """A written year wins; else the report's year, or the next one for a day before the period began."""
    said = found.groupdict().get("year")
    if at.period is None and not (said and said.isdigit()):
        return _ask(NO_PERIOD)
    if said and said.isdigit():
        year = int(said)
    else:
        assert at.period is not None
        year = at.period.year + (said == "明")
    due = _day(year, month, day)
    if due is None:
        return _ask("写的日子在日历上没有，请核对原文。")
    if not said and at.period is not None and due < at.period.first_day:
        due = _day(year + 1, month, day)
    return Reading(DeadlineKind.DATE, due, _passed(due, at))


def _passed(due: date | None, at: Calendar) -> str:
    written = at.report_day
    return "成文时这个日期已经过去，请核对。" if due and written and due < written else ""


def _month_day(found: Groups, at: Calendar) -> Reading:
    return _in_year(found, at, _number(found["month"]), int(found["day"]))


def _month_end(found: Groups, at: Calendar) -> Reading:
    return _in_year(found, at, _number(found["month"]), None)


def _third_of_month(found: Groups, at: Calendar) -> Reading:
    day = {"上": 10, "中": 20, "初": 5}.get(found["third"])
    return _in_year(found, at, _number(found["month"]), day)


def _before_month(found: Groups, at: Calendar) -> Reading:
    """“8月前”: the end of the month before, strictly read; ambiguous, so it asks."""
    month = _number(found["month"])
    read = _in_year(found, at, month, 1)
    if read.due is None:
        return read
    return _ask(
        "“几月前”可以指上月底，也可以指当月底，先按上月底提出，请您确定。", read.due - timedelta(days=1)
    )


def _before_year(found: Groups, at: Calendar) -> Reading:
    del at
    due = date(int(found["year"]) - 1, 12, 31)
    return _ask("“某年前”可以指上一年底，也可以指当年底，先按上一年底提出，请您确定。", due)


def _of_year(month: int) -> Callable[[Groups, Calendar], Reading]:
    def rule(found: Groups, at: Calendar) -> Reading:
        return _in_year(found, at, month, None)

    return rule


def _half(found: Groups, at: Calendar) -> Reading:
    return _in_year(found, at, 6 if found["half"] == "上" else 12, None)


def _quarter(found: Groups, at: Calendar) -> Reading:
    return _in_year(found, at, 3 * _number(found["quarter"]), None)


def _this_month(found: Groups, at: Calendar) -> Reading:
    if at.report_day is None:
        return _ask(NO_BASE if at.period else NO_PERIOD)
    month = Period.of(at.report_day, Kind.MONTH)
    return Reading(DeadlineKind.DATE, (month.next() if found[0].startswith("下") else month).last_day)


def _next_quarter(found: Groups, at: Calendar) -> Reading:
    del found
    return Reading(DeadlineKind.DATE, at.next_quarter.last_day) if at.next_quarter else _ask(NO_PERIOD)


def _this_quarter(found: Groups, at: Calendar) -> Reading:
    """In a report's next steps “this quarter” is the one in which it was written; uncertain, so it asks."""
    del found
    day = at.report_day or (at.next_quarter.first_day if at.next_quarter else None)
    if day is None:
        return _ask(NO_PERIOD)
    return _ask("“本季度”按报告写成时所在的季度提出，请您确定。", Period.of(day).last_day)


def _range(found: Groups, at: Calendar) -> Reading:
    first = _in_year(found, at, _number(found["from"]), 1)
    last = _day(first.due.year, _number(found["month"]), None) if first.due else None
    if first.due is None or last is None:
        return _ask(NO_PERIOD)
    if last < first.due:
        last = _day(first.due.year + 1, last.month, None)
    return Reading(DeadlineKind.DATE, last, start=first.due)


def _duration(found: Groups, at: Calendar) -> Reading:
    if at.report_day is None or found["event"]:
        return _ask(NO_BASE)
    count, unit = found["count"], found["unit"]
    if unit == "个工作日":
        return Reading(DeadlineKind.DATE, at.days.add_workdays(at.report_day, _number(count)))
    due = _after(at.report_day, count, unit)
    return Reading(DeadlineKind.DATE, at.days.on_or_after(due), "从成文之日起算。")


def _after(base: date, count: str, unit: str) -> date:
    if unit in {"日", "天"}:
        return base + timedelta(days=_number(count))
    if unit in {"周", "个星期"}:
        return base + timedelta(weeks=_number(count))
    if unit == "小时":
        return base + timedelta(days=-(-_number(count) // 24))
    months = 6 if count == "半" else _number(count) * (12 if unit == "年" else 1)
    month = base.year * 12 + base.month - 1 + months
    year, index = divmod(month, 12)
    return date(year, index + 1, min(base.day, calendar.monthrange(year, index + 1)[1]))


def _same_day(found: Groups, at: Calendar) -> Reading:
    del found
    return Reading(DeadlineKind.DATE, at.report_day) if at.report_day else _ask(NO_BASE)


def _immediate(found: Groups, at: Calendar) -> Reading:
    del found
    due = at.report_day + timedelta(days=at.immediate_days) if at.report_day else None
    return Reading(DeadlineKind.IMMEDIATE, due, f"立行立改按成文后{at.immediate_days}天提出。" if due else "")


def _ongoing(found: Groups, at: Calendar) -> Reading:
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
}


def _recurring(found: Groups, at: Calendar) -> Reading:
    del at
    return Reading(DeadlineKind.RECURRING, None, "按周期办理。", every=EVERY[found["every"]])


def _vague(found: Groups, at: Calendar) -> Reading:
    due, _ = _default_day(at)
    return Reading(DeadlineKind.VAGUE, due, f"“{found[0]}”没有说明日期，先按下季度最后一个工作日提出。")


def _not_a_deadline(found: Groups, at: Calendar) -> None:
    """A status date (截至…): read so that no later rule takes it for a deadline."""
    del found, at


def _needs_person(why: str) -> Callable[[Groups, Calendar], Reading]:
    def rule(found: Groups, at: Calendar) -> Reading:
        del found, at
        return _ask(why)

    return rule


def _end_of_plan(found: Groups, at: Calendar) -> Reading:
    """The fourteenth five-year plan ends with 2025."""
    del found, at
    return Reading(DeadlineKind.DATE, date(2025, 12, 31))


HOLIDAYS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1), "国庆节": (10, 1)}


def _before_holiday(found: Groups, at: Calendar) -> Reading:
    """The last working day before the holiday; before the lunar ones a person says it."""
    if found["holiday"] not in HOLIDAYS:
        return _ask("农历节日每年不同，请您按当年日历填写。")
    month, day = HOLIDAYS[found["holiday"]]
    read = _in_year(found, at, month, day)
    return read if read.due is None else replace(read, due=at.days.on_or_before(read.due - timedelta(days=1)))


EVENTS = "汛期|主汛期|入冬|供暖季|换届|任期|年终考核|春耕|秋收|农忙|开学"
DONE = r"(?:之)?(?:前|以前|内|底前|底)"
# Longest and most certain first; an expression found by an earlier rule is not looked at again.
RULES: tuple[tuple[str, Callable[[Groups, Calendar], Reading | None]], ...] = (
    (r"截(?:至|止)到?\s*(?:目前|今|20\d\d年[\d年月日底]*|\d{1,2}月[\d日底]*)", _not_a_deadline),
    (r"[xX×*]{1,2}月(?:[xX×*]{1,2}日|底)前?", _needs_person("日期处是占位符，请您填写。")),
    (rf"{YEAR}(?P<from>\d{{1,2}})月份?\s*(?:[—–\-~至到]+)\s*{MONTH}(?!\s*\d+\s*日)底?前?", _range),
    (rf"{YEAR}{MONTH}\s*(?P<day>\d{{1,2}})\s*[日号](?:之?前|以前)?", _month_day),
    (rf"{YEAR}{MONTH}\s*(?P<third>[上中下])旬前?", _third_of_month),
    (rf"{YEAR}{MONTH}(?P<third>初)前?", _third_of_month),
    (rf"{YEAR}{MONTH}\s*(?:底|末|低)(?:之?前)?", _month_end),
    (rf"{YEAR}{MONTH}(?:之?前)(?!期)", _before_month),
    (r"(?P<year>20\d\d)年前(?!期)", _before_year),
    (r"(?:每个?|按)(?P<every>季度|星期|半年|周|月|季|年)"
     r"(?:度?末|底|初|[一二三四五六日天](?:前|下午|上午)?|\d{1,2}[日号]前?)?", _recurring),
    (r"(?P<holiday>元旦|五一|劳动节|国庆节?|中秋节?|春节|端午节?|清明节?)(?:节?之?前)", _before_holiday),
    (r"“十四五”末", _end_of_plan),
    (r"(?P<year>20\d\d|今|明|本|当)年(?P<half>[上下])半年", _half),
    (rf"{YEAR}(?P<half>[上下])半年(?=.{{0,2}}(?:完成|前|内|底))", _half),
    (r"下一?(?:个)?季度(?:末|底|内)?", _next_quarter),
    (r"本季度(?:内|末|底)", _this_quarter),
    (rf"{YEAR}第?(?P<quarter>[一二三四1-4])季度(?:末|底|内|前)?", _quarter),
    (r"(?:本月|下(?:个)?月|(?<![\d一二三四五六七八九十])月)底前?|本月内|下(?:个)?月内", _this_month),
    (r"(?P<year>20\d\d|今|明|本|当)年(?:年?底|末|内)(?:之?前)?|(?:20\d\d)年内", _of_year(12)),
    (r"年底(?:之?前)?|年末|(?<![半一二两三\d])年内|年度内|全年(?=.{0,4}完成)", _of_year(12)),
    (rf"(?P<event>(?:反馈|会后|接到|收到|发现|通知|届满)[^，。；]{{0,6}})?(?:限期|\d{{1,2}}[—–\-])?"
     rf"(?P<count>{NUM}|半)(?P<unit>个工作日|日|天|周|个星期|个月|年|小时)(?:之?内|集中整改|整改)",
     _duration),
    (rf"(?P<event>)限期(?P<count>{NUM})(?P<unit>个工作日|日|天|周|个月|年)", _duration),
    (r"当日|当天", _same_day),
    (r"立行立改|立即整改|立查立改|立改立行|即[知查]即改|马上改|边[审查]边改|第一时间",
     _immediate),
    (r"长期坚持|持续推进|持续整改|常态化(?:开展|推进|坚持)|常态长效|长期推进", _ongoing),
    (r"按(?:照)?(?:序时进度|时间节点)", _needs_person("时间节点在别的文件里，请您填写。")),
    (r"整改方案明确的时限", _needs_person("时限在整改方案里，请您填写。")),
    (rf"(?:{EVENTS})(?:之?前|后|内)|民主生活会后|会后", _needs_person("要看这件事定在哪天，请您填写。")),
    (r"限期(?:整改|办结|完成)", _needs_person("要求限期，但没有写明日期，请您填写。")),
    (r"适时|尽快|抓紧(?=.{0,6}(?:完成|整改|落实))|及早|尽早", _vague),
)  # fmt: skip
COMPILED = tuple((re.compile(pattern), rule) for pattern, rule in RULES)
SOFT = re.compile(r"(?:争取|力争|预计|计划|原则上)[^，。；]{0,4}$")
RANK = {DeadlineKind.DATE: 0, DeadlineKind.IMMEDIATE: 1, DeadlineKind.ASK: 2, DeadlineKind.RECURRING: 3,
        DeadlineKind.ONGOING: 4, DeadlineKind.VAGUE: 5}  # fmt: skip


def deadline(text: str, at: Calendar) -> Deadline | None:
    """What a normalised passage says about time, or None. Of several dates the last is due."""
    read = _readings(text, at)
    if not read:
        return None
    best = min(read, key=lambda r: (RANK[r.kind], -r.due.toordinal() if r.due else 0, r.span))
    dates = sorted({r.due for r in read if r.kind is DeadlineKind.DATE and r.due and r.due != best.due})
    words = text[slice(*best.span)]
    ongoing = any(r.kind is DeadlineKind.ONGOING for r in read)
    return Deadline(
        text=words,
        kind=best.kind,
        due=best.due,
        why=best.why or f"原文写明“{words}”。",
        start=best.start,
        milestones=tuple(dates) if best.kind is DeadlineKind.DATE else (),
        then_ongoing=ongoing and best.kind in {DeadlineKind.DATE, DeadlineKind.IMMEDIATE},
        every=best.every,
        soft=SOFT.search(text[: best.span[0]]) is not None,
        provisional=best.due is not None and at.days.is_provisional(best.due),
    )  # fmt: skip


def _readings(text: str, at: Calendar) -> list[Reading]:
    read: list[Reading] = []
    left = text
    for pattern, rule in COMPILED:
        for found in pattern.finditer(left):
            if (reading := rule(found, at)) is not None:
                read.append(replace(reading, span=found.span()))
        left = pattern.sub(lambda found: "\0" * len(found[0]), left)
    return read


def _default_day(at: Calendar) -> tuple[date | None, bool]:
    if at.next_quarter is None:
        return None, False
    due = at.days.on_or_before(at.next_quarter.last_day)
    return due, at.days.is_provisional(due)


def default_deadline(at: Calendar) -> Deadline:
    """Nothing was said: the last working day of the next quarter; with no known period a person is asked."""
    due, provisional = _default_day(at)
    if due is None:
        return Deadline(
            "", DeadlineKind.ASK, None, "原文没有写时限，报告的期间也不清楚，请您填写。", source="default"
        )
    why = "原文没有写时限，先按下季度最后一个工作日提出。"
    return Deadline("", DeadlineKind.DATE, due, why, source="default", provisional=provisional)


def deadline_of(own: str, linked: Iterable[Deadline | None], at: Calendar) -> Deadline:
    """What is proposed for a problem: its own words on time; else those of a measure; else the default.

    A rhythm in a linked measure (每周汇总) is how that measure is done, not when the problem is to be solved.
    """
    said = deadline(own, at)
    if said:
        return said
    for due in linked:
        if due and due.source == "text" and due.kind in {DeadlineKind.DATE, DeadlineKind.IMMEDIATE}:
            return replace(due, why=f"对应的措施写明“{due.text}”。")
    return default_deadline(at)
