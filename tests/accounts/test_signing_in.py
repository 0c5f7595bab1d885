"""Signing in, and what a session is worth after it ended."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post
from tests.office import PASSWORD, Member, Office
from tracker import clock, database
from tracker.accounts import administering, hashing
from tracker.accounts.changing import change_password
from tracker.accounts.models import Account, SignIn
from tracker.accounts.sessions import IDLE
from tracker.accounts.signing_in import create_account
from tracker.accounts.throttling import FREE, WAIT
from tracker.audit.models import AuditRow, Outcome
from tracker.database import writing
from tracker.extensions import db
from tracker.refusals import Refused

Enter = Callable[[Member], FlaskClient]


def test_an_empty_installation_has_no_account_and_says_how_to_begin(client: FlaskClient) -> None:
    page = client.get("/login")
    assert page.status_code == 200
    assert "第一次使用" in page.text
    assert "tracker account create" in page.text


@pytest.mark.database
def test_a_copied_cookie_is_worth_nothing_after_signing_out(
    app: Flask, office: Office, signed_in: Enter
) -> None:
    visitor = signed_in(office.clerk)
    cookie = visitor.get_cookie("tracker")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("tracker", cookie.value)
    assert thief.get("/").headers["Location"] != "/login"
    assert post(visitor, "/logout", {}, page="/mine").status_code == 302
    assert thief.get("/").location.startswith("/login")


@pytest.mark.parametrize(
    "end",
    [
        lambda account: administering.disable(account, by=None),
        lambda account: change_password(account, "Xin-mima-2025"),
    ],
)
def test_disabling_and_a_new_password_end_every_session(
    office: Office, signed_in: Enter, end: Callable[[Account], None]
) -> None:
    visitor = signed_in(office.lead)
    with writing():
        end(office.lead.account)
    assert visitor.get("/").location.startswith("/login")


def test_a_session_ends_when_it_lies_idle(
    office: Office, signed_in: Enter, moved_clock: Callable[..., None]
) -> None:
    moved_clock(date(2025, 10, 9), 9)
    visitor = signed_in(office.lead)
    moved_clock(date(2025, 10, 9), 9 + int(IDLE.total_seconds() // 3600) + 1)
    assert visitor.get("/").location.startswith("/login")


def test_wrong_name_and_wrong_password_answer_alike(client: FlaskClient, office: Office) -> None:
    wrong = post(client, "/login", {"username": office.clerk.account.username, "password": "falsch"})
    unknown = post(client, "/login", {"username": "niemand", "password": "falsch"})
    assert wrong.status_code == unknown.status_code == 422
    assert "账号或密码不对" in wrong.text
    assert "账号或密码不对" in unknown.text


@pytest.mark.database
def test_guessing_makes_an_account_wait_and_leaves_rows(
    client: FlaskClient, office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(date(2025, 10, 9), 9)
    name = office.secretary.account.username
    for _ in range(FREE):
        post(client, "/login", {"username": name, "password": "falsch"})
    assert post(client, "/login", {"username": name, "password": PASSWORD}).status_code == 422
    moved_clock(date(2025, 10, 9), 10)
    assert timedelta(hours=1) > WAIT
    assert post(client, "/login", {"username": name, "password": PASSWORD}).status_code == 302
    db.session.rollback()
    refused = db.session.scalars(
        select(AuditRow).where(AuditRow.action == "account.sign_in", AuditRow.outcome == Outcome.REFUSED)
    ).all()
    assert len(refused) == FREE  # the one made to wait is a line of the log: strangers could fill the trail


def test_the_database_holds_no_token(app: Flask, office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    with visitor.session_transaction() as session:
        token = session["_user_id"]
    db.session.rollback()
    assert token not in {row.token_digest for row in db.session.scalars(select(SignIn))}


def test_a_name_is_given_once(office: Office) -> None:
    with pytest.raises(Refused, match="已存在"), writing():
        create_account(office.clerk.account.username, PASSWORD)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\t/evil.example",
        "////evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/ok\r\nX: y",
        "evil.example",
        "",
    ],
)
def test_signing_in_leads_nowhere_outside(client: FlaskClient, office: Office, wanted: str) -> None:
    sent = post(
        client,
        "/login",
        {"username": office.clerk.account.username, "password": PASSWORD, "next": wanted},
    )
    assert sent.status_code == 302
    assert sent.location == "/"


def test_today_is_the_office_s_day(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 9), 1)  # 17:00 UTC of the day before
    assert clock.today() == date(2025, 10, 9)


@pytest.mark.parametrize("username", ["clerk", "a\x00", "niemand"])
def test_hashing_holds_up_nobody_who_writes(
    client: FlaskClient, office: Office, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    """While a password is checked the writer's turn is free."""
    free: list[bool] = []
    check = hashing.matches

    def watched(password_hash: str, password: str) -> bool:
        free.append(not database._writing.get())
        return check(password_hash, password)

    monkeypatch.setattr(hashing, "matches", watched)
    assert post(client, "/login", {"username": username, "password": PASSWORD}).status_code in (302, 422)
    assert free == [True]
