"""Acts that fulfil standing duties (常态履责)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.documents.models import StoredFile
from tracker.organization.models import Duty, DutyDomain, Person, Post


class ActKind(Base):
    """A kind of act (专题学习, 研讨交流 …), what it is counted in, and the domain it usually serves."""

    __tablename__ = "act_kinds"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    counted_in: Mapped[str] = mapped_column(String(8))  # 次、期、场
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # an office's own kind
    ended_on: Mapped[date | None]  # no longer offered; the acts keep it
    domain: Mapped[DutyDomain | None] = relationship()


class Act(Base):
    """Something a post did on a day: never overdue, never coloured, counted in the summary.

    `unit_id` is the office of the post, which counts; the domain says which duty it fulfilled
    (none: no particular one).
    """

    __tablename__ = "acts"
    __table_args__ = (
        CheckConstraint("count > 0", name="counts_something"),
        Index("ix_acts_unit_day", "unit_id", "day", "id"),
    )

    id: Mapped[Id]
    kind_id: Mapped[int] = mapped_column(ForeignKey("act_kinds.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    day: Mapped[date]
    count: Mapped[int]
    participants: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))  # its findings or decisions
    withdrawn_at: Mapped[datetime | None]  # recorded by mistake: kept, but counted no more
    withdrawal_reason: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[ActKind] = relationship()
    post: Mapped[Post] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()
    recorded_by: Mapped[Person] = relationship()
    files: Mapped[list["ActFile"]] = relationship(back_populates="act", order_by="ActFile.id")

    @property
    def post_title(self) -> str:
        """What the post was called on the day of the act."""
        return self.post.title_on(self.day)


class ActFile(Base):
    """A file that shows that an act was done (佐证材料)."""

    __tablename__ = "act_files"

    id: Mapped[Id]
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    act: Mapped[Act] = relationship(back_populates="files")
    file: Mapped[StoredFile] = relationship()


class Every(StrEnum):
    """Within which span a standing duty asks for its number of acts."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class StandingDuty(Base):
    """What a duty asks for again and again (常态履责): so many acts of a kind a month, quarter or year."""

    __tablename__ = "standing_duties"
    __table_args__ = (CheckConstraint("times > 0", name="asks_for_something"),)

    id: Mapped[Id]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"))
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("act_kinds.id"))
    times: Mapped[int]
    every: Mapped[Every] = mapped_column(EnumColumn(Every))
    from_day: Mapped[date]
    to_day: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200), default="")
    post: Mapped[Post] = relationship()
    duty: Mapped[Duty | None] = relationship()
    domain: Mapped[DutyDomain] = relationship()
    kind: Mapped[ActKind] = relationship()


class OpeningFigure(Base):
    """How often an office had done a kind of act in a year before its records here begin."""

    __tablename__ = "opening_figures"
    __table_args__ = (
        UniqueConstraint("unit_id", "year", "kind_id", "domain_id"),
        Index(  # to a unique constraint, two rows without a domain differ
            "uq_opening_figures_no_domain",
            "unit_id",
            "year",
            "kind_id",
            unique=True,
            sqlite_where=text("domain_id IS NULL"),
            postgresql_where=text("domain_id IS NULL"),
        ),
    )

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    year: Mapped[int]
    kind_id: Mapped[int] = mapped_column(ForeignKey("act_kinds.id"))
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    count: Mapped[int]
    until_day: Mapped[date]  # the last day it covers; acts recorded on later days add to it
    source: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[ActKind] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()
