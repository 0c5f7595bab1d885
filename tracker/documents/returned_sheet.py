"""A sheet that comes back from somebody's spreadsheet: its cells as text, and which of them are formulas.

Foreign input. The archive's list is looked at first (`sheet.require_small`); then a child process with
limits counts rows and looks for formulas part by part, and only a sheet within bounds is read whole
(`python -m tracker.documents.returned_sheet`).
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker.documents.parcels import MOST_UNPACKED, Counted, OutOfBounds, place_of, sheet_parts
from tracker.documents.sheet import (
    BESIDE_PACKAGE,
    NEEDED_TO_START,
    UnreadableSheetError,
    printed,
    require_small,
)

MOST_BYTES = 12 * 1024 * 1024
MOST_COLUMNS = 100
LONGEST_CELL = 32_767  # characters; no spreadsheet holds more
MEMORY_BYTES = 768 * 1024 * 1024
PROCESSOR_SECONDS = 20
PATIENCE_SECONDS = 40.0
HEAD_ROWS = 15  # title, notes and header beside the rows that are counted
MOST_FORMULAS = 10_000  # places told; a sheet with more is all formulas


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
        child = subprocess.run(
            [sys.executable, "-m", "tracker.documents.returned_sheet", str(most_rows + HEAD_ROWS)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            cwd=BESIDE_PACKAGE,
            env={key: os.environ[key] for key in NEEDED_TO_START if key in os.environ},
            check=True,
        )
        answer = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError, ValueError) as error:
        raise UnreadableSheetError(
            f"读文件“{name}”用的时间或内存超过了上限，或文件已损坏，已经停下。请用表格软件另存为 .xlsx 再传。"
        ) from error
    if "too_many" in answer:
        raise UnreadableSheetError(
            f"文件“{name}”超过 {most_rows} 行，没有读取。请删去没有改动的行，或按单位分成几个文件。"
        )
    if "swollen" in answer:
        raise UnreadableSheetError(f"文件“{name}”解开后过大，没有读取。请把内容复制到新的表格再传。")
    formulas = frozenset((row, column) for row, column in answer["formulas"])
    return ReturnedSheet(answer["rows"], formulas, answer["name"])


# --- the child's side -------------------------------------------------------------------------------


def answer_parent() -> None:
    """Read one file from standard input within limits; write its rows, or why not, to the output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    content, most_rows = sys.stdin.buffer.read(), int(sys.argv[1])
    try:
        answer = _read(content, most_rows)
    except OutOfBounds as bound:
        answer = {str(bound): True}
    json.dump(answer, sys.stdout)


def _read(content: bytes, most_rows: int) -> dict[str, Any]:
    from python_calamine import CalamineWorkbook, SheetVisibleEnum  # noqa: PLC0415 - after the limits

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = sheet_parts(archive)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        name = next((name for name in shown if name in parts), None)
        if name is None:
            raise ValueError("no visible sheet")
        formulas = _look_through(archive, parts[name], most_rows)
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    rows = [[text_of(cell) for cell in row[:MOST_COLUMNS]] for row in cells]
    return {"rows": rows, "formulas": formulas, "name": name}


def _look_through(archive: zipfile.ZipFile, part: str, most_rows: int) -> list[tuple[int, int]]:
    """Return where formulas stand; raise OutOfBounds for too many rows, before anything is kept of them."""
    from lxml import etree  # noqa: PLC0415 - after the limits

    formulas: list[tuple[int, int]] = []
    rows, row = 0, ""
    with archive.open(part) as stream:
        events = etree.iterparse(
            Counted(stream), events=("end",), tag=("{*}c", "{*}row"), resolve_entities=False, no_network=True
        )
        for _event, element in events:
            if etree.QName(element).localname == "row":
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
                continue
            kinds = {etree.QName(child).localname for child in element if isinstance(child.tag, str)}
            place = element.get("r", "")
            number = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if kinds & {"v", "is"} and number != row:
                rows, row = rows + 1, number
                if rows > most_rows:
                    raise OutOfBounds("too_many")
            if "f" in kinds and len(formulas) < MOST_FORMULAS:
                formulas.append(place_of(place))
    return formulas


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
