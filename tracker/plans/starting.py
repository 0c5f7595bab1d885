"""A plan is started in one act: everybody has their step with its hour before the page answers."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Post
from tracker.organization.queries import answering
from tracker.plans.access import starts_as
from tracker.plans.models import Plan, PlanRun, PlanStep, RunStep
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.tasks.from_plan import give_out_step

LONGEST_OCCASION = 500


class RunningAlready(OutOfDate):
    """The plan runs; `run_id` says which run, so that a second press arrives at the first one's page."""

    code = "running_already"

    def __init__(self, run: PlanRun) -> None:
        super().__init__(
            _(
                "%(person)s已在 %(time)s 启动这个预案，没有重复启动。",
                person=run.who_started,
                time=f"{clock.office_time(run.started_at):%H:%M}",
            )
        )
        self.run_id = run.id


def start(plan: Plan, *, by: Actor, drill: bool, occasion: str = "") -> PlanRun:
    """Start a plan, in earnest or as a drill (演练); each step gets its minutes and its hour from now.

    Raises NotAllowed unless the actor is a leader of the plan or stands in for one, RunningAlready while
    it runs, Refused with the reason when it has ended, has no step, or nobody is reached for the first one.
    An earnest start breaks off a drill that still runs.
    """
    acted_as = starts_as(by, plan)
    if acted_as is None:
        raise NotAllowed(_("预案由第一责任人、分管领导或其代理人启动。"))
    if len(occasion.strip()) > LONGEST_OCCASION:
        raise Refused(_("情况说明不超过 %(most)s 字。", most=LONGEST_OCCASION), field="occasion")
    _make_room(plan, by, drill)
    _require_ready(plan, by)
    run = PlanRun(
        plan=plan,
        drill=drill,
        occasion=occasion.strip(),
        started_at=clock.now(),
        started_by=by.person,
        started_for=by.principal(acted_as),
        started_post=acted_as,
    )
    _store_once(run)
    for step in plan.steps:
        run.steps.append(_begin(step, run, by, acted_as))
    db.session.flush()
    record("plan.start", f"plan_run:{run.id}", plan=plan.id, drill=drill, steps=len(run.steps))
    return run


def running(plan: Plan) -> PlanRun | None:
    """Return the run of a plan that has not ended, or None."""
    return db.session.scalar(select(PlanRun).where(PlanRun.plan_id == plan.id, PlanRun.ended_at.is_(None)))


def hindrance(plan: Plan, by: Actor) -> str:
    """Return in a sentence why a plan cannot be started now, '' where it can."""
    if plan.ended_on is not None:
        return str(_("预案已停用，不能启动。"))
    if not plan.steps:
        return str(_("预案还没有步骤，先补充步骤再启动。"))
    first = plan.steps[0]
    if answering(first.post, by.day).person is None:
        return str(
            _(
                "第一步的责任岗位“%(post)s”及其上级岗位都无人任职，通知不到人，没有启动。先登记任职人或代理人。",
                post=first.post.title_on(by.day),
            )
        )
    return ""


def _require_ready(plan: Plan, by: Actor) -> None:
    if hindered := hindrance(plan, by):
        raise Refused(hindered)


def _make_room(plan: Plan, by: Actor, drill: bool) -> None:
    """Refuse a second start; an earnest one ends the drill that still runs."""
    other = running(plan)
    if other is None:
        return
    if drill or not other.drill:
        raise RunningAlready(other)
    other.ended_at, other.ended_by, other.note = clock.now(), by.person, "演练中断：预案正式启动。"
    db.session.flush()
    record("plan.end", f"plan_run:{other.id}", plan=plan.id, drill=True, broken_off=True)


def _store_once(run: PlanRun) -> None:
    """Store the row, or refuse where another leader was there between our look and our row."""
    plan = run.plan
    try:
        with db.session.begin_nested():
            db.session.add(run)
    except IntegrityError:
        other = running(plan)
        if other is None:
            raise
        raise RunningAlready(other) from None


def _begin(step: PlanStep, run: PlanRun, by: Actor, acted_as: Post) -> RunStep:
    """Give a step its hour, and in earnest its task: a drill makes none, so that nothing counts it.

    A step entered before the form refused it may have more time to acknowledge than to do: it is acknowledged
    by its hour, too.
    """
    begun = RunStep(
        position=step.position,
        planned_post=step.post,
        what=step.what,
        acknowledge_by=run.started_at + timedelta(minutes=min(step.minutes, step.hours * 60)),
        due_at=run.started_at + timedelta(hours=step.hours),
    )
    if not run.drill:
        begun.task = give_out_step(
            run.plan.unit,
            run.plan.domain,
            step.post,
            by=by,
            acted_as=acted_as,
            what=step.what,
            plan=run.plan.title,
            deadline=clock.day_of(begun.due_at),
        )
    return begun
