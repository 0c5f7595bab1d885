"""The command line. Names and exit codes are fixed: scripts and users rely on them.

Exit codes: 0 done; 1 done with refusals or without effect; 2 unreadable or impossible input or wrong
usage, nothing changed. Data go to stdout, messages to stderr. Importing this module is quick; what
needs the tables is imported when the application is made, so that `tracker report read` starts at once.
"""
# ruff: noqa: PLC0415 - see above

import sys

import click
from flask import Flask
from flask.cli import FlaskGroup, with_appcontext

from tracker.config import ImpossibleEnvironment
from tracker.reports.command import report


def main() -> None:
    """Run the command `tracker`."""
    from tracker import create_app  # the factory imports this module

    group = FlaskGroup(
        name="tracker", create_app=create_app, add_default_commands=False, add_version_option=False
    )
    group.add_command(report)  # found without making the application
    try:
        group()
    except ImpossibleEnvironment as impossible:
        click.echo(str(impossible), err=True)
        sys.exit(2)


def add_commands(app: Flask) -> None:
    """Add every command to the application."""
    # these load the tables, the scheduler and the mail
    from tracker.accounts.command import account
    from tracker.audit.command import audit
    from tracker.demo.command import demo
    from tracker.exchange.command import exchange
    from tracker.exchange.command_ledger import ledger
    from tracker.operation.command import backup_command, restore_command
    from tracker.organization.command import roster
    from tracker.reminders.command import remind
    from tracker.search.command import search
    from tracker.serving import serve
    from tracker.settings.command import setting
    from tracker.summaries.command import summary
    from tracker.tasks.command import task_group
    from tracker.worker import worker

    for command in (
        upgrade,
        account,
        audit,
        backup_command,
        restore_command,
        demo,
        exchange,
        ledger,
        remind,
        report,
        roster,
        search,
        serve,
        setting,
        worker,
        summary,
        task_group,
    ):
        app.cli.add_command(command)
    app.cli.add_command(ledger, "tasks")  # what the ledger holds; both names are in use


@click.command()
@with_appcontext
def upgrade() -> None:
    """创建或升级数据库。Create or migrate the database."""
    # Alembic is slow to load
    from flask_migrate import upgrade as migrate_database

    from tracker.tasks.word_index import fill  # loads the tables

    migrate_database()
    fill()  # what came in before there was an index, or past it
