"""The straight path of a task from its registration to its closure: one verb a step.

Source: architecture, "Life cycle of a task". What happens beside the path stands in `correcting`,
`extending`, `closing`, `reopening`, `long_term`, `suspending` and `leading`. Page, API, command line and jobs
call the same verbs.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _

from tracker.documents.accepting import Upload as Upload
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, Post
from tracker.problems.words import GAP, is_open
from tracker.refusals import Refused
from tracker.tasks.assignment import check_date, check_lead, default_verifier, set_cooperating, set_standard
from tracker.tasks.closing import close
from tracker.tasks.evidence import lacks_evidence
from tracker.tasks.extending import note_new_deadline
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.parts import has_parts, note_share, own_part
from tracker.tasks.requests import lapse
from tracker.tasks.roles import is_signed
from tracker.tasks.states import Action, Remedy, Verdict
from tracker.tasks.stepping import check, happen, require


def register(task: Task, *, by: Actor, standard: str) -> TaskEvent:
    """Register a draft (立项) with its acceptance standard, which may be open."""
    check(task, Action.REGISTER, by)
    set_standard(task, standard, _("写明验收标准，或选择“签收时商定”。"))
    return happen(task, Action.REGISTER, by, standard=task.standard)


def assign(
    task: Task,
    *,
    by: Actor,
    lead_post: Post,
    duty: Duty,
    verifier_post: Post | None = None,
    deadline: date | None = None,
    review_on: date | None = None,
    cooperating: Sequence[Post] = (),
    parts: Mapping[int, str] | None = None,
) -> TaskEvent:
    """Assign a registered task (交办) to a post and one of its duties.

    A long-term task needs the day of its review, any other a deadline that is not past. Without a
    named verifier the post that keeps the ledger verifies; where that is itself lead or
    cooperating, a first responsible does. The task stays in its own domain, for whose summary it
    counts, even where the duty belongs to another. `parts` gives cooperating posts (by id) their own part.
    The first deadline of a round stays once it was signed for; another day then is kept as an extension.
    Raises Refused with the field at fault.
    """
    check(task, Action.ASSIGN, by)
    check_lead(task, lead_post, duty, by.day)
    check_date(task, deadline, review_on, by.day)
    signed, old = is_signed(task), task.deadline
    task.lead_post, task.duty = lead_post, duty
    task.deadline = None if task.remedy == Remedy.LONG_TERM else deadline
    task.first_deadline = (task.first_deadline if signed else None) or task.deadline
    task.review_on = review_on
    task.verifier_post = verifier_post or default_verifier(task, lead_post, cooperating, by.day)
    set_cooperating(task, [post for post in cooperating if post.id != lead_post.id], parts)
    event = happen(
        task,
        Action.ASSIGN,
        by,
        lead_post=lead_post.id,
        duty=duty.id,
        to_post=lead_post.title_on(by.day),
        deadline=task.deadline,
    )
    if signed and old is not None and task.deadline != old:
        note_new_deadline(task, event, old)
    return event


def acknowledge(task: Task, *, by: Actor, standard: str = "") -> TaskEvent:
    """Sign for an assigned task (签收); a standard left open, or with gaps for numbers, is fixed here."""
    check(task, Action.ACKNOWLEDGE, by)
    if is_open(task.standard):
        if GAP in standard:
            raise Refused(
                _("验收标准里还有“%(gap)s”没有填，请填上数字，或改写这一处。", gap=GAP), field="standard"
            )
        set_standard(task, standard, _("交办时未定验收标准，签收前写明做到什么程度算完成。"))
    task.last_progress_on = by.day
    return happen(task, Action.ACKNOWLEDGE, by, standard=task.standard)


def decline(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Decline an assigned task (不予接收); it goes back to the clerk, who sees the reason."""
    check(task, Action.DECLINE, by)
    require(reason, _("写明不予接收的理由，经办人员据此重新交办。"), "reason")
    return happen(task, Action.DECLINE, by, text=reason)


def report_progress(
    task: Task, *, by: Actor, text: str, percent: int | None = None, evidence: Sequence[Upload] = ()
) -> TaskEvent:
    """Report progress (反馈) in words, with a share done (0–100) and files where there are any.

    A cooperating post reports on its own part, which is done with 100. Where there are parts, the share of
    the task is their mean.
    """
    check(task, Action.REPORT_PROGRESS, by)
    require(text, _("写明本次进展：做了什么、做到哪一步。"), "text")
    if percent is not None and not 0 <= percent <= 100:
        raise Refused(_("完成比例填 0 到 100 的整数。"), field="percent")
    own = own_part(task, by)
    if percent is not None and own is None and has_parts(task):
        raise Refused(_("各配合岗位有自己的任务，完成比例按它们的平均数计算，不用填写。"), field="percent")
    task.last_progress_on = by.day
    event = happen(
        task,
        Action.REPORT_PROGRESS,
        by,
        text=text,
        evidence=evidence,
        percent=percent,
        part=None if own is None else own.post.title,
    )
    if percent is not None:
        note_share(task, own, percent, by.day)
    return event


def request_closure(task: Task, *, by: Actor, result: str, evidence: Sequence[Upload] = ()) -> TaskEvent:
    """Request closure (申请销号) with the result and, but for an immediate fix, evidence of this round."""
    check(task, Action.REQUEST_CLOSURE, by)
    require(result, _("写明整改结果，对照验收标准逐项说明。"), "result")
    if not evidence and lacks_evidence(task):
        raise Refused(_("申请销号须附佐证材料，至少一个文件。"), field="evidence")
    task.last_progress_on = by.day
    event = happen(task, Action.REQUEST_CLOSURE, by, text=result, evidence=evidence)
    lapse(task, event)
    return event


def endorse(task: Task, *, by: Actor, opinion: str = "") -> TaskEvent:
    """Endorse a closure request (初审同意) as deputy in charge."""
    check(task, Action.ENDORSE, by)
    return happen(task, Action.ENDORSE, by, text=opinion)


def accept(task: Task, *, by: Actor, verdict: Verdict, opinion: str = "") -> TaskEvent:
    """Accept the result (验收) and close the task (销号); its problem is closed with it."""
    check(task, Action.ACCEPT, by)
    return close(task, Action.ACCEPT, by, verdict=verdict, text=opinion)


def return_for_rework(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Return a closure request for rework (退回整改); earlier endorsements lapse."""
    check(task, Action.RETURN_FOR_REWORK, by)
    require(reason, _("写明退回的理由和还需做到什么，责任人据此整改。"), "reason")
    event = happen(task, Action.RETURN_FOR_REWORK, by, text=reason)
    task.last_progress_on = by.day
    return event
