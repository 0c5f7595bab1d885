"""Tables of the ledger that came back, kept from the preview until they are decided, a week at most."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.exchange.ledger_plan import RowState
from tracker.organization.models import Person


class LedgerImport(Base):
    """A file that somebody handed in: seen by nobody else, deleted after a week with all its rows."""

    __tablename__ = "ledger_imports"

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(index=True)
    headers: Mapped[list[Any]]
    remarks: Mapped[list[Any]]
    untouched: Mapped[int]  # rows that ask for nothing
    person: Mapped[Person] = relationship()


class LedgerImportRow(Base):
    """A row of such a file that asks for something or could not be placed, and what became of it."""

    __tablename__ = "ledger_import_rows"
    __table_args__ = (Index("ix_ledger_import_rows_import_state", "import_id", "state", "id"),)

    id: Mapped[Id]
    import_id: Mapped[int] = mapped_column(ForeignKey("ledger_imports.id", ondelete="CASCADE"))
    number: Mapped[int]  # of the row in the file, from 1
    state: Mapped[RowState] = mapped_column(EnumColumn(RowState))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), index=True)
    version: Mapped[int | None]  # of the task at the preview
    case_no: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(Text, default="")
    given: Mapped[list[Any]]  # the row as it stood in the file
    cells: Mapped[list[Any]]
