"""The commands `tracker setting`: what an office chose, and choosing."""

import json
import sys
from datetime import datetime
from typing import Any, NoReturn

import click
from flask.cli import with_appcontext

from tracker import clock
from tracker.database import writing
from tracker.organization.models import Unit
from tracker.organization.queries import find_unit
from tracker.refusals import Refused
from tracker.settings.choices import choose, chosen
from tracker.settings.keys import CHOICES, LADDER
from tracker.settings.ladder import write_ladder


@click.group()
def setting() -> None:
    """单位自行选定的设置：提醒阶梯、完成率口径。Settings of an office."""


unit_option = click.option("--unit", "unit_code", required=True, help="单位代码 unit code")
key_argument = click.argument("key", type=click.Choice(list(CHOICES)))


@setting.command("show")
@unit_option
@key_argument
@with_appcontext
def show(unit_code: str, key: str) -> None:
    """显示单位今天的取值（JSON），未选定时为上级或系统的取值。Show a value as JSON."""
    click.echo(_as_json(key, chosen(CHOICES[key], _unit(unit_code), clock.today())))


@setting.command("choose")
@unit_option
@key_argument
@click.argument("value")
@click.option("--from", "first_day", type=click.DateTime(["%Y-%m-%d"]), help="起始日期，缺省为今天 first day")
@with_appcontext
def choose_setting(unit_code: str, key: str, value: str, first_day: datetime | None) -> None:
    """从某一天起采用新的取值（JSON），下级单位未选定的随之采用。Choose a value, written as JSON.

    Exit codes: 0 done; 2 impossible input, nothing was changed.
    """
    valid_from = clock.today() if first_day is None else first_day.date()
    if valid_from < clock.today():
        _impossible(f"起始日期 {valid_from} 已过，设置只能从今天或以后起改变。没有改动任何内容。")
    unit, stored = _unit(unit_code), _from_json(value)
    try:
        with writing():
            choose(CHOICES[key], unit, stored, valid_from=valid_from)
    except Refused as refusal:
        _impossible(f"{refusal.message}没有改动任何内容。")
    click.echo(f"{unit.name}：{CHOICES[key].label}自 {valid_from} 起按新的取值。", err=True)


def _as_json(key: str, value: Any) -> str:
    stored = write_ladder(value) if key == LADDER.name else value
    return json.dumps(stored, ensure_ascii=False)


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        _impossible(f"取值不是 JSON（{wrong}）。用 tracker setting show 可以看到现有的取值。")


def _unit(code: str) -> Unit:
    return find_unit(code) or _impossible(f"没有代码为 {code} 的单位。没有改动任何内容。")


def _impossible(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
