"""The second factor: setting it up, giving a code once, recovery codes, what the policy asks for."""

import re
from collections.abc import Callable
from datetime import date

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.accounts.scene import objects
from tests.forms import post
from tests.office import PASSWORD, Member, Office
from tracker import clock
from tracker.accounts import totp
from tracker.accounts.models import Account, AccountKind, RecoveryCode
from tracker.accounts.policy import Policy, set_policy
from tracker.accounts.throttling import FREE
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db

Enter = Callable[[Member], FlaskClient]
DAY = date(2025, 10, 9)


def code_of(page: str) -> Callable[[], str]:
    """Return what gives the present code of the secret that a page shows."""
    found = re.search(r'class="secret">([A-Z2-7]{32})<', page)
    assert found
    phone = pyotp.TOTP(found.group(1))
    return lambda: phone.at(int(clock.now().timestamp()))


def set_up(visitor: FlaskClient) -> tuple[Callable[[], str], list[str]]:
    """Set the second factor up; return the phone and the recovery codes."""
    assert post(visitor, "/account/totp", {"current": PASSWORD}).status_code == 302
    phone = code_of(visitor.get("/account/totp").text)
    done = post(visitor, "/account/totp/confirm", {"code": phone()}, page="/account/totp")
    assert done.status_code == 200
    codes = re.findall(r'class="secret">([0-9A-Z-]{19})<', done.text)
    assert len(codes) == totp.CODES
    return phone, codes


def enter(app: Flask, name: str) -> FlaskClient:
    """Give name and password; the code is still owed."""
    visitor = app.test_client()
    sent = post(visitor, "/login", {"username": name, "password": PASSWORD, "next": "/tasks"})
    assert sent.location == "/login/code?next=/tasks"
    assert visitor.get("/tasks").location.startswith("/login")
    return visitor


def give(visitor: FlaskClient, code: str) -> TestResponse:
    """Give a code."""
    return post(visitor, "/login/code", {"code": code, "next": "/tasks"})


@pytest.mark.database
def test_after_the_password_a_code_is_asked_and_taken_once(
    app: Flask, office: Office, signed_in: Enter, moved_clock: Callable[..., None]
) -> None:
    moved_clock(DAY, 9)
    phone, _codes = set_up(signed_in(office.lead))
    used = phone()
    assert give(enter(app, "lead"), used).status_code == 422  # the one it was set up with
    moved_clock(DAY, 10)
    first, second, code = enter(app, "lead"), enter(app, "lead"), phone()
    assert give(first, code).location == "/tasks"
    assert first.get("/tasks").status_code == 200
    assert give(second, code).status_code == 422
    assert second.get("/tasks").location.startswith("/login")


