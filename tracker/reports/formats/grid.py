"""Tables of documents as lines of text: the cells of a row are parted by tabs, one row a line.

Whatever kind of file a table came from, it stands in the text in this one form, which `tables` reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

ABOVE = "〃"  # the cell above reaches down into this row
MOST_COLUMNS = 63  # of a table in Word
LONGEST_LABEL = 12  # characters
FEWEST_LINES = 3  # a cell of more lines beside a label is running text in a form


@dataclass(frozen=True)
class Cell:
    """The lines of a cell, and over how many columns it reaches; `above`: it belongs to the cell above."""

    lines: Sequence[str]
    columns: int = 1
    above: bool = False

    @property
    def said(self) -> str:
        """The text of the cell in one line."""
        if self.above:
            return ABOVE
        return " ".join(plain for line in self.lines if (plain := " ".join(line.split())))

    @property
    def has_table(self) -> bool:
        """Whether a table stands in the cell."""
        return any("\t" in line for line in self.lines)


def row_lines(rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a table; one that only frames text or other tables gives the lines in it."""
    frame = all(len(row) == 1 for row in rows)
    for row in _aligned(rows):
        told = [cell for cell in row if cell.said and not cell.above]
        if frame or (len(told) == 1 and told[0].has_table):
            yield from (line for cell in told for line in cell.lines)
        elif _is_form(row, told):
            yield told[0].said
            yield from told[1].lines
        else:
            line = "\t".join(cell.said + "\t" * (min(cell.columns, MOST_COLUMNS) - 1) for cell in row)
            yield line if line.strip() else ""


def _is_form(row: Sequence[Cell], told: Sequence[Cell]) -> bool:
    """Whether a row is a label beside running text, as 工作总结 in a form."""
    if len(row) != 2 or len(told) != 2:
        return False
    lines = sum(bool(line.strip()) for line in told[1].lines)
    return lines > FEWEST_LINES and len(told[0].said) <= LONGEST_LABEL


def _aligned(rows: Sequence[Sequence[Cell]]) -> Sequence[Sequence[Cell]]:
    """The rows in the columns that most of them have.

    Programs count columns finer than people: where the edges of two rows are a little apart, both have all
    edges. A row with as many cells as most rows has those columns, whatever it says of itself.
    """
    usual, often = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
    if often < 2:
        return rows
    pattern = next(row for row in rows if len(row) == usual)
    ends = [*accumulate(cell.columns for cell in pattern)]
    middles = [end - cell.columns / 2 for end, cell in zip(ends, pattern, strict=True)]
    return [_fitted(row, usual, middles) for row in rows]


def _fitted(row: Sequence[Cell], usual: int, middles: Sequence[float]) -> Sequence[Cell]:
    if len(row) == usual:
        return [replace(cell, columns=1) for cell in row]
    fitted, start = [], 0
    for cell in row:
        end = start + cell.columns
        covered = sum(start <= middle < end for middle in middles)
        fitted.append(replace(cell, columns=max(covered, 1)))
        start = end
    return fitted
