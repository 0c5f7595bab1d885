"""What has hours and not only a day: a later package says so of its tasks (a step of a started plan).

Tasks stand upstream and import none of them. `navigation.add_features` names who has something to say, in one
line beside the pages, as for `reports.afterwards`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tracker.organization.acting import Actor
from tracker.tasks.lights import Clocked
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, TaskState

HAVE_HOURS = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)


@dataclass(frozen=True)
class Hours:
    """Until when a task is to be acknowledged and done, and what set it off."""

    said: tuple[str, ...]  # 15:25前签收, 17:10前完成; empty where no hour counts any more
    cause: str  # 预案“防汛应急预案”，11月26日 15:10启动
    url: str  # of the page of the cause; '' where the reader may not open it


class Timed(Clocked, Protocol):
    """What hours are asked for: a task, or the row of one."""

    @property
    def id(self) -> int: ...
    @property
    def problem_id(self) -> int | None: ...


Teller = Callable[[Sequence[Timed], Actor], Mapping[int, Hours]]
"""Given some tasks and their reader; returns the hours of those that have some, by the task's id."""

_tellers: list[Teller] = []


def tell(tellers: Iterable[Teller]) -> None:
    """Let these say which tasks have hours."""
    _tellers[:] = tellers


def hours_of(tasks: Iterable[Timed], actor: Actor) -> dict[int, Hours]:
    """Return the hours of the tasks of a list; asks nothing where none can have any.

    What has hours is done at once and came from no problem.
    """
    at_once = [
        task
        for task in tasks
        if task.remedy == Remedy.IMMEDIATE and task.problem_id is None and task.state in HAVE_HOURS
    ]
    return _told(at_once, actor)


def hours_of_one(task: Task, actor: Actor) -> Hours | None:
    """Return the hours of one task whose history is loaded, and what set it off: of one that is done, too."""
    by_plan = any("plan" in event.facts for event in task.events)
    return _told([task], actor).get(task.id) if by_plan else None


def _told(tasks: Sequence[Timed], actor: Actor) -> dict[int, Hours]:
    found: dict[int, Hours] = {}
    for teller in _tellers if tasks else ():
        found |= teller(tasks, actor)
    return found
