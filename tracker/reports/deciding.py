"""The clerk decides on a proposal: taken, no problem, or open again."""

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.organization.acting import Actor
from tracker.refusals import OutOfDate
from tracker.reports.access import require_review
from tracker.reports.history import step
from tracker.reports.models import Decision, Proposal, Report
from tracker.reports.recognising import require_said

ACTS = {Decision.TAKEN: "take", Decision.DROPPED: "drop", Decision.OPEN: "reopen"}


def decide(report: Report, proposal_id: int, decision: Decision, *, by: Actor) -> Proposal:
    """Take a proposal, drop it (不是问题), or take the decision back.

    Raises NotAllowed; OutOfDate when the report is not under review or has no such proposal; Refused when
    one that resembles an earlier problem is taken and nobody has said yet what it is to that one.
    """
    require_review(report, by)
    proposal = listed(report, proposal_id)
    if decision == Decision.TAKEN:
        require_said(report, [proposal])
    with step(report, ACTS[decision], by=by, about=proposal):
        proposal.decision = decision
    record("report.decide", f"report:{report.id}", proposal=proposal.id, decision=decision.value)
    return proposal


def listed(report: Report, proposal_id: int) -> Proposal:
    """Return a proposal that the pages of a report list. Raises OutOfDate where there is none (any more)."""
    found = next((row for row in report.listed if row.id == proposal_id), None)
    if found is None:
        raise OutOfDate(_("这条内容已不在这份报告里，刷新页面再改。"))
    return found
