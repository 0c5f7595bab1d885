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
    adds: str = ""
    to_decide: bool = False  # says nothing any more once the task has moved on


def _lead(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return recipients.lead(event.task)


def _lead_and_cooperating(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return [*recipients.lead(event.task), *recipients.cooperating(event.task)]


def _assigning_clerk(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    """The clerk who assigned, while still a clerk of the office; otherwise all its clerks."""
    clerks = recipients.clerks(event.task)
    assigned = last_event(event.task, Action.ASSIGN)
    own = [person for person in clerks if assigned is not None and person.id == assigned.person_id]
    return own or clerks


def _decider(event: TaskEvent, recipients: Recipients) -> Sequence[Person]:
    return recipients.decider(event.task)


REASON = "。理由：{reason}"
EVENT_NOTICES: dict[Action, Telling] = {
    Action.ASSIGN: Telling(_lead_and_cooperating, 1, "交办，{due}"),
    Action.DECLINE: Telling(_assigning_clerk, 2, "{who}不予接收", REASON),
    Action.REQUEST_CLOSURE: Telling(_decider, 1, "{who}申请销号，等您审核", to_decide=True),
    Action.ENDORSE: Telling(_decider, 1, "初审同意，等您验收", to_decide=True),
    Action.RETURN_FOR_REWORK: Telling(_lead, 2, "退回整改", REASON),
    Action.ACCEPT: Telling(_lead_and_cooperating, 0, "验收通过，已销号"),
}


def notices_of(event: TaskEvent, recipients: Recipients) -> list[dict[str, Any]]:
    """Return the notices an event makes: none for whoever did it, none for actions not in the table."""
    telling = EVENT_NOTICES.get(event.action)
    if telling is None or (telling.to_decide and event.task.state != event.new_state):
        return []
    people = [person for person in each_once(telling.to(event, recipients)) if person.id != event.person_id]
    return [
        {
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
        for person in people
    ]
