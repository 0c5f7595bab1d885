"""What becomes of a problem follows from its tasks: those it has, and those its tasks were merged into."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.extensions import db
from tracker.problems.models import Problem, ProblemOutcome
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, TaskState


def settle_problems(task: Task, day: date) -> None:
    """Set the outcome of a task's problem, and of the problems whose tasks were merged into it.

    Called by every verb that closes, reopens, cancels or changes the kind of remedy, in its transaction.
    Each problem is held from before its tasks are read, so that of two of them closed at once the second
    sees the first.
    """
    db.session.flush()
    for problem in sorted(set(_problems_of(task)), key=lambda problem: problem.id):
        db.session.refresh(problem, with_for_update={"of": Problem, "key_share": True})
        outcome = outcome_by([answering(one) for one in tasks_of(problem)])
        if outcome != problem.outcome:
            problem.outcome = outcome
            problem.outcome_on = day if outcome in (ProblemOutcome.CLOSED, ProblemOutcome.WITHDRAWN) else None


def outcome_by(tasks: Sequence[Task]) -> ProblemOutcome:
    """Return the outcome that the tasks of one problem amount to: closed when every one is."""
    counted = [task for task in tasks if task.state != TaskState.CANCELLED]
    if not counted:
        return ProblemOutcome.WITHDRAWN if tasks else ProblemOutcome.OPEN
    running = [task for task in counted if task.state != TaskState.CLOSED]
    if not running:
        return ProblemOutcome.CLOSED
    if all(task.remedy == Remedy.LONG_TERM for task in running):
        return ProblemOutcome.LONG_TERM
    return ProblemOutcome.OPEN


def tasks_of(problem: Problem) -> Sequence[Task]:
    """Return every task of a problem, split ones included, each with what it was merged into, read anew."""
    query = select(Task).where(Task.problem_id == problem.id).options(selectinload(Task.merged_into))
    return db.session.scalars(query.order_by(Task.id).execution_options(populate_existing=True)).all()


def _problems_of(task: Task) -> Iterator[Problem]:
    if task.problem is not None:
        yield task.problem
    for merged in db.session.scalars(select(Task).where(Task.merged_into_id == task.id).order_by(Task.id)):
        yield from _problems_of(merged)


def answering(task: Task) -> Task:
    """Return the task that answers for what one was to do: itself, or the one it was merged into (并案)."""
    while task.merged_into is not None:
        task = task.merged_into
    return task
