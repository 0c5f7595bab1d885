"""Real processes of the product for tests: the server that `tracker serve` starts, and what it said."""

import multiprocessing
import os
import random
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
    """Run `tracker serve` until the block ends; Ctrl-C then has to end it with exit code 0.

    What it loads was loaded already by a process that does nothing else, and is forked from there: most of
    the time of a start goes into that. `tests/test_serving.py` starts the command itself.
    """
    port = free_port()
    log = environment.data_dir / "serve.log"
    command = ["tracker", "serve", "--host", "127.0.0.1", "--port", str(port), *arguments]
    process = LOADED.Process(target=run_command, args=(command, variables(environment), log))
    log.write_bytes(b"")
    process.start()
    assert process.pid is not None
    server = Server(f"http://127.0.0.1:{port}", process.pid, log)
    try:
        _wait_for_first_page(server, process.is_alive)
        yield server
        os.kill(process.pid, signal.SIGINT)
        process.join(LAST_BREATH)
        code = process.exitcode
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()
        process.close()
    assert code == 0, f"tracker serve ended with {code}:\n{log.read_text(errors='replace')[-4000:]}"


def _wait_for_first_page(server: Server, is_alive: Callable[[], bool]) -> None:
    patience_ends = time.monotonic() + FIRST_PAGE
    while time.monotonic() < patience_ends and is_alive():
        try:
            with urllib.request.urlopen(server.url, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"tracker serve answered nothing:\n{server.log.read_text(errors='replace')[-4000:]}")
