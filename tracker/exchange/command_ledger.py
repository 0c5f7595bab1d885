"""The commands `tracker ledger export` and `tracker ledger import`; `tracker tasks` is the same group."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement

from tracker import clock
from tracker.audit.trail import record
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.exchange import ledger_docx, ledger_xlsx
from tracker.exchange.ledger_apply import apply_row
from tracker.exchange.ledger_import import given_back, read_file
from tracker.exchange.ledger_out import LedgerFile, ledger_file
from tracker.exchange.ledger_plan import GIVEN_BACK, CellState, Plan, PlannedRow, RowState, plan
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.organization.queries import find_unit
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.tasks.access import visible_to
from tracker.tasks.command import acting_as
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions

WRITERS = {
    ".xlsx": (ledger_xlsx.write_ledger, ledger_xlsx.MOST_ROWS),
    ".docx": (ledger_docx.write_document, ledger_docx.MOST_ROWS),
}
AT_ONCE = 100  # rows carried out in one transaction
DONE, NOT_ALL, IMPOSSIBLE = 0, 1, 2


@click.group()
def ledger() -> None:
    """整改台账：导出、导入。The ledger as a table."""


@ledger.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--unit", "code", required=True, help="单位代码 unit code")
@click.option("--period", "period_code", help="期间，如 2025Q3")
@click.option("--by", "username", help="以谁的查看范围导出；不写时不含标注了内部或工作秘密的任务 account")
@with_appcontext
def export_ledger(file: Path, code: str, period_code: str | None, username: str | None) -> None:
    """把一个单位的台账写成 .xlsx 或 .docx。Write the ledger of a unit.

    Exit codes: 0 done; 1 no task, an empty table was written; 2 no such unit, period or account, too many
    rows, or the file cannot be written.
    """
    if file.suffix.lower() not in WRITERS:
        _impossible(f"只能写 .xlsx 或 .docx 文件，收到的是“{file.name}”。没有写出文件。")
    unit = _unit(code)
    write, most = WRITERS[file.suffix.lower()]
    conditions = Conditions(on=clock.today(), unit=unit, period=_period(period_code))
    try:
        made = ledger_file(conditions, _sight(username), write, home=unit, most=most)
        file.write_bytes(made.content)
    except Refused as refusal:
        _impossible(refusal.message)
    except OSError as wrong:
        _impossible(f"不能写文件 {file}：{wrong.strerror}。")
    _trace(unit, made)
    click.echo(f"{unit.name}的台账共 {made.rows} 件，已写入 {file}。", err=True)
    sys.exit(DONE if made.rows else NOT_ALL)


@ledger.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "code", required=True, help="单位代码 unit code")
@click.option("--by", "username", required=True, help="以谁的身份办理 account")
@click.option("--reason", default="按台账表格更正", show_default=True, help="更正、转办、延期的理由")
@click.option(
    "--theirs", is_flag=True, help="两边都改过的用表中的值；缺省时保留现值 conflicts go to the file"
)
@click.option("--dry-run", is_flag=True, help="只看会改什么 only say what would change")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), help="把没有导入的行写到这里")
@with_appcontext
def import_ledger(
    file: Path, code: str, username: str, reason: str, theirs: bool, dry_run: bool, output: Path | None
) -> None:
    """读入改过的台账，逐行经过各办理环节。Carry out what was changed in an exported table.

    Prints one line a changed cell. Exit codes: 0 done; 1 rows that could not be carried out, or nothing to
    change; 2 unreadable file, no such unit or account.
    """
    unit, by = _unit(code), acting_as(username)
    if by.office is None or by.office.id != unit.id:
        _impossible(f"{username} 不是{unit.name}的人员。没有改动任何内容。")
    try:
        found = plan(read_file(file.name, file.read_bytes()), by)
    except (Refused, OSError) as wrong:
        _impossible(wrong.message if isinstance(wrong, Refused) else str(wrong))
    decided = found.rows if dry_run else list(_carried_out(found, by, reason, theirs=theirs))
    _tell(found, decided)
    back = [row for row in decided if row.state in GIVEN_BACK]
    if output is not None and back:
        output.write_bytes(given_back(found.headers, back))
    applied = sum(row.state in (RowState.APPLIED, RowState.READY) for row in decided)
    click.echo(f"{'将导入' if dry_run else '已导入'} {applied} 行，不能导入 {len(back)} 行。", err=True)
    sys.exit(DONE if applied and not back else NOT_ALL)


def _carried_out(found: Plan, by: Actor, reason: str, *, theirs: bool) -> Iterator[PlannedRow]:
    """Yield every row with what became of it; a transaction every AT_ONCE rows."""
    for at in range(0, len(found.rows), AT_ONCE):
        with writing():
            done = [_outcome(row, by, reason, theirs=theirs) for row in found.rows[at : at + AT_ONCE]]
            applied = sum(row.state == RowState.APPLIED for row in done)
            record("ledger.import", f"person:{by.person.id}", rows={RowState.APPLIED.value: applied})
        yield from done


def _outcome(row: PlannedRow, by: Actor, reason: str, *, theirs: bool) -> PlannedRow:
    if row.state != RowState.READY:
        return row
    chosen = {cell.name for cell in row.cells if cell.state == CellState.CONFLICT} if theirs else ()
    state, message = apply_row(row, by=by, reason=reason, theirs=chosen)
    return PlannedRow(row.number, state, row.given, row.task_id, row.version, row.case_no, message, row.cells)


def _tell(found: Plan, rows: Sequence[PlannedRow]) -> None:
    for remark in found.remarks:
        click.echo(remark, err=True)
    for row in rows:
        for cell in row.cells:
            said = [f"第 {row.number} 行", row.case_no, cell.header, cell.state.value, row.state.value]
            click.echo("\t".join([*said, repr(cell.old), repr(cell.new)]))
        for message in filter(None, [row.message, *(cell.message for cell in row.cells)]):
            click.echo(f"第 {row.number} 行 {row.case_no}：{message}", err=True)


def _trace(unit: Unit, made: LedgerFile) -> None:
    with writing():
        record("ledger.export", f"unit:{unit.id}", rows=made.rows)


def _sight(username: str | None) -> ColumnElement[bool]:
    return Task.secrecy == Secrecy.OPEN if username is None else visible_to(acting_as(username))


def _unit(code: str) -> Unit:
    return find_unit(code) or _impossible(f"没有代码为 {code} 的单位。没有改动任何内容。")


def _period(code: str | None) -> Period | None:
    try:
        return None if code is None else Period.parse(code)
    except ValueError as wrong:
        _impossible(str(wrong))


def _impossible(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(IMPOSSIBLE)
