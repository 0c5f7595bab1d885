"""How the office says what a standing duty asks for."""

from flask_babel import gettext as _

from tracker.duties.models import Every
from tracker.periods import Kind, Period
from tracker.words import N_

EVERY_WORDS = {
    Every.MONTH: N_("每月"),
    Every.QUARTER: N_("每季度"),
    Every.HALF_YEAR: N_("每半年"),
    Every.YEAR: N_("每年"),
}
_THIS = {Kind.MONTH: N_("本月"), Kind.QUARTER: N_("本季度"), Kind.YEAR: N_("今年")}
_HALVES = (N_("上半年"), N_("下半年"))
_ENDS = {Kind.MONTH: "月末", Kind.QUARTER: "季末", Kind.YEAR: "年末"}


def every_word(every: Every) -> str:
    """Return 每月, 每季度, 每半年, 每年."""
    return str(_(EVERY_WORDS[every]))


def span_word(period: Period) -> str:
    """Return what the present period is called: 本月, 本季度, 上半年, 今年."""
    return str(_(_HALVES[period.number - 1] if period.kind == Kind.HALF else _THIS[period.kind]))


def end_word(period: Period) -> str:
    """Return what the end of a period is called: 月末, 季末, 6月末, 年末."""
    if period.kind == Kind.HALF:
        return ("6月末", "年末")[period.number - 1]
    return _ENDS[period.kind]


def verb_for(kind_name: str) -> str:
    """Return the verb that goes with a kind of act: a meeting is held, the rest carried out."""
    if kind_name.endswith("会"):
        return "召开"
    return "完成" if kind_name.endswith("报告") else "开展"
