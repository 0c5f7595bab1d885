"""A task rests: no clock runs until a first responsible person sets it going with a new deadline."""

from datetime import date

from flask_babel import gettext as _

from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.tasks.extending import note_new_deadline
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.requests import lapse
from tracker.tasks.roles import last_event
from tracker.tasks.states import Action, Remedy
from tracker.tasks.stepping import check, happen, require, require_not_past


def suspend(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Suspend a task (中止) for a reason outside the office's power; it counts as 正在推进."""
    check(task, Action.SUSPEND, by)
    require(reason, _("写明中止的理由。"), "reason")
    event = happen(task, Action.SUSPEND, by, text=reason)
    lapse(task, event)
    return event


def resume(task: Task, *, by: Actor, deadline: date | None, reason: str = "") -> TaskEvent:
    """Set a suspended task going again (恢复), in the state it had, with a new deadline kept as an extension.

    For a long-term task the day is that of its next review.
    """
    check(task, Action.RESUME, by)
    if deadline is None:
        raise Refused(_("填写恢复后的时限。"), field="deadline")
    require_not_past(deadline, by.day, "deadline")
    suspended = last_event(task, Action.SUSPEND)
    old = task.deadline
    if old is not None and deadline < old:
        raise Refused(_("恢复后的时限不能早于原来的 %(day)s。", day=old), field="deadline")
    if task.remedy == Remedy.LONG_TERM:
        task.review_on = deadline
    else:
        task.deadline = deadline
    task.last_progress_on = by.day
    back_to = None if suspended is None else suspended.old_state
    event = happen(task, Action.RESUME, by, text=reason, back_to=back_to, deadline=deadline)
    if task.deadline != old:
        note_new_deadline(task, event, old)
    return event
