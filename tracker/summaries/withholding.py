"""Which tasks of a summary are marked 内部 or 工作秘密: what they say is left out, what they count stays."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.problems.lineage import origin_of
from tracker.problems.models import Problem
from tracker.summaries.keeping import read_facts
from tracker.summaries.models import Summary
from tracker.tasks.models import Task

MARKED = Task.secrecy != Secrecy.OPEN


def marked_since(summary: Summary) -> Sequence[Task]:
    """Return the tasks that were marked after the roll-up, whose words the draft still holds.

    A row names one task of its problem; the words are also those of the others that the problem was split
    into, and of what was merged into it.
    """
    rows = read_facts(summary.facts).items
    told = {row.task_id for row in rows if row.task_id is not None and not row.withheld}
    of_problems = select(Task.problem_id).where(Task.id.in_(told), Task.problem_id.is_not(None))
    holds = or_(Task.id.in_(told), Task.problem_id.in_(of_problems), Task.merged_into_id.in_(told))
    return db.session.scalars(select(Task).where(holds, MARKED).order_by(Task.id)).all()


def marked_problems(problems: Iterable[Problem]) -> frozenset[int]:
    """Return which lines of problems (by their origin) belong to a marked task."""
    origins = {origin_of(problem) for problem in problems}
    return frozenset(db.session.scalars(select(Task.problem_id).where(Task.problem_id.in_(origins), MARKED)))
