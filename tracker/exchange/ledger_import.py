"""A table handed in: kept from its preview until it is decided, seen by whoever handed it in alone.

After a week it is deleted, decided or not. What is in it was typed outside and may hold what a mark hides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select

from tracker import clock
from tracker.audit.trail import record
from tracker.database import BATCH, writing
from tracker.documents.returned_sheet import read_returned
from tracker.documents.sheet import MOST_COLUMNS, Sheet, UnreadableSheetError, write_sheet
from tracker.exchange.ledger_apply import apply_row
from tracker.exchange.ledger_columns import STAMP, UUID
from tracker.exchange.ledger_in import LedgerTable, read_table
from tracker.exchange.ledger_plan import (
    GIVEN_BACK,
    MOST_ROWS,
    CellState,
    Plan,
    PlannedCell,
    PlannedRow,
    RowState,
)
from tracker.exchange.ledger_wishes import Wish
from tracker.exchange.models import LedgerImport, LedgerImportRow
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.tasks.access import visible_to
from tracker.tasks.models import Task
from tracker.tasks.states import Action
from tracker.tasks.stepping import require

KEPT = timedelta(days=7)
AT_ONCE = 100  # rows shown and carried out together: a request holds the database for some seconds at most
LONGEST_NAME = 255
WHY = "未导入原因"


def read_file(name: str, content: bytes) -> LedgerTable:
    """Return the rows of a table handed in. Raises Refused for a file that is not read."""
    try:
        table = read_table(read_returned(name, content, most_rows=MOST_ROWS))
    except UnreadableSheetError as unreadable:
        raise Refused(unreadable.message, field="file") from None
    if table is None:
        raise Refused(
            _("没有找到表头，没有读取。前 10 行里要有一行写明“编号”和要改的列，可先导出台账对照。"),
            field="file",
        )
    return table


def hand_in(name: str, found: Plan, *, by: Actor) -> LedgerImport:
    """Keep what a table asks for until it is decided; nothing of the ledger is changed."""
    made = LedgerImport(
        person_id=by.person.id,
        name=name[:LONGEST_NAME],
        made_at=clock.now(),
        headers=list(found.headers),
        remarks=list(found.remarks),
        untouched=found.untouched,
    )
    db.session.add(made)
    db.session.flush()
    for at in range(0, len(found.rows), BATCH):  # no objects are made of them: others wait to write meanwhile
        rows = found.rows[at : at + BATCH]
        db.session.execute(insert(LedgerImportRow), [_kept(made, row) for row in rows])
    record("ledger.hand_in", f"ledger_import:{made.id}", rows=len(found.rows))
    return made


def find_import(import_id: int, actor: Actor) -> LedgerImport | None:
    """Return a table that the actor handed in, or None: another's is like one that does not exist."""
    mine = LedgerImport.id == import_id, LedgerImport.person_id == actor.person.id
    return db.session.scalar(select(LedgerImport).where(*mine))


def counts(kept: LedgerImport) -> Mapping[RowState, int]:
    """Return how many rows are in which state."""
    query = (
        select(LedgerImportRow.state, func.count())
        .where(LedgerImportRow.import_id == kept.id)
        .group_by(LedgerImportRow.state)
    )
    return dict(db.session.execute(query).all())


def rows_in(kept: LedgerImport, states: Collection[RowState], most: int, actor: Actor) -> list[PlannedRow]:
    """Return the first rows in some states; of a task no longer seen only the number of the row."""
    query = (
        select(LedgerImportRow)
        .where(LedgerImportRow.import_id == kept.id, LedgerImportRow.state.in_(states))
        .order_by(LedgerImportRow.id)
        .limit(most)
    )
    rows = db.session.scalars(query).all()
    ids = {row.task_id for row in rows} - {None}
    seen = set(db.session.scalars(select(Task.id).where(Task.id.in_(ids), visible_to(actor))))
    return [_planned(row) if row.task_id is None or row.task_id in seen else _hidden(row) for row in rows]


