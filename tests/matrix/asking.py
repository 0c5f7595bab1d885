"""Asking a route as somebody, at a place, and putting everything back afterwards."""

import hashlib
import io
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.authorization import ADMINISTRATORS, PERSONS, Row
from tests.conftest import release
from tests.forms import token
from tests.matrix import places
from tests.matrix.doors import DOORS
from tests.matrix.people import ANONYMOUS, DISABLED, PLAYS, SIGNED_IN, wanted
from tests.office import PASSWORD, Member, Office
from tests.routes import ROUTES
from tests.tasks.steps import PHOTO, TODAY, member
from tracker.audit.models import AuditRow
from tracker.columns import Base
from tracker.documents.sheet import Sheet, write_sheet
from tracker.duties.kinds import kinds
from tracker.extensions import db
from tracker.organization.models import Holding, Person, Post, Unit
from tracker.organization.queries import below, lasts_on
from tracker.organization.roster_export import roster_file

Key = tuple[str, str]
ACTIONS = "/tasks/<int:task_id>/<action>"
ACTIONS_OF_SCRIPTS = f"/api/v1{ACTIONS}"
REMOVAL = "/evidence/<int:evidence_id>/remove"
# What asking itself leaves: ten denials in a minute raise an alarm besides.
UNCOMPARED = ("audit_rows", "audit_seals", "sign_ins", "sign_in_failures", "untold_alarms")


@dataclass(frozen=True)
class Cell:
    """One question: who asks which route at which place (None: the route names no object)."""

    actor: str
    key: Key
    place: str | None

    @property
    def row(self) -> Row:
        """What the table says of the route."""
        return ROUTES.get(self.key) or DOORS[self.key]

    @property
    def is_safe(self) -> bool:
        """Whether the route only reads."""
        return self.key[0] == "GET"

    @property
    def wanted(self) -> int:
        """The answer that the table and the part the actor plays there ask for."""
        code = wanted(self.row, self.actor, self.place)
        if code != 404 and self.place == "past" and self.key[1] in (ACTIONS, ACTIONS_OF_SCRIPTS):
            return 302 if self.is_safe else 409  # the task is closed: back to its page, or told so
        if code == 200 and self.place == "past" and self.key[1] == REMOVAL:
            return 302
        return code

    @property
    def allowed(self) -> bool:
        """Whether the actor may."""
        return self.wanted in (200, 302)


def named(row: Row) -> frozenset[str]:
    """Return the names of the objects in a row's path and fields, those of the asker left out."""
    texts = (row.path, *(value for _name, value in row.fields))
    found = {name for text in texts for _literal, name, _spec, _conversion in Formatter().parse(text) if name}
    return frozenset(found) - {"own_post", "own_office", "colleague", "kind", "domain"}


def set_stage(app: Flask, office: Office, kept: dict[str, "Stage"], folder: Path) -> "Stage":
    """Return the scene; on SQLite it is built once, and its files are copied for whoever asks again.

    `kept` and `folder` are those of the session: what was built, by the address of its database.
    """
    if db.engine.dialect.name != "sqlite":
        return Stage(app, office)
    data_dir: Path = app.config["ENVIRONMENT"].data_dir
    address = str(db.engine.url)
    if address not in kept:
        kept[address] = Stage(app, office)
        shutil.copytree(data_dir, folder, dirs_exist_ok=True)
    else:
        kept[address].office = office
        db.session.rollback()
        shutil.copytree(folder, data_dir, dirs_exist_ok=True)
        kept[address].put_back()
    return kept[address]


