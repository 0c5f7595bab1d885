"""What the pages of tasks say of a step of a started plan (`tasks.hours`): its hours, and its run."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.plans.access import visible_to
from tracker.plans.models import Plan, PlanRun, RunStep
from tracker.plans.words import at
from tracker.tasks.hours import Hours, Timed
from tracker.tasks.states import TaskState
from tracker.web.filters import cndate, cntime


def hours_of_steps(tasks: Sequence[Timed], actor: Actor) -> Mapping[int, Hours]:
    """Return the hours of those of some tasks that are steps; none once the plan was ended. One query."""
    by_id = {task.id: task for task in tasks}
    rows = db.session.execute(
        select(RunStep, PlanRun, Plan.title, visible_to(actor))
        .join(PlanRun, PlanRun.id == RunStep.run_id)
        .join(Plan, Plan.id == PlanRun.plan_id)
        .where(RunStep.task_id.in_(sorted(by_id)))
    )
    found = {}
    for step, run, title, may_open in rows:
        assert step.task_id is not None  # it was sought by it
        said = () if run.ended_at is not None else _said(step, by_id[step.task_id].state)
        url = url_for("plans.show_run", run_id=run.id) if may_open else ""
        found[step.task_id] = Hours(said, _cause(title, run.started_at), url)
    return found


def _said(step: RunStep, state: TaskState) -> tuple[str, ...]:
    done = str(_("%(time)s前完成", time=at(step.due_at)))
    if state == TaskState.ASSIGNED:
        return (str(_("%(time)s前签收", time=at(step.acknowledge_by))), done)
    return (done,) if state == TaskState.IN_PROGRESS else ()


def _cause(title: str, started_at: datetime) -> str:
    when = f"{cndate(started_at)} {cntime(started_at)}"
    return str(_("预案“%(plan)s”，%(when)s启动", plan=title, when=when))
