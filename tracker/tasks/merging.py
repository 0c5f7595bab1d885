"""Which task could take another one over (并案), and finding it by the number on its papers."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.periods import Period
from tracker.tasks.access import visible_to
from tracker.tasks.models import Task
from tracker.tasks.states import OPEN_STATES, TaskState

MOST_OFFERED = 50
TAKES_OVER = OPEN_STATES | {TaskState.REGISTERED}
NUMBER = re.compile(
    r"(?:ZG-)?(?:(?P<unit>[A-Za-z0-9]+)-)?(?P<period>\d{4}Q\d)-(?P<number>\d{1,9})", re.IGNORECASE
)


def task_of_number(written: str, office: Unit, actor: Actor) -> Task | None:
    """Return the task of an office that a number names, short or with the unit's code, or None.

    What an actor may not see is not found.
    """
    found = NUMBER.fullmatch(written.strip())
    if found is None or (found["unit"] and found["unit"].upper() != office.code.upper()):
        return None
    try:
        period = Period.parse(found["period"].upper())
    except ValueError:
        return None
    named = (Task.unit_id == office.id, Task.period == period, Task.number == int(found["number"]))
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