class Stage:
    """The scene with everybody signed in, and a copy of its database to go back to."""

    def __init__(self, app: Flask, office: Office) -> None:
        self.app, self.office = app, office
        self.ids, more = places.build(office)
        members = {name: member(office, name) for name in PERSONS} | dict(more)
        self.visitors: dict[str, FlaskClient] = {ANONYMOUS: app.test_client()}
        for name in (*SIGNED_IN, DISABLED):
            username = name if name in ADMINISTRATORS else members[name].account.username
            self.visitors[name] = self._enter(username)
        places.away_since_a_second(office, more)
        self.own = {name: self._own(office, found) for name, found in members.items()}
        self.tokens = {name: token(visitor.get("/login").text) for name, visitor in self.visitors.items()}
        db.session.rollback()
        self._file = Path(str(db.engine.url.database))
        self._copy = self._file.with_suffix(".kept")
        if db.engine.dialect.name == "sqlite":  # elsewhere only what changes nothing is asked
            self._leave_the_database()
            shutil.copyfile(self._file, self._copy)

    def cells(self) -> Iterator[Cell]:
        """Yield every question that somebody with an account can ask."""
        for key, row in sorted((ROUTES | DOORS).items(), key=lambda item: item[0]):
            objects = named(row)
            for actor in SIGNED_IN:
                if row.public:
                    continue
                if not objects:
                    yield Cell(actor, key, None)
                    continue
                for place in PLAYS:
                    in_path = "{" in row.path
                    if objects <= self.ids[place].keys() and (in_path or place == "own"):
                        yield Cell(actor, key, place)

    def ask(
        self,
        cell: Cell,
        *,
        missing: bool = False,
        method: str | None = None,
        with_token: bool = True,
        address: str = "127.0.0.1",
    ) -> TestResponse:
        """Send the question; `missing` asks for an object that does not exist instead."""
        given = {"REMOTE_ADDR": address}
        row, visitor = cell.row, self._another_window(cell.actor)
        place = "missing" if missing else cell.place or "own"
        ids = self.ids["own"] | self.ids[place] | self.own.get(cell.actor, self.own["clerk"])
        path = row.path.format_map(ids)
        if cell.is_safe:
            answer = visitor.open(path, method=method or "GET", environ_overrides=given)
        else:
            fields = {name: _sent(value, ids) for name, value in row.fields}
            if with_token:
                fields["csrf_token"] = self.tokens[cell.actor]
            answer = visitor.post(path, data=fields, environ_overrides=given)
        answer.get_data()
        answer.close()
        return answer

    def put_back(self) -> None:
        """Let the database be what it was when everybody had come in."""
        self._leave_the_database()
        shutil.copyfile(self._copy, self._file)

    def digest(self) -> dict[str, str]:
        """Return a digest of the rows of every table but the trail and the sessions."""
        db.session.rollback()
        return {
            table.name: hashlib.sha256(
                repr(db.session.execute(select(table).order_by(*table.primary_key)).all()).encode()
            ).hexdigest()
            for table in Base.metadata.sorted_tables
            if table.name not in UNCOMPARED
        }

    def denials(self) -> int:
        """Count the rows of the trail that say that somebody was denied."""
        db.session.rollback()
        rows = select(func.count()).where(AuditRow.action.in_(("access.not_found", "access.refused")))
        return db.session.scalar(rows) or 0

    def _another_window(self, name: str) -> FlaskClient:
        """Return a client with the same session: what one does in it leaves the others their cookies."""
        window = self.app.test_client()
        cookie = self.visitors[name].get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        if cookie is not None:
            window.set_cookie(cookie.key, cookie.value)
        return window

    def _enter(self, username: str) -> FlaskClient:
        visitor = self.app.test_client()
        form = {"username": username, "password": PASSWORD, "csrf_token": token(visitor.get("/login").text)}
        assert visitor.post("/login", data=form).status_code == 302, username
        return visitor

    def _own(self, office: Office, found: Member) -> dict[str, str]:
        acting = found.actor
        of_office = acting.office or office.town
        return {
            "own_post": str(acting.main_post.id if acting.main_post else found.post.id),
            "own_office": str(of_office.id),
            "colleague": str(_colleague(of_office, found.person).id),
            "kind": str(next(kind.id for kind in kinds() if kind.code == "study")),
            "domain": str(office.ideology.id),
        }

    def _leave_the_database(self) -> None:
        db.session.remove()  # of the test's own context; the next line does not reach it
        release(self.app)
        for suffix in ("-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)


def _colleague(office: Unit, person: Person) -> Person:
    """Return somebody else who holds a post of an office."""
    query = (
        select(Person)
        .join(Holding)
        .join(Post)
        .join(Unit, Unit.id == Post.unit_id)
        .where(below(office), lasts_on(TODAY), Person.id != person.id)
    )
    return db.session.scalars(query.order_by(Person.id.desc())).all()[0]


def _office(code: str) -> Unit:
    return (
        db.session.scalars(select(Unit).where(Unit.code == code)).one_or_none()
        or db.session.scalars(select(Unit).order_by(Unit.id)).all()[0]
    )


def _file(name: str, ids: Mapping[str, str]) -> bytes:
    if name == "@空表.xlsx":
        return write_sheet(Sheet("台账", ("编号", "具体问题"), []))
    if name == "@台账.xlsx":
        return write_sheet(Sheet("台账", ("编号", "具体问题"), [("ZG-2025Q3-999", "没有的")]))
    return roster_file(_office(ids["office"]), TODAY) if name.endswith(".xlsx") else PHOTO.content


def _sent(value: str, ids: Mapping[str, str]) -> object:
    """Return the value of a field; "@name" is a file of that name."""
    if value.startswith("@"):
        return (io.BytesIO(_file(value, ids)), value[1:])
    return value.format_map(ids)
