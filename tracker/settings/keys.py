"""The choices an office has: one typed key each, with its default and its reader."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _

from tracker.refusals import Refused
from tracker.settings.ladder import DEFAULT_LADDER, Rung, read_ladder

T = TypeVar("T")
MOST_DAYS = 250  # working days of a year
MOST_MEGABYTES = 10_000_000


@dataclass(frozen=True)
class Key(Generic[T]):
    """A choice: its name, what it means, the default, and how a stored value is read."""

    name: str
    label: str
    default: T
    read: Callable[[Any], T]


def _read_yes_or_no(stored: Any) -> bool:
    if not isinstance(stored, bool):
        raise Refused(_("只能填 true（是）或 false（否）。"))
    return stored


def _read_days(stored: Any) -> int:
    if isinstance(stored, bool) or not isinstance(stored, int) or not 1 <= stored <= MOST_DAYS:
        raise Refused(_("填 1 到 %(most)s 的整数。", most=MOST_DAYS))
    return stored


def _read_megabytes(stored: Any) -> int:
    if isinstance(stored, bool) or not isinstance(stored, int) or not 1 <= stored <= MOST_MEGABYTES:
        raise Refused(_("填 1 到 %(most)s 的整数。", most=MOST_MEGABYTES))
    return stored


LONGEST_PREFIX = 8


def _read_prefix(stored: Any) -> str:
    if not isinstance(stored, str) or not 1 <= len(stored.strip()) <= LONGEST_PREFIX:
        raise Refused(_("填 1 到 %(most)s 个字，例如“青政”。", most=LONGEST_PREFIX))
    return stored.strip()


LADDER: Key[tuple[Rung, ...]] = Key("ladder", "提醒阶梯", DEFAULT_LADDER, read_ladder)

LONG_TERM_IN_BASE: Key[bool] = Key(
    "long_term_in_base", "长期坚持计入整改完成率的基数", False, _read_yes_or_no
)

IMMEDIATE_CLOSE: Key[bool] = Key("immediate_close", "立行立改的任务由责任岗位直接销号", True, _read_yes_or_no)

PUBLICITY: Key[bool] = Key("publicity_required", "验收前要公示", False, _read_yes_or_no)

STAGNATION: Key[int] = Key("stagnation_days", "几个工作日没有新进展算停滞", 15, _read_days)

EVIDENCE_QUOTA: Key[int] = Key("evidence_quota_mb", "佐证材料最多占用（MB）", 20_480, _read_megabytes)

PAPER_PREFIX: Key[str] = Key("paper_prefix", "公文的机关代字", "", _read_prefix)

HANDOVER_DAYS: Key[int] = Key("handover_days", "离任后几个工作日内办完交接", 10, _read_days)

DEMO: Key[bool] = Key("demo", "演示数据", False, _read_yes_or_no)

CHOICES: dict[str, Key[Any]] = {
    key.name: key
    for key in (
        LADDER,
        LONG_TERM_IN_BASE,
        IMMEDIATE_CLOSE,
        PUBLICITY,
        STAGNATION,
        PAPER_PREFIX,
        HANDOVER_DAYS,
        EVIDENCE_QUOTA,
    )
}
"""What an office chooses itself; the others are set by commands of their own."""
