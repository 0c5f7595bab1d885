"""Where the word stands by which a task or problem was found, for lists of what somebody sought.

Title and number are in sight. Of what is said elsewhere some characters around the word are shown.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, bindparam, func, select

from tracker.extensions import db
from tracker.problems.models import Problem
from tracker.tasks.case_numbers import write_number
from tracker.tasks.grams import one_form
from tracker.tasks.models import Task
from tracker.tasks.word_index import dialect

BEFORE, AFTER = 12, 24  # characters shown around a word
in_one_form = lru_cache(3000)(one_form)  # lists show the same texts again and again
PROBLEM, MEASURE, STANDARD = _l("问题："), _l("措施："), _l("验收标准：")


class Excerpt(NamedTuple):
    """Where the word stands that somebody sought."""

    where: str
    before: str
    word: str
    after: str


def excerpts(tasks: Sequence[Any], wanted: Sequence[str]) -> Mapping[int, Excerpt]:
    """Return by id, of the tasks of a list whose row does not say the words sought, where they say them."""
    sights = {task.id: f"{write_number(task.period, task.number)} {task.title}" for task in tasks}
    unseen = [task_id for task_id, sight in sights.items() if any(word not in sight for word in wanted)]
    if not unseen:
        return {}
    texts = db.session.connection().execute(
        _texts(db.engine.dialect.name), {"ids": dialect().list_of(unseen)}
    )
    labels = (PROBLEM, MEASURE, STANDARD)
    found = {
        task_id: _excerpt(wanted, sights[task_id], list(zip(labels, said, strict=True)))
        for task_id, *said in texts
    }
    return {task_id: excerpt for task_id, excerpt in found.items() if excerpt}


def excerpt_of_problem(text: str, measure: str, wanted: Sequence[str]) -> Excerpt | None:
    """Return where a problem that was found says the words sought, None if its text does."""
    return _excerpt(wanted, text, [(MEASURE, measure)])


@cache
def _texts(_database: str) -> Select[Any]:
    """Return the query for what tasks say beside their title; built once for a kind of database."""
    asked: Any = select(Task.id, func.coalesce(Problem.text, ""), Task.measure, Task.standard)
    asked = asked.outerjoin(Problem, Problem.id == Task.problem_id)
    found: Select[Any] = asked.where(dialect().among(Task.id.expression, bindparam("ids")))
    return found


def _excerpt(wanted: Sequence[str], sight: str, parts: Sequence[tuple[Any, str]]) -> Excerpt | None:
    """Return where the first part that has it says the first word that is not in sight."""
    for word in wanted:
        if word in sight or word in in_one_form(sight):
            continue
        for where, text in parts:
            if word in text or word in in_one_form(text):
                return _around(word, text, str(where))
    return None


def _around(word: str, text: str, where: str) -> Excerpt:
    """Return a word with some characters around it, as they were typed where the word stands so."""
    said = text if word in text else in_one_form(text)
    at = said.index(word)
    end = at + len(word)
    before = ("…" if at > BEFORE else "") + said[max(at - BEFORE, 0) : at]
    after = said[end : end + AFTER] + ("…" if end + AFTER < len(said) else "")
    return Excerpt(where, before, word, after)
