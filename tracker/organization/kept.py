"""What is worked out from the organization, kept in the process until the organization changes.

An office changes a few times a month, and every page asks who answers in it. The database itself writes a new
mark whenever a row of the organization or of its settings changes, whoever changes it (migration 0032). What
was worked out under a mark holds for everybody who reads the same mark: marks are random and never come back.
Statements are kept as well: to build one that sees what a person sees takes longer than to have it answered.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import ScalarSelect, String, select
from sqlalchemy.orm import Mapped, mapped_column

from tracker import clock
from tracker.columns import Base
from tracker.database import is_writing

K = TypeVar("K", bound=tuple[Hashable, ...])
T = TypeVar("T")
_LACKING = object()  # stands for what is not kept; None may be


class OrganizationMark(Base):
    """One row: the mark of the organization as it stands. Triggers write it, nobody else."""

    __tablename__ = "organization_mark"

    mark: Mapped[str] = mapped_column(String(36), primary_key=True)


def present_mark() -> ScalarSelect[str]:
    """Return the mark as SQL, to be read along with what a page asks of the organization anyway."""
    return select(OrganizationMark.mark).scalar_subquery()


class Shelf:
    """So many things kept by mark and key; what was asked longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Hashable, ...], Any] = OrderedDict()
        self._turn = Lock()

    def __call__(self, mark: str, *key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` works out, once for a mark and key: plain values or a statement, never a row.

        `key` says everything it depends on beside the organization and today: the day asked about, whoever
        reads, the language. In a write transaction, and without a mark, nothing is kept or taken: `make` may
        see changes that the mark does not know yet. Two that ask at once may both make it.
        """
        return self.each(mark, [key], lambda _key: make())[0]

    def each(self, mark: str, keys: Sequence[K], make: Callable[[K], T]) -> list[T]:
        """Do the same for many keys at once, as for the rows of a page."""
        if not mark or is_writing():
            return [make(key) for key in keys]
        today = clock.today()
        places = [(mark, today, *key) for key in keys]
        with self._turn:
            found = [self._take(place) for place in places]
        lacking = [number for number, one in enumerate(found) if one is _LACKING]
        for number in lacking:
            found[number] = make(keys[number])
        if lacking:
            with self._turn:
                self._kept |= {places[number]: found[number] for number in lacking}
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return found

    def _take(self, place: tuple[Hashable, ...]) -> Any:
        found = self._kept.get(place, _LACKING)
        if found is not _LACKING:
            self._kept.move_to_end(place)
        return found


kept = Shelf(300)  # words and ids of an office, up to some 30 kB each
standings = Shelf(3000)  # how a person stands, some 500 bytes each
statements = Shelf(80)  # some 150 kB each
word_statements = Shelf(40)  # for a word that is sought; they push out no page that everybody opens
