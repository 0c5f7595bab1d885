"""The ledger read by problem: each family with its rows through the periods, what came back most first.

A family is a problem with all that came back from it (`problems.kinship`). A reader has of it the rows whose
task they see, and is told of no other.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    distinct,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from tracker.extensions import db
from tracker.periods import Period
from tracker.problems.models import Kinship, Problem
from tracker.problems.words import KINSHIP_WORDS
from tracker.tasks.again import ONE, is_rebound
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions, listed, row_parts
from tracker.web.paging import Page, page

FAMILIES = 20  # on a page
ROWS = 8  # of each of them; its own page has more
MOST_ROWS = 100  # on the page of one family

# Beside Problem and Task, which the conditions of the ledger name
_First, _Row, _Led = aliased(Problem), aliased(Problem), aliased(Task)


@dataclass(frozen=True)
class FamilyRow:
    """A problem as it was reported for one period, with the tasks of its line that the reader sees.

    `goes_on`: a later period has it, too; `came_from`: the tasks of the line that it came back from.
    """

    problem: Problem
    tasks: Sequence[Task]
    came_from: Sequence[Task]
    goes_on: bool

    @property
    def is_first(self) -> bool:
        """Whether the problem was found in this period."""
        return self.problem.origin_id == self.problem.id

    @property
    def kinship(self) -> Kinship:
        """What it is to what was there before."""
        return (self.problem.kinship or Kinship.NEW) if self.is_first else Kinship.CARRIED

    @property
    def word(self) -> str:
        """Return the same in a word, to be translated."""
        return KINSHIP_WORDS[self.kinship]


@dataclass(frozen=True)
class Family:
    """A family as a reader sees it, the latest row first; `returns`: how often it came back.

    `earlier`: how many rows stand before those shown; `before`: the place of the first one shown.
    """

    id: int
    returns: int
    rows: Sequence[FamilyRow]
    earlier: int
    before: int

    @property
    def rebounds(self) -> bool:
        """Whether something of it that was closed came back."""
        tasks = (task for row in self.rows for task in row.tasks)
        return any(row.kinship == Kinship.REBOUND for row in self.rows) or any(map(is_rebound, tasks))


def families(
    conditions: Conditions, seen: ColumnElement[bool], lights: Lights, *, after: str | None = None
) -> Page[Family]:
    """Return one page of the families that have a task under the conditions; four queries.

    The period is not that of the task: it narrows to families with a row of it.
    """
    meets = case((_meets(conditions, lights), 1), else_=0)
    found = _counted(seen, _several()).having(func.max(meets) == 1).subquery()
    keys = (found.c.returns, found.c.running, found.c.id)
    query: Select[Any] = select(found.c.id, found.c.returns)
    ranked = page(query, keys, after, size=FAMILIES, newest_first=True)
    return Page(_filled(dict(ranked.rows), seen, ROWS), ranked.after)


def find_family(family_id: int, seen: ColumnElement[bool], *, before: int | None = None) -> Family | None:
    """Return one family, or None where the reader sees nothing of it; `before` turns to earlier rows."""
    found = db.session.execute(_counted(seen, [family_id])).first()
    return None if found is None else _filled({found.id: found.returns}, seen, MOST_ROWS, before)[0]


@dataclass(frozen=True)
class Relatives:
    """The tasks in sight of the lines that a task's problem came back from, and that came back from it.

    `merged` are those that it took over (并案). `family_id` where the ledger has more of the problem than
    this one row.
    """

    earlier: Sequence[Task]
    later: Sequence[Task]
    merged: Sequence[Task]
    family_id: int | None


def relatives(task: Task, seen: ColumnElement[bool]) -> Relatives:
    """Return to which other tasks the page of a task leads, at most forty; one query."""
    problem, kin, related = task.problem, None, Task.merged_into_id == task.id
    if problem is not None:
        kin = problem.kin_id
        lines = select(_Row.id).where(or_(_Row.id == kin, _Row.kin_id == problem.id))
        related = or_(related, Task.problem_id.in_(lines))
    query = select(Task).where(seen, related).options(*row_parts())
    found = db.session.scalars(query.order_by(Task.id.desc()).limit(2 * FAMILIES)).all()
    merged = [one for one in found if one.merged_into_id == task.id]
    of_lines = [one for one in found if one not in merged]
    goes_on = problem is not None and (bool(of_lines) or problem.running > 1 or task.round_no > 1)
    return Relatives(
        [one for one in of_lines if one.problem_id == kin],
        [one for one in of_lines if one.problem_id != kin],
        merged,
        problem.family_id if problem is not None and goes_on else None,
    )


def family_periods(seen: ColumnElement[bool]) -> list[Period]:
    """Return the periods in which families that a reader sees have rows, the latest first."""
    query = select(_Row.period).where(_Row.family_id.in_(_several()), _is_seen(seen))
    return sorted(db.session.scalars(query.distinct()), reverse=True)


def _several() -> Any:
    """The families of more than one row or round; a problem that was there once is not read by family."""
    rounds = select(_Row.family_id).join(_Led, _Led.problem_id == _Row.id).where(_Led.round_no > ONE)
    kin = select(_Row.family_id).where(_Row.kinship.is_not(None))
    return kin.union(select(_Row.family_id).where(_Row.origin_id != _Row.id), rounds)


def _meets(conditions: Conditions, lights: Lights) -> ColumnElement[bool]:
    """Return the conditions of the ledger, for a task of a family that is seen."""
    rules = listed(replace(conditions, period=None), true(), lights)
    if conditions.period is not None:
        rules.append(_First.id.in_(select(_Row.origin_id).where(_Row.period == conditions.period)))
    return and_(*rules)


def _is_seen(seen: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that some task of a row's line is seen."""
    return select(Task.id).where(Task.problem_id == _Row.origin_id, seen).exists()


