"""What happens to an account while its password is looked at, which takes a tenth of a second (S3, S6)."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.accounts.test_totp import code_of, enter, give, set_up
from tests.forms import post
from tests.office import PASSWORD, Member, Office
from tracker.accounts import hashing, totp
from tracker.accounts.changing import change_password
from tracker.accounts.models import Account, SignIn
from tracker.accounts.throttling import FREE
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db

Enter = Callable[[Member], FlaskClient]
Meanwhile = Callable[..., None]
NEW = "Xin-mima-2026"
THIRD = "Dritte-kouling-7"


@pytest.fixture
def meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """A function that lets something happen, in a thread of its own, at the n-th look at a password."""
    matches = hashing.matches
    waiting: list[Callable[[], None]] = []

    def later(act: Callable[[], None], look: int = 1) -> None:
        waiting.extend([act] + [nothing] * (look - 1))

    def in_thread(act: Callable[[], None]) -> None:
        with app.app_context():
            act()

    def looked_at(password_hash: str, password: str) -> bool:
        right = matches(password_hash, password)
        if waiting:
            thread = threading.Thread(target=in_thread, args=[waiting.pop()])
            thread.start()
            thread.join(30)
        return right

    monkeypatch.setattr(hashing, "matches", looked_at)
    return later


def nothing() -> None:
    """The look before the one that counts."""


def the_owner_changes_it() -> None:
    with writing():
        change_password(db.session.scalars(select(Account).where(Account.username == "lead")).one(), NEW)


@pytest.mark.database
def test_a_password_changed_meanwhile_lets_nobody_in(
    app: Flask, office: Office, meanwhile: Meanwhile
) -> None:
    meanwhile(the_owner_changes_it)
    thief = app.test_client()
    assert post(thief, "/login", {"username": "lead", "password": PASSWORD}).status_code == 422
    assert thief.get("/mine").location.startswith("/login")
    db.session.rollback()
    assert db.session.scalar(select(func.count(SignIn.id)).where(SignIn.ended_at.is_(None))) == 0
    assert post(app.test_client(), "/login", {"username": "lead", "password": NEW}).status_code == 302


@pytest.mark.database
@pytest.mark.parametrize("look", [1, 2])
def test_of_two_who_change_it_at_once_the_first_one_wins(
    app: Flask, office: Office, signed_in: Enter, meanwhile: Meanwhile, look: int
) -> None:
    thief = signed_in(office.lead)
    meanwhile(the_owner_changes_it, look)
    typed = {"current": PASSWORD, "password": THIRD, "again": THIRD}
    post(thief, "/account/password", typed)
    assert thief.get("/mine").location.startswith("/login")
    assert post(app.test_client(), "/login", {"username": "lead", "password": NEW}).status_code == 302


@pytest.mark.database
def test_a_factor_taken_off_before_the_code_is_given(app: Flask, office: Office, signed_in: Enter) -> None:
    owner = signed_in(office.lead)
    phone, _codes = set_up(owner)
    half = enter(app, "lead")
    assert post(owner, "/account/totp/off", {"current": PASSWORD}, page="/account/totp").status_code == 302
    for code in ("000000", phone()):
        assert give(half, code).location.startswith("/login?")
    assert post(owner, "/account/totp", {"current": PASSWORD}).status_code == 302  # begun, not confirmed
    begun = code_of(owner.get("/account/totp").text)
    assert give(half, begun()).location.startswith("/login?")
    assert half.get("/tasks").location.startswith("/login")
    with writing():
        assert not totp.spend(db.session.get_one(Account, office.lead.account.id), begun())


@pytest.mark.database
def test_strangers_do_not_fill_the_trail(app: Flask, office: Office) -> None:
    rows = select(func.count(AuditRow.id))
    before = db.session.scalar(rows) or 0
    db.session.rollback()
    for number in range(4 * FREE):
        stranger, name = app.test_client(), f"jemand{number % 2}"
        assert post(stranger, "/login", {"username": name, "password": "falsch"}).status_code == 422
        typed = {"username": name, "secret": "A" * 20, "password": NEW, "again": NEW}
        assert post(stranger, "/first-password", typed).status_code == 422
    assert db.session.scalar(rows) == before + 2 * FREE  # as many as passwords were looked at


def test_a_denied_secret_of_somebody_signed_in_is_a_denial(office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.lead)
    typed = {"username": "lead", "secret": "A" * 20, "password": NEW, "again": NEW}
    assert post(visitor, "/first-password", typed).status_code == 422
    db.session.rollback()
    row = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert (row.action, row.subject, row.name) == ("access.refused", "/first-password", "lead")
