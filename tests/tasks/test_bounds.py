"""What an act refuses because it is too much, or gone: long words, many pieces, duties that have ended."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import ledger
from tests.forms import post
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Duty, Post
from tracker.refusals import Refused
from tracker.tasks import extending, leading, lifecycle
from tracker.tasks.correcting import MOST_PIECES
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState
from tracker.tasks.stepping import LONGEST_WORDS

SignIn = Callable[[Member], FlaskClient]
TOO_LONG = "因" * (LONGEST_WORDS + 1)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def registered(office: Office, title: str = "宣传栏更新不及时") -> Task:
    task = ledger.drafted(office, title)
    lifecycle.register(task, by=office.clerk.actor, standard=task.standard)
    return task


# --- words -------------------------------------------------------------------------------------------


def test_long_words_are_told_at_their_field_and_kept(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.in_progress(office)
        task_id, version = task.id, str(task.version)
    fields = {"wanted": "2026-01-31", "reason": TOO_LONG, "progress": "已做一半", "version": version}
    answer = post(signed_in(office.lead), f"/tasks/{task_id}/request_extension", fields)
    assert answer.status_code == 422
    said = f"写了 {LONGEST_WORDS + 1} 字，不能超过 {LONGEST_WORDS} 字，没有保存"
    assert answer.text.count(said) >= 2  # above the form and at the field
    assert TOO_LONG in answer.text
    assert "已做一半" in answer.text
    db.session.rollback()
    assert str(db.session.get_one(Task, task_id).version) == version


@pytest.mark.parametrize(
    ("action", "name", "rest"),
    [
        ("report_progress", "text", {}),
        ("request_extension", "progress", {"wanted": "2026-01-31", "reason": "雨季"}),
        ("request_closure", "result", {}),
    ],
)
def test_every_free_text_of_an_act_is_bounded(
    office: Office, signed_in: SignIn, action: str, name: str, rest: dict[str, str]
) -> None:
    with writing():
        task = ledger.in_progress(office)
        task_id, version = task.id, str(task.version)
    answer = post(
        signed_in(office.lead), f"/tasks/{task_id}/{action}", {name: TOO_LONG, "version": version} | rest
    )
    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    assert "不能超过" in answer.text


def test_optional_words_and_those_of_a_part_are_bounded(office: Office, signed_in: SignIn) -> None:
    with writing():
        task, bare = ledger.requested(office, "待初审"), registered(office)
        ids = task.id, str(task.version), bare.id, str(bare.version)
    opinion = {"opinion": TOO_LONG, "version": ids[1]}
    assert post(signed_in(office.deputy), f"/tasks/{ids[0]}/endorse", opinion).status_code == 422
    village = str(office.village_lead.post.id)
    given = {"duty": str(office.lead_duty.id), "deadline": "2025-12-31", "version": ids[3],
             "cooperating": village, f"cooperating-{village}": TOO_LONG}  # fmt: skip
    refused = post(signed_in(office.clerk), f"/tasks/{ids[2]}/assign", given)
    assert refused.status_code == 422
    assert "不能超过" in refused.text
    given[f"cooperating-{village}"] = "一处"
    assert post(signed_in(office.clerk), f"/tasks/{ids[2]}/assign", given).status_code == 302


def test_a_verb_called_by_itself_is_as_strict(office: Office) -> None:
    with writing():
        task = ledger.in_progress(office)
    with writing(), pytest.raises(Refused) as refused:
        extending.request_extension(
            task, by=office.lead.actor, wanted=date(2026, 1, 31), reason=TOO_LONG, progress="已做一半"
        )
    assert refused.value.field == "reason"
    with writing(), pytest.raises(Refused):
        leading.urge(task, by=office.deputy.actor, text=TOO_LONG)
    with writing():
        leading.urge(task, by=office.deputy.actor, text=TOO_LONG[:-1])


def test_what_was_longer_before_does_not_hinder_a_correction(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = registered(office)
        task.measure = TOO_LONG
        task_id, version = task.id, str(task.version)
    fields = {
        "title": "改过的",
        "measure": TOO_LONG,
        "standard": task.standard,
        "domain": str(task.domain_id),
        "remedy": task.remedy.value,
        "reason": "写错",
        "version": version,
    }
    clerk = signed_in(office.clerk)
    assert post(clerk, f"/tasks/{task_id}/correct", fields | {"measure": TOO_LONG + "新"}).status_code == 422
    assert post(clerk, f"/tasks/{task_id}/correct", fields).status_code == 302


# --- pieces ------------------------------------------------------------------------------------------


def test_a_task_is_split_into_a_bounded_number(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = registered(office)
        task_id, version = task.id, str(task.version)
    lines = [f"第{number}处护栏" for number in range(MOST_PIECES + 1)]
    clerk, address = signed_in(office.clerk), f"/tasks/{task_id}/split"
    refused = post(clerk, address, {"titles": "\n".join(lines), "version": version})
    assert refused.status_code == 422
    assert refused.text.count(f"一次最多拆成 {MOST_PIECES} 件，现有 {MOST_PIECES + 1} 行。") >= 2
    assert lines[-1] in refused.text
    counted = select(func.count()).select_from(Task)
    db.session.rollback()
    assert db.session.scalar(counted) == 1
    assert post(clerk, address, {"titles": "\n".join(lines[:-1]), "version": version}).status_code == 302
    db.session.rollback()
    assert db.session.scalar(counted) == MOST_PIECES


# --- duties that have ended --------------------------------------------------------------------------


@pytest.mark.database
def test_a_duty_that_ended_is_neither_offered_nor_taken(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = registered(office)
        task_id, version = task.id, str(task.version)
        db.session.get_one(Duty, office.lead_duty.id).ended_on = date(2025, 6, 30)
        db.session.get_one(Post, office.safety_lead.post.id).ended_on = date(2025, 6, 30)
    clerk, address = signed_in(office.clerk), f"/tasks/{task_id}/assign"
    offered = clerk.get(address).text.partition('name="duty"')[2].partition("</select>")[0]
    for duty in (office.lead_duty, office.safety_duty):
        assert duty.text[:20] not in offered
        sent = {"duty": str(duty.id), "deadline": "2025-12-31", "version": version}
        answer = post(clerk, address, sent)
        assert answer.status_code == 422
        assert "选择责任岗位和它的职责" in answer.text
        with writing(), pytest.raises(Refused, match="已经结束") as refused:
            lifecycle.assign(
                task, by=office.clerk.actor, lead_post=duty.post, duty=duty, deadline=date(2025, 12, 31)
            )
        assert refused.value.field == "duty"
    db.session.rollback()
    assert db.session.get_one(Task, task_id).state == TaskState.REGISTERED


def test_a_duty_is_taken_to_its_last_day(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = registered(office)
        task_id, version = task.id, str(task.version)
        db.session.get_one(Duty, office.lead_duty.id).ended_on = TODAY
    clerk, address = signed_in(office.clerk), f"/tasks/{task_id}/assign"
    sent = {"duty": str(office.lead_duty.id), "deadline": "2025-12-31", "version": version}
    assert post(clerk, address, sent).status_code == 302


# --- ids ---------------------------------------------------------------------------------------------


@pytest.mark.database
@pytest.mark.parametrize("task_id", ["99999999999999999999", "9" * 300, "9223372036854775807", "0"])
def test_a_command_answers_an_id_that_no_column_holds_like_a_missing_one(
    app: Flask, office: Office, task_id: str
) -> None:
    runner = app.test_cli_runner()
    for args in (["task", "show", task_id], ["task", "act", task_id, "urge"]):
        answer = runner.invoke(args=[*args, "--by", office.clerk.account.username])
        assert answer.exit_code == 2, answer.output
        assert f"看不到编号为 {task_id} 的任务" in answer.output
