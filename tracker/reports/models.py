"""Reports that came in, and what was found in them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, EnumColumn, Id
from tracker.documents.models import Secrecy, StoredFile
from tracker.organization.models import Duty, DutyDomain, Person, Post, Unit
from tracker.periods import Period
from tracker.problems.models import Kinship, ProblemSource


class ReportState(StrEnum):
    """How far a report has come."""

    READING = "reading"
    UNREADABLE = "unreadable"
    REVIEW = "review"
    CONFIRMED = "confirmed"


class ProposalKind(StrEnum):
    """What a passage was taken for."""

    PROBLEM = "problem"
    MEASURE = "measure"


class Decision(StrEnum):
    """What the clerk decided on a proposal."""

    OPEN = "open"
    TAKEN = "taken"
    DROPPED = "dropped"
    ABSORBED = "absorbed"  # merged into another one, or taken back after it was added: listed no more


class Clock(StrEnum):
    """Which clock the remedy runs on; the values are those of a task's remedy."""

    IMMEDIATE = "immediate"  # 立行立改
    TIME_LIMITED = "time_limited"  # 限期整改
    LONG_TERM = "long_term"  # 长期坚持


class Report(Base):
    """A document of a unit; the same content comes in once.

    `clicks` and `typed` are what the review cost the clerk: counted by the page, kept with the report.
    """

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("unit_id", "file_id"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    domain_id: Mapped[int | None] = mapped_column(ForeignKey("duty_domains.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    document: Mapped[str] = mapped_column(String(255), default="")  # 来源文件: what an inspection is called
    source: Mapped[ProblemSource] = mapped_column(EnumColumn(ProblemSource), default=ProblemSource.REPORT)
    state: Mapped[ReportState] = mapped_column(EnumColumn(ReportState))
    secrecy: Mapped[Secrecy] = mapped_column(
        EnumColumn(Secrecy), default=Secrecy.OPEN
    )  # the strictest of its tasks
    period: Mapped[Period | None]
    report_day: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, default="")
    reading: Mapped[dict[str, Any]]  # what the reader found, as `tracker report read` prints it
    message: Mapped[str] = mapped_column(String(500), default="")
    taken_in_at: Mapped[datetime]
    taken_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    confirmed_at: Mapped[datetime | None]
    clicks: Mapped[int] = mapped_column(default=0)
    typed: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    domain: Mapped[DutyDomain | None] = relationship()
    file: Mapped[StoredFile] = relationship()
    proposals: Mapped[list["Proposal"]] = relationship(
        back_populates="report", order_by="Proposal.position", cascade="all, delete-orphan"
    )

    @property
    def listed(self) -> list["Proposal"]:
        """The proposals that a page lists, in their order: all but those absorbed."""
        found = [row for row in self.proposals if row.decision != Decision.ABSORBED]
        return sorted(found, key=lambda row: row.rank)

    @property
    def problems_found(self) -> int:
        """How many problems were read or added."""
        return sum(proposal.kind == ProposalKind.PROBLEM for proposal in self.listed)

    def answered(self) -> dict[int, list["Proposal"]]:
        """Return the measures of each problem that has some, by its id, in order, but those dropped."""
        found: dict[int, list[Proposal]] = {}
        for row in self.listed:
            if row.decision != Decision.DROPPED:
                for problem_id in row.answers:
                    found.setdefault(problem_id, []).append(row)
        return found

    def answering(self, problem: "Proposal") -> list["Proposal"]:
        """Return the measures that answer one stored problem; for all of a report's, ask `answered`."""
        return self.answered().get(problem.id, [])


class Proposal(Base):
    """A passage taken for a problem or a measure, with what is suggested for it and why.

    `text` is the statement without its enumerator, as the clerk left it; `start` and `end` keep the
    place where it was found, `more_places` further ones as [start, end]. `suggested` holds what was offered:
    {"posts": [{"post", "duty", "why"}], "kin": [{"problem", "likeness"}], "responsible": [names]}.
    `version` counts the changes; `changed_by` made the last one.
    """

    __tablename__ = "proposals"

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    kind: Mapped[ProposalKind] = mapped_column(EnumColumn(ProposalKind))
    position: Mapped[int]
    start: Mapped[int | None]  # none: added by the clerk's own words
    end: Mapped[int | None]
    more_places: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, default="")
    measure_start: Mapped[int | None]
    measure_end: Mapped[int | None]
    answers: Mapped[list[Any]] = mapped_column(default=list)  # the ids of the problems that a measure answers
    standard: Mapped[str] = mapped_column(String(500), default="")
    standard_why: Mapped[str] = mapped_column(String(300), default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"))
    post_why: Mapped[str] = mapped_column(String(300), default="")
    for_villages: Mapped[bool] = mapped_column(default=False)  # 各村（社区）: a part for each
    deadline: Mapped[date | None]
    deadline_why: Mapped[str] = mapped_column(String(300), default="")
    clock: Mapped[Clock] = mapped_column(EnumColumn(Clock), default=Clock.TIME_LIMITED)
    secrecy: Mapped[Secrecy] = mapped_column(EnumColumn(Secrecy), default=Secrecy.OPEN)  # its task is born so
    mark_reason: Mapped[str] = mapped_column(Text, default="")
    suggested: Mapped[dict[str, Any]] = mapped_column(default=dict)
    confidence: Mapped[float] = mapped_column(default=0.0)
    decision: Mapped[Decision] = mapped_column(EnumColumn(Decision))
    kinship: Mapped[Kinship | None] = mapped_column(EnumColumn(Kinship))  # none: not asked, or not said yet
    kin_id: Mapped[int | None] = mapped_column(ForeignKey("problems.id"))  # the earlier problem that is meant
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    report: Mapped[Report] = relationship(back_populates="proposals")
    post: Mapped[Post | None] = relationship()
    duty: Mapped[Duty | None] = relationship()
    changed_by: Mapped[Person | None] = relationship()

    @property
    def rank(self) -> tuple[int, int, int]:
        """By what proposals are ordered: as they were read, the parts of one that was split as they stand."""
        return self.position, self.start or 0, self.id


class ReviewStep(Base):
    """One step of a review, kept until the report is confirmed: who did what, and how it is undone.

    `old` and `new` hold the fields that the step changed, by the id of the proposal ("0": of the report).
    """

    __tablename__ = "review_steps"

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(
        String(100), default=""
    )  # of the proposal it was about, as it was then
    old: Mapped[dict[str, Any]]
    new: Mapped[dict[str, Any]]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("review_steps.id"))  # it undid this step
    undone: Mapped[bool] = mapped_column(default=False)
    person: Mapped[Person] = relationship()
    undoes: Mapped["ReviewStep | None"] = relationship(remote_side="ReviewStep.id")


class AssignmentHint(Base):
    """A clerk's correction of who takes such problems, kept for the same unit until somebody revokes it."""

    __tablename__ = "assignment_hints"
    __table_args__ = (Index("ix_assignment_hints_unit_id_id", "unit_id", "id"),)

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    words: Mapped[str] = mapped_column(Text)  # the problem as it was worded
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))  # what had been suggested
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    unit: Mapped[Unit] = relationship()
    post: Mapped[Post] = relationship(foreign_keys=[post_id])
    duty: Mapped[Duty | None] = relationship()
    instead_of: Mapped[Post | None] = relationship(foreign_keys=[instead_of_id])
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
