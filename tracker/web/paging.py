"""Keyset pages: the next page begins after the last row seen, however long the list is."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from json import dumps, loads
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Integer, Select, bindparam, true, tuple_

from tracker.database import spelled_out
from tracker.extensions import db
from tracker.refusals import Refused
from tracker.web.incoming import LARGEST_ID

T = TypeVar("T")

PAGE = 50
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

    A row is what the query asks for, a tuple where that is more than one thing. `lasting` pages are meant to
    be kept: more is done for them in advance.

    Ordered by `keys`, the last of which must be unique (the id); `newest_first` turns the order of all of
    them round. With a `gap` the first key may be missing: those rows come last, and in a cursor `gap` stands
    for the key. Rows with the first key and rows without it are each sought in an index; to sort by
    coalesce(key, gap) would read and sort all of them.
    """

    def __init__(
        self,
        query: Select[T],
        keys: Sequence[Any],
        *,
        newest_first: bool = False,
        gap: date | None = None,
        size: int = PAGE,
        lasting: bool = False,
    ) -> None:
        self._keys, self._gap, self._size, self._newest_first = keys, gap, size, newest_first
        described = query.column_descriptions
        self._whole = len(described) > 1
        self._plain = not any(one["expr"] is one["entity"] for one in described)  # columns need no session
        asked: Select[Any] = spelled_out(query) if lasting else query
        named = asked.add_columns(*(key.label(f"key_{number}") for number, key in enumerate(keys)))
        self._query = named.order_by(*([key.desc() for key in keys] if newest_first else keys))
        if gap is not None:
            first, *rest = keys
            self._with_first = Pages[T](query.where(first.is_not(None)), keys, size=size, lasting=lasting)
            self._without_first = Pages[T](query.where(first.is_(None)), rest, size=size, lasting=lasting)

    def page(self, after: str | None = None) -> Page[T]:
        """Return the page after a cursor, the first for none. Raises LostPlace for one of another list."""
        position = _position(self._keys, after)
        if self._gap is not None:
            return self._with_those_without(position, self._gap)
        return self._page(position, self._size)

    def _page(self, position: Sequence[Any] | None, size: int) -> Page[T]:
        given = {} if position is None else {f"at_{number}": at for number, at in enumerate(position)}
        asked = self._from_start if position is None else self._from_position
        ask: Any = db.session.connection().execute if self._plain else db.session.execute
        found = ask(asked, {**given, "rows": size + 1}).all()
        shown = found[:size]
        more = len(found) > size
        ends = -len(self._keys)
        rows: list[Any] = [row[:ends] for row in shown] if self._whole else [row[0] for row in shown]
        return Page(rows, write_cursor(shown[-1][ends:]) if more else None)

    @cached_property
    def _from_start(self) -> Select[Any]:
        return self._query.limit(bindparam("rows", type_=Integer))

    @cached_property
    def _from_position(self) -> Select[Any]:
        position = [bindparam(f"at_{number}", type_=key.type) for number, key in enumerate(self._keys)]
        return self._from_start.where(_stands_after(self._keys, position, newest_first=self._newest_first))

    def _with_those_without(self, position: Sequence[Any] | None, gap: date) -> Page[T]:
        with_key = Page[T]([], None)
        if position is None or position[0] != gap:
            with_key = self._with_first._page(position, self._size)
            if with_key.after is not None:
                return with_key
            position = None
        left = self._size - len(with_key.rows)
        rest = None if position is None else position[1:]
        without = self._without_first._page(rest, max(left, 1))
        if left == 0:  # the page is full; it only matters whether anything follows
            return Page(with_key.rows, write_cursor([gap, _BEFORE_ALL]) if without.rows else None)
        next_one = None if without.after is None else write_cursor([gap, *_read(without.after)])
        return Page([*with_key.rows, *without.rows], next_one)


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
