"""The command `tracker exchange out`."""

import json
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.database import writing
from tracker.exchange.outgoing import outgoing
from tracker.organization.queries import find_unit


@click.group()
def exchange() -> None:
    """县镇之间没有网络时用文件交换。Exchange by file where no network joins county and township."""


@exchange.command("out")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--unit", "code", required=True, help="单位代码 unit code")
@with_appcontext
def exchange_out(file: Path, code: str) -> None:
    """写出一个单位已交办的任务。Write the given-out tasks of a unit."""
    unit = find_unit(code)
    if unit is None:
        click.echo(f"没有代码为 {code} 的单位，没有写出文件。", err=True)
        sys.exit(2)
    with writing():
        sheet = outgoing(unit)
    file.write_text(json.dumps(sheet, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(f"已写出 {len(sheet['tasks'])} 件任务到 {file}。", err=True)
