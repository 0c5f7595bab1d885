"""The ledger as a spreadsheet (.xlsx), written row by row: the memory of a row, whatever their number.

Every text is a cell of text, so that no spreadsheet runs one that begins with = + - or @; days are real
days. Two hidden columns find each task again and tell what went out (`ledger_stamp`). They lie inside the
range of the filter, so that sorting takes them along.
"""

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter

from tracker.documents.layout import lines_in
from tracker.documents.sheet import printed
from tracker.exchange.ledger_columns import COLUMNS, FIELDS, STAMP, UUID, Column
from tracker.exchange.ledger_lines import Cell, Line, plain
from tracker.exchange.ledger_stamp import write_stamp

HEADER_ROW = 2  # below the title and the line with the day
FROZEN_COLUMNS = 2  # number and case number stay in sight
MOST_ROWS = 20_000
WIDEST = 1.5  # times its own width that a column takes where few are shown
LINE_PT, PADDING_PT, HIGHEST_PT = 13.0, 4.0, 409.0  # no spreadsheet has a higher row
RUN_BY_SPREADSHEETS = tuple("=+-@\t\r\n＝＋－＠|%")
LEVEL_LOOKS: Mapping[int | str, Mapping[str, Any]] = {
    1: {"font_color": "#1D5A94", "bg_color": "#E7F0F8"},
    2: {"font_color": "#7A5500", "bg_color": "#FCF3D9"},
    3: {"font_color": "#954300", "bg_color": "#FDE9D6", "bold": True},
    4: {"font_color": "#A81C17", "bg_color": "#FCE0DE", "bold": True},
}
"""The colours of the levels 1 to 4 on a deadline; the words stand in the remark."""


@dataclass(frozen=True)
class Heading:
    """What stands above the table: the title, and the line with the day and the conditions; what it shows."""

    title: str
    below: str
    shown: frozenset[str] = frozenset(FIELDS)


def write_ledger(heading: Heading, lines: Iterable[Line]) -> bytes:
    """Return the ledger as an .xlsx file of one sheet, ready to print on A4 across.

    Columns that the list does not show are hidden, not left out: the file comes back as any other.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        page = book.add_worksheet("整改台账")
        looks = _Looks(book)
        widths = _widths(heading.shown)
        _set_up(page, widths)
        _write_head(page, looks, heading)
        last = HEADER_ROW
        for last, line in enumerate(lines, HEADER_ROW + 1):
            page.set_row(last, _height(line, widths))
            _write_line(page, looks, last, last - HEADER_ROW, line)
        page.autofilter(HEADER_ROW, 0, last, len(COLUMNS) + 1)
        page.print_area(0, 0, last, len(COLUMNS) - 1)
    return content.getvalue()


class _Looks:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book, self._made = book, {}  # type: ignore[var-annotated] # formats of an untyped library
        font = {"font_name": "宋体", "font_size": 10}
        self.title = book.add_format(
            font | {"font_size": 18, "bold": True, "align": "center", "valign": "vcenter"}
        )
        self.below = book.add_format(font | {"align": "left", "valign": "vcenter"})
        self.head = book.add_format(
            font
            | {"bold": True, "bg_color": "#E8EDF1", "border": 1, "text_wrap": True, "align": "center"}
            | {"valign": "vcenter"}
        )
        self._cell = font | {"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"}

    def cell(self, column: Column, cell: Cell, level: int | str) -> Any:
        """Return the format of a cell: by its column, whether it is a day, and the level of a deadline."""
        is_day = column.field in ("due", "closed_on")
        shown = level if column.field == "due" and level in LEVEL_LOOKS else None
        runs = isinstance(cell, str) and cell.startswith(RUN_BY_SPREADSHEETS)
        key = column.centred, is_day, shown, runs
        if key not in self._made:
            given = dict(self._cell)
            given |= {"align": "center"} if column.centred else {}
            given |= {"num_format": "yyyy-mm-dd"} if is_day else {}
            given |= {"quote_prefix": True} if runs else {}
            given |= LEVEL_LOOKS.get(shown, {}) if shown is not None else {}
            self._made[key] = self._book.add_format(given)
        return self._made[key]


def _widths(shown: Collection[str]) -> Mapping[str, float]:
    """Return the widths of the columns that are shown, in characters; fewer of them are wider."""
    whole, theirs = (sum(one.width for one in COLUMNS if one.field in fields) for fields in (FIELDS, shown))
    share = min(whole / theirs, WIDEST)
    return {one.field: round(one.width * share, 1) for one in COLUMNS if one.field in shown}


def _set_up(page: Any, widths: Mapping[str, float]) -> None:
    for at, column in enumerate(COLUMNS):
        hidden = column.field not in widths
        page.set_column(at, at, widths.get(column.field, column.width), None, {"hidden": hidden})
    page.set_column(len(COLUMNS), len(COLUMNS) + 1, 10, None, {"hidden": True})
    page.freeze_panes(HEADER_ROW + 1, FROZEN_COLUMNS)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)
    page.set_footer("&C第 &P 页，共 &N 页")


def _write_head(page: Any, looks: _Looks, heading: Heading) -> None:
    last = len(COLUMNS) - 1
    page.set_row(0, 30)
    page.merge_range(0, 0, 0, last, "", looks.title)
    page.write_string(0, 0, printed(heading.title), looks.title)
    page.set_row(1, 18)
    page.merge_range(1, 0, 1, last, "", looks.below)
    page.write_string(1, 0, printed(heading.below), looks.below)
    page.set_row(HEADER_ROW, 30)
    for at, header in enumerate(headers()):
        page.write_string(HEADER_ROW, at, header, looks.head)


def _height(line: Line, widths: Mapping[str, float]) -> float:
    """Return how high a row is, in points, so that every cell shows all it says."""
    most = max(lines_in(plain(line.cells[name]), width) for name, width in widths.items() if name != "no")
    return min(most * LINE_PT + PADDING_PT, HIGHEST_PT)


def headers() -> Sequence[str]:
    """Return the header row, the two hidden columns last."""
    return [*(column.broken for column in COLUMNS), UUID, STAMP]


def _write_line(page: Any, looks: _Looks, row: int, number: int, line: Line) -> None:
    for at, column in enumerate(COLUMNS):
        if column.field == "no":
            page.write_number(row, at, number, looks.cell(column, "", 0))
            continue
        cell = line.cells[column.field]
        look = looks.cell(column, cell, line.level)
        if isinstance(cell, date):
            page.write_datetime(row, at, cell, look)
        elif cell:
            page.write_string(row, at, cell, look)
        else:
            page.write_blank(row, at, None, look)
    page.write_string(row, len(COLUMNS), line.uuid)
    page.write_string(row, len(COLUMNS) + 1, write_stamp(line.uuid, line.version, line.cells))
