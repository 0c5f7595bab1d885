"""One act on many tasks: looked at before, carried out by the verbs one by one, once, each told of."""

import fcntl
import html
import os
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests import ledger
from tests.forms import once, token
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker import database
from tracker.database import writing
from tracker.extensions import db
from tracker.tasks import leading, lifecycle, together
from tracker.tasks.models import JointAct, Task, TaskEvent
from tracker.tasks.states import Action, TaskState

SignIn = Callable[[Member], FlaskClient]
TICKED = re.compile(r'name="row"\s+value="([^"]+)"')


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def preview(visitor: FlaskClient, act: str, tasks: Sequence[Task] = (), **address: str) -> str:
    """Return the page that shows what would happen to some tasks, or to those that the address chooses."""
    sent = {"act": act, "pick": [str(task.id) for task in tasks]} | address
    shown = visitor.get("/tasks/together", query_string=sent)
    assert shown.status_code == 200
    return shown.text


def carry_out(visitor: FlaskClient, act: str, page: str, **fields: str) -> TestResponse:
    """Send the form of a preview with all that stayed ticked."""
    sent = {"csrf_token": token(page), "once": once(page), "row": TICKED.findall(page)} | fields
    return visitor.post(f"/tasks/together/{act}", data=sent)


def events(action: Action) -> dict[str, int]:
    """Return how often an action was done to each task, by its title."""
    db.session.rollback()  # nothing older is read
    counted = select(Task.title, func.count()).join(TaskEvent).where(TaskEvent.action == action)
    return dict(db.session.execute(counted.group_by(Task.title)).all())


@pytest.mark.database
def test_urging_many_is_shown_before_done_once_and_told_of_each(office: Office, signed_in: SignIn) -> None:
    with writing():
        tasks = [ledger.assigned(office, title) for title in ("甲", "乙", "丙")]
        draft, foreign = ledger.drafted(office, "拟办的"), ledger.assigned(office, "丁")
    clerk = signed_in(office.clerk)
    page = preview(clerk, "urge", [*tasks, draft])
    assert "选中 4 件，可以办理 3 件" in page
    assert "提醒褚例（宣传办主任）" in page
    assert "现在是“拟办”，不能催办" in page
    assert TICKED.findall(page) == [f"{task.id}-{task.version}" for task in tasks]
    with writing():  # somebody else comes first
        leading.urge(db.session.get_one(Task, tasks[2].id), by=office.deputy.actor)
    sent = carry_out(clerk, "urge", page, text="请于本周反馈")
    again = carry_out(clerk, "urge", page, text="请于本周反馈")
    assert sent.status_code == again.status_code == 302
    assert sent.headers["Location"] == again.headers["Location"]
    assert events(Action.URGE) == {"甲": 1, "乙": 1, "丙": 1}
    told = clerk.get(sent.headers["Location"]).text
    assert "办成 2 件，没有办成 1 件" in told
    assert "预览以后这件任务已有变化" in told
    assert signed_in(office.keeper).get(sent.headers["Location"]).status_code == 404
    elsewhere = signed_in(office.other_clerk)
    assert elsewhere.get(f"/tasks/together?act=urge&pick={foreign.id}").status_code == 404


@pytest.mark.database
def test_what_is_registered_is_assigned_as_proposed(office: Office, signed_in: SignIn) -> None:
    with writing():
        proposed = {"lead_post": office.lead.post, "duty": office.lead_duty}
        ready = [
            ledger.drafted(office, title, deadline=date(2025, 12, 31), **proposed) for title in ("甲", "乙")
        ]
        ready.append(ledger.drafted(office, "丙", deadline=date(2025, 12, 27), **proposed))  # a Saturday
        late = ledger.drafted(office, "过期", deadline=date(2025, 10, 1), **proposed)
        bare = ledger.drafted(office, "没有岗位", deadline=date(2025, 12, 31))
        for task in (*ready, late, bare):
            lifecycle.register(task, by=office.clerk.actor, standard="每月一次")
    clerk = signed_in(office.clerk)
    page = preview(clerk, "assign", scope="all", state="registered")
    assert "选中 5 件，可以办理 3 件" in page
    for said in (
        "交办给褚例（宣传办主任），时限 12月31日\n",
        "交办给褚例（宣传办主任），时限 12月27日；12月27日是休息日，按前一个工作日12月26日计。",
        "整改时限 2025-10-01 已过",
        "还没有拟定责任岗位和职责",
    ):
        assert said in page
    assert carry_out(clerk, "assign", page).status_code == 302
    db.session.rollback()
    states = {task.title: task.state for task in (*ready, late, bare)}
    assigned, registered = TaskState.ASSIGNED, TaskState.REGISTERED
    assert states == {
        "甲": assigned,
        "乙": assigned,
        "丙": assigned,
        "过期": registered,
        "没有岗位": registered,
    }
    assert ready[0].verifier_post_id == office.keeper.post.id


