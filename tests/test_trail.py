"""The trail is whole: what leaves no row does not happen, and no file goes out without one."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from tests.forms import post
from tests.matrix.asking import Cell, Key, Stage
from tests.office import PASSWORD, Office
from tracker.accounts.models import SignIn
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db

CHANGES_NOTHING = frozenset(  # where nothing was typed, or nothing waits; and a look before the act
    {
        ("POST", "/inbox/read"),
        ("POST", "/account/mail-reset"),  # nothing was confirmed that could be taken back
        ("POST", "/summaries/<int:summary_id>"),
        ("POST", "/organization/roster"),
        ("POST", "/handovers/begin/<int:holding_id>"),  # it began with the last day of the holder
    }
)
SAID = "操作记录"
REFUSES = {
    "sqlite": (
        "CREATE TRIGGER trail_is_full BEFORE INSERT ON audit_rows BEGIN SELECT RAISE(ABORT, 'full'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION trail_is_full() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'full'; END $$",
        "CREATE TRIGGER trail_is_full BEFORE INSERT ON audit_rows"
        " FOR EACH ROW EXECUTE FUNCTION trail_is_full()",
    ),
}
TAKES_AGAIN = {
    "sqlite": "DROP TRIGGER trail_is_full",
    "postgresql": "DROP TRIGGER trail_is_full ON audit_rows",
}


def run(*statements: str) -> None:
    """Change the database behind the product's back."""
    db.session.rollback()
    with writing():
        for statement in statements:
            db.session.execute(text(statement))


@contextmanager
def a_trail_that_takes_nothing() -> Iterator[None]:
    """Let the database itself refuse every new row of the trail."""
    kind = db.engine.dialect.name
    run(*REFUSES[kind])
    yield
    run(TAKES_AGAIN[kind])


def last_row() -> int:
    """Return the id of the last row of the trail."""
    db.session.rollback()
    return db.session.scalar(select(func.max(AuditRow.id))) or 0


def gives_out(answer: TestResponse) -> bool:
    """Whether an answer is a file."""
    return "Content-Disposition" in answer.headers  # a download, or a picture shown where it stands


def one_for_each_route(stage: Stage, *, safe: bool) -> list[Cell]:
    """Return a question of each route that somebody may ask, about what is not over; the lead has notices."""
    found: dict[Key, Cell] = {}
    for cell in sorted(stage.cells(), key=lambda cell: cell.actor != "lead"):
        if cell.allowed and cell.is_safe == safe and cell.place not in ("ended", "past"):
            found.setdefault(cell.key, cell)
    return list(found.values())


def test_every_act_leaves_a_row(stage: Stage) -> None:
    acts = one_for_each_route(stage, safe=False)
    assert len(acts) > 40
    wrong = []
    for cell in acts:
        before = last_row()
        assert stage.ask(cell).status_code == cell.wanted, cell
        if (last_row() > before) == (cell.key in CHANGES_NOTHING):
            wrong.append(cell)
        stage.put_back()
    assert wrong == []


def test_every_file_given_out_leaves_one_row_and_no_page_leaves_any(stage: Stage) -> None:
    wrong, files = {}, 0
    for cell in one_for_each_route(stage, safe=True):
        before = last_row()
        is_file = gives_out(stage.ask(cell))
        files += is_file
        if last_row() - before != int(is_file):
            wrong[cell] = last_row() - before
    assert wrong == {}
    assert files >= 9


def test_notices_marked_as_read_together_leave_one_row(stage: Stage) -> None:
    token = {"csrf_token": stage.tokens["lead"]}
    before = last_row()
    for _twice in range(2):  # the second time there is nothing left
        stage.visitors["lead"].post("/inbox/read", data=token | {"up_to": "99999"})
    assert last_row() == before + 1


@pytest.mark.database
def test_without_its_row_no_act_is_carried_out_and_no_file_given_out(stage: Stage) -> None:
    acts = [cell for cell in one_for_each_route(stage, safe=False) if cell.key not in CHANGES_NOTHING]
    files = [cell for cell in one_for_each_route(stage, safe=True) if gives_out(stage.ask(cell))]
    before = stage.digest()
    with a_trail_that_takes_nothing():
        for cell in (*acts, *files):
            answer = stage.ask(cell)
            assert answer.status_code == 500, cell
            assert SAID in (str(answer.get_json()) if answer.is_json else answer.text), cell
            assert not gives_out(answer)
            assert stage.digest() == before, cell


@pytest.mark.database
def test_without_its_row_nobody_signs_in_and_a_denial_is_a_clear_page(app: Flask, office: Office) -> None:
    inside = app.test_client()
    clerk = {"username": "clerk", "password": PASSWORD}
    assert post(inside, "/login", clerk).status_code == 302
    count = select(func.count(SignIn.id))
    db.session.rollback()
    before = db.session.scalar(count)
    with a_trail_that_takes_nothing():
        stranger = app.test_client()
        answer = post(stranger, "/login", clerk)
        assert (answer.status_code, SAID in answer.text) == (500, True)
        assert stranger.get("/mine").status_code == 302
        answer = inside.get("/tasks/999999")
        assert (answer.status_code, SAID in answer.text) == (500, True)
        assert db.session.scalar(count) == before
    assert post(app.test_client(), "/login", clerk).status_code == 302
