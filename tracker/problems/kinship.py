"""How often a problem came back: in how many periods running it stood, under whatever row (连续 N 季)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from tracker.extensions import db
from tracker.periods import Period
from tracker.problems.models import Problem


def periods_running(problem_ids: Collection[int]) -> dict[int, int]:
    """Return for each problem in how many periods running it stood, up to its latest one; at least 1.

    Rows of its line count, and those of the earlier lines it recurred or rebounded from. One query.
    """
    found: dict[int, set[Period]] = defaultdict(set)
    if problem_ids:
        for asked, period in db.session.execute(_periods(problem_ids)):
            found[asked].add(period)
    return {asked: running(periods) for asked, periods in found.items()}


def running(periods: Iterable[Period]) -> int:
    """Return how many periods follow one another without a gap, counted back from the latest. Pure."""
    known = set(periods)
    at, count = max(known, default=None), 0
    while at is not None and at in known:
        at, count = at.previous(), count + 1
    return count


def _periods(problem_ids: Collection[int]) -> Select[int, Period]:
    """The periods of the lines of some problems, and of the lines these came back from, however far."""
    origin, row = aliased(Problem), aliased(Problem)
    asked = select(Problem.id.label("asked"), Problem.origin_id.label("line"))
    line = asked.where(Problem.id.in_(problem_ids)).cte("line", recursive=True)
    earlier = select(line.c.asked, origin.kin_id.label("line")).join(origin, origin.id == line.c.line)
    line = line.union(earlier.where(origin.kin_id.is_not(None)))
    return select(line.c.asked, row.period).join(row, row.origin_id == line.c.line)
