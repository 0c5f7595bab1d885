"""Keyset pages: the next page begins after the last row seen, however long the list is."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
    query: Select[T],
    keys: Sequence[Any],
    after: str | None = None,
    *,
    size: int = PAGE,
    newest_first: bool = False,
) -> Page[T]:
    """Return one page of a query ordered by `keys`, the last of which must be unique (the id).

    `newest_first` turns the order of all keys round. `after` is the cursor of the page before; one
    that is not ours is taken as none.
    """
    types = [key.type for key in keys]
    position = _read_cursor(after, [kind.python_type for kind in types])
    if position is not None:
        here, there = tuple_(*keys), tuple_(*position, types=types)
        query = query.where(here < there if newest_first else here > there)
    labelled = query.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
    order = [key.desc() for key in keys] if newest_first else keys
    found = db.session.execute(labelled.order_by(*order).limit(size + 1)).all()
    more = len(found) > size
    shown = found[:size]
    return Page([row[0] for row in shown], _write_cursor(shown[-1][1:]) if more else None)


def _write_cursor(values: Sequence[Any]) -> str:
    plain = [_plain(value) for value in values]
    return urlsafe_b64encode(dumps(plain).encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None, kinds: Sequence[type]) -> list[Any] | None:
    if not cursor:
        return None
    try:
        plain = loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_value(part) for part in plain]
    except (ValueError, KeyError, TypeError):
        return None
    if len(values) != len(kinds) or not all(map(isinstance, values, kinds)):
        return None
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    return datetime.fromisoformat(plain["t"]) if "t" in plain else date.fromisoformat(plain["d"])
