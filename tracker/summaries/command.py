"""The command `tracker summary draft`."""

import os
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import DutyDomain, Unit
from tracker.organization.queries import find_unit
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.summaries import document
from tracker.summaries.keeping import read_facts
from tracker.summaries.models import Summary
from tracker.summaries.rollup import roll_up


@click.group()
def summary() -> None:
    """季度、半年、年度总结。Summaries."""


@summary.command("draft")
@click.option("--unit", "unit_code", required=True, help="单位代码 unit code")
@click.option("--period", "period_code", required=True, help="期间 2025Q4、2025H2、2025M12、2025Y")
@click.option("--domain", "domain_code", help="只写一个领域 duty domain code")
@click.option(
    "-o", "output", type=click.Path(path_type=Path, dir_okay=False), help="写入 .docx，缺省时在屏幕上显示文字"
)
@with_appcontext
def summary_draft(unit_code: str, period_code: str, domain_code: str | None, output: Path | None) -> None:
    """从台账和履责记录起草总结；已有的稿按今天的数据更新，改过的文字不动。Draft a summary from the data."""
    unit, period, domain = _unit(unit_code), _period(period_code), _domain(domain_code)
    if output is not None and output.suffix.lower() != ".docx":
        _impossible(f"只能写 .docx 文件，收到的是“{output.name}”。没有改动任何内容。")
    try:
        with writing():
            drafted = roll_up(unit, period, domain, by=None)
            if output is not None:
                _write_whole(output, document.docx(drafted))
            text, remarks = document.as_text(drafted), _remarks(drafted)
    except Refused as refusal:
        _impossible(refusal.message)
    except OSError as error:
        _impossible(f"文件“{output}”写不进去（{error.strerror}），总结没有更新。换一个位置再试。")
    click.echo(text) if output is None else click.echo(f"已写入 {output}", err=True)
    for remark in remarks:
        click.echo(remark, err=True)


def _remarks(drafted: Summary) -> list[str]:
    """Return what whoever ran the command should know about the draft."""
    facts = read_facts(drafted.facts)
    flagged = sum(paragraph.facts_changed for paragraph in drafted.paragraphs)
    remarks = []
    if not facts.cohort.total and not facts.open:
        remarks.append(f"{facts.period.previous().label}没有登记的问题，第二、三部分没有内容可写。")
    if flagged:
        remarks.append(f"有 {flagged} 段改过的文字所依据的数据变了，文字未动，请在页面上逐段决定。")
    return remarks


def _write_whole(output: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    descriptor, part = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(part, 0o644)
        os.replace(part, output)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise


def _unit(code: str) -> Unit:
    return find_unit(code) or _impossible(f"没有代码为 {code} 的单位。没有改动任何内容。")


def _period(code: str) -> Period:
    try:
        return Period.parse(code)
    except ValueError as wrong:
        _impossible(str(wrong))


def _domain(code: str | None) -> DutyDomain | None:
    if code is None:
        return None
    found = db.session.scalar(select(DutyDomain).where(DutyDomain.code == code))
    return found or _impossible(f"没有代码为 {code} 的领域。没有改动任何内容。")


def _impossible(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
