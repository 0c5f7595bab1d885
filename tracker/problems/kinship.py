"""How a problem came back: the family of its lines, and in how many periods running it stood (连续 N 季).

A family is the line of a problem with every line that came back from it, however far. Both are made from the
rows and kept on them, so that a list of any length asks nothing more; whoever adds a row to a line settles
its family in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy import select, update

from tracker.extensions import db
from tracker.periods import Period
from tracker.problems.models import Problem


class Row(Protocol):
    """What is counted of a problem: its line, what that came back from, its period."""

    id: int
    origin_id: int | None
    kin_id: int | None
    period: Period


def settle(family_ids: Collection[int]) -> None:
    """Count anew in how many periods running each line of some families stood."""
    db.session.flush()
    columns = (
        Problem.id,
        Problem.origin_id,
        Problem.kin_id,
        Problem.period,
        Problem.family_id,
        Problem.running,
    )
    families: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(select(*columns).where(Problem.family_id.in_(set(family_ids)))):
        families[row.family_id].append(row)
    changed: dict[int, list[int]] = defaultdict(list)
    for rows in families.values():
        counted = standing(rows)
        for row in rows:
            if row.running != (now := counted[row.origin_id or row.id]):
                changed[now].append(row.id)
    for count, ids in changed.items():
        db.session.execute(update(Problem).where(Problem.id.in_(ids)).values(running=count))


def standing(rows: Collection[Row]) -> Mapping[int, int]:
    """Return for each line of a family, by its first row, in how many periods running it stood; at least 1.

    Its own periods count, up to the latest, and those of the lines it recurred or rebounded from. Pure.
    """
    periods: dict[int, set[Period]] = defaultdict(set)
    for row in rows:
        periods[row.origin_id or row.id].add(row.period)
    came_from = {row.id: row.kin_id for row in rows if row.kin_id is not None}
    counted = {}
    for line, known in periods.items():
        before, passed = came_from.get(line), {line}
        while before is not None and before not in passed:  # a circle ends where it began
            known = known | periods.get(before, set())
            passed.add(before)
            before = came_from.get(before)
        counted[line] = running(known)
    return counted


def running(periods: Iterable[Period]) -> int:
    """Return how many periods follow one another without a gap, counted back from the latest. Pure."""
    known = set(periods)
    at, count = max(known, default=None), 0
    while at is not None and at in known:
        at, count = at.previous(), count + 1
    return count
