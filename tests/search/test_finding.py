"""Any part of the words is found, on both databases, by whoever may see it and by nobody else."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from tests import ledger
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.problems.models import Problem
from tracker.problems.recording import record_problem
from tracker.tasks import correcting
from tracker.tasks.finding import found_in
from tracker.tasks.grams import asked_for, grams, one_form, words
from tracker.tasks.models import Task, TaskText
from tracker.tasks.word_index import INDEXES, PROBLEMS, TASKS, fill, gaps, rebuild

SignIn = Callable[[Member], FlaskClient]
TITLE = "消防通道被占用，Ａ区环境整治台账缺第3号"
HITS = (
    "消",
    "通道",
    "占用",
    "消防通道被占",
    "環境整治",  # in traditional characters
    "a区",  # another width and another case
    "通道被占用,A区",  # a comma of the other width
    "第３号",
    "环境 消防",  # two words, in any order
    "每月更新",  # of the standard
    "增设",  # of the measure
    "问题原文在此",  # of the problem behind it
    "ZG-QS-2025Q3-001",
    "zg-2025q3-1",
    "Q3-001",
)
MISSES = ("消道", "环境消防", "占用者", "ZG-BL-2025Q3-001", "2025Q4", "%", "_", "*", '"', "消 道路")


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def found(asked: str) -> list[str]:
    """Return the titles of the tasks that a word finds."""
    found = found_in(TASKS, asked)
    in_order, in_all = (
        list(db.session.scalars(select(Task.title).where(form).order_by(Task.id)))
        for form in (found.in_order, found.in_all)
    )
    assert in_order == in_all
    return in_order


@pytest.mark.database
def test_a_task_is_found_by_any_part_of_its_words(office: Office) -> None:
    with writing():
        problem = record_problem(office.town, ledger.Q3, domain=office.ideology, text="问题原文在此")
        task = ledger.drafted(office, TITLE, measure="增设标识", problem=problem)
        ledger.drafted(office, "宣传栏更新不及时", standard="签收时商定")
    assert {one: found(one) for one in HITS} == {one: [TITLE] for one in HITS}
    assert {one: found(one) for one in MISSES} == {one: [] for one in MISSES}
    with writing():
        correcting.correct(task, by=office.clerk.actor, reason="写错", title="疏散通道堆放杂物")
    assert (found("消防"), found("堆放杂物")) == ([], ["疏散通道堆放杂物"])
    problems = select(Problem.text).where(found_in(PROBLEMS, "原文").in_order)
    assert db.session.scalars(problems).all() == ["问题原文在此"]


@pytest.mark.database
def test_what_was_taken_back_is_not_found_and_what_came_past_the_session_is_filled_in(office: Office) -> None:
    with writing():
        ledger.drafted(office, "宣传栏更新不及时")
        db.session.rollback()
    assert found("宣传栏") == []
    with writing():
        ledger.drafted(office, "路灯不亮")
        ledger.drafted(office, "河道漂浮物")
        db.session.execute(delete(TaskText))
        for index in INDEXES:
            db.session.execute(text(f"DELETE FROM {index.pieces}"))
    assert (gaps(), found("路灯")) == (2, [])
    assert (fill(), gaps(), found("路灯"), found("漂")) == (2, 0, ["路灯不亮"], ["河道漂浮物"])
    assert (fill(), rebuild(), found("灯")) == (0, 2, ["路灯不亮"])


@pytest.mark.database
def test_ledger_and_search_find_among_what_the_reader_sees(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "宣传栏更新不及时")
        ledger.assigned(office, "宣传车未年检", duty=office.safety_duty)
    clerk, lead = signed_in(office.clerk), signed_in(office.lead)
    for address in ("/tasks?q=宣", "/search?q=宣", "/tasks?q=宣传", "/search?q=宣传"):
        assert "宣传车未年检" in clerk.get(address).text
        assert "宣传栏更新不及时" in lead.get(address).text
        assert "宣传车未年检" not in lead.get(address).text


def test_the_command_says_what_is_missing_and_mends_it(app: Flask, office: Office) -> None:
    with writing():
        ledger.drafted(office, "路灯不亮")
    run = app.test_cli_runner().invoke
    assert run(args=["search", "check"]).exit_code == 0
    with writing():
        db.session.execute(delete(TaskText))
    missing = run(args=["search", "check"])
    assert (missing.exit_code, "有 1 条" in missing.stderr) == (1, True)
    assert "共 1 条" in run(args=["search", "rebuild"]).stderr
    assert found("路灯") == ["路灯不亮"]
    assert db.session.scalars(select(Unit.code)).all()  # nothing else was touched


@given(
    st.text(alphabet="问题整改措AＡ1１。. ，", max_size=12),
    st.text(alphabet="问题整改措AＡ1１。.，", min_size=1, max_size=3),
)
def test_whatever_contains_a_word_has_all_its_pieces(said: str, word: str) -> None:
    for one in words(word):
        if one in one_form(said + word + said):
            assert set(asked_for(one)) <= grams(one_form(said + word + said))
