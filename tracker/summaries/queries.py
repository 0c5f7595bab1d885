"""What the pages of summaries list."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.domains import domains_known
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.problems.models import Problem
from tracker.summaries.access import visible_to
from tracker.summaries.models import Summary
from tracker.web.paging import Page, page

QUARTERS_BACK = 4


def summaries(actor: Actor, after: str | None) -> Page[Summary]:
    """Return one page of the drafts an actor may read, the last rolled up first."""
    query = (
        select(Summary).where(visible_to(actor)).options(joinedload(Summary.unit), joinedload(Summary.domain))
    )
    return page(query, (Summary.rolled_up_at, Summary.id), after, newest_first=True)


def domains(offices: Iterable[Unit]) -> Sequence[DutyDomain]:
    """Return the duty domains a summary of some offices can be confined to."""
    known = {domain.id: domain for office in offices for domain in domains_known(office)}
    return [known[key] for key in sorted(known)]


def offered_periods(units: Sequence[Unit]) -> list[Period]:
    """Return the periods a summary is likely drafted for, the latest first.

    The quarters around today, and those that follow a period with problems of the units.
    """
    quarter = Period.of(clock.today())
    offered = {quarter, quarter.next()}
    for _ in range(QUARTERS_BACK):
        quarter = quarter.previous()
        offered.add(quarter)
    return sorted(offered | {period.next() for period in _with_problems(units)}, reverse=True)


def likeliest_period(units: Sequence[Unit]) -> Period:
    """Return the period that follows the last one that is over and has problems, else the present quarter."""
    today = clock.today()
    over = [period for period in _with_problems(units) if period.last_day < today]
    return max(over).next() if over else Period.of(today)


def _with_problems(units: Sequence[Unit]) -> Sequence[Period]:
    ids = [unit.id for unit in units]
    return db.session.scalars(select(Problem.period).where(Problem.unit_id.in_(ids)).distinct()).all()
