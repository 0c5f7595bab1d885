"""The groups of tasks that the ledger filters and the figures count: named sets of states and levels."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, false, func, not_

from tracker.tasks.again import lasting, rebounded
from tracker.tasks.lights import OVERDUE_LEVELS, Lights
from tracker.tasks.models import Task
from tracker.tasks.states import OPEN_STATES, RUNNING_STATES, Remedy, TaskState

State = ColumnElement[TaskState]


@dataclass(frozen=True)
class Group:
    """A named set of states and levels, as the ledger filters and the figures count it."""

    label: str
    definition: str
    condition: Callable[[State, Lights], ColumnElement[bool]]


def running_at(lowest: int, highest: int) -> Callable[[State, Lights], ColumnElement[bool]]:
    """Return the condition of running work whose deadline has a level from `lowest` to `highest`."""
    return lambda state, lights: and_(
        state.in_(RUNNING_STATES),
        Task.remedy != Remedy.LONG_TERM,
        lights.deadline_at_level(lowest, highest),
    )


def _in_time(state: State, lights: Lights) -> ColumnElement[bool]:
    done, late = GROUPS["closed"], GROUPS["overdue"]
    # a task without a deadline is not late: NOT over NULL would drop it
    late_or_no = func.coalesce(late.condition(state, lights), false())
    return and_(GROUPS["all"].condition(state, lights), not_(done.condition(state, lights)), not_(late_or_no))


def _on_plan(state: State, lights: Lights) -> ColumnElement[bool]:
    late = and_(state.in_(RUNNING_STATES), func.coalesce(lights.deadline_at_level(1, 4), false()))
    return and_(state.in_(OPEN_STATES), Task.remedy != Remedy.LONG_TERM, not_(late))


GROUPS: dict[str, Group] = {
    "all": Group(
        _l("全部"), _l("已立项和拟立项的任务，不含已撤销"), lambda state, _: state != TaskState.CANCELLED
    ),
    "open": Group(
        _l("在办"), _l("已交办、未销号，含中止和长期坚持"), lambda state, _: state.in_(OPEN_STATES)
    ),
    "on_plan": Group(_l("按计划"), _l("在办，未到临期；含中止，不含长期坚持"), _on_plan),
    "due_soon": Group(_l("临期"), _l("在办，提醒阶梯的一、二级"), running_at(1, 2)),
    "overdue": Group(_l("逾期"), _l("在办，提醒阶梯的三、四级"), running_at(*OVERDUE_LEVELS)),
    "closed": Group(_l("已销号"), _l("验收后销号"), lambda state, _: state == TaskState.CLOSED),
    "in_time": Group(
        _l("未销号、未逾期"), _l("全部任务中还没有销号、也没有逾期的，含待交办和长期坚持"), _in_time
    ),
    "long_term": Group(
        _l("长期坚持"),
        _l("在办的长期坚持任务，定期评估，不计逾期"),
        lambda state, _: and_(state.in_(OPEN_STATES), Task.remedy == Remedy.LONG_TERM),
    ),
    "stalled": Group(
        _l("停滞"),
        _l("办理中，连续若干工作日（默认 15 个）没有新进展；催办、批示、查看不算进展"),
        lambda state, lights: lights.stagnates(state),
    ),
    "rebound": Group(
        _l("反弹"),
        _l("在办的：报告确认为反弹，或销号后重启整改"),
        lambda state, _: and_(state.in_(OPEN_STATES), rebounded()),
    ),
    "lasting": Group(
        _l("连续两期以上"),
        _l("在办的：同一问题连着两期以上都有，含结转、再次发生和反弹"),
        lambda state, _: and_(state.in_(OPEN_STATES), lasting()),
    ),
    "waiting": Group(
        _l("待交办"),
        _l("拟办或立项，尚未交办"),
        lambda state, _: state.in_((TaskState.DRAFT, TaskState.REGISTERED)),
    ),
    **{
        f"level{level}": Group(_l("亮灯第%(level)s级", level=level), "", running_at(level, level))
        for level in (1, 2, 3, 4)
    },
}
SHOWN_GROUPS = ("all", "open", "on_plan", "due_soon", "overdue", "stalled", "closed", "long_term", "waiting")
