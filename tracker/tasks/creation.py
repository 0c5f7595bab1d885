"""How a task comes to be."""

import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, DutyDomain, Post, Unit
from tracker.periods import Period
from tracker.problems.models import Problem
from tracker.refusals import NotAllowed
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, TaskState


@dataclass(frozen=True)
class Passage:
    """Where in which report a text stands."""

    report_id: int
    start: int | None
    end: int | None


def create(
    unit: Unit,
    period: Period,
    *,
    by: Actor,
    title: str,
    domain: DutyDomain,
    problem: Problem | None = None,
    passage: Passage | None = None,
    measure: str = "",
    standard: str = "",
    lead_post: Post | None = None,
    duty: Duty | None = None,
    deadline: date | None = None,
    remedy: Remedy = Remedy.TIME_LIMITED,
) -> Task:
    """Create a task as a draft (拟办); `lifecycle.register` and `assign` take it on from there.

    Raises NotAllowed unless the actor is a clerk of the unit.
    """
    if not by.is_clerk_of(unit.id):
        raise NotAllowed(_("只有本单位的经办人员可以立项。"))
    return create_for(
        unit,
        period,
        title=title,
        domain=domain,
        problem=problem,
        passage=passage,
        measure=measure,
        standard=standard,
        lead_post=lead_post,
        duty=duty,
        deadline=deadline,
        remedy=remedy,
    )


def create_for(
    unit: Unit,
    period: Period,
    *,
    title: str,
    domain: DutyDomain,
    problem: Problem | None = None,
    passage: Passage | None = None,
    measure: str = "",
    standard: str = "",
    lead_post: Post | None = None,
    duty: Duty | None = None,
    deadline: date | None = None,
    remedy: Remedy = Remedy.TIME_LIMITED,
) -> Task:
    """Create a task as a draft; whoever calls has checked who may."""
    task = Task(
        uuid=str(uuid.uuid4()),
        unit=unit,
        period=period,
        number=_next_number(unit, period),
        problem=problem,
        report_id=None if passage is None else passage.report_id,
        start=None if passage is None else passage.start,
        end=None if passage is None else passage.end,
        title=title,
        measure=measure,
        standard=standard,
        remedy=remedy,
        state=TaskState.DRAFT,
        domain=domain,
        lead_post=lead_post,
        duty=duty,
        deadline=deadline,
        changed_at=clock.now(),
    )
    db.session.add(task)
    db.session.flush()
    if problem is not None and not problem.case_no:
        problem.case_no = task.short_no
        db.session.flush()
    record("task.create", f"task:{task.id}", case_no=task.case_no)
    return task


def _next_number(unit: Unit, period: Period) -> int:
    """Count on per unit and period; the held row of the unit lets two who create at once queue."""
    db.session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())
    last = db.session.scalar(
        select(func.max(Task.number)).where(Task.unit_id == unit.id, Task.period == period)
    )
    return (last or 0) + 1
