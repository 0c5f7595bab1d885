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
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    insert,
)
from sqlalchemy.exc import IntegrityError

from tracker.columns import Base, EnumColumn
from tracker.tasks.word_index import is_index

DAY = date(2025, 10, 9)
APART = 1000
MOMENT = datetime(2025, 10, 9, 1, 30, tzinfo=UTC)


def is_ours(name: str) -> bool:
    """Whether a table holds rows of the product: neither of the migrations, nor an index of words."""
    return name != "alembic_version" and not is_index(name)


def reflected(connection: Connection) -> list[Table]:
    """Return the tables there are, each after those it refers to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _of: is_ours(name))
    return found.sorted_tables


def fill(connection: Connection, tables: Sequence[Table], *, only_empty: bool = False) -> None:
    """Add a pair of rows to every table, or to every empty one; the tables as `reflected` gives them."""
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
    if number % 2 and bare.keys() != whole.keys():
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(bare))
        except IntegrityError:
            pass
        else:
            return
    connection.execute(insert(table).values(whole))


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
    if isinstance(kind, Integer | Float):  # what is unique lies apart from what a migration counts itself
        return number + (APART if column.name in _unique(table) else 1)
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


def rows_of(connection: Connection, keys: Mapping[str, Sequence[str]]) -> Rows:
    """Return every row of some tables, told the columns of their keys, as the driver gives it."""
    found: Rows = {}
    for table, key in keys.items():
        rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings()
        found[table] = {tuple(row[one] for one in key): dict(row) for row in rows}
    return found


# What a database says of its tables, a row for each thing said; asked so, all of it costs a few milliseconds.
TABLES = "(SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%') AS m"
CATALOGUE = {
    "sqlite": {
        "columns": f"""SELECT m.name, c.name, c.type, c."notnull"
            FROM {TABLES}, pragma_table_info(m.name) AS c""",
        "keys": f"""SELECT m.name, c.name FROM {TABLES}, pragma_table_info(m.name) AS c WHERE c.pk > 0
            ORDER BY 1, c.pk""",
        "references": f"""SELECT m.name, r."from", r."table", r."to"
            FROM {TABLES}, pragma_foreign_key_list(m.name) AS r""",
        "indexes": f"""SELECT m.name, CASE WHEN i.origin = 'c' THEN i.name ELSE i.origin END,
            i."unique", i.partial, (SELECT group_concat(p.name) FROM pragma_index_info(i.name) AS p)
            FROM {TABLES}, pragma_index_list(m.name) AS i""",
        "checks": f"""SELECT m.name, (length(m.sql) - length(replace(m.sql, ' CHECK ', ''))) / 7
            FROM {TABLES}""",
        "triggers": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    },
    "postgresql": {
        "columns": """SELECT table_name::text, column_name::text, data_type::text, character_maximum_length,
            is_nullable::text FROM information_schema.columns WHERE table_schema = 'public'""",
        "keys": """SELECT conrelid::regclass::text, a.attname::text FROM pg_constraint
            JOIN unnest(conkey) WITH ORDINALITY AS k(number, place) ON true
            JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = k.number
            WHERE contype = 'p' AND connamespace = 'public'::regnamespace ORDER BY 1, k.place""",
        "constraints": """SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
        "indexes": """SELECT tablename::text, indexname::text, indexdef FROM pg_indexes
            WHERE schemaname = 'public'""",
        "triggers": """SELECT DISTINCT event_object_table::text, trigger_name::text
            FROM information_schema.triggers""",
    },
}


def catalogue(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the database says of its tables, whatever the order in which it says it."""
    found = {}
    for about, asked in CATALOGUE[connection.dialect.name].items():
        said = [tuple(row) for row in connection.exec_driver_sql(asked) if is_ours(row[0])]
        found[about] = said if about == "keys" else sorted(said, key=repr)
    return found


def keys_in(said: Mapping[str, Sequence[tuple[Any, ...]]]) -> dict[str, list[str]]:
    """Return the columns of each table's key."""
    found: dict[str, list[str]] = {}
    for table, column in said["keys"]:
        found.setdefault(table, []).append(column)
    return found


def columns_in(said: Mapping[str, Sequence[tuple[Any, ...]]]) -> set[str]:
    """Return every column, with its table."""
    return {f"{row[0]}.{row[1]}" for row in said["columns"]}
