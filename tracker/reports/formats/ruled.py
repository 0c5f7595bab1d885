"""Tables of a printed page: where its ruled lines part it into cells. Pure.

A ledger is printed with lines around its cells; what stands between two lines belongs together, however the
words run on the paper. Places are in points, upwards from the lower edge of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.reports.formats.grid import Cell

THIN = 3.0  # points: a drawn shape no thicker than this is a line
TOUCHING = 4.0  # points by which lines may miss one another
SHORTEST = 8.0  # points; shorter ones are part of a letter or an ornament
MOST_LINES = 5000  # of a page

Read = Callable[["Box"], list[str]]


@dataclass(frozen=True)
class Box:
    """A rectangle on a page."""

    left: float
    bottom: float
    right: float
    top: float

    def touches(self, other: Box) -> bool:
        """Whether two boxes meet or nearly meet."""
        return (
            self.left - TOUCHING <= other.right
            and other.left - TOUCHING <= self.right
            and self.bottom - TOUCHING <= other.top
            and other.bottom - TOUCHING <= self.top
        )

    def holds(self, other: Box) -> bool:
        """Whether the middle of another box lies in this one."""
        across, height = (other.left + other.right) / 2, (other.bottom + other.top) / 2
        return self.left <= across <= self.right and self.bottom <= height <= self.top

    def with_(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(min(self.left, other.left), min(self.bottom, other.bottom),
                   max(self.right, other.right), max(self.top, other.top))  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A ruled table: its lines, and where its columns and rows are parted, from the left and from the top."""

    box: Box
    across: Sequence[Box]
    down: Sequence[Box]
    columns: Sequence[float]
    rows: Sequence[float]

    def cells(self, read: Read) -> list[list[Cell]]:
        """The cells row by row; what stands in each comes from `read`."""
        found: list[list[Cell]] = []
        reached: dict[int, int] = {}  # column → first row that no cell from above reaches
        for row in range(len(self.rows) - 1):
            cells, column = [], 0
            while column < len(self.columns) - 1:
                right = self._end_of_cell(row, column)
                if reached.get(column, 0) > row:
                    cells.append(Cell([], right - column, above=True))
                else:
                    low = self._foot_of_cell(row, column, right)
                    box = Box(self.columns[column], self.rows[low], self.columns[right], self.rows[row])
                    cells.append(Cell(read(box), right - column))
                    reached.update(dict.fromkeys(range(column, right), low))
                column = right
            found.append(cells)
        return found

    def _end_of_cell(self, row: int, column: int) -> int:
        """The first parting of columns to the right at which a line is drawn beside this row."""
        height = (self.rows[row] + self.rows[row + 1]) / 2
        for right in range(column + 1, len(self.columns) - 1):
            place = self.columns[right]
            if any(
                abs(line.left - place) < TOUCHING and line.bottom < height < line.top for line in self.down
            ):
                return right
        return len(self.columns) - 1

    def _foot_of_cell(self, row: int, column: int, right: int) -> int:
        """The first parting of rows below at which a line is drawn under these columns."""
        middle = (self.columns[column] + self.columns[right]) / 2
        for low in range(row + 1, len(self.rows) - 1):
            place = self.rows[low]
            if any(
                abs(line.top - place) < TOUCHING and line.left < middle < line.right for line in self.across
            ):
                return low
        return len(self.rows) - 1


def tables(shapes: Sequence[Box]) -> list[Table]:
    """The ruled tables among the shapes that are drawn on a page, from the top to the foot."""
    across = [shape for shape in shapes if _is_line(shape.top - shape.bottom, shape.right - shape.left)]
    down = [shape for shape in shapes if _is_line(shape.right - shape.left, shape.top - shape.bottom)]
    if not across or not down or len(across) + len(down) > MOST_LINES:
        return []
    found = [_table(group, across, down) for group in _groups([*across, *down])]
    return sorted((table for table in found if table is not None), key=lambda table: -table.box.top)


def sides(shape: Box) -> Iterator[Box]:
    """The four lines of a rectangle that is drawn as one."""
    yield Box(shape.left, shape.top, shape.right, shape.top)
    yield Box(shape.left, shape.bottom, shape.right, shape.bottom)
    yield Box(shape.left, shape.bottom, shape.left, shape.top)
    yield Box(shape.right, shape.bottom, shape.right, shape.top)


def _is_line(thickness: float, length: float) -> bool:
    return thickness <= THIN and length >= SHORTEST


def _groups(lines: Sequence[Box]) -> list[Box]:
    """The boxes around lines that hang together: lines sorted by height meet a box or begin one."""
    boxes: list[Box] = []
    for line in sorted(lines, key=lambda line: -line.top):
        meeting = [box for box in boxes if box.touches(line)]
        for box in meeting:
            boxes.remove(box)
            line = line.with_(box)
        boxes.append(line)
    return boxes


def _table(box: Box, across: Sequence[Box], down: Sequence[Box]) -> Table | None:
    own_across = [line for line in across if box.touches(line)]
    own_down = [line for line in down if box.touches(line)]
    columns = _places([line.left for line in own_down])
    rows = _places([line.top for line in own_across])[::-1]
    if len(columns) < 3 or len(rows) < 3:  # one cell is a frame, one row or column a rule under a heading
        return None
    return Table(box, own_across, own_down, columns, rows)


def _places(found: Sequence[float]) -> list[float]:
    """Places that lie together are one; in rising order."""
    rising = sorted(found)
    return (
        [rising[0], *(place for before, place in pairwise(rising) if place - before >= TOUCHING)]
        if rising
        else []
    )
