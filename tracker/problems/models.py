"""One row a problem."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period


class ProblemSource(StrEnum):
    """Where a problem came from."""

    REPORT = "report"
    INSPECTION = "inspection"  # 检查发现
    MEETING = "meeting"  # 会议议定事项
    INSTRUCTION = "instruction"  # 上级交办
    SELF_CHECK = "self_check"  # 自查
    COMPLAINT = "complaint"  # 群众反映
    BY_HAND = "by_hand"  # 自行登记
    CARRIED_OVER = "carried_over"


class ProblemOutcome(StrEnum):
    """What became of a problem: set by tasks, in the transaction of the task's change."""

    OPEN = "open"
    CLOSED = "closed"
    LONG_TERM = "long_term"
    WITHDRAWN = "withdrawn"


class Problem(Base):
    """A problem of one unit and period.

    An unfinished problem carries over as a row of the next period; `origin_id` names the first row
    of the line (its own id for a new problem), to which the task belongs.
    """

    __tablename__ = "problems"
    __table_args__ = (UniqueConstraint("origin_id", "period"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"))
    period: Mapped[Period] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[ProblemSource] = mapped_column(EnumColumn(ProblemSource))
    report_id: Mapped[int | None]  # reports stand downstream; the row names its document all the same
    start: Mapped[int | None]  # code points in the report's text
    end: Mapped[int | None]
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("problems.id"), index=True)
    outcome: Mapped[ProblemOutcome] = mapped_column(EnumColumn(ProblemOutcome))
    outcome_on: Mapped[date | None]
    made_at: Mapped[datetime]
    unit: Mapped[Unit] = relationship()
    domain: Mapped[DutyDomain] = relationship()
    origin: Mapped["Problem | None"] = relationship(remote_side="Problem.id")
