"""When a measure is due, from the words it is said in: the DEADLINE object of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tracker.reports.reading.time_phrases import readings
from tracker.reports.reading.time_rules import Calendar, DeadlineKind, Reading


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


SOFT = re.compile(r"(?:争取|力争|预计|计划|原则上|拟)[^，。；]{0,4}$")
# 原计划9月底前完成 says that it was not done.
PROMISE = re.compile(
    r"(?<![原按照])(?:预计|争取|力争|确保|计划|拟)[^，。；\n]{2,20}?"
    r"(?:完成|建成|竣工|到位|解决|整改|投用|投入使用|交付|修复|更换|验收|销号|办结)[^，。；\n]{0,6}"
)
RANK = {
    DeadlineKind.DATE: 0,
    DeadlineKind.IMMEDIATE: 1,
    DeadlineKind.ASK: 2,
    DeadlineKind.RECURRING: 3,
    DeadlineKind.ONGOING: 4,
    DeadlineKind.VAGUE: 5,
}


def deadline(text: str, at: Calendar) -> Deadline | None:
    """What a normalised passage says about time, or None. Of several dates the last is due."""
    read = [one for one in readings(text, at) if not _only_tells(one, text, at)]
    if not read:
        return None
    best = min(read, key=_rank)
    dates = {one.due for one in read if one.kind is DeadlineKind.DATE and one.due}
    earlier = tuple(sorted(day for day in dates if best.due and day < best.due))
    words = text[slice(*best.span)]
    ongoing = any(one.kind is DeadlineKind.ONGOING for one in read)
    return Deadline(
        text=words,
        kind=best.kind,
        due=best.due,
        why=best.why or f"原文写明“{words}”。",
        start=best.start,
        milestones=earlier if best.kind is DeadlineKind.DATE else (),
        then_ongoing=ongoing and best.kind in {DeadlineKind.DATE, DeadlineKind.IMMEDIATE},
        every=best.every,
        soft=SOFT.search(text[: best.span[0]]) is not None,
        provisional=best.due is not None and at.days.is_provisional(best.due),
    )


def _rank(read: Reading) -> tuple[int, bool, int, tuple[int, int]]:
    """The surest kind first; of days those that are limits (前、底、内), of these the last."""
    return RANK[read.kind], read.loose, -read.due.toordinal() if read.due else 0, read.span


def _only_tells(read: Reading, text: str, at: Calendar) -> bool:
    """Whether a day says when something was done: it is past, and nothing (前、底、内) makes it a limit.

    In a cell that holds nothing else it is a limit all the same.
    """
    whole = text[slice(*read.span)] == text.strip(" 。；，\n")
    known = at.report_day or (at.period.last_day if at.period else None)
    return read.loose and not whole and read.due is not None and known is not None and read.due <= known


def promised(statement: str, at: Calendar) -> Deadline | None:
    """A day still to come by which the words of a problem themselves say that it will be done."""
    known = at.report_day or (at.period.last_day if at.period else None)
    for clause in PROMISE.finditer(statement):
        said = deadline(clause[0], at)
        if said and said.kind is DeadlineKind.DATE and said.due and (known is None or said.due > known):
            return replace(said, why=f"写问题时说到“{clause[0]}”。")
    return None


def default_deadline(at: Calendar) -> Deadline:
    """Nothing was said: the last working day of the next quarter; with no known period a person is asked."""
    due = at.default_day
    if due is None:
        return Deadline(
            "", DeadlineKind.ASK, None, "原文没有写时限，报告的期间也不清楚，请您填写。", source="default"
        )
    why = "原文没有写时限，先按下季度最后一个工作日提出。"
    return Deadline(
        "", DeadlineKind.DATE, due, why, source="default", provisional=at.days.is_provisional(due)
    )


def deadline_of(
    own: str,
    linked: Iterable[Deadline | None],
    at: Calendar,
    for_all: Iterable[Deadline] = (),
    expected: Deadline | None = None,
) -> Deadline:
    """What is proposed for a problem: its own words on time; else those of a measure; else the default.

    `for_all`: what measures for all problems alike say; `expected`: what is promised where the problem is
    told. A rhythm in a measure (每周汇总) is how that measure
    is done, not when the problem is to be solved; a day that a person has to know (开学前) counts last.
    """
    said = deadline(own, at) or expected
    if said:
        return said
    answering = [due for due in linked if due and due.source == "text"]
    for found, kinds, why in (
        (answering, {DeadlineKind.DATE, DeadlineKind.IMMEDIATE}, "对应的措施写明“{}”。"),
        (for_all, {DeadlineKind.DATE, DeadlineKind.IMMEDIATE}, "对全部问题的要求写明“{}”。"),
        (answering, {DeadlineKind.ASK}, "对应的措施写明“{}”，日期请您填写。"),
    ):
        for due in found:
            if due.kind in kinds:
                return replace(due, why=why.format(due.text))
    return default_deadline(at)
