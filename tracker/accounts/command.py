"""The commands `tracker account`: for whoever holds the server, and for the first administrators.

Exit codes: 0 done; 1 without effect; 2 impossible input, nothing was changed.
"""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts import opening, queries
from tracker.accounts.changing import change_password, make_ready, set_password
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.states import ADMINISTRATORS, state
from tracker.accounts.words import KIND_WORDS, STATE_WORDS
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.organization.setup import add_person
from tracker.refusals import Refused
from tracker.web.paging import PAGE

name_argument = click.argument("username")


@click.group()
def account() -> None:
    """账号：建立、改密码、停用、启用、名单。Accounts."""


@account.command("create")
@name_argument
@click.option(
    "--kind", type=click.Choice([kind.value for kind in AccountKind]), help="账号种类 kind of account"
)
@click.option("--person", "owner", help="使用人或保管人：姓名或编号 name or number of the person")
@with_appcontext
def account_create(username: str, kind: str | None, owner: str | None) -> None:
    """新建账号，密码从环境变量 TRACKER_PASSWORD 或键盘读取。Create an account.

    不写 --kind 时：有 --person 建业务账号，没有的建系统管理员。管理员账号的 --person 是保管人。
    还没有安全管理员时，建立的账号随即授权；此后由安全管理员授权。
    """
    wanted = AccountKind(kind) if kind else AccountKind.PERSON if owner else AccountKind.SYSTEM_ADMIN
    password = _password()
    with _all_or_nothing():
        unattended = AccountKind.SECURITY_ADMIN in queries.missing_administrators()
        made = acts.open_account(username, by=None, kind=wanted, person=_person(owner, wanted))
        change_password(made, password)
        if unattended:
            acts.grant(made, by=None)
    click.echo(f"账号 {made.username}（{KIND_WORDS[wanted]}）已建立。", err=True)
    if not unattended:
        click.echo("请安全管理员登录授权，授权前不能登录。", err=True)
    _say_what_is_missing()


@account.command("passwd")
@name_argument
@with_appcontext
def account_passwd(username: str) -> None:
    """设置新密码，原有登录全部结束；密码从 TRACKER_PASSWORD 或键盘读取。Set a new password."""
    found, password = _account(username), _password()
    with _or_ended():
        ready = make_ready(found, password)
    with _all_or_nothing():
        set_password(found, ready)
    click.echo(f"账号 {username} 的密码已更改，原有登录已全部结束。", err=True)


@account.command("reset")
@name_argument
@with_appcontext
def account_reset(username: str) -> None:
    """签发一次性密码，本人凭它自设密码；原有登录全部结束。Print a one-time secret."""
    found = _account(username)
    with _all_or_nothing():
        slip = acts.issue_secret(found, by=None, valid_for=opening.SCREEN_LASTS)
    click.echo(slip.secret)
    until = clock.office_time(slip.expires_at)
    click.echo(f"一次性密码，{until:%Y-%m-%d %H:%M} 前有效，用后作废。请当面交给本人，", err=True)
    click.echo(f"由本人在 {_base_url()}/first-password 设置密码。", err=True)


@account.command("disable")
@name_argument
@with_appcontext
def account_disable(username: str) -> None:
    """停用账号，其登录立即结束；最后一个系统或安全管理员不能停用。Disable an account."""
    found = _account(username)
    if found.disabled_at is not None:
        _without_effect(f"账号 {username} 早已停用，没有改动。")
    with _all_or_nothing():
        acts.disable(found, by=None)
    click.echo(f"账号 {username} 已停用。", err=True)


@account.command("enable")
@name_argument
@with_appcontext
def account_enable(username: str) -> None:
    """启用停用的账号。Enable a disabled account."""
    found = _account(username)
    if found.disabled_at is None:
        _without_effect(f"账号 {username} 没有停用，没有改动。")
    with _all_or_nothing():
        acts.enable(found, by=None)
    click.echo(f"账号 {username} 已启用。", err=True)


@account.command("totp-off")
@name_argument
@with_appcontext
def account_totp_off(username: str) -> None:
    """手机遗失时解除手机验证码；原有登录全部结束。Take the second factor off."""
    found = _account(username)
    with _all_or_nothing():
        acts.take_totp_off(found, by=None)
    click.echo(f"账号 {username} 的手机验证码已解除。", err=True)


