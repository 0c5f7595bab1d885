"""Real processes of the product for tests: the server that `tracker serve` starts, and what it said."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.config import Environment

COMMAND = Path(sys.executable).parent / "tracker"
FIRST_PAGE = 60.0  # seconds a server may take on a busy machine
LAST_BREATH = 30.0  # seconds it may take to end


@dataclass(frozen=True)
class Server:
    """A running `tracker serve`."""

    url: str
    process: subprocess.Popen[bytes]
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
    port = free_port()
    log = environment.data_dir / "serve.log"
    command = [str(COMMAND), "serve", "--host", "127.0.0.1", "--port", str(port), *arguments]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=variables(environment),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # so that nothing it started outlives a failed test
        )
        server = Server(f"http://127.0.0.1:{port}", process, log)
        try:
            _wait_for_first_page(server)
            yield server
            process.send_signal(signal.SIGINT)
            code = process.wait(LAST_BREATH)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert code == 0, f"tracker serve ended with {code}:\n{log.read_text(errors='replace')[-4000:]}"


def _wait_for_first_page(server: Server) -> None:
    patience_ends = time.monotonic() + FIRST_PAGE
    while time.monotonic() < patience_ends and server.process.poll() is None:
        try:
            with urllib.request.urlopen(server.url, timeout=5):
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"tracker serve answered nothing:\n{server.log.read_text(errors='replace')[-4000:]}")
