"""The declarative base of all tables and the few column types they share."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from sqlalchemy import BigInteger, Date, DateTime, Dialect, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

from tracker.periods import Period

E = TypeVar("E", bound=StrEnum)

_BIG = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER PRIMARY KEY numbers itself in SQLite

Id = Annotated[int, mapped_column(_BIG, primary_key=True)]
"""A surrogate key."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What a value is in Python."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without time zone was to be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PeriodColumn(TypeDecorator[Period]):
    """A period, stored by its code (2025Q3)."""

    impl = String(8)
    cache_ok = True

    def process_bind_param(self, value: Period | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Period | None:
        return None if value is None else Period.stored(value)


class EnumColumn(TypeDecorator[E]):
    """An enum, stored by its value, so that renaming a Python name migrates nothing."""

    impl = String(32)
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | None, _dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[str | None], E | None]:
        """Return what reads a value: looked up, as a page reads hundreds; KeyError for one unknown."""
        members: dict[str | None, E | None] = {member.value: member for member in self.enum}
        return {None: None, **members}.__getitem__


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads a plain class attribute
        int: _BIG,
        datetime: UtcDateTime(),
        date: Date(),
        Period: PeriodColumn(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }
