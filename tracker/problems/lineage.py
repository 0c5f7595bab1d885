"""The line of a problem through the periods: what is unfinished becomes a problem of the next one.

A line has one origin (the row of the period in which the problem was found); task and outcome
belong to it. A later row only says that the problem was still there in its period.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import aliased, selectinload

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.problems.models import Problem, ProblemOutcome, ProblemSource
from tracker.refusals import NotAllowed

UNFINISHED = (ProblemOutcome.OPEN, ProblemOutcome.LONG_TERM)


def origin_of(problem: Problem) -> int:
    """Return the id of the first row of a problem's line, to which its task belongs."""
    return problem.origin_id or problem.id


def outcome_of(problem: Problem) -> ProblemOutcome:
    """Return what became of a problem, whichever row of its line is asked."""
    return problem.outcome if problem.origin is None else problem.origin.outcome


def problems_of(unit: Unit, period: Period, domain: DutyDomain | None = None) -> Sequence[Problem]:
    """Return the problems registered for a period, those carried over included, in their order."""
    query = (
        select(Problem)
        .where(Problem.unit_id == unit.id, Problem.period == period)
        .options(selectinload(Problem.origin))
        .order_by(Problem.origin_id, Problem.id)
    )
    if domain is not None:
        query = query.where(Problem.domain_id == domain.id)
    return db.session.scalars(query).all()


def to_carry_over(unit: Unit, period: Period, domain: DutyDomain | None = None) -> Sequence[Problem]:
    """Return the unfinished problems of a period that are not yet problems of the next one."""
    later = aliased(Problem)
    already = select(later.id).where(later.origin_id == Problem.origin_id, later.period == period.next())
    first = aliased(Problem)
    query = (
        select(Problem)
        .join(first, first.id == Problem.origin_id)
        .where(
            Problem.unit_id == unit.id,
            Problem.period == period,
            first.outcome.in_(UNFINISHED),
            ~already.exists(),
        )
        .order_by(Problem.origin_id)
    )
    if domain is not None:
        query = query.where(Problem.domain_id == domain.id)
    return db.session.scalars(query).all()


def carry_over(unit: Unit, period: Period, *, by: Actor, domain: DutyDomain | None = None) -> list[Problem]:
    """Let the unfinished problems of a period be problems of the next one (转入下期).

    Words and countermeasure stay, the task stays that of the origin; what was carried over before
    is left alone, so that a second call does nothing. Raises NotAllowed unless the actor is a clerk
    of the unit.
    """
    if all(office.id != unit.id for office in by.clerk_of):
        raise NotAllowed(_("只有本单位的经办人员可以把问题转入下一期。"))
    carried = [_next_row(problem) for problem in to_carry_over(unit, period, domain)]
    db.session.add_all(carried)
    db.session.flush()
    if carried:
        record("problem.carry_over", f"unit:{unit.id}", period=str(period.next()), count=len(carried))
    return carried


def _next_row(problem: Problem) -> Problem:
    return Problem(
        unit_id=problem.unit_id,
        domain_id=problem.domain_id,
        period=problem.period.next(),
        text=problem.text,
        measure=problem.measure,
        source=ProblemSource.CARRIED_OVER,
        report_id=problem.report_id,
        start=problem.start,
        end=problem.end,
        origin_id=origin_of(problem),
        outcome=outcome_of(problem),
        made_at=clock.now(),
    )