def decide(
    kept: LedgerImport,
    numbers: Collection[int],
    *,
    by: Actor,
    reason: str,
    leave: Collection[int] = frozenset(),
    theirs: Mapping[int, Collection[str]] | None = None,
) -> Mapping[RowState, int]:
    """Carry out the rows with these numbers, but for those to leave; return how many became what.

    `theirs` names by row the columns whose conflict goes to the file. Each row is carried out whole or
    not at all, and says what became of it; one decided before is not touched again.
    """
    require(reason, _("写明更正、转办的理由。"), "reason")
    rows = db.session.scalars(
        select(LedgerImportRow)
        .where(
            LedgerImportRow.import_id == kept.id,
            LedgerImportRow.state == RowState.READY,
            LedgerImportRow.number.in_(numbers),
        )
        .order_by(LedgerImportRow.id)
        .with_for_update()
    ).all()
    became: dict[RowState, int] = {}
    for row in rows:
        if row.number in leave:
            row.state, row.message = RowState.LEFT, _("没有勾选。")
        else:
            chosen = (theirs or {}).get(row.number, ())
            row.state, row.message = apply_row(_planned(row), by=by, reason=reason, theirs=chosen)
        became[row.state] = became.get(row.state, 0) + 1
    record("ledger.import", _subject(by), rows={state.value: count for state, count in became.items()})
    return became


def discard(kept: LedgerImport) -> None:
    """Delete a table that was handed in, with all its rows; what was carried out stays."""
    record("ledger.discard", f"ledger_import:{kept.id}")
    db.session.execute(delete(LedgerImportRow).where(LedgerImportRow.import_id == kept.id))
    db.session.delete(kept)
    db.session.flush()


def purge(now: datetime) -> int:
    """Delete what was handed in more than a week ago; return how many tables that were."""
    old = select(LedgerImport.id).where(LedgerImport.made_at < now - KEPT)
    with writing():
        ids = list(db.session.scalars(old))
        if ids:
            db.session.execute(delete(LedgerImportRow).where(LedgerImportRow.import_id.in_(ids)))
            db.session.execute(delete(LedgerImport).where(LedgerImport.id.in_(ids)))
    return len(ids)


def given_back(headers: Sequence[str], rows: Iterable[PlannedRow]) -> bytes:
    """Return rows that were not carried out as a table in the columns of the file, each with its reason.

    It can be put right and handed in again: the hidden columns are there as well.
    """
    listed = [[*row.given, _why(row)] for row in rows]
    names = [*(headers[: MOST_COLUMNS - 1]), WHY]
    widths = [0 if name in (UUID, STAMP) else 16 for name in names[:-1]]
    return write_sheet(Sheet("未导入", names, [line[-len(names) :] for line in listed], [*widths, 50]))


def rows_given_back(kept: LedgerImport, actor: Actor) -> list[PlannedRow]:
    """Return the rows that can be fetched as a file."""
    return rows_in(kept, GIVEN_BACK, MOST_ROWS, actor)


def _why(row: PlannedRow) -> str:
    cells = [f"{cell.header}：{cell.message}" for cell in row.cells if cell.state == CellState.WRONG]
    return "\n".join(filter(None, [row.message, *cells]))


def _subject(by: Actor) -> str:
    return f"unit:{by.office.id}" if by.office else f"person:{by.person.id}"


def _kept(made: LedgerImport, row: PlannedRow) -> dict[str, Any]:
    return {
        "import_id": made.id,
        "number": row.number,
        "state": row.state,
        "task_id": row.task_id,
        "version": row.version,
        "case_no": row.case_no[:64],
        "message": row.message,
        "given": list(row.given),
        "cells": [asdict(cell) for cell in row.cells],
    }


def _planned(row: LedgerImportRow) -> PlannedRow:
    cells = [_cell(cell) for cell in row.cells]
    return PlannedRow(
        row.number, row.state, row.given, row.task_id, row.version, row.case_no, row.message, cells
    )


def _cell(kept: dict[str, Any]) -> PlannedCell:
    wish = kept["wish"]
    read = None if wish is None else Wish(**(wish | {"action": Action(wish["action"])}))
    return PlannedCell(**(kept | {"state": CellState(kept["state"]), "wish": read}))


def _hidden(row: LedgerImportRow) -> PlannedRow:
    message = _("没有这件任务，或不在您的查看范围内。")
    return PlannedRow(row.number, row.state, [""] * len(row.given), message=message)
