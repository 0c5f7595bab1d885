"""Reading an uploaded document in a child process with limits on memory, processor time and patience.

A document is foreign input: one that makes the reader hang or swell must cost one child, not the web
process. The child loads this package's pure modules only, gets the document on its standard input, and has
no database and none of the parent's environment. Its answer is JSON; what does not fit the contract counts as
no answer.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import date
from pathlib import Path

from tracker.periods import Period
from tracker.reports.answer import packed, reading_from
from tracker.reports.contract import ReportReading, read_report
from tracker.reports.unreadable import UnreadableReportError

MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
PATIENCE_SECONDS = 20.0
BESIDE_PACKAGE = Path(__file__).parents[2]  # from here the child finds the package, installed or not
NEEDED_TO_START = ("LD_LIBRARY_PATH", "SYSTEMROOT")

ERROR_KEYS = ("code", "happened", "advice")


class ReaderStoppedError(UnreadableReportError):
    """The child died or was ended at a limit; the document stays unread."""

    def __init__(self) -> None:
        super().__init__(
            "stopped",
            "读这个文件用的时间或内存超过了上限，已经停下。",
            "请把正文另存为 .txt，或分成几个文件再传。",
        )


def read_in_child(
    name: str, content: bytes, period: Period | None = None, report_day: date | None = None
) -> ReportReading:
    """What `read_report` finds, read in a child process.

    UnreadableReportError when the document cannot be read, ReaderStoppedError when the reader hit a limit.
    """
    about = {
        "name": name,
        "period": None if period is None else str(period),
        "day": None if report_day is None else report_day.isoformat(),
    }
    try:
        child = subprocess.run(
            [sys.executable, "-m", "tracker.reports.sandbox"],
            input=json.dumps(about).encode() + b"\n" + content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_SECONDS,
            cwd=BESIDE_PACKAGE,
            env={key: os.environ[key] for key in NEEDED_TO_START if key in os.environ},
            check=True,
        )
        answer = json.loads(child.stdout)
        if "error" in answer:
            raise UnreadableReportError(**{key: str(answer["error"][key]) for key in ERROR_KEYS})
        return reading_from(answer)
    except (
        subprocess.TimeoutExpired,
        subprocess.CalledProcessError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        raise ReaderStoppedError from error


def answer_parent() -> None:
    """The child's side: limits first, then one document from standard input, one answer to the output."""
    _soft, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, most))  # LibreOffice, for older formats, takes more
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    about, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(about)
    period = Period.parse(asked["period"]) if asked["period"] else None
    day = date.fromisoformat(asked["day"]) if asked["day"] else None
    answer: dict[str, object]
    try:
        answer = packed(read_report(asked["name"], content, period, day))
    except UnreadableReportError as error:
        answer = {"error": {key: getattr(error, key) for key in ERROR_KEYS}}
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    answer_parent()
