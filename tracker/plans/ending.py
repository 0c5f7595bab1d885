"""A plan is ended with an after-action note; what it found becomes problems, confirmed like a report's."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.plans.access import ends_as
from tracker.plans.keeping import record_drill
from tracker.plans.models import PlanRun
from tracker.problems.models import Problem, ProblemSource
from tracker.refusals import NotAllowed, Refused
from tracker.reports.intake import Given, take_in_from

LONGEST_NOTE = 5_000
LONGEST_FINDINGS = 20_000


def end(
    run: PlanRun, *, by: Actor, note: str, findings: str = "", participants: int | None = None
) -> PlanRun:
    """End a plan that was started, with its after-action note and what it found, one finding a line.

    The findings come in as a report of the office; its clerk confirms them. Steps that are not done stay
    tasks of their posts; those of a drill are over, and it is recorded as the plan's last drill, with its
    number of participants. Pressed again it has no further effect. Raises NotAllowed unless the actor may
    start the plan or is directly responsible, Refused without a note.
    """
    acted_as = ends_as(by, run.plan)
    if acted_as is None:
        raise NotAllowed(_("预案由第一责任人、分管领导、直接责任人或其代理人结束。"))
    if run.ended_at is not None:
        return run
    if not note.strip() or len(note.strip()) > LONGEST_NOTE:
        raise Refused(
            _("写明复盘情况：处置经过、效果和不足，不超过 %(most)s 字。", most=LONGEST_NOTE), field="note"
        )
    run.ended_at, run.note = clock.now(), note.strip()
    run.ended_by, run.ended_for = by.person, by.principal(acted_as)
    if run.drill:
        record_drill(run, by=by, participants=participants)
    _take_in(run, by, findings.replace("\r\n", "\n").strip())
    db.session.flush()
    record("plan.end", f"plan_run:{run.id}", plan=run.plan_id, drill=run.drill, report=run.report_id)
    return run


def problems_of(run: PlanRun) -> Sequence[Problem]:
    """Return the problems that came of a plan's after-action note, in the order of its lines."""
    if run.report_id is None:
        return []
    query = select(Problem).where(Problem.report_id == run.report_id, Problem.origin_id == Problem.id)
    return db.session.scalars(query.order_by(Problem.id)).all()


def _take_in(run: PlanRun, by: Actor, findings: str) -> None:
    if not findings:
        return
    if len(findings) > LONGEST_FINDINGS:
        raise Refused(_("发现的问题不超过 %(most)s 字。", most=LONGEST_FINDINGS), field="findings")
    at, plan = clock.office_time(run.started_at), run.plan
    called = f"{plan.title}{'演练' if run.drill else '启动'}复盘发现的问题"
    headline = f"{at.year}年{at.month}月{at.day}日{at:%H:%M}{called}"  # the minute: two runs a day differ
    given = Given(f"{called}.txt", f"{headline}\n{findings}\n".encode(), by.day, plan.domain, by_lines=True)
    run.report_id = take_in_from(ProblemSource.AFTER_ACTION, plan.unit, by=by, given=given).id
