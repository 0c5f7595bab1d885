"""Tasks for the tests of lists and figures, given out and closed through the verbs."""

from datetime import date

from tests.office import Office
from tracker import clock
from tracker.organization.models import Duty
from tracker.periods import Period
from tracker.problems.models import Problem, ProblemOutcome, ProblemSource
from tracker.tasks import lifecycle
from tracker.tasks.creation import create
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, Verdict

Q3 = Period.parse("2025Q3")
TODAY = date(2025, 11, 12)  # a Wednesday
LETTER = Upload("说明.txt", "text/plain", "已完成".encode())


def drafted(office: Office, title: str = "宣传栏更新不及时", **more: object) -> Task:
    """Return a draft of the town."""
    given: dict[str, object] = {"domain": office.ideology, "standard": "每月更新一次，抽查 3 处"} | more
    return create(office.town, Q3, by=office.clerk.actor, title=title, **given)  # type: ignore[arg-type] # whatever the verb takes


def assigned(
    office: Office,
    title: str = "宣传栏更新不及时",
    *,
    deadline: date | None = date(2025, 12, 31),
    duty: Duty | None = None,
    review_on: date | None = None,
    **more: object,
) -> Task:
    """Return a task given out to the post of a duty (宣传办主任 unless another is named)."""
    chosen = duty or office.lead_duty
    remedy = Remedy.LONG_TERM if review_on else Remedy.TIME_LIMITED
    task = drafted(office, title, **{"remedy": remedy, "domain": chosen.domain} | more)
    lifecycle.register(task, by=office.clerk.actor, standard=task.standard)
    lifecycle.assign(
        task,
        by=office.clerk.actor,
        lead_post=chosen.post,
        duty=chosen,
        deadline=deadline,
        review_on=review_on,
    )
    return task


def in_progress(office: Office, title: str = "宣传栏更新不及时", **more: object) -> Task:
    """Return a task signed for by its post."""
    task = assigned(office, title, **more)  # type: ignore[arg-type] # whatever the verb takes
    holder = office.safety_lead if task.lead_post_id == office.safety_lead.post.id else office.lead
    lifecycle.acknowledge(task, by=holder.actor)
    return task


def requested(office: Office, title: str = "宣传栏更新不及时", **more: object) -> Task:
    """Return a task whose closure is requested with a file."""
    task = in_progress(office, title, **more)
    lifecycle.request_closure(task, by=office.lead.actor, result="三处宣传栏均已更新", evidence=[LETTER])
    return task


def closed(office: Office, title: str = "宣传栏更新不及时", **more: object) -> Task:
    """Return a task endorsed and accepted."""
    task = requested(office, title, **more)
    lifecycle.endorse(task, by=office.deputy.actor)
    lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    return task


def problem(office: Office, text: str) -> Problem:
    """Return a problem of the town, not yet stored."""
    return Problem(
        unit_id=office.town.id,
        domain_id=office.ideology.id,
        period=Q3,
        text=text,
        source=ProblemSource.REPORT,
        outcome=ProblemOutcome.OPEN,
        made_at=clock.now(),
    )


def a_bit_of_everything(office: Office) -> None:
    """Make tasks of every state and level, as they stand on TODAY (the clock must stand there)."""
    drafted(office, "拟办的")
    assigned(office, "按计划")
    in_progress(office, "临期", deadline=date(2025, 11, 18))
    in_progress(office, "很快到期", deadline=date(2025, 11, 14), duty=office.safety_duty)
    assigned(office, "长期坚持", deadline=None, review_on=date(2025, 12, 15))
    closed(office, "已经销号")
    requested(office, "等初审")


def make_overdue(task: Task, deadline: date) -> None:
    """Put a deadline into the past, as time would have done."""
    task.deadline = task.first_deadline = deadline
