"""Words that problems, reports and tasks share."""

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from tracker.periods import Kind, Period
from tracker.problems.models import Kinship, Problem, ProblemSource
from tracker.words import N_

LATER_STANDARD = "签收时商定"  # the acceptance standard is fixed when the lead signs for the task
GAP = (
    "＿＿"  # a number of a proposed standard that the report does not give; filled at the latest when signing
)
LONGEST_STANDARD = 500  # characters, as the columns hold them


def is_open(standard: str) -> bool:
    """Whether an acceptance standard is still to be fixed: left to the signing, or with gaps for numbers."""
    return standard == LATER_STANDARD or GAP in standard


SOURCE_WORDS = {  # where a problem came from, as the office says it
    ProblemSource.REPORT: N_("报告"),
    ProblemSource.INSPECTION: N_("检查发现"),
    ProblemSource.MEETING: N_("会议议定事项"),
    ProblemSource.INSTRUCTION: N_("上级交办"),
    ProblemSource.SELF_CHECK: N_("自查发现"),
    ProblemSource.COMPLAINT: N_("群众反映"),
    ProblemSource.BY_HAND: N_("自行登记"),
    ProblemSource.AFTER_ACTION: N_("预案复盘"),
    ProblemSource.CARRIED_OVER: N_("上期结转"),
}

KINSHIP_WORDS = {  # what a problem is to an earlier one, in a word
    Kinship.NEW: N_("新问题"),
    Kinship.CARRIED: N_("结转"),
    Kinship.RECURRING: N_("再次发生"),
    Kinship.REBOUND: N_("反弹"),
}

RUNNING_WORDS: Mapping[Kind, Callable[[int], str]] = {  # in how many periods running a problem stood
    Kind.QUARTER: lambda count: _("连续 %(count)s 季", count=count),
    Kind.HALF: lambda count: _("连续 %(count)s 个半年", count=count),
    Kind.MONTH: lambda count: _("连续 %(count)s 个月", count=count),
    Kind.YEAR: lambda count: _("连续 %(count)s 年", count=count),
}
RUNNING_IN_PAPERS: Mapping[Kind, str] = {
    Kind.QUARTER: "季",
    Kind.HALF: "个半年",
    Kind.MONTH: "个月",
    Kind.YEAR: "年",
}


def running_word(problem: Problem) -> str:
    """Return in how many periods running a problem stood (连续 3 季), '' for the first one."""
    return periods_running(problem.running, problem.period)


def periods_running(count: int, period: Period) -> str:
    """Return the same, told how many periods like this one there are."""
    return RUNNING_WORDS[period.kind](count) if count > 1 else ""


def running_in_papers(problem: Problem, *, least: int = 2) -> str:
    """Return the same as the office's papers and tables write it, in Chinese whoever reads: 连续3季."""
    unit = RUNNING_IN_PAPERS[problem.period.kind]
    return f"连续{problem.running}{unit}" if problem.running >= least else ""
