"""How the databases are opened, and who may write.

SQLite is embedded and has one writer. Readers take a plain BEGIN and see a snapshot; a write
transaction first takes the node's lock file, then BEGIN IMMEDIATE, so that eight clients queue
instead of colliding. PostgreSQL needs neither and ignores the lock.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Integer,
    Select,
    event,
    literal,
    literal_column,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.elements import ClauseList, Grouping
from sqlalchemy.sql.visitors import replacement_traverse

from tracker.columns import EnumColumn
from tracker.extensions import db

BATCH = 500  # most rows a worker writes in one transaction
LOCK_PATIENCE = 5.0  # seconds a writer waits for its turn before the request is refused as busy
NEW_EVERY = 3600  # seconds a connection is used: SQLite looks up its statistics when it opens one
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "mmap_size=0",
    "secure_delete=ON",
)

EVERY_TABLE = 0x10002  # analyse what needs it, whether or not this connection has asked it

_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Busy(Exception):
    """Another writer held the database for too long; nothing was written."""


def engine_options(database_url: str) -> dict[str, Any]:
    """Return what create_engine needs beside the address: the newer SQLite, or checked connections."""
    if database_url.startswith("sqlite"):
        return {"module": pysqlite3, "pool_recycle": NEW_EVERY}
    return {"pool_pre_ping": True}


def begin_writing() -> Token[bool]:
    """Mark what follows as a write transaction; a read transaction still open is ended first."""
    db.session.rollback()
    return _writing.set(True)


def end_writing(token: Token[bool]) -> None:
    """Take the mark back; what was not committed is rolled back."""
    db.session.rollback()
    _writing.reset(token)


def is_writing() -> bool:
    """Whether what runs now belongs to a write transaction."""
    return _writing.get()


@contextmanager
def writing() -> Iterator[None]:
    """One write transaction at an edge (command, job, batch): commits at the end, rolls back on an error."""
    token = begin_writing()
    try:
        yield
        db.session.commit()
    finally:
        end_writing(token)


@contextmanager
def reading() -> Iterator[None]:
    """Look something up before the write transaction of a request has begun, without taking its turn."""
    if db.session().in_transaction():
        yield
        return
    token = _writing.set(False)
    try:
        yield
    finally:
        db.session.rollback()
        _writing.reset(token)


def spelled_out(statement: Select[Any]) -> Select[Any]:
    """Return a statement with its lists and words written out, for one that is built once and asked often.

    SQLAlchemy leaves the length of a list open and puts the values in anew each time it is asked. SQLite
    plans a statement anew whenever it is given a value that may decide which index serves it best: states and
    other words of the program, and days.
    """

    def write_out(part: Any, **_options: Any) -> Any:
        if not isinstance(part, BindParameter) or not part.value:
            return None  # stays as it is
        if part.expanding:
            return Grouping(ClauseList(*[_as_word(value, part.type) for value in part.value]))
        return _as_word(part.value, part.type) if isinstance(part.type, (EnumColumn, Date)) else None

    walk: Any = replacement_traverse  # its types know no options
    found: Select[Any] = walk(statement, {}, write_out)
    return found


def fixed(number: int) -> ColumnElement[int]:
    """Return a number as it is to stand in a statement, for the limit of one that is asked often.

    As with the words of `spelled_out`: SQLite plans a statement anew whenever it is given its limit.
    """
    return literal_column(str(number), Integer)


def _as_word(value: Any, of: Any) -> ColumnElement[Any]:
    """Return a word of the program, or a day, as it stands in a statement; all else is a value."""
    if isinstance(of, EnumColumn):
        return literal_column(f"'{of.enum(value).value}'", of)
    return literal_column(f"'{value.isoformat()}'", of) if isinstance(of, Date) else literal(value, of)


def keep_statistics() -> None:
    """Let SQLite look how its tables are filled, so that it chooses among indexes; PostgreSQL does by itself.

    Only tables that changed much are read.
    """
    if db.engine.dialect.name == "sqlite":
        with writing():
            db.session.execute(text(f"PRAGMA optimize = {EVERY_TABLE}"))


def guard_session() -> None:
    """Refuse a flush outside a write transaction: the mistake shows in the first test, not under load."""
    if not event.contains(Session, "before_flush", _refuse_stray_write):
        event.listen(Session, "before_flush", _refuse_stray_write)


def prepare_sqlite(engine: Engine, lock_file: Path) -> None:
    """Give each connection its pragmas and each write transaction the lock file."""

    @event.listens_for(engine, "connect")
    def opened(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        if not _writing.get():
            connection.exec_driver_sql("BEGIN")
            return
        connection.info["writer_lock"] = _take_turn(lock_file)
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def returned(_connection: Any, entry: ConnectionPoolEntry) -> None:
        held = entry.info.pop("writer_lock", None)
        if held is not None:
            os.close(held)


def _refuse_stray_write(session: Session, _context: Any, _instances: Any) -> None:
    if (session.new or session.dirty or session.deleted) and not _writing.get():
        raise RuntimeError("a change was flushed outside tracker.database.writing()")


def _take_turn(lock_file: Path) -> int:
    """Return the descriptor of the locked file; closing it gives the turn to the next writer."""
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    patience_ends = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience_ends:
                os.close(descriptor)
                raise Busy from None
            time.sleep(0.003)
        else:
            return descriptor
