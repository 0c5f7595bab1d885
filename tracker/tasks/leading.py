"""What leaders and clerks do with a running task: instruct, coordinate, urge, list, summon. No state changes.

Source: architecture, "Life cycle of a task"; domain.md 5.3 and 5.4.
"""

from datetime import date

from flask_babel import gettext as _

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Post, Unit
from tracker.organization.queries import holder
from tracker.refusals import Refused
from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.requests import answer, waiting
from tracker.tasks.states import Action, RequestKind, RequestOutcome
from tracker.tasks.stepping import check, happen, require, require_not_past
from tracker.workdays import shipped

ANSWER_WITHIN = 5  # working days, where an instruction or a request for coordination names no day (5.3)


def instruct(task: Task, *, by: Actor, text: str, answer_by: date | None = None) -> TaskEvent:
    """Give an instruction (批示) to the lead; it stands first on the task until it is answered."""
    check(task, Action.INSTRUCT, by)
    require(text, _("写明批示内容。"), "text")
    event = happen(task, Action.INSTRUCT, by, text=text, answer_by=_answer_day(answer_by, by.day))
    _wait(task, event, RequestKind.INSTRUCTION)
    return event


def answer_instruction(task: Task, *, by: Actor, text: str, request: TaskRequest | None = None) -> TaskEvent:
    """Answer an instruction (回复批示); without a named one all that wait."""
    check(task, Action.ANSWER_INSTRUCTION, by)
    require(text, _("写明落实批示的情况。"), "text")
    event = happen(task, Action.ANSWER_INSTRUCTION, by, text=text)
    answer(_chosen(task, RequestKind.INSTRUCTION, request), event, RequestOutcome.ANSWERED)
    return event


def ask_coordination(
    task: Task, *, by: Actor, text: str, unit: Unit | None, answer_by: date | None = None
) -> TaskEvent:
    """Ask who is in charge for coordination (提请协调): what is needed, from which unit, by when."""
    check(task, Action.ASK_COORDINATION, by)
    require(text, _("写明需要协调什么。"), "text")
    if unit is None:
        raise Refused(_("选择需要哪个单位支持。"), field="unit")
    event = happen(
        task,
        Action.ASK_COORDINATION,
        by,
        text=text,
        unit=unit.name_on(by.day),
        answer_by=_answer_day(answer_by, by.day),
    )
    _wait(task, event, RequestKind.COORDINATION, unit)
    return event


def answer_coordination(task: Task, *, by: Actor, text: str, request: TaskRequest | None = None) -> TaskEvent:
    """Decide what was asked to be coordinated (协调答复); without a named request all that wait."""
    check(task, Action.ANSWER_COORDINATION, by)
    require(text, _("写明协调的结果：由谁支持、做什么、什么时候。"), "text")
    event = happen(task, Action.ANSWER_COORDINATION, by, text=text)
    answer(_chosen(task, RequestKind.COORDINATION, request), event, RequestOutcome.ANSWERED)
    return event


def urge(task: Task, *, by: Actor, text: str = "") -> TaskEvent:
    """Urge the lead (催办); the note goes out at once."""
    check(task, Action.URGE, by)
    return happen(task, Action.URGE, by, text=text)


def put_on_list(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Put a task on the list of those supervised in public (挂牌督办)."""
    check(task, Action.PUT_ON_LIST, by)
    require(reason, _("写明挂牌督办的理由。"), "reason")
    task.listed_on = by.day
    return happen(task, Action.PUT_ON_LIST, by, text=reason)


def take_off_list(task: Task, *, by: Actor, reason: str) -> TaskEvent:
    """Take a task off that list (摘牌)."""
    check(task, Action.TAKE_OFF_LIST, by)
    require(reason, _("写明摘牌的理由。"), "reason")
    task.listed_on = None
    return happen(task, Action.TAKE_OFF_LIST, by, text=reason)


def summon(
    task: Task, *, by: Actor, held_on: date | None, whom: Post | None, by_whom: Post | None, result: str
) -> TaskEvent:
    """Record a talk that was held with somebody about the task (约谈): day, by whom, of whom, result."""
    check(task, Action.SUMMON, by)
    if held_on is None or held_on > by.day:
        raise Refused(_("约谈日期填今天或以前的日期。"), field="held_on")
    if whom is None or by_whom is None or whom.id == by_whom.id:
        raise Refused(_("选择约谈人和被约谈人，两者不能相同。"), field="whom")
    require(result, _("写明约谈的结果和要求。"), "result")
    return happen(
        task,
        Action.SUMMON,
        by,
        text=result,
        held_on=held_on,
        whom=_named(whom, held_on),
        by_whom=_named(by_whom, held_on),
    )


def _wait(task: Task, event: TaskEvent, kind: RequestKind, unit: Unit | None = None) -> None:
    due = date.fromisoformat(event.facts["answer_by"])
    db.session.add(
        TaskRequest(task=task, round_no=task.round_no, kind=kind, asked=event, due_on=due, unit=unit)
    )
    db.session.flush()


def _answer_day(day: date | None, today: date) -> date:
    if day is None:
        return shipped().add_workdays(today, ANSWER_WITHIN)
    require_not_past(day, today, "answer_by")
    return day


def _chosen(task: Task, kind: RequestKind, request: TaskRequest | None) -> list[TaskRequest]:
    open_ones = waiting(task, kind)
    if request is None:
        return open_ones
    if request not in open_ones:
        raise Refused(_("这一件已经答复过了，请重新选择。"), field="request")
    return [request]


def _named(post: Post, day: date) -> str:
    """Return who held a post, with its title of the day: 周示（党委书记）."""
    person = holder(post, day)
    title = post.title_on(day)
    return title if person is None else f"{person.name}（{title}）"
