"""The clerk puts right what was given out: correct, split, transfer, cancel, merge.

Source: architecture, "Life cycle of a task". What an earlier state said stays in the events.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, DutyDomain, Post
from tracker.problems.lineage import move_line
from tracker.problems.words import LONGEST_STANDARD
from tracker.refusals import Refused
from tracker.tasks.assignment import check_date, check_lead, default_verifier, set_cooperating
from tracker.tasks.creation import Passage, create
from tracker.tasks.lifecycle import register
from tracker.tasks.merging import TAKES_OVER
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.outcomes import settle_problems
from tracker.tasks.requests import lapse
from tracker.tasks.roles import is_signed
from tracker.tasks.states import Action, Remedy, TaskState
from tracker.tasks.stepping import check, happen, require, require_short

LONGEST_TITLE = 500
MOST_PIECES = 50  # tasks that one is split into: more are no work of one post


def correct(
    task: Task,
    *,
    by: Actor,
    reason: str,
    title: str | None = None,
    measure: str | None = None,
    standard: str | None = None,
    domain: DutyDomain | None = None,
    remedy: Remedy | None = None,
    deadline: date | None = None,
    review_on: date | None = None,
    verifier_post: Post | None = None,
) -> TaskEvent:
    """Correct what was written down wrongly (更正); what is not given stays. Old and new words are kept.

    The deadline can be corrected before the round's first acknowledgement; later it takes an extension.
    """
    check(task, Action.CORRECT, by)
    require(reason, _("写明更正的理由。"), "reason")
    given = {
        "title": title,
        "measure": measure,
        "standard": standard,
        "domain": domain,
        "remedy": remedy,
        "deadline": deadline,
        "review_on": review_on,
        "verifier_post": verifier_post,
    }
    changed = {
        name: value for name, value in given.items() if value is not None and value != getattr(task, name)
    }
    if not changed:
        raise Refused(_("没有改动任何一项。"), field="title")
    _check_words(changed)
    old = {name: getattr(task, name) for name in changed}
    for name, value in changed.items():
        setattr(task, name, value)
    _set_dates(task, changed, by.day)
    if domain is not None and task.problem is not None:
        move_line(task.problem, domain)
    event = happen(
        task,
        Action.CORRECT,
        by,
        text=reason,
        changed={name: [_told(old[name]), _told(value)] for name, value in changed.items()},
    )
    settle_problems(task, by.day)
    return event


def split(task: Task, *, by: Actor, titles: Sequence[str]) -> list[Task]:
    """Split a registered task (拆分): it keeps the first of the titles, each other becomes a task of its own.

    The same problem stands behind each; measure and standard are what the title says, to be made more
    precise before the assignment. Returns all of them.
    """
    check(task, Action.SPLIT, by)
    wanted = list(dict.fromkeys(title.strip() for title in titles if title.strip()))
    if len(wanted) < 2:
        raise Refused(_("至少写两件任务，一行一件。"), field="titles")
    if len(wanted) > MOST_PIECES:
        raise Refused(
            _("一次最多拆成 %(most)s 件，现有 %(count)s 行。", most=MOST_PIECES, count=len(wanted)),
            field="titles",
        )
    _check_words({"title": max(wanted, key=len)})
    old, old_measure = task.title, task.measure
    task.title = task.measure = wanted[0]
    others = [_split_off(task, title, by) for title in wanted[1:]]
    happen(
        task,
        Action.SPLIT,
        by,
        old_title=old,
        old_measure=old_measure,
        title=task.title,
        into=[other.short_no for other in others],
    )
    return [task, *others]


def transfer(
    task: Task, *, by: Actor, reason: str, lead_post: Post, duty: Duty, verifier_post: Post | None = None
) -> TaskEvent:
    """Hand a task to another post (转办): number and deadlines stay, what its lead asked for lapses."""
    check(task, Action.TRANSFER, by)
    require(reason, _("写明转办的理由。"), "reason")
    check_lead(task, lead_post, duty, by.day)
    if lead_post.id == task.lead_post_id:
        raise Refused(_("新的责任岗位和现在的相同，请重新选择。"), field="duty")
    before = task.lead_post
    task.lead_post, task.duty = lead_post, duty
    staying = [row.post for row in task.cooperations if row.post_id != lead_post.id]
    set_cooperating(task, staying)
    verifies = verifier_post or task.verifier_post
    if verifies is None or verifies.id == lead_post.id:
        verifies = default_verifier(task, lead_post, staying, by.day)
    task.verifier_post = verifies
    event = happen(
        task,
        Action.TRANSFER,
        by,
        text=reason,
        lead_post=lead_post.id,
        duty=duty.id,
        before=None if before is None else before.id,
        from_post=None if before is None else before.title_on(by.day),
        to_post=lead_post.title_on(by.day),
    )
    lapse(task, event)
    return event


def cancel(task: Task, *, by: Actor, reason: str = "", merged_into: Task | None = None) -> TaskEvent:
    """Cancel a task (撤销) for a reason, or because another task takes it over (并案).

    The problem of a merged task is closed with the task that took it over.
    """
    check(task, Action.CANCEL, by)
    if merged_into is None:
        require(reason, _("写明撤销的理由，或选择并入哪一件任务。"), "reason")
    else:
        _check_merge(task, merged_into)
    task.merged_into = merged_into
    event = happen(
        task,
        Action.CANCEL,
        by,
        text=reason,
        merged_into=None if merged_into is None else merged_into.short_no,
    )
    lapse(task, event)
    settle_problems(task, by.day)
    return event


def _check_words(changed: dict[str, Any]) -> None:
    if "title" in changed:
        require(changed["title"], _("任务内容不能为空。"), "title")
        if len(changed["title"]) > LONGEST_TITLE:
            raise Refused(_("任务内容不超过 %(most)s 字。", most=LONGEST_TITLE), field="title")
    require_short(changed.get("measure", ""), "measure")
    if len(changed.get("standard", "")) > LONGEST_STANDARD:
        raise Refused(_("验收标准不超过 %(most)s 字。", most=LONGEST_STANDARD), field="standard")


def _set_dates(task: Task, changed: dict[str, Any], today: date) -> None:
    """Hold a corrected date, or the date that another kind of remedy needs, against the rules.

    A deadline that was signed for stands: neither another day nor a long-term remedy takes it away.
    """
    if not changed.keys() & {"deadline", "review_on", "remedy"} or task.state == TaskState.DRAFT:
        return
    stands = is_signed(task) and task.first_deadline is not None
    if stands and "deadline" in changed:
        raise Refused(_("已经签收过，改时限要由责任岗位申请延期。"), field="deadline")
    if stands and changed.get("remedy") == Remedy.LONG_TERM:
        raise Refused(_("已经签收过，有了时限，不能改为长期坚持；要更多时间，请申请延期。"), field="remedy")
    if task.state == TaskState.ASSIGNED:
        check_date(task, task.deadline, task.review_on, today)
    if task.remedy == Remedy.LONG_TERM:
        task.deadline = None
    if not stands:
        task.first_deadline = task.deadline


def _split_off(task: Task, title: str, by: Actor) -> Task:
    passage = None if task.report_id is None else Passage(task.report_id, task.start, task.end)
    other = create(
        task.unit,
        task.period,
        by=by,
        title=title,
        domain=task.domain,
        problem=task.problem,
        passage=passage,
        measure=title,
        standard=task.standard,
        deadline=task.deadline,
        remedy=task.remedy,
    )
    other.secrecy, other.lead_post, other.duty = task.secrecy, task.lead_post, task.duty
    event = register(other, by=by, standard=task.standard)
    event.facts = event.facts | {"split_from": task.short_no}
    return other


def _check_merge(task: Task, into: Task) -> None:
    """Refuse a task that cannot take another over; it is held to the end, lest it be closed meanwhile."""
    db.session.refresh(into, with_for_update={"of": Task})
    if into.id == task.id or into.unit_id != task.unit_id:
        raise Refused(_("并入的任务要是本单位的另一件任务。"), field="merged_into")
    if into.state not in TAKES_OVER:
        raise Refused(_("并入的任务要是已立项、还没有销号的任务。"), field="merged_into")


def _told(value: Any) -> Any:
    """Return a value as the history keeps it."""
    if isinstance(value, Post):
        return value.title
    if isinstance(value, DutyDomain):
        return value.name
    return value.isoformat() if isinstance(value, date) else value