def test_the_secret_lies_nowhere_and_is_shown_until_it_is_confirmed(office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    set_up(visitor)
    db.session.rollback()
    account = db.session.get_one(Account, office.lead.account.id)
    secret = totp.secret_of(account)
    assert secret not in str([account.totp_salt, account.password_hash])
    assert secret not in visitor.get("/account/totp").text
    assert post(visitor, "/account/totp", {"current": PASSWORD}, page="/account/totp").status_code == 422


def test_the_picture_needs_no_style(office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    post(visitor, "/account/totp", {"current": PASSWORD})
    page = visitor.get("/account/totp").text
    assert "<svg" in page
    assert "style=" not in page


@pytest.mark.parametrize("code", ["000000", "", "12345", "abc", "٠٠٠٠٠٠", "AAAA-AAAA-AAAA-AAAA"])
def test_a_wrong_code_opens_nothing(app: Flask, office: Office, signed_in: Enter, code: str) -> None:
    set_up(signed_in(office.lead))
    visitor = enter(app, "lead")
    assert give(visitor, code).status_code == 422
    assert visitor.get("/tasks").location.startswith("/login")


@pytest.mark.database
def test_a_recovery_code_opens_once_and_lies_as_a_digest(
    app: Flask, office: Office, signed_in: Enter
) -> None:
    _phone, codes = set_up(signed_in(office.lead))
    assert give(enter(app, "lead"), codes[0].lower().replace("-", " ")).status_code == 302
    assert give(enter(app, "lead"), codes[0]).status_code == 422
    assert give(enter(app, "lead"), codes[1]).status_code == 302
    db.session.rollback()
    kept = {row.digest for row in db.session.scalars(select(RecoveryCode))}
    assert kept.isdisjoint(codes)
    assert totp.codes_left(office.lead.account) == totp.CODES - 2


def test_new_recovery_codes_make_the_old_worthless(app: Flask, office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    _phone, codes = set_up(visitor)
    fresh = post(visitor, "/account/totp/codes", {"current": PASSWORD}, page="/account/totp")
    assert fresh.status_code == 200
    assert give(enter(app, "lead"), codes[0]).status_code == 422


def test_guessing_codes_waits_however_often_the_password_is_right(
    app: Flask, office: Office, signed_in: Enter
) -> None:
    phone, _codes = set_up(signed_in(office.lead))
    for _ in range(FREE):
        assert give(enter(app, "lead"), "000000").status_code == 422
    again = post(app.test_client(), "/login", {"username": "lead", "password": PASSWORD})
    assert again.status_code == 422  # the right password waits, too
    assert phone()


def test_a_code_comes_within_five_minutes_of_the_password(
    app: Flask, office: Office, signed_in: Enter, moved_clock: Callable[..., None]
) -> None:
    moved_clock(DAY, 9)
    phone, _codes = set_up(signed_in(office.lead))
    visitor = enter(app, "lead")
    moved_clock(DAY, 10)
    assert give(visitor, phone()).location == "/login?next=/tasks"


@pytest.mark.database
def test_an_administrator_takes_it_off_a_lost_phone(app: Flask, office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    with writing():
        objects(office)
    set_up(visitor)
    system = app.test_client()
    post(system, "/login", {"username": "system_admin", "password": PASSWORD})
    page = f"/admin/accounts/{office.lead.account.id}"
    assert post(system, f"{page}/totp-off", {}, page=page).status_code == 302
    assert visitor.get("/mine").location.startswith("/login")
    assert signed_in(office.lead).get("/mine").status_code == 200
    db.session.rollback()
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "account.totp_off")).all()
    assert [row.name for row in rows] == ["system_admin"]
    assert post(system, f"{page}/totp-off", {}, page=page).status_code == 422


def test_the_owner_takes_it_off_with_the_password(app: Flask, office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    set_up(visitor)
    wrong = post(visitor, "/account/totp/off", {"current": "falsch"}, page="/account/totp")
    assert wrong.status_code == 422
    enter(app, "lead")
    assert post(visitor, "/account/totp/off", {"current": PASSWORD}, page="/account/totp").status_code == 302
    assert signed_in(office.lead).get("/mine").status_code == 200


def test_where_the_policy_asks_for_it_an_administrator_sets_it_up_first(app: Flask, office: Office) -> None:
    with writing():
        objects(office)
        by = db.session.scalars(select(Account).where(Account.kind == AccountKind.SECURITY_ADMIN)).one()
        set_policy(Policy(totp_for_administrators=True), by=by, address="127.0.0.1")
    visitor = app.test_client()
    assert post(visitor, "/login", {"username": "system_admin", "password": PASSWORD}).location == "/"
    for path in ("/", "/admin/accounts", "/account", "/account/password", "/admin/idle"):
        assert visitor.get(path).location == "/account/totp", path
    set_up(visitor)
    assert visitor.get("/admin/accounts").status_code == 200
    off = post(visitor, "/account/totp/off", {"current": PASSWORD}, page="/account")
    assert off.status_code == 403
    clerk = app.test_client()  # whoever is no administrator goes on as before
    post(clerk, "/login", {"username": "clerk", "password": PASSWORD})
    assert clerk.get("/mine").status_code == 200


def test_on_the_command_line_it_is_taken_off_too(app: Flask, office: Office, signed_in: Enter) -> None:
    set_up(signed_in(office.lead))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["account", "totp-off", "lead"]).exit_code == 0
    assert runner.invoke(args=["account", "totp-off", "lead"]).exit_code == 2
    assert signed_in(office.lead).get("/mine").status_code == 200
