"""tracker serve and tracker worker as real processes."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, has_app_context
from sqlalchemy import select

from tests import processes
from tests.mail import Sink
from tests.office import Office
from tests.reminders.steps import assigned, notices
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.models import Job
from tracker.jobs.running import enqueue
from tracker.reminders.models import Clock, TickClaim
from tracker.reminders.ticking import claim_slot
from tracker.serving import schema_is_current
from tracker.worker import PLAN_EVERY

PATIENCE = 20.0  # seconds


Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def run(app: Flask) -> Iterator[Run]:
    """A function that starts a command of the product on the test's installation; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [str(processes.COMMAND), *arguments],
            env=processes.variables(app.config["ENVIRONMENT"]) | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    patience_ends = time.monotonic() + PATIENCE
    while time.monotonic() < patience_ends:
        if has_app_context():
            db.session.rollback()
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came about")


def children_of(parent: int) -> list[int]:
    """Return the processes whose parent is a process (from /proc)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return found


def is_running(process_id: int) -> bool:
    """Tell whether a process still runs; a dead one that nobody has asked about yet does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_serve_answers_and_ends_with_all_its_processes(app: Flask) -> None:
    with processes.serving(app.config["ENVIRONMENT"]) as server:
        with urllib.request.urlopen(f"{server.url}/login", timeout=10) as answer:
            assert answer.status == 200
        until(lambda: server.url in server.log.read_text())
        family = children_of(server.pid)
        family += [grandchild for child in family for grandchild in children_of(child)]
        assert len(family) == 4  # gunicorn, its two workers, the worker
    assert [process_id for process_id in family if is_running(process_id)] == []


def answering(run: Run) -> "tuple[subprocess.Popen[str], list[int]]":
    """Start the server and return it with its two children, web first, once it answers."""
    port = processes.free_port()
    server = run("serve", "--port", str(port))
    assert server.stdout is not None
    assert server.stdout.readline().strip() == f"http://127.0.0.1:{port}"
    return server, sorted(children_of(server.pid))


@pytest.mark.parametrize("victim", [0, 1])
def test_when_one_process_dies_the_other_is_ended(run: Run, victim: int) -> None:
    server, children = answering(run)
    os.kill(children[victim], signal.SIGKILL)
    _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert "一个进程意外结束" in said
    assert [process_id for process_id in children if is_running(process_id)] == []


def test_no_child_outlives_a_server_that_was_killed(run: Run) -> None:
    server, children = answering(run)
    server.kill()
    server.wait()
    until(lambda: not any(is_running(process_id) for process_id in children))
    assert [process_id for process_id in children if is_running(process_id)] == []


def test_serve_asks_for_an_upgrade_first(app: Flask) -> None:
    with app.app_context():
        assert schema_is_current()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
        assert not schema_is_current()
    refused = app.test_cli_runner().invoke(args=["serve"])
    assert refused.exit_code == 2
    assert "tracker upgrade" in refused.stderr


def test_serve_keeps_plain_http_to_this_machine(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["serve", "--host", "0.0.0.0"])
    assert refused.exit_code == 2
    assert "--insecure-lan" in refused.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_serve_says_that_its_port_is_taken(app: Flask, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = app.test_cli_runner().invoke(args=["serve", "--host", host, "--port", port])
    assert refused.exit_code == 2
    assert f"端口 {port} 已被占用" in refused.stderr
    assert "--port" in refused.stderr


def test_serve_says_that_an_address_is_not_of_this_machine(app: Flask) -> None:
    refused = app.test_cli_runner().invoke(args=["serve", "--host", "192.0.2.1", "--insecure-lan"])
    assert refused.exit_code == 2
    assert "--host 不是这台机器的地址" in refused.stderr


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ticks_at_once_and_ends_in_good_order(
    run: Run, smtp_sink: Sink, office: Office, ending: signal.Signals
) -> None:
    assigned(office, clock.today().replace(year=2099))
    with writing():
        enqueue("nobody knows this kind", 1)
    worker = run("worker")
    until(lambda: notices(of=Clock.EVENT))
    until(lambda: db.session.scalar(select(Job.attempts).where(Job.kind == "nobody knows this kind")) == 1)
    assert worker.poll() is None, "an error in one job does not end the worker"
    until(lambda: db.session.scalar(select(TickClaim.slot).where(TickClaim.job == "plan")))
    asked = time.monotonic()
    worker.send_signal(ending)
    _, said = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 0, said
    assert time.monotonic() - asked < 5
    assert said.endswith("worker ended\n")


@pytest.mark.database
def test_a_slot_is_claimed_once_however_late_the_tick(app: Flask) -> None:
    with app.app_context():
        scheduled = clock.now().replace(second=0, microsecond=0)
        assert claim_slot("plan", scheduled, PLAN_EVERY)
        assert not claim_slot("plan", scheduled + PLAN_EVERY * 0.9, PLAN_EVERY)
        assert claim_slot("plan", scheduled + PLAN_EVERY, PLAN_EVERY)
        assert claim_slot("other", scheduled, PLAN_EVERY)
        assert claim_slot("plan", scheduled + PLAN_EVERY * 1000, PLAN_EVERY)
        assert len(db.session.scalars(select(TickClaim)).all()) == 1, "old claims are cleared away"


@pytest.mark.parametrize("command", ["worker", "serve"])
def test_an_address_of_no_mail_server_is_refused(run: Run, command: str) -> None:
    refused = run(command, TRACKER_SMTP_URL="mail.qs.invalid")
    _, said = refused.communicate(timeout=PATIENCE)
    assert refused.returncode == 2
    assert "TRACKER_SMTP_URL" in said
