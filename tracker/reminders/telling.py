"""What people are told at once when something happens to a task: one table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker import clock
from tracker.organization.models import Person
from tracker.reminders import words
from tracker.reminders.models import Clock
from tracker.reminders.recipients import Recipients, each_once
from tracker.tasks.models import TaskEvent
from tracker.tasks.requests import waiting
from tracker.tasks.roles import last_event
from tracker.tasks.states import Action
from tracker.tasks.words import ACTION_WORDS

Told = Callable[[TaskEvent, Recipients], Sequence[Person]]


@dataclass(frozen=True)
class Telling:
    """Who is told of an event, how loud, and in which words."""

    to: Told
    level: int
    said: str
    adds: str = ""  # said where the actor wrote something
    still: Callable[[TaskEvent], bool] = lambda _event: True  # else it says nothing any more


def _lead(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return recipients.lead(event.task)


def _lead_and_cooperating(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return [*recipients.lead(event.task), *recipients.cooperating(event.task)]


def _lead_and_deputy(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return [*recipients.lead(event.task), *recipients.deputy(event.task)]


def _former_lead(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    before = event.facts.get("before")
    return () if before is None else recipients.acting(before)


def _assigning_clerk(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    """The clerk who assigned, while still a clerk of the office; otherwise all its clerks."""
    clerks = recipients.clerks(event.task)
    assigned = last_event(event.task, Action.ASSIGN)
    own = [person for person in clerks if assigned is not None and person.id == assigned.person_id]
    return own or clerks


def _decider(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return recipients.decider(event.task)


def _in_charge(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return recipients.in_charge(event.task)


def _who_asked(event: TaskEvent, _recipients: Recipients) -> Sequence[Person]:
    """Whose instruction or request the event answers."""
    return [one.asked.person for one in event.task.requests if one.answered_id == event.id]


def _verifying(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return recipients.verifying(event.task)


def _not_moved_on(event: TaskEvent) -> bool:
    return event.task.state == event.new_state


def _still_asked(event: TaskEvent) -> bool:
    return any(one.asked_id == event.id for one in waiting(event.task))


def _not_by_plan(event: TaskEvent) -> bool:
    """A step of a started plan tells its people itself, with its hour (`plan_runs`)."""
    return "plan" not in event.facts


REASON = "。理由：{reason}"
WORDS = "：{reason}"
EVENT_NOTICES: dict[Action, tuple[Telling, ...]] = {
    Action.ASSIGN: (Telling(_lead_and_cooperating, 1, "交办，{due}", still=_not_by_plan),),
    Action.CORRECT: (Telling(_lead, 1, "任务有更正，请看最新内容", REASON),),
    Action.DECLINE: (Telling(_assigning_clerk, 2, "{who}不予接收", REASON),),
    Action.TRANSFER: (
        Telling(_lead, 1, "转办到您的岗位，{due}", REASON),
        Telling(_former_lead, 0, "已转办到其他岗位", REASON),
    ),
    Action.REQUEST_EXTENSION: (Telling(_in_charge, 1, "{who}申请延期，等您审批", REASON, _still_asked),),
    Action.DECIDE_EXTENSION: (Telling(_lead, 1, "延期申请已审批，{due}", "。意见：{reason}"),),
    Action.REQUEST_CLOSURE: (Telling(_decider, 1, "{who}申请销号，等您审核", still=_not_moved_on),),
    Action.ENDORSE: (Telling(_decider, 1, "初审同意，等您验收", still=_not_moved_on),),
    Action.RETURN_FOR_REWORK: (Telling(_lead, 2, "退回整改", REASON),),
    Action.ACCEPT: (Telling(_lead_and_cooperating, 0, "验收通过，已销号"),),
    Action.CLOSE_AT_ONCE: (Telling(_verifying, 0, "{who}立行立改销号，下季度回头看"),),
    Action.REVIEW_LONG_TERM: (Telling(_lead, 0, "已作阶段评估", WORDS),),
    Action.MAKE_STANDING: (Telling(_lead_and_cooperating, 0, "转为常态履责，已销号"),),
    Action.LOOK_BACK: (Telling(_lead, 0, "已回头看", WORDS),),
    Action.REOPEN: (Telling(_lead_and_cooperating, 2, "任务重启，{due}", REASON),),
    Action.SUSPEND: (Telling(_lead_and_cooperating, 1, "任务中止，不计时限", REASON),),
    Action.RESUME: (Telling(_lead_and_cooperating, 1, "任务恢复，{due}"),),
    Action.CANCEL: (Telling(_lead_and_cooperating, 1, "任务撤销，不再办理", REASON),),
    Action.INSTRUCT: (Telling(_lead, 2, "{who}批示，请办理并回复", WORDS),),
    Action.ANSWER_INSTRUCTION: (Telling(_who_asked, 1, "{who}回复批示", WORDS),),
    Action.ASK_COORDINATION: (Telling(_in_charge, 1, "{who}提请协调，等您答复", WORDS, _still_asked),),
    Action.ANSWER_COORDINATION: (Telling(_lead, 1, "协调已有答复", WORDS),),
    Action.URGE: (Telling(_lead, 2, "{who}催办，{due}", WORDS),),
    Action.PUT_ON_LIST: (Telling(_lead_and_deputy, 2, "挂牌督办", REASON),),
    Action.TAKE_OFF_LIST: (Telling(_lead_and_deputy, 0, "摘牌"),),
}


def notices_of(event: TaskEvent, recipients: Recipients) -> list[dict[str, Any]]:
    """Return the notices an event makes: none for whoever did it, none for actions not in the table."""
    rows: dict[int, dict[str, Any]] = {}  # a person is told once of an event, by the first that fits
    for telling in EVENT_NOTICES.get(event.action, ()):
        if not telling.still(event):
            continue
        for person in each_once(telling.to(event, recipients)):
            if person.id != event.person_id:
                rows.setdefault(person.id, _row(event, telling, person, recipients))
    return list(rows.values())


def _row(event: TaskEvent, telling: Telling, person: Person, recipients: Recipients) -> dict[str, Any]:
    return {
        "subject_kind": "task",
        "subject_id": event.task_id,
        "clock": Clock.EVENT,
        "anchor": str(event.id),
        "rung": "0w",
        "person_id": person.id,
        "level": telling.level,
        "paper": ACTION_WORDS[event.action],
        "text": words.of_event(event, telling.said, telling.adds, recipients.day),
        "due_on": clock.day_of(event.at),
        "collapsed": False,
        "made_at": clock.now(),
    }
