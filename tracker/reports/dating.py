"""The deadline proposed for a passage, and which clock it runs on, from what the reader made of its words."""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.periods import Period
from tracker.reports.models import Clock
from tracker.reports.reading.characters import normalised
from tracker.reports.reading.deadlines import Deadline, deadline, deadline_of
from tracker.reports.reading.time_rules import Calendar, DeadlineKind
from tracker.workdays import DayTable

CLOCKS = {
    DeadlineKind.IMMEDIATE: Clock.IMMEDIATE,
    DeadlineKind.ONGOING: Clock.LONG_TERM,
    DeadlineKind.RECURRING: Clock.LONG_TERM,
}
LONG_TERM_WHY = "长期坚持，没有截止日；下次评估先按下季度最后一个工作日提出。"
A_MONTH = timedelta(days=30)  # the least that a default leaves for the work
PASSED_WHY = "按报告推算的日期已过，改按至少一个月后的季度最后一个工作日提出。"
PROVISIONAL_WHY = "那一年的放假安排还没有公布，日期可能调整。"


@dataclass(frozen=True)
class Due:
    """A proposed day (of the deadline, or of the review where the clock is long-term), and why."""

    day: date | None
    why: str
    clock: Clock


def due(found: Deadline, period: Period | None, today: date, days: DayTable) -> Due:
    """Return what to propose for a deadline that was read. A past default moves on, a written day stays."""
    kind = CLOCKS.get(found.kind, Clock.TIME_LIMITED)
    if kind == Clock.LONG_TERM:
        return Due(_after(period, today, days), f"{found.why}{LONG_TERM_WHY}", kind)
    if found.due is None:
        return Due(None, found.why, kind)
    if found.due < today and (found.source == "default" or found.kind == DeadlineKind.VAGUE):
        return Due(_last_workday(Period.of(today + A_MONTH), days), PASSED_WHY, kind)
    why = found.why + (PROVISIONAL_WHY if found.provisional else "")
    return Due(found.due, f"{why}这个日期已过，请改为今天以后。" if found.due < today else why, kind)


def read_again(own: str, linked: list[str], at: Calendar) -> Deadline:
    """Return the deadline for words as the clerk left them: a passage's own, and those linked with it."""
    return deadline_of(normalised(own), [deadline(normalised(words), at) for words in linked], at)


def _after(period: Period | None, today: date, days: DayTable) -> date:
    """The last working day of the quarter after the report's, or of one a month off where that is past."""
    known = Period.of(today if period is None else period.last_day)
    day = _last_workday(known.next(), days)
    return day if day >= today else _last_workday(Period.of(today + A_MONTH), days)


def _last_workday(period: Period, days: DayTable) -> date:
    return days.on_or_before(period.last_day)
