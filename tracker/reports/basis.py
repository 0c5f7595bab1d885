"""What dates and posts of a whole report are counted from: its period and its domain."""

from collections.abc import Iterable, Sequence

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain
from tracker.periods import Period
from tracker.reports.access import require_review
from tracker.reports.dating import due, read_again
from tracker.reports.fields import BY_CLERK
from tracker.reports.history import step
from tracker.reports.models import Proposal, ProposalKind, Report
from tracker.reports.proposing import measures_of, suggest_for
from tracker.reports.reading.time_rules import Calendar
from tracker.reports.recognising import earlier_problems
from tracker.reports.standard import propose_standard
from tracker.workdays import shipped


def choose_period(report: Report, period: Period, *, by: Actor) -> None:
    """Choose the period (for a masked year, or another one); dates the clerk did not write follow it.

    Raises NotAllowed, or OutOfDate when the report is not under review.
    """
    require_review(report, by)
    with step(report, "period", by=by):
        report.period = period
        date_again(report, report.listed)
        db.session.flush()
        _forget_later_kin(report)
    record("report.choose_period", f"report:{report.id}", period=str(period))


def choose_domain(report: Report, domain: DutyDomain, *, by: Actor) -> None:
    """Choose the domain of the report; posts the clerk did not choose are suggested anew.

    Raises NotAllowed, or OutOfDate when the report is not under review.
    """
    require_review(report, by)
    if report.domain_id == domain.id:
        return
    with step(report, "domain", by=by):
        report.domain = domain
        open_rows = [row for row in report.listed if row.post_why != BY_CLERK]
        if open_rows:
            suggest_for(report, open_rows)
    record("report.choose_domain", f"report:{report.id}", domain=domain.code)


def date_again(report: Report, rows: Iterable[Proposal]) -> None:
    """Let the deadlines of some proposals follow their words, but for those the clerk wrote."""
    at = calendar_of(report)
    answered = report.answered()
    for row in rows:
        if row.deadline_why != BY_CLERK:
            own, linked = _words_about_time(row, answered.get(row.id, []))
            found = due(read_again(own, linked, at), report.period, clock.today(), shipped())
            row.deadline, row.deadline_why, row.clock = found.day, found.why, found.clock


def set_standards_again(report: Report, rows: Iterable[Proposal]) -> None:
    """Let the standards of some proposals follow their measures, but for those the clerk wrote."""
    answered = report.answered()
    for row in rows:
        if row.standard_why != BY_CLERK:
            measures = measures_of(row, answered.get(row.id, []))
            row.standard, row.standard_why = propose_standard("\n".join(measures))


def calendar_of(report: Report) -> Calendar:
    """Return what the dates of a report are counted from."""
    return Calendar(report.period, report.report_day, shipped())


def _forget_later_kin(report: Report) -> None:
    """Take back what was said of earlier problems that, with the period now chosen, are no earlier ones."""
    known = earlier_problems(report)
    for row in report.listed:
        if row.kin_id is not None and row.kin_id not in known:
            row.kinship, row.kin_id = None, None


def _words_about_time(proposal: Proposal, answering: Sequence[Proposal]) -> tuple[str, list[str]]:
    """The words in which a deadline may stand: a problem's own measure and those linked; or a measure."""
    if proposal.kind == ProposalKind.MEASURE:
        return proposal.text, []
    return proposal.measure, [row.text for row in answering]
