"""Reading an uploaded document in a child process with limits on memory, processor time and patience.

A document is foreign input: one that makes the reader hang or swell must cost one child, not the web
process. The child loads this package's pure modules only, gets the document on its standard input, and has
no database, no network and none of the parent's environment. Its answer is JSON; what does not fit the
contract counts as no answer. It leads a process group of its own, so that what it started ends with it, and
has a folder of its own, which is removed whichever of the two dies.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from tracker.documents.child import BESIDE_PACKAGE, childs_environment
from tracker.documents.page_picture import NoPictureError, PagePicture, draw
from tracker.periods import Period
from tracker.reports.formats.unreadable import UnreadableReportError
from tracker.reports.reading.answer import packed, reading_from
from tracker.reports.reading.contract import ReportReading, read_report
from tracker.reports.reading.offline import give_up_network

MEMORY_BYTES = 512 * 1024 * 1024
PROCESSOR_SECONDS = 10
PATIENCE_SECONDS = 20.0
LIMITS = (
    (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
    (resource.RLIMIT_FSIZE, 200 * 1024 * 1024),  # bytes that LibreOffice may write into one file
    (resource.RLIMIT_NOFILE, 256),
    (resource.RLIMIT_CORE, 0),
)
MOST_ANSWERED = 64 * 1024 * 1024  # bytes; half a million characters are 3 MB of JSON
READER = ("-m", "tracker.reports.reading.sandbox")
FOLDERS = "tracker-reading-"
FORGOTTEN = 3600  # seconds after which a folder that both processes left behind goes, as after a power cut
ON_PARENTS_DEATH = 1  # prctl(2)

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
        answer = _answer(about, content)
        if "error" in answer:
            raise UnreadableReportError(**{key: str(answer["error"][key]) for key in ERROR_KEYS})
        return reading_from(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise ReaderStoppedError from error


def draw_in_child(content: bytes, page: int) -> PagePicture:
    """Draw a page of a PDF, counted from 1, in a child process.

    NoPictureError where there is none to draw, ReaderStoppedError when the child hit a limit.
    """
    try:
        answer = _answer({"page": page}, content)
        if "error" in answer:
            raise NoPictureError
        return PagePicture(b64decode(answer["png"], validate=True), int(answer["pages"]))
    except NoPictureError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise ReaderStoppedError from error


def _answer(about: dict[str, Any], content: bytes) -> dict[str, Any]:
    """What a child says to a question and a document. ValueError where it is no JSON object."""
    _remove_forgotten()
    with tempfile.TemporaryDirectory(prefix=FOLDERS, ignore_cleanup_errors=True) as folder:
        said = _ask(json.dumps(about | {"parent": os.getpid()}).encode() + b"\n" + content, folder)
    return dict(json.loads(said))


def _ask(asked: bytes, folder: str) -> bytes:
    """What the child answers. ReaderStoppedError when it dies, takes too long or says too much."""
    with subprocess.Popen(
        [sys.executable, *READER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=BESIDE_PACKAGE,
        env={**childs_environment(), "HOME": folder, "TMPDIR": folder},
        start_new_session=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        patience = threading.Timer(PATIENCE_SECONDS, _end, (child.pid,))
        patience.start()
        try:
            with suppress(BrokenPipeError):  # it died; what it answered tells
                child.stdin.write(asked)
                child.stdin.close()
            said = child.stdout.read(MOST_ANSWERED + 1)
            if len(said) <= MOST_ANSWERED:
                os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        finally:
            patience.cancel()
            patience.join()
            _end(
                child.pid
            )  # with all it started; it is waited for afterwards, so the number is still its own
    if child.returncode != 0:
        raise ReaderStoppedError
    return said


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _remove_forgotten() -> None:
    before = time.time() - FORGOTTEN  # of the file system, not of the office
    for folder in Path(tempfile.gettempdir()).glob(FOLDERS + "*"):
        with suppress(OSError):
            if folder.stat().st_mtime < before and folder.stat().st_uid == os.getuid():
                shutil.rmtree(folder, ignore_errors=True)


def answer_parent() -> None:
    """The child's side: limits first, then one document from standard input, one answer to the output."""
    _limit()
    give_up_network()
    about, _, content = sys.stdin.buffer.read().partition(b"\n")
    asked = json.loads(about)
    _die_with(asked["parent"])
    answer = _drawn(content, asked["page"]) if "page" in asked else _read(content, asked)
    sys.stdout.buffer.write(json.dumps(answer).encode())


def _drawn(content: bytes, page: int) -> dict[str, object]:
    try:
        picture = draw(content, page)
    except NoPictureError:
        return {"error": "no page"}
    return {"png": b64encode(picture.png).decode(), "pages": picture.pages}


def _read(content: bytes, asked: dict[str, Any]) -> dict[str, object]:
    period = Period.parse(asked["period"]) if asked["period"] else None
    day = date.fromisoformat(asked["day"]) if asked["day"] else None
    try:
        return packed(read_report(asked["name"], content, period, day))
    except UnreadableReportError as error:
        return {"error": {key: getattr(error, key) for key in ERROR_KEYS}}


def _limit() -> None:
    _soft, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, most))  # LibreOffice, for older formats, takes more
    for kind, wanted in LIMITS:
        _soft, most = resource.getrlimit(kind)
        lower = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(kind, (lower, lower))


def _die_with(parent: int) -> None:
    """End this process and all it started, and remove its folder, when the parent dies."""

    def end(*_signal: object) -> None:
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    ctypes.CDLL(None).prctl(ON_PARENTS_DEATH, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before it could be noticed
        end()


if __name__ == "__main__":
    answer_parent()
