"""What the figures were on a day: the past is read from here, the present is counted."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.columns import Base, Id


class FigureDay(Base):
    """The counts of one office and domain at the end of a day, by the keys of the catalogue."""

    __tablename__ = "figure_days"
    __table_args__ = (UniqueConstraint("day", "unit_id", "domain_id"),)

    id: Mapped[Id]
    day: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"))
    counts: Mapped[dict[str, Any]]
