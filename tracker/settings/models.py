"""Chosen values."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base, Id


class Setting(Base):
    """A unit's value for a key from a day on; units below inherit it until they choose their own."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("unit_id", "key", "valid_from"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    key: Mapped[str] = mapped_column(String(64))
    value: Mapped[dict[str, Any]]  # {"value": …}
    valid_from: Mapped[date]
