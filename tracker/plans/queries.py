"""The plans of an office, what keeps them current, and what runs now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import BATCH
from tracker.duties.kinds import DRILL, PLAN_REVIEW
from tracker.duties.models import Act, ActKind
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.plans.access import visible_to
from tracker.plans.models import Plan, PlanAct, PlanRun, RunStep
from tracker.tasks.models import Task
from tracker.web.paging import Page, page

MOST_SHOWN = 5  # of the plans that run, over every page
MOST_RUNS = 20  # of one plan, the newest: shown on its page


@dataclass(frozen=True)
class Kept:
    """A plan with how it was kept current: last drill and review, and whether its review is past."""

    plan: Plan
    last_drill: date | None
    last_review: date | None
    running: PlanRun | None
    today: date

    @property
    def review_past(self) -> bool:
        """Whether the day of the next review has gone by."""
        return self.plan.review_on < self.today


def plans_seen(actor: Actor, after: str | None = None) -> Page[Plan]:
    """Return one page of the plans in use that an actor may read, the review longest past first."""
    query = select(Plan).where(visible_to(actor), Plan.ended_on.is_(None))
    loaded = query.options(joinedload(Plan.first_post), joinedload(Plan.direct_post), joinedload(Plan.unit))
    return page(loaded, (Plan.review_on, Plan.id), after)


def kept(plans: Sequence[Plan], today: date) -> list[Kept]:
    """Return some plans with how they were kept current: one query for the acts, one for what runs."""
    ids = [plan.id for plan in plans]
    days = _days_of(ids)
    found = select(PlanRun).where(PlanRun.plan_id.in_(ids), PlanRun.ended_at.is_(None))
    runs = {run.plan_id: run for run in db.session.scalars(found)}
    return [
        Kept(plan, days.get((plan.id, DRILL)), days.get((plan.id, PLAN_REVIEW)), runs.get(plan.id), today)
        for plan in plans
    ]


def _days_of(plan_ids: Sequence[int]) -> dict[tuple[int, str], date]:
    """Return the latest day of each kind of act of some plans; what was taken back counts no more."""
    rows = db.session.execute(
        select(PlanAct.plan_id, ActKind.code, func.max(Act.day))
        .join(Act, Act.id == PlanAct.act_id)
        .join(ActKind, ActKind.id == Act.kind_id)
        .where(PlanAct.plan_id.in_(plan_ids), Act.withdrawn_at.is_(None))
        .group_by(PlanAct.plan_id, ActKind.code)
    )
    return {(plan_id, code): day for plan_id, code, day in rows}


def acts_of(plan: Plan) -> Sequence[Act]:
    """Return the drills and reviews recorded for a plan, the newest first."""
    query = select(Act).join(PlanAct, PlanAct.act_id == Act.id).where(PlanAct.plan_id == plan.id)
    return db.session.scalars(
        query.options(joinedload(Act.kind)).order_by(Act.day.desc(), Act.id.desc()).limit(MOST_RUNS)
    ).all()


def drills_since(plan: Plan, day: date) -> Sequence[Act]:
    """Return the drills recorded for a plan of a day and later ones that were not taken back."""
    query = select(Act).join(PlanAct, PlanAct.act_id == Act.id).join(ActKind, ActKind.id == Act.kind_id)
    of_plan = query.where(PlanAct.plan_id == plan.id, ActKind.code == DRILL)
    return db.session.scalars(of_plan.where(Act.day >= day, Act.withdrawn_at.is_(None))).all()


def runs_of(plan: Plan) -> Sequence[PlanRun]:
    """Return when a plan was started, the newest first."""
    query = select(PlanRun).where(PlanRun.plan_id == plan.id).order_by(PlanRun.id.desc())
    return db.session.scalars(query.limit(MOST_RUNS)).all()


def any_runs() -> ColumnElement[bool]:
    """Return as SQL whether any plan runs: mostly none does, and `running_for` need not be asked."""
    return select(PlanRun.id).where(PlanRun.ended_at.is_(None)).exists()


def running_for(actor: Actor) -> Sequence[PlanRun]:
    """Return the plans that run now, for every page of the office; of offices below only those in earnest."""
    own = Plan.unit_id == (None if actor.office is None else actor.office.id)
    told = and_(visible_to(actor), or_(own, PlanRun.drill.is_(False)))
    query = select(PlanRun).join(Plan).where(PlanRun.ended_at.is_(None), told)
    loaded = query.options(joinedload(PlanRun.plan)).order_by(PlanRun.id.desc())
    return db.session.scalars(loaded.limit(MOST_SHOWN)).all()


def unsettled_runs() -> Sequence[PlanRun]:
    """Return the plans that run, and those of whose end nobody was told yet, fully loaded."""
    task = selectinload(PlanRun.steps).joinedload(RunStep.task)
    query = (
        select(PlanRun)
        .where(PlanRun.settled_at.is_(None))
        .options(joinedload(PlanRun.plan), task.joinedload(Task.lead_post), task.selectinload(Task.events))
    )
    return db.session.scalars(query.order_by(PlanRun.id)).all()


def counted_in_hours(task_ids: Iterable[int]) -> set[int]:
    """Return which of some tasks are steps of a started plan: they have an hour, not only a day."""
    wanted = sorted(task_ids)
    found: set[int] = set()
    for start in range(0, len(wanted), BATCH):
        query = select(RunStep.task_id).where(RunStep.task_id.in_(wanted[start : start + BATCH]))
        found |= {task_id for task_id in db.session.scalars(query) if task_id is not None}
    return found
