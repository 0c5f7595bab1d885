"""S24: whatever a stranger sends, each request is one line of the log, and its fields are ours."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from tests import processes
from tests.forms import token
from tests.office import Office
from tests.processes import Server
from tracker.web.strangers import ALL_FURTHER, LINES_A_MINUTE, MOST_ADDRESSES, Meter

PATIENCE = 10.0  # seconds
WRITTEN_WITHIN = 2.0
BREAKERS = {
    "line break": '\r\n{"level":"info","status":200,"address":"10.0.0.1"}\r\n',
    "terminal": "\x1b[2K\x1b[31mall is well\x9b0m\x7f",
    "json": '","status":200,"address":"10.0.0.1","x":"\\',
}
PRINTABLE = re.compile(r"[\x20-\x7e]*")
LOGGER = "tracker.web.strangers"
FIELDS = {"time", "level", "logger", "message"} | {
    "request", "method", "path", "address", "status", "agent", "count"
}  # fmt: skip


@pytest.fixture
def server(app: Flask, office: Office) -> Iterator[Server]:
    """A real web server without the worker, whose log is its own."""
    with processes.serving_loaded(app.config["ENVIRONMENT"], "--web-only") as started:
        yield started


def send(server: Server, request: bytes) -> bytes:
    """Send bytes as they are, and return the whole answer."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


def http(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return a request; what stands in it is not checked by anybody."""
    lines = (f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers)
    length = f"Content-Length: {len(body)}"
    return "\r\n".join((*lines, length, "", "")).encode("latin-1") + body


def sign_in(server: Server, breaker: str) -> bytes:
    """Return a try to sign in with an odd name, token and cookie in order."""
    page = send(server, http("GET", "/login")).decode()
    found = re.search(r"Set-Cookie: ([^;]+)", page)
    assert found
    form = {"username": breaker, "password": breaker, "csrf_token": token(page)}
    kind = "Content-Type: application/x-www-form-urlencoded"
    return http("POST", "/login", f"Cookie: {found.group(1)}", kind, body=urlencode(form).encode())


def upload(_server: Server, breaker: str) -> bytes:
    """Return a report handed in by a stranger, with an odd file name."""
    body = (
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="{breaker}.txt"\r\n\r\nx\r\n--x--\r\n'
    )
    return http("POST", "/reports", "Content-Type: multipart/form-data; boundary=x", body=body.encode())


PLACES = {
    "user name": (sign_in, 422),
    "agent": (lambda _server, breaker: http("GET", "/mine", f"User-Agent: {breaker}"), 302),
    "path": (lambda _server, breaker: http("GET", f"/tasks/{quote(breaker)}"), 404),
    "file name": (upload, 302),
}


def lines(server: Server) -> list[dict[str, object]]:
    """Return the log, each line of which has to be printable and an object."""
    found = []
    for written in server.log.read_bytes().decode("latin-1").split("\n"):
        if written and written != server.url:
            assert PRINTABLE.fullmatch(written), written
            said = json.loads(written)
            assert isinstance(said, dict)
            found.append(said)
    return found


def of_strangers(server: Server, count: int) -> list[dict[str, object]]:
    """Return the lines of strangers once there are so many."""
    patience_ends = time.monotonic() + WRITTEN_WITHIN
    while True:
        found = [said for said in lines(server) if said["logger"] == LOGGER]
        if len(found) >= count or time.monotonic() > patience_ends:
            return found
        time.sleep(0.05)


def test_nothing_a_stranger_sends_makes_a_second_line_or_a_field(server: Server) -> None:
    known = len(of_strangers(server, 1))  # of the first page that was waited for
    cases = [(place, name) for place in PLACES for name in BREAKERS]
    assert len(cases) == 12
    for place, name in cases:
        build, wanted = PLACES[place]
        answer = send(server, build(server, BREAKERS[name]))
        status = int(answer.split(b" ", 2)[1])
        if place == "agent" and name != "json":  # no header can hold them: the server itself says no, or
            assert status in (400, wanted)  # what came after the break was a header of its own
        elif place == "path" and name != "json":  # no address of ours holds them
            assert status == 400
        else:
            assert status == wanted
        found = of_strangers(server, known + 1)
        if len(found) == known:  # refused before the application: in a line of the server's, looked at above
            assert place == "agent"
            assert status == 400
            continue
        assert len(found) == known + 1, (place, name)
        known = len(found)
        assert found[-1]["status"] == status
        assert found[-1]["address"] == "127.0.0.1"
        assert set(found[-1]) == FIELDS


def test_a_flood_is_counted_and_not_written_out(server: Server) -> None:
    for _ in range(4 * LINES_A_MINUTE):
        send(server, http("GET", "/nowhere"))
    found = [said for said in of_strangers(server, 0) if said.get("path") == "/nowhere"]
    minutes_and_processes = 2 * 2
    assert LINES_A_MINUTE <= len(found) < LINES_A_MINUTE * minutes_and_processes
    assert max(int(str(said["count"])) for said in found) <= LINES_A_MINUTE


@dataclass
class Told:
    """What a meter told."""

    said: list[tuple[int, str, int]] = field(default_factory=list)

    def __call__(self, minute: int, address: str, left_out: int) -> None:
        self.said.append((minute, address, left_out))


def test_what_was_left_out_is_told_once_the_minute_is_over() -> None:
    told = Told()
    meter = Meter(told)
    for _ in range(LINES_A_MINUTE + 7):
        count = meter.count("10.0.0.1", 100)
    assert count == LINES_A_MINUTE + 7
    assert meter.count("10.0.0.2", 100) == 1
    meter.close(100)
    assert told.said == []
    assert meter.count("10.0.0.1", 101) == 1
    meter.close(102)
    assert told.said == [(100, "10.0.0.1", 7)]


def test_a_storm_from_everywhere_takes_one_thread(app: Flask, office: Office) -> None:
    before = threading.active_count()
    for number in range(20):
        visitor = app.test_client()
        for _ in range(LINES_A_MINUTE + 1):
            visitor.get("/nowhere", environ_overrides={"REMOTE_ADDR": f"10.7.7.{number}"})
    assert threading.active_count() <= before + 2  # the second where a minute ends in between


def test_a_storm_from_everywhere_takes_no_memory() -> None:
    told = Told()
    meter = Meter(told)
    for number in range(MOST_ADDRESSES + LINES_A_MINUTE + 5):
        meter.count(str(number), 100)
    meter.close(101)
    assert told.said == [(100, ALL_FURTHER, 5)]
