"""What a table that came back would change: row by row, cell by cell, before anything is changed.

Each cell is held against what went out (the stamp) and against the task of today: changed in the file
alone it is a change, changed on both sides a conflict, changed here alone nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from tracker.database import BATCH
from tracker.exchange.ledger_columns import BY_FIELD, FIELDS
from tracker.exchange.ledger_in import FileRow, LedgerTable
from tracker.exchange.ledger_lines import Line, Lines, line_parts, plain
from tracker.exchange.ledger_stamp import Stamp, digest, read_stamp
from tracker.exchange.ledger_wishes import Case, Impossible, OfficeNames, Wish, case_of, judge
from tracker.exchange.numbers import numbered
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.tasks.access import visible_to
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task, TaskRequest

MOST_ROWS = 20_000
MOST_UNPLACED = 1000  # rows without task that are kept and given back: more are another file, no slip
COMPARED = tuple(name for name in FIELDS if name not in ("no", "case_no"))


class RowState(StrEnum):
    """What became, or is to become, of a row."""

    READY = "ready"  # can be carried out
    KEPT = "kept"  # only cells that no verb changes: nothing to carry out
    WRONG = "wrong"  # a cell cannot be carried out; the row is given back
    UNPLACED = "unplaced"  # no task, or several rows for one; the row is given back
    APPLIED = "applied"
    LEFT = "left"  # the person chose to leave it
    REFUSED = "refused"  # a verb refused it; the row is given back
    OUT_OF_DATE = "out_of_date"  # the task changed after the preview; the row is given back


GIVEN_BACK = frozenset({RowState.WRONG, RowState.UNPLACED, RowState.REFUSED, RowState.OUT_OF_DATE})


class CellState(StrEnum):
    """What is with a changed cell."""

    CHANGE = "change"
    CONFLICT = "conflict"  # changed here as well since the export
    KEPT = "kept"  # no verb changes it; the present value stays
    WRONG = "wrong"


@dataclass(frozen=True)
class PlannedCell:
    """A cell that was changed: what the task says, what the file says, and what comes of it."""

    name: str
    state: CellState
    old: str
    new: str
    wish: Wish | None = None
    message: str = ""

    @property
    def header(self) -> str:
        """What the column is called."""
        return BY_FIELD[self.name].header


@dataclass(frozen=True)
class PlannedRow:
    """A row that asks for something, or that cannot be placed."""

    number: int
    state: RowState
    given: Sequence[str]
    task_id: int | None = None
    version: int | None = None
    case_no: str = ""
    message: str = ""
    cells: Sequence[PlannedCell] = field(default_factory=tuple)


@dataclass(frozen=True)
class Plan:
    """A file held against the ledger."""

    headers: Sequence[str]
    rows: Sequence[PlannedRow]
    untouched: int
    remarks: Sequence[str]


def plan(table: LedgerTable, by: Actor) -> Plan:
    """Return what a table asks for among the tasks a person sees; a foreign row is like one without task."""
    planning = _Planning(by)
    touched, untouched = _sift(table.rows)
    rows: list[PlannedRow] = []
    numbers = numbered([row["case_no"] for row in touched if row["case_no"]], by)
    rows_of = _rows_of(table.rows, numbers)
    unplaced = same = 0
    for at in range(0, len(touched), BATCH):
        batch = touched[at : at + BATCH]
        tasks = _tasks(batch, numbers, by)
        found = planning.lines(tasks.values())
        for row in batch:
            place = _place(row, tasks, numbers, rows_of)
            unplaced += place.task is None
            if place.task is not None or unplaced <= MOST_UNPLACED:
                asked = planning.row(row, place, found)
                same += not asked
                rows += asked
    return Plan(table.headers, rows, untouched + same, [*table.remarks, *_left_out(unplaced)])


def _left_out(unplaced: int) -> list[str]:
    """Return what is to be said of rows without task that are too many to be kept."""
    if unplaced <= MOST_UNPLACED:
        return []
    return [
        _(
            "找不到任务的有 %(all)s 行，只列出、给回前 %(most)s 行，另外 %(rest)s 行没有保留；"
            "请核对这个文件是不是本单位的台账。",
            all=unplaced,
            most=MOST_UNPLACED,
            rest=unplaced - MOST_UNPLACED,
        )
    ]


def _sift(rows: Sequence[FileRow]) -> tuple[list[FileRow], int]:
    """Part the rows in which the file says what went out; nothing need be asked about them."""
    touched = [row for row in rows if _is_touched(row)]
    return touched, len(rows) - len(touched)


def _is_touched(row: FileRow) -> bool:
    stamp = read_stamp(row["stamp"])
    return stamp is None or bool(row.formulas) or next(_changed(row, stamp), None) is not None


def _changed(row: FileRow, stamp: Stamp) -> Iterator[str]:
    """Yield the columns of a stamped row in which the file says something else than what went out."""
    for name in ("case_no", *COMPARED):
        if name in row.cells and digest(row["uuid"], name, row[name]) != stamp.digests[name]:
            yield name


@dataclass(frozen=True)
class _Place:
    """The task of a row, or why it has none."""

    task: Task | None
    message: str = ""


def _place(
    row: FileRow, tasks: Mapping[str, Task], numbers: Mapping[str, str], rows_of: Mapping[str, Sequence[int]]
) -> _Place:
    key = _key(row, numbers)
    if not row["uuid"] and not row["case_no"]:
        return _Place(None, _("没有编号，不知道是哪一件任务。"))
    task = tasks.get(key)
    if task is None:
        return _Place(None, _("没有这件任务，或不在您的查看范围内。"))
    if row["uuid"] and row["case_no"] and row["case_no"] not in (task.short_no, task.case_no):
        return _Place(None, _("编号与隐藏的任务标识对不上，可能只对一部分列排了序，或改过编号。"))
    others = [number for number in rows_of[key] if number != row.number]
    if others:
        return _Place(None, _("第 %(row)s 行也是这件任务，都没有读；请只留一行。", row=others[0]))
    return _Place(task)


def _key(row: FileRow, numbers: Mapping[str, str]) -> str:
    """Return the identifier of the task a row means: its hidden one, else that of its number; "" for none."""
    return row["uuid"] or numbers.get(row["case_no"], "")


def _rows_of(rows: Sequence[FileRow], numbers: Mapping[str, str]) -> dict[str, list[int]]:
    """Return in which rows each task stands, by its identifier."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(_key(row, numbers), []).append(row.number)
    return found


