"""How a round of a task ends, and what stands around its closure: withdrawal, immediate closure, publicity.

Source: architecture, "Life cycle of a task"; domain.md 1.5. A closed round never changes again: what was
counted and published stays true.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from tracker import clock
from tracker.documents.accepting import Upload
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.tasks.models import Task, TaskEvent, TaskRound
from tracker.tasks.outcomes import settle_problems
from tracker.tasks.requests import answer, lapse, waiting
from tracker.tasks.roles import last_event
from tracker.tasks.states import Action, RequestKind, RequestOutcome, Verdict
from tracker.tasks.stepping import check, happen, require
from tracker.workdays import shipped

INTO_THE_QUARTER = timedelta(days=45)  # the middle of a quarter, from its first day


def close(
    task: Task,
    action: Action,
    by: Actor,
    *,
    verdict: Verdict | None = None,
    look_back: bool = True,
    **said: Any,
) -> TaskEvent:
    """Close a task by an action that ends its round: freeze the round, settle the problem, plan a look-back.

    An instruction that still waits is answered by the closure, whose result its leader is told. What was
    listed (挂牌督办) comes off the list with it.
    """
    task.verdict, task.closed_on, task.listed_on = verdict, by.day, None
    task.look_back_on = look_back_day(by.day) if look_back else None
    event = happen(task, action, by, verdict=None if verdict is None else verdict.value, **said)
    answer(waiting(task, RequestKind.INSTRUCTION), event, RequestOutcome.ANSWERED)
    lapse(task, event)
    db.session.add(
        TaskRound(
            task=task,
            round_no=task.round_no,
            first_deadline=task.first_deadline,
            deadline=task.deadline,
            closed_on=by.day,
            verdict=verdict,
            event=event,
        )
    )
    settle_problems(task, by.day)
    return event


def look_back_day(closed_on: date) -> date:
    """Return until when a closed task is looked at once more: by the middle of the next quarter (5.3)."""
    middle = Period.of(closed_on).next().first_day + INTO_THE_QUARTER
    return shipped().on_or_before(middle)


def close_at_once(task: Task, *, by: Actor, result: str, evidence: Sequence[Upload] = ()) -> TaskEvent:
    """Close an immediate fix (立行立改销号) by the lead's own word, where the unit allows it."""
    check(task, Action.CLOSE_AT_ONCE, by)
    require(result, _("写明整改结果，对照验收标准逐项说明。"), "result")
    return close(task, Action.CLOSE_AT_ONCE, by, text=result, evidence=evidence)


def withdraw(task: Task, *, by: Actor, reason: str = "") -> TaskEvent:
    """Take a closure request back (撤回) before it is endorsed; the work goes on."""
    check(task, Action.WITHDRAW, by)
    task.last_progress_on = by.day
    return happen(task, Action.WITHDRAW, by, text=reason)


def publicise(task: Task, *, by: Actor, from_day: date, to_day: date, place: str) -> TaskEvent:
    """Note that a result is made public (公示), from when to when and where; acceptance waits."""
    check(task, Action.PUBLICISE, by)
    require(place, _("写明公示的地方，如政务公开栏、村务公开栏。"), "place")
    if to_day < from_day:
        raise Refused(_("公示结束日期早于开始日期，请核对。"), field="to_day")
    asked = last_event(task, Action.REQUEST_CLOSURE)
    if asked is not None and from_day < clock.day_of(asked.at):
        raise Refused(
            _("公示的是 %(day)s 申请销号的结果，开始日期不能早于这一天。", day=clock.day_of(asked.at)),
            field="from_day",
        )
    return happen(task, Action.PUBLICISE, by, text=place, from_day=from_day, to_day=to_day)