def _counted(seen: ColumnElement[bool], family_ids: Any) -> Select[int | None, int, int]:
    """Return how often some families came back, and how long they stand, by what the reader sees."""
    lines = func.count(distinct(case((_First.kin_id.is_not(None), _First.id))))
    returns = cast(lines + func.sum(Task.round_no - 1), BigInteger)
    return (
        select(
            _First.family_id.label("id"), returns.label("returns"), func.max(_First.running).label("running")
        )
        .join(Task, Task.problem_id == _First.id)
        .where(seen, _First.family_id.in_(family_ids))
        .group_by(_First.family_id)
    )


def _filled(
    returns: Mapping[int, int], seen: ColumnElement[bool], most: int, before: int | None = None
) -> list[Family]:
    """Return some families, in the order given, each with its latest rows or those before a place."""
    found = _rows(returns, seen, most, before)
    lines = {row.Problem.origin_id for rows in found.values() for row in rows}
    lines |= {row.Problem.kin_id for rows in found.values() for row in rows}
    tasks = _tasks(lines, seen)
    return [
        Family(
            id=number,
            returns=count,
            rows=[
                FamilyRow(
                    row.Problem,
                    tasks[row.Problem.origin_id],
                    tasks[row.Problem.kin_id] if row.Problem.kin_id else (),
                    row.later > 1,
                )
                for row in found[number]
            ],
            earlier=found[number][-1].place - 1 if found[number] else 0,
            before=found[number][-1].place if found[number] else 0,
        )
        for number, count in returns.items()
    ]


def _rows(
    family_ids: Collection[int], seen: ColumnElement[bool], most: int, before: int | None
) -> Mapping[int, Sequence[Any]]:
    """Return by family the latest rows before a place; places count from the first row that is seen."""
    period = type_coerce(_Row.period, String)
    placed = (
        select(
            _Row.id,
            func.row_number().over(partition_by=_Row.family_id, order_by=(period, _Row.id)).label("place"),
            func.count().over(partition_by=_Row.family_id).label("all"),
            func.row_number()
            .over(partition_by=_Row.origin_id, order_by=(period.desc(), _Row.id.desc()))
            .label("later"),
        )
        .where(_Row.family_id.in_(family_ids), _is_seen(seen))
        .subquery()
    )
    end = placed.c.all + 1 if before is None else before
    query = (
        select(Problem, placed.c.place, placed.c.later)
        .join(placed, placed.c.id == Problem.id)
        .options(joinedload(Problem.unit), joinedload(Problem.domain))
        .where(placed.c.place < end, placed.c.place >= end - most)
        .order_by(placed.c.place.desc())
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.Problem.family_id].append(row)
    return found


def _tasks(lines: Collection[int | None], seen: ColumnElement[bool]) -> Mapping[int, list[Task]]:
    query = select(Task).where(seen, Task.problem_id.in_([line for line in lines if line is not None]))
    found: dict[int, list[Task]] = defaultdict(list)
    for task in db.session.scalars(query.options(*row_parts(), selectinload(Task.rounds)).order_by(Task.id)):
        assert task.problem_id is not None
        found[task.problem_id].append(task)
    return found
