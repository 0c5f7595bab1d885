"""Keyset pages: the next page begins after the last row seen, however long the list is."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from json import dumps, loads
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_

from tracker.extensions import db

T = TypeVar("T")

PAGE = 50
NO_DEADLINE = date(9999, 12, 31)  # rows without a deadline stand after all that have one


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows and where the next ones begin (None: these are the last)."""

    rows: Sequence[T]
    after: str | None


def page(
    query: Select[tuple[T]],
    keys: Sequence[Any],
    after: str | None = None,
    *,
    size: int = PAGE,
) -> Page[T]:
    """Return one page of a query ordered by `keys`, the last of which must be unique (the id).

    `after` is the cursor of the page before; one that is not ours is taken as none.
    """
    position = _read_cursor(after, len(keys))
    if position is not None:
        query = query.where(tuple_(*keys) > tuple_(*position))
    labelled = query.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
    found = db.session.execute(labelled.order_by(*keys).limit(size + 1)).all()
    more = len(found) > size
    shown = found[:size]
    return Page([row[0] for row in shown], _write_cursor(shown[-1][1:]) if more else None)


def _write_cursor(values: Sequence[Any]) -> str:
    plain = [{"d": value.isoformat()} if isinstance(value, date) else value for value in values]
    return urlsafe_b64encode(dumps(plain).encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None, length: int) -> list[Any] | None:
    if not cursor:
        return None
    try:
        plain = loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [date.fromisoformat(value["d"]) if isinstance(value, dict) else value for value in plain]
    except (ValueError, KeyError, TypeError):
        return None
    return values if len(values) == length else None
