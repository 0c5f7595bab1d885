"""What waits for an answer while the work goes on: more time, an instruction, coordination."""

from collections.abc import Iterable

from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.states import RequestKind, RequestOutcome

OF_THE_LEAD = (RequestKind.EXTENSION, RequestKind.COORDINATION)  # decided by whoever is in charge


def waiting(task: Task, *kinds: RequestKind) -> list[TaskRequest]:
    """Return a task's open requests of some kinds (of none given: all), oldest first."""
    return [one for one in task.requests if one.outcome is None and (not kinds or one.kind in kinds)]


def answer(requests: Iterable[TaskRequest], event: TaskEvent, outcome: RequestOutcome) -> None:
    """Let an act settle requests."""
    for request in requests:
        request.answered, request.outcome = event, outcome


def lapse(task: Task, event: TaskEvent) -> None:
    """Let what the lead asked for lapse: the task moved on. An instruction stays until it is answered."""
    answer(waiting(task, *OF_THE_LEAD), event, RequestOutcome.LAPSED)
