"""The commands `tracker report`: read prints one JSON object a line, import takes a report in for review."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext

from tracker.periods import Period
from tracker.reports.formats.unreadable import UnreadableReportError
from tracker.reports.reading.contract import ReportReading, read_report
from tracker.reports.reading.sandbox import read_in_child

DONE, WITHOUT_EFFECT, UNREADABLE = 0, 1, 2


def read_files(paths: Sequence[str], period: Period | None) -> tuple[list[str], int]:
    """The lines to print and the exit code: 0, or 2 when a file is unreadable; the others are still read."""
    read = [_read(path, period) for path in paths]
    lines = [json.dumps(found, ensure_ascii=False) for found in read]
    return lines, UNREADABLE if any("error" in found for found in read) else DONE


def _read(path: str, period: Period | None) -> dict[str, object]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        reason = "没有这个文件" if isinstance(error, FileNotFoundError) else "文件打不开"
        return _refused(path, "not_found", f"{reason}，没有读。请核对路径后再试。")
    try:
        return {**_read_content(Path(path).name, content, period).as_json(), "file": path}
    except UnreadableReportError as error:
        return _refused(path, error.code, error.message)


def _read_content(name: str, content: bytes, period: Period | None) -> ReportReading:
    """Plain text is read here; what has a format might harm the reader, so a child process reads it."""
    plain = Path(name).suffix.lower() == ".txt"
    return (read_report if plain else read_in_child)(name, content, period)


def _refused(path: str, code: str, message: str) -> dict[str, object]:
    return {"file": path, "error": {"code": code, "message": message}}


@click.group()
def report() -> None:
    """报告。Reports."""


@report.command("read")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--json", "as_json", is_flag=True, required=True, help="每个文件输出一行 JSON。One object a line."
)
@click.option("--period", "code", help="报告的期间，如 2025Q3；不写时按报告里的。")
def report_read(files: tuple[str, ...], as_json: bool, code: str | None) -> None:
    """读出问题和措施，不用数据库。Read reports without a database."""
    del as_json  # the only form so far; asked for so that another may follow
    lines, exit_code = read_files(files, _period(code))
    click.echo("\n".join(lines))
    sys.exit(exit_code)


@report.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--unit", "unit_code", required=True, help="单位编码。")
@click.option("--period", "code", required=True, help="报告的期间，如 2025Q3。")
@click.option("--domain", "domain_code", help="职责领域的编码；不写时按报告标题判断。")
@with_appcontext
def report_import(files: tuple[str, ...], unit_code: str, code: str, domain_code: str | None) -> None:
    """导入报告，一个文件一份，读出的内容等待核对。Take in reports for review."""
    # ruff: noqa: PLC0415 - what follows needs the database; `report read` starts without it
    from tracker.organization.domains import domains_known
    from tracker.organization.queries import find_unit

    period = _period(code)
    assert period is not None  # the option is required
    unit = find_unit(unit_code)
    if unit is None:
        _end(f"没有编码为 {unit_code} 的单位，没有导入。", UNREADABLE)
    domain = next((known for known in domains_known(unit) if known.code == domain_code), None)
    if domain_code is not None and domain is None:
        _end(f"没有编码为 {domain_code} 的职责领域，没有导入。", UNREADABLE)
    unit_id, domain_id = unit.id, None if domain is None else domain.id
    codes = [_import(file, unit_id, period, domain_id, named=len(files) > 1) for file in files]
    sys.exit(max(codes))


def _import(file: str, unit_id: int, period: Period, domain_id: int | None, *, named: bool) -> int:
    """Take in one file and say what became of it, with its name where there are several; the exit code."""
    # the database again
    from tracker.database import writing
    from tracker.extensions import db
    from tracker.organization.models import DutyDomain, Unit
    from tracker.refusals import Refused
    from tracker.reports.intake import read_beforehand, take_in_with

    def say(message: str, code: int) -> int:
        click.echo(f"{file}：{message}" if named else message, err=True)
        return code

    name, unit = Path(file).name, db.session.get_one(Unit, unit_id)
    domain = None if domain_id is None else db.session.get_one(DutyDomain, domain_id)
    try:
        content = Path(file).read_bytes()
        reading = read_beforehand(unit, file_name=name, content=content, period=period)
        with writing():
            taken = take_in_with(reading, unit, file_name=name, content=content, period=period, domain=domain)
    except OSError:
        return say(f"文件 {file} 打不开，没有导入。请核对路径后再试。", UNREADABLE)
    except UnreadableReportError as error:
        return say(error.message, UNREADABLE)
    except Refused as refusal:
        return say(refusal.message, WITHOUT_EFFECT if refusal.code == "known_already" else UNREADABLE)
    found = taken.problems_found
    which = {"file": file} if named else {}
    click.echo(json.dumps({**which, "report": taken.id, "problems": found}, ensure_ascii=False))
    return DONE if found else say("已导入，但没有读出问题，请在核对页面上补充。", WITHOUT_EFFECT)


def _period(code: str | None) -> Period | None:
    try:
        return None if code is None else Period.parse(code)
    except ValueError as error:
        _end(str(error), UNREADABLE)


def _end(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
