"""A long-term task (长期坚持): reviewed on its day, never overdue, at last a standing duty of its post."""

from datetime import date

from flask_babel import gettext as _

from tracker.duties.asking import Asked, ask_for
from tracker.duties.models import ActKind
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.tasks.closing import close
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.states import Action
from tracker.tasks.stepping import check, happen, require


def review_long_term(task: Task, *, by: Actor, text: str, review_on: date | None) -> TaskEvent:
    """Review a long-term task (阶段评估): what was found, and when it is reviewed next."""
    check(task, Action.REVIEW_LONG_TERM, by)
    require(text, _("写明本次评估的情况。"), "text")
    if review_on is None or review_on <= by.day:
        raise Refused(_("下次评估日期填今天以后的日期。"), field="review_on")
    task.review_on = review_on
    return happen(task, Action.REVIEW_LONG_TERM, by, text=text, review_on=review_on)


def make_standing(task: Task, *, by: Actor, kind: ActKind, asked: Asked, text: str = "") -> TaskEvent:
    """Let a long-term task go on as a standing duty of its lead post (转为常态) and close it as done."""
    check(task, Action.MAKE_STANDING, by)
    assert task.lead_post is not None  # a task in progress has one
    serves = task.duty is not None and task.duty.domain_id == task.domain_id  # it may be of another domain
    duty = task.duty if serves else None
    standing = ask_for(task.lead_post, kind, asked, domain=task.domain, duty=duty, from_day=by.day)
    return close(
        task, Action.MAKE_STANDING, by, look_back=False, text=text, standing_duty=standing.id, kind=kind.name
    )
