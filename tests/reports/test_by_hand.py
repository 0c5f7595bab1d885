"""Problems without a report: entered one a line under their source, confirmed like a report's."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import token
from tests.office import Member, Office
from tests.reports.steps import confirm
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.documents.returned_sheet import read_returned
from tracker.exchange.ledger_plan import MOST_ROWS
from tracker.extensions import db
from tracker.problems.models import Problem, ProblemSource
from tracker.reports.by_hand import ENTERED
from tracker.reports.models import Report
from tracker.tasks.models import Task
from tracker.tasks.paper_matter import source_of

LINES = "宣传栏三个月没有更新。措施：宣传办11月30日前更换\n\n2. 值班记录缺9月"


@pytest.fixture
def clerk(signed_in: Callable[[Member], FlaskClient], office: Office) -> FlaskClient:
    return signed_in(office.clerk)


def enter(clerk: FlaskClient, **fields: object) -> tuple[int, str, str]:
    page = clerk.get("/reports/by-hand").text
    sent = {"csrf_token": token(page), "source": "instruction", "document": "县督〔2025〕7号", "lines": LINES}
    answer = clerk.post("/reports/by-hand", data=sent | fields, content_type="multipart/form-data")
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_each_line_becomes_a_problem_of_its_source(clerk: FlaskClient, office: Office) -> None:
    status, location, _text = enter(clerk, day="2025-10-09", domain=str(office.ideology.id))
    assert status == 302
    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    assert location == f"/reports/{report.id}"
    assert "县督〔2025〕7号" in clerk.get(location).text
    assert confirm(clerk, report.id, assign="0").status_code == 302
    db.session.rollback()
    problems = db.session.scalars(select(Problem).order_by(Problem.id)).all()
    assert [row.text for row in problems] == ["宣传栏三个月没有更新", "值班记录缺9月"]
    assert {row.source for row in problems} == {ProblemSource.INSTRUCTION}
    assert [row.measure for row in problems] == ["宣传办11月30日前更换", ""]
    task = db.session.scalars(select(Task).order_by(Task.id)).first()
    assert task is not None
    page = clerk.get(f"/tasks/{task.id}").text
    assert "上级交办" in page
    assert "县督〔2025〕7号" in page
    named = f"上级交办：{report.document}"
    assert named in clerk.get("/tasks?cols=source").text
    rows = read_returned("x.xlsx", clerk.get("/tasks/ledger.xlsx").data, most_rows=MOST_ROWS).rows
    assert any(named in row for row in rows)
    assert source_of(task) == f"上级交办（2025年第四季度）：{report.document}"
    with writing():
        db.session.get_one(Report, report.id).secrecy = Secrecy.INTERNAL
    assert report.document not in clerk.get("/tasks?cols=source").text


def test_what_is_missing_is_said_and_what_was_typed_stays(clerk: FlaskClient) -> None:
    for fields, said in (
        ({"source": "carried_over"}, "选择问题来源"),
        ({"document": " "}, "写明来源文件"),
        ({"lines": ""}, "逐条写出问题"),
        ({"day": "2999-01-01"}, "不是有效日期"),
        ({"day": "2099-01-01"}, "今天或以前"),
    ):
        status, _location, text = enter(clerk, **fields)
        assert status == 422
        assert said in text
        assert fields.keys() == {"lines"} or "值班记录缺9月" in text
    assert db.session.scalars(select(Report)).all() == []
    assert enter(clerk)[0] == 302
    status, _location, text = enter(clerk)
    assert status == 409
    assert "打开已有的报告" in text
    assert len(set(ENTERED)) == 6
