"""The commands `tracker roster`: the office out of a sheet, and into one."""

import sys
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.database import writing
from tracker.documents.sheet import UnreadableSheetError, read_sheet
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.organization.queries import OFFICES, find_unit
from tracker.organization.roster import Problem, Roster, read_roster
from tracker.organization.roster_export import roster_file
from tracker.organization.roster_import import enter_roster, rehearse
from tracker.organization.roster_outcome import Outcome


@click.group()
def roster() -> None:
    """花名册：单位、岗位、任职人和分工。The office as a sheet."""


@roster.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--unit", "code", required=True, help="单位代码 unit code")
@with_appcontext
def export_roster(file: Path, code: str) -> None:
    """把单位的花名册写成 .xlsx。Write the roster of an office.

    Exit codes: 0 done; 2 no such unit, or the file cannot be written.
    """
    office = _office(code) or _impossible(f"没有代码为 {code} 的乡镇或县。")
    try:
        file.write_bytes(roster_file(office, clock.today()))
    except OSError as wrong:
        _impossible(f"不能写文件 {file}：{wrong.strerror}。")
    with writing():
        record("organization.export_roster", f"unit:{office.id}")
    click.echo(f"{office.name}的花名册已写入 {file}。", err=True)


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", "code", help="单位代码；空库时作为第一个单位的代码 unit code")
@click.option("--dry-run", is_flag=True, help="只看会改什么 only say what would change")
@with_appcontext
def import_roster(file: Path, code: str | None, dry_run: bool) -> None:
    """读入花名册：单位、岗位、任职人和分工。Enter a roster; into an empty database the first units, too.

    Exit codes: 0 done; 1 nothing to change, or rows with problems and nothing entered; 2 unreadable
    file or no such unit.
    """
    found = _read(file)
    office = _office_for(code)
    code = code or (office.code if office else found.rows[0]["unit_code"] if found.rows else "")
    with writing():
        if dry_run:
            outcome = rehearse(office, found, day=clock.today(), by=None, code=code)
        else:
            outcome = enter_roster(office, found, day=clock.today(), by=None, code=code)
        if outcome.problems:
            db.session.rollback()
    _tell(outcome, dry_run)


def _read(file: Path) -> Roster:
    try:
        found = read_roster(read_sheet(file.name, file.read_bytes()))
    except (UnreadableSheetError, OSError) as wrong:
        _impossible(wrong.message if isinstance(wrong, UnreadableSheetError) else str(wrong))
    if found.problems and not found.rows:
        _tell_problems(found.problems)
        sys.exit(2)
    return found


def _office_for(code: str | None) -> Unit | None:
    """Return the office named, or the only one; None on an empty installation."""
    if db.session.scalar(select(Unit.id).limit(1)) is None:
        return None
    offices = db.session.scalars(select(Unit).where(Unit.kind.in_(OFFICES), Unit.ended_on.is_(None))).all()
    if code is None and len(offices) == 1:
        return offices[0]
    if code is None:
        _impossible("有多个乡镇或县，请用 --unit 写明是哪一个。没有改动任何内容。")
    return _office(code) or _impossible(f"没有代码为 {code} 的乡镇或县。没有改动任何内容。")


def _office(code: str) -> Unit | None:
    unit = find_unit(code)
    return unit if unit is not None and unit.kind in OFFICES else None


def _tell(outcome: Outcome, dry_run: bool) -> None:
    if outcome.problems:
        _tell_problems(outcome.problems)
        sys.exit(1)
    for change in outcome.changes:
        click.echo(f"第 {change.row} 行\t{change.said}" if change.row else f"整张表\t{change.said}")
    done = "将改动" if dry_run else "已改动"
    click.echo(f"{done} {len(outcome.changes)} 处，{outcome.unchanged} 行没有变化。", err=True)
    sys.exit(0 if outcome.changes else 1)


def _tell_problems(problems: list[Problem]) -> None:
    for problem in problems:
        where = f"第 {problem.row} 行 {problem.column}：" if problem.row else ""
        click.echo(f"{where}{problem.message}", err=True)
    click.echo("没有改动任何内容。改正后再导入。", err=True)


def _impossible(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
