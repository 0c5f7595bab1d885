"""The rows of a workbook as lines whose cells are parted by tabs, as of a table in a document."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from tracker.reports.packages import BROKEN, parts_of
from tracker.reports.unreadable import UnreadableReportError

MOST_ROWS = 5000  # of all sheets; a ledger of an office has some hundred
MOST_COLUMNS = 100


def workbook_text(content: bytes) -> str:
    """The visible sheets of an .xlsx, one after the other. UnreadableReportError when it cannot be read."""
    try:
        parts_of(content, ())
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        return "\n\n".join("\n".join(_lines(book, name)) for name in shown)
    except (*BROKEN, CalamineError) as error:
        raise UnreadableReportError(
            "broken", "文件已损坏或加了密码，打不开。", "请重新保存后再传。"
        ) from error


def _lines(book: CalamineWorkbook, name: str) -> Iterator[str]:
    sheet = book.get_sheet_by_name(name)
    if sheet.height > MOST_ROWS or sheet.width > MOST_COLUMNS:
        raise UnreadableReportError(
            "too_large",
            f"表格超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列，没有读。",
            "请删去空行，分成几个文件再传。",
        )
    for row in sheet.iter_rows():
        line = "\t".join(_said(value) for value in row)
        yield line if line.strip() else ""


def _said(value: object) -> str:
    """A cell in the words of a report; a date as the deadlines are written."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
