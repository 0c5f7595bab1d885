"""The commands `tracker task show` and `tracker task act`: what a page of a task does, for scripts."""

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import click
from flask import current_app, g
from flask.cli import with_appcontext
from sqlalchemy import select

from tracker import clock
from tracker.accounts.models import Account
from tracker.audit.trail import COMMAND_LINE
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.acting import Actor, actor
from tracker.organization.present import acting
from tracker.refusals import Refused
from tracker.tasks.access import find_task, open_actions
from tracker.tasks.forms import FORMS, carry_out
from tracker.tasks.models import Task
from tracker.web.incoming import LARGEST_ID

DONE, REFUSED, IMPOSSIBLE = 0, 1, 2


@click.group("task")
def task_group() -> None:
    """一件任务：查看、办理。One task: look and act."""


@task_group.command("show")
@click.argument("task_id", type=int)
@click.option("--by", "username", required=True, help="以谁的身份查看 account")
@with_appcontext
def show_task(task_id: int, username: str) -> None:
    """说明任务的状态、版本和此人现在能办理的事项及其栏目。What a person may do with a task now.

    Prints one line an action: its name, then its fields; in brackets what may be left out. Exit codes: 0
    done; 2 no such account, or no such task in its sight.
    """
    by = acting_as(username)
    task = _task(task_id, by)
    click.echo(f"{task.case_no} {task.state.value} version={task.version} {task.title}", err=True)
    for action in open_actions(task, by):
        with acting(by):
            fields = FORMS[action.value].questions(task)
        names = [f"[{field.name}]" if field.optional else field.name for field in fields]
        click.echo("\t".join([action.value, *names]))


@task_group.command("act")
@click.argument("task_id", type=int)
@click.argument("action", type=click.Choice(sorted(FORMS)), metavar="ACTION")
@click.option("--by", "username", required=True, help="以谁的身份办理 account")
@click.option("--set", "typed", multiple=True, metavar="NAME=VALUE", help="一栏的内容，可多次 a field")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="佐证材料，可多次 evidence",
)
@with_appcontext
def act_on_task(
    task_id: int, action: str, username: str, typed: Sequence[str], files: Sequence[Path]
) -> None:
    """办理一步，与页面经过同一环节、同样的权限。Carry out one action, by the rules of its page.

    docs/typing.md names the fields of each action. Exit codes: 0 done; 1 refused, nothing was changed; 2 no
    such account, or no such task in its sight, or a field without a value.
    """
    sent = _sent(typed, files)
    # the answers are read as the page's are: from what a form sent
    with current_app.test_request_context(method="POST", data=sent):
        g.actor_name = COMMAND_LINE
        with writing():
            by = acting_as(username)
            task = _task(task_id, by)
            try:
                with acting(by):
                    carry_out(task, FORMS[action], by=by, version=task.version)
            except Refused as refusal:
                where = f"（{refusal.field}）" if refusal.field else ""
                db.session.rollback()
                click.echo(f"没有办成{where}：{refusal.message}", err=True)
                sys.exit(REFUSED)
        click.echo(f"{task.case_no} {task.state.value}")


def _sent(typed: Sequence[str], files: Sequence[Path]) -> dict[str, Any]:
    sent: dict[str, Any] = {}
    for one in typed:
        name, equals, value = one.partition("=")
        if not equals:
            _impossible(f"“{one}”应写成 名称=内容。没有办理。")
        sent.setdefault(name, []).append(value)
    if files:
        sent["evidence"] = [(BytesIO(file.read_bytes()), file.name) for file in files]
    return sent


def acting_as(username: str) -> Actor:
    """Return the person of an account as of today; ends the command where there is none that may act."""
    account = db.session.scalar(select(Account).where(Account.username == username))
    if account is None or account.person is None or account.disabled_at is not None:
        _impossible(f"没有名为 {username} 的人员账号。没有改动任何内容。")
    return actor(account.person, clock.today())


def _task(task_id: int, by: Actor) -> Task:
    found = find_task(task_id, by) if abs(task_id) <= LARGEST_ID else None  # beyond, a database fails
    return found or _impossible(f"{by.person.name}看不到编号为 {task_id} 的任务。没有办理。")


def _impossible(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(IMPOSSIBLE)
