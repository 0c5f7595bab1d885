"""How a problem comes to be a row."""

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.problems.kinship import settle
from tracker.problems.lineage import take_turn
from tracker.problems.models import Kinship, Problem, ProblemOutcome, ProblemPassage, ProblemSource


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
    kinship: Kinship | None = None,
    kin: Problem | None = None,
) -> Problem:
    """Record a new problem of a unit and period: the first row of its line, so its origin is itself.

    One that recurs or rebounds names the earlier problem, whose line stays as it is. Whoever calls has
    checked who may (creating a task does, in the same transaction).
    """
    take_turn(unit)  # before the row refers to the unit: whoever numbers its task waits for that
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
        kinship=kinship,
        kin_id=None if kin is None else kin.origin_id,
        made_at=clock.now(),
    )
    db.session.add(problem)
    db.session.flush()
    problem.origin_id = problem.id
    problem.family_id = problem.id if kin is None else kin.family_id
    db.session.flush()
    if kin is not None:
        settle([kin.family_id or kin.id])
    record("problem.record", f"problem:{problem.id}", period=str(period), kinship=kinship, kin=problem.kin_id)
    return problem


def add_passage(
    problem: Problem, report_id: int, start: int | None, end: int | None, text: str, measure: str = ""
) -> ProblemPassage:
    """Keep a further place of a report at which a problem was read (又一处出处).

    Whoever calls has checked who may, and leaves the row of the trail.
    """
    passage = ProblemPassage(
        problem=problem,
        report_id=report_id,
        start=start,
        end=end,
        text=text,
        measure=measure,
        made_at=clock.now(),
    )
    db.session.add(passage)
    db.session.flush()
    return passage
