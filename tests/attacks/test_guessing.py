"""S6, S7, S8 over the wire: guessing is slowed, the secretary comes in, nobody learns who has an account."""

import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from tests.attacks.client import Client
from tests.office import PASSWORD, Office
from tests.processes import Server
from tracker.accounts.throttling import FREE, NETWORK
from tracker.database import writing

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


@pytest.mark.proof
def test_nothing_tells_whether_an_account_exists(
    hashed: Office,
    live_server: Server,
    trials: Trials,
    proof_figure: Callable[[str, object], None],
) -> None:
    """Interleaved tries, each from a network of its own, so that nobody waits."""
    names = {"known": hashed.lead.account.username, "unknown": "niemand"}
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    said: dict[str, set[object]] = {"known": set(), "unknown": set()}
    for number in range(trials(6, 200)):
        for which, name in names.items():
            client = Client(live_server, f"127.{100 + number // 250}.{number % 250}.{1 + len(which)}")
            client.get("/login")
            begun = time.perf_counter()
            answer = client.post("/login", {"username": name, "password": "falsch-9"})
            took[which].append(time.perf_counter() - begun)
            body = re.sub(r'[0-9a-f]{12}|value="[^"]*"|\d\d:\d\d</span>', "", answer.text)
            headers = tuple(sorted(set(answer.headers.keys())))
            said[which].add((answer.status, len(body), body, headers))
    apart = abs(statistics.median(took["known"]) - statistics.median(took["unknown"]))
    proof_figure("ms between a known and an unknown name, medians", f"{apart * 1000:.1f}")
    assert said["known"] == said["unknown"]
    assert apart < max(0.005, 0.2 * statistics.median(took["known"]))
