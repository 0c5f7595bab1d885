"""One action by the page, by the interface and by the command line: the same verb, rights and refusals."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import ledger
from tests.ledger import TODAY
from tests.office import Member, Office
from tests.tasks.test_pages import PNG, fresh, made
from tracker.extensions import db
from tracker.tasks.models import Evidence
from tracker.tasks.states import Action, TaskState

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.mark.database
def test_a_script_reads_what_may_be_done_and_does_it(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    lead = signed_in(office.lead)
    address = f"/api/v1/tasks/{task.id}"
    seen = lead.get(address).json
    assert seen is not None
    asked = {one["action"]: one["fields"] for one in seen["actions"]}
    assert [field["name"] for field in asked["request_closure"]] == ["result", "evidence"]
    sent = {
        "csrf_token": seen["csrf_token"], "version": seen["task"]["version"], "result": "已培训 1 期",
        "evidence": (BytesIO(PNG), "现场.png"),
    }  # fmt: skip
    done = lead.post(f"{address}/request_closure", data=sent)
    assert done.status_code == 200, done.text
    assert done.json is not None
    assert done.json["task"]["state"] == TaskState.CLOSURE_REQUESTED
    assert fresh(task).events[-1].action == Action.REQUEST_CLOSURE
    again = lead.post(f"{address}/request_closure", data={**sent, "evidence": (BytesIO(PNG), "二.png")})
    assert again.status_code == 409
    assert again.json is not None
    assert "申请销号" in again.json["error"]["message"]


def test_a_script_is_refused_as_the_page_is(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    lead = signed_in(office.lead)
    seen = lead.get(f"/api/v1/tasks/{task.id}").json
    assert seen is not None
    token = {"csrf_token": seen["csrf_token"], "version": seen["task"]["version"]}
    nothing = lead.post(f"/api/v1/tasks/{task.id}/report_progress", data=token)
    assert nothing.status_code == 422
    assert lead.post(f"/api/v1/tasks/{task.id}/report_progress", data={"text": "已办"}).status_code == 400
    assert lead.post(f"/api/v1/tasks/{task.id}/dance", data=token).status_code == 404
    assert fresh(task).state == TaskState.IN_PROGRESS
    assert signed_in(office.other_clerk).get(f"/api/v1/tasks/{task.id}").status_code == 404


@pytest.mark.database
def test_a_command_does_the_same(app: Flask, office: Office, tmp_path: Path) -> None:
    task = made(ledger.in_progress, office)
    by = office.lead.account.username
    runner = app.test_cli_runner()
    shown = runner.invoke(args=["task", "show", str(task.id), "--by", by])
    assert shown.exit_code == 0
    assert "request_closure\tresult\t[evidence]" in shown.stdout.splitlines()
    half = ["task", "act", str(task.id), "report_progress", "--by", by, "--set", "text=已办一半"]
    assert runner.invoke(args=[*half, "--set", "percent=50"]).exit_code == 0
    assert fresh(task).percent == 50
    photo = tmp_path / "现场.png"
    photo.write_bytes(PNG)
    act = ["task", "act", str(task.id), "request_closure", "--by", by]
    empty = runner.invoke(args=act)
    assert (empty.exit_code, "没有办成（result）" in empty.stderr) == (1, True)
    long = runner.invoke(args=[*act, "--set", f"result={'长' * 2001}"])
    assert (long.exit_code, "没有办成（result）：写了 2001 字" in long.stderr) == (1, True)
    done = runner.invoke(args=[*act, "--set", "result=已培训 1 期", "--file", str(photo)])
    assert (done.exit_code, done.stdout.strip().endswith("closure_requested")) == (0, True)
    assert fresh(task).events[-1].person == office.lead.person
    names = db.session.scalars(select(Evidence.name).order_by(Evidence.id)).all()
    assert names[-1] == "现场.png"
    assert runner.invoke(args=[*act, "--set", "result=再来"]).exit_code == 1


def test_a_command_for_nobody_or_nothing_changes_nothing(app: Flask, office: Office) -> None:
    task = made(ledger.in_progress, office)
    runner = app.test_cli_runner()
    for args in (
        ["act", str(task.id), "urge", "--by", "nobody"],
        ["act", "999999", "urge", "--by", "clerk"],
        ["act", str(task.id), "urge", "--by", "other_clerk"],
        ["act", str(task.id), "urge", "--by", "clerk", "--set", "text"],
        ["act", str(task.id), "dance", "--by", "clerk"],
    ):
        assert runner.invoke(args=["task", *args]).exit_code == 2, args
    assert len(fresh(task).events) == len(task.events)
