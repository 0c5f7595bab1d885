"""Finding problems and tasks by any part of their text, among what the reader may see."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.problems.models import Problem
from tracker.tasks.finding import PROBLEMS, found_in
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import LONGEST_WORD, Conditions, ledger
from tracker.tasks.views import present_sight
from tracker.web.paging import Page, page

bp = Blueprint("search", __name__)

OF_TASK = aliased(Problem)  # the one a task answers, while another says it again


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


def _tasks(word: str, seen: ColumnElement[bool], lights: Lights) -> Page[Task]:
    conditions = Conditions(on=lights.day, word=word)
    return ledger(conditions, seen, lights, order="changed").page(request.args.get("after"))


def _problems(word: str, actor: Actor, seen: ColumnElement[bool]) -> Page[Problem]:
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
    query = (
        select(Problem).where(visible, found_in(PROBLEMS, word).in_order).options(joinedload(Problem.unit))
    )
    return page(query, (Problem.id,), request.args.get("problems_after"), newest_first=True)
