"""Notices and the digests that carry them out of the house."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.organization.models import Person
from tracker.outbox import Outgoing


class Clock(StrEnum):
    """What a notice counts from."""

    EVENT = "event"
    DEADLINE = "deadline"
    ACKNOWLEDGEMENT = "acknowledgement"
    PROGRESS = "progress"
    ACCEPTANCE = "acceptance"
    REVIEW = "review"
    LOOK_BACK = "look_back"
    REQUEST = "request"
    STANDING_DUTY = "standing_duty"
    PLAN_STEP = "plan_step"
    HANDOVER = "handover"


class Notice(Base):
    """Something a person has to know. The unique key makes each rung reach each person once."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "clock", "anchor", "rung", "person_id"),
        Index("ix_notices_inbox", "person_id", "id"),
        Index("ix_notices_unread", "person_id", "read_at"),
        Index("ix_notices_digest", "digest_id", "made_at"),
    )

    id: Mapped[Id]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    clock: Mapped[Clock] = mapped_column(EnumColumn(Clock))
    anchor: Mapped[str] = mapped_column(
        String(40)
    )  # what starts the clock: round and deadline, id of the event …
    rung: Mapped[str] = mapped_column(String(8))  # the offset, "+3w"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    level: Mapped[int]  # 0–4
    paper: Mapped[str] = mapped_column(String(20), default="")  # 提示、催办单、督办函 …
    text: Mapped[str] = mapped_column(String(500))
    due_on: Mapped[date]  # the day the rung fell on
    collapsed: Mapped[bool] = mapped_column(default=False)  # passed over when catching up
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("digests.id"))
    person: Mapped[Person] = relationship()


class Digest(Outgoing, Base):
    """The one message of a person and day."""

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("person_id", "day"), Index("ix_digests_state", "state", "next_try_at"))

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    day: Mapped[date]
    person: Mapped[Person] = relationship()
    notices: Mapped[list[Notice]] = relationship(order_by="Notice.level.desc(), Notice.id")


class TickClaim(Base):
    """A tick belongs to the worker that inserts its row: two schedulers never do the same slot twice."""

    __tablename__ = "tick_claims"

    job: Mapped[str] = mapped_column(String(32), primary_key=True)
    slot: Mapped[str] = mapped_column(String(32), primary_key=True)
    claimed_at: Mapped[datetime]


class PlannedDay(Base):
    """The last day for which a clock's rungs were planned; missed days are caught up from here."""

    __tablename__ = "planned_days"

    clock: Mapped[Clock] = mapped_column(EnumColumn(Clock), primary_key=True)
    day: Mapped[date]
