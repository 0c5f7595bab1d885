"""Which task could take another one over (并案), and finding it by the number on its papers."""

from collections.abc import Sequence

from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.tasks.access import visible_to
from tracker.tasks.case_numbers import read_number
from tracker.tasks.models import Task
from tracker.tasks.states import OPEN_STATES, TaskState

MOST_OFFERED = 50
TAKES_OVER = OPEN_STATES | {TaskState.REGISTERED}


def task_of_number(written: str, office: Unit, actor: Actor) -> Task | None:
    """Return the task of an office that a number names, short or with the unit's code, or None.

    What an actor may not see is not found.
    """
    found = read_number(written, office.code)
    if found is None or found[0] != office.code.upper():
        return None
    _code, period, number = found
    named = (Task.unit_id == office.id, Task.period == period, Task.number == number)
    return db.session.scalar(select(Task).where(*named, visible_to(actor)))


def mergeable(task: Task, actor: Actor) -> Sequence[Task]:
    """Return the tasks that could take a task over, those of its own domain and the youngest first."""
    return db.session.scalars(
        select(Task)
        .where(
            Task.unit_id == task.unit_id, Task.id != task.id, Task.state.in_(TAKES_OVER), visible_to(actor)
        )
        .order_by(Task.domain_id != task.domain_id, Task.id.desc())
        .limit(MOST_OFFERED)
    ).all()
