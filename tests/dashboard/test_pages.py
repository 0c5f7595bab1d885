"""The overview, the responsibilities, search, the interface and the first page, as each role."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import ledger
from tests.forms import post
from tests.ledger import TODAY
from tests.office import PASSWORD, Member, Office
from tracker.accounts.models import AccountKind
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Holding
from tracker.organization.setup import release

SignIn = Callable[[Member], FlaskClient]
OVERSEERS = ("secretary", "deputy", "vice_head", "clerk", "keeper", "county_keeper", "other_clerk")
HOLDERS = ("lead", "safety_lead", "village_lead")


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.mark.parametrize("who", OVERSEERS + HOLDERS)
def test_each_is_led_to_the_page_of_their_work(who: str, office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(getattr(office, who))
    overseer = who in OVERSEERS
    assert visitor.get("/").headers["Location"] == ("/overview" if overseer else "/mine")
    assert visitor.get("/overview").status_code == (200 if overseer else 404)
    for address in ("/mine", "/tasks", "/organization", "/search", "/api/v1/tasks"):
        assert visitor.get(address).status_code == 200, address


def test_a_foreign_unit_looks_like_none(office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.secretary)
    for page in ("/overview", "/organization"):
        assert visitor.get(f"{page}?unit=BL").status_code == 404
        assert visitor.get(f"{page}?unit=QS-XC").status_code == 200
    assert visitor.get("/organization?unit=NONE").status_code == 404
    assert signed_in(office.county_keeper).get("/overview?unit=BL").status_code == 200


def test_an_administrator_sees_no_business_data(app: Flask, office: Office) -> None:
    with writing():
        ledger.assigned(office, "宣传栏")
        create_account("sysadmin", PASSWORD, kind=AccountKind.SYSTEM_ADMIN)
    visitor = app.test_client()
    assert post(visitor, "/login", {"username": "sysadmin", "password": PASSWORD}).status_code == 302
    home = visitor.get("/")
    assert home.status_code == 200
    assert "不查看业务数据" in home.text
    for address in (
        "/overview",
        "/mine",
        "/tasks",
        "/tasks/1",
        "/organization",
        "/search?q=宣传",
        "/api/v1/tasks",
    ):
        assert visitor.get(address).status_code == 404, address


def test_without_an_account_nothing_is_shown(client: FlaskClient, office: Office) -> None:
    for address in ("/", "/overview", "/mine", "/tasks", "/organization", "/search", "/evidence/1"):
        assert client.get(address).headers["Location"].startswith("/login")
    assert client.get("/api/v1/tasks").status_code == 401


def test_the_overview_shows_what_stands_and_whose_second_duty_is_silent(
    office: Office, signed_in: SignIn
) -> None:
    with writing():
        ledger.a_bit_of_everything(office)
        ledger.make_overdue(ledger.in_progress(office, "逾期很久的事"), date(2025, 10, 20))
    text = signed_in(office.secretary).get("/overview").text
    assert "共 8 件，已销号 1 件" in text
    assert "整改完成率 14.3%（1 ÷ 7）" in text
    assert "逾期很久的事" in text
    assert "/tasks?unit=QS&amp;state=overdue" in text
    assert text.count("第二职责无记录</span>") == 1  # 应急办主任；宣传办有任务
    assert "另有 1 个岗位两份责任都没有任务，第二职责无记录" in text  # 东示村支部书记
    assert "等初审" in signed_in(office.deputy).get("/overview").text


def test_the_overview_of_a_period_without_tasks_has_no_rate(office: Office, signed_in: SignIn) -> None:
    text = signed_in(office.secretary).get("/overview?period=2024Q1").text
    assert "这个范围里还没有任务" in text
    assert "0%" not in text


def test_the_page_of_responsibilities_shows_holders_and_vacancies(office: Office, signed_in: SignIn) -> None:
    with writing():
        holding = db.session.query(Holding).filter_by(post_id=office.lead.post.id).one()
        release(holding, last_day=date(2025, 11, 1))
    text = signed_in(office.safety_lead).get("/organization").text
    for word in ("宣传办主任", "郑样 代", "空缺", "负责意识形态工作责任制落实", "青委〔2025〕3号", "卫样"):
        assert word in text
    assert "白例镇" not in text


@pytest.mark.database
def test_search_finds_any_part_among_what_one_may_see(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "宣传队伍 100% 到位_一")
        row = ledger.problem(office, "网络舆情应对不够")
        db.session.add(row)
        db.session.flush()
        row.origin_id = row.id
    clerk, stranger = signed_in(office.clerk), signed_in(office.other_clerk)
    for word in ("队", "队伍", "100%25", "位_一"):
        assert "到位_一" in clerk.get(f"/search?q={word}").text
        assert "到位_一" not in stranger.get(f"/search?q={word}").text
    assert "网络舆情应对不够" in clerk.get("/search?q=舆情").text
    assert "网络舆情应对不够" not in stranger.get("/search?q=舆情").text
    assert "网络舆情应对不够" not in signed_in(office.lead).get("/search?q=舆情").text
    assert "没有找到" in clerk.get("/search?q=0%25_").text
    assert "没有找到" in clerk.get("/search?q=%25").text or "100%" in clerk.get("/search?q=%25").text


@pytest.mark.database
def test_the_interface_gives_the_ledger_page_by_page(office: Office, signed_in: SignIn) -> None:
    with writing():
        for number in range(101):
            ledger.drafted(office, f"第{number}件")
        ledger.make_overdue(ledger.in_progress(office, "逾期"), date(2025, 10, 20))
    visitor = signed_in(office.clerk)
    first = visitor.get("/api/v1/tasks").get_json()
    second = visitor.get(f"/api/v1/tasks?after={first['after']}").get_json()
    numbers = [task["case_no"] for task in first["tasks"] + second["tasks"]]
    assert numbers == [f"ZG-QS-2025Q3-{number:03d}" for number in range(1, 103)]
    assert second["after"] is None
    late = visitor.get("/api/v1/tasks?state=overdue&unit=QS&period=2025Q3").get_json()["tasks"]
    assert [(task["title"], task["level"], task["lead_post"]["title"]) for task in late] == [
        ("逾期", 4, "宣传办主任")
    ]
    assert signed_in(office.other_clerk).get("/api/v1/tasks").get_json()["tasks"] == []
