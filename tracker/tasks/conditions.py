"""What an action needs beside state and part: one condition an action, with the sentence when it is not met.

The same table decides which buttons a page shows and what a verb answers.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from flask_babel import gettext as _

from tracker.settings.choices import chosen
from tracker.settings.keys import IMMEDIATE_CLOSE, PUBLICITY
from tracker.tasks.evidence import lacks_evidence
from tracker.tasks.models import Task
from tracker.tasks.requests import waiting
from tracker.tasks.roles import standing_publicity
from tracker.tasks.states import Action, Remedy, RequestKind
from tracker.web.filters import cnday

Condition = Callable[[Task, date], str | None]


def hindrance(action: Action, task: Task, day: date) -> str | None:
    """Return in a sentence why an action of the table cannot be done with a task now, or None."""
    condition = CONDITIONS.get(action)
    return None if condition is None else condition(task, day)


def _can_be_extended(task: Task, day: date) -> str | None:
    if waiting(task, RequestKind.EXTENSION):
        return str(_("已有一份延期申请等待审批；要改，请先撤回。"))
    if task.deadline is None:
        return str(_("长期坚持的任务没有整改时限，不用申请延期。"))
    if task.deadline < day:
        late = _("整改时限 %(day)s 已过，延期要在到期前申请；请反馈进展和原因。", day=task.deadline)
        return str(late)
    return None


def _all_parts_done(task: Task, _day: date) -> str | None:
    left = [row.post.title for row in task.cooperations if row.is_open]
    if not left:
        return None
    return str(_("配合岗位的任务还没有全部完成：%(posts)s。", posts="、".join(left)))


def _may_close_at_once(task: Task, day: date) -> str | None:
    if task.remedy != Remedy.IMMEDIATE:
        return str(_("只有立行立改的任务可以由责任岗位直接销号，请申请销号。"))
    if not chosen(IMMEDIATE_CLOSE, task.unit, day):
        return str(_("本单位规定立行立改也要验收，请申请销号。"))
    return _all_parts_done(task, day)


def _has_evidence(task: Task, _day: date) -> str | None:
    return _("这一轮的佐证材料已全部移除，请退回补充后再审核。") if lacks_evidence(task) else None


def _can_be_accepted(task: Task, day: date) -> str | None:
    return _has_evidence(task, day) or _is_publicised(task, day)


def _is_publicised(task: Task, day: date) -> str | None:
    return publicity_lacks(task, day) if chosen(PUBLICITY, task.unit, day) else None


def publicity_lacks(task: Task, day: date) -> str | None:
    """Return why a task cannot be accepted yet in an office that demands publicity (公示), or None."""
    publicity = standing_publicity(task)
    if publicity is None:
        return str(_("本单位规定验收前要公示，请先登记公示。"))
    until = date.fromisoformat(publicity.facts["to_day"])
    if until < day:
        return None
    following = until + timedelta(days=1)
    return str(_("公示到 %(day)s，%(next)s起可以验收。", day=cnday(until), next=cnday(following)))


def publicity_lacking(tasks: Iterable[Task], day: date) -> dict[int, str]:
    """Return why tasks cannot be accepted yet for want of publicity, by id; a unit's choice is read once."""
    found = list(tasks)
    units = {task.unit_id: task.unit for task in found}
    demanding = {number for number, unit in units.items() if chosen(PUBLICITY, unit, day)}
    reasons = {task.id: publicity_lacks(task, day) for task in found if task.unit_id in demanding}
    return {number: reason for number, reason in reasons.items() if reason}


def _is_publicity_asked_for(task: Task, day: date) -> str | None:
    return None if chosen(PUBLICITY, task.unit, day) else _("本单位没有规定验收前公示。")


def _is_long_term(task: Task, _day: date) -> str | None:
    return None if task.remedy == Remedy.LONG_TERM else _("只有长期坚持的任务做阶段评估、转为常态。")


def _may_become_standing(task: Task, day: date) -> str | None:
    return _is_long_term(task, day) or _all_parts_done(task, day)


def _has_look_back(task: Task, _day: date) -> str | None:
    return None if task.look_back_on is not None else _("这件任务没有待做的回头看。")


def _is_listed(task: Task, _day: date) -> str | None:
    return None if task.listed_on is not None else _("这件任务没有挂牌。")


def _is_not_listed(task: Task, _day: date) -> str | None:
    return None if task.listed_on is None else _("这件任务已于 %(day)s 挂牌。", day=task.listed_on)


def _waits(kind: RequestKind, sentence: Callable[[], str]) -> Condition:
    return lambda task, _day: None if waiting(task, kind) else sentence()


CONDITIONS: Mapping[Action, Condition] = {
    Action.REQUEST_EXTENSION: _can_be_extended,
    Action.DECIDE_EXTENSION: _waits(RequestKind.EXTENSION, lambda: _("没有等待审批的延期申请。")),
    Action.WITHDRAW_EXTENSION: _waits(RequestKind.EXTENSION, lambda: _("没有等待审批的延期申请。")),
    Action.REQUEST_CLOSURE: _all_parts_done,
    Action.CLOSE_AT_ONCE: _may_close_at_once,
    Action.ENDORSE: _has_evidence,
    Action.ACCEPT: _can_be_accepted,
    Action.PUBLICISE: _is_publicity_asked_for,
    Action.REVIEW_LONG_TERM: _is_long_term,
    Action.MAKE_STANDING: _may_become_standing,
    Action.LOOK_BACK: _has_look_back,
    Action.ANSWER_INSTRUCTION: _waits(RequestKind.INSTRUCTION, lambda: _("没有等待回复的批示。")),
    Action.ANSWER_COORDINATION: _waits(RequestKind.COORDINATION, lambda: _("没有等待答复的协调事项。")),
    Action.PUT_ON_LIST: _is_not_listed,
    Action.TAKE_OFF_LIST: _is_listed,
}
