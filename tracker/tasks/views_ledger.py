"""The page of the ledger (台账)."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from tracker.organization.kept import statements, word_statements
from tracker.organization.known import Known
from tracker.organization.present import present_actor
from tracker.periods import Period
from tracker.tasks import ledger_page
from tracker.tasks.columns import COLUMNS, Around, around, column_parts, read_columns
from tracker.tasks.excerpts import excerpts
from tracker.tasks.grams import words
from tracker.tasks.hours import hours_of
from tracker.tasks.ledger_rows import asked_for_rows, page_of_rows, written_rows
from tracker.tasks.lights import Lights
from tracker.tasks.lists import LISTS
from tracker.tasks.models import Task
from tracker.tasks.queries import (
    Conditions,
    counting,
    counts_and_periods,
    ledger,
    read_conditions,
    up_to,
)
from tracker.tasks.saved import tabs_for
from tracker.tasks.views import bp as bp  # of its package's pages
from tracker.tasks.views import present_sight
from tracker.web.paging import GapsLast, Page, Pages

T = TypeVar("T")


@bp.get("/tasks")
def show_ledger() -> ResponseReturnValue:
    """The ledger by the conditions of its address: in two lines a task, or in the columns it names."""
    actor = present_actor()
    conditions = read_conditions(request.args, actor)
    order = ledger_page.known_order(request.args.get("sort", ""))
    columns = read_columns(request.args.getlist("cols"))
    lights = Lights.on(conditions.on, actor.mark)
    page = _page(conditions, lights, order, wide=bool(columns))
    shown, withheld, periods = _counts_and_periods(conditions, page, lights)
    acts = ledger_page.acts(actor, conditions)
    hours = hours_of(page.rows, actor) if conditions.on == actor.day else {}
    name = ledger_page.known_list(request.args.get("list", ""))
    found_by = {} if columns else excerpts(page.rows, words(conditions.word))
    tabs = tabs_for(actor, request.args.get("view", ""))
    view = next((tab for tab in tabs if tab.key == request.args.get("view")), None)
    address = ledger_page.full_address(conditions, order, columns, name)
    address |= {} if view is None else {"view": view.key}
    look = ledger_page.Look(conditions, address, periods, order, columns, tabs, acts)
    return render_template(
        "tasks/ledger.html",
        conditions=conditions,
        address=address,
        page=page,
        rows=""
        if columns
        else written_rows(page.rows, lights, hours, actor, ticked=bool(acts), found_by=found_by),
        lights=lights,
        hours=hours,
        count=up_to(shown),
        withheld=withheld,
        chips=ledger_page.chips(conditions, address),
        ways=ledger_page.ways(look, actor),
        view=view,
        changed=view is not None and ledger_page.differs(view, address),
        standing=LISTS.get(name),
        order=order,
        columns={name: COLUMNS[name] for name in columns},
        acts=acts,
        around=_around(page.rows, conditions.on, lights) if columns else None,
    )


def _around(tasks: Sequence[Task], day: date, lights: Lights) -> Around:
    offices = list({task.unit_id: task.unit for task in tasks}.values())
    return around(tasks, lights, Known(offices, day), present_actor().office)


def _page(conditions: Conditions, lights: Lights, order: str, *, wide: bool) -> Page[Any]:
    """Return the page of the address: whole tasks for a wide table, else what a row of two lines says."""

    def make() -> Pages[Any] | GapsLast[Any]:
        asked = select(Task).options(*column_parts()) if wide else asked_for_rows()
        return ledger(conditions, present_sight(present_actor()).listed, lights, asked=asked, order=order)

    pages, after = _built("pages", conditions, order, wide, make=make), request.args.get("after")
    values = conditions.found.values
    return pages.page(after, values) if wide else page_of_rows(pages, after, values)


def _counts_and_periods(
    conditions: Conditions, page: Page[Any], lights: Lights
) -> tuple[int, int, list[Period]]:
    """Return how many tasks a list shows, how many it withholds from whoever oversees an office, the periods.

    A list on one page is counted already. Nothing is said of a word that is searched for: how often it hits
    would tell what stands in tasks that are withheld.
    """
    actor = present_actor()
    is_whole = page.after is None and not request.args.get("after")
    tells = actor.standing.oversees and not conditions.word

    def make() -> Select[Any]:
        sight = present_sight(actor)
        sights = [*([] if is_whole else [sight.listed]), *([sight.withheld] if tells else [])]
        return counting(conditions, sights, lights, sight.listed)

    asked = _built("counts", conditions, is_whole, make=make)
    found, periods = counts_and_periods(asked, conditions.found.values)
    return len(page.rows) if is_whole else found[0], found[-1] if tells else 0, periods


def _built(what: str, conditions: Conditions, *more: Hashable, make: Callable[[], T]) -> T:
    """Return a question to the database, kept for the reader; it is asked of another word with its values."""
    actor, address = present_actor(), tuple(replace(conditions, word="").address().items())
    shelf = word_statements if conditions.word else statements
    return shelf(actor.mark, what, actor.reader, address, conditions.found.shape, *more, make=make)
