"""Which measure answers which problem: a link is made or taken away by hand, in a table of both."""

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.reports.access import require_review
from tracker.reports.basis import date_again, set_standards_again
from tracker.reports.deciding import listed
from tracker.reports.history import step
from tracker.reports.models import Proposal, ProposalKind, Report


def match(report: Report, measure_id: int, problem_id: int, *, by: Actor) -> Proposal:
    """Let a measure answer a problem of the same report, or no longer where it does; return the problem.

    A measure may answer several problems and is then part of the task of each; one that answers none is a
    plain work item. Deadline and standard of the problem follow, unless the clerk wrote them. Raises
    NotAllowed; OutOfDate when the report is not under review or one of both is gone; Refused for anything
    else than a measure and a problem.
    """
    require_review(report, by)
    measure, problem = listed(report, measure_id), listed(report, problem_id)
    if (measure.kind, problem.kind) != (ProposalKind.MEASURE, ProposalKind.PROBLEM):
        raise Refused(_("措施只能对应本报告里的问题，请重新选择。"), field="matrix")
    answered = problem.id in measure.answers
    with step(report, "unmatch" if answered else "match", by=by, about=measure):
        rest = [one for one in measure.answers if one != problem.id]
        measure.answers = rest if answered else [*rest, problem.id]
        db.session.flush()
        date_again(report, [problem])
        set_standards_again(report, [problem])
    record(
        "report.match", f"report:{report.id}", measure=measure.id, problem=problem.id, answers=not answered
    )
    return problem
