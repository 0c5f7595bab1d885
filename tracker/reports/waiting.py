"""Reviews that were begun and wait to be finished: how much is left, and who worked on them last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Person
from tracker.reports.access import visible_to
from tracker.reports.models import Decision, Proposal, Report, ReportState, ReviewStep

MOST_SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """A report under review; `person` and `at` of the last step, None where nobody has begun."""

    report: Report
    left: int
    of: int
    person: str
    at: datetime | None


def waiting(actor: Actor) -> list[Waiting]:
    """Return the reviews that an actor may finish, those worked on last first; in three queries."""
    query = select(Report).where(visible_to(actor), Report.state == ReportState.REVIEW)
    loaded = query.options(joinedload(Report.unit), joinedload(Report.domain))
    reports = db.session.scalars(loaded.order_by(Report.id.desc()).limit(MOST_SHOWN)).all()
    ids = [report.id for report in reports]
    left, last = _left(ids), _last(ids)
    found = [
        Waiting(report, *left.get(report.id, (0, 0)), *last.get(report.id, ("", None))) for report in reports
    ]
    return sorted(found, key=lambda one: one.at or one.report.taken_in_at, reverse=True)


def _left(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many proposals of each report are undecided, and of how many."""
    if not ids:
        return {}
    undecided = func.sum(case((Proposal.decision == Decision.OPEN, 1), else_=0))
    rows = db.session.execute(
        select(Proposal.report_id, undecided, func.count(Proposal.id))
        .where(Proposal.report_id.in_(ids), Proposal.decision != Decision.ABSORBED)
        .group_by(Proposal.report_id)
    )
    return {report_id: (int(left), int(of)) for report_id, left, of in rows}


def _last(ids: Sequence[int]) -> dict[int, tuple[str, datetime | None]]:
    """Who took the last step of each report, and when."""
    if not ids:
        return {}
    newest = (
        select(func.max(ReviewStep.id)).where(ReviewStep.report_id.in_(ids)).group_by(ReviewStep.report_id)
    )
    rows = db.session.execute(
        select(ReviewStep.report_id, Person.name, ReviewStep.at)
        .join(Person, Person.id == ReviewStep.person_id)
        .where(ReviewStep.id.in_(newest))
    )
    return {report_id: (name, at) for report_id, name, at in rows}
