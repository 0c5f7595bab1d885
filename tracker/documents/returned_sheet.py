"""A sheet that comes back from somebody's spreadsheet: its cells as text, and which of them are formulas.

Foreign input. The archive's list is looked at first (`sheet.require_small`); then a child process with
limits looks through the cells one by one (`sheet_outline`), and only a sheet within bounds is read whole
(`python -m tracker.documents.returned_sheet`).
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker.documents.child import NoAnswer, answer_of, within_limits
from tracker.documents.parcels import MOST_UNPACKED, OutOfBounds, sheet_parts
from tracker.documents.sheet import (
    UnreadableSheetError,
    printed,
    require_small,
)
from tracker.documents.sheet_outline import MOST_CELLS, MOST_COLUMNS, MOST_FORMULAS, Outline, look_through

MOST_BYTES = 12 * 1024 * 1024
LONGEST_CELL = 32_767  # characters; no spreadsheet holds more
MEMORY_BYTES = 768 * 1024 * 1024
PROCESSOR_SECONDS = 20
PATIENCE_SECONDS = 40.0
HEAD_ROWS = 15  # title, notes and header beside the rows that are counted
MOST_CHARACTERS = 20_000_000  # of all cells together


@dataclass(frozen=True)
class ReturnedSheet:
    """The first visible sheet: rows of text from the first row of the file, and where formulas stand."""

    rows: list[list[str]]
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)  # row and column, from 0
    name: str = ""


def read_returned(name: str, content: bytes, *, most_rows: int) -> ReturnedSheet:
    """Return the first visible sheet of an .xlsx file.

    Raises UnreadableSheetError for what is no .xlsx, holds macros, swells or has more rows with something
    in them than `most_rows` (and a head).
    """
    require_small(name, content, most_bytes=MOST_BYTES, most_unpacked=MOST_UNPACKED)
    try:
        module, most = "tracker.documents.returned_sheet", str(most_rows + HEAD_ROWS)
        answer = json.loads(answer_of(module, content, most, patience=PATIENCE_SECONDS))
    except (NoAnswer, ValueError) as error:
        raise UnreadableSheetError(
            f"读文件“{name}”用的时间或内存超过了上限，或文件已损坏，已经停下。请用表格软件另存为 .xlsx 再传。"
        ) from error
    if "reason" in answer:
        raise UnreadableSheetError(_why_not(name, answer["reason"], answer["where"], most_rows))
    formulas = frozenset((row, column) for row, column in answer["formulas"])
    return ReturnedSheet(answer["rows"], formulas, answer["name"])


def _why_not(name: str, reason: str, where: str, most_rows: int) -> str:
    """Return the sentences for a reason of `OutOfBounds`: what is too much, and what to do."""
    said, todo = {
        "too_many": (f"超过 {most_rows} 行", "请删去没有改动的行，或按单位分成几个文件。"),
        "cells": (
            f"的单元格超过 {MOST_CELLS // 10_000} 万个",
            "请删去表格以外的行和列，或按单位分成几个文件。",
        ),
        "too_long": (f"的文字合计超过 {MOST_CHARACTERS // 10_000} 万字", "请按单位分成几个文件。"),
        "formulas": (f"的公式超过 {MOST_FORMULAS} 个", "请全选复制，选择性粘贴为数值再传。"),
        "astray": (f"的单元格 {where} 有内容，离表格太远", "请删去这个单元格所在的行或列再传。"),
        "swollen": ("解开后过大", "请把内容复制到新的表格再传。"),
    }[reason]
    return f"文件“{name}”{said}，没有读取。{todo}"


# --- the child's side -------------------------------------------------------------------------------


def answer_parent() -> None:
    """Read one file from standard input within limits; write its rows, or why not, to the output."""
    within_limits(MEMORY_BYTES, PROCESSOR_SECONDS)
    content, most_rows = sys.stdin.buffer.read(), int(sys.argv[1])
    try:
        answer = _read(content, most_rows)
    except OutOfBounds as bound:
        answer = {"reason": bound.reason, "where": bound.where}
    # not escaped: a sheet of Chinese would be twice as long
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


def _read(content: bytes, most_rows: int) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415 - after the limits

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = sheet_parts(archive)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        name = next((name for name in shown if name in parts), None)
        if name is None:
            raise ValueError("no visible sheet")
        outline = look_through(archive, parts[name], most_rows)
    rows = _printed(book.get_sheet_by_name(name).to_python(skip_empty_area=False), outline)
    return {"rows": rows, "formulas": list(outline.formulas), "name": name}


def _printed(cells: Sequence[Sequence[Any]], outline: Outline) -> list[list[str]]:
    """Return the rows as text, without blank cells at their ends. Raises OutOfBounds for too much text."""
    rows: list[list[str]] = []
    left = MOST_CHARACTERS
    for at, row in enumerate(cells):
        line = [
            share_of(cell) if (at, column) in outline.percentages else text_of(cell)
            for column, cell in enumerate(row[:MOST_COLUMNS])
        ]
        left -= sum(map(len, line))
        if left < 0:
            raise OutOfBounds("too_long")
        while line and not line[-1]:
            line.pop()
        rows.append(line)
    return rows


def share_of(value: Any) -> str:
    """Return what a cell that is shown as a percentage says: 0.6 is 60%."""
    return f"{value * 100:g}%" if isinstance(value, float | int) else text_of(value)


def text_of(value: Any) -> str:
    """Return what a cell says: days as 2025-11-30, whole numbers without .0, line ends alike."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = printed(str(value).replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()[:LONGEST_CELL]


if __name__ == "__main__":
    answer_parent()
