"""What every test may ask for.

Tests marked `database` run twice, on SQLite and on PostgreSQL; the others on SQLite. Each test finds
a fresh database, an empty data directory and the real time. The application it asks is put together
once a worker for each kind of database: its statements and templates stay compiled. What is missing
on the machine makes a test fail with its name; nothing is skipped.
"""

import contextvars
import gc
import os
import random
import shutil
import smtplib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from werkzeug.test import TestResponse

from tests import mail, postgres, processes, proof
from tests.forms import post
from tests.office import PASSWORD, Member, Office, Remembered, build_office, recall, remember
from tests.setup import chromium_on_path
from tracker import clock, create_app
from tracker.accounts import hashing
from tracker.config import Environment
from tracker.database import writing
from tracker.extensions import db

SECRET = "9f86d081884c7d659a2feaa0c55ad015"
RUN = "TRACKER_TEST_RUN"  # names the directory that the workers of one session share

# The data of this folder lie beside a checkout, where it was given them; a bare clone has no such tests.
REFERENCE = Path(__file__).resolve().parents[2] / "shared"
collect_ignore = [] if REFERENCE.is_dir() else ["shared"]


# --- the session ---------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed and the shared directory once, before the workers start and inherit them."""
    if not hasattr(config, "workerinput"):
        os.environ.setdefault("TRACKER_SEED", str(random.SystemRandom().randrange(2**32)))
        os.environ[RUN] = tempfile.mkdtemp(prefix="tracker-", dir="/tmp")  # short: sockets lie in it
        config.pluginmanager.register(proof.ProofReport(config))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the shared directory."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[RUN], ignore_errors=True)


def pytest_report_header() -> str:
    """Print the seed, so that a sampled failure can be had again."""
    return f"TRACKER_SEED={os.environ['TRACKER_SEED']}"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case by its argument where the value is a file: its bytes may hold the time it was made."""
    return argname if isinstance(val, bytes) else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test marked `database` on both kinds."""
    if "database_kind" in metafunc.fixturenames and metafunc.definition.get_closest_marker("database"):
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"])


# --- databases -----------------------------------------------------------------------------------


