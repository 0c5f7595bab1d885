"""What a township hands to the county where no network joins them: its given-out tasks as one file."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.database import BATCH
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.tasks.models import Task
from tracker.tasks.states import NOT_YET_GIVEN

FORMAT = "tracker-exchange-1"


def outgoing(unit: Unit) -> dict[str, Any]:
    """Return a unit's given-out tasks with a digest over them; drafts stay at home. Leaves a trail row.

    Of a marked task the office above gets what it counts by, and no words.
    """
    tasks = list(_tasks(unit))
    record("exchange.out", f"unit:{unit.id}", tasks=len(tasks))
    return {
        "format": FORMAT,
        "unit": unit.code,
        "as_of": clock.now().isoformat(),
        "tasks": tasks,
        "sha256": digest(tasks),
    }


def digest(tasks: list[dict[str, Any]]) -> str:
    """Return the digest that tells whether a file was changed on its way."""
    return hashlib.sha256(json.dumps(tasks, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _tasks(unit: Unit) -> Iterator[dict[str, Any]]:
    query = select(Task).where(Task.unit_id == unit.id, Task.state.not_in(NOT_YET_GIVEN)).order_by(Task.id)
    for task in db.session.scalars(query.execution_options(yield_per=BATCH)):
        is_open = task.secrecy == Secrecy.OPEN
        yield {
            "uuid": task.uuid,
            "case_no": task.case_no,
            "secrecy": task.secrecy.value,
            "title": task.title if is_open else "",
            "measure": task.measure if is_open else "",
            "state": task.state.value,
            "domain": task.domain.code,
            "post": None if task.lead_post is None else task.lead_post.title,
            "first_deadline": _iso(task.first_deadline),
            "deadline": _iso(task.deadline),
            "closed_on": _iso(task.closed_on),
        }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
