"""A session that lapsed keeps what was typed; how long sessions last (S5)."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.forms import post, token
from tests.office import PASSWORD, Member, Office
from tests.tasks.steps import task_in
from tracker.accounts import signing_in
from tracker.accounts.models import AccountKind, KeptForm
from tracker.database import writing
from tracker.extensions import db
from tracker.tasks.states import TaskState
from tracker.web.refill import refill

Enter = Callable[[Member], FlaskClient]
DAY = date(2025, 10, 9)
PHONE = "Mozilla/5.0 (Linux; Android 13) Chrome/116.0 Mobile Safari/537.36"
TEXT = "已约谈三户，<b>两户</b>同意 & 一户待答复"


@pytest.fixture
def lapsed(
    office: Office, signed_in: Enter, moved_clock: Callable[..., None]
) -> tuple[FlaskClient, str, dict[str, str]]:
    """Somebody who opened a form at nine and sends it at eleven: visitor, page, fields."""
    moved_clock(DAY, 9)
    task = task_in(TaskState.IN_PROGRESS, office)
    visitor = signed_in(office.lead)
    page = f"/tasks/{task.id}/report_progress"
    fields = {"text": TEXT, "csrf_token": token(visitor.get(page).text), "password": "Geheim-2025"}
    moved_clock(DAY, 11)
    return visitor, page, fields


def send(visitor: FlaskClient, page: str, fields: dict[str, str]) -> str:
    """Send a form as a browser does; return where it leads."""
    answer = visitor.post(page, data=fields, headers={"Referer": f"http://localhost{page}"})
    assert answer.status_code == 302
    return answer.location


def sign_in(visitor: FlaskClient, name: str) -> None:
    """Sign in with the browser as it is."""
    assert post(visitor, "/login", {"username": name, "password": PASSWORD}).status_code == 302


def kept() -> int:
    """Count the forms that are kept."""
    db.session.rollback()
    return db.session.scalar(select(func.count(KeptForm.id))) or 0


@pytest.mark.database
def test_what_was_typed_stands_in_the_form_again(
    lapsed: tuple[FlaskClient, str, dict[str, str]],
) -> None:
    visitor, page, fields = lapsed
    assert send(visitor, page, fields) == f"/login?next={page}"
    sign_in(visitor, "lead")
    shown = visitor.get(page)
    assert "已约谈三户，&lt;b&gt;两户&lt;/b&gt;同意 &amp; 一户待答复" in shown.text
    assert "已放回表单" in shown.text
    assert "文件须重新选择" in shown.text
    assert kept() == 1
    row = db.session.scalars(select(KeptForm)).one()
    assert "Geheim" not in str(row.typed)
    version = re.search(r'name="version"[^>]*value="([^"]+)"', shown.text)
    assert version
    again = {"text": TEXT, "version": version.group(1)}
    assert post(visitor, page, again).status_code == 302
    assert kept() == 0
    assert "已放回表单" not in visitor.get(page).text


def test_another_account_does_not_see_it(lapsed: tuple[FlaskClient, str, dict[str, str]]) -> None:
    visitor, page, fields = lapsed
    send(visitor, page, fields)
    sign_in(visitor, "deputy")
    assert "约谈" not in visitor.get(page).text


@pytest.mark.parametrize("change", ["no token", "signed out", "ended", "own account"])
def test_what_is_not_kept(
    office: Office, lapsed: tuple[FlaskClient, str, dict[str, str]], change: str
) -> None:
    visitor, page, fields = lapsed
    if change == "no token":
        fields["csrf_token"] = "falsch"
    elif change == "signed out":
        visitor.delete_cookie("tracker")
    elif change == "ended":
        from tracker.accounts.sessions import end_sessions

        with writing():
            end_sessions(office.lead.account)
    else:
        page = "/account/password"
    assert send(visitor, page, fields) == "/login"
    assert kept() == 0


@pytest.mark.parametrize(
    ("kind", "user_agent", "hours", "lives"),
    [
        (AccountKind.PERSON, "", 1, False),  # half an hour at a desk
        (AccountKind.PERSON, PHONE, 7, True),  # eight hours on a phone
        (AccountKind.SYSTEM_ADMIN, PHONE, 1, False),  # no longer for an administrator's phone
        (AccountKind.PERSON, PHONE, 9, False),
    ],
)
def test_a_session_lies_idle_for_so_long(
    app: Flask,
    office: Office,
    moved_clock: Callable[..., None],
    kind: AccountKind,
    user_agent: str,
    hours: int,
    lives: bool,
) -> None:
    moved_clock(DAY, 8)
    with writing():
        signing_in.create_account("jemand", PASSWORD, kind=kind)
    visitor = app.test_client()
    headers = {"User-Agent": user_agent}
    typed = {"username": "jemand", "password": PASSWORD}
    typed["csrf_token"] = token(visitor.get("/login", headers=headers).text)
    assert visitor.post("/login", data=typed, headers=headers).status_code == 302
    moved_clock(DAY, 8 + hours)
    assert (visitor.get("/account").status_code == 200) is lives


@pytest.mark.parametrize("user_agent", ["", PHONE])
def test_no_session_lasts_longer_than_twelve_hours(
    app: Flask, office: Office, moved_clock: Callable[..., None], user_agent: str
) -> None:
    moved_clock(DAY, 7)
    visitor = app.test_client()
    headers = {"User-Agent": user_agent}
    typed = {"username": "lead", "password": PASSWORD}
    typed["csrf_token"] = token(visitor.get("/login", headers=headers).text)
    visitor.post("/login", data=typed, headers=headers)
    if user_agent:
        moved_clock(DAY, 14)
        assert visitor.get("/account").status_code == 200
    moved_clock(DAY, 20)
    assert visitor.get("/account").location.startswith("/login")


FORM = """<form method="post" action="/a"><input name="x" value="old"></form>
<form method="post" action="/b">
<input type="hidden" name="csrf_token" value="T"><input name="x" value="o&amp;p">
<input type="password" name="p"><input type="file" name="f"><input type="checkbox" name="c" value="1" checked>
<input type="checkbox" name="c" value="2"><select name="s"><option value="a" selected>A</option>
<option value="b">B</option></select><textarea name="t">old</textarea></form>"""


def test_only_the_form_of_that_address_is_filled() -> None:
    typed = [("x", '"><script>'), ("p", "secret"), ("f", "file"), ("c", "2"), ("s", "b"), ("t", "<new>")]
    filled = refill(FORM, page="/page", action="/b", typed=[*typed, ("csrf_token", "stolen")])
    assert filled is not None
    assert 'action="/a"><input name="x" value="old">' in filled
    assert 'name="x" value="&quot;&gt;&lt;script&gt;"' in filled
    assert "secret" not in filled
    assert "stolen" not in filled
    assert 'value="1">' in filled
    assert 'value="2" checked>' in filled
    assert '<option value="b" selected>' in filled
    assert '<option value="a">' in filled
    assert "&lt;new&gt;</textarea>" in filled
    assert refill(FORM, page="/page", action="/c", typed=typed) is None