def _tasks(rows: Sequence[FileRow], numbers: Mapping[str, str], by: Actor) -> dict[str, Task]:
    """Return the tasks of some rows by their identifier, as far as the person sees them."""
    wanted = {_key(row, numbers) for row in rows} - {""}
    found = db.session.scalars(
        select(Task)
        .where(Task.uuid.in_(wanted), visible_to(by))
        .options(
            *line_parts(),
            selectinload(Task.events),
            selectinload(Task.requests).joinedload(TaskRequest.asked),
        )
    )
    return {task.uuid: task for task in found}


class _Planning:
    """One file being planned: the organization and the names of the offices that were met."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._lines = Lines(Lights.on(by.day), by.office)
        self._names: dict[int, OfficeNames] = {}
        self._known: Known | None = None

    def lines(self, tasks: Iterable[Task]) -> dict[str, Line]:
        """Return what the ledger says today of some tasks, by their identifier."""
        listed = list(tasks)
        self._known = self._lines.known(listed)
        return {line.uuid: line for line in self._lines.of(listed)}

    def row(self, row: FileRow, place: _Place, found: Mapping[str, Line]) -> list[PlannedRow]:
        """Return the row with what it asks for; nothing for one that asks for nothing."""
        task = place.task
        if task is None:
            unplaced = RowState.UNPLACED
            return [
                PlannedRow(row.number, unplaced, row.given, case_no=row["case_no"], message=place.message)
            ]
        cells = list(self._cells(row, task, found[task.uuid]))
        if not cells:
            return []
        state, message = _outcome(cells)
        return [
            PlannedRow(
                row.number, state, row.given, task.id, task.version, self._lines.number(task), message, cells
            )
        ]

    def _cells(self, row: FileRow, task: Task, line: Line) -> Iterator[PlannedCell]:
        stamp = read_stamp(row["stamp"]) if row["uuid"] else None
        changed = _unlike(row, line) if stamp is None else _changed(row, stamp)
        case: Case | None = None
        for name in dict.fromkeys([*changed, *row.formulas]):
            old, new = plain(line.cells.get(name, "")), row[name]
            if name not in COMPARED or (old == new and name not in row.formulas):
                continue
            if case is None:
                case = self._case(task, row)
            both = stamp is not None and digest(task.uuid, name, old) != stamp.digests[name]
            cell = _planned(case, name, old, new, both=both)
            if cell is not None:
                yield cell

    def _case(self, task: Task, row: FileRow) -> Case:
        if task.unit_id not in self._names:
            self._names[task.unit_id] = OfficeNames(task.unit, self.by.day)
        assert self._known is not None
        return case_of(task, row, self._names[task.unit_id], self.by, self._known)


def _unlike(row: FileRow, line: Line) -> Iterator[str]:
    """Yield the columns of a row without a stamp that differ from the task; blank ones say nothing."""
    for name in COMPARED:
        if row[name] and row[name] != plain(line.cells[name]):
            yield name


def _planned(case: Case, name: str, old: str, new: str, *, both: bool) -> PlannedCell | None:
    try:
        wish = judge(case, name, new, old)
    except Impossible as impossible:
        state = CellState.KEPT if impossible.keeps else CellState.WRONG
        return PlannedCell(name, state, old, new, None, impossible.message)
    if wish is None:
        return None
    return PlannedCell(name, CellState.CONFLICT if both else CellState.CHANGE, old, new, wish, wish.note)


def _outcome(cells: Sequence[PlannedCell]) -> tuple[RowState, str]:
    states = {cell.state for cell in cells}
    if CellState.WRONG in states:
        return RowState.WRONG, _("有单元格不能照办，这一行没有导入。")
    wishes = [cell.wish for cell in cells if cell.wish is not None]
    if not wishes:
        return RowState.KEPT, ""
    arguments = {wish.argument for wish in wishes}
    if "percent" in arguments and "text" not in arguments:
        return RowState.WRONG, _("改完成比例要同时写明整改进展，这一行没有导入。")
    return RowState.READY, ""
