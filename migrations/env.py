"""How a migration reaches the database: through the application's own engine."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from tracker.tasks.word_index import is_index

database = current_app.extensions["migrate"].db


def plain_type(kind: str, item: object, autogen: object) -> str | bool:
    """Write what the database stores instead of our own types: a migration must not move with the code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


@contextmanager
def _references_unwatched(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table that others refer to: dropping the old one loses nothing."""
    if connection.dialect.name != "sqlite":
        yield
        return
    direct = connection.connection.dbapi_connection
    direct.execute("PRAGMA foreign_keys = OFF")  # only outside a transaction, hence not through SQLAlchemy
    yield
    lost = direct.execute("PRAGMA foreign_key_check").fetchall()
    direct.execute("PRAGMA foreign_keys = ON")
    if lost:
        raise RuntimeError(f"rows refer to rows that are gone: {lost[:5]}")


def run() -> None:
    """Run the migrations, each in its own transaction; SQLite rewrites a table to alter it."""
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
            compare_type=True,
            render_item=plain_type,
            include_name=lambda name, kind, _parents: kind != "table" or not is_index(name or ""),
        )
        with _references_unwatched(connection), context.begin_transaction():
            context.run_migrations()


run()
