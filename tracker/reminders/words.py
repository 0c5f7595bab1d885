"""What a notice says. One line, true on the day it is written."""

from datetime import date

from tracker.documents.models import Secrecy
from tracker.tasks.lights import deadline_words
from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.states import RequestKind

ASKED = {
    RequestKind.EXTENSION: "延期申请等您审批",
    RequestKind.INSTRUCTION: "批示还没有回复",
    RequestKind.COORDINATION: "提请协调的事项等您答复",
}
LONGEST_TITLE = 60  # characters of the title shown in a notice
LONGEST_REASON = 120


def about(task: Task, said: str) -> str:
    """Return a line about a task: what, its title, its number; of a marked task no title."""
    if task.secrecy != Secrecy.OPEN:
        return f"{said}（{task.short_no}）"
    return f"{said}：{shortened(task.title, LONGEST_TITLE)}（{task.short_no}）"


def of_deadline(task: Task, day: date) -> str:
    """Return how far the deadline is, as the pages say it, with its date."""
    assert task.deadline is not None
    return about(task, f"{deadline_words(task.deadline, day)}（时限{day_and_month(task.deadline, day)}）")


def of_review(task: Task, on: date, today: date) -> str:
    """Return on which day a long-term task is to be reviewed."""
    return about(task, f"长期坚持任务{'今天' if on == today else day_and_month(on, today)}评估")


def of_waiting(task: Task, distance: int, said: str) -> str:
    """Return for how many working days a step has been waiting."""
    return about(task, f"已等待 {distance} 个工作日，{said}")


def of_event(event: TaskEvent, said: str, adds: str, day: date) -> str:
    """Return what an event means to whoever is told. `said` and `adds` may name {due}, {who} and {reason}."""
    task = event.task
    names = {
        "due": _due(task, day),
        "who": event.who,
        "reason": shortened(event.text, LONGEST_REASON),
    }
    added = adds if event.text and task.secrecy == Secrecy.OPEN else ""  # a reason tells of the matter
    return about(task, said.format(**names)) + added.format(**names)


def of_request(request: TaskRequest, today: date) -> str:
    """Return what waits for an answer, and until when."""
    assert request.due_on is not None
    late = "，已过" if request.due_on < today else ""
    return about(request.task, f"{ASKED[request.kind]}（{day_and_month(request.due_on, today)}前{late}）")


def of_look_back(task: Task, on: date, today: date) -> str:
    """Return until when a closed task is looked at once more."""
    return about(task, f"已销号任务请回头看（{day_and_month(on, today)}前）")


def _due(task: Task, today: date) -> str:
    """Return 12月31日前办结, or that a task is one of the long run."""
    if task.deadline is not None:
        return f"{day_and_month(task.deadline, today)}前办结"
    return "长期坚持" if task.review_on is None else f"长期坚持，{day_and_month(task.review_on, today)}评估"


def of_marked(paper: str, task: Task) -> str:
    """Return all that is said of a notice whose task is marked: the paper and the number."""
    return f"{paper}：{task.short_no}"


def day_and_month(day: date, today: date) -> str:
    """Return 11月18日, with the year when it is another than today's."""
    return ("" if day.year == today.year else f"{day.year}年") + f"{day.month}月{day.day}日"


def shortened(text: str, longest: int) -> str:
    """Return a text on one line, cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
