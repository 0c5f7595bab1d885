"""Drafts of summaries."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, Id
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period


class Summary(Base):
    """The summary of a unit, domain and period (no domain: all work).

    `facts` are those of the last roll-up, so that table, numbers and text say the same day.
    """

    __tablename__ = "summaries"
    __table_args__ = (
        UniqueConstraint("unit_id", "domain_id", "period"),
        Index(  # two rows without a domain are no duplicates to the constraint above
            "uq_summaries_all_work",
            "unit_id",
            "period",
            unique=True,
            sqlite_where=text("domain_id IS NULL"),
            postgresql_where=text("domain_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    period: Mapped[Period]
    title: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date]  # 截至
    rolled_up_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()
    paragraphs: Mapped[list["SummaryParagraph"]] = relationship(
        back_populates="summary", order_by="SummaryParagraph.position", cascade="all, delete-orphan"
    )


class SummaryParagraph(Base):
    """A paragraph: what the data say, and what a person wrote instead.

    A new roll-up replaces `computed` with its `values` and leaves `edited` alone;
    `values_when_edited` tells whether the facts have changed under the edited text.
    """

    __tablename__ = "summary_paragraphs"
    __table_args__ = (UniqueConstraint("summary_id", "key"),)

    id: Mapped[Id]
    summary_id: Mapped[int] = mapped_column(ForeignKey("summaries.id"))
    key: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    level: Mapped[int | None]  # heading level; none: running text
    computed: Mapped[str] = mapped_column(Text)  # empty: the data no longer give this paragraph
    values: Mapped[dict[str, Any]]  # the facts it names, as printed
    edited: Mapped[str | None] = mapped_column(Text)
    values_when_edited: Mapped[dict[str, Any] | None]
    summary: Mapped[Summary] = relationship(back_populates="paragraphs")

    @property
    def text(self) -> str:
        """What the document says."""
        return self.computed if self.edited is None else self.edited

    def names(self, figure: str) -> bool:
        """Whether the paragraph names a figure (cohort.done); the rate stands where the cohort does."""
        wanted = "cohort.total" if figure == "cohort.rate" else figure
        return any(key == wanted or key.startswith(f"{wanted}/") for key in self.values)

    @property
    def facts_changed(self) -> bool:
        """Whether the facts under an edited text are no longer those it was edited from."""
        return self.edited is not None and self.values != self.values_when_edited
