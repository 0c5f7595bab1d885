"""S27: Host and X-Forwarded-* are believed as far as the settings say, with a proxy and without."""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from tests import processes
from tests.forms import token
from tests.office import PASSWORD, Office
from tests.processes import Server
from tracker.audit.models import AuditRow
from tracker.config import Environment, ImpossibleEnvironment, read_environment
from tracker.extensions import db

EVIL = "evil.invalid"
Headers = dict[str, str]


@pytest.fixture
def server(request: pytest.FixtureRequest, app: Flask, office: Office) -> Iterator[Server]:
    """A real web server that trusts so many proxies as the test says, and one more name."""
    given: Environment = app.config["ENVIRONMENT"]
    own = replace(given, proxy_hops=request.param, trusted_hosts=("tracker.qs.invalid",))
    with processes.serving_loaded(own, "--web-only") as started:
        yield started


def ask(server: Server, method: str, path: str, headers: Headers, body: str = "") -> tuple[int, str, Headers]:
    """Send a request with exactly these headers; return status, text and headers of the answer."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, dict(answer.getheaders())


def address_written(server: Server, headers: Headers) -> str:
    """Sign in with some headers and return the address that the trail has of it."""
    _status, page, got = ask(server, "GET", "/login", headers)
    cookie = got["Set-Cookie"].partition(";")[0]
    form = f"username=clerk&password={PASSWORD}&csrf_token={token(page)}"
    kind = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    status, _text, _got = ask(server, "POST", "/login", headers | kind, form)
    assert status == 302
    db.session.rollback()
    rows = select(AuditRow.address).where(AuditRow.action == "account.sign_in").order_by(AuditRow.id.desc())
    return db.session.scalars(rows).first() or ""


@pytest.mark.parametrize("server", [0, 1], indirect=True)
def test_a_foreign_host_is_refused_and_not_repeated(server: Server) -> None:
    for host in (EVIL, f"127.0.0.1.{EVIL}", f"127.0.0.1:80@{EVIL}", "", "tracker.qs.invalid/../"):
        status, text, got = ask(server, "GET", "/login", {"Host": host})
        assert status == 400, host
        assert EVIL not in text + str(got)
    for host in ("127.0.0.1", "localhost:8400", "tracker.qs.invalid", "TRACKER.qs.invalid:443"):
        assert ask(server, "GET", "/login", {"Host": host})[0] == 200, host


@pytest.mark.parametrize("server", [0, 1], indirect=True)
def test_no_other_header_names_the_host(server: Server) -> None:
    forged = {
        "X-Forwarded-Host": EVIL,
        "X-Forwarded-Server": EVIL,
        "X-Forwarded-Prefix": f"//{EVIL}",
        "X-Original-URL": f"http://{EVIL}/",
        "Forwarded": f"for=10.0.0.1;host={EVIL};proto=https",
        "X-Forwarded-Port": "1",
        "SCRIPT_NAME": f"/{EVIL}",
    }
    for path in ("/login", "/mine", "/static/style.css"):
        status, text, got = ask(server, "GET", path, forged)
        assert status in (200, 302, 400)
        assert EVIL not in text + str(got)
    status, _text, got = ask(server, "GET", "/mine", {name: forged[name] for name in list(forged)[:6]})
    assert (status, got["Location"]) == (302, "/login?next=/mine")


@pytest.mark.parametrize("server", [0], indirect=True)
def test_without_a_proxy_the_address_is_that_of_the_line(server: Server) -> None:
    for forged in ({"X-Forwarded-For": "10.1.2.3"}, {"X-Real-IP": "10.1.2.3"}, {"Forwarded": "for=10.1.2.3"}):
        assert address_written(server, forged) == "127.0.0.1"


@pytest.mark.parametrize("server", [1], indirect=True)
def test_with_a_proxy_the_address_is_what_the_nearest_one_saw(server: Server) -> None:
    for sent, wanted in (
        ("10.1.2.3", "10.1.2.3"),
        ("6.6.6.6, 10.1.2.3", "10.1.2.3"),  # the first is what the client wrote itself
        ("6.6.6.6,, 2001:db8::1", "2001:db8::1"),
        ("nonsense", "127.0.0.1"),
        ("10.1.2.3:99999", "127.0.0.1"),
        ("10.1.2.3, ", "127.0.0.1"),
    ):
        assert address_written(server, {"X-Forwarded-For": sent}) == wanted, sent
    assert address_written(server, {"X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6"}) == "127.0.0.1"


@pytest.mark.parametrize("server", [2], indirect=True)
def test_with_two_proxies_the_second_from_the_right_counts(server: Server) -> None:
    assert address_written(server, {"X-Forwarded-For": "6.6.6.6, 10.1.2.3, 10.0.0.1"}) == "10.1.2.3"
    assert address_written(server, {"X-Forwarded-For": "10.0.0.1"}) == "127.0.0.1"  # one proxy was passed by


def test_the_settings_are_read_and_nonsense_is_refused() -> None:
    given = {
        "TRACKER_SECRET_KEY": "9f86d081884c7d659a2feaa0c55ad015",
        "TRACKER_BASE_URL": "https://a.invalid",
    }
    more = {"TRACKER_TRUSTED_HOSTS": "B.invalid, c.invalid", "TRACKER_PROXY_HOPS": "2"}
    read = read_environment(given | more)
    assert read.hosts == {"a.invalid", "b.invalid", "c.invalid"}
    assert read.proxy_hops == 2
    for hops in ("-1", "6", "many", "1.5", "²"):
        with pytest.raises(ImpossibleEnvironment, match="TRACKER_PROXY_HOPS"):
            read_environment(given | {"TRACKER_PROXY_HOPS": hops})
