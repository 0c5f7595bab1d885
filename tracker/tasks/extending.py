"""More time for a task: asked for before the deadline, decided by who is in charge; the old day counts on.

Source: architecture, "Life cycle of a task"; domain.md 1.5 (延期).
"""

from datetime import date

from flask_babel import gettext as _

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.requests import answer, waiting
from tracker.tasks.states import Action, RequestKind, RequestOutcome
from tracker.tasks.stepping import check, happen, require
from tracker.workdays import shipped

DECIDE_WITHIN = 3  # working days, domain.md 5.3


def request_extension(task: Task, *, by: Actor, wanted: date | None, reason: str, progress: str) -> TaskEvent:
    """Ask for a later deadline (申请延期), with the reason and how far the work is."""
    check(task, Action.REQUEST_EXTENSION, by)
    require(reason, _("写明不能按期完成的原因。"), "reason")
    require(progress, _("写明目前的进展：已做了什么、还差什么。"), "progress")
    day = _later_than_now(task, wanted, "wanted")
    event = happen(task, Action.REQUEST_EXTENSION, by, text=reason, progress=progress.strip(), wanted=day)
    db.session.add(
        TaskRequest(
            task=task,
            round_no=task.round_no,
            kind=RequestKind.EXTENSION,
            asked=event,
            due_on=shipped().add_workdays(by.day, DECIDE_WITHIN),
            old_deadline=task.deadline,
            wanted=day,
        )
    )
    db.session.flush()
    return event


def withdraw_extension(task: Task, *, by: Actor) -> TaskEvent:
    """Take an open request for more time back."""
    check(task, Action.WITHDRAW_EXTENSION, by)
    event = happen(task, Action.WITHDRAW_EXTENSION, by)
    answer(waiting(task, RequestKind.EXTENSION), event, RequestOutcome.WITHDRAWN)
    return event


def decide_extension(
    task: Task, *, by: Actor, granted: bool, deadline: date | None = None, opinion: str = ""
) -> TaskEvent:
    """Grant more time with a concrete new day (the one asked for, or another), or refuse it with a reason."""
    check(task, Action.DECIDE_EXTENSION, by)
    request = waiting(task, RequestKind.EXTENSION)[0]
    if not granted:
        require(opinion, _("写明不同意延期的理由。"), "opinion")
        event = happen(task, Action.DECIDE_EXTENSION, by, text=opinion, granted=False)
        answer([request], event, RequestOutcome.REFUSED)
        return event
    day = _later_than_now(task, deadline or request.wanted, "deadline")
    if day < by.day:
        raise Refused(_("新的时限 %(day)s 已过，请改为今天或以后的日期。", day=day), field="deadline")
    event = happen(
        task,
        Action.DECIDE_EXTENSION,
        by,
        text=opinion,
        granted=True,
        old_deadline=task.deadline,
        deadline=day,
    )
    task.deadline = request.deadline = day
    answer([request], event, RequestOutcome.GRANTED)
    return event


def note_new_deadline(task: Task, event: TaskEvent, old: date | None) -> None:
    """Keep a deadline that another act set (resume, a second assignment) among the records of extensions."""
    db.session.add(
        TaskRequest(
            task=task,
            round_no=task.round_no,
            kind=RequestKind.EXTENSION,
            asked=event,
            answered=event,
            outcome=RequestOutcome.GRANTED,
            old_deadline=old,
            wanted=task.deadline,
            deadline=task.deadline,
        )
    )
    db.session.flush()


def _later_than_now(task: Task, day: date | None, field: str) -> date:
    if day is None:
        raise Refused(_("填写延期到哪一天。"), field=field)
    if task.deadline is not None and day <= task.deadline:
        raise Refused(_("新的时限要晚于现在的 %(day)s。", day=task.deadline), field=field)
    return day
