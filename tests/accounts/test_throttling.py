"""Guessing is slowed down, and whose name is guessed at still gets in (reliability: S6, S7, S8)."""

import http.client
import re
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from tests.forms import token
from tests.office import PASSWORD, Office
from tests.processes import Server
from tracker import clock
from tracker.accounts import hashing
from tracker.accounts.changing import change_password
from tracker.accounts.models import SignInFailure
from tracker.accounts.throttling import FREE, NETWORK, STRANGERS, WAIT, network_of
from tracker.database import writing
from tracker.extensions import db

Guess = Callable[[str, str, str], int]
HOME = "10.1.2.3"


@pytest.fixture
def guess(app: Flask) -> Guess:
    """A function (name, password, address) that signs in from an address and returns the answer's code."""

    def send(name: str, password: str, address: str) -> int:
        visitor = app.test_client()
        given = {"REMOTE_ADDR": address}
        page = visitor.get("/login", environ_overrides=given).text
        form = {"username": name, "password": password, "csrf_token": token(page)}
        return visitor.post("/login", data=form, environ_overrides=given).status_code

    return send


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were looked at: each costs a hash."""
    seen: list[str] = []
    matches = hashing.matches

    def noted(password_hash: str, password: str) -> bool:
        seen.append(password)
        return matches(password_hash, password)

    monkeypatch.setattr(hashing, "matches", noted)
    return seen


@pytest.mark.database
def test_a_thousand_guesses_from_one_address_cost_few_looks(
    office: Office, guess: Guess, looks: list[str], trials: Callable[[int, int], int]
) -> None:
    name = office.secretary.account.username
    for number in range(trials(40, 1000)):
        assert guess(name, f"falsch-{number}", "192.0.2.7") == 422
    assert len(looks) == FREE
    assert guess(name, PASSWORD, "192.0.2.9") == 422  # the same network waits, the right word included


@pytest.mark.database
def test_guesses_from_fifty_networks_do_not_lock_the_secretary_out(
    office: Office, guess: Guess, looks: list[str], trials: Callable[[int, int], int]
) -> None:
    name = office.secretary.account.username
    assert guess(name, PASSWORD, HOME) == 302  # from now on known there
    looks.clear()
    for number in range(trials(60, 1000)):
        guess(name, f"falsch-{number}", f"198.51.{number % 50}.7")
    assert len(looks) == STRANGERS
    assert guess(name, PASSWORD, HOME) == 302
    assert len(looks) <= 10


def test_waiting_grows_and_ends(office: Office, guess: Guess, moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 9), 9)
    name, begun = office.lead.account.username, clock.now()
    for _ in range(FREE):
        guess(name, "falsch", "192.0.2.7")
    assert guess(name, PASSWORD, "192.0.2.7") == 422
    moved_clock(date(2025, 10, 9), 10)
    assert clock.now() - begun > WAIT
    assert guess(name, "falsch", "192.0.2.7") == 422  # the sixth: half an hour from now
    moved_clock(date(2025, 10, 9), 11)
    assert guess(name, PASSWORD, "192.0.2.7") == 302
    db.session.rollback()
    assert db.session.scalar(select(func.count(SignInFailure.id))) == 0


def test_one_password_at_many_names_stops(office: Office, guess: Guess, looks: list[str]) -> None:
    for number in range(60):
        guess(f"jemand{number}", PASSWORD, "192.0.2.7")
    assert len(looks) == NETWORK
    assert NETWORK <= 30
    assert guess(office.lead.account.username, PASSWORD, "192.0.2.8") == 422
    assert guess(office.lead.account.username, PASSWORD, "203.0.113.5") == 302


def test_a_right_password_forgets_the_wrong_ones(office: Office, guess: Guess) -> None:
    name = office.lead.account.username
    for _ in range(3):
        for _wrong in range(FREE - 1):
            assert guess(name, "falsch", HOME) == 422
        assert guess(name, PASSWORD, HOME) == 302


def test_a_new_password_ends_the_waiting(office: Office, guess: Guess) -> None:
    name = office.lead.account.username
    for _ in range(FREE):
        guess(name, "falsch", HOME)
    with writing():
        change_password(office.lead.account, "Xin-mima-2025")
    assert guess(name, "Xin-mima-2025", HOME) == 302


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.2.0/24"), ("2001:db8::1:2", "2001:db8::/64"), ("", ""), ("unix:", "unix:")],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def signs_in(server: Server, name: str, password: str, source: str) -> tuple[float, str]:
    """Sign in at a running server from an address of this machine; return the seconds and the page."""
    there = urlsplit(server.url)
    line = http.client.HTTPConnection(str(there.hostname), there.port, 30, source_address=(source, 0))
    line.request("GET", "/login")
    opened = line.getresponse()
    page, cookie = opened.read().decode(), (opened.getheader("Set-Cookie") or "").partition(";")[0]
    form = urlencode({"username": name, "password": password, "csrf_token": token(page)})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    begun = time.perf_counter()
    line.request("POST", "/login", form, headers)
    answer = line.getresponse()
    body = answer.read().decode()
    took = time.perf_counter() - begun
    line.close()
    assert answer.status == 422
    return took, re.sub(r'[0-9a-f]{12}|value="[^"]*"', "", body)


def test_neither_time_nor_page_tells_whether_a_name_exists(live_server: Server, office: Office) -> None:
    with writing():  # as a real installation hashes; the other tests make do with less
        for member in (office.lead, office.clerk):
            member.account.password_hash = PasswordHasher().hash(PASSWORD)
    known, unknown, pages = [], [], set()
    for number in range(8):  # each from a network of its own, so that nobody waits
        source = f"127.0.{number + 1}.1"
        name = (office.lead, office.clerk)[number % 2].account.username
        first, page = signs_in(live_server, name, "falsch-9", source)
        second, other = signs_in(live_server, f"niemand{number}", "falsch-9", source)
        known.append(first)
        unknown.append(second)
        pages |= {page, other}
    assert len(pages) == 1
    slower, faster = sorted((statistics.median(known), statistics.median(unknown)), reverse=True)
    assert slower < 2 * faster  # a name that is looked up without a hash would answer a hundred times as fast
    assert timedelta(seconds=faster) > timedelta(milliseconds=20)
