"""What a page costs as it is served: eight clients with kept connections, two workers of four threads."""

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode, urlsplit

import psutil

from tests import forms
from tests.bench.rows import Taken
from tests.office import PASSWORD
from tests.processes import free_port

CLIENTS = 8
REQUESTS = 30  # of each client, after some that warm up, and again
MEASURED = 2000.0  # until so many milliseconds went by
PATIENCE = 30.0  # seconds until a program answers


@dataclass(frozen=True)
class Served:
    """A program that answers at an address, and the processes that work for it."""

    url: str
    roots: tuple[int, ...]  # process ids: with their children server and database

    @property
    def busy(self) -> float:
        """How many seconds of processor time the processes have taken up to now."""
        spent = 0.0
        for root in map(psutil.Process, self.roots):
            for process in (root, *root.children(recursive=True)):
                taken = process.cpu_times()
                spent += taken.user + taken.system
        return spent

    def cost(self, address: str, headers: Mapping[str, str] | None = None) -> Taken:
        """Return what a request of a page takes in the middle, and of processor time on average."""
        self._drive(address, headers or {}, 4)
        walls: list[float] = []
        before = self.busy
        while sum(walls) < MEASURED * CLIENTS:
            walls += self._drive(address, headers or {}, REQUESTS)
        return Taken(median(walls), (self.busy - before) * 1000 / len(walls))

    def work(self, task: Callable[[], object]) -> float:
        """Return the milliseconds of processor time that a piece of work of one of the processes takes."""
        task()
        before = self.busy
        for _ in range(REQUESTS):
            task()
        return (self.busy - before) * 1000 / REQUESTS

    def sign_in(self, username: str) -> dict[str, str]:
        """Sign in by the form and return the headers that belong to every further request."""
        connection = self._connect()
        cookies, page = _answer(connection, "GET", "/login", {})
        fields = {"username": username, "password": PASSWORD, "csrf_token": forms.token(page)}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
        given, _page = _answer(connection, "POST", "/login", kind | _cookie(cookies), urlencode(fields))
        return _cookie(cookies | given)

    def _drive(self, address: str, headers: Mapping[str, str], times: int) -> list[float]:
        walls: list[float] = []

        def ask() -> None:
            connection = self._connect()
            for _ in range(times):
                begun = time.perf_counter()
                _answer(connection, "GET", address, headers)
                walls.append((time.perf_counter() - begun) * 1000)

        clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        assert len(walls) == CLIENTS * times, f"{address} was not answered"
        return walls

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)


@contextmanager
def serving_program(made_by: str) -> Iterator[Served]:
    """Serve a bare program, named as gunicorn does (`package.module:make('place')`), as ours is served."""
    url = f"http://127.0.0.1:{free_port()}"
    options = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload")
    bound = ("--log-level", "warning", "--bind", urlsplit(url).netloc)
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, *bound, made_by])
    served = Served(url, (process.pid,))
    try:
        _wait_for(served)
        yield served
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(served: Served) -> None:
    patience_ends = time.monotonic() + PATIENCE
    while True:
        try:
            _answer(served._connect(), "GET", "/", {})
        except ConnectionError:
            assert time.monotonic() < patience_ends, "the program does not answer"
            time.sleep(0.05)
        else:
            return


def _answer(
    connection: http.client.HTTPConnection,
    method: str,
    address: str,
    headers: Mapping[str, str],
    body: str | None = None,
) -> tuple[dict[str, str], str]:
    """Return the cookies that an answer sets, and its text."""
    connection.request(method, address, body, dict(headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    assert answer.status < 400, (address, answer.status)
    set_now = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    return dict(one.split("=", 1) for one in set_now), text


def _cookie(cookies: Mapping[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
