"""What came back: rebounds (反弹), what happened once more (再次发生), what stands for periods running.

A rebound is what was closed and is there again: a person said so of the problem, or the task itself stands in
its second round or a later one (domain.md 1.5). In how many periods running a problem stood is kept with it
(`problems.kinship`), so that neither a list nor a condition follows its line.
"""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, literal_column, or_, select

from tracker.periods import Period
from tracker.problems.models import Kinship, Problem
from tracker.problems.words import KINSHIP_WORDS, periods_running, running_in_papers
from tracker.tasks.models import Task

ONE: ColumnElement[int] = literal_column("1")  # as the partial indexes have it


def is_rebound(task: Task) -> bool:
    """Whether a task is there because something that was closed came back."""
    return _rebounds(task.round_no, None if task.problem is None else task.problem.kinship)


def again_tags(task: Task) -> list[tuple[str, str]]:
    """Return what a row says of earlier periods; see `tags_of`."""
    if task.problem is None:
        return tags_of(task.round_no, None, 1, task.period)
    return tags_of(task.round_no, task.problem.kinship, task.problem.running, task.problem.period)


def tags_of(round_no: int, kinship: Kinship | None, running: int, period: Period) -> list[tuple[str, str]]:
    """Return what a row says of earlier periods, as word and kind of tag: the rebound louder than the count.

    `running` counts periods like `period`. That a problem happened once more goes without saying where it is
    counted.
    """
    count = periods_running(running, period)
    recurs = not count and kinship == Kinship.RECURRING
    said = (
        (_(KINSHIP_WORDS[Kinship.REBOUND]) if _rebounds(round_no, kinship) else "", "hot"),
        (_(KINSHIP_WORDS[Kinship.RECURRING]) if recurs else "", ""),
        (count, ""),
    )
    return [(word, kind) for word, kind in said if word]


def _rebounds(round_no: int, kinship: Kinship | None) -> bool:
    return round_no > 1 or kinship == Kinship.REBOUND


def again_in_papers(task: Task, *, least: int = 2) -> str:
    """Return the remark of a table (备注) on earlier periods, in Chinese whoever reads: 反弹；连续3季.

    `least`: from how many periods running on they are counted.
    """
    problem = task.problem
    kinship = Kinship.REBOUND if is_rebound(task) else None if problem is None else problem.kinship
    said = [
        "" if kinship is None else KINSHIP_WORDS[kinship],
        "" if problem is None else running_in_papers(problem, least=least),
    ]
    return "；".join(filter(None, said))


def rebounded() -> ColumnElement[bool]:
    """Return `is_rebound` as a condition."""
    return or_(Task.round_no > ONE, _of(Problem.kinship == Kinship.REBOUND))


def recurred() -> ColumnElement[bool]:
    """Return the condition that a problem happened once more, as a problem of its own."""
    return _of(Problem.kinship == Kinship.RECURRING)


def lasting() -> ColumnElement[bool]:
    """Return the condition that a problem stood in two periods running or more (连续两期以上)."""
    return _of(Problem.running > ONE)


def came_back() -> ColumnElement[bool]:
    """Return the condition that something rebounded or happened once more."""
    return or_(Task.round_no > ONE, _of(Problem.kinship.is_not(None)))


def _of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Task.problem_id.in_(select(Problem.id).where(condition))
