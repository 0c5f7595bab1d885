"""The ladder of reminders and the five levels, as one table that both reminders and lights read.

Default: domain.md 5.3; offsets in working days from the deadline, minus before, plus after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from tracker.refusals import Refused
from tracker.words import N_
from tracker.workdays import DayTable


class Recipient(StrEnum):
    """Who a rung reaches."""

    HOLDER = "holder"  # 责任人
    DEPUTY_IN_CHARGE = "deputy_in_charge"  # 分管领导
    FIRST_RESPONSIBLE = "first_responsible"  # 第一责任人
    VERIFIER = "verifier"  # 验收岗位


@dataclass(frozen=True)
class Rung:
    """One step: on which working day, how loud, to whom, as which paper."""

    offset: int
    level: int
    to: tuple[Recipient, ...]
    paper: str
    every: int = 0  # working days after which the rung repeats; 0: once


LONGEST_PAPER = 20  # characters, as a notice keeps it
LATE = 3  # levels 3 and 4 mean overdue (domain.md 5.2); no rung up to the deadline has them

HOLDER, DEPUTY, FIRST = Recipient.HOLDER, Recipient.DEPUTY_IN_CHARGE, Recipient.FIRST_RESPONSIBLE

DEFAULT_LADDER: tuple[Rung, ...] = (
    Rung(-7, 1, (HOLDER,), N_("提示")),
    Rung(-3, 2, (HOLDER,), N_("催办提示")),
    Rung(-1, 2, (HOLDER, DEPUTY), N_("催办单")),
    Rung(0, 2, (HOLDER, DEPUTY), N_("催办单")),
    Rung(1, 3, (HOLDER, DEPUTY), N_("督查催办通知")),
    Rung(3, 4, (HOLDER, DEPUTY, FIRST), N_("督办函")),
    Rung(7, 4, (HOLDER, DEPUTY, FIRST), N_("通报")),
    Rung(12, 4, (HOLDER, DEPUTY), N_("督查催办通知"), every=5),
)


def read_ladder(stored: Any) -> tuple[Rung, ...]:
    """Return a stored ladder, sorted by offset. Raises Refused for what is no ladder or out of its bounds."""
    try:
        rungs = [_read_rung(row) for row in stored]
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Refused(
            _("提醒阶梯有误：每一级写明 offset（天数）、level（等级）、to（提醒谁）和 paper（文书名称）。"),
            field="ladder",
        ) from wrong
    if any(rung.every < 0 or len(rung.paper) > LONGEST_PAPER for rung in rungs):
        raise Refused(
            _("提醒阶梯有误：every 不小于 0，文书名称不超过 %(count)s 个字。", count=LONGEST_PAPER),
            field="ladder",
        )
    if any(not 0 <= rung.level <= 4 or abs(rung.offset) > 250 for rung in rungs):
        raise Refused(_("提醒阶梯有误：等级为 0 到 4，天数不超过前后 250 个工作日。"), field="ladder")
    if any(rung.level >= LATE and rung.offset < 1 for rung in rungs):
        raise Refused(_("提醒阶梯有误：三、四级表示逾期，只能用在时限之后（天数 1 以上）。"), field="ladder")
    return tuple(sorted(rungs, key=lambda rung: rung.offset))


def _read_rung(row: Any) -> Rung:
    to = tuple(Recipient(name) for name in row["to"])
    return Rung(int(row["offset"]), int(row["level"]), to, str(row["paper"]), int(row.get("every", 0)))


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


def distance(deadline: date, day: date, days: DayTable) -> int:
    """Return the working days from a deadline to a day, minus while it lies ahead.

    A deadline on a rest day counts as the last working day before it (domain.md 5.3), and a deadline is
    overdue from the first day after it, also when that is a rest day.
    """
    passed = days.workdays_between(days.on_or_before(deadline), day)
    return max(passed, 1) if day > deadline else passed


def level(deadline: date | None, day: date, ladder: Sequence[Rung], days: DayTable) -> int:
    """Return the level 0–4 of a running task on a day: the highest rung reached; 0 without deadline."""
    if deadline is None:
        return 0
    reached = distance(deadline, day, days)
    return max((rung.level for rung in ladder if rung.offset <= reached), default=0)
