"""Bringing a task of the test office into a state, step by step, through the verbs."""

from collections.abc import Callable
from datetime import date, timedelta

from tests.office import Member, Office
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.duties.asking import Asked
from tracker.duties.kinds import kinds
from tracker.duties.models import Every
from tracker.organization.acting import Actor
from tracker.periods import Period
from tracker.problems.recording import record_problem
from tracker.tasks import (
    closing,
    correcting,
    extending,
    leading,
    lifecycle,
    long_term,
    marking,
    reopening,
    suspending,
)
from tracker.tasks.creation import create
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Task
from tracker.tasks.parts import has_parts, own_part
from tracker.tasks.states import Action, TaskState, Verdict

PERIOD = Period.parse("2025Q3")
TODAY = date(2025, 10, 9)
YESTERDAY = date(2025, 10, 8)
DEADLINE = date(2025, 12, 31)
LATER = date(2026, 1, 30)
ONE_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 60 80]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PAPER = Upload("签到表.pdf", "application/pdf", ONE_PAGE)
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
        task, by=by, text="已定培训方案", percent=None if has_parts(task) and not own_part(task, by) else 30
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
    Action.CORRECT: lambda task, _, by: correcting.correct(
        task, by=by, reason="写错了", title="宣传力量不足"
    ),
    Action.SPLIT: lambda task, _, by: correcting.split(task, by=by, titles=["办培训班", "配宣传员"]),
    Action.TRANSFER: lambda task, office, by: correcting.transfer(
        task, by=by, reason="分工调整", lead_post=office.safety_lead.post, duty=office.safety_duty
    ),
    Action.CANCEL: lambda task, _, by: correcting.cancel(task, by=by, reason="重复登记"),
    Action.REQUEST_EXTENSION: lambda task, _, by: extending.request_extension(
        task,
        by=by,
        wanted=(task.deadline or LATER) + timedelta(days=30),
        reason="讲师改期",
        progress="已定教材",
    ),
    Action.WITHDRAW_EXTENSION: lambda task, _, by: extending.withdraw_extension(task, by=by),
    Action.DECIDE_EXTENSION: lambda task, _, by: extending.decide_extension(task, by=by, granted=True),
    Action.WITHDRAW: lambda task, _, by: closing.withdraw(task, by=by),
    Action.CLOSE_AT_ONCE: lambda task, _, by: closing.close_at_once(task, by=by, result="已换新牌"),
    Action.PUBLICISE: lambda task, _, by: closing.publicise(
        task, by=by, from_day=by.day, to_day=by.day, place="政务公开栏"
    ),
    Action.LOOK_BACK: lambda task, _, by: reopening.look_back(task, by=by, text="宣传员都在岗", held=True),
    Action.REOPEN: lambda task, _, by: reopening.reopen(
        task, by=by, reason="又缺人", basis="群众反映", deadline=LATER
    ),
    Action.SUSPEND: lambda task, _, by: suspending.suspend(task, by=by, reason="等上级编制批复"),
    Action.RESUME: lambda task, _, by: suspending.resume(task, by=by, deadline=LATER),
    Action.REVIEW_LONG_TERM: lambda task, _, by: long_term.review_long_term(
        task, by=by, text="本季按要求做了", review_on=LATER
    ),
    Action.MAKE_STANDING: lambda task, _, by: long_term.make_standing(
        task, by=by, kind=kinds()[0], asked=Asked(times=1, every=Every.QUARTER)
    ),
    Action.INSTRUCT: lambda task, _, by: leading.instruct(task, by=by, text="请抓紧"),
    Action.ANSWER_INSTRUCTION: lambda task, _, by: leading.answer_instruction(task, by=by, text="已落实"),
    Action.ASK_COORDINATION: lambda task, office, by: leading.ask_coordination(
        task, by=by, text="请借会议室", unit=office.safety_office
    ),
    Action.ANSWER_COORDINATION: lambda task, _, by: leading.answer_coordination(
        task, by=by, text="应急办周五腾出会议室"
    ),
    Action.URGE: lambda task, _, by: leading.urge(task, by=by, text="请本周反馈"),
    Action.PUT_ON_LIST: lambda task, _, by: leading.put_on_list(task, by=by, reason="多次催办没有进展"),
    Action.TAKE_OFF_LIST: lambda task, _, by: leading.take_off_list(task, by=by, reason="已有进展"),
    Action.SUMMON: lambda task, office, by: leading.summon(
        task,
        by=by,
        held_on=YESTERDAY,
        whom=office.lead.post,
        by_whom=office.deputy.post,
        result="月底前办完",
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