@account.command("grant")
@name_argument
@with_appcontext
def account_grant(username: str) -> None:
    """在没有其他安全管理员可以授权时，由服务器的管理人授权。Grant where nobody else can."""
    found = _account(username)
    if found.granted_at is not None:
        _without_effect(f"账号 {username} 已经授权，没有改动。")
    with _all_or_nothing():
        acts.grant(found, by=None)
    click.echo(f"账号 {username} 已授权。", err=True)


@account.command("keeper")
@name_argument
@click.argument("owner")
@with_appcontext
def account_keeper(username: str, owner: str) -> None:
    """登记管理员账号由谁保管：姓名或编号。Name who keeps an administrator's account."""
    found = _account(username)
    with _all_or_nothing():
        person = _person(owner, found.kind)
        assert person is not None  # a person was named
        acts.name_keeper(found, person, by=None)
    click.echo(f"账号 {username} 由{person.name}保管。", err=True)


@account.command("list")
@with_appcontext
def account_list() -> None:
    """全部账号：账号名、种类、使用人或保管人、状态、最近登录，以制表符分隔。List the accounts."""
    for found in _all_accounts():
        click.echo(_row(found))
    _say_what_is_missing()


@account.command("idle")
@click.option("--days", type=click.IntRange(1, 3650), default=queries.IDLE_DAYS, show_default=True)
@with_appcontext
def account_idle(days: int) -> None:
    """多日没有登录、尚未停用的账号。Accounts that nobody used for so many days."""
    now, found = clock.now(), 0
    for one in _all_accounts(queries.is_idle(now, days)):
        click.echo(_row(one))
        found += 1
    click.echo(f"{days} 天没有登录的账号共 {found} 个。", err=True)


def _all_accounts(*conditions: ColumnElement[bool]) -> Iterator[Account]:
    query = select(Account).where(*conditions).options(joinedload(Account.keeper))
    yield from db.session.scalars(query.order_by(Account.username).execution_options(yield_per=PAGE))


def _row(found: Account) -> str:
    owner = found.person or found.keeper
    cells = (
        found.username,
        str(KIND_WORDS[found.kind]),
        "" if owner is None else owner.name,
        str(STATE_WORDS[state(found)]),
        "" if found.last_seen_on is None else found.last_seen_on.isoformat(),
    )
    return "\t".join(cells)


def _base_url() -> str:
    return str(current_app.config["ENVIRONMENT"].base_url)


def _password() -> str:
    return os.environ.get("TRACKER_PASSWORD") or getpass.getpass("密码 password: ")


def _account(username: str) -> Account:
    wanted = select(Account).where(Account.username.in_((username, username.casefold())))
    found: Account | None = db.session.scalar(wanted)
    return found or _impossible(f"没有账号 {username}。没有改动任何内容。")


def _person(sent: str | None, kind: AccountKind) -> Person | None:
    """Return the person that a name or number means; an administrator's keeper may be new to the office."""
    if sent is None:
        return None
    if sent.isascii() and sent.isdecimal():
        return db.session.get(Person, int(sent)) or _impossible(
            f"没有编号为 {sent} 的人员。没有改动任何内容。"
        )
    found = db.session.scalars(select(Person).where(Person.name == sent).order_by(Person.id).limit(20)).all()
    if len(found) > 1:
        numbers = "、".join(str(person.id) for person in found)
        _impossible(f"叫{sent}的有 {len(found)} 人，请用编号指定：{numbers}。没有改动任何内容。")
    if found:
        return found[0]
    if kind in ADMINISTRATORS:
        return add_person(sent)
    return _impossible(f"没有叫{sent}的人员，先登记人员或导入花名册。没有改动任何内容。")


def _say_what_is_missing() -> None:
    for kind in queries.missing_administrators():
        line = f"tracker account create NAME --kind {kind.value} --person 姓名"
        click.echo(f"还没有{KIND_WORDS[kind]}：{line}", err=True)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """One transaction; what a rule forbids ends the command with code 2."""
    with _or_ended(), writing():
        yield


@contextmanager
def _or_ended() -> Iterator[None]:
    """What a rule forbids ends the command with code 2."""
    try:
        yield
    except Refused as refusal:
        _impossible(refusal.message)


def _without_effect(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)


def _impossible(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)
