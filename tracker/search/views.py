"""Finding problems and tasks by any part of their text, among what the reader may see."""

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.organization.acting import Actor
from tracker.organization.models import Post, Unit
from tracker.organization.present import present_actor
from tracker.periods import Period
from tracker.problems.models import Problem
from tracker.tasks.case_numbers import write_number
from tracker.tasks.finding import PROBLEMS, found_in
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import LONGEST_WORD, Conditions, ledger
from tracker.tasks.states import Remedy, TaskState
from tracker.tasks.views import present_sight
from tracker.web.paging import Page, Pages

bp = Blueprint("search", __name__)

OF_TASK = aliased(Problem)  # the one a task answers, while another says it again
LEAD, OFFICE = aliased(Post), aliased(Unit)  # what a reader sees is told by posts and units, too


class FoundTask(NamedTuple):
    """What the page says of a task, in the order it is asked for."""

    id: int
    title: str
    secrecy: Secrecy
    state: TaskState
    remedy: Remedy
    deadline: date | None
    last_progress_on: date | None
    unit_id: int
    period: Period
    number: int
    code: str  # of its office
    where: str  # its post, or while it has none its office

    @property
    def case_no(self) -> str:
        """The number in full."""
        return write_number(self.period, self.number, self.code)


class FoundProblem(NamedTuple):
    """What the page says of a problem, in the order it is asked for."""

    text: str
    period: Period
    unit: Unit
    task_id: int | None  # the latest that answers it and that the reader sees


@bp.get("/search")
def show() -> ResponseReturnValue:
    """Tasks and problems whose text contains every word typed, of one character or more."""
    actor = present_actor()
    word = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_WORD]
    seen, lights = present_sight(actor).listed, Lights.on(clock.today(), actor.mark)
    return render_template(
        "search/results.html",
        word=word,
        lights=lights,
        tasks=_tasks(word, seen, lights) if word else Page([], None),
        problems=_problems(word, actor, seen) if word else Page([], None),
    )


def _tasks(word: str, seen: ColumnElement[bool], lights: Lights) -> Page[FoundTask]:
    of_task = (getattr(Task, name) for name in FoundTask._fields[:-2])
    asked = (
        select(*of_task, OFFICE.code, func.coalesce(LEAD.title, OFFICE.name))
        .join(OFFICE, OFFICE.id == Task.unit_id)
        .outerjoin(LEAD, LEAD.id == Task.lead_post_id)
    )
    conditions = Conditions(on=lights.day, word=word)
    found = ledger(conditions, seen, lights, asked=asked, order="changed").page(request.args.get("after"))
    return Page(list(map(FoundTask._make, found.rows)), found.after)


def _problems(word: str, actor: Actor, seen: ColumnElement[bool]) -> Page[FoundProblem]:
    """Return problems that contain a word: of tasks the reader sees, and of the offices they oversee.

    The problem of a marked task is found by whoever sees the task, and by nobody else.
    """
    its_task = select(Task.id).join(OF_TASK, OF_TASK.id == Task.problem_id)
    its_task = its_task.where(OF_TASK.id == Problem.origin_id)
    visible = or_(
        its_task.where(seen).exists(),
        and_(
            Problem.unit_id.in_([office.id for office in actor.oversees]),
            ~its_task.where(Task.secrecy != Secrecy.OPEN).exists(),
        ),
    )
    latest = its_task.with_only_columns(func.max(Task.id)).where(seen).scalar_subquery()
    query: Any = select(Problem.text, Problem.period, OFFICE, latest)
    query = query.join(OFFICE, OFFICE.id == Problem.unit_id)
    query = query.where(visible, found_in(PROBLEMS, word).in_order)
    found = Pages[Any](query, (Problem.id,), newest_first=True).page(request.args.get("problems_after"))
    return Page(list(map(FoundProblem._make, found.rows)), found.after)
