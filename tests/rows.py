"""Rows for the tables of any schema, made from what the database itself says of them.

Rows come in pairs. Row n of a table refers to row n of another, and by a second key to the same table to
the other row of its pair, so that what is unique stays unique and who must differ differs. The second row
of a pair leaves empty what may be empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Constraint,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    insert,
)
from sqlalchemy.exc import IntegrityError

from tracker.columns import Base, EnumColumn

DAY = date(2025, 10, 9)
MOMENT = datetime(2025, 10, 9, 1, 30, tzinfo=UTC)
NOT_OURS = "alembic_version"


def reflected(connection: Connection) -> list[Table]:
    """Return the tables there are, each after those it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != NOT_OURS]


def fill(connection: Connection, tables: Sequence[Table], *, only_empty: bool = False) -> None:
    """Add a pair of rows to every table, or to every empty one."""
    keys: dict[str, Sequence[Any]] = {}
    for table in tables:
        there = connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar_one()
        if not (there and only_empty):
            first = there + there % 2
            for number in (first, first + 1):
                _add(connection, table, number, keys)
        key = table.primary_key.columns[0].name
        asked = f'SELECT "{key}" FROM "{table.name}" ORDER BY "{key}"'
        keys[table.name] = connection.exec_driver_sql(asked).scalars().all()


def _add(connection: Connection, table: Table, number: int, keys: Mapping[str, Sequence[Any]]) -> None:
    """Add a row, where the checks let it with nothing in what may be empty if it is the second of a pair."""
    whole = dict(_values(table, number, keys))
    bare = {name: value for name, value in whole.items() if not table.c[name].nullable}
    for row in (bare, whole) if number % 2 else (whole,):
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(row))
        except IntegrityError:
            if row is whole:
                raise
        else:
            return


def _values(table: Table, number: int, keys: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, Any]]:
    used: dict[str, int] = {}
    for column in table.columns:
        if column.foreign_keys:
            other = next(iter(column.foreign_keys)).column.table.name
            place = used[other] = used.get(other, -1) + 1
            found = keys.get(other, ())  # none: the table itself
            yield column.name, found[(number ^ (place % 2)) % len(found)] if found else None
        elif not (column.primary_key and isinstance(column.type, Integer)):  # those number themselves
            yield column.name, _value(table, column, number)


def _value(table: Table, column: Column[Any], number: int) -> Any:
    kind = column.type
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer | Float):
        return number + 1
    if isinstance(kind, DateTime):
        return MOMENT + timedelta(minutes=number)
    if isinstance(kind, Date):
        return DAY  # the same for all: no last day lies before its first
    if isinstance(kind, JSON):
        return {"第": [number, None, "行"]}
    assert isinstance(kind, String), (table.name, column.name, kind)
    return _words(table, column, number)


def _words(table: Table, column: Column[Any], number: int) -> str:
    present = Base.metadata.tables.get(table.name)
    known = None if present is None else present.c.get(column.name)
    if known is not None and isinstance(known.type, EnumColumn) and column.name not in _unique(table):
        values = [one.value for one in known.type.enum]
        return str(values[number % len(values)])
    longest = column.type.length or 200  # type: ignore[attr-defined] # of a string
    return f"{column.name[: longest - 5]} {number}"[:longest]


def _unique(table: Table) -> set[str]:
    """Return the columns by which rows are told apart."""
    named = set(table.primary_key.columns.keys())
    for one in table.constraints:
        if isinstance(one, UniqueConstraint):
            named |= set(one.columns.keys())
    return named


Rows = dict[str, dict[tuple[Any, ...], Mapping[str, Any]]]  # by table and key


def rows_of(connection: Connection, tables: Sequence[Table]) -> Rows:
    """Return every row of some tables, as the driver gives it."""
    found: Rows = {}
    for table in tables:
        keys = table.primary_key.columns.keys()
        rows = connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()
        found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return found


def shape(tables: Sequence[Table]) -> dict[str, Any]:
    """Return what the database says of its tables, whatever the order in which it was said."""
    return {
        table.name: {
            "columns": {one.name: (repr(one.type), one.nullable) for one in table.columns},
            "key": table.primary_key.columns.keys(),
            "indexes": sorted((one.name, one.columns.keys(), bool(one.unique)) for one in table.indexes),
            "constraints": sorted(_said(one) for one in table.constraints),
        }
        for table in tables
    }


def _said(one: Constraint) -> tuple[str, ...]:
    """Return what a constraint holds, of a check its name: the databases write its words differently."""
    if isinstance(one, ForeignKeyConstraint):
        return ("reference", *one.columns.keys(), one.referred_table.name)
    if isinstance(one, CheckConstraint):
        return ("check", str(one.name))
    return (type(one).__name__, *sorted(one.columns.keys()))  # type: ignore[attr-defined] # of a set of columns
