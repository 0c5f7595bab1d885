"""One row a problem."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
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
    AFTER_ACTION = "after_action"  # 预案启动或演练后的复盘
    CARRIED_OVER = "carried_over"


class ProblemOutcome(StrEnum):
    """What became of a problem: set by tasks, in the transaction of the task's change."""

    OPEN = "open"
    CLOSED = "closed"
    LONG_TERM = "long_term"
    WITHDRAWN = "withdrawn"


class Kinship(StrEnum):
    """What a problem is to an earlier one that it resembles. A person says so; nothing merges by itself."""

    NEW = "new"  # 新问题
    CARRIED = "carried"  # 结转：the same problem, not finished
    RECURRING = "recurring"  # 再次发生：once more, as a problem of its own
    REBOUND = "rebound"  # 反弹：closed, and there again


class Problem(Base):
    """A problem of one unit and period.

    An unfinished problem carries over as a row of the next period; `origin_id` names the first row
    of the line (its own id for a new problem), to which the task belongs. One that came back after an
    earlier one has a line and a task of its own: `kin_id` names the first row of the earlier line,
    `kinship` says how. `case_no` is the number of its task, as the ledger of the unit shows it.
    `family_id` names the first row of the first of all lines that came back from one another, `running`
    says in how many periods running the line stood; see `kinship.settle`.
    """

    __tablename__ = "problems"
    __table_args__ = (
        UniqueConstraint("origin_id", "period"),
        Index(
            "ix_problems_kinship",
            "kinship",
            "id",
            sqlite_where=text("kinship IS NOT NULL"),
            postgresql_where=text("kinship IS NOT NULL"),
        ),
        Index(
            "ix_problems_carried",
            "family_id",
            sqlite_where=text("origin_id != id"),
            postgresql_where=text("origin_id != id"),
        ),
        Index(
            "ix_problems_running",
            "id",
            sqlite_where=text("running > 1"),
            postgresql_where=text("running > 1"),
        ),
    )

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
    kinship: Mapped[Kinship | None] = mapped_column(EnumColumn(Kinship))
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("problems.id"), index=True)
    family_id: Mapped[int | None] = mapped_column(ForeignKey("problems.id"), index=True)
    running: Mapped[int] = mapped_column(default=1)
    case_no: Mapped[str] = mapped_column(String(40), default="")  # set by tasks, like the outcome
    made_at: Mapped[datetime]
    unit: Mapped[Unit] = relationship()
    domain: Mapped[DutyDomain] = relationship()
    origin: Mapped["Problem | None"] = relationship(remote_side="Problem.id", foreign_keys=[origin_id])


class ProblemPassage(Base):
    """A further place at which a problem was read: a later report says it again, or says it in two places."""

    __tablename__ = "problem_passages"

    id: Mapped[Id]
    problem_id: Mapped[int] = mapped_column(ForeignKey("problems.id"), index=True)
    report_id: Mapped[int]  # reports stand downstream, as above
    start: Mapped[int | None]  # code points in that report's text
    end: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    problem: Mapped[Problem] = relationship()
