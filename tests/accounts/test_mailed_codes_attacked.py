"""S9: the code that is mailed for a forgotten password, attacked over the wire (reliability, section 2.2)."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.accounts.test_forgotten import CODE
from tests.attacks.client import Answer, Client
from tests.forms import token
from tests.mail import Sink
from tests.office import PASSWORD, Office
from tests.processes import Server
from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts.changing import change_password
from tracker.accounts.forgotten import confirm_address
from tracker.accounts.mailed import send_asked
from tracker.accounts.models import OneTimeSecret
from tracker.accounts.one_time import LETTERS
from tracker.database import writing
from tracker.extensions import db

NEW = "Xin-mima-2026"
OWN = "http://127.0.0.1:8400"  # TRACKER_BASE_URL of the tests' installation
EVIL = "evil.example"
Post = Callable[..., str]


@pytest.fixture
def mailed(smtp_sink: Sink, office: Office, live_server: Server) -> Post:
    """A function that asks for a code for a name over the wire and returns it from the letter."""
    with writing():
        for member in (office.lead, office.clerk):
            confirm_address(member.account, by=member.account)

    def ask(name: str = "lead", **headers: str) -> str:
        before = len(smtp_sink.messages)
        client = Client(live_server, headers=headers)
        assert client.post("/forgot-password", {"username": name}).status == 302
        assert send_asked() == 1
        return str(CODE.findall(str(smtp_sink.messages[before].get_content()))[0])

    return ask


def redeem(server: Server, code: str, name: str = "lead", source: str = "127.0.0.1") -> Answer:
    """Set the password by a code."""
    typed = {"username": name, "secret": code, "password": NEW, "again": NEW}
    return Client(server, source).post("/first-password", typed, page="/first-password")


def enters(server: Server, password: str, name: str = "lead") -> bool:
    return Client(server).sign_in(name, password) == 302


def test_it_is_good_once(mailed: Post, live_server: Server) -> None:
    code = mailed()
    assert redeem(live_server, code).status == 302
    assert enters(live_server, NEW)
    assert redeem(live_server, code).status == 422


def test_it_runs_out(mailed: Post, live_server: Server) -> None:
    code = mailed()
    with writing():
        row = db.session.scalars(select(OneTimeSecret)).one()
        assert timedelta(minutes=29) < row.expires_at - clock.now() <= timedelta(minutes=30)
        row.expires_at -= timedelta(minutes=30)
    assert redeem(live_server, code).status == 422
    assert enters(live_server, PASSWORD)


def test_it_opens_no_other_account(mailed: Post, live_server: Server) -> None:
    code, others = mailed(), mailed("clerk")
    assert redeem(live_server, code, "clerk").status == 422
    assert redeem(live_server, others, "lead").status == 422
    assert redeem(live_server, code, "lead").status == 302
    assert enters(live_server, PASSWORD, "clerk")


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_no_header_says_where_the_letter_leads(
    mailed: Post, live_server: Server, smtp_sink: Sink, name: str
) -> None:
    attacker = Client(live_server)
    sent = {"username": "lead", "csrf_token": token(attacker.get("/forgot-password").text)}
    attacker.headers = {name: EVIL, "Forwarded": f"host={EVIL}", "X-Forwarded-Proto": "https"}
    answer = attacker.send("/forgot-password", sent)
    assert answer.status == (400 if name == "Host" else 302)
    assert EVIL not in (answer.headers.get("Location") or "")
    assert send_asked() == (0 if name == "Host" else 1)
    if name == "Host":
        mailed()
    for message in smtp_sink.messages:
        assert EVIL not in message.as_string()
        text = str(message.get_content())
        assert EVIL not in text
        assert re.findall(r"https?://\S+", text) == [f"{OWN}/first-password"]


def test_it_stands_in_no_address_and_no_log(mailed: Post, live_server: Server, smtp_sink: Sink) -> None:
    code = mailed()
    letter = str(smtp_sink.messages[0].get_content())
    (link,) = re.findall(r"https?://\S+", letter)
    assert link == f"{OWN}/first-password"  # what a browser keeps, sends along and repeats is this
    page = Client(live_server).get("/first-password")
    assert page.headers["Referrer-Policy"] == "same-origin"
    wrong = Client(live_server)
    typed = {"username": "lead", "secret": code, "password": "kurz", "again": "kurz"}
    refused = wrong.post("/first-password", typed, page="/first-password")
    assert refused.status == 422
    assert code in refused.text  # typed once is enough
    assert not [one for one in re.findall(r'(?:href|action|src)="([^"]*)"', refused.text) if code in one]
    used = redeem(live_server, code)
    assert used.headers["Location"] == "/login"
    assert code not in live_server.log.read_text(errors="replace")


def test_of_eight_at_the_same_moment_one_sets_the_password(mailed: Post, live_server: Server) -> None:
    code, start = mailed(), threading.Barrier(8)
    won: list[str] = []
    codes: list[int] = []

    def set_password(password: str) -> None:
        client = Client(live_server)
        sent = {"csrf_token": token(client.get("/first-password").text), "username": "lead"}
        start.wait(30)
        fields = sent | {"secret": code, "password": password, "again": password}
        codes.append(client.send("/first-password", fields).status)
        if codes[-1] == 302:
            won.append(password)

    threads = [threading.Thread(target=set_password, args=(f"Kouling-{one}-zhe",)) for one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [302] + [422] * 7
    assert len(won) == 1
    assert enters(live_server, won[0])


def test_a_new_password_makes_it_worthless(mailed: Post, live_server: Server, office: Office) -> None:
    code = mailed()
    with writing():
        change_password(office.lead.account, "Anders-kouling-5")
    assert redeem(live_server, code).status == 422
    assert enters(live_server, "Anders-kouling-5")


def test_a_newer_one_makes_it_worthless(mailed: Post, live_server: Server) -> None:
    older, newer = mailed(), mailed()
    assert redeem(live_server, older).status == 422
    assert redeem(live_server, newer).status == 302


def test_guesses_open_nothing_and_lock_nobody_out(mailed: Post, live_server: Server) -> None:
    code = mailed()
    near = [code[:-1] + letter for letter in LETTERS if letter != code[-1]]
    near += [code[:-5], code + "A", "", "%", "*", "' OR ''='", code[::-1], "0" * 64]
    answers = {redeem(live_server, one, source=f"127.7.{number}.1").status for number, one in enumerate(near)}
    assert answers == {422}
    assert enters(live_server, PASSWORD)
    assert redeem(live_server, code).status == 302


def test_it_may_be_typed_in_any_case_with_spaces(mailed: Post, live_server: Server) -> None:
    code = mailed(" LEAD ")
    assert redeem(live_server, f"  {code.lower().replace('-', ' ')} ", " Lead ").status == 302
    assert enters(live_server, NEW)


def test_of_a_disabled_account_it_is_worth_nothing(mailed: Post, live_server: Server, office: Office) -> None:
    code = mailed()
    with writing():
        acts.disable(office.lead.account, by=None)
    assert redeem(live_server, code).status == 422
    with writing():
        acts.enable(office.lead.account, by=None)
    assert enters(live_server, PASSWORD)
