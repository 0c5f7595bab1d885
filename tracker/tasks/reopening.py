"""A closed task once more: the look-back of the next quarter, and a new round where the problem came back.

Source: architecture, "Life cycle of a task"; domain.md 1.5: reopening asks for reason and basis, and leaves
the dates of earlier rounds as they are, so that published figures do not change.
"""

from datetime import date

from flask_babel import gettext as _

from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.outcomes import settle_problems
from tracker.tasks.states import Action, Remedy
from tracker.tasks.stepping import check, happen, require, require_not_past

LONGEST_BASIS = 200


def look_back(task: Task, *, by: Actor, text: str, held: bool, deadline: date | None = None) -> TaskEvent:
    """Note what a look-back found (回头看): the result held, or the problem came back (反弹).

    A rebound opens a new round with its own deadline; returns the last event.
    """
    check(task, Action.LOOK_BACK, by)
    require(text, _("写明回头看的情况：看了什么、是否反弹。"), "text")
    if not held:
        _check_date(task, deadline, by.day)
    task.look_back_on = None
    event = happen(task, Action.LOOK_BACK, by, text=text, held=held)
    if held:
        return event
    return reopen(task, by=by, reason=text, basis=_("回头看发现问题反弹"), deadline=deadline)


def reopen(task: Task, *, by: Actor, reason: str, basis: str, deadline: date | None = None) -> TaskEvent:
    """Open a closed task again (重启) as its next round: back to the lead, with a first deadline of its own.

    For a long-term task the day is that of its next review.
    """
    check(task, Action.REOPEN, by)
    require(reason, _("写明重启的原因。"), "reason")
    require(basis, _("写明重启的依据，如复查记录、上级反馈。"), "basis")
    if len(basis.strip()) > LONGEST_BASIS:
        raise Refused(_("依据不超过 %(most)s 字。", most=LONGEST_BASIS), field="basis")
    day = _check_date(task, deadline, by.day)
    event = happen(task, Action.REOPEN, by, text=reason, basis=basis.strip(), deadline=day)
    event.round_no = task.round_no = task.round_no + 1
    task.closed_on = task.verdict = task.look_back_on = task.percent = None
    if task.remedy == Remedy.LONG_TERM:
        task.review_on = day
    else:
        task.first_deadline = task.deadline = day
    for part in task.cooperations:
        part.percent = part.done_on = None
    task.last_progress_on = by.day
    settle_problems(task, by.day)
    return event


def _check_date(task: Task, deadline: date | None, today: date) -> date:
    if deadline is None:
        what = _("下次评估日期") if task.remedy == Remedy.LONG_TERM else _("新一轮的整改时限")
        raise Refused(_("填写%(what)s。", what=what), field="deadline")
    require_not_past(deadline, today, "deadline")
    return deadline
