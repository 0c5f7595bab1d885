"""The commands `tracker account`: from an empty database to three administrators, and their exit codes."""

from collections.abc import Callable

import pytest
from click.testing import Result
from flask import Flask

from tests.accounts.scene import objects
from tests.office import PASSWORD, Office
from tracker.accounts import queries
from tracker.accounts.models import AccountKind
from tracker.database import writing

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """A function that runs `tracker account …` with a password in the environment."""
    runner = app.test_cli_runner()

    def carry_out(*arguments: str, password: str = PASSWORD) -> Result:
        return runner.invoke(args=["account", *arguments], env={"TRACKER_PASSWORD": password})

    return carry_out


@pytest.mark.database
def test_three_administrators_are_made_on_the_command_line(app: Flask, run: Run) -> None:
    first = run("create", "Root", "--person", "孙样", "--kind", "system_admin")
    assert first.exit_code == 0
    assert "还没有安全管理员" in first.stderr
    assert "还没有审计管理员" in first.stderr
    assert run("create", "safe", "--kind", "security_admin", "--person", "李例").exit_code == 0
    third = run("create", "audit", "--kind", "audit_admin", "--person", "吴演")
    assert third.exit_code == 0
    assert "授权前不能登录" in third.stderr
    with app.app_context():
        assert queries.missing_administrators() == [AccountKind.AUDIT_ADMIN]
    assert run("grant", "audit").exit_code == 0
    assert run("grant", "audit").exit_code == 1
    listed = run("list").stdout.splitlines()
    assert [line.split("\t")[:4] for line in listed] == [
        ["audit", "审计管理员", "吴演", "正常"],
        ["root", "系统管理员", "孙样", "正常"],
        ["safe", "安全管理员", "李例", "正常"],
    ]
    with app.app_context():
        assert queries.missing_administrators() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "clerk"), "已存在"),
        (("create", "new", "--person", "没有此人"), "没有叫没有此人的人员"),
        (("create", "new", "--person", "999999"), "没有编号为"),
        (("create", "new", "--person", "陈演"), "已有业务账号"),
        (("create", "a b"), "账号名只用"),
        (("passwd", "niemand"), "没有账号"),
        (("disable", "system_admin"), "最后一个"),
        (("passwd", "clerk"), "最近 3 次用过"),
        (("reset", "former"), "已停用"),
        (("keeper", "system_admin", "某样"), "已登记归谁"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_ends_with_code_2(
    office: Office, run: Run, arguments: tuple[str, ...], said: str
) -> None:
    make_administrators(office)
    answer = run(*arguments)
    assert (answer.exit_code, said in answer.stderr) == (2, True), answer.stderr


def test_disabling_enabling_and_a_secret(office: Office, run: Run) -> None:
    make_administrators(office)
    codes = [run(command, "clerk").exit_code for command in ("enable", "disable", "disable", "enable")]
    assert codes == [1, 0, 1, 0]
    assert run("passwd", "clerk", password="Xin-kouling-2026").exit_code == 0
    secret = run("reset", "clerk")
    assert secret.exit_code == 0
    assert len(secret.stdout.strip()) == len("ABCD-ABCD-ABCD-ABCD-ABCD")
    assert "/first-password" in secret.stderr


def test_an_account_without_keeper_gets_one(office: Office, run: Run) -> None:
    assert run("create", "root").exit_code == 0
    assert run("keeper", "root", "孙样").exit_code == 0
    assert "root\t系统管理员\t孙样" in run("list").stdout


def test_idle_counts_from_the_day_an_account_was_made(office: Office, run: Run) -> None:
    answer = run("idle", "--days", "30")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert "共 0 个" in answer.stderr


def make_administrators(office: Office) -> None:
    """Put the three administrators into the database."""
    with writing():
        objects(office)
