"""Finding problems and tasks by any part of their text, among what the reader may see."""

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.former import bears_present_name
from tracker.organization.kept import word_statements
from tracker.organization.models import Unit
from tracker.organization.present import present_actor
from tracker.periods import Period
from tracker.problems.models import Problem
from tracker.tasks.excerpts import Excerpt, excerpt_of_problem, excerpts
from tracker.tasks.finding import Sought, latest, sought
from tracker.tasks.hours import hours_of
from tracker.tasks.ledger_rows import Asked, asked_for_rows, page_of_rows, written_rows
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import LONGEST_WORD
from tracker.tasks.views import present_sight
from tracker.tasks.word_index import PROBLEMS, TASKS
from tracker.web.paging import Page, Pages

bp = Blueprint("search", __name__)

PROBLEMS_SHOWN = 10  # a page; they stand below the tasks, most of which say the same words again
NO_PAGE = Page[Any]([], None)
OF_TASK = aliased(Problem)  # the one a task answers, while another says it again
OFFICE = aliased(Unit)  # what a reader sees is told by units, too


class FoundProblem(NamedTuple):
    """What the page says of a problem, in the order it is asked for, and where it says what was sought."""

    text: str
    measure: str
    period: Period
    unit_id: int
    unit: str  # as it is called now
    renamed_on: date | None
    task_id: int | None  # the latest that answers it and that the reader sees
    excerpt: Excerpt | None  # of what it was found by, unless its text says that

    @property
    def office(self) -> str:
        """What its office was called then."""
        day = self.period.last_day
        if bears_present_name(day, self.renamed_on):
            return self.unit
        return db.session.get_one(Unit, self.unit_id).name_on(day)


@bp.get("/search")
def show() -> ResponseReturnValue:
    """Tasks and problems whose text contains every word typed, of one character or more."""
    actor = present_actor()
    word = request.args.get("q", "").strip()[:LONGEST_WORD]
    what, lights = sought(word), Lights.on(clock.today(), actor.mark)
    tasks = _tasks(what, actor) if what else NO_PAGE
    hours, found_by = hours_of(tasks.rows, actor), excerpts(tasks.rows, what.words if what else ())
    return render_template(
        "search/results.html",
        word=word,
        tasks=tasks,
        rows=written_rows(tasks.rows, lights, hours, actor, ticked=False, found_by=found_by),
        problems=_problems(what, actor) if what else NO_PAGE,
    )


def _tasks(what: Sought, actor: Actor) -> Page[Asked]:
    def make() -> Pages[Any]:
        return latest(TASKS, asked_for_rows().where(present_sight(actor).listed), what)

    pages = word_statements(actor.mark, "tasks found", actor.reader, what.shape, make=make)
    return page_of_rows(pages, request.args.get("after"), what.values)


def _problems(what: Sought, actor: Actor) -> Page[FoundProblem]:
    def make() -> Pages[Any]:
        return latest(PROBLEMS, _seen_problems(actor), what, size=PROBLEMS_SHOWN)

    pages = word_statements(actor.mark, "problems found", actor.reader, what.shape, make=make)
    found = pages.page(request.args.get("problems_after"), what.values)
    rows = [
        FoundProblem._make((text, measure, *more, excerpt_of_problem(text, measure, what.words)))
        for text, measure, *more in found.rows
    ]
    return Page(rows, found.after)


def _seen_problems(actor: Actor) -> Select[Any]:
    """Return the query for problems of tasks the reader sees, and of the offices they oversee.

    The problem of a marked task is found by whoever sees the task, and by nobody else.
    """
    seen = present_sight(actor).listed
    its_task = select(Task.id).join(OF_TASK, OF_TASK.id == Task.problem_id)
    its_task = its_task.where(OF_TASK.id == Problem.origin_id)
    visible = or_(
        its_task.where(seen).exists(),
        and_(
            Problem.unit_id.in_([office.id for office in actor.oversees]),
            ~its_task.where(Task.secrecy != Secrecy.OPEN).exists(),
        ),
    )
    answering = its_task.with_only_columns(func.max(Task.id)).where(seen).scalar_subquery()
    asked = select(
        Problem.text, Problem.measure, Problem.period, OFFICE.id, OFFICE.name, OFFICE.renamed_on, answering
    )
    return asked.join(OFFICE, OFFICE.id == Problem.unit_id).where(visible)
