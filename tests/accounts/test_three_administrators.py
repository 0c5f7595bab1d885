"""S31: each of the three tries what belongs to the other two, and business data, against a real server."""

from collections.abc import Callable
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest
from sqlalchemy import func, select

from tests.accounts.scene import objects
from tests.forms import token
from tests.office import PASSWORD, Office
from tests.processes import Server
from tests.routes import ROUTES
from tracker.accounts.models import Account
from tracker.accounts.states import ADMINISTRATORS
from tracker.audit.models import AuditRow, Outcome
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Person

BUSINESS = (
    "/mine",
    "/tasks",
    "/reports",
    "/summaries",
    "/duties",
    "/search?q=x",
    "/organization",
    "/overview",
)


ids: dict[str, str] = {}  # of the rows that the fixture made


class _Stays(HTTPRedirectHandler):
    """A client that shows a redirect instead of following it."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        return None


class Client:
    """A real HTTP client with cookies."""

    def __init__(self, server: Server, username: str) -> None:
        self.url = server.url
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()), _Stays())
        sent = self.post("/login", {"username": username, "password": PASSWORD})
        assert sent[0] == 302

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of a page."""
        return self._ask(path, None)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form with the token of the session."""
        sent = fields | {"csrf_token": token(self.get("/login")[1])}
        return self._ask(path, urlencode(sent).encode())

    def _ask(self, path: str, body: bytes | None) -> tuple[int, str]:
        try:
            with self.opener.open(self.url + quote(path, safe="/?=&%"), body, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()


@pytest.fixture
def client_of(office: Office, live_server: Server) -> Callable[[str], Client]:
    """A function that signs in on the running server."""
    with writing():
        ids.clear()
        ids.update(objects(office))
    return lambda username: Client(live_server, username)


def refusals() -> int:
    """Count the refused acts in the trail."""
    db.session.rollback()
    count = select(func.count()).select_from(AuditRow).where(AuditRow.outcome == Outcome.REFUSED)
    return db.session.scalar(count) or 0


def path_of(key: tuple[str, str]) -> str:
    """Return the path of a route of administrators with the ids of rows that exist."""
    return ROUTES[key].path.format_map(ids)


@pytest.mark.parametrize("name", [kind.value for kind in ADMINISTRATORS])
def test_what_belongs_to_another_is_denied_and_written_down(
    office: Office, client_of: Callable[[str], Client], name: str
) -> None:
    administrator = client_of(name)
    tried = [key for key in ROUTES if key[1].startswith("/admin/") and name not in ROUTES[key].allowed]
    assert tried
    before = refusals()
    for key in tried:
        fields = {field: value.format_map(ids) for field, value in ROUTES[key].fields}
        got, _text = (
            administrator.get(path_of(key)) if key[0] == "GET" else administrator.post(path_of(key), fields)
        )
        assert got == 404, key
    assert refusals() == before + len(tried)


@pytest.mark.parametrize("name", [kind.value for kind in ADMINISTRATORS])
def test_business_data_are_closed_to_every_administrator(
    office: Office, client_of: Callable[[str], Client], name: str
) -> None:
    administrator = client_of(name)
    before = refusals()
    existing = [path for path in BUSINESS if any(key[1] == path.partition("?")[0] for key in ROUTES)]
    assert len(existing) >= 6
    for path in existing:
        assert administrator.get(path)[0] == 404, path
    assert refusals() == before + len(existing)


def test_the_ten_ways_around(office: Office, client_of: Callable[[str], Client]) -> None:
    system, security, audit = (client_of(kind.value) for kind in ADMINISTRATORS)
    db.session.rollback()
    number = {row.username: str(row.id) for row in db.session.scalars(select(Account))}
    keeper = {row.username: str(row.keeper_id) for row in db.session.scalars(select(Account))}
    business = str(db.session.scalars(select(Person.id).where(Person.name == "许范")).one())
    key = "abcdefghijklmnopqrstu"
    before = refusals()
    tried: tuple[tuple[Client, str, dict[str, str], int], ...] = (
        # grant oneself, and what one made
        (security, f"/admin/accounts/{number['security_admin']}/grant", {}, 403),
        (system, f"/admin/accounts/{number['waiting']}/grant", {}, 404),
        (security, "/admin/accounts/new", {"kind": "person", "person": business, "once": key + "a"}, 404),
        # the last one stays, also by way of a secret; and nobody acts on himself
        (system, f"/admin/accounts/{number['security_admin']}/disable", {}, 403),
        (system, f"/admin/accounts/{number['system_admin']}/disable", {}, 403),
        (security, f"/admin/accounts/{number['security_admin']}/revoke", {}, 403),
        (system, f"/admin/accounts/{number['security_admin']}/secret", {"once": key + "b"}, 403),
        # one person, two of the three
        (
            system,
            "/admin/accounts/new",
            {
                "kind": "audit_admin",
                "person": keeper["system_admin"],
                "username": "two-in-one",
                "once": key + "c",
            },
            403,
        ),
        # the audit administrator only reads
        (audit, f"/admin/accounts/{number['system_admin']}/disable", {}, 404),
        (audit, "/admin/security", {"idle_minutes": "60"}, 404),
    )
    for client, path, fields, wanted in tried:
        assert client.post(path, fields)[0] == wanted, path
    assert refusals() == before + len(tried)
    db.session.rollback()
    assert {row.username for row in db.session.scalars(select(Account))} == set(number)
    assert all(
        row.disabled_at is None and row.granted_at is not None
        for row in db.session.scalars(select(Account).where(Account.kind.in_(ADMINISTRATORS)))
        if row.username != "former"
    )
