"""The audit administrator searches the trail, opens a row and takes the trail along as a file."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from tests.forms import post
from tests.office import PASSWORD, Member, Office
from tracker.accounts import trail_queries
from tracker.accounts.models import AccountKind
from tracker.accounts.signing_in import create_account
from tracker.accounts.trail_queries import MOST_MERGED, Asked, find_rows
from tracker.audit.models import AuditRow, Outcome
from tracker.audit.sealing import seal_trail
from tracker.audit.trail import record
from tracker.database import writing
from tracker.documents.sheet import read_sheet
from tracker.extensions import db
from tracker.organization.setup import add_person

SignIn = Callable[[Member], FlaskClient]
ROW = re.compile(r'href="/audit/(\d+)"')


@pytest.fixture
def auditor(app: Flask, office: Office) -> FlaskClient:
    """The audit administrator, signed in."""
    with writing():
        create_account("auditor", PASSWORD, kind=AccountKind.AUDIT_ADMIN).keeper = add_person("吴演")
    visitor = app.test_client()
    assert post(visitor, "/login", {"username": "auditor", "password": PASSWORD}).status_code == 302
    return visitor


def written(name: str, action: str = "task.assign", subject: str = "task:1", **given: object) -> int:
    """Write a row as somebody else did, and return its id."""
    with writing():
        row = record(action, subject)
        row.name = name
        for column, value in given.items():
            setattr(row, column, value)
        db.session.flush()
        return row.id


def ids(visitor: FlaskClient, **address: str) -> list[int]:
    """Return which rows a page of the list shows."""
    answer = visitor.get("/audit", query_string=address)
    assert answer.status_code == 200
    return [int(found) for found in ROW.findall(answer.text)]


@pytest.mark.database
def test_each_condition_narrows_the_list_to_what_fits_it(
    office: Office, auditor: FlaskClient, moved_clock: Callable[..., None]
) -> None:
    moved_clock(date(2027, 2, 1))
    visitor = auditor.application.test_client()
    post(visitor, "/login", {"username": "auditor", "password": PASSWORD})
    mine = written("clerk", "task.assign", "task:17", address="10.9.8.7")
    denied = written("lead", "access.refused", "/tasks/17", outcome=Outcome.REFUSED)
    on_unit = written("nobody", "organization.rename_unit", f"unit:{office.publicity.id}")
    elsewhere = written("other", "task.accept", "task:18")
    all_of_them = {mine, denied, on_unit, elsewhere}
    for address, fitting in (
        ({"q": "clerk"}, {mine}),
        ({"q": "陈演"}, {mine}),  # the person behind the account
        ({"act": "task.assign"}, {mine}),
        ({"act": "task"}, {mine, elsewhere}),
        ({"act": "nonsense"}, all_of_them),
        ({"subject": "task:17"}, {mine}),
        ({"subject": "任务 17"}, {mine}),
        ({"unit": "QS"}, {mine, denied}),
        ({"unit": "QS-XC"}, {on_unit, denied}),
        ({"unit": "XX"}, set()),
        ({"address": "10.9.8.7"}, {mine}),
        ({"outcome": "refused"}, {denied}),
        ({"outcome": "failed"}, set()),
        ({"from": "2027-02-01", "to": "2027-02-01"}, all_of_them),
        ({"from": "2027-02-02"}, set()),
        ({"to": "2027-01-31"}, set()),
        ({"unit": "QS", "act": "task", "outcome": "done"}, {mine}),
    ):
        assert set(ids(visitor, **address)) & all_of_them == fitting, address


def test_a_sign_in_is_found_by_who_signed_in(auditor: FlaskClient) -> None:
    db.session.rollback()
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "account.sign_in")).one()
    assert row.name == "auditor"
    assert ids(auditor, q="吴演", act="account.sign_in") == [row.id]


def test_a_day_that_is_none_is_said_to_be_left_out(auditor: FlaskClient) -> None:
    assert "“昨天”不是有效日期" in auditor.get("/audit?from=昨天").text


@pytest.mark.database
@pytest.mark.parametrize(
    "asked", [Asked(), Asked(act="task"), Asked(who="er"), Asked(unit="QS"), Asked(outcome=Outcome.DONE)]
)
def test_the_pages_together_show_every_row_once_newest_first(office: Office, asked: Asked) -> None:
    for number in range(40):
        written(("clerk", "lead", "keeper")[number % 3], ("task.assign", "task.accept")[number % 2])
    seen: list[AuditRow] = []
    after = None
    while True:
        found = find_rows(asked, after, size=7)
        seen += found.rows
        after = found.after
        if after is None:
            break
    assert len(seen) >= 26
    assert len({row.id for row in seen}) == len(seen)
    assert [(row.at, row.id) for row in seen] == sorted(((row.at, row.id) for row in seen), reverse=True)
    assert {row.id for row in seen} == {row.id for row in find_rows(asked, size=1000).rows}


@pytest.mark.database
def test_an_office_of_many_is_found_like_an_office_of_few(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        written(("clerk", "other", "keeper")[number % 3])
    few = [row.id for row in find_rows(Asked(unit="QS")).rows]
    monkeypatch.setattr(trail_queries, "MOST_MERGED", 2)
    assert MOST_MERGED > 2
    assert [row.id for row in find_rows(Asked(unit="QS")).rows] == few
    own = set(db.session.scalars(select(AuditRow.id).where(AuditRow.subject == f"unit:{office.town.id}")))
    assert len(set(few) - own) == 8


def test_one_row_says_everything_in_words(auditor: FlaskClient) -> None:
    row = written("clerk", "organization.rename_post", "post:3")
    with writing():
        record("organization.rename_post", "post:4", old="旧名", new="<b>新名")
    page = auditor.get(f"/audit/{row}").text
    assert "岗位改名" in page
    assert "岗位 3" in page
    page = auditor.get(f"/audit/{row + 1}").text
    assert "&lt;b&gt;新名" in page
    assert auditor.get("/audit/999999").status_code == 404
    english = auditor.get(f"/audit/{row}", headers={"Accept-Language": "en"}).text
    assert "岗位改名" not in english


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_holds_what_was_asked_for_and_nothing_runs_in_it(auditor: FlaskClient, ending: str) -> None:
    bad = written("=1+1", "task.assign", "task:17", address="@SUM(A1)")
    written("clerk", "task.accept", "task:18")
    answer = auditor.get(f"/audit/trail.{ending}?subject=task:17")
    assert answer.status_code == 200
    if ending == "csv":
        lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert lines[1][2] == "'=1+1"
        assert lines[1][7] == "'@SUM(A1)"
    else:
        assert b"<f>" not in answer.data
        lines = read_sheet("trail.xlsx", answer.data)
        assert lines[1][2] == "=1+1"  # as text; the sheet says of each cell that it is
    assert len(lines) == 2
    assert lines[1][0] == str(bad)
    db.session.rollback()
    own = db.session.scalars(select(AuditRow).where(AuditRow.action == "trail.export")).one()
    assert (own.name, own.details["rows"], own.details["searched"]) == ("auditor", 1, {"subject": "task:17"})


def test_too_many_rows_are_not_cut_off_unsaid(auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        written("clerk", subject="task:17")
    monkeypatch.setattr(trail_queries, "MOST_EXPORTED", 3)
    answer = auditor.get("/audit/trail.csv?subject=task:17")
    assert answer.status_code == 422
    assert "没有导出" in answer.text
    db.session.rollback()
    assert db.session.scalars(select(AuditRow).where(AuditRow.action == "trail.export")).all() == []


def test_the_page_says_how_old_the_last_seal_is_and_whether_one_lies_elsewhere(
    app: Flask, auditor: FlaskClient
) -> None:
    page = auditor.get("/audit").text
    assert "还没有封存过" in page
    assert "还没有印出过凭据" in page
    assert app.test_cli_runner().invoke(args=["audit", "anchor"]).exit_code == 0
    page = auditor.get("/audit").text
    assert "第 1 号" in page
    assert "最近一次印出凭据" in page
    assert "没有封存，后台" not in page


def test_the_page_says_when_nothing_seals(
    office: Office, app: Flask, moved_clock: Callable[..., None]
) -> None:
    moved_clock(date(2027, 2, 1))
    seal_trail()
    written("clerk")
    moved_clock(date(2027, 2, 2))
    with writing():
        create_account("auditor", PASSWORD, kind=AccountKind.AUDIT_ADMIN)
    visitor = app.test_client()
    post(visitor, "/login", {"username": "auditor", "password": PASSWORD})
    assert "后台可能没有运行" in visitor.get("/audit").text


def test_a_page_asks_as_often_for_many_rows_as_for_few(auditor: FlaskClient) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    auditor.get("/audit")  # what is asked once a process
    asked.clear()
    auditor.get("/audit")
    few = len(asked)
    for number in range(60):
        written(f"n{number}")
    asked.clear()
    auditor.get("/audit")
    assert len(asked) == few
    assert few <= 14
