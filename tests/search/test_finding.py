"""Any part of the words is found, on both databases, by whoever may see it and by nobody else."""

import html
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from tests import ledger
from tests.kept import nothing_kept
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.organization.renaming import rename_post
from tracker.problems.models import Problem
from tracker.problems.recording import record_problem
from tracker.search.views import PROBLEMS_SHOWN
from tracker.tasks import correcting
from tracker.tasks.excerpts import excerpt_of_problem
from tracker.tasks.finding import found_in
from tracker.tasks.grams import asked_for, grams, one_form, words
from tracker.tasks.models import Task, TaskText
from tracker.tasks.word_index import INDEXES, PROBLEMS, TASKS, fill, gaps, rebuild
from tracker.web.paging import PAGE

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
SECRETS = re.compile(r'name="(csrf_token|once)" value="[^"]*"|\d\d:\d\d')
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


def said_by(visitor: FlaskClient, address: str) -> str:
    """Return what a page says, without what is new each time."""
    return SECRETS.sub("", visitor.get(address).text)


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


@pytest.mark.database
def test_what_is_kept_of_one_word_serves_the_next_and_says_nothing_of_the_first(
    office: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        for title in ("宣传栏破损", "消防通道被占用", "河道有漂浮物", "河道岸线坍塌"):
            ledger.drafted(office, title, problem=ledger.problem(office, f"{title}的原话"))
    asked = ("宣传", "消防", "河道", "宣传栏", "消防通道", '"><b>&%2F', "a 河道", "没有", "\ue000", "_")
    addresses = [f"{path}?{urlencode({'q': word})}" for path in ("/search", "/tasks") for word in asked]
    with nothing_kept():
        anew = {address: said_by(signed_in(office.clerk), address) for address in addresses}
    visitor = signed_in(office.clerk)
    for few in (500, 1):  # candidates that are named; more of them are joined
        monkeypatch.setattr("tracker.tasks.finding.FEW", few)
        for _again in range(2):
            assert {address: said_by(visitor, address) for address in addresses} == anew
    assert "河道岸线坍塌的原话" in anew[f"/search?{urlencode({'q': '河道'})}"]
    assert "消防通道" not in anew[f"/tasks?{urlencode({'q': '宣传'})}"]


@pytest.mark.database
def test_the_search_is_read_page_by_page_the_latest_first(office: Office, signed_in: SignIn) -> None:
    titles = [f"第{number}处路灯不亮" for number in range(PAGE + 3)]
    with writing():
        for title in titles:
            ledger.drafted(office, title, problem=ledger.problem(office, f"{title}，原话"))
        for number in range(PAGE + 1):
            ledger.drafted(office, f"第{number}处井盖缺失")
    visitor = signed_in(office.clerk)
    for word, count in (("井盖", PAGE + 1), ("路灯", PAGE + 3)):  # more than a page is counted
        assert f"共 {count} 条" in visitor.get(f"/tasks?q={word}").text
    for pattern, cursor, told, size in (
        (r'class="two">([^<]*)</a>', "after", titles, PAGE),
        (r"(第\d+处路灯不亮)，原话", "problems_after", titles, PROBLEMS_SHOWN),
    ):
        address, seen = "/search?q=路灯", []
        while address:
            page = visitor.get(address).text
            rows = re.findall(pattern, page)
            assert len(rows) <= size
            seen += rows
            following = [html.unescape(one) for one in re.findall(r'href="(/search\?[^"]*)"', page)]
            address = next((one for one in following if f"&{cursor}=" in one), "")
        assert seen == told[::-1]


def test_a_list_of_a_word_says_where_it_stands(office: Office, signed_in: SignIn) -> None:
    with writing():
        behind = ledger.problem(office, "Ａ区路灯不亮，居民多次反映，夜间出行不便，存在安全隐患")
        behind.measure = "联系电力公司逐盏检修"
        db.session.add(behind)
        ledger.drafted(office, "修好路灯", measure="逐盏检修 <b>", standard="全部点亮", problem=behind)
    visitor = signed_in(office.clerk)

    def found(word: str, path: str = "/tasks") -> list[str]:
        page = visitor.get(f"{path}?{urlencode({'q': word})}").text
        return [re.sub(r"\s+", " ", one) for one in re.findall(r'<p class="sm">(.*<mark>.*)</p>', page)]

    assert found("路灯") == found("2025Q3-1 路灯") == []  # title and number say it
    assert found("检修") == ["措施：逐盏<mark>检修</mark> &lt;b&gt;"]
    assert found("点亮 路灯") == ["验收标准：全部<mark>点亮</mark>"]
    assert found("a区") == ["问题：<mark>a区</mark>路灯不亮，居民多次反映，夜间出行不便，存在安全隐…"]
    assert found("隱患") == ["问题：…，夜间出行不便，存在安全<mark>隐患</mark>"]
    assert found("zg-qs-2025q3-001 检修") == found("检修 ZG-QS-2025Q3-1") == found("检修")
    assert found("检修", "/search") == [
        "措施：逐盏<mark>检修</mark> &lt;b&gt;",
        "措施：联系电力公司逐盏<mark>检修</mark>",
    ]


@pytest.mark.parametrize(
    ("text", "word", "shown"),
    [
        ("甲……乙\n\n丙\n\nＡ区丁戊己庚", "a区", "a区"),  # places of one form and of the text lie apart
        ("㈠  Ａ区  完", "a区", "a区"),
        ("消防通道", "消防", "消防"),
    ],
)
def test_what_is_marked_is_the_word(text: str, word: str, shown: str) -> None:
    found = excerpt_of_problem("另一句", text, words(word))
    assert found is not None
    assert found.word == shown


def test_a_title_in_another_form_says_the_word() -> None:
    assert excerpt_of_problem("Ａ区消防、隱患排查", "a区路段隐患整改", words("a区 隐患")) is None


@pytest.mark.database
def test_a_name_that_looks_like_the_place_of_a_word_stays(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.drafted(office, "路灯不亮")
        rename_post(office.lead.post, "\ue000村干事")
    page = signed_in(office.clerk).get("/tasks?q=路灯").text
    assert "\ue000村干事" in page
    assert "路灯村干事" not in page


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
