"""Every route answers to everybody as the table says, and no route stands outside the table."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.accounts import scene as accounts_scene
from tests.authorization import ADMINISTRATORS, PERSONS
from tests.duties import scene as duties_scene
from tests.forms import token
from tests.office import PASSWORD, Member, Office
from tests.organization import scene as organization_scene
from tests.routes import ROUTES
from tests.tasks.steps import PERIOD, TODAY, member, task_in
from tracker.audit.models import AuditRow
from tracker.columns import Base
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.places import samples_dir
from tracker.reminders.models import Notice
from tracker.reminders.planning import plan_events
from tracker.reports.intake import take_in
from tracker.summaries.rollup import roll_up
from tracker.tasks.models import Evidence
from tracker.tasks.states import TaskState

MISSING = "999999"
UNCOMPARED = ("audit_rows", "sign_ins", "sign_in_failures")  # what asking itself leaves
PAGES = sorted(key for key in ROUTES if key[0] == "GET")
UNSAFE = sorted(key for key in ROUTES if key[0] != "GET")
BY_ID = sorted(key for key in ROUTES if "<int:" in key[1])
# number of the request, token of the form
VARIES = re.compile(r'[0-9a-f]{12}|name="csrf_token" value="[^"]*"')


@dataclass(frozen=True)
class Scene:
    """The objects of the table, and everybody in front of them."""

    office: Office
    ids: dict[str, str]
    enter: Callable[[str], FlaskClient]


@pytest.fixture
def scene(
    app: Flask, office: Office, moved_clock: Callable[..., None], signed_in: Callable[[Member], FlaskClient]
) -> Scene:
    """A task before endorsement with its evidence and notice, a report under review, a summary."""
    moved_clock(TODAY)
    task = task_in(TaskState.CLOSURE_REQUESTED, office)
    with writing():
        of_accounts = accounts_scene.objects(office)
        sample = (samples_dir() / "township-q3.txt").read_bytes()
        report = take_in(
            office.town, by=office.clerk.actor, file_name="三季度.txt", content=sample, period=PERIOD
        )
        summary = roll_up(office.town, PERIOD, by=office.clerk.actor)
        of_organization = organization_scene.objects(office)
        of_duties = duties_scene.objects(office)
    plan_events()
    run_waiting()
    notice = select(Notice.id).where(Notice.person_id == office.lead.person.id).limit(1)
    ids = (
        of_organization
        | of_duties
        | of_accounts
        | {
            "task": str(task.id),
            "version": str(task.version),
            "evidence": str(db.session.scalars(select(Evidence.id)).one()),
            "notice": str(db.session.scalar(notice)),
            "report": str(report.id),
            "report_version": str(report.version),
            "summary": str(summary.id),
            "summary_version": str(summary.version),
        }
    )
    db.session.rollback()

    def enter(name: str) -> FlaskClient:
        if name not in ADMINISTRATORS:
            return signed_in(member(office, name))
        visitor = app.test_client()
        form = {"username": name, "password": PASSWORD, "csrf_token": token(visitor.get("/login").text)}
        assert visitor.post("/login", data=form).status_code == 302
        return visitor

    return Scene(office, ids, enter)


def ask(visitor: FlaskClient, key: tuple[str, str], ids: dict[str, str]) -> TestResponse:
    """Send a route's request with a valid token and the row's fields."""
    row = ROUTES[key]
    path = row.path.format(**ids)
    if key[0] == "GET":
        answer = visitor.get(path)
        answer.get_data()
        answer.close()
        return answer
    fields = {name: value.format(**ids) for name, value in row.fields}
    return visitor.post(path, data=fields | {"csrf_token": token(visitor.get("/login").text)})


def rows_of_all_tables() -> dict[str, int]:
    """Count the rows of every table but the trail and the sessions."""
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in UNCOMPARED]
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def test_every_route_is_declared_and_every_row_has_its_route(app: Flask) -> None:
    routes = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(ROUTES)


def test_every_page_answers_everybody_as_the_table_says(scene: Scene) -> None:
    got, wanted = {}, {}
    for name in sorted(PERSONS | ADMINISTRATORS):
        visitor = scene.enter(name)
        for key in PAGES:
            path = ROUTES[key].path.format(**scene.ids)
            got[name, path] = ask(visitor, key, scene.ids).status_code
            wanted[name, path] = ROUTES[key].wanted(name)
    assert got == wanted


def test_every_denied_act_is_denied_and_changes_nothing(scene: Scene) -> None:
    before = rows_of_all_tables()
    got, wanted = {}, {}
    for name in sorted(PERSONS | ADMINISTRATORS):
        visitor = scene.enter(name)
        for key in UNSAFE:
            if name not in ROUTES[key].allowed:
                got[name, key] = ask(visitor, key, scene.ids).status_code
                wanted[name, key] = ROUTES[key].wanted(name)
    assert got == wanted
    assert rows_of_all_tables() == before


@pytest.mark.parametrize("key", UNSAFE, ids=" ".join)
def test_an_allowed_act_succeeds(scene: Scene, key: tuple[str, str]) -> None:
    name = sorted(ROUTES[key].allowed)[0]
    assert ask(scene.enter(name), key, scene.ids).status_code == ROUTES[key].answer


def test_without_an_account_one_is_sent_to_sign_in(app: Flask, scene: Scene) -> None:
    before = rows_of_all_tables()
    for key, row in ROUTES.items():
        answer = ask(app.test_client(), key, scene.ids)
        if row.public:
            assert answer.status_code == row.answer
        elif key[1].startswith("/api/"):
            assert answer.status_code == 401
        else:
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")
        answer.close()
    assert rows_of_all_tables() == before


def test_a_foreign_row_answers_like_one_that_does_not_exist(scene: Scene) -> None:
    stranger = scene.enter("other_clerk")
    stranger.get("/mine")  # the session has its token now
    nothing = dict.fromkeys(scene.ids, MISSING)
    for key in BY_ID:
        foreign, missing = ask(stranger, key, scene.ids), ask(stranger, key, nothing)
        assert foreign.status_code == missing.status_code == 404
        assert VARIES.sub("", foreign.text) == VARIES.sub("", missing.text)
        assert dict(foreign.headers) == dict(missing.headers)


def test_an_act_needs_the_token_of_its_page(scene: Scene) -> None:
    before = rows_of_all_tables()
    visitor = scene.enter("clerk")
    for key in UNSAFE:
        row = ROUTES[key]
        fields = {name: value.format(**scene.ids) for name, value in row.fields}
        assert visitor.post(row.path.format(**scene.ids), data=fields).status_code == 400
    assert rows_of_all_tables() == before


def test_a_denial_leaves_one_row_in_the_trail(scene: Scene) -> None:
    count = select(func.count()).select_from(AuditRow).where(AuditRow.action.startswith("access."))
    stranger = scene.enter("village_lead")
    db.session.rollback()
    before = db.session.scalar(count) or 0
    stranger.get(f"/tasks/{scene.ids['task']}")
    db.session.rollback()
    assert db.session.scalar(count) == before + 1


@pytest.mark.parametrize("path", ["/login", "/mine", "/nowhere", "/static/style.css", "/summaries/1.docx"])
def test_every_answer_carries_the_security_headers(scene: Scene, path: str) -> None:
    answer = scene.enter("clerk").get(path)
    answer.close()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    if not path.startswith("/static"):
        assert answer.headers["Cache-Control"] == "no-store"
