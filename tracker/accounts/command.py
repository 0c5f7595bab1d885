"""The commands `tracker account`."""

import getpass
import os
import sys

import click
from flask.cli import with_appcontext

from tracker.accounts.models import AccountKind
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.refusals import Refused


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
        click.echo(refusal.message, err=True)
        sys.exit(2)
    click.echo(f"账号 {username} 已建立。", err=True)
