"""The rows of a workbook as lines whose cells are parted by tabs, as of a table in a document."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from tracker.reports.formats.grid import ABOVE
from tracker.reports.formats.packages import BROKEN, Parts, packed_anew, parts_of, related
from tracker.reports.formats.unreadable import UnreadableReportError

MOST_ROWS = 5000  # of a sheet; a ledger of an office has some hundred
MOST_COLUMNS = 100
MOST_CELLS = 1_000_000  # of the rectangle from the first to the last cell: all of it is laid out in memory
SHEETS = "xl/worksheets/"
# A cell that says something: one that only has a border ends in its first tag.
FILLED = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*\s)?r=[\"']([A-Z]{1,3})(\d{1,7})[\"'](?:[^>]*[^>/])?>")


def workbook_text(content: bytes) -> str:
    """The visible sheets of an .xlsx, one after the other. UnreadableReportError when it cannot be read."""
    try:
        parts = parts_of(content)
        main = next(iter(related(parts, "", "officeDocument")), "xl/workbook.xml")
        if main not in parts or not main.startswith("xl/"):
            raise UnreadableReportError(
                "wrong_name", "文件名是 .xlsx，里面却没有表格。", "请用 Excel 或 WPS 另存为 .xlsx 再传。"
            )
        _refuse_endless(parts)
        return _text(packed_anew(parts))
    except BROKEN as error:
        raise _broken() from error


def older_workbook_text(content: bytes) -> str:
    """The visible sheets of an .xls. UnreadableReportError when it cannot be read."""
    return _text(content)


def _text(content: bytes) -> str:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        return "\n\n".join("\n".join(_lines(book.get_sheet_by_name(name))) for name in shown)
    except (*BROKEN, CalamineError) as error:
        raise _broken() from error


def _lines(sheet: CalamineSheet) -> Iterator[str]:
    if sheet.height > MOST_ROWS or sheet.width > MOST_COLUMNS:
        raise _endless()
    reached = _reached_from_above(sheet)
    begun = False  # what stands alone in its row before the table is its title, no row of it
    for number, row in enumerate(sheet.to_python(skip_empty_area=False)):
        cells = [said or reached.get((number, column), "") for column, said in enumerate(map(_said, row))]
        line = "\t".join(cells)
        begun = begun or sum(map(bool, cells)) > 1
        yield line if begun and line.strip("\t" + ABOVE) else line.strip("\t" + ABOVE)


def _reached_from_above(sheet: CalamineSheet) -> dict[tuple[int, int], str]:
    """The places that belong to a cell above them, since it was merged with them."""
    return {
        (row, first[1]): ABOVE
        for first, last in sheet.merged_cell_ranges or ()
        for row in range(first[0] + 1, min(last[0], first[0] + MOST_ROWS) + 1)
    }


def _refuse_endless(parts: Parts) -> None:
    """Refuse a sheet with a cell so far away that the rectangle up to it would fill the memory."""
    for name, part in parts.items():
        if not name.startswith(SHEETS):
            continue
        rows = columns = 0
        for column, row in FILLED.findall(part):
            rows, columns = max(rows, int(row)), max(columns, _place(column))
        if rows * columns > MOST_CELLS:
            raise _endless()


def _place(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _said(value: object) -> str:
    """A cell in the words of a report; a date as the deadlines are written."""
    if isinstance(value, datetime) and value.time() != time():
        return f"{_day(value)}{value:%H:%M}"
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _endless() -> UnreadableReportError:
    return UnreadableReportError(
        "too_large",
        f"表格超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列，没有读。",
        "请删去空行，分成几个文件再传。",
    )


def _broken() -> UnreadableReportError:
    return UnreadableReportError("broken", "文件已损坏，打不开。", "请重新保存后再传。")
