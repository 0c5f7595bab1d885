"""What the database refuses or cannot do becomes a page that says so; nothing is half done or hidden."""

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from werkzeug.test import TestResponse

from tests.conftest import assemble, environment, release
from tests.forms import token
from tests.office import Member, Office
from tests.processes import free_port
from tracker import create_app, database
from tracker.accounts import sessions
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.web.edge import public

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture
def app(data_dir: Path, database_url: str) -> Iterator[Flask]:
    """An application of this test's own, which gets views of its own."""
    made = assemble(environment(data_dir, database_url))
    yield made
    release(made)


def answer_to(app: Flask, act: Callable[[], Any], path: str = "/tried") -> TestResponse:
    """Return the answer to a request that does something to the database."""

    @public
    def view() -> str:
        act()
        return "done"

    app.add_url_rule(path, view_func=view, endpoint="tried")
    return app.test_client().get(path)


def failing(kind: type[DBAPIError], reason: Exception) -> Callable[[], None]:
    """Return an act that ends in an error of the database."""

    def act() -> None:
        raise kind("SELECT 1", {}, reason)

    return act


def twice_the_same() -> None:
    with writing():
        db.session.execute(insert(Person).values(id=7, name="甲"))
        db.session.execute(insert(Person).values(id=7, name="乙"))


@pytest.mark.database
def test_a_conflict_is_explained_rolled_back_and_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    answer = answer_to(app, twice_the_same)
    assert answer.status_code == 409
    for said in ("与其他人的改动相冲突", "先保存的一次有效", "刷新后核对"):
        assert said in answer.text
    (row,) = [row for row in caplog.records if row.name == "tracker.web.errors"]
    number = row.getMessage().split()[1].rstrip(":")
    assert number in answer.text, "the page names the number under which the log has the reason"
    assert row.exc_info
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


@pytest.mark.parametrize(
    ("kind", "reason", "status", "said"),
    [
        (OperationalError, psycopg.errors.SerializationFailure("could not serialize"), 409, "相冲突"),
        (OperationalError, psycopg.errors.DeadlockDetected("deadlock"), 409, "相冲突"),
        (DataError, psycopg.errors.NumericValueOutOfRange("out of range"), 400, "无法识别"),
        (OperationalError, psycopg.OperationalError("connection refused"), 503, "连不上数据库"),
        (OperationalError, psycopg.errors.AdminShutdown("shutting down"), 503, "连不上数据库"),
        (OperationalError, psycopg.errors.TooManyConnections("too many"), 503, "连不上数据库"),
        (OperationalError, psycopg.errors.DiskFull("disk full"), 500, "办理时出错"),
        (OperationalError, Exception("database is locked"), 503, "系统正忙"),
        (OperationalError, Exception("database or disk is full"), 500, "办理时出错"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_error_of_the_database_has_its_page(
    app: Flask,
    caplog: pytest.LogCaptureFixture,
    kind: type[DBAPIError],
    reason: Exception,
    status: int,
    said: str,
) -> None:
    answer = answer_to(app, failing(kind, reason))
    assert answer.status_code == status
    assert said in answer.text
    assert ("Retry-After" in answer.headers) is (status == 503)
    assert any(row.levelno == logging.ERROR for row in caplog.records)


def test_under_the_interface_the_same_is_json(app: Flask) -> None:
    answer = answer_to(app, twice_the_same, "/api/v1/tried")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, 409)


@pytest.mark.parametrize(
    "missing", ["sqlite:////nowhere/tracker.db", "postgresql+psycopg://127.0.0.1:{port}/x"]
)
def test_a_database_that_cannot_be_reached_is_said_to_be_away(data_dir: Path, missing: str) -> None:
    app = create_app(environment(data_dir, missing.format(port=free_port())))
    answer = app.test_client().get("/login")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "连不上数据库" in answer.text
    release(app)


def test_a_database_that_goes_away_is_said_to_be_away_to_those_inside(
    app: Flask, office: Office, signed_in: SignIn, data_dir: Path
) -> None:
    visitor = signed_in(office.lead)
    db.session.rollback()
    db.engine.dispose()
    file = data_dir / "tracker.db"
    file.rename(data_dir / "away.db")
    file.mkdir()
    for path in ("/mine", "/tasks/1", "/api/v1/tasks"):
        answer = visitor.get(path)
        assert answer.status_code == 503
        assert "连不上数据库" in (answer.get_json()["error"]["message"] if answer.is_json else answer.text)


@contextmanager
def another_writes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another process holds the turn to write for longer than anybody waits."""
    monkeypatch.setattr(database, "LOCK_PATIENCE", 0.05)
    with (app.config["ENVIRONMENT"].data_dir / "writer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_who_gets_no_turn_is_told_to_try_again(
    app: Flask, office: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = signed_in(office.lead)
    form = {"csrf_token": token(visitor.get("/duties").text)}
    with another_writes(app, monkeypatch):
        for answer in (visitor.post("/inbox/read", data=form), visitor.get("/tasks/999999")):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"
            assert "系统正忙" in answer.text


def test_reading_goes_on_while_another_writes(
    app: Flask,
    office: Office,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    visitor = signed_in(office.lead)
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(seconds=-1))
    with another_writes(app, monkeypatch):
        assert visitor.get("/inbox").status_code == 200
    assert "the presence was not noted" in caplog.text


@pytest.mark.database
def test_a_commit_that_fails_is_answered_like_any_other_error(
    app: Flask, office: Office, signed_in: SignIn
) -> None:
    visitor = signed_in(office.lead)
    form = {"csrf_token": token(visitor.get("/duties").text)}
    db.session.rollback()

    def refuse(_session: object) -> None:
        raise IntegrityError("COMMIT", {}, Exception("deferred constraint"))

    event.listen(db.session, "before_commit", refuse)
    try:
        answer = visitor.post("/inbox/read", data=form)
    finally:
        event.remove(db.session, "before_commit", refuse)
    assert answer.status_code == 409
    assert "相冲突" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
