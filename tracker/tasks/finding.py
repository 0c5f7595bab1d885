"""Finding tasks and problems by any part of their words, in the indexes of `word_index`.

The pieces give candidates, the text decides. What is sought stands in the statements as values with names of
their own: a statement that is kept serves every word of the same shape.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, false, select, true

from tracker.database import fixed, spelled_out
from tracker.extensions import db
from tracker.tasks.grams import asked_for, says_it_all, words
from tracker.tasks.word_index import Index, dialect
from tracker.web.paging import PAGE, Pages

FEW = 500  # candidates that are named to the database one by one


@dataclass(frozen=True)
class Sought:
    """What somebody typed, as an index is asked for it."""

    words: tuple[str, ...]  # in one form
    pieces: str  # that every row has which contains all of them, as the database spells them
    unsure: tuple[str, ...]  # the words that only the text decides

    @property
    def shape(self) -> Hashable:
        """What a statement for it depends on."""
        return len(self.unsure)

    @property
    def values(self) -> dict[str, Any]:
        """What such a statement is told of it."""
        return {"pieces": self.pieces, **{_name(number): word for number, word in enumerate(self.unsure)}}


@dataclass(frozen=True)
class Found:
    """One condition in the two forms in which a database reads few rows for it."""

    in_order: ColumnElement[bool]  # for a list: read in its order, each row looked up, until the page is full
    in_all: ColumnElement[bool]  # for a count: read what is found, and leave off when enough was counted
    shape: Hashable = None  # of both, and what they are told when they are asked for another word
    values: Mapping[str, Any] = field(default_factory=dict)


ANYTHING = Found(true(), true())
NOTHING = Found(false(), false(), "nothing")


def sought(asked: str) -> Sought | None:
    """Return what somebody typed as an index is asked for it; None where nothing is left to seek."""
    wanted = tuple(words(asked))
    if not wanted:
        return None
    pieces = sorted({piece for word in wanted for piece in asked_for(word)})
    unsure = tuple(word for word in wanted if not says_it_all(word))
    return Sought(wanted, dialect().joined.join(pieces), unsure)


def latest(index: Index, asked: Select[Any], what: Sought, *, size: int = PAGE) -> Pages[Any]:
    """Return, by pages and the latest row first, what is asked of the rows that contain what is sought.

    The pieces give their rows in this order, so that a word of many rows is found as soon as a rare one.
    """
    key = index.key_of_pieces
    query = asked.join(key.table, key == index.subject.id).where(_has_pieces(index, what), _says(index, what))
    return Pages(spelled_out(query), (key,), newest_first=True, size=size)


def found_in(index: Index, asked: str) -> Found:
    """Return the condition that the text of a row contains every word of what somebody typed.

    Few candidates are named one by one, in both forms; whether they are few is asked here, once.
    """
    what = sought(asked)
    if what is None:
        return NOTHING
    row, key, sure = index.subject.id, index.key_of_pieces, _says(index, what)
    candidates = select(key).where(_has_pieces(index, what))
    few = db.session.scalars(candidates.limit(fixed(FEW + 1))).all()
    if len(few) <= FEW:
        values = {**what.values, "few": dialect().list_of(few)}
        named = and_(dialect().among(row, bindparam("few", values["few"])), sure)
        return Found(named, named, ("few", what.shape), values)
    return Found(
        and_(dialect().looked_up(row).in_(candidates), sure),
        and_(row == key, _has_pieces(index, what), sure),
        ("many", what.shape),
        what.values,
    )


def _has_pieces(index: Index, what: Sought) -> ColumnElement[bool]:
    return dialect().matches(index.pieces, bindparam("pieces", what.pieces, String))


def _says(index: Index, what: Sought) -> ColumnElement[bool]:
    """Whether the text of a row contains the words that the pieces leave open."""
    if not what.unsure:
        return true()
    values = (bindparam(_name(number), word, String) for number, word in enumerate(what.unsure))
    contains = (dialect().place(index.kept.c.text, value) > 0 for value in values)
    return select(index.key).where(index.key == index.subject.id, *contains).exists()


def _name(number: int) -> str:
    return f"word_{number}"
