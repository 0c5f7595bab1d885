"""A confirmed report becomes problems and tasks: all of them in one transaction, or none."""

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post
from tracker.periods import Period
from tracker.problems.lineage import carry_into
from tracker.problems.models import Kinship, Problem
from tracker.problems.recording import add_passage, record_problem
from tracker.refusals import OutOfDate, Refused
from tracker.reports import history
from tracker.reports.access import require_clerk
from tracker.reports.confirmation import plain_items, problems, whole_measure
from tracker.reports.fields import field_of
from tracker.reports.hinting import keep_hints
from tracker.reports.models import Clock, Decision, Proposal, Report, ReportState
from tracker.reports.recognising import require_said
from tracker.reports.texts import title_of
from tracker.tasks.creation import Passage, create
from tracker.tasks.lifecycle import assign, register
from tracker.tasks.marking import STRICTER, mark, mark_reports
from tracker.tasks.models import Task
from tracker.tasks.outcomes import tasks_of as tasks_of_problem
from tracker.tasks.parts import village_posts
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

    A problem that is an earlier one, not finished, makes no task: it becomes that problem's row of the
    period, and its passage a further source. A task for which a mark was chosen is marked before anything
    else happens to it. It is assigned when that was ticked and post, duty and deadline are there;
    registered when one of them is missing; a draft when it has no acceptance standard. A report confirmed
    before gives the tasks it gave then. Raises NotAllowed, OutOfDate, or Refused with the field at fault;
    then nothing was made.
    """
    require_clerk(by, report.unit)
    if report.state == ReportState.CONFIRMED:
        return list(tasks_of(report))
    if report.state != ReportState.REVIEW:
        raise OutOfDate(_("这份报告还没有读完，读完核对后才能生成任务。"))
    period = _require_period(report)
    kept, plain = problems(report), plain_items(report)
    if not kept and not plain:
        raise Refused(
            _("没有可以生成任务的内容：全部已标为“不是问题”，或尚未补充。先补充一条再确认。"), field="added"
        )
    require_said(report, kept)
    tasks = [task for row in kept if (task := _take_up(report, row, period, by, assign_at_once)) is not None]
    for row in plain:
        tasks.append(_carry_on(_plain_task(report, row, period, by), row, by, assign_at_once))
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


def _take_up(report: Report, row: Proposal, period: Period, by: Actor, assign_at_once: bool) -> Task | None:
    """Do with a problem what was said of it and an earlier one; return its task, None where it has one."""
    return KINDS[row.kinship or Kinship.NEW](report, row, period, by, assign_at_once)


def _as_new(report: Report, row: Proposal, period: Period, by: Actor, assign_at_once: bool) -> Task:
    """A problem of its own with a task of its own; what it recurs or rebounds from is recorded with it."""
    measure, came_back = whole_measure(report, row), row.kinship in (Kinship.RECURRING, Kinship.REBOUND)
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
        kinship=row.kinship if came_back else None,
        kin=_earlier(row) if came_back else None,
    )
    _add_places(report, row, problem)
    return _carry_on(_task(report, row, period, by, measure, problem), row, by, assign_at_once)


def _as_carried(report: Report, row: Proposal, period: Period, by: Actor, _assign_at_once: bool) -> None:
    """The earlier problem goes on: a row of the period in its line, the passage as a further source."""
    earlier = _earlier(row)
    try:
        problem = carry_into(earlier, period, by=by, text=row.text, measure=whole_measure(report, row))
    except Refused as refusal:
        refusal.field = field_of(row, "kin")
        raise
    add_passage(problem, report.id, row.start, row.end, row.text, whole_measure(report, row))
    _add_places(report, row, problem)
    _mark_earlier(tasks_of_problem(earlier.origin or earlier), row, by)


KINDS: dict[Kinship, Callable[[Report, Proposal, Period, Actor, bool], Task | None]] = {
    Kinship.NEW: _as_new,
    Kinship.CARRIED: _as_carried,
    Kinship.RECURRING: _as_new,
    Kinship.REBOUND: _as_new,
}
"""What becomes of a problem, by what the clerk said it is to an earlier one."""


def _earlier(row: Proposal) -> Problem:
    return db.session.get_one(Problem, row.kin_id)


def _add_places(report: Report, row: Proposal, problem: Problem) -> None:
    """Keep the further places of a problem that was put together from several."""
    for start, end in row.more_places:
        add_passage(problem, report.id, start, end, report.text[start:end])


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
    """Mark a task as the clerk chose, where it is not marked as strictly; measures in it count with it."""
    parts = [row, *row.report.answering(row)]
    chosen = max(parts, key=lambda part: STRICTER.index(part.secrecy))
    if STRICTER.index(chosen.secrecy) <= STRICTER.index(task.secrecy):
        return
    try:
        mark(task, by=by, secrecy=chosen.secrecy, reason=chosen.mark_reason)
    except Refused as refusal:
        refusal.field = field_of(chosen, "mark_reason")
        raise


def _mark_earlier(tasks: Sequence[Task], row: Proposal, by: Actor) -> None:
    """Let a mark chosen for the passage hold for the earlier tasks, and their marks for the report."""
    for task in tasks:
        _mark(task, row, by)
        mark_reports(task)
    if not tasks and row.secrecy != Secrecy.OPEN:
        raise Refused(
            _("以前的问题没有任务，不能标注知悉范围；选“新问题”，另立任务后再标注。"),
            field=field_of(row, "secrecy"),
        )


def _carry_on(task: Task, row: Proposal, by: Actor, assign_at_once: bool) -> Task:
    """Mark, register and assign as far as what is there allows; a refusal names the field of the review."""
    _mark(task, row, by)
    if not row.standard:
        return task
    try:
        register(task, by=by, standard=row.standard)
        if assign_at_once and row.post is not None and row.duty is not None and row.deadline is not None:
            long_term = task.remedy == Remedy.LONG_TERM
            villages = [post for post in _villages(row) if post.id != row.post_id]
            assign(
                task,
                by=by,
                lead_post=row.post,
                duty=row.duty,
                deadline=None if long_term else row.deadline,
                review_on=row.deadline if long_term else None,
                cooperating=villages,
                parts={post.id: task.measure or task.title for post in villages},
            )
    except Refused as refusal:
        refusal.field = field_of(row, FIELDS.get(refusal.field, "post"))
        raise
    return task


def _villages(row: Proposal) -> list[Post]:
    return village_posts(row.report.unit) if row.for_villages else []


def _close_review(report: Report, by: Actor, tasks: Sequence[Task]) -> None:
    keep_hints(report, by=by)
    history.forget(report)
    for row in report.listed:
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
