"""The command line. Names and exit codes are fixed: scripts and users rely on them.

Exit codes: 0 done; 1 done with refusals or without effect; 2 unreadable or impossible input or wrong
usage, nothing changed. Data go to stdout, messages to stderr.
"""

import getpass
import os
import sys

import click
from flask import Flask
from flask.cli import FlaskGroup, with_appcontext
from flask_migrate import upgrade as migrate_database

from tracker.accounts.models import AccountKind
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.operation.command import backup_command, restore_command
from tracker.refusals import Refused
from tracker.reminders.command import remind
from tracker.serving import serve
from tracker.worker import worker


def main() -> None:
    """Run the command `tracker`."""
    from tracker import create_app  # noqa: PLC0415 - the factory imports this module

    FlaskGroup(name="tracker", create_app=create_app, add_default_commands=False, add_version_option=False)()


def add_commands(app: Flask) -> None:
    """Add every command to the application."""
    for command in (upgrade, account, backup_command, restore_command, remind, serve, worker):
        app.cli.add_command(command)


def fail(message: str, code: int = 2) -> None:
    """Say on stderr what went wrong and end with the exit code."""
    click.echo(message, err=True)
    sys.exit(code)


@click.command()
@with_appcontext
def upgrade() -> None:
    """创建或升级数据库。Create or migrate the database."""
    migrate_database()


@click.group()
def account() -> None:
    """账号。Accounts."""


@account.command("create")
@click.argument("username")
@click.option("--kind", type=click.Choice([kind.value for kind in AccountKind]), default="system_admin")
@with_appcontext
def account_create(username: str, kind: str) -> None:
    """新建账号，密码从环境变量 TRACKER_PASSWORD 或键盘读取。Create an account."""
    password = os.environ.get("TRACKER_PASSWORD") or getpass.getpass("密码 password: ")
    try:
        with writing():
            create_account(username, password, kind=AccountKind(kind))
    except Refused as refusal:
        fail(refusal.message)
    click.echo(f"账号 {username} 已建立。", err=True)
