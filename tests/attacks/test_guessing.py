"""S6, S7, S8 over the wire: guessing is slowed, the secretary comes in, nobody learns who has an account."""

import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from tests.attacks.client import Answer, Client
from tests.forms import token
from tests.mail import Sink
from tests.office import PASSWORD, Office
from tests.processes import Server
from tests.proof import at_full_length
from tracker.accounts.models import PasswordRequest, SignInFailure
from tracker.accounts.throttling import FREE, NETWORK
from tracker.database import writing
from tracker.extensions import db

Trials = Callable[[int, int], int]
HOME = "127.9.9.9"


@pytest.fixture
def hashed(office: Office) -> Office:
    """The office with passwords hashed as in earnest."""
    with writing():
        for member in (office.secretary, office.lead, office.clerk):
            member.account.password_hash = PasswordHasher().hash(PASSWORD)
    return office


@pytest.mark.proof
@pytest.mark.parametrize("networks", [1, 50])
def test_a_thousand_guesses_at_one_account(
    hashed: Office, live_server: Server, trials: Trials, networks: int
) -> None:
    name = hashed.secretary.account.username
    assert Client(live_server, HOME).sign_in(name, PASSWORD) == 302  # the secretary works from here

    def guess(number: int) -> int:
        return Client(live_server, f"127.8.{number % networks}.7").sign_in(name, f"falsch-{number}")

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(guess, range(trials(60, 1000))))
    assert answers == {422}
    assert Client(live_server, "127.8.0.9").sign_in(name, PASSWORD) == 422  # where the guesses came from
    assert Client(live_server, HOME).sign_in(name, PASSWORD) == 302


@pytest.mark.proof
def test_one_password_at_five_hundred_accounts(hashed: Office, live_server: Server, trials: Trials) -> None:
    for number in range(trials(NETWORK + 5, 500)):
        assert Client(live_server, "127.8.0.7").sign_in(f"jemand{number}", PASSWORD) == 422
    assert Client(live_server, "127.8.0.7").sign_in(hashed.lead.account.username, PASSWORD) == 422
    assert Client(live_server, HOME).sign_in(hashed.lead.account.username, PASSWORD) == 302
    assert FREE <= NETWORK <= 30


FORMS = {
    "/login": {"password": "falsch-9"},
    "/forgot-password": {},
    "/first-password": {
        "secret": "AAAA-BBBB-CCCC-DDDD-EEEE",
        "password": "Xin-mima-2026",
        "again": "Xin-mima-2026",
    },
}
KNOWN, UNKNOWN = "lead", "laed"  # of one length


@pytest.mark.proof
@pytest.mark.parametrize("form", FORMS)
def test_nothing_tells_whether_an_account_exists(
    smtp_sink: Sink,
    hashed: Office,
    live_server: Server,
    trials: Trials,
    proof_figure: Callable[[str, object], None],
    form: str,
) -> None:
    """Interleaved tries, each from a network of its own, so that nobody waits."""
    took: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    said: dict[str, set[object]] = {KNOWN: set(), UNKNOWN: set()}
    for number in range(trials(6, 200)):
        for name in (KNOWN, UNKNOWN) if number % 2 else (UNKNOWN, KNOWN):
            _forget_tries()
            client = Client(live_server, f"127.{100 + number // 250}.{number % 250}.{1 + (name == KNOWN)}")
            sent = FORMS[form] | {"username": name, "csrf_token": token(client.get(form).text)}
            begun = time.perf_counter()
            answer = client.send(form, sent)
            took[name].append(time.perf_counter() - begun)
            said[name].add(_seen(answer))
    known, unknown = (statistics.median(took[name]) for name in (KNOWN, UNKNOWN))
    proof_figure(f"ms of {form}: a known name, an unknown one", f"{known * 1000:.1f}, {unknown * 1000:.1f}")
    assert said[KNOWN] == said[UNKNOWN]
    assert len(said[KNOWN]) == 1
    # a few tries on a busy machine tell a whole look at a password from none, no more
    assert abs(known - unknown) <= (0.005 if at_full_length() else max(0.02, 0.3 * known))


def _forget_tries() -> None:
    """Let every try be as the first of its name: what is done for later ones is less."""
    with writing():
        for table in (PasswordRequest, SignInFailure):
            db.session.execute(delete(table))


def _seen(answer: Answer) -> tuple[object, ...]:
    """Return all that an answer shows but chance: code, headers, length, text."""
    same = {name: text for name, text in answer.headers.items() if name not in ("Date", "Set-Cookie")}
    cookies = [given.partition(";")[2] for given in answer.headers.get_all("Set-Cookie") or ()]
    body = re.sub(r'[0-9a-f]{12}|value="[^"]*"|\d\d:\d\d</span>', "", answer.text)
    return answer.status, tuple(sorted(same.items())), tuple(cookies), len(answer.body), body
