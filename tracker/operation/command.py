"""The commands `tracker backup` and `tracker restore`."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.operation.backup import Unusable, back_up, restore


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@with_appcontext
def backup_command(folder: Path) -> None:
    """备份到一个空文件夹。Back up rows and files into an empty folder."""
    try:
        report = back_up(folder)
    except Unusable as reason:
        click.echo(str(reason), err=True)
        sys.exit(2)
    click.echo(f"已备份 {report.rows} 行、{report.files} 个文件到 {folder}。", err=True)


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@with_appcontext
def restore_command(folder: Path) -> None:
    """从备份恢复到空库（先执行 tracker upgrade）。Restore into an empty, upgraded database."""
    try:
        report = restore(folder)
    except Unusable as reason:
        click.echo(str(reason), err=True)
        sys.exit(2)
    click.echo(f"已恢复 {report.rows} 行、{report.files} 个文件。所有会话已失效，请重新登录。", err=True)
