"""Bringing a task of the test office into a state, step by step, through the verbs."""

from collections.abc import Callable
from datetime import date

from tests.office import Member, Office
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.organization.acting import Actor
from tracker.periods import Period
from tracker.problems.recording import record_problem
from tracker.tasks import lifecycle, marking
from tracker.tasks.creation import create
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Task
from tracker.tasks.states import Action, TaskState, Verdict

PERIOD = Period.parse("2025Q3")
TODAY = date(2025, 10, 9)
DEADLINE = date(2025, 12, 31)
PHOTO = Upload("照片.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"0" * 32)

Act = Callable[[Task, Office, Actor], object]

ACTS: dict[Action, Act] = {
    Action.REGISTER: lambda task, _, by: lifecycle.register(task, by=by, standard="培训 1 期，签到表在案"),
    Action.ASSIGN: lambda task, office, by: lifecycle.assign(
        task, by=by, lead_post=office.lead.post, duty=office.lead_duty, deadline=DEADLINE
    ),
    Action.ACKNOWLEDGE: lambda task, _, by: lifecycle.acknowledge(task, by=by),
    Action.DECLINE: lambda task, _, by: lifecycle.decline(task, by=by, reason="不属本岗位职责"),
    Action.REPORT_PROGRESS: lambda task, _, by: lifecycle.report_progress(
        task, by=by, text="已定培训方案", percent=30
    ),
    Action.REQUEST_CLOSURE: lambda task, _, by: lifecycle.request_closure(
        task, by=by, result="已培训 1 期 40 人", evidence=[PHOTO]
    ),
    Action.ENDORSE: lambda task, _, by: lifecycle.endorse(task, by=by, opinion="同意"),
    Action.ACCEPT: lambda task, _, by: lifecycle.accept(task, by=by, verdict=Verdict.GOOD),
    Action.RETURN_FOR_REWORK: lambda task, _, by: lifecycle.return_for_rework(task, by=by, reason="缺签到表"),
    Action.MARK: lambda task, _, by: marking.mark(
        task,
        by=by,
        secrecy=Secrecy.OPEN if task.secrecy != Secrecy.OPEN else Secrecy.INTERNAL,
        reason="涉及干部个人情况",
    ),
}

PATH: tuple[tuple[TaskState, Action, str], ...] = (  # state reached, by which action, of which member
    (TaskState.REGISTERED, Action.REGISTER, "clerk"),
    (TaskState.ASSIGNED, Action.ASSIGN, "clerk"),
    (TaskState.IN_PROGRESS, Action.ACKNOWLEDGE, "lead"),
    (TaskState.CLOSURE_REQUESTED, Action.REQUEST_CLOSURE, "lead"),
    (TaskState.ENDORSED, Action.ENDORSE, "deputy"),
    (TaskState.CLOSED, Action.ACCEPT, "keeper"),
)
REACHED = (TaskState.DRAFT, *(state for state, _, _ in PATH))


def member(office: Office, name: str) -> Member:
    """Return a member of the office by the name of its field."""
    found: Member = getattr(office, name)
    return found


def draft(office: Office) -> Task:
    """Create a draft task with its problem."""
    problem = record_problem(
        office.town, PERIOD, domain=office.ideology, text="基层宣传力量薄弱，缺乏专业人才"
    )
    return create(
        office.town,
        PERIOD,
        by=office.clerk.actor,
        title="基层宣传力量薄弱，缺乏专业人才",
        domain=office.ideology,
        problem=problem,
        measure="加大对宣传队伍的培训力度",
    )


def task_in(state: TaskState, office: Office) -> Task:
    """Return a committed task in a state, brought there through the verbs."""
    with writing():
        task = draft(office)
        for reached, action, name in PATH:
            if task.state == state:
                break
            ACTS[action](task, office, member(office, name).actor)
            assert task.state == reached
    return task