@pytest.fixture
def database_kind() -> str:
    """Which database the test runs on; SQLite unless it is marked `database`."""
    return "sqlite"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    directory = tmp_path_factory.mktemp("sqlite-template")
    file = directory / "template.db"
    migrate(environment(directory, f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """The one PostgreSQL of this session."""
    with postgres.running(Path(os.environ[RUN])) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(
    postgres_server: postgres.Postgres, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> str:
    """The name of this worker's migrated PostgreSQL database to copy."""
    name = f"template_{worker_id}"
    url = postgres_server.make(name)
    migrate(environment(tmp_path_factory.mktemp("postgres-template"), url))
    return name


@pytest.fixture(scope="session")
def sqlite_office(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Remembered]:
    """A SQLite file with the invented office to copy, and where its rows are."""
    directory = tmp_path_factory.mktemp("sqlite-office")
    file = directory / "office.db"
    shutil.copyfile(sqlite_template, file)
    return file, settle_office(environment(directory, f"sqlite:///{file}"))


@pytest.fixture(scope="session")
def postgres_office(
    postgres_server: postgres.Postgres,
    postgres_template: str,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> tuple[str, Remembered]:
    """The name of this worker's PostgreSQL database with the invented office, and where its rows are."""
    name = f"office_{worker_id}"
    url = postgres_server.make(name, template=postgres_template)
    return name, settle_office(environment(tmp_path_factory.mktemp("postgres-office"), url))


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, database_kind: str, data_dir: Path, worker_id: str
) -> Iterator[str]:
    """The address of a migrated database that only this test sees: empty, or with the office it asks for."""
    with_office = "office" in request.fixturenames
    if database_kind == "sqlite":
        file = data_dir / "tracker.db"
        template: Path = (
            request.getfixturevalue("sqlite_office")[0]
            if with_office
            else request.getfixturevalue("sqlite_template")
        )
        shutil.copyfile(template, file)
        yield f"sqlite:///{file}"
        return
    server: postgres.Postgres = request.getfixturevalue("postgres_server")
    name = f"test_{worker_id}"
    original: str = (
        request.getfixturevalue("postgres_office")[0]
        if with_office
        else request.getfixturevalue("postgres_template")
    )
    yield server.make(name, template=original)
    server.drop(name)


def migrate(given: Environment) -> None:
    """Bring a database to the newest schema, and let go of it."""
    app = create_app(given)
    with app.app_context():
        flask_migrate.upgrade()
    release(app)


def settle_office(given: Environment) -> Remembered:
    """Build the invented office in a database, as of the real day, and let go of it."""
    app = create_app(given)
    with app.app_context(), cheaply_hashed(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_shift", timedelta(0))  # the first test that asks may have moved its clock
        with writing():
            made = build_office()
        where = remember(made)
    release(app)
    return where


def release(app: Flask) -> None:
    """Close every connection of an application."""
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


# --- the application -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def data_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data directory of this worker's installations lies."""
    return tmp_path_factory.mktemp("installation") / "var"


@pytest.fixture
def data_dir(data_place: Path) -> Path:
    """The data directory of the test's installation, empty."""
    shutil.rmtree(data_place, ignore_errors=True)
    data_place.mkdir()
    return data_place


def environment(data_dir: Path, database_url: str, smtp_url: str | None = None) -> Environment:
    """Return the settings of a test's installation."""
    return Environment(
        data_dir=data_dir, secret_key=SECRET, database_url=database_url, smtp_url=smtp_url, testing=True
    )


@pytest.fixture(scope="session")
def applications() -> dict[str, Flask]:
    """The applications of this worker that were put together already, by the address of their database."""
    return {}


@pytest.fixture
def app(
    request: pytest.FixtureRequest, data_dir: Path, database_url: str, applications: dict[str, Flask]
) -> Iterator[Flask]:
    """The application on an empty database; it sends mail where the test also asks for `smtp_sink`."""
    sink = "smtp_sink" in request.fixturenames and request.getfixturevalue("smtp_sink").url
    settings = environment(data_dir, database_url, sink or None)
    if database_url not in applications:
        applications[database_url] = assemble(settings)
    made = applications[database_url]
    config, extensions = dict(made.config), dict(made.extensions)
    made.config["ENVIRONMENT"] = settings
    clock.set_office_zone(settings.timezone)
    yield made
    release(made)
    for kept, now in ((config, made.config), (extensions, made.extensions)):
        now.clear()
        now.update(kept)


def assemble(settings: Environment) -> Flask:
    """Put an application together; what a test changes of it beyond its settings would stay."""
    made = create_app(settings)
    made.test_client_class = Visitor
    made.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[RUN])  # each worker has its own
    gc.freeze()  # as a server does: what is loaded stays, and is not looked through again and again
    return made


class Visitor(FlaskClient):
    """A visitor without a browser, whose requests know nothing of the test's own application context."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request as from outside."""
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor without a browser."""
    return app.test_client()


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """Let hashing a password cost little; how much it costs in earnest is no matter of these tests."""
    with cheaply_hashed():
        yield


@contextmanager
def cheaply_hashed() -> Iterator[None]:
    """Hash passwords with the least of work until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def office(request: pytest.FixtureRequest, app: Flask, database_kind: str) -> Iterator[Office]:
    """The small invented office in the database; the test stands inside an application context."""
    _template, where = request.getfixturevalue(f"{database_kind}_office".replace("postgresql", "postgres"))
    with app.app_context():
        with writing():  # no snapshot stays open that would hide what others write
            made = recall(where)
        yield made


@pytest.fixture(scope="session")
def stages() -> dict[str, Any]:
    """The scenes of the table of expectations that this worker has built, see `stage`."""
    return {}


@pytest.fixture
def stage(
    app: Flask,
    office: Office,
    moved_clock: Callable[..., None],
    stages: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Any:
    """The scene of the table of expectations: everybody signed in before the objects of every place."""
    from tests.matrix.asking import set_stage
    from tests.tasks.steps import TODAY

    moved_clock(TODAY)
    return set_stage(app, office, stages, tmp_path_factory.getbasetemp() / "stage")


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Member], FlaskClient]:
    """A function that gives a visitor signed in as a member of the office (one session each)."""

    def enter(member: Member) -> FlaskClient:
        visitor = app.test_client()
        username = member.account.username
        sent = post(visitor, "/login", {"username": username, "password": PASSWORD})
        assert sent.status_code == 302
        return visitor

    return enter


@pytest.fixture
def live_server(app: Flask) -> Iterator[processes.Server]:
    """A real `tracker serve` on the database of `app`."""
    with processes.serving_loaded(app.config["ENVIRONMENT"]) as server:
        yield server


# --- time, chance, figures -----------------------------------------------------------------------


@pytest.fixture
def moved_clock() -> Iterator[Callable[..., None]]:
    """A function `(day, hour=9, minute=0)` that moves the program's clock, again and again."""
    with ExitStack() as stack:

        def move(day: date, hour: int = 9, minute: int = 0) -> None:
            stack.pop_all().close()
            stack.enter_context(clock.moved_to(day, hour, minute))

        yield move


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance that can be had again: the session's seed together with the test's name."""
    return random.Random(f"{os.environ['TRACKER_SEED']} {request.node.nodeid}")


@pytest.fixture
def trials() -> Callable[[int, int], int]:
    """A function `(sampled, long)` that says how many rounds a test marked `proof` runs this time."""
    return lambda sampled, long: long if proof.at_full_length() else sampled


@pytest.fixture
def proof_figure(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """A function `(name, value)` that puts a measured figure into docs/proof.md."""

    def note(name: str, value: Any) -> None:
        request.node.user_properties.append((proof.FIGURE, f"{name}\t{value}"))

    return note


# --- mail ----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def expected_mail_ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """The ports mail may go to: none, unless a fixture adds one. Any other attempt fails the test."""
    expected: set[int] = set()
    unexpected: list[str] = []
    connect = smtplib.SMTP.connect

    def watched(self: smtplib.SMTP, host: str = "localhost", port: int = 0, *rest: Any, **named: Any) -> Any:
        if port not in expected:
            unexpected.append(f"{host}:{port}")
            raise ConnectionRefusedError(f"this test expects no mail, yet some was for {host}:{port}")
        return connect(self, host, port, *rest, **named)

    monkeypatch.setattr(smtplib.SMTP, "connect", watched)
    yield expected
    assert unexpected == [], "mail was to be sent that the test does not expect"


@pytest.fixture
def smtp_sink(expected_mail_ports: set[int]) -> Iterator[mail.Sink]:
    """A real SMTP server that keeps what it is sent."""
    with mail.listening() as sink:
        expected_mail_ports.add(sink.port)
        yield sink


@pytest.fixture
def smtp_down(expected_mail_ports: set[int]) -> str:
    """The address of an SMTP server that is down."""
    port = processes.free_port()
    expected_mail_ports.add(port)
    return f"smtp://127.0.0.1:{port}"


# --- the browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium: the machine's own, otherwise the one Playwright downloaded."""
    with sync_playwright() as playwright:
        started = start_chromium(playwright)
        yield started
        started.close()


def start_chromium(playwright: Playwright) -> Browser:
    """Start Chromium, or fail with what is missing."""
    without_sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # root cannot have Chromium's sandbox
    try:
        return playwright.chromium.launch(executable_path=chromium_on_path(), args=without_sandbox)
    except PlaywrightError as failure:
        pytest.fail(f"Chromium is missing or does not start; `make test` tries to install it.\n{failure}")
