"""The verbs of a task's life: each checks the table, changes the row, writes the event.

Source: architecture, "Life cycle of a task". Page, API, command line and jobs call the same verbs.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents import store
from tracker.documents.accepting import Upload as Upload
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.chains import first_responsibles
from tracker.organization.models import Duty, Post
from tracker.organization.queries import answering, ledger_post, office_of
from tracker.problems.models import ProblemOutcome
from tracker.problems.words import GAP, LONGEST_STANDARD, is_open
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.tasks.access import may
from tracker.tasks.models import Cooperation, Evidence, Task, TaskEvent
from tracker.tasks.roles import parts
from tracker.tasks.states import Action, Remedy, Role, Transition, Verdict, transition
from tracker.tasks.words import ACTION_WORDS, state_word


def register(task: Task, *, by: Actor, standard: str) -> TaskEvent:
    """Register a draft (立项) with its acceptance standard, which may be open."""
    check(task, Action.REGISTER, by)
    _set_standard(task, standard, _("写明验收标准，或选择“签收时商定”。"))
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
) -> TaskEvent:
    """Assign a registered task (交办) to a post and one of its duties.

    A long-term task needs the day of its review, any other a deadline that is not past. Without a
    named verifier the post that keeps the ledger verifies; where that is itself lead or
    cooperating, a first responsible does. The task stays in its own domain, for whose summary it
    counts, even where the duty belongs to another. Raises Refused with the field at fault.
    """
    check(task, Action.ASSIGN, by)
    _check_assignment(task, lead_post, duty, deadline, review_on, by.day)
    task.lead_post, task.duty = lead_post, duty
    task.deadline = task.first_deadline = None if task.remedy == Remedy.LONG_TERM else deadline
    task.review_on = review_on
    task.verifier_post = verifier_post or _default_verifier(task, lead_post, cooperating, by.day)
    _set_cooperating(task, [post for post in cooperating if post.id != lead_post.id])
    return happen(
        task,
        Action.ASSIGN,
        by,
        lead_post=lead_post.id,
        duty=duty.id,
        deadline=None if deadline is None else deadline.isoformat(),
    )


def acknowledge(task: Task, *, by: Actor, standard: str = "") -> TaskEvent:
    """Sign for an assigned task (签收); a standard left open, or with gaps for numbers, is fixed here."""
    check(task, Action.ACKNOWLEDGE, by)
    if is_open(task.standard):
        if GAP in standard:
            raise Refused(
                _("验收标准里还有“%(gap)s”没有填，请填上数字，或改写这一处。", gap=GAP), field="standard"
            )
        _set_standard(task, standard, _("交办时未定验收标准，签收前写明做到什么程度算完成。"))
    return happen(task, Action.ACKNOWLEDGE, by, standard=task.standard)


def decline(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Decline an assigned task (不予接收); it goes back to the clerk, who sees the reason."""
    check(task, Action.DECLINE, by)
    _require(reason, _("写明不予接收的理由，经办人员据此重新交办。"), "reason")
    return happen(task, Action.DECLINE, by, text=reason)


def report_progress(
    task: Task, *, by: Actor, text: str, percent: int | None = None, evidence: Sequence[Upload] = ()
) -> TaskEvent:
    """Report progress (反馈) in words, with a share done (0–100) and files where there are any."""
    check(task, Action.REPORT_PROGRESS, by)
    _require(text, _("写明本次进展：做了什么、做到哪一步。"), "text")
    if percent is not None and not 0 <= percent <= 100:
        raise Refused(_("完成比例填 0 到 100 的整数。"), field="percent")
    task.last_progress_on = by.day
    if percent is not None:
        task.percent = percent
    return happen(task, Action.REPORT_PROGRESS, by, text=text, evidence=evidence, percent=percent)


def request_closure(task: Task, *, by: Actor, result: str, evidence: Sequence[Upload] = ()) -> TaskEvent:
    """Request closure (申请销号) with the result and, but for an immediate fix, evidence."""
    check(task, Action.REQUEST_CLOSURE, by)
    _require(result, _("写明整改结果，对照验收标准逐项说明。"), "result")
    if task.remedy != Remedy.IMMEDIATE and not evidence and not _has_evidence(task):
        raise Refused(_("申请销号须附佐证材料，至少一个文件。"), field="evidence")
    task.last_progress_on = by.day
    return happen(task, Action.REQUEST_CLOSURE, by, text=result, evidence=evidence)


def endorse(task: Task, *, by: Actor, opinion: str = "") -> TaskEvent:
    """Endorse a closure request (初审同意) as deputy in charge."""
    check(task, Action.ENDORSE, by)
    return happen(task, Action.ENDORSE, by, text=opinion)


def accept(task: Task, *, by: Actor, verdict: Verdict, opinion: str = "") -> TaskEvent:
    """Accept the result (验收) and close the task (销号); its problem is closed with it."""
    check(task, Action.ACCEPT, by)
    task.verdict = verdict
    task.closed_on = by.day
    _settle_problem(task, ProblemOutcome.CLOSED, by.day)
    return happen(task, Action.ACCEPT, by, text=opinion, verdict=verdict.value)


