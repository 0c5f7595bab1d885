"""The rows of the ledger in two lines a task, as a page shows them.

A row says nothing but what was asked for it (`Asked`) and what the directory says: as long as both stay the
same it is written once. Of a list that is opened again only the rows that changed are written.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Select, String, select, type_coerce
from sqlalchemy.orm import aliased

from tracker.documents.models import Secrecy
from tracker.organization.acting import Actor
from tracker.organization.directory import Directory, Named, directory
from tracker.organization.kept import Shelf
from tracker.periods import Period
from tracker.problems.models import Kinship, Problem
from tracker.tasks.again import tags_of
from tracker.tasks.case_numbers import write_number
from tracker.tasks.excerpts import Excerpt
from tracker.tasks.hours import Hours
from tracker.tasks.lights import Light, Lights
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, TaskState
from tracker.tasks.words import secrecy_word, state_word
from tracker.web.filters import cndate
from tracker.web.macros import macros
from tracker.web.paging import NO_VALUES, GapsLast, Page, Pages

BETWEEN_LINES = re.compile(r"\s*\n\s*")  # how the template is set out; no browser shows it
ROWS = Shelf(3000)  # about 1 kB each

BEHIND = aliased(Problem)  # conditions of the ledger ask for problems of their own


class Asked(NamedTuple):
    """What the ledger asks of a task for its row, in the order of `asked_for_rows`."""

    id: int
    unit_id: int
    period: str  # its code
    number: int
    title: str
    remedy: Remedy
    state: TaskState
    secrecy: Secrecy
    domain_id: int
    lead_post_id: int | None
    round_no: int
    deadline: date | None
    review_on: date | None
    last_progress_on: date | None
    percent: int | None
    problem_id: int | None
    kinship: Kinship | None
    running: int | None
    counted_in: str | None  # code of a period like those that `running` counts


class Row(NamedTuple):
    """A task in the words of its row."""

    id: int
    short_no: str
    number: str  # in full for a task of another office than the reader's
    title: str
    excerpt: Excerpt | None  # of what it was found by, unless title or number say that
    mark: str  # 内部 or 工作秘密, '' for none
    again: Sequence[tuple[str, str]]  # word and kind of tag
    light: Light
    due: Sequence[str]  # a day, or hours
    post: Named | None  # None: not given to anybody yet
    domain: str
    percent: int | None
    worked: str  # when last
    state: str
    idle: str  # for how long nothing was reported, '' for what does not stagnate


def asked_for_rows() -> Select[tuple[object, ...]]:
    """Return the query for what `Asked` holds; the names come out of the directory."""
    of_problem = [BEHIND.kinship, BEHIND.running, type_coerce(BEHIND.period, String).label("counted_in")]
    of_task = [getattr(Task, name) for name in Asked._fields[: -len(of_problem)]]
    of_task[Asked._fields.index("period")] = type_coerce(Task.period, String).label("code")
    return select(*of_task, *of_problem).select_from(Task).outerjoin(BEHIND, BEHIND.id == Task.problem_id)


def page_of_rows(
    pages: Pages[Any] | GapsLast[Any], after: str | None, values: Mapping[str, Any] = NO_VALUES
) -> Page[Asked]:
    """Return a page of the ledger that was asked by `asked_for_rows`; see `Pages.page`."""
    page = pages.page(after, values)
    return Page(list(map(Asked._make, page.rows)), page.after)


def written_rows(
    tasks: Sequence[Asked],
    lights: Lights,
    hours: Mapping[int, Hours],
    actor: Actor,
    *,
    ticked: bool,
    found_by: Mapping[int, Excerpt] = MappingProxyType({}),
) -> Markup:
    """Return the rows of some tasks for a reader, with boxes to tick or without, as HTML."""
    home = actor.standing.office_id
    seen_as = (str(get_locale()), lights.day, home, ticked)

    @cache
    def names() -> Directory:
        """Asked for the whole page, and only where a row has to be written."""
        posts = {task.lead_post_id for task in tasks if task.lead_post_id is not None}
        return directory({task.unit_id for task in tasks}, posts, lights.day, actor.mark)

    def write(key: tuple[Any, ...]) -> Markup:
        task, said, excerpt, *_seen_as = key
        row = _row(task, said, excerpt, lights, names(), home)
        html = macros("tasks/ledger_row.html").row(row, ticked)
        return Markup(BETWEEN_LINES.sub("\n", html))

    said = [hours[task.id].said if task.id in hours else () for task in tasks]
    keys = [(task, also, found_by.get(task.id), *seen_as) for task, also in zip(tasks, said, strict=True)]
    return Markup("".join(ROWS.each(actor.mark, keys, write)))  # each is HTML already


def _row(
    task: Asked,
    said: Sequence[str],
    excerpt: Excerpt | None,
    lights: Lights,
    names: Directory,
    home: int | None,
) -> Row:
    code, idle = "" if task.unit_id == home else names.codes[task.unit_id], lights.idle_days(task)
    return Row(
        task.id,
        write_number(task.period, task.number),
        write_number(task.period, task.number, code),
        task.title,
        excerpt,
        secrecy_word(task.secrecy),
        tags_of(
            task.round_no, task.kinship, task.running or 1, Period.stored(task.counted_in or task.period)
        ),
        lights.light(task),
        said or (cndate(task.deadline or task.review_on),),
        None if task.lead_post_id is None else names.named(task.lead_post_id, task.domain_id),
        names.domains.get(task.domain_id, ""),  # one that came this moment is in the next page
        task.percent,
        _("%(day)s办理", day=cndate(task.last_progress_on)) if task.last_progress_on else "",
        state_word(task.state),
        _("停滞 %(days)s 个工作日", days=idle) if idle else "",
    )
