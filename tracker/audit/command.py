"""The commands `tracker audit`."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.audit.sealing import Anchor, seal_trail, verify
from tracker.audit.sealing import anchor as last_anchor
from tracker.audit.trail import record
from tracker.database import writing


@click.group()
def audit() -> None:
    """操作记录。The trail."""


@audit.command("verify")
@click.option("--anchor", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def audit_verify(file: Path | None) -> None:
    """核对操作记录与封存；有留存的凭据时用 --anchor 一并核对。Check the trail against its seals."""
    try:
        kept = None if file is None else Anchor.read(file.read_text(encoding="utf-8"))
    except ValueError:
        click.echo(f"{file} 不是 tracker audit anchor 印出的凭据，没有核对。", err=True)
        sys.exit(2)
    found = verify(kept)
    click.echo(f"核对了 {found.seals} 次封存、{found.rows} 条记录，另有 {found.unsealed} 条还没有封存。")
    if found.fault is not None:
        click.echo(found.fault, err=True)
        sys.exit(1)
    if kept is None:
        click.echo("没有用凭据核对：整体重写和截去末尾看不出来。", err=True)


@audit.command("anchor")
@with_appcontext
def audit_anchor() -> None:
    """封存现有记录，印出最后一次封存的凭据，留存在别处。Print the last seal to keep elsewhere."""
    seal_trail()
    kept = last_anchor()
    if kept is None:
        click.echo("还没有操作记录可以封存。", err=True)
        sys.exit(1)
    with writing():
        record("trail.anchor", f"seal:{kept.seal}")
    click.echo(kept.line())
