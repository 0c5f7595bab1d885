"""Whoever has a step acknowledges it and says that it is done; in earnest these are acts on its task."""

from flask_babel import gettext as _

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.naming import by_name
from tracker.plans.access import does
from tracker.plans.models import RunStep
from tracker.plans.progress import StepState, progress
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.tasks import lifecycle
from tracker.tasks.access import may
from tracker.tasks.closing import close_at_once
from tracker.tasks.conditions import hindrance
from tracker.tasks.states import Action

LONGEST_RESULT = 500


def acknowledge(step: RunStep, *, by: Actor) -> None:
    """Acknowledge a step (签收) and begin with it; pressed again it has no further effect.

    Raises NotAllowed unless the actor acts for its post, OutOfDate once its post declined it (不予接收) and
    once its drill was ended.
    """
    _require_doing(step, by)
    state = progress(step).state
    if state == StepState.REFUSED:
        raise OutOfDate(_("这一步已不予接收，等经办人员重新交办，没有改动。"))
    if state != StepState.TOLD:
        return
    if step.task is not None:
        lifecycle.acknowledge(step.task, by=by)
        return
    _require_running(step)
    step.acknowledged_at, step.acknowledged_by = clock.now(), _named(step, by)
    db.session.flush()
    record("plan.acknowledge_step", f"plan_run:{step.run_id}", step=step.position)


def finish(step: RunStep, *, by: Actor, result: str) -> None:
    """Say that a step is done, and how; one that nobody acknowledged is acknowledged with it.

    In earnest its task is closed at once, or, where the office has that accepted, its closure requested.
    Pressed again it has no further effect. Raises NotAllowed, OutOfDate, or Refused without words.
    """
    _require_doing(step, by)
    if progress(step).state == StepState.DONE:
        return
    if not result.strip() or len(result.strip()) > LONGEST_RESULT:
        raise Refused(
            _("写明完成情况：做了什么、结果怎样，不超过 %(most)s 字。", most=LONGEST_RESULT), field="result"
        )
    acknowledge(step, by=by)
    if step.task is not None:
        at_once = may(Action.CLOSE_AT_ONCE, step.task, by) and not hindrance(
            Action.CLOSE_AT_ONCE, step.task, by.day
        )
        (close_at_once if at_once else lifecycle.request_closure)(step.task, by=by, result=result)
        return
    _require_running(step)
    step.done_at, step.done_by, step.result = clock.now(), _named(step, by), result.strip()
    db.session.flush()
    record("plan.finish_step", f"plan_run:{step.run_id}", step=step.position)


def _require_doing(step: RunStep, by: Actor) -> None:
    if not does(by, step):
        raise NotAllowed(_("这一步由“%(post)s”办理。", post=step.post.title_on(by.day)))


def _require_running(step: RunStep) -> None:
    if step.run.ended_at is not None:
        raise OutOfDate(_("演练已经结束，没有改动。"))


def _named(step: RunStep, by: Actor) -> str:
    return by_name(by.person, by.principal(step.post))
