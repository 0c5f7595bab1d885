"""What a sheet holds, looked at cell by cell before it is read whole. Pure; foreign input.

A reader lays a sheet out from its first to its last cell, whatever lies between: so how many rows say
something, and how far off the last cell is, have to be known before. lxml is imported where it is used:
after the child has set its limits.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.documents.parcels import Counted, OutOfBounds, elements, place_of, reference_to

MOST_COLUMNS = 100  # read; what stands beyond is left out
MOST_CELLS = 600_000  # blank ones with them
MOST_FORMULAS = 10_000
STYLES = "xl/styles.xml"
PERCENTAGES = frozenset({9, 10})  # the formats 0% and 0.00%, which no file spells out
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass
class Outline:
    """Where a sheet has formulas and percentages: row and column, from 0."""

    formulas: set[tuple[int, int]] = field(default_factory=set)
    percentages: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class _Seen:
    """A cell as the file writes it: its place, whether it says something, formula and style."""

    row: int
    column: int
    says: bool
    formula: Any
    style: str


def look_through(archive: zipfile.ZipFile, part: str, most_rows: int) -> Outline:
    """Return the outline of a sheet. Raises OutOfBounds, before anything is kept of its cells.

    "too_many": more rows say something than `most_rows`; "cells", "formulas": more than MOST_CELLS,
    MOST_FORMULAS; "astray", with its address: a cell so far off that what lies between would not fit.
    """
    found, styles = Outline(), _percentage_styles(archive)
    rows, row, last_row, widest = 0, -1, 0, (0, 0)
    for number, cell in enumerate(_cells(archive, part)):
        if number > MOST_CELLS:
            raise OutOfBounds("cells")
        if cell is None:  # a row ends: the next counts anew, whatever number it bears
            row = -1
            continue
        _note_formula(found, cell)
        if not cell.says:
            continue
        if cell.row != row:
            rows, row = rows + 1, cell.row
        if rows > most_rows:
            raise OutOfBounds("too_many")
        last_row, widest = max(last_row, cell.row), max(widest, (cell.column, cell.row))
        if last_row >= 2 * most_rows:
            raise OutOfBounds("astray", reference_to(cell.row, cell.column))
        if cell.style in styles and cell.column < MOST_COLUMNS:
            found.percentages.add((cell.row, cell.column))
    if (last_row + 1) * (widest[0] + 1) > 2 * most_rows * MOST_COLUMNS:
        raise OutOfBounds("astray", reference_to(widest[1], widest[0]))
    return found


def _note_formula(found: Outline, cell: _Seen) -> None:
    """Note a cell with a formula, and all that an array formula fills without saying so in each cell."""
    if cell.formula is None:
        return
    first = last = (cell.row, cell.column)
    if cell.formula.get("t") in ("array", "dataTable"):
        corners = cell.formula.get("ref", "").split(":")
        first, last = place_of(corners[0]), place_of(corners[-1])
    if (last[0] - first[0] + 1) * (last[1] - first[1] + 1) > MOST_FORMULAS:
        raise OutOfBounds("formulas")
    found.formulas.update(
        (row, column) for row in range(first[0], last[0] + 1) for column in range(first[1], last[1] + 1)
    )
    if len(found.formulas) > MOST_FORMULAS:
        raise OutOfBounds("formulas")


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[_Seen | None]:
    """Yield the cells of a sheet, and None where a row ends.

    One without an address stands right of the one before it; a row without a number below the one before.
    """
    from lxml import etree  # noqa: PLC0415 - after the limits

    row = column = 0
    with archive.open(part) as stream:
        for _event, element in etree.iterparse(
            Counted(stream), events=("end",), tag=("{*}c", "{*}row"), resolve_entities=False, no_network=True
        ):
            place = element.get("r")
            if element.tag.endswith("}row"):
                yield None
                row, column = (int(place) if place else row + 1), 0
            else:
                above = element.getparent().get("r")
                at = place_of(place) if place else (int(above) - 1 if above else row, column)
                column = at[1] + 1
                yield _seen(element, at)
            element.clear()  # a sheet may be larger than the memory of its reader
            while element.getprevious() is not None:
                del element.getparent()[0]


def _seen(element: Any, at: tuple[int, int]) -> _Seen:
    parts = {child.tag.rpartition("}")[2]: child for child in element if isinstance(child.tag, str)}
    return _Seen(*at, "v" in parts or "is" in parts, parts.get("f"), element.get("s", ""))


def _percentage_styles(archive: zipfile.ZipFile) -> set[str]:
    """Return the styles whose cells show a share: 0.6 stands in the file, 60% on the screen."""
    if STYLES not in archive.namelist():
        return set()
    formats = set(PERCENTAGES)
    found: set[str] = set()
    for element in elements(archive, STYLES, "numFmt", "cellXfs"):
        if element.tag.endswith("}numFmt"):
            if "%" in _QUOTED.sub("", element.get("formatCode", "")):
                formats.add(int(element.get("numFmtId", "0")))
            continue
        of_cells = [row for row in element if isinstance(row.tag, str)]
        found = {str(at) for at, row in enumerate(of_cells) if int(row.get("numFmtId", "0")) in formats}
    return found
