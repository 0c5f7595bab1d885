"""S9: the one-time secret of an administrator, attacked against a real server (reliability, section 2.2)."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.accounts.test_sessions_attacked import NEW, Wire
from tests.forms import token
from tests.office import Office
from tests.processes import Server
from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts import opening
from tracker.accounts.changing import change_password
from tracker.accounts.models import OneTimeSecret
from tracker.accounts.one_time import digest
from tracker.database import writing
from tracker.extensions import db

DAY = opening.SCREEN_LASTS


def issued(office: Office, lasts: timedelta = DAY) -> str:
    """Issue a secret for the lead."""
    with writing():
        return acts.issue_secret(office.lead.account, by=None, valid_for=lasts).secret


def redeem(server: Server, secret: str, **more: str) -> int:
    """Set the password by a secret; return the answer's code."""
    typed = {"username": "lead", "secret": secret, "password": NEW, "again": NEW} | more
    return Wire(server).post("/first-password", typed, page="/first-password")[0]


def spends_it(office: Office, server: Server, secret: str) -> None:
    assert redeem(server, secret) == 302


def issues_another(office: Office, _server: Server, _secret: str) -> None:
    issued(office)


def changes_password(office: Office, _server: Server, _secret: str) -> None:
    with writing():
        change_password(office.lead.account, "Anders-kouling-5")


def disables(office: Office, _server: Server, _secret: str) -> None:
    with writing():
        acts.disable(office.lead.account, by=None)


def lets_it_run_out(_office: Office, _server: Server, secret: str) -> None:
    with writing():
        row = db.session.query(OneTimeSecret).filter_by(digest=digest(secret)).one()
        row.expires_at = clock.now() - timedelta(seconds=1)


@pytest.mark.parametrize("before", [spends_it, issues_another, changes_password, disables, lets_it_run_out])
def test_s9_a_secret_is_worth_nothing_afterwards(
    live_server: Server, office: Office, before: Callable[[Office, Server, str], None]
) -> None:
    secret = issued(office)
    before(office, live_server, secret)
    assert redeem(live_server, secret, password="Dritte-kouling-7", again="Dritte-kouling-7") == 422


@pytest.mark.parametrize(
    "more", [{"username": "clerk"}, {"username": "niemand"}, {"username": ""}, {"again": NEW + "x"}]
)
def test_s9_name_and_secret_belong_together(
    live_server: Server, office: Office, more: dict[str, str]
) -> None:
    secret = issued(office)
    assert redeem(live_server, secret, **more) == 422
    assert redeem(live_server, secret) == 302  # and a wrong try does not spend it


def test_s9_of_two_at_the_same_moment_one_sets_the_password(live_server: Server, office: Office) -> None:
    secret, start, codes = issued(office), threading.Barrier(2), []

    def set_password(password: str) -> None:
        wire = Wire(live_server)
        sent = token(wire.ask("GET", "/first-password")[2])
        start.wait(20)
        fields = {"username": "lead", "secret": secret, "password": password, "again": password}
        codes.append(wire.ask("POST", "/first-password", fields | {"csrf_token": sent})[0])

    threads = [
        threading.Thread(target=set_password, args=(f"{name}-kouling-9",)) for name in ("Eins", "Zwei")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302, 422]


def test_s9_the_secret_stands_in_no_address(live_server: Server, office: Office) -> None:
    secret = issued(office)
    typed = {"username": "lead", "secret": secret, "password": NEW, "again": NEW}
    _status, location, _body = Wire(live_server).post("/first-password", typed, page="/first-password")
    assert location == "/login"
    assert secret not in live_server.log.read_text(errors="replace")


def test_s9_an_address_fills_no_secret_in(live_server: Server, office: Office) -> None:
    secret = issued(office)
    status, _location, body = Wire(live_server).ask("GET", f"/first-password?secret={secret}")
    assert status == 200
    assert f'value="{secret}"' not in body
