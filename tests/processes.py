"""Real processes of the product for tests: the server that `tracker serve` starts, and what it said."""

import multiprocessing
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tests.loaded import run_command
from tracker.config import Environment

LOADED = multiprocessing.get_context("forkserver")
LOADED.set_forkserver_preload(["tests.loaded"])
COMMAND = Path(sys.executable).parent / "tracker"
FIRST_PAGE = 60.0  # seconds a server may take on a busy machine
LAST_BREATH = 30.0  # seconds it may take to end


@dataclass(frozen=True)
class Server:
    """A running `tracker serve`."""

    url: str
    pid: int
    log: Path


def free_port() -> int:
    """Return a port on which nothing listens; another worker of the session is given none of the same.

    Ports that the system hands out by itself begin at 32768: between this answer and its use one of them
    could go to somebody else.
    """
    first = 20_000 + 500 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for _ in range(500):
        port = random.randrange(first, first + 500)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"no port is free from {first} on")


def variables(environment: Environment) -> dict[str, str]:
    """Return the process environment that makes a command see the same installation."""
    own = {
        "TRACKER_DATA_DIR": str(environment.data_dir),
        "TRACKER_DATABASE_URL": environment.database_url,
        "TRACKER_SECRET_KEY": environment.secret_key,
        "TRACKER_BASE_URL": environment.base_url,
        "TRACKER_TIMEZONE": environment.timezone,
        "TRACKER_SMTP_URL": environment.smtp_url or "",
        "TRACKER_TRUSTED_HOSTS": ",".join(environment.trusted_hosts),
        "TRACKER_PROXY_HOPS": str(environment.proxy_hops),
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    return others | own


@contextmanager
def serving(environment: Environment, *arguments: str) -> Iterator[Server]:
    """Run `tracker serve` until the block ends; Ctrl-C then has to end it with exit code 0."""
    place = _place(environment)
    with place.log.open("wb") as output:
        process = subprocess.Popen(
            [str(COMMAND), *_command(place, *arguments)],
            env=variables(environment),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # so that nothing it started outlives a failed test
        )

    def ended(patience: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(patience)
        return None

    with _running(replace(place, pid=process.pid), ended) as server:
        yield server


@contextmanager
def serving_loaded(environment: Environment, *arguments: str) -> Iterator[Server]:
    """Do the same without loading the product anew, which takes most of the time of a start.

    The process is forked from one that has loaded it and does nothing else; all that `tracker serve` makes of
    its settings it makes itself.
    """
    place = _place(environment)
    place.log.write_bytes(b"")
    command = ["tracker", *_command(place, *arguments)]
    process = LOADED.Process(target=run_command, args=(command, variables(environment), place.log))
    process.start()
    assert process.pid is not None

    def ended(patience: float) -> int | None:
        process.join(patience)
        return process.exitcode

    with _running(replace(place, pid=process.pid), ended) as server:
        yield server


def _place(environment: Environment) -> Server:
    return Server(f"http://127.0.0.1:{free_port()}", 0, environment.data_dir / "serve.log")


def _command(place: Server, *arguments: str) -> list[str]:
    return ["serve", "--host", "127.0.0.1", "--port", place.url.rpartition(":")[2], *arguments]


@contextmanager
def _running(server: Server, ended: Callable[[float], int | None]) -> Iterator[Server]:
    """Wait for a server's first page, and at last for its end; `ended` waits a while for its exit code."""
    try:
        _wait_for_first_page(server, ended)
        yield server
        os.kill(server.pid, signal.SIGINT)
        code = ended(LAST_BREATH)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        ended(LAST_BREATH)
    assert code == 0, f"tracker serve ended with {code}:\n{server.log.read_text(errors='replace')[-4000:]}"


def _wait_for_first_page(server: Server, ended: Callable[[float], int | None]) -> None:
    patience_ends = time.monotonic() + FIRST_PAGE
    while time.monotonic() < patience_ends and ended(0) is None:
        try:
            with urllib.request.urlopen(server.url, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"tracker serve answered nothing:\n{server.log.read_text(errors='replace')[-4000:]}")
