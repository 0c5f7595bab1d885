"""Where the word stands by which a task or problem was found, for lists of what somebody sought.

Title and number are in sight. Of what is said elsewhere some characters around the word are shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from tracker.extensions import db
from tracker.problems.models import Problem
from tracker.tasks.case_numbers import write_number
from tracker.tasks.grams import one_form, words
from tracker.tasks.models import Task

BEFORE, AFTER = 12, 24  # characters shown around a word
PROBLEM, MEASURE, STANDARD = _l("问题："), _l("措施："), _l("验收标准：")


class Excerpt(NamedTuple):
    """Where the word stands that somebody sought."""

    where: str
    before: str
    word: str
    after: str


def excerpts(tasks: Sequence[Any], asked: str) -> Mapping[int, Excerpt]:
    """Return by id, of the tasks of a list whose row does not say what was sought, where they say it."""
    wanted = words(asked)
    sought = {task.id: _lacking(wanted, _in_sight(task)) for task in tasks}
    unseen = [task_id for task_id, word in sought.items() if word]
    if not unseen:
        return {}
    query = (
        select(Task.id, func.coalesce(Problem.text, ""), Task.measure, Task.standard)
        .outerjoin(Problem, Problem.id == Task.problem_id)
        .where(Task.id.in_(unseen))
    )
    parts = (PROBLEM, MEASURE, STANDARD)
    found = {
        task_id: _around(sought[task_id], zip(parts, texts, strict=True))
        for task_id, *texts in db.session.execute(query)
    }
    return {task_id: excerpt for task_id, excerpt in found.items() if excerpt}


def excerpt_of_problem(text: str, measure: str, asked: str) -> Excerpt | None:
    """Return where a problem that was found says what was sought, None if its text does."""
    word = _lacking(words(asked), text)
    return _around(word, [(MEASURE, measure)]) if word else None


def _in_sight(task: Any) -> str:
    return f"{write_number(task.period, task.number)} {task.title}"


def _lacking(wanted: Sequence[str], sight: str) -> str:
    """Return the first word that is not in sight, '' if all of them are."""
    return next((word for word in wanted if word not in sight and word not in one_form(sight)), "")


def _around(word: str, parts: Iterable[tuple[Any, str]]) -> Excerpt | None:
    """Return the place of a word in the first part that has it."""
    for where, text in parts:
        formed = one_form(text)
        at, end = formed.find(word), formed.find(word) + len(word)
        if at < 0:
            continue
        said = text if len(text) == len(formed) else formed  # as it was typed, where the places are the same
        before = ("…" if at > BEFORE else "") + said[max(at - BEFORE, 0) : at]
        after = said[end : end + AFTER] + ("…" if end + AFTER < len(said) else "")
        return Excerpt(str(where), before, said[at:end], after)
    return None
