"""Acts that fulfil standing duties (常态履责)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, Id
from tracker.organization.models import DutyDomain, Person, Post


class ActKind(Base):
    """A kind of act (专题学习, 研讨交流 …), what it is counted in, and the domain it usually serves."""

    __tablename__ = "act_kinds"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    counted_in: Mapped[str] = mapped_column(String(8))  # 次、期、场
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
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
    kind: Mapped[ActKind] = relationship()
    post: Mapped[Post] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()
    recorded_by: Mapped[Person] = relationship()
