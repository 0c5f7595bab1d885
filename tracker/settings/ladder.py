"""The ladder of reminders and the five levels, as one table that both reminders and lights read.

Default: domain.md 5.3; offsets in working days from the deadline, minus before, plus after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tracker.refusals import Refused
from tracker.workdays import DayTable


class Recipient(StrEnum):
    """Who a rung reaches."""

    HOLDER = "holder"  # 责任人
    DEPUTY_IN_CHARGE = "deputy_in_charge"  # 分管领导
    FIRST_RESPONSIBLE = "first_responsible"  # 第一责任人


@dataclass(frozen=True)
class Rung:
    """One step: on which working day, how loud, to whom, as which paper."""

    offset: int
    level: int
    to: tuple[Recipient, ...]
    paper: str
    every: int = 0  # working days after which the rung repeats; 0: once


HOLDER, DEPUTY, FIRST = Recipient.HOLDER, Recipient.DEPUTY_IN_CHARGE, Recipient.FIRST_RESPONSIBLE

DEFAULT_LADDER: tuple[Rung, ...] = (
    Rung(-7, 1, (HOLDER,), "提示"),
    Rung(-3, 2, (HOLDER,), "催办提示"),
    Rung(-1, 2, (HOLDER, DEPUTY), "催办单"),
    Rung(0, 2, (HOLDER, DEPUTY), "催办单"),
    Rung(1, 3, (HOLDER, DEPUTY), "督查催办通知"),
    Rung(3, 4, (HOLDER, DEPUTY, FIRST), "督办函"),
    Rung(7, 4, (HOLDER, DEPUTY, FIRST), "通报"),
    Rung(12, 4, (HOLDER, DEPUTY), "督查催办通知", every=5),
)


def read_ladder(stored: Any) -> tuple[Rung, ...]:
    """Return a stored ladder, sorted by offset. Raises Refused when a rung is out of its bounds."""
    rungs = [
        Rung(
            int(row["offset"]),
            int(row["level"]),
            tuple(Recipient(name) for name in row["to"]),
            str(row["paper"]),
            int(row.get("every", 0)),
        )
        for row in stored
    ]
    if any(not 0 <= rung.level <= 4 or abs(rung.offset) > 250 for rung in rungs):
        raise Refused("提醒阶梯有误：等级为 0 到 4，天数不超过前后 250 个工作日。", field="ladder")
    return tuple(sorted(rungs, key=lambda rung: rung.offset))


def write_ladder(ladder: Sequence[Rung]) -> list[dict[str, Any]]:
    """Return a ladder as it is stored."""
    return [
        {
            "offset": r.offset,
            "level": r.level,
            "to": [to.value for to in r.to],
            "paper": r.paper,
            "every": r.every,
        }
        for r in ladder
    ]


def level(deadline: date | None, day: date, ladder: Sequence[Rung], days: DayTable) -> int:
    """Return the level 0–4 of a running task on a day: that of the last rung reached; 0 without deadline.

    A deadline on a rest day counts as the last working day before it.
    """
    if deadline is None:
        return 0
    distance = days.workdays_between(days.on_or_before(deadline), day)
    if day > deadline and distance < 1:
        distance = 1  # overdue from the first day after, also when that is a rest day
    return max((rung.level for rung in ladder if rung.offset <= distance), default=0)
