"""A confirmed report becomes problems and tasks: all of them in one transaction, or none."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain
from tracker.periods import Period
from tracker.problems.models import Problem
from tracker.problems.recording import record_problem
from tracker.refusals import OutOfDate, Refused
from tracker.reports.access import require_clerk
from tracker.reports.confirmation import field_of, plain_items, problems, whole_measure
from tracker.reports.models import Clock, Decision, Proposal, Report, ReportState
from tracker.reports.texts import title_of
from tracker.tasks.creation import Passage, create
from tracker.tasks.lifecycle import assign, register
from tracker.tasks.marking import STRICTER, mark
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy

REMEDIES = {
    Clock.IMMEDIATE: Remedy.IMMEDIATE,
    Clock.TIME_LIMITED: Remedy.TIME_LIMITED,
    Clock.LONG_TERM: Remedy.LONG_TERM,
}
FIELDS = {  # fields of an assignment by their names in the review
    "lead_post": "post",
    "duty": "post",
    "deadline": "deadline",
    "review_on": "deadline",
    "standard": "standard",
}


def create_from_report(report: Report, *, by: Actor, assign_at_once: bool) -> list[Task]:
    """Confirm what was not dropped and make a problem and a task of each; a measure alone makes a plain task.

    A task for which a mark was chosen is marked before anything else happens to it. It is assigned when
    that was ticked and post, duty and deadline are there; registered when one of them is missing; a draft
    when it has no acceptance standard. A report confirmed before gives the tasks it gave then. Raises
    NotAllowed, OutOfDate, or Refused with the field at fault; then nothing was made.
    """
    require_clerk(by, report.unit)
    if report.state == ReportState.CONFIRMED:
        return list(tasks_of(report))
    if report.state != ReportState.REVIEW:
        raise OutOfDate(_("这份报告还没有读完，读完核对后才能生成任务。"))
    period = _require_period(report)
    kept = problems(report)
    plain = plain_items(report)
    if not kept and not plain:
        raise Refused(
            _("没有可以生成任务的内容：全部已标为“不是问题”，或尚未补充。先补充一条再确认。"), field="added"
        )
    tasks = [_problem_task(report, row, period, by) for row in kept]
    tasks += [_plain_task(report, row, period, by) for row in plain]
    for task, row in zip(tasks, [*kept, *plain], strict=True):
        _mark(task, row, by)
        _carry_on(task, row, by, assign_at_once)
    _close_review(report, by, tasks)
    return tasks


def tasks_of(report: Report) -> Sequence[Task]:
    """Return the tasks a report gave, in their order."""
    return db.session.scalars(
        select(Task).where(Task.report_id == report.id).order_by(Task.period, Task.number)
    ).all()


def _require_period(report: Report) -> Period:
    if report.period is None:
        raise Refused(_("报告没有写明年份，先选择这份报告属于哪个季度。"), field="period")
    return report.period


def _problem_task(report: Report, row: Proposal, period: Period, by: Actor) -> Task:
    measure = whole_measure(report, row)
    problem = record_problem(
        report.unit,
        period,
        domain=_domain(report, row),
        text=row.text,
        measure=measure,
        report_id=report.id,
        start=row.start,
        end=row.end,
        long_term=row.clock == Clock.LONG_TERM,
        source=report.source,
    )
    return _task(report, row, period, by, measure, problem)


def _plain_task(report: Report, row: Proposal, period: Period, by: Actor) -> Task:
    return _task(report, row, period, by, row.text, None)


def _task(
    report: Report, row: Proposal, period: Period, by: Actor, measure: str, problem: Problem | None
) -> Task:
    return create(
        report.unit,
        period,
        by=by,
        title=title_of(row.text),
        domain=_domain(report, row),
        problem=problem,
        passage=Passage(report.id, row.start, row.end),
        measure=measure,
        lead_post=row.post,
        duty=row.duty,
        deadline=None if row.clock == Clock.LONG_TERM else row.deadline,
        remedy=REMEDIES[row.clock],
    )


def _domain(report: Report, row: Proposal) -> DutyDomain:
    """The report's domain, for the summary of that domain; without one, that of the duty."""
    domain = report.domain or (None if row.duty is None else row.duty.domain)
    if domain is None:
        raise Refused(_("先选择报告的领域，或给每一条选定职责。"), field="domain")
    return domain


def _mark(task: Task, row: Proposal, by: Actor) -> None:
    """Mark a new task as the clerk chose; with measures in it that are marked, as the strictest of them."""
    parts = [row, *row.report.answering(row)]
    chosen = max(parts, key=lambda part: STRICTER.index(part.secrecy))
    if chosen.secrecy == Secrecy.OPEN:
        return
    try:
        mark(task, by=by, secrecy=chosen.secrecy, reason=chosen.mark_reason)
    except Refused as refusal:
        refusal.field = field_of(chosen, "mark_reason")
        raise


def _carry_on(task: Task, row: Proposal, by: Actor, assign_at_once: bool) -> None:
    """Register and assign as far as what is there allows; a refusal names the field of the review."""
    if not row.standard:
        return
    try:
        register(task, by=by, standard=row.standard)
        if assign_at_once and row.post is not None and row.duty is not None and row.deadline is not None:
            long_term = task.remedy == Remedy.LONG_TERM
            assign(
                task,
                by=by,
                lead_post=row.post,
                duty=row.duty,
                deadline=None if long_term else row.deadline,
                review_on=row.deadline if long_term else None,
            )
    except Refused as refusal:
        refusal.field = field_of(row, FIELDS.get(refusal.field, "post"))
        raise


def _close_review(report: Report, by: Actor, tasks: Sequence[Task]) -> None:
    for row in report.proposals:
        if row.decision == Decision.OPEN:
            row.decision = Decision.TAKEN
    report.state = ReportState.CONFIRMED
    report.confirmed_at = clock.now()
    report.version += 1
    db.session.flush()
    record(
        "report.confirm",
        f"report:{report.id}",
        person=by.person.id,
        tasks=[task.id for task in tasks],
        clicks=report.clicks,
        typed=report.typed,
    )
