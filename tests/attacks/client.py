"""A real HTTP client: it keeps cookies, shows redirects and does not follow, and may come from elsewhere.

All of 127.0.0.0/8 is this machine, so a client can come from as many networks as a test needs.
"""

import http.client
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

from tests.forms import token
from tests.processes import Server


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """Return the page."""
        return self.body.decode()


@dataclass
class Client:
    """Somebody at a browser somewhere."""

    server: Server
    source: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)  # sent with every request, a Host of its own too

    def get(self, path: str) -> Answer:
        """Return the answer to a request for a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str], *, page: str = "/login") -> Answer:
        """Send a form with the token of a page."""
        return self.send(path, fields | {"csrf_token": token(self.get(page).text)})

    def send(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form as it is."""
        return self._ask("POST", path, urlencode(fields))

    def sign_in(self, username: str, password: str) -> int:
        """Try a name and a password and return the answer's status: 302 when they are right."""
        return self.post("/login", {"username": username, "password": password}).status

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        there = urlsplit(self.server.url)
        line = http.client.HTTPConnection(
            str(there.hostname), there.port, timeout=60, source_address=(self.source, 0)
        )
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= self.headers
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, quote(path, safe="/?=&%"), body, headers)
            answer = line.getresponse()
            said = Answer(answer.status, answer.headers, answer.read())
        finally:
            line.close()
        for header in said.headers.get_all("Set-Cookie") or ():
            name, _, rest = header.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return said
