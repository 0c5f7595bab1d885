"""tracker remind: a tick by hand, a look without a trace, exit codes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from flask import Flask

from tests.office import Office
from tests.reminders.steps import assigned, in_progress, notices
from tracker.reminders.models import Clock

Move = Callable[..., None]
FIRST_DAY = date(2025, 10, 9)
DEADLINE = date(2025, 11, 18)


def test_it_ticks_once(app: Flask, office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    assigned(office, DEADLINE)
    done = app.test_cli_runner().invoke(args=["remind"])
    assert done.exit_code == 0, done.output
    assert "处理事件 2 个" in done.stderr
    assert len(notices()) == 1


def test_a_look_writes_nothing(app: Flask, office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = in_progress(office, DEADLINE)
    looked = app.test_cli_runner().invoke(args=["remind", "--dry-run", "--on", "2025-11-17"])
    assert looked.exit_code == 0, looked.output
    about = f"催办单\t还有 1 个工作日（时限11月18日）：基层宣传力量薄弱（{task.short_no}）"
    assert looked.stdout.splitlines() == [f"褚例\t{about}", f"郑样\t{about}"]
    today = app.test_cli_runner().invoke(args=["remind", "--dry-run"])
    assert today.stdout.splitlines() == [
        f"褚例\t交办\t交办，11月18日前办结：基层宣传力量薄弱（{task.short_no}）"
    ]
    assert notices(of=Clock.DEADLINE) == []


def test_another_day_is_only_looked_at(app: Flask, office: Office) -> None:
    for wrong in (["--on", "2025-11-17"], ["--dry-run", "--on", "17.11."]):
        refused = app.test_cli_runner().invoke(args=["remind", *wrong])
        assert refused.exit_code == 2


def test_mail_that_did_not_go_out_is_exit_code_one(
    app: Flask, smtp_down: str, office: Office, moved_clock: Move
) -> None:
    moved_clock(FIRST_DAY)
    app.config["ENVIRONMENT"] = replace(app.config["ENVIRONMENT"], smtp_url=smtp_down)
    assigned(office, DEADLINE)
    done = app.test_cli_runner().invoke(args=["remind"])
    assert done.exit_code == 1
    assert "未发出的邮件已保留，稍后自动重试" in done.stderr
