"""The rows of the ledger in words: fifty a page, so each word is found once and then used again."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, load_only

from tracker.organization.directory import Directory, Named
from tracker.organization.models import Unit
from tracker.problems.models import Problem
from tracker.tasks.again import again_tags
from tracker.tasks.hours import Hours
from tracker.tasks.lights import Light, Lights
from tracker.tasks.models import Task
from tracker.tasks.words import secrecy_word, state_word
from tracker.web.filters import cndate


class Line(NamedTuple):
    """A task as a row of the ledger in two lines says it."""

    id: int
    short_no: str
    number: str  # in full for a task of another office than the reader's
    title: str
    mark: str  # 内部 or 工作秘密, '' for none
    again: Sequence[tuple[str, str]]  # word and kind of tag
    light: Light
    due: Sequence[str]  # day, or hours
    post: Named | None  # None: not given to anybody yet
    domain: str
    percent: int | None
    worked: str  # when last
    state: str
    idle: str  # for how long nothing was reported, '' for what does not stagnate


def line_parts() -> tuple[Any, ...]:
    """Return the loading options for what a line needs of a task: names come from the directory."""
    return (
        load_only(
            Task.unit_id,
            Task.period,
            Task.number,
            Task.problem_id,
            Task.title,
            Task.remedy,
            Task.state,
            Task.secrecy,
            Task.domain_id,
            Task.lead_post_id,
            Task.round_no,
            Task.deadline,
            Task.review_on,
            Task.last_progress_on,
            Task.percent,
            raiseload=True,
        ),
        joinedload(Task.problem).load_only(
            Problem.kinship, Problem.running, Problem.period, raiseload=True
        ),
    )


def lines(
    tasks: Iterable[Task], lights: Lights, names: Directory, hours: Mapping[int, Hours], home: Unit | None
) -> list[Line]:
    """Return some tasks as lines of a reader whose office is `home`."""
    day_word, state, mark = cache(cndate), cache(state_word), cache(secrecy_word)
    worked = cache(lambda day: _("%(day)s办理", day=day_word(day)))

    def due(task: Task) -> Sequence[str]:
        said = hours[task.id].said if task.id in hours else ()
        return said or (day_word(task.deadline or task.review_on),)

    def idle(task: Task) -> str:
        days = lights.idle_days(task)
        return _("停滞 %(days)s 个工作日", days=days) if days else ""

    return [
        Line(
            task.id,
            task.short_no,
            task.short_no
            if home is not None and task.unit_id == home.id
            else task.number_with(names.codes[task.unit_id]),
            task.title,
            mark(task.secrecy),
            again_tags(task),
            lights.light(task),
            due(task),
            None if task.lead_post_id is None else names.named(task.lead_post_id, task.domain_id),
            names.domains[task.domain_id],
            task.percent,
            worked(task.last_progress_on) if task.last_progress_on else "",
            state(task.state),
            idle(task),
        )
        for task in tasks
    ]
