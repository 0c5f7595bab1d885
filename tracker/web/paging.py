"""Keyset pages: the next page begins after the last row seen, however long the list is."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from json import dumps, loads
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, bindparam, true, tuple_

from tracker.database import fixed
from tracker.extensions import db
from tracker.refusals import Refused
from tracker.web.incoming import LARGEST_ID

T = TypeVar("T")

PAGE = 50
NO_VALUES: Mapping[str, Any] = MappingProxyType({})
_BEFORE_ALL = 0  # an id that stands before every row's
NO_DEADLINE = date(9999, 12, 31)  # rows without a deadline stand after all that have one


class LostPlace(Refused):
    """The cursor of an address is none of this list; to begin anew unasked would end no loop of a program."""

    status = 404
    code = "lost_place"


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows and where the next ones begin (None: these are the last)."""

    rows: Sequence[T]
    after: str | None


class Pages(Generic[T]):
    """A list by pages; what it asks is built once, so that whoever keeps it asks it again for less.

    A row is what the query asks for, a tuple where that is more than one thing. The last of the `keys` it is
    ordered by must be unique (the id); `newest_first` turns the order of all of them round.
    """

    def __init__(
        self, query: Select[Any], keys: Sequence[Any], *, newest_first: bool = False, size: int = PAGE
    ) -> None:
        self._keys, self._size, self._newest_first = keys, size, newest_first
        described = query.column_descriptions
        self._is_tuple = len(described) > 1
        self._is_plain = not any(one["expr"] is one["entity"] for one in described)  # needs no session
        named = query.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
        ordered = named.order_by(*([key.desc() for key in keys] if newest_first else keys))
        self._from_start = ordered.limit(fixed(size + 1))

    def page(self, after: str | None = None, values: Mapping[str, Any] = NO_VALUES) -> Page[T]:
        """Return the page after a cursor, the first for none. Raises LostPlace for one of another list.

        `values` of the query by name, where it is asked for others than it was built with.
        """
        return self.beyond(_position(self._keys, after), self._size, values)

    def beyond(
        self, position: Sequence[Any] | None, size: int, values: Mapping[str, Any] = NO_VALUES
    ) -> Page[T]:
        """Return so many rows, at most a page, after a position in the order of the keys; None: the first."""
        assert size <= self._size
        given = dict(values) | {f"at_{number}": at for number, at in enumerate(position or ())}
        asked = self._from_start if position is None else self._from_position
        ask: Any = db.session.connection().execute if self._is_plain else db.session.execute
        found = ask(asked, given).all()
        shown, ends = found[:size], -len(self._keys)
        rows: list[Any] = [row[:ends] if self._is_tuple else row[0] for row in shown]
        return Page(rows, write_cursor(shown[-1][ends:]) if len(found) > size else None)

    @cached_property
    def _from_position(self) -> Select[Any]:
        position = [bindparam(f"at_{number}", type_=key.type) for number, key in enumerate(self._keys)]
        return self._from_start.where(_stands_after(self._keys, position, newest_first=self._newest_first))


class GapsLast(Generic[T]):
    """A list by pages whose first key may be missing: those rows come last. Otherwise as `Pages`.

    Rows with the first key and rows without it are each sought in an index; to sort by coalesce(key, gap)
    would read and sort all of them. In a cursor `gap` stands for the key that is missing.
    """

    def __init__(self, query: Select[Any], keys: Sequence[Any], gap: date, *, size: int = PAGE) -> None:
        first, *rest = keys
        self._keys, self._gap, self._size = keys, gap, size
        self._filled = Pages[T](query.where(first.is_not(None)), keys, size=size)
        self._missing = Pages[T](query.where(first.is_(None)), rest, size=size)

    def page(self, after: str | None = None, values: Mapping[str, Any] = NO_VALUES) -> Page[T]:
        """Return the page after a cursor, the first for none. Raises LostPlace for one of another list."""
        position = _position(self._keys, after)
        filled = Page[T]([], None)
        if position is None or position[0] != self._gap:
            filled = self._filled.beyond(position, self._size, values)
            if filled.after is not None:
                return filled
            position = None
        left = self._size - len(filled.rows)
        further = None if position is None else position[1:]
        missing = self._missing.beyond(further, max(left, 1), values)
        if left == 0:  # the page is full; it only matters whether anything follows
            return Page(filled.rows, write_cursor([self._gap, _BEFORE_ALL]) if missing.rows else None)
        next_one = None if missing.after is None else write_cursor([self._gap, *_read(missing.after)])
        return Page([*filled.rows, *missing.rows], next_one)


def page(
    query: Select[T],
    keys: Sequence[Any],
    after: str | None = None,
    *,
    size: int = PAGE,
    newest_first: bool = False,
) -> Page[T]:
    """Return one page of a query, see `Pages`."""
    return Pages[T](query, keys, newest_first=newest_first, size=size).page(after)


def beyond(keys: Sequence[Any], after: str | None, *, newest_first: bool = False) -> ColumnElement[bool]:
    """Return the condition that a row stands after a cursor in the order of `keys`; see `Pages`."""
    position = _position(keys, after)
    return true() if position is None else _stands_after(keys, position, newest_first=newest_first)


def _stands_after(keys: Sequence[Any], position: Sequence[Any], *, newest_first: bool) -> ColumnElement[bool]:
    here, there = tuple_(*keys), tuple_(*position, types=[key.type for key in keys])
    return here < there if newest_first else here > there


def _position(keys: Sequence[Any], after: str | None) -> list[Any] | None:
    """Return where a cursor points in the order of `keys`, None for the beginning. Raises LostPlace."""
    try:
        return read_cursor(after, [key.type.python_type for key in keys])
    except ValueError:
        raise LostPlace(
            _("地址里的翻页位置无法识别，可能是链接被截断或列表的排序已改变。从列表的第一页重新查看。")
        ) from None


def write_cursor(values: Sequence[Any]) -> str:
    """Return the cursor of a place in a list, told the keys of the row that stands there."""
    plain = [_plain(value) for value in values]
    return urlsafe_b64encode(dumps(plain).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: Sequence[type]) -> list[Any] | None:
    """Return where a cursor points in a list with keys of some kinds, None for the beginning.

    Raises ValueError for anything that no list of these kinds wrote.
    """
    if not cursor:
        return None
    try:
        values = _read(cursor)
    except (KeyError, TypeError, RecursionError):
        raise ValueError("not the shape of a cursor") from None
    if len(values) != len(kinds) or not all(map(_fits, values, kinds)):
        raise ValueError("a cursor of another list")
    return values


def _read(cursor: str) -> list[Any]:
    return [_value(part) for part in loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))]


def _fits(value: Any, kind: type) -> bool:
    """Whether a value can be compared with a column of a kind, on either database."""
    return type(value) is kind and _COMPARABLE[kind](value)


_COMPARABLE: dict[type, Callable[[Any], bool]] = {
    int: lambda number: abs(number) <= LARGEST_ID,
    str: str.isprintable,  # no NUL and no half of a character
    date: lambda _day: True,
    datetime: lambda moment: moment.tzinfo is not None and 1 < moment.year < 9999,  # fits in every zone
}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    return datetime.fromisoformat(plain["t"]) if "t" in plain else date.fromisoformat(plain["d"])
