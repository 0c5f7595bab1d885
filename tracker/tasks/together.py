"""One act on many tasks at once: what would happen to each, then each carried out by its own verb.

The acts are those of single tasks, with the same rules and the same forms; nothing is done to a task here
that its own page would not let the person do. Each task is carried out by itself: one that is refused leaves
the others done.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.known import Known, Organization
from tracker.refusals import Refused
from tracker.tasks.access import find_task
from tracker.tasks.assignment import check_date, check_lead
from tracker.tasks.columns import Around, around
from tracker.tasks.fields import ActionForm, Field
from tracker.tasks.forms import FORMS
from tracker.tasks.lights import Lights
from tracker.tasks.models import JointAct, Task, TaskRequest
from tracker.tasks.queries import row_parts
from tracker.tasks.states import Action
from tracker.tasks.stepping import check
from tracker.web.filters import cndate, rest_day_said
from tracker.web.forms import text

MOST = 500  # tasks at once
COMMIT_EVERY = 20  # tasks: between them others who wait to write take their turn


@dataclass(frozen=True)
class Together:
    """An act that many tasks can have at once: what it does to each, and what is given to its verb.

    With `asks` the questions of the act's form are put once for all of them; otherwise each task holds what
    its verb needs.
    """

    action: Action
    said: Callable[[Task, Around], str]
    asks: bool = True
    hold: Callable[[Task, Actor, Organization], None] = lambda _task, _actor, _known: None
    own: Callable[[Task], Mapping[str, Any]] = lambda _task: {}

    @property
    def form(self) -> ActionForm:
        """The form of the act on one task."""
        return FORMS[self.action.value]

    def questions(self, task: Task) -> list[Field]:
        """Return what is asked once for all tasks, some task of them standing for the office."""
        return self.form.questions(task) if self.asks else []

    def read(self, task: Task) -> dict[str, Any]:
        """Return what was sent for all of them. Raises Refused with the field at fault."""
        questions = self.questions(task)
        empty = next((row for row in questions if not row.optional and not text(row.name)), None)
        if empty is not None:
            raise Refused(_("“%(label)s”还没有填。", label=empty.label), field=empty.name)
        return self.form.read(task) if questions else {}


@dataclass(frozen=True)
class Prospect:
    """What would happen to a task: in words, or in `hindered` why nothing would."""

    task: Task
    said: str
    hindered: str = ""


def _is_proposed(task: Task, actor: Actor, known: Organization) -> None:
    """Refuse a task that lacks something of an assignment."""
    if task.lead_post is None or task.duty is None:
        raise Refused(_("还没有拟定责任岗位和职责，请打开这一件单独交办。"))
    check_lead(task, task.lead_post, task.duty, actor.day, known)
    check_date(task, task.deadline, task.review_on, actor.day)


def _as_proposed(task: Task) -> Mapping[str, Any]:
    return {
        "lead_post": task.lead_post,
        "duty": task.duty,
        "deadline": task.deadline,
        "review_on": task.review_on,
        "verifier_post": task.verifier_post,
        "cooperating": [row.post for row in task.cooperations],
    }


def _assigned(task: Task, around: Around) -> str:
    day = task.deadline or task.review_on
    who, rest = around.who(task.lead_post), rest_day_said(task.deadline)
    if rest:
        return str(_("交办给%(who)s，时限 %(day)s；%(rest)s", who=who, day=cndate(day), rest=rest))
    return str(_("交办给%(who)s，时限 %(day)s", who=who, day=cndate(day)))


ACTS: Mapping[str, Together] = {
    act.action.value: act
    for act in (
        Together(Action.ASSIGN, _assigned, asks=False, hold=_is_proposed, own=_as_proposed),
        Together(Action.URGE, lambda task, around: _("提醒%(who)s", who=around.who(task.lead_post))),
        Together(Action.TRANSFER, lambda task, around: _("从%(who)s转出", who=around.who(task.lead_post))),
        Together(Action.PUT_ON_LIST, lambda _task, _around: _("今天起挂牌督办")),
    )
}
BUTTONS = {Action.PUT_ON_LIST.value: _l("挂牌")}  # shorter than the word for the act


def button(act: Together) -> Any:
    """Return the word on the button that chooses an act."""
    return BUTTONS.get(act.action.value, act.form.button)


def chosen(condition: ColumnElement[bool], seen: ColumnElement[bool]) -> Sequence[Task]:
    """Return the tasks under a condition that the reader sees, at most MOST, with all that the rules read."""
    query = select(Task).where(seen, condition).order_by(Task.id).limit(MOST)
    return db.session.scalars(query.options(*_read_by_rules())).all()


def prospects(act: Together, tasks: Sequence[Task], actor: Actor) -> list[Prospect]:
    """Return what an act would do to each of some tasks; those that it cannot touch come last."""
    known = Known(list({task.unit_id: task.unit for task in tasks}.values()), actor.day)
    told = around(tasks, Lights.on(actor.day), known, actor.office)
    found = [_prospect(act, task, actor, known, told) for task in tasks]
    return sorted(found, key=lambda row: bool(row.hindered))


def carry_out(
    run: JointAct, act: Together, rows: Sequence[tuple[int, int]], given: Mapping[str, Any], *, by: Actor
) -> Iterator[None]:
    """Carry an act out on tasks (id and the version that was looked at), one after the other.

    What became of each is written into the run: '' for done, otherwise the reason; those it has not come to
    say so, as it may be cut short. It yields every COMMIT_EVERY tasks, and whoever calls commits there.
    """
    outcomes = dict.fromkeys((str(task_id) for task_id, _version in rows), str(_("还没有办到这一件。")))
    for number, (task_id, version) in enumerate(rows, start=1):
        outcomes[str(task_id)] = _carry_out(act, task_id, version, given, by)
        if number % COMMIT_EVERY == 0:
            run.outcomes = dict(outcomes)
            yield
    run.outcomes, run.ended_at = dict(outcomes), clock.now()
    yield


def _prospect(act: Together, task: Task, actor: Actor, known: Organization, told: Around) -> Prospect:
    try:
        check(task, act.action, actor, known)
        act.hold(task, actor, known)
    except Refused as refusal:
        return Prospect(task, "", refusal.message)
    return Prospect(task, act.said(task, told))


def _carry_out(act: Together, task_id: int, version: int, given: Mapping[str, Any], by: Actor) -> str:
    task = find_task(task_id, by)
    if task is None:
        return str(_("没有这件任务，或您无权查看。"))
    try:
        with db.session.begin_nested():
            db.session.refresh(task, with_for_update={"of": Task})  # of it alone, whatever is loaded with it
            if task.version != version:
                raise Refused(_("预览以后这件任务已有变化，没有办理；打开这一件查看最新情况。"))
            act.form.verb(task, by=by, **(given if act.asks else act.own(task)))
    except Refused as refusal:
        return refusal.message
    return ""


def _read_by_rules() -> tuple[Any, ...]:
    """Return the loading options for what the rules of an act read of a task."""
    return (
        *row_parts(),
        joinedload(Task.duty),
        joinedload(Task.verifier_post),
        selectinload(Task.events),
        selectinload(Task.cooperations),
        selectinload(Task.requests).joinedload(TaskRequest.asked),
    )
