"""The index by which tasks and problems are found by any part of their words, on both databases.

Beside each task and problem stands its text in one form (`grams.one_form`), and its pieces in an index of the
database: FTS5 on SQLite, a tsvector under GIN on PostgreSQL. The pieces give candidates, the text decides.
Both are written in the flush that changes the words, so that no verb can forget them; what came in past the
session (a migration, a restored backup) is filled in by `fill`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Table,
    and_,
    column,
    delete,
    event,
    false,
    func,
    insert,
    inspect,
    select,
    table,
    text,
    true,
)
from sqlalchemy.orm import Session

from tracker.database import BATCH, fixed, writing
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.problems.models import Problem
from tracker.tasks.grams import asked_for, grams, one_form, says_it_all, words
from tracker.tasks.models import ProblemText, Task, TaskText


@dataclass(frozen=True)
class Index:
    """What is found: its rows, which of their columns hold words, where text and pieces stand."""

    subject: Any
    watched: tuple[str, ...]  # whoever changes one of these changes the words
    kept: Table  # the texts; their key is the id of the subject
    pieces: str  # the table of pieces
    read: Callable[[], Any]  # the query for id, then the parts of the text
    parts: Callable[[Any], Sequence[str]]  # as they are searched

    @property
    def key(self) -> Column[Any]:
        """The id of the subject a text belongs to."""
        return next(iter(self.kept.primary_key))


def _task_parts(row: Any) -> Sequence[str]:
    """The words of a task: both forms of its number, title, measure, standard, and the problem behind it."""
    _id, code, period, number, *said = row
    return (f"ZG-{code}-{period}-{number:03d}", f"ZG-{period}-{number:03d}", *said)


TASKS = Index(
    Task,
    ("title", "measure", "standard", "problem_id"),
    cast(Table, TaskText.__table__),
    "task_grams",
    lambda: (
        select(
            Task.id,
            Unit.code,
            Task.period,
            Task.number,
            Task.title,
            Task.measure,
            Task.standard,
            func.coalesce(Problem.text, ""),
        )
        .join(Unit, Unit.id == Task.unit_id)
        .outerjoin(Problem, Problem.id == Task.problem_id)
    ),
    _task_parts,
)
PROBLEMS = Index(
    Problem,
    ("text", "measure"),
    cast(Table, ProblemText.__table__),
    "problem_grams",
    lambda: select(Problem.id, Problem.text, Problem.measure),
    lambda row: row[1:],
)
INDEXES = (TASKS, PROBLEMS)
FEW = 500  # candidates that are named to the database one by one


def is_index(name: str) -> bool:
    """Whether a table belongs to an index of the database, which no model and no backup knows."""
    return any(name == index.pieces or name.startswith(f"{index.pieces}_") for index in INDEXES)


@dataclass(frozen=True)
class Found:
    """One condition in the two forms in which a database reads few rows for it."""

    in_order: ColumnElement[bool]  # for a list: read in its order, each row looked up, until the page is full
    in_all: ColumnElement[bool]  # for a count: read what is found, and leave off when enough was counted


def found_in(index: Index, asked: str) -> Found:
    """Return the condition that the text of a row contains every word of what somebody typed.

    Few candidates are named one by one, in both forms; whether they are few is asked here, once.
    """
    wanted = words(asked)
    if not wanted:
        return Found(false(), false())
    row, key = index.subject.id, _key_of_pieces(index)
    holds_them = _holds(index, {piece for word in wanted for piece in asked_for(word)})
    candidates = select(key).where(holds_them)
    few = db.session.scalars(candidates.limit(fixed(FEW + 1))).all()
    unsure = [word for word in wanted if not says_it_all(word)]
    contains = (index.kept.c.text.contains(word, autoescape=True) for word in unsure)
    sure = select(index.key).where(index.key == row, *contains).exists() if unsure else true()
    if len(few) <= FEW:
        named = and_(row.in_(few), sure)
        return Found(named, named)
    return Found(
        and_(_here().looked_up(row).in_(candidates), sure),
        and_(row == key, holds_them, sure),
    )


def keep_up() -> None:
    """Write the index with every flush that changes words."""
    if not event.contains(Session, "after_flush", _keep_up):
        event.listen(Session, "after_flush", _keep_up)


def fill() -> int:
    """Write the index for every row that has no text there; return how many. Commits in batches."""
    return sum(len(ids) for index in INDEXES for ids in _missing(index))


def rebuild() -> int:
    """Write the whole index anew; return for how many rows. Commits in batches."""
    with writing():
        for index in INDEXES:
            db.session.execute(delete(index.kept))
            db.session.execute(text(f"DELETE FROM {index.pieces}"))
    return fill()


def gaps() -> int:
    """Return how many rows the index lacks; 0 where all is well."""
    counts = (select(func.count(index.subject.id)).where(_unwritten(index)) for index in INDEXES)
    return sum(db.session.scalar(count) or 0 for count in counts)


def _keep_up(session: Session, _context: Any) -> None:
    touched = [*session.new, *session.dirty]
    for index in INDEXES:
        ids = [row.id for row in touched if isinstance(row, index.subject) and _says_else(row, index)]
        if ids:
            _write(session, index, ids)


def _says_else(row: Any, index: Index) -> bool:
    return any(inspect(row).attrs[name].history.has_changes() for name in index.watched)


def _unwritten(index: Index) -> ColumnElement[bool]:
    return ~select(index.key).where(index.key == index.subject.id).exists()


def _missing(index: Index) -> Iterator[Sequence[int]]:
    """Write batch after batch of what is missing, and yield the ids of each."""
    last = 0
    while True:
        with writing():
            query = select(index.subject.id).where(index.subject.id > last, _unwritten(index))
            ids = db.session.scalars(query.order_by(index.subject.id).limit(BATCH)).all()
            _write(db.session(), index, ids)
        if not ids:
            return
        yield ids
        last = ids[-1]


def _write(session: Session, index: Index, ids: Collection[int]) -> None:
    """Write text and pieces of some rows as they stand in the database now."""
    rows = session.execute(index.read().where(index.subject.id.in_(ids))).all()
    if not rows:
        return
    texts = {row[0]: _together(index.parts(row)) for row in rows}
    session.execute(delete(index.kept).where(index.key.in_(ids)))
    session.execute(insert(index.kept), [{index.key.name: one, "text": said} for one, said in texts.items()])
    pieces = [{"id": one, "pieces": " ".join(sorted(grams(said)))} for one, said in texts.items()]
    session.execute(text(f"DELETE FROM {index.pieces} WHERE {_here().key} = :id"), pieces)
    into = f"INSERT INTO {index.pieces} ({_here().key}, grams) VALUES (:id, {_here().written})"
    session.execute(text(into), pieces)


def _together(parts: Sequence[str]) -> str:
    """Return the parts as one text; what another part says already is said once."""
    kept: list[str] = []
    for part in map(one_form, parts):
        if part and not any(part in other for other in kept):
            kept.append(part)
    return " ".join(kept)


@dataclass(frozen=True)
class Dialect:
    """How a database is spoken to about its index of pieces."""

    key: str
    written: str
    matches: Callable[[str, str], ColumnElement[bool]]
    joined: str
    looked_up: Callable[[ColumnElement[int]], ColumnElement[int]]  # of an id, not to be sought by it


_DIALECTS = {
    "sqlite": Dialect(
        "rowid",
        ":pieces",
        lambda name, asked: column(name).op("MATCH")(asked),
        " AND ",
        lambda row: row + 0,  # it would read and sort every row that is found
    ),
    "postgresql": Dialect(
        "id",
        "to_tsvector('simple', :pieces)",
        lambda _name, asked: column("grams").op("@@")(func.to_tsquery(text("'simple'"), asked)),
        " & ",
        lambda row: row,  # it knows how many there are
    ),
}


def _here() -> Dialect:
    return _DIALECTS[db.engine.dialect.name]


def _key_of_pieces(index: Index) -> ColumnElement[int]:
    """Return the column of the table of pieces that says of which row they are."""
    return next(iter(table(index.pieces, column(_here().key, BigInteger)).columns))


def _holds(index: Index, pieces: Collection[str]) -> ColumnElement[bool]:
    here = _here()
    return here.matches(index.pieces, here.joined.join(sorted(pieces)))
