"""The index by which tasks and problems are found by any part of their words, on both databases.

Beside each task and problem stands its text in one form (`grams.one_form`), and its pieces in an index of the
database: FTS5 on SQLite, a tsvector under GIN on PostgreSQL. The pieces give candidates, the text decides.
Both are written in the flush that changes the words, so that no verb can forget them; what came in past the
session (a migration, a restored backup) is filled in by `fill`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Table,
    any_,
    column,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.orm import Session

from tracker.database import BATCH, writing
from tracker.extensions import db
from tracker.organization.models import Unit
from tracker.problems.models import Problem
from tracker.tasks.grams import grams, one_form
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

    @property
    def key_of_pieces(self) -> ColumnElement[int]:
        """The column that says of which row pieces are; each time of a table of its own."""
        return next(iter(table(self.pieces, column(dialect().key, BigInteger)).columns))


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


def is_index(name: str) -> bool:
    """Whether a table belongs to an index of the database, which no model and no backup knows."""
    return any(name == index.pieces or name.startswith(f"{index.pieces}_") for index in INDEXES)


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
    session.execute(text(f"DELETE FROM {index.pieces} WHERE {dialect().key} = :id"), pieces)
    into = f"INSERT INTO {index.pieces} ({dialect().key}, grams) VALUES (:id, {dialect().written})"
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
    """How a database is spoken to about its indexes."""

    key: str
    written: str
    matches: Callable[[str, BindParameter[str]], ColumnElement[bool]]
    joined: str
    place: Any  # the function that says where in a text a word begins, 0 for nowhere
    looked_up: Callable[[ColumnElement[int]], ColumnElement[int]]  # of an id, not to be sought by it
    list_of: Callable[[Sequence[int]], Any]  # ids as one value
    among: Callable[[ColumnElement[int], Any], ColumnElement[bool]]  # whether an id is in such a value


def dialect() -> Dialect:
    """Return how the present database is spoken to."""
    return _DIALECTS[db.engine.dialect.name]


_DIALECTS = {
    "sqlite": Dialect(
        key="rowid",
        written=":pieces",
        matches=lambda name, asked: column(name).op("MATCH")(asked),
        joined=" AND ",
        place=func.instr,
        looked_up=lambda row: row + 0,  # it would read and sort every row that is found
        list_of=lambda ids: dumps(list(ids)),
        among=lambda row, ids: row.in_(select(column("value", BigInteger)).select_from(func.json_each(ids))),
    ),
    "postgresql": Dialect(
        key="id",
        written="to_tsvector('simple', :pieces)",
        matches=lambda _name, asked: column("grams").op("@@")(func.to_tsquery(text("'simple'"), asked)),
        joined=" & ",
        place=func.strpos,
        looked_up=lambda row: row,  # it knows how many there are
        list_of=list,
        among=lambda row, ids: row == any_(type_coerce(ids, ARRAY(BigInteger))),
    ),
}