def return_for_rework(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Return a closure request for rework (退回整改); earlier endorsements lapse."""
    check(task, Action.RETURN_FOR_REWORK, by)
    _require(reason, _("写明退回的理由和还需做到什么，责任人据此整改。"), "reason")
    return happen(task, Action.RETURN_FOR_REWORK, by, text=reason)


def check(task: Task, action: Action, by: Actor) -> None:
    """Hold an act against the table and the actor's part in the task.

    Every verb begins with it. Raises OutOfDate where the table has no arrow from the task's state,
    NotAllowed where the act belongs to another part.
    """
    if transition(task.state, action) is None:
        raise OutOfDate(
            _(
                "这件任务现在是“%(state)s”，不能%(action)s。刷新页面查看最新办理情况。",
                state=state_word(task.state),
                action=_(ACTION_WORDS[action]),
            )
        )
    if not may(action, task, by):
        raise NotAllowed(
            _("您不能对这件任务%(action)s：此环节由其他岗位办理。", action=_(ACTION_WORDS[action]))
        )


def _require(text: str, message: str, field: str) -> None:
    if not text.strip():
        raise Refused(message, field=field)


def _set_standard(task: Task, standard: str, if_missing: str) -> None:
    """Fix the acceptance standard, of at most LONGEST_STANDARD characters."""
    _require(standard, if_missing, "standard")
    if len(standard.strip()) > LONGEST_STANDARD:
        raise Refused(_("验收标准不超过 %(most)s 字。", most=LONGEST_STANDARD), field="standard")
    task.standard = standard.strip()


def _set_cooperating(task: Task, posts: Sequence[Post]) -> None:
    """Let these posts work along; one that already does keeps its row, as (task, post) is unique."""
    before = {row.post_id: row for row in task.cooperations}
    task.cooperations = [before.get(post.id) or Cooperation(post=post) for post in posts]


def _check_assignment(
    task: Task, lead_post: Post, duty: Duty, deadline: date | None, review_on: date | None, day: date
) -> None:
    if duty.post_id != lead_post.id:
        raise Refused(_("所选职责不属于该责任岗位，请重新选择职责。"), field="duty")
    if office_of(lead_post.unit).id != task.unit_id:
        raise Refused(_("责任岗位不在本单位，请在本单位岗位中选择。"), field="lead_post")
    if answering(lead_post, day).person is None:
        raise Refused(
            _("%(post)s无人任职，上级岗位也无人任职，先登记任职人再交办。", post=lead_post.title),
            field="lead_post",
        )
    if task.remedy == Remedy.LONG_TERM:
        if review_on is None:
            raise Refused(_("长期坚持的任务须定下次评估日期。"), field="review_on")
        if review_on < day:
            raise Refused(
                _("下次评估日期 %(day)s 已过，请改为今天或以后的日期。", day=review_on), field="review_on"
            )
    elif deadline is None:
        raise Refused(_("交办须定整改时限。"), field="deadline")
    elif deadline < day:
        raise Refused(_("整改时限 %(day)s 已过，请改为今天或以后的日期。", day=deadline), field="deadline")


def _default_verifier(task: Task, lead_post: Post, cooperating: Sequence[Post], day: date) -> Post | None:
    keeper = ledger_post(task.unit)
    engaged = {lead_post.id, *(post.id for post in cooperating)}
    if keeper is not None and keeper.id not in engaged:
        return keeper
    return next(
        (post for post in first_responsibles(task.unit, task.domain, day) if post.id not in engaged), keeper
    )


def _settle_problem(task: Task, outcome: ProblemOutcome, day: date) -> None:
    if task.problem is not None:
        task.problem.outcome = outcome
        task.problem.outcome_on = day


def happen(
    task: Task, action: Action, by: Actor, *, text: str = "", evidence: Sequence[Upload] = (), **facts: Any
) -> TaskEvent:
    """Change the state as the table says and leave the event, its evidence and the trail.

    Every verb ends with it, after `check`.
    """
    row = transition(task.state, action)
    assert row is not None  # checked at the start of the verb
    old, acting_post = task.state, _post_acted_as(row, task, by)
    task.state = old if row.target is None else row.target
    task.version += 1
    task.changed_at = clock.now()
    event = TaskEvent(
        task=task,
        round_no=task.round_no,
        action=action,
        old_state=old,
        new_state=task.state,
        person=by.person,
        on_behalf_of=by.principal(acting_post),
        post=acting_post,
        at=task.changed_at,
        text=text.strip(),
        facts=facts,
    )
    db.session.add(event)
    _attach(event, evidence)
    db.session.flush()
    stood_in: dict[str, Any] = {} if event.on_behalf_of is None else {"on_behalf_of": event.on_behalf_of.name}
    record(f"task.{action.value}", f"task:{task.id}", event=event.id, **stood_in)
    return event


def _has_evidence(task: Task) -> bool:
    found = select(Evidence.id).where(Evidence.task_id == task.id).exists()
    return bool(db.session.scalar(select(found)))


def _attach(event: TaskEvent, uploads: Sequence[Upload]) -> None:
    for upload in uploads:
        if not upload.content:
            raise Refused(
                _("文件“%(name)s”是空的，请重新选择文件。其余内容仍保留在页面上。", name=upload.name),
                field="evidence",
            )
        event.evidence.append(
            Evidence(
                task=event.task,
                file=store.keep(upload.content),
                name=upload.name,
                media_type=upload.media_type,
            )
        )


def _post_acted_as(row: Transition, task: Task, by: Actor) -> Post:
    """Return the post in which the person acted: the first whose part may act; `check` found one."""
    held = parts(task, by)
    return next(held[role] for role in Role if role in row.roles and role in held)
