"""Plans prepared in advance (预案), and what happened when one was started."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.columns import Base, Id
from tracker.duties.models import Act
from tracker.organization.models import DutyDomain, Person, Post, Unit
from tracker.organization.naming import by_name
from tracker.tasks.models import Task


class Plan(Base):
    """What an office does when something happens: who answers, which posts do what, within how many hours.

    `review_on` is the day of its next review; whether that is past is computed. The day of the last drill is
    that of the latest drill recorded for it (`queries.Kept.last_drill`), never stored.
    """

    __tablename__ = "plans"

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str] = mapped_column(String(100))
    risk: Mapped[str] = mapped_column(String(50))  # 防汛、消防、安全生产、群众关切 …
    domain_id: Mapped[int] = mapped_column(ForeignKey("duty_domains.id"))
    first_post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))  # 第一责任岗位
    direct_post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))  # 直接责任岗位
    contacts: Mapped[str] = mapped_column(Text, default="")  # one a line: who, and the number last
    source: Mapped[str] = mapped_column(String(200), default="")
    review_on: Mapped[date]
    ended_on: Mapped[date | None]  # 停用：its last day; what was started keeps it
    version: Mapped[int] = mapped_column(default=1)
    unit: Mapped[Unit] = relationship()
    domain: Mapped[DutyDomain] = relationship()
    first_post: Mapped[Post] = relationship(foreign_keys=[first_post_id])
    direct_post: Mapped[Post] = relationship(foreign_keys=[direct_post_id])
    steps: Mapped[list["PlanStep"]] = relationship(
        back_populates="plan", order_by="PlanStep.position", cascade="all, delete-orphan"
    )


class PlanStep(Base):
    """What a post does in a plan, within how many hours, to be acknowledged within how many minutes."""

    __tablename__ = "plan_steps"
    __table_args__ = (CheckConstraint("hours > 0 AND minutes > 0", name="takes_time"),)

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    position: Mapped[int]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    what: Mapped[str] = mapped_column(String(300))
    hours: Mapped[int]
    minutes: Mapped[int]
    plan: Mapped[Plan] = relationship(back_populates="steps")
    post: Mapped[Post] = relationship()


class PlanAct(Base):
    """A drill or a review that was recorded for a plan; the act itself stands with the standing duties."""

    __tablename__ = "plan_acts"

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"), unique=True)
    act: Mapped[Act] = relationship()


class PlanRun(Base):
    """A plan that was started, in earnest or as a drill (演练): at most one at a time of each plan."""

    __tablename__ = "plan_runs"
    __table_args__ = (
        Index(
            "uq_plan_runs_running",
            "plan_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_plan_runs_unsettled",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    drill: Mapped[bool]
    occasion: Mapped[str] = mapped_column(String(500), default="")  # what happened, in the starter's words
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    started_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # AB岗
    started_post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(Text, default="")  # after-action note
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))  # its findings
    settled_at: Mapped[datetime | None]  # ended, and everybody was told so
    plan: Mapped[Plan] = relationship()
    started_by: Mapped[Person] = relationship(foreign_keys=[started_by_id])
    started_for: Mapped[Person | None] = relationship(foreign_keys=[started_for_id])
    started_post: Mapped[Post] = relationship()
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])
    ended_for: Mapped[Person | None] = relationship(foreign_keys=[ended_for_id])
    steps: Mapped[list["RunStep"]] = relationship(back_populates="run", order_by="RunStep.position")

    @property
    def who_started(self) -> str:
        """Who started it, as history names it."""
        return by_name(self.started_by, self.started_for)

    @property
    def who_ended(self) -> str:
        """Who ended it, '' while it runs."""
        return "" if self.ended_by is None else by_name(self.ended_by, self.ended_for)


class RunStep(Base):
    """A step as it was when the plan was started, with its hour.

    In earnest it is a task, whose events say who acknowledged it and whether it is done. A drill makes no
    task, so that no figure, ledger or summary can count one: it keeps what happened here.
    """

    __tablename__ = "run_steps"

    id: Mapped[Id]
    run_id: Mapped[int] = mapped_column(ForeignKey("plan_runs.id"), index=True)
    position: Mapped[int]
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    what: Mapped[str] = mapped_column(String(300))
    acknowledge_by: Mapped[datetime]
    due_at: Mapped[datetime]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("tasks.id"), unique=True)
    acknowledged_at: Mapped[datetime | None]  # here and below: of a drill
    acknowledged_by: Mapped[str] = mapped_column(String(120), default="")  # as history names them
    done_at: Mapped[datetime | None]
    done_by: Mapped[str] = mapped_column(String(120), default="")
    result: Mapped[str] = mapped_column(String(500), default="")
    run: Mapped[PlanRun] = relationship(back_populates="steps")
    task: Mapped[Task | None] = relationship()
    planned_post: Mapped[Post] = relationship()

    @property
    def post(self) -> Post:
        """The post that has the step now: a task may have been transferred."""
        lead = None if self.task is None else self.task.lead_post
        return lead or self.planned_post
