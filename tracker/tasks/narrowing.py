"""Further conditions of the ledger, each a choice of a few values: ONE table for address, page and query.

A condition that the ledger gets later is a row here; the filters of the page, the chips and the saved views
take it from the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select

from tracker.problems.models import Problem, ProblemSource
from tracker.problems.words import SOURCE_WORDS
from tracker.tasks import again
from tracker.tasks.groups import State, running_at
from tracker.tasks.lights import LEVELS, Lights
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy
from tracker.tasks.words import REMEDY_WORDS

PLAIN = "plain"  # a work item that answers to no problem


@dataclass(frozen=True)
class Narrowing:
    """A condition: what the page calls it, the values of the address with their words, its SQL."""

    label: Any
    options: Mapping[str, Any]
    condition: Callable[[str, State, Lights], ColumnElement[bool]]

    def chip(self, value: str) -> Any:
        """Return the words of the condition in force: of a yes the label says it all."""
        return self.label if len(self.options) == 1 else self.options[value]


def _of_source(value: str, _state: State, _lights: Lights) -> ColumnElement[bool]:
    if value == PLAIN:
        return Task.problem_id.is_(None)
    behind = select(Problem.id).where(Problem.id == Task.problem_id, Problem.source == ProblemSource(value))
    return behind.exists()  # looked up for the rows of a list, instead of reading every problem there is


AGAIN: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "back": again.came_back,
    "rebound": again.rebounded,
    "recurring": again.recurred,
    "lasting": again.lasting,
}
NARROWINGS: Mapping[str, Narrowing] = {
    "level": Narrowing(
        _l("亮灯级别"),
        {str(level): _l("亮灯第%(level)s级", level=level) for level in LEVELS},
        lambda value, state, lights: running_at(int(value), int(value))(state, lights),
    ),
    "source": Narrowing(
        _l("问题来源"),
        {source.value: _l(word) for source, word in SOURCE_WORDS.items()} | {PLAIN: _l("工作任务")},
        _of_source,
    ),
    "remedy": Narrowing(
        _l("整改类型"),
        {remedy.value: _l(word) for remedy, word in REMEDY_WORDS.items()},
        lambda value, _state, _lights: Task.remedy == Remedy(value),
    ),
    "again": Narrowing(
        _l("反复情况"),
        {
            "back": _l("反弹或再发生"),
            "rebound": _l("反弹"),
            "recurring": _l("再次发生"),
            "lasting": _l("连续两期以上"),
        },
        lambda value, _state, _lights: AGAIN[value](),
    ),
    "stalled": Narrowing(
        _l("停滞"), {"1": _l("只看停滞的")}, lambda _value, state, lights: lights.stagnates(state)
    ),
    "listed": Narrowing(
        _l("挂牌督办"),
        {"1": _l("只看挂牌的")},
        lambda _value, _state, _lights: Task.listed_on.is_not(None),
    ),
}
