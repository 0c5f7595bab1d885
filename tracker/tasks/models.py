"""Tasks, their events and their evidence."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker import clock
from tracker.columns import Base, EnumColumn, Id
from tracker.documents.models import Secrecy, StoredFile
from tracker.organization.models import Duty, DutyDomain, Person, Post, Unit
from tracker.organization.naming import by_name
from tracker.periods import Period
from tracker.problems.models import Problem
from tracker.tasks.case_numbers import write_number
from tracker.tasks.states import Action, Remedy, RequestKind, RequestOutcome, TaskState, Verdict


class Task(Base):
    """What a post has to do: the remedy of a problem, or a plain work item (no problem).

    `first_deadline` is that of the round and is kept for ever; overdue, level and colour are
    computed from `deadline` and `state`, never stored.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("unit_id", "period", "number"),
        Index("ix_tasks_state_deadline", "state", "deadline", "id"),
        Index("ix_tasks_unit_deadline", "unit_id", "deadline", "id"),
        Index("ix_tasks_lead_post_deadline", "lead_post_id", "deadline", "id"),
        Index(  # what a post has to do; with what the rules of sight ask, so that a count reads no task
            "ix_tasks_lead_post_state",
            "lead_post_id",
            "state",
            "deadline",
            "id",
            "secrecy",
            "unit_id",
            "remedy",
            "verifier_post_id",
        ),
        Index("ix_tasks_deadline", "deadline", "id"),
        Index("ix_tasks_period_deadline", "period", "deadline", "id"),
        Index(
            "ix_tasks_listed",
            "deadline",
            "id",
            sqlite_where=text("listed_on IS NOT NULL"),
            postgresql_where=text("listed_on IS NOT NULL"),
        ),
        Index("ix_tasks_unit_state", "unit_id", "state", "deadline", "id"),
        Index("ix_tasks_verifier_post", "verifier_post_id", "state", "id"),
        Index(
            "ix_tasks_marked",
            "id",
            sqlite_where=text("secrecy != 'open'"),
            postgresql_where=text("secrecy != 'open'"),
        ),
        Index(
            "ix_tasks_again", "id", sqlite_where=text("round_no > 1"), postgresql_where=text("round_no > 1")
        ),
        Index(
            "ix_tasks_merged_into",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index("ix_tasks_number", "period", "number", "id"),
        Index("ix_tasks_changed", "changed_at", "id"),
    )

    id: Mapped[Id]
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    period: Mapped[Period]
    number: Mapped[int]  # counted per unit and period, never reused
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("problems.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    start: Mapped[int | None]  # code points in the report's text
    end: Mapped[int | None]
    title: Mapped[str] = mapped_column(Text)
    measure: Mapped[str] = mapped_column(Text, default="")
    standard: Mapped[str] = mapped_column(String(500), default="")
    remedy: Mapped[Remedy] = mapped_column(EnumColumn(Remedy))
    state: Mapped[TaskState] = mapped_column(EnumColumn(TaskState))
    secrecy: Mapped[Secrecy] = mapped_column(EnumColumn(Secrecy), default=Secrecy.OPEN)
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"))
    lead_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duties.id"))
    verifier_post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    round_no: Mapped[int] = mapped_column(default=1)
    first_deadline: Mapped[date | None]
    deadline: Mapped[date | None]
    review_on: Mapped[date | None]  # long-term tasks are reviewed, never overdue
    last_progress_on: Mapped[date | None]  # or what set the work going: from here “no progress” counts
    percent: Mapped[int | None]
    closed_on: Mapped[date | None]
    verdict: Mapped[Verdict | None] = mapped_column(EnumColumn(Verdict))
    look_back_on: Mapped[date | None]  # until when a closed task is looked at once more (回头看)
    listed_on: Mapped[date | None]  # since when it is listed (挂牌督办)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"))  # 并案
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    problem: Mapped[Problem | None] = relationship()
    domain: Mapped[DutyDomain] = relationship()
    lead_post: Mapped[Post | None] = relationship(foreign_keys=[lead_post_id])
    verifier_post: Mapped[Post | None] = relationship(foreign_keys=[verifier_post_id])
    duty: Mapped[Duty | None] = relationship()
    events: Mapped[list["TaskEvent"]] = relationship(back_populates="task", order_by="TaskEvent.id")
    cooperations: Mapped[list["Cooperation"]] = relationship(
        back_populates="task", cascade="all, delete-orphan", order_by="Cooperation.id"
    )
    requests: Mapped[list["TaskRequest"]] = relationship(back_populates="task", order_by="TaskRequest.id")
    rounds: Mapped[list["TaskRound"]] = relationship(back_populates="task", order_by="TaskRound.round_no")
    merged_into: Mapped["Task | None"] = relationship(remote_side="Task.id")

    @property
    def case_no(self) -> str:
        """The number in full, with the unit's code (ZG-QS-2025Q3-007)."""
        return write_number(self.period, self.number, self.unit.code)

    @property
    def short_no(self) -> str:
        """The number as it is shown inside the unit (ZG-2025Q3-007)."""
        return write_number(self.period, self.number)


class Cooperation(Base):
    """A post that works along (配合单位), with its own part of the measure where it has one.

    A part is open until its post says that it is done; the share done of a task with parts is their mean.
    """

    __tablename__ = "cooperations"
    __table_args__ = (UniqueConstraint("task_id", "post_id"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    part: Mapped[str] = mapped_column(Text, default="")
    percent: Mapped[int | None]
    done_on: Mapped[date | None]
    task: Mapped[Task] = relationship(back_populates="cooperations")
    post: Mapped[Post] = relationship()

    @property
    def is_open(self) -> bool:
        """Whether there is a part that is not done yet."""
        return bool(self.part) and self.done_on is None


class TaskRound(Base):
    """A finished round of a task (轮次), as it stood when it was closed; never changed again."""

    __tablename__ = "task_rounds"
    __table_args__ = (UniqueConstraint("task_id", "round_no"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    round_no: Mapped[int]
    first_deadline: Mapped[date | None]
    deadline: Mapped[date | None]
    closed_on: Mapped[date]
    verdict: Mapped[Verdict | None] = mapped_column(EnumColumn(Verdict))
    event_id: Mapped[int] = mapped_column(ForeignKey("task_events.id"))  # the act that closed it
    task: Mapped[Task] = relationship(back_populates="rounds")
    event: Mapped["TaskEvent"] = relationship()


class TaskRequest(Base):
    """What waits for an answer: more time, an instruction, coordination by another unit.

    The acts that ask and answer are events; this row says until when, and what became of it. Each extension
    that was granted, and the new deadline of a task resumed, is such a row: the way of the deadline.
    """

    __tablename__ = "task_requests"
    __table_args__ = (Index("ix_task_requests_open", "kind", "outcome", "due_on"),)

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    round_no: Mapped[int]
    kind: Mapped[RequestKind] = mapped_column(EnumColumn(RequestKind))
    asked_id: Mapped[int] = mapped_column(ForeignKey("task_events.id"))
    answered_id: Mapped[int | None] = mapped_column(ForeignKey("task_events.id"))
    outcome: Mapped[RequestOutcome | None] = mapped_column(EnumColumn(RequestOutcome))
    due_on: Mapped[date | None]  # answer by
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))  # whose help is asked for
    old_deadline: Mapped[date | None]
    wanted: Mapped[date | None]  # the deadline asked for
    deadline: Mapped[date | None]  # the one granted
    task: Mapped[Task] = relationship(back_populates="requests")
    asked: Mapped["TaskEvent"] = relationship(foreign_keys=[asked_id])
    answered: Mapped["TaskEvent | None"] = relationship(foreign_keys=[answered_id])
    unit: Mapped[Unit | None] = relationship()


class TaskEvent(Base):
    """A change of a task, in the transaction of the change. What comes next reads these rows."""

    __tablename__ = "task_events"
    __table_args__ = (
        Index(
            "ix_task_events_unplanned",
            "id",
            sqlite_where=text("planned_at IS NULL"),
            postgresql_where=text("planned_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    round_no: Mapped[int]
    action: Mapped[Action] = mapped_column(EnumColumn(Action))
    old_state: Mapped[TaskState | None] = mapped_column(EnumColumn(TaskState))
    new_state: Mapped[TaskState] = mapped_column(EnumColumn(TaskState))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text, default="")  # reason, progress or result in the actor's words
    facts: Mapped[dict[str, Any]]  # what the change set: deadline, percent, verdict …
    planned_at: Mapped[datetime | None]  # when its notices were planned
    task: Mapped[Task] = relationship(back_populates="events")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    on_behalf_of: Mapped[Person | None] = relationship(foreign_keys=[on_behalf_of_id])
    post: Mapped[Post] = relationship()
    evidence: Mapped[list["Evidence"]] = relationship(back_populates="event", order_by="Evidence.id")

    @property
    def who(self) -> str:
        """Who did it, as history names it: 王范, or 王范（代郑样）."""
        return by_name(self.person, self.on_behalf_of)

    @property
    def post_title(self) -> str:
        """What the post was called on the day."""
        return self.post.title_on(clock.day_of(self.at))


class Evidence(Base):
    """A file that proves what an event says (佐证材料)."""

    __tablename__ = "evidence"

    id: Mapped[Id]
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("task_events.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    secrecy: Mapped[Secrecy] = mapped_column(EnumColumn(Secrecy), default=Secrecy.OPEN)
    own_day: Mapped[date | None]  # of the paper or picture itself, beside the day it was uploaded
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    removal_reason: Mapped[str] = mapped_column(String(200), default="")
    removed_by: Mapped[Person | None] = relationship()
    event: Mapped[TaskEvent] = relationship(back_populates="evidence")
    file: Mapped[StoredFile] = relationship()
    task: Mapped[Task] = relationship()


class TaskText(Base):
    """What a task says, in the one form in which it is searched; see `finding`."""

    __tablename__ = "task_texts"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class ProblemText(Base):
    """What a problem says, in the one form in which it is searched; see `finding`."""

    __tablename__ = "problem_texts"

    problem_id: Mapped[int] = mapped_column(ForeignKey("problems.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class JointAct(Base):
    """One act on many tasks at once: who did it, and what became of each task ('' for done)."""

    __tablename__ = "joint_acts"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(22), unique=True)  # of the form that was sent
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    action: Mapped[Action] = mapped_column(EnumColumn(Action))
    outcomes: Mapped[dict[str, Any]]  # by the id of the task: the reason why not, '' where it was done
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # none: still at work, or broken off
    person: Mapped[Person] = relationship()


class SavedView(Base):
    """A look at the ledger that somebody keeps: conditions, columns and order under a name.

    Shared, it opens by its link for everybody of the unit, each with what they may see.
    """

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("person_id", "name"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(22), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # the office it is shared in
    name: Mapped[str] = mapped_column(String(50))
    address: Mapped[dict[str, Any]]  # as the address of the ledger has it, the day aside
    shared: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
