"""Carrying out a row of a table that came back: through the verbs, whole or not at all."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.exchange.ledger_plan import CellState, PlannedCell, PlannedRow, RowState
from tracker.exchange.ledger_wishes import Wish
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, DutyDomain, Post
from tracker.refusals import OutOfDate, Refused
from tracker.tasks.access import find_task
from tracker.tasks.correcting import correct, transfer
from tracker.tasks.extending import request_extension
from tracker.tasks.lifecycle import report_progress
from tracker.tasks.models import Task
from tracker.tasks.states import Action
from tracker.tasks.stepping import take_turn

Arguments = Mapping[str, Any]
Outcome = tuple[RowState, str]


def apply_row(row: PlannedRow, *, by: Actor, reason: str, theirs: Collection[str] = frozenset()) -> Outcome:
    """Carry a row out in a savepoint and return what became of it, with why where it was not done.

    Of a conflict the present value stays, but for the columns named in `theirs`. A task that changed
    since the preview is left alone.
    """
    wishes = [cell.wish for cell in row.cells if cell.wish is not None and _is_taken(cell, theirs)]
    if not wishes:
        return RowState.LEFT, _("两边都改过的保留了现值，没有别的改动。")
    task = None if row.task_id is None else find_task(row.task_id, by)
    if task is None:
        return RowState.REFUSED, _("没有这件任务，或不在您的查看范围内。")
    savepoint = db.session.begin_nested()
    try:
        if task.version != row.version:
            raise OutOfDate(_("预览以后这件任务有了变化，没有导入；请重新导出、核对后再改。"))
        take_turn(task, row.version)
        for act, arguments in _acts(wishes):
            VERBS[act](task, by, reason, row, arguments)
    except OutOfDate as refusal:
        savepoint.rollback()
        return RowState.OUT_OF_DATE, refusal.message
    except Refused as refusal:
        savepoint.rollback()
        return RowState.REFUSED, refusal.message
    savepoint.commit()
    return RowState.APPLIED, ""


def _is_taken(cell: PlannedCell, theirs: Collection[str]) -> bool:
    return cell.state == CellState.CHANGE or (cell.state == CellState.CONFLICT and cell.name in theirs)


def _acts(wishes: Iterable[Wish]) -> list[tuple[Action, dict[str, Any]]]:
    """Return the acts of a row in the order of VERBS, each with all that it is given."""
    found: dict[Action, dict[str, Any]] = {}
    for wish in wishes:
        found.setdefault(wish.action, {})[wish.argument] = wish.value
    return [(action, found[action]) for action in VERBS if action in found]


def _report(task: Task, by: Actor, _reason: str, _row: PlannedRow, given: Arguments) -> object:
    if "text" not in given:
        raise Refused(_("改完成比例要同时写明整改进展。"), field="text")
    return report_progress(task, by=by, text=given["text"], percent=given.get("percent"))


def _extend(task: Task, by: Actor, reason: str, row: PlannedRow, given: Arguments) -> object:
    progress = next((cell.new for cell in row.cells if cell.name == "progress"), "") or _last_words(task)
    return request_extension(
        task, by=by, wanted=date.fromisoformat(given["wanted"]), reason=reason, progress=progress
    )


def _correct(task: Task, by: Actor, reason: str, _row: PlannedRow, given: Arguments) -> object:
    given = dict(given)
    if "domain" in given:
        given["domain"] = db.session.get_one(DutyDomain, given["domain"])
    if "verifier_post" in given:
        given["verifier_post"] = db.session.get_one(Post, given["verifier_post"])
    if "deadline" in given:
        given["deadline"] = date.fromisoformat(given["deadline"])
    return correct(task, by=by, reason=reason, **given)


def _transfer(task: Task, by: Actor, reason: str, _row: PlannedRow, given: Arguments) -> object:
    duty = db.session.get_one(Duty, given["duty"])
    return transfer(task, by=by, reason=reason, lead_post=duty.post, duty=duty)


def _last_words(task: Task) -> str:
    return next((event.text for event in reversed(task.events) if event.action == Action.REPORT_PROGRESS), "")


VERBS: Mapping[Action, Callable[[Task, Actor, str, PlannedRow, Arguments], object]] = {
    Action.REPORT_PROGRESS: _report,
    Action.REQUEST_EXTENSION: _extend,
    Action.CORRECT: _correct,
    Action.TRANSFER: _transfer,  # last: it hands the task to another
}
