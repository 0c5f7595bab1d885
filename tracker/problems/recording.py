"""How a problem comes to be a row."""

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.problems.models import Problem, ProblemOutcome, ProblemSource


def record_problem(
    unit: Unit,
    period: Period,
    *,
    domain: DutyDomain,
    text: str,
    measure: str = "",
    report_id: int | None = None,
    start: int | None = None,
    end: int | None = None,
    long_term: bool = False,
    source: ProblemSource = ProblemSource.REPORT,
) -> Problem:
    """Record a new problem of a unit and period: the first row of its line, so its origin is itself.

    Whoever calls has checked who may (creating a task does, in the same transaction).
    """
    problem = Problem(
        unit=unit,
        domain=domain,
        period=period,
        text=text,
        measure=measure,
        source=source,
        report_id=report_id,
        start=start,
        end=end,
        outcome=ProblemOutcome.LONG_TERM if long_term else ProblemOutcome.OPEN,
        made_at=clock.now(),
    )
    db.session.add(problem)
    db.session.flush()
    problem.origin_id = problem.id
    db.session.flush()
    record("problem.record", f"problem:{problem.id}", period=str(period))
    return problem