def test_many_go_to_another_duty_and_onto_the_list(office: Office, signed_in: SignIn) -> None:
    with writing():
        tasks = [ledger.in_progress(office, title) for title in ("甲", "乙")]
        there = ledger.assigned(office, "已在那里", duty=office.safety_duty)
    clerk = signed_in(office.clerk)
    page = preview(clerk, "transfer", [*tasks, there])
    fields = {"duty": str(office.safety_duty.id), "verifier_post": "", "reason": ""}
    refused = carry_out(clerk, "transfer", page, **fields)
    assert refused.status_code == 422
    assert "“理由”还没有填。" in refused.text
    assert carry_out(clerk, "transfer", refused.text, **fields | {"reason": "职责调整"}).status_code == 302
    assert events(Action.TRANSFER) == {"甲": 1, "乙": 1}
    db.session.rollback()
    assert {task.lead_post_id for task in tasks} == {office.safety_lead.post.id}
    told = db.session.scalars(select(JointAct).where(JointAct.action == Action.TRANSFER)).one()
    assert "和现在的相同" in told.outcomes[str(there.id)]
    page = preview(clerk, "put_on_list", tasks)
    assert carry_out(clerk, "put_on_list", page, reason="连续两季未办结").status_code == 302
    assert "可以办理 1 件" in preview(clerk, "put_on_list", [tasks[0], there])
    assert clerk.get("/tasks?listed=1").text.count("/tasks/") >= 2


def test_whoever_oversees_nothing_finds_no_boxes(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.in_progress(office)
    lead = signed_in(office.lead)
    assert 'name="pick"' in signed_in(office.secretary).get("/tasks").text
    assert 'name="pick"' not in lead.get("/tasks").text
    assert lead.get(f"/tasks/together?act=urge&pick={task.id}").status_code == 404
    secretary = signed_in(office.secretary)
    assert "可以办理 0 件" in preview(secretary, "transfer", [task])  # it is the clerk's to hand on


def test_a_batch_goes_on_after_each_part_of_it(
    office: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "COMMIT_EVERY", 2)
    with writing():
        tasks = [ledger.assigned(office, f"第{number}件") for number in range(5)]
    clerk = signed_in(office.clerk)
    assert carry_out(clerk, "urge", preview(clerk, "urge", tasks), text="").status_code == 302
    assert events(Action.URGE) == {task.title: 1 for task in tasks}


def test_a_batch_cut_short_says_what_was_done_and_what_was_not(
    office: Office,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    data_dir: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(together, "COMMIT_EVERY", 2)
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.05)
    with writing():
        tasks = [ledger.assigned(office, f"第{number}件") for number in range(5)]
    clerk = signed_in(office.clerk)
    page = preview(clerk, "urge", tasks)
    carried_out, lock = together._carry_out, os.open(data_dir / "writer.lock", os.O_RDWR | os.O_CREAT)

    def after_the_first_two(act: Any, task_id: int, *rest: Any) -> str:
        if task_id == tasks_by_id[2]:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # somebody else came in between
        return carried_out(act, task_id, *rest)

    tasks_by_id = [task.id for task in tasks]
    monkeypatch.setattr(together, "_carry_out", after_the_first_two)
    sent = carry_out(clerk, "urge", page, text="")
    os.close(lock)
    assert sent.status_code == 302
    assert events(Action.URGE) == {"第0件": 1, "第1件": 1}
    assert "cut short" in caplog.text
    told = clerk.get(sent.headers["Location"]).text
    assert "办成 2 件，没有办成 3 件" in told
    assert "这一批还没有办完" in told
    assert told.count("还没有办到这一件。") == 3
    again = re.search(r'href="(/tasks/together[?][^"]+)">重新选择没有办成的', told)
    assert again
    assert "选中 3 件，可以办理 3 件" in clerk.get(html.unescape(again[1])).text
    once_more = carry_out(clerk, "urge", page, text="")
    assert once_more.headers["Location"] == sent.headers["Location"]


def test_a_batch_that_never_began_has_saved_nothing(
    office: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.05)
    with writing():
        tasks = [ledger.assigned(office, "甲")]
    clerk = signed_in(office.clerk)
    page = preview(clerk, "urge", tasks)
    db.session.rollback()
    lock = os.open(data_dir / "writer.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    sent = carry_out(clerk, "urge", page, text="")
    os.close(lock)
    assert sent.status_code == 503
    assert "没有保存任何改动" in sent.text
    assert events(Action.URGE) == {}
