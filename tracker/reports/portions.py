"""A long report is reviewed in portions: the proposals of one page, and how to come to the others. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tracker.reports.models import Proposal

MOST_AT_ONCE = 100  # proposals of one page; with 2,000 of them a browser is no longer at hand

Numbered = tuple[int, Proposal]


@dataclass(frozen=True)
class Portion:
    """The proposals of one page, with their numbers; `before`, `after`: which to open for the page beside."""

    rows: Sequence[Numbered]
    total: int
    before: int | None
    after: int | None

    @property
    def first(self) -> int:
        """The number of its first proposal."""
        return self.rows[0][0]

    @property
    def last(self) -> int:
        """The number of its last proposal."""
        return self.rows[-1][0]

    @property
    def is_part(self) -> bool:
        """Whether there are more proposals than the page shows."""
        return self.before is not None or self.after is not None

    def href(self, anchor: str) -> str:
        """The address of a proposal: a place of this page, or the page on which it stands."""
        return f"#{anchor}" if anchor in self.anchors else f"?at={anchor[1:]}#{anchor}"

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The places of the page."""
        return frozenset(f"p{row.id}" for _number, row in self.rows)


def portion(order: Sequence[Numbered], current: int | None) -> Portion:
    """Return the portion in which a proposal stands, without one the first."""
    places = [place for place, (_number, row) in enumerate(order) if row.id == current]
    start = (places[0] if places else 0) // MOST_AT_ONCE * MOST_AT_ONCE
    end = start + MOST_AT_ONCE
    return Portion(
        order[start:end],
        len(order),
        before=order[start - 1][1].id if start else None,
        after=order[end][1].id if end < len(order) else None,
    )
