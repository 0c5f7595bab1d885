"""The line of a problem through the periods: what is unfinished becomes a problem of the next one.

A line has one origin (the row of the period in which the problem was found); task and outcome
belong to it. A later row only says that the problem was still there in its period.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import aliased, selectinload

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.problems.kinship import settle
from tracker.problems.models import Problem, ProblemOutcome, ProblemSource
from tracker.refusals import NotAllowed, Refused

UNFINISHED = (ProblemOutcome.OPEN, ProblemOutcome.LONG_TERM)

_First = aliased(Problem)  # the first row of a line
_Other = aliased(Problem)  # any other row of it


def origin_of(problem: Problem) -> int:
    """Return the id of the first row of a problem's line, to which its task belongs."""
    return problem.origin_id or problem.id


def outcome_of(problem: Problem) -> ProblemOutcome:
    """Return what became of a problem, whichever row of its line is asked."""
    return problem.outcome if problem.origin is None else problem.origin.outcome


def found_in(problem: Problem) -> Period:
    """Return the period in which the problem was found, whichever row of its line is asked."""
    return problem.period if problem.origin is None else problem.origin.period


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
    carried = select(_Other.id).where(_Other.origin_id == Problem.origin_id, _Other.period == period.next())
    query = _lines(unit, domain).where(
        Problem.period == period, _First.outcome.in_(UNFINISHED), ~carried.exists()
    )
    return db.session.scalars(query).all()


def left_behind(unit: Unit, period: Period, domain: DutyDomain | None = None) -> list[Problem]:
    """Return the unfinished problems from before the last period that were carried over into none since.

    Their report came in late, or a period in between was skipped. Each is the newest row of its line;
    sorted by the period in which they were found.
    """
    return _left_behind(unit, period, domain, _First.outcome.in_(UNFINISHED))


def closed_uncarried(unit: Unit, period: Period, domain: DutyDomain | None = None) -> list[Problem]:
    """Return what was left behind and then closed in the period all the same."""
    closed = _First.outcome_on.between(period.first_day, period.last_day)
    return _left_behind(unit, period, domain, and_(_First.outcome == ProblemOutcome.CLOSED, closed))


def carry_over(unit: Unit, period: Period, *, by: Actor, domain: DutyDomain | None = None) -> list[Problem]:
    """Let what is unfinished of a period, or was left behind before it, be problems of the next (转入下期).

    Words and countermeasure stay as in the newest row of the line, the task stays that of the origin; what
    was carried over before is left alone, so that a second call does nothing. Raises NotAllowed unless
    the actor is a clerk of the unit.
    """
    if all(office.id != unit.id for office in by.clerk_of):
        raise NotAllowed(_("只有本单位的经办人员可以把问题转入下一期。"))
    take_turn(unit)
    into = period.next()
    unfinished = [*left_behind(unit, into, domain), *to_carry_over(unit, period, domain)]
    carried = [_row_in(into, problem, outcome_of(problem)) for problem in unfinished]
    db.session.add_all(carried)
    if carried:
        settle([row.family_id for row in carried if row.family_id is not None])
        record("problem.carry_over", f"unit:{unit.id}", period=str(into), count=len(carried))
    return carried


def move_line(problem: Problem, domain: DutyDomain) -> None:
    """Let a problem belong to another duty domain, in every period of its line."""
    for row in db.session.scalars(select(Problem).where(Problem.origin_id == origin_of(problem))):
        row.domain = domain


def carry_into(problem: Problem, period: Period, *, by: Actor, text: str, measure: str) -> Problem:
    """Let one unfinished problem be a problem of a later period, in the words of that period's report.

    Returns the row of that period; where the line has one already, that row is left as it is. Task and
    outcome stay those of the origin. Raises NotAllowed unless the actor is a clerk of the unit, Refused for
    a problem that is finished.
    """
    if not by.is_clerk_of(problem.unit_id):
        raise NotAllowed(_("只有本单位的经办人员可以把问题转入下一期。"))
    origin = db.session.get_one(Problem, origin_of(problem))
    if origin.outcome not in UNFINISHED:
        raise Refused(_("以前的问题已经办结，不能结转；选“反弹”“再次发生”或“新问题”。"))
    take_turn(problem.unit)
    line = select(Problem).where(Problem.origin_id == origin.id)
    known = db.session.scalar(line.where(Problem.period == period))
    if known is not None:
        return known
    newest = db.session.scalars(line.order_by(Problem.id.desc())).first() or problem
    row = _row_in(period, newest, origin.outcome)
    row.text, row.measure = text, measure or row.measure
    db.session.add(row)
    settle([row.family_id or origin.id])
    record("problem.carry_over", f"problem:{row.id}", period=str(period), origin=row.origin_id)
    return row


def take_turn(unit: Unit) -> None:
    """Let those who carry over or draft for a unit at once follow one another, as they do on SQLite.

    Holds the unit's row to the end of the transaction; rows that refer to the unit can still be added.
    """
    db.session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update(key_share=True))


def _lines(unit: Unit, domain: DutyDomain | None) -> Select[Problem]:
    """Every row of the unit's problems beside the first row of its line."""
    query = (
        select(Problem)
        .join(_First, _First.id == Problem.origin_id)
        .where(Problem.unit_id == unit.id)
        .options(selectinload(Problem.origin))
        .order_by(Problem.origin_id)
    )
    return query if domain is None else query.where(Problem.domain_id == domain.id)


def _left_behind(
    unit: Unit, period: Period, domain: DutyDomain | None, outcome: ColumnElement[bool]
) -> list[Problem]:
    known = db.session.scalars(select(Problem.period).where(Problem.unit_id == unit.id).distinct())
    before = sorted(p for p in known if p.last_day < period.first_day and p != period.previous())
    since = select(_Other.id).where(_Other.origin_id == Problem.origin_id, _Other.period.not_in(before))
    rows = db.session.scalars(
        _lines(unit, domain).where(Problem.period.in_(before), outcome, ~since.exists())
    )
    newest = {origin_of(row): row for row in sorted(rows, key=lambda row: row.period)}
    return sorted(newest.values(), key=lambda row: (found_in(row), origin_of(row)))


def _row_in(period: Period, problem: Problem, outcome: ProblemOutcome) -> Problem:
    return Problem(
        unit_id=problem.unit_id,
        domain_id=problem.domain_id,
        period=period,
        text=problem.text,
        measure=problem.measure,
        source=ProblemSource.CARRIED_OVER,
        report_id=problem.report_id,
        start=problem.start,
        end=problem.end,
        origin_id=origin_of(problem),
        family_id=problem.family_id,
        outcome=outcome,
        made_at=clock.now(),
    )
