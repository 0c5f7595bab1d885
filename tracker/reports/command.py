"""`tracker report read`: one JSON object a line, in the order of the files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tracker.periods import Period
from tracker.reports.contract import read_report
from tracker.reports.reading import UnreadableReportError

DONE, UNREADABLE = 0, 2


def read_files(paths: Sequence[str], period: Period | None) -> tuple[list[str], int]:
    """The lines to print and the exit code: 0 done, 2 when a file is unreadable; the others are read all the same."""
    read = [_read(path, period) for path in paths]
    lines = [json.dumps(found, ensure_ascii=False) for found in read]
    return lines, UNREADABLE if any("error" in found for found in read) else DONE


def _read(path: str, period: Period | None) -> dict[str, object]:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        reason = "没有这个文件" if isinstance(error, FileNotFoundError) else "文件打不开"
        return _refused(path, "not_found", f"{reason}，没有读。请核对路径后再试。")
    try:
        return {**read_report(Path(path).name, content, period).as_json(), "file": path}
    except UnreadableReportError as error:
        return _refused(path, error.code, error.message)


def _refused(path: str, code: str, message: str) -> dict[str, object]:
    return {"file": path, "error": {"code": code, "message": message}}
