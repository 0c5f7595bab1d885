"""Attacks on sessions against a real server: forged (S2), replayed (S3), fixed (S4), led astray (S10).

What the rows ask for: reliability, section 2.2. The two cookies of the product are that of a session and that
of a sign-in which still owes its code.
"""

import hashlib
import http.client
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

import flask_migrate
import pyotp
import pytest
from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from tests.forms import token
from tests.office import PASSWORD, Office
from tests.processes import Server
from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts import opening, totp
from tracker.accounts.changing import change_password
from tracker.accounts.models import Account
from tracker.accounts.present import AWAITS_CODE, TOKEN
from tracker.accounts.sessions import begin
from tracker.database import writing
from tracker.extensions import db
from tracker.operation.backup import back_up, restore

COOKIE = "tracker"
KEPT_SECRET = "9f86d081884c7d659a2feaa0c55ad015"  # of the tests' installation
NEW = "Xin-mima-2026"


@dataclass
class Wire:
    """An HTTP client that sends exactly what it is told, a cookie included, and follows nothing."""

    server: Server
    cookie: str = ""
    seen: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Send one request; return status, Location and body; a cookie that is set is kept."""
        there = urlsplit(self.server.url)
        line = http.client.HTTPConnection(str(there.hostname), there.port, 30)
        headers = {"Cookie": f"{COOKIE}={self.cookie}"} if self.cookie else {}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, None if fields is None else urlencode(fields), headers)
        answer = line.getresponse()
        for given in answer.headers.get_all("Set-Cookie") or ():
            if given.startswith(f"{COOKIE}="):
                self.cookie = given.partition(";")[0].partition("=")[2]
                self.seen.append(self.cookie)
        body = answer.read().decode("utf-8", "replace")
        line.close()
        return answer.status, answer.headers.get("Location") or "", body

    def post(self, path: str, fields: dict[str, str], *, page: str = "/login") -> tuple[int, str, str]:
        """Send a form with the token of a page."""
        return self.ask("POST", path, fields | {"csrf_token": token(self.ask("GET", page)[2])})

    def sign_in(self, name: str, **more: str) -> str:
        """Sign in; return where it leads."""
        status, location, _body = self.post("/login", {"username": name, "password": PASSWORD} | more)
        assert status == 302
        return location

    @property
    def is_in(self) -> bool:
        """Whether the cookie opens a page of an account."""
        return self.ask("GET", "/account")[0] == 200


def signed(secret: str, content: dict[str, object], *, salt: str = "cookie-session") -> str:
    """Return a cookie of a session as Flask signs it with a secret."""
    made = URLSafeTimedSerializer(
        secret,
        salt=salt,
        serializer=SecureCookieSessionInterface.serializer,
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha1},
    )
    return str(made.dumps(content))


# --- S2: a session that was forged ---------------------------------------------------------------

FORGED: dict[str, Callable[[str, str], str]] = {  # (a right token, a right cookie) -> what is sent
    "no key": lambda right, _cookie: signed("", {TOKEN: right}),
    "a common key": lambda right, _cookie: signed("dev", {TOKEN: right}),
    "another common key": lambda right, _cookie: signed("your-secret-key", {TOKEN: right}),
    "the key before rotation": lambda right, _cookie: signed("0" * 32, {TOKEN: right}),
    "another salt": lambda right, _cookie: signed(KEPT_SECRET, {TOKEN: right}, salt="x"),
    "an account's number": lambda _right, _cookie: signed(KEPT_SECRET, {TOKEN: "1"}),
    "a number, not text": lambda _right, _cookie: signed(KEPT_SECRET, {TOKEN: 1}),
    "the digest of the database": lambda right, _cookie: signed(
        KEPT_SECRET, {TOKEN: hashlib.sha256(right.encode()).hexdigest()}
    ),
    "a changed letter": lambda _right, cookie: cookie[:5] + ("A" if cookie[5] != "A" else "B") + cookie[6:],
    "no signature": lambda _right, cookie: cookie.rpartition(".")[0],
}


@pytest.mark.parametrize("how", FORGED)
def test_s2_a_forged_session_is_sent_to_sign_in(live_server: Server, office: Office, how: str) -> None:
    assert len(FORGED) == 10
    with writing():
        right = begin(office.lead.account, address="", user_agent="")
    cookie = signed(KEPT_SECRET, {TOKEN: right, "_fresh": True})
    assert Wire(live_server, cookie).is_in  # the test can sign as the server does
    status, location, _body = Wire(live_server, FORGED[how](right, cookie)).ask("GET", "/account")
    assert (status, location.split("?")[0]) == (302, "/login")


# --- S3: a cookie that is sent again -------------------------------------------------------------


def signs_out(_office: Office, wire: Wire) -> None:
    page = "/account" if wire.is_in else "/login"
    wire.post("/logout", {}, page=page)


def changes_password(office: Office, _wire: Wire) -> None:
    with writing():
        change_password(office.lead.account, NEW)


def is_revoked(office: Office, _wire: Wire) -> None:
    with writing():
        acts.revoke(office.lead.account, by=None)


def is_disabled(office: Office, _wire: Wire) -> None:
    with writing():
        acts.disable(office.lead.account, by=None)


def is_thrown_out(office: Office, _wire: Wire) -> None:
    with writing():
        acts.end_sessions(office.lead.account, by=None)


def gets_a_secret(office: Office, _wire: Wire) -> None:
    with writing():
        acts.issue_secret(office.lead.account, by=None, valid_for=opening.SCREEN_LASTS)


def is_restored(_office: Office, _wire: Wire) -> None:
    """The installation is brought back from a backup that was made a moment ago."""
    backup = current_app.config["ENVIRONMENT"].data_dir / "backup"
    back_up(backup)
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    flask_migrate.upgrade()
    restore(backup)


EVENTS = (signs_out, changes_password, is_revoked, is_disabled, is_thrown_out, gets_a_secret, is_restored)


def phone_of(account: Account) -> str:
    """Set the second factor up in the database; return the present code."""
    totp.begin(account)
    account.totp_confirmed_at = clock.now()
    return pyotp.TOTP(totp.secret_of(account)).at(int(clock.now().timestamp()))


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", [TOKEN, AWAITS_CODE])
def test_s3_a_cookie_is_worth_nothing_afterwards(
    live_server: Server, office: Office, event: Callable[[Office, Wire], None], kind: str
) -> None:
    assert len(EVENTS) * 2 == 14
    wire, code = Wire(live_server), ""
    if kind == AWAITS_CODE:
        with writing():
            code = phone_of(office.lead.account)
    leads_to = wire.sign_in("lead")
    assert leads_to == ("/" if kind == TOKEN else "/login/code")
    copied = wire.cookie
    event(office, wire)
    thief = Wire(live_server, copied)
    if kind == TOKEN or event is signs_out:
        assert not thief.is_in
    else:
        status, location, _body = thief.post("/login/code", {"code": code}, page="/login/code")
        assert (status, location) == (302, "/login")
        assert not thief.is_in


# --- S4: a session given before ------------------------------------------------------------------


@pytest.mark.parametrize("before", ["a page's cookie", "another's session", "an invented cookie"])
def test_s4_signing_in_gives_a_new_session(live_server: Server, office: Office, before: str) -> None:
    planted = Wire(live_server)
    if before == "another's session":
        planted.sign_in("clerk")
    elif before == "an invented cookie":
        planted.cookie = signed("guessed", {TOKEN: "known-to-the-attacker", "csrf_token": "x"})
    else:
        planted.ask("GET", "/login")
    given = planted.cookie
    victim = Wire(live_server, given)
    victim.sign_in("lead")
    assert victim.is_in
    assert victim.cookie != given
    attacker = Wire(live_server, given)
    assert "褚例" not in attacker.ask("GET", "/account")[2]


# --- S10: led to another site --------------------------------------------------------------------

ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/%2f..",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    " //evil.example",
    "/ /evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//127.0.0.1@evil.example",
    "https://127.0.0.1@evil.example",
    "//evil.example:80",
    "//evil。example",
    "/／evil.example",
    "／／evil.example",
    "evil.example",
    "evil.example/tasks",
    "./../evil.example",
    "?next=//evil.example",
    "/ok\r\nLocation: https://evil.example",
    "/\x00/evil.example",
)
PATH_INSIDE = re.compile(r"/(?![/\\])[!-~]*")


def stays(location: str) -> bool:
    """Whether every browser reads a Location as a path of this site."""
    return PATH_INSIDE.fullmatch(location) is not None and "evil" not in location


@pytest.fixture
def redirecting(live_server: Server, office: Office) -> dict[str, Callable[[str], tuple[int, str, str]]]:
    """Every way in which a parameter says where to go."""
    with writing():
        phone_of(office.clerk.account)
    return {
        "POST /login": lambda to: Wire(live_server).post(
            "/login", {"username": "lead", "password": PASSWORD, "next": to}
        ),
        "POST /login with a code": lambda to: Wire(live_server).post(
            "/login", {"username": "clerk", "password": PASSWORD, "next": to}
        ),
        "GET /language": lambda to: Wire(live_server).ask("GET", f"/language/en?next={quote(to)}"),
        "POST /login/code": lambda to: Wire(live_server).post("/login/code", {"code": "1", "next": to}),
    }


def test_s10_nothing_leads_to_another_site(
    redirecting: dict[str, Callable[[str], tuple[int, str, str]]],
) -> None:
    assert len(set(ELSEWHERE)) == 34
    for name, ask in redirecting.items():
        for wanted in ELSEWHERE:
            status, location, _body = ask(wanted)
            if status == 400:  # control characters in an address are refused before it is read
                continue
            assert status == 302, (name, wanted)
            assert stays(location), (name, wanted, location)


def test_s10_pages_repeat_no_such_address(live_server: Server) -> None:
    for page in ("/login", "/login/code"):
        for wanted in ELSEWHERE:
            status, _location, body = Wire(live_server).ask("GET", f"{page}?next={quote(wanted)}")
            hidden = re.findall(r'name="next" value="([^"]*)"', body)
            assert status in (200, 400)
            assert all(stays(one) for one in hidden), (page, wanted)


def test_the_same_words_lead_inside(live_server: Server, office: Office) -> None:
    assert Wire(live_server).sign_in("lead", next="/tasks?state=overdue") == "/tasks?state=overdue"


def test_the_secret_of_these_tests_is_that_of_the_installation(app: Flask) -> None:
    assert app.config["SECRET_KEY"] == KEPT_SECRET
