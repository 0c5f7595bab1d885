"""One's own account: the password, and every place where one is signed in."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post, token
from tests.office import PASSWORD, Member, Office
from tracker.accounts.devices import device_of, is_phone
from tracker.accounts.models import SignIn
from tracker.accounts.throttling import FREE
from tracker.accounts.words import device_word
from tracker.extensions import db

Enter = Callable[[Member], FlaskClient]
NEW = "Xin-mima-2026"
PHONE = (
    "Mozilla/5.0 (Linux; Android 13; V2180A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
)


def renew(visitor: FlaskClient, **typed: str) -> int:
    """Send the form that changes the password and return the answer's code."""
    fields = {"current": PASSWORD, "password": NEW, "again": NEW} | typed
    return post(visitor, "/account/password", fields).status_code


@pytest.mark.database
def test_a_changed_password_ends_every_other_session(app: Flask, office: Office, signed_in: Enter) -> None:
    here, elsewhere = signed_in(office.lead), signed_in(office.lead)
    cookie = here.get_cookie("tracker")
    assert cookie is not None
    assert renew(here) == 302
    assert here.get("/mine").status_code == 200
    assert elsewhere.get("/mine").location.startswith("/login")
    thief = app.test_client()
    thief.set_cookie("tracker", cookie.value)  # a copy of the cookie from before the change
    assert thief.get("/mine").location.startswith("/login")
    assert post(app.test_client(), "/login", {"username": "lead", "password": NEW}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    [{"current": "falsch"}, {"current": ""}, {"again": "Anders-2026"}, {"password": "kurz", "again": "kurz"}],
)
def test_what_does_not_fit_changes_nothing(office: Office, signed_in: Enter, typed: dict[str, str]) -> None:
    visitor = signed_in(office.lead)
    assert renew(visitor, **typed) == 422
    assert signed_in(office.lead).get("/mine").status_code == 200
    assert visitor.get("/mine").status_code == 200


def test_guessing_the_own_password_waits_too(office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    for _ in range(FREE):
        assert renew(visitor, current="falsch") == 422
    assert renew(visitor) == 422


@pytest.mark.database
def test_a_second_sign_in_is_seen_and_ended(app: Flask, office: Office, signed_in: Enter) -> None:
    here, phone = signed_in(office.lead), app.test_client()
    assert "结束其他全部登录" not in here.get("/account").text
    headers = {"User-Agent": PHONE}
    page = phone.get("/login", headers=headers).text
    typed = {"username": "lead", "password": PASSWORD, "csrf_token": token(page)}
    phone.post("/login", data=typed, headers=headers, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    page = here.get("/account").text
    assert "安卓手机，微信" in page
    assert "10.9.8.7" in page
    db.session.rollback()
    row = db.session.scalars(select(SignIn).where(SignIn.on_phone)).one()
    assert post(here, f"/account/sessions/{row.id}/end", {}, page="/account").status_code == 302
    assert phone.get("/mine").location.startswith("/login")
    assert here.get("/mine").status_code == 200


def test_all_others_end_at_once(office: Office, signed_in: Enter) -> None:
    here, others = signed_in(office.lead), [signed_in(office.lead) for _ in range(3)]
    assert post(here, "/account/sessions/end-others", {}, page="/account").status_code == 302
    assert here.get("/mine").status_code == 200
    assert all(one.get("/mine").location.startswith("/login") for one in others)


def test_nobody_ends_the_session_of_another(office: Office, signed_in: Enter) -> None:
    here, other = signed_in(office.lead), signed_in(office.clerk)
    db.session.rollback()
    theirs = db.session.scalars(
        select(SignIn.id).where(SignIn.account_id == office.clerk.account.id).limit(1)
    ).one()
    assert post(here, f"/account/sessions/{theirs}/end", {}, page="/account").status_code == 404
    assert other.get("/mine").status_code == 200


@pytest.mark.parametrize(
    ("said", "device", "phone"),
    [
        (PHONE, "android wechat", True),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1",
            "iphone safari",
            True,
        ),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Safari/604.1", "ipad safari", False),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0",
            "windows edge",
            False,
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "linux firefox", False),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) ArkWeb/4.1 Mobile", "harmony other", True),
        ("", "other other", False),
    ],
)
def test_devices(said: str, device: str, phone: bool) -> None:
    assert (device_of(said), is_phone(device)) == (device, phone)


def test_devices_in_words(app: Flask) -> None:
    with app.app_context():
        assert device_word("harmony other") == "鸿蒙手机"
        assert device_word("") == "未知设备"
