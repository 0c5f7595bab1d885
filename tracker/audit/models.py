"""The trail: who did what, when, from where, and whether it was allowed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base, EnumColumn, Id


class Outcome(StrEnum):
    """Whether an act was carried out."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"  # allowed, and not possible


class AuditRow(Base):
    """One act. Rows are only ever added."""

    __tablename__ = "audit_rows"
    __table_args__ = (
        Index("ix_audit_rows_at", "at", "id"),
        Index("ix_audit_rows_account_id", "account_id", "at"),
        Index("ix_audit_rows_name", "name", "at", "id"),
        Index("ix_audit_rows_action", "action", "at", "id"),
        Index("ix_audit_rows_subject", "subject", "at", "id"),
        Index("ix_audit_rows_outcome", "outcome", "at", "id"),
        Index("ix_audit_rows_address", "address", "at", "id"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    account_id: Mapped[int | None]  # no foreign key: the trail outlives accounts
    name: Mapped[str] = mapped_column(String(100))  # as it stood that day
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))  # kind and id, "task:17"
    outcome: Mapped[Outcome] = mapped_column(EnumColumn(Outcome))
    address: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]]


class UntoldAlarm(Base):
    """An alarm nobody was written to yet, until the worker has seen to it (`accounts.alarm_letters`)."""

    __tablename__ = "untold_alarms"

    row_id: Mapped[int] = mapped_column(ForeignKey("audit_rows.id"), primary_key=True)


class Seal(Base):
    """A seal over the rows from `first_id` to `last_id`: the digest of their digests and of the seal before.

    Kept outside the database as an anchor, it shows whether a row behind it was altered, removed or
    put in later (architecture, section 7).
    """

    __tablename__ = "seals"

    id: Mapped[Id]
    first_id: Mapped[int]
    last_id: Mapped[int] = mapped_column(unique=True)
    count: Mapped[int]
    rows: Mapped[list[Any]]  # [id, digest] of each, so that a check can name the row
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime]
