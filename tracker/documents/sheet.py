"""A spreadsheet in and out (.xlsx): rows of text; a sheet is read by a process of its own.

    write_sheet(Sheet("花名册", ("姓名", "岗位"), [("郑样", "党委副书记")]))
    read_sheet("花名册.xlsx", content)

Out: every cell is text, so that no spreadsheet runs one that begins with = + - or @. In: a sheet is
foreign input; its size, its parts and what they would swell to are looked at first, then a child
process with limits reads it (`python -m tracker.documents.sheet`).
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.documents.child import NoAnswer, answer_of, within_limits

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024  # bytes that all parts say they are
MOST_RATIO = 100  # of unpacked to packed
MOST_PARTS = 2000
MOST_ROWS = 5000
MOST_COLUMNS = 60
LONGEST_CELL = 2000  # characters; what is longer is cut
MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
PATIENCE_SECONDS = 20.0

# what XML cannot hold, and what a spreadsheet shows as nothing
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class UnreadableSheetError(Exception):
    """The file is no sheet that is read; the message says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Sheet:
    """A table to write: its name, the header, the rows; `widths` in characters, `notes` above the header."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()
    notes: Sequence[str] = ()


def write_sheet(sheet: Sheet) -> bytes:
    """Return an .xlsx file with one sheet: notes, a header that stays in sight, the rows as text."""
    import xlsxwriter  # noqa: PLC0415 - the child that reads needs it not

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet.name)
        head = book.add_format({"bold": True, "bg_color": "#E8EDF1", "border": 1, "num_format": "@"})
        cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1, "num_format": "@"})
        for column in range(len(sheet.header)):
            page.set_column(column, column, sheet.widths[column] if sheet.widths else 16)
        for number, note in enumerate(sheet.notes):
            page.write_string(number, 0, printed(note))
        first = len(sheet.notes)
        for column, name in enumerate(sheet.header):
            page.write_string(first, column, printed(name), head)
        for number, row in enumerate(sheet.rows, first + 1):
            for column, value in enumerate(row):
                page.write_string(number, column, printed(value), cell)
        page.freeze_panes(first + 1, 0)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(first)
    return content.getvalue()


def read_sheet(name: str, content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet, every cell as text, read in a child process.

    Raises UnreadableSheetError for what is no .xlsx, for what is too large, and where a limit was hit.
    """
    require_small(name, content)
    try:
        answer = json.loads(answer_of("tracker.documents.sheet", content, patience=PATIENCE_SECONDS))
    except (NoAnswer, ValueError) as error:
        raise UnreadableSheetError(
            f"读文件“{name}”用的时间或内存超过了上限，或文件已损坏，已经停下。请用表格软件另存为 .xlsx 再传。"
        ) from error
    if len(answer) > MOST_ROWS:
        raise UnreadableSheetError(f"文件“{name}”超过 {MOST_ROWS} 行，没有读取。请按单位分成几个文件。")
    return [[str(cell) for cell in row] for row in answer]


def require_small(
    name: str, content: bytes, *, most_bytes: int = MOST_BYTES, most_unpacked: int = MOST_UNPACKED
) -> None:
    """Look at the archive's own list before anything is unpacked. Raises UnreadableSheetError."""
    if len(content) > most_bytes:
        raise UnreadableSheetError(f"文件“{name}”超过 {most_bytes // 2**20} MB，没有读取。请删去图片等再传。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        raise UnreadableSheetError(
            f"文件“{name}”不是 .xlsx 表格，或已损坏、加了密码。旧格式（xls、et）请另存为 .xlsx。"
        ) from None
    names = {part.filename for part in parts}
    unpacked = sum(part.file_size for part in parts)
    if "xl/workbook.xml" not in names or any(part.lower().endswith("vbaproject.bin") for part in names):
        raise UnreadableSheetError(f"文件“{name}”不是 .xlsx 表格，或含有宏。请另存为 .xlsx 再传。")
    swollen = unpacked > most_unpacked or unpacked > MOST_RATIO * max(len(content), 1)
    if len(parts) > MOST_PARTS or swollen:
        raise UnreadableSheetError(f"文件“{name}”解开后过大，没有读取。请把内容复制到新的表格再传。")


def printed(value: str) -> str:
    """Return a text without what XML cannot hold and what a spreadsheet shows as nothing."""
    return _UNPRINTED.sub("", value)


def _text(value: Any) -> str:
    """Return what a cell says: days as 2025-11-30, whole numbers without .0, yes and no in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return printed(str(value)).strip()[:LONGEST_CELL]


def answer_parent() -> None:
    """The child's side: limits first, then one file from standard input, its rows to the output."""
    within_limits(MEMORY_BYTES, PROCESSOR_SECONDS)
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - after the limits

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False, nrows=MOST_ROWS + 1)
    json.dump([[_text(cell) for cell in row[:MOST_COLUMNS]] for row in rows], sys.stdout)


if __name__ == "__main__":
    answer_parent()
