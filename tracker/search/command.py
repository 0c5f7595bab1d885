"""The command `tracker search`: whether everything can be found, and writing the index anew."""

import sys

import click
from flask.cli import with_appcontext

from tracker.tasks import word_index


@click.group()
def search() -> None:
    """检索索引。The index by which tasks and problems are found."""


@search.command()
@with_appcontext
def check() -> None:
    """检查是否有漏编的内容。Say how many tasks and problems the index lacks."""
    missing = word_index.gaps()
    if missing:
        click.echo(f"有 {missing} 条任务或问题不在检索索引里，执行 tracker search rebuild 重建。", err=True)
        sys.exit(1)
    click.echo("检索索引完整。", err=True)


@search.command()
@with_appcontext
def rebuild() -> None:
    """重建索引。Write the index anew."""
    click.echo(f"已重建检索索引，共 {word_index.rebuild()} 条任务和问题。", err=True)
