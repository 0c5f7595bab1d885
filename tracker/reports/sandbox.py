"""Reading an uploaded document in a child process with limits on memory, processor time and patience.

A document is foreign input: one that makes the reader hang or swell must cost one child, not the web process. The
child imports this package's pure modules only, gets the document through a pipe and has no database.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import resource
from datetime import date
from multiprocessing.connection import Connection

from tracker.periods import Period
from tracker.reports.contract import ReportReading, read_report
from tracker.reports.reading import KEPT, UnreadableReportError

MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
PATIENCE_SECONDS = 20.0

Answer = ReportReading | UnreadableReportError


class ReaderStoppedError(UnreadableReportError):
    """The child died or was ended at a limit; the document stays unread."""

    def __init__(self, code: str = "stopped", message: str = "") -> None:
        said = message or (
            f"读这个文件用的时间或内存超过了上限，已经停下。{KEPT}请把正文另存为 .txt，或分成几个文件再传。"
        )
        super().__init__(code, said)


def read_in_child(
    name: str, content: bytes, period: Period | None = None, report_day: date | None = None
) -> ReportReading:
    """What `read_report` finds, read in a child process.

    UnreadableReportError when the document cannot be read, ReaderStoppedError when the reader hit a limit.
    """
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    child = context.Process(target=_read_and_answer, args=(theirs,), daemon=True)
    child.start()
    theirs.close()
    try:
        answer = _asked(mine, (name, content, period, report_day))
    finally:
        child.kill()
        child.join()
        mine.close()
    if answer is None:
        raise ReaderStoppedError
    if isinstance(answer, UnreadableReportError):
        raise answer
    return answer


def _asked(pipe: Connection, question: tuple[str, bytes, Period | None, date | None]) -> Answer | None:
    """The child's answer; None when it died or took too long."""
    with contextlib.suppress(EOFError, OSError):
        pipe.send(question)
        if pipe.poll(PATIENCE_SECONDS):
            answer: Answer = pipe.recv()
            return answer
    return None


def _read_and_answer(pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    name, content, period, report_day = pipe.recv()
    try:
        answer: Answer = read_report(name, content, period, report_day)
    except UnreadableReportError as error:
        answer = error
    except MemoryError:
        answer = ReaderStoppedError()
    pipe.send(answer)
