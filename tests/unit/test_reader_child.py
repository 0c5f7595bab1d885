"""The child process that reads documents: its limits, what ends with it, what it leaves, and no network."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.unit.documents_for_reading import sample_text
from tests.unit.links_and_macros import odt_with_link, odt_with_macro
from tests.unit.listening import listening
from tracker.reports.formats import older
from tracker.reports.formats.document_text import read_text
from tracker.reports.formats.older import as_docx, write_profile
from tracker.reports.formats.unreadable import UnreadableReportError
from tracker.reports.reading import sandbox
from tracker.reports.reading.sandbox import ReaderStoppedError, read_in_child

MODULES = "from tracker.reports.formats import older\nfrom tracker.reports.reading import sandbox\n"
SAMPLES = Path(__file__).parents[1] / "samples"
PROJECT = Path(__file__).parents[2]
SOON = 15.0  # seconds that something may take on a busy machine
SAMPLE = sample_text().encode()
DOC = (SAMPLES / "township.doc").read_bytes()
# Stands for a LibreOffice that hangs, with a process of its own.
STUCK = """#!/bin/sh
sleep 300 &
echo $$ $! > {pids}.new
mv {pids}.new {pids}
wait
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files that nobody else uses."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def child_runs(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that lets the child do something else before or instead of reading."""

    def run(program: str) -> None:
        whole = f"{MODULES}{program}\nsandbox.answer_parent()"
        monkeypatch.setattr(sandbox, "READER", ("-c", whole))

    return run


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """The folder of a LibreOffice that never answers; it writes its processes into `pids`."""
    program = tmp_path / "soffice"
    program.write_text(STUCK.format(pids=tmp_path / "pids"), encoding="ascii")
    program.chmod(0o755)
    return tmp_path


def finds_office_in(place: Path, seconds: float = 300.0) -> str:
    """What lets the child look for LibreOffice in a folder, and how long it waits for it."""
    return f"older.PATH = '{place}:/usr/bin:/bin'; older.SECONDS = {seconds}"


def until(what: Callable[[], bool]) -> bool:
    """Whether something comes true soon."""
    end = time.monotonic() + SOON
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def all_gone(pids: Path) -> bool:
    """Whether none of the processes that were noted lives on."""
    noted = [int(pid) for pid in pids.read_text().split()]
    assert len(noted) == 2
    return not any(lives(pid) for pid in noted)


def lives(pid: int) -> bool:
    """Whether a process is there and not merely waited for."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def refused(name: str, content: bytes) -> UnreadableReportError:
    """The refusal of a document by the child."""
    with pytest.raises(UnreadableReportError) as caught:
        read_in_child(name, content)
    return caught.value


# --- what ends with the child, and what it leaves ---


def test_nothing_is_left_after_an_older_format_was_read(temporary: Path) -> None:
    assert len(read_in_child("总结.doc", DOC).problems) == 3
    assert list(temporary.iterdir()) == []


def test_a_program_that_hangs_ends_with_the_child(
    temporary: Path, hanging: Path, child_runs: Callable[[str], None]
) -> None:
    child_runs(finds_office_in(hanging, seconds=0.5))
    assert refused("总结.doc", DOC).code == "broken"
    assert until(lambda: all_gone(hanging / "pids"))
    assert list(temporary.iterdir()) == []


def test_a_child_that_is_killed_leaves_no_process_and_no_file(
    temporary: Path, hanging: Path, child_runs: Callable[[str], None]
) -> None:
    child_runs(finds_office_in(hanging))
    before = set(psutil.Process().children())  # a browser or a server of other tests
    with ThreadPoolExecutor(1) as pool:
        reading: Future[UnreadableReportError] = pool.submit(refused, "总结.doc", DOC)
        assert until((hanging / "pids").is_file)
        (child,) = set(psutil.Process().children()) - before
        child.kill()
        assert isinstance(reading.result(SOON), ReaderStoppedError)
    assert until(lambda: all_gone(hanging / "pids"))
    assert list(temporary.iterdir()) == []


def test_out_of_patience_the_parent_ends_all_of_it(
    temporary: Path, hanging: Path, child_runs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[threading.Timer] = []

    class Impatient(threading.Timer):
        """Waits for the program to hang, however long the child takes to get there."""

        def __init__(self, _seconds: float, *given: Any) -> None:
            super().__init__(SOON, *given)
            made.append(self)

        def run(self) -> None:
            assert until((hanging / "pids").is_file)
            self.function(*self.args, **self.kwargs)

    child_runs(finds_office_in(hanging))
    monkeypatch.setattr(threading, "Timer", Impatient)
    assert isinstance(refused("总结.doc", DOC), ReaderStoppedError)
    assert len(made) == 1
    assert until(lambda: all_gone(hanging / "pids"))
    assert list(temporary.iterdir()) == []


PARENT = """
import sys, tempfile
from tracker.reports.reading import sandbox
tempfile.tempdir, sandbox.READER = sys.argv[1], ("-c", sys.argv[2])
sandbox.read_in_child("a.doc", open(sys.argv[3], "rb").read())
"""


def test_when_the_parent_is_killed_all_of_it_ends_and_the_files_go(temporary: Path, hanging: Path) -> None:
    child = f"{MODULES}{finds_office_in(hanging)}\nsandbox.answer_parent()"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(temporary), child, str(SAMPLES / "township.doc")], cwd=PROJECT
    )
    assert until((hanging / "pids").is_file)
    assert list(temporary.iterdir()) != []
    parent.send_signal(signal.SIGKILL)
    parent.wait(SOON)
    assert until(lambda: all_gone(hanging / "pids"))
    assert until(lambda: list(temporary.iterdir()) == [])


def test_what_a_power_cut_left_goes_with_the_next_reading(temporary: Path) -> None:
    left, present, other = (
        temporary / name for name in (sandbox.FOLDERS + "a", sandbox.FOLDERS + "b", "else")
    )
    for folder in (left, present, other):
        folder.mkdir()
        (folder / "in.doc").write_bytes(b"words")
    before = time.time() - sandbox.FORGOTTEN - 1
    os.utime(left, (before, before))
    os.utime(other, (before, before))
    read_in_child("总结.txt", SAMPLE)
    assert {path.name for path in temporary.iterdir()} == {present.name, other.name}


# --- limits ---


@pytest.mark.parametrize(
    "program",
    [
        "sandbox.read_report = lambda *_: bytearray(600 * 1024 * 1024)",
        "sandbox.LIMITS = ((sandbox.resource.RLIMIT_CPU, 1),)\n"
        "def endless(*_):\n    while True: pass\n"
        "sandbox.read_report = endless",
        "sandbox.read_report = lambda *_: open('large', 'wb').write(bytes(300 * 1024 * 1024))",
        "sandbox.read_report = lambda *_: [open('/dev/null') for _ in range(300)]",
        "import os; sandbox.read_report = lambda *_: os.abort()",
    ],
    ids=["memory", "processor", "disk", "files", "crash"],
)
def test_a_child_that_wants_too_much_is_stopped(
    temporary: Path, child_runs: Callable[[str], None], program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    child_runs("import os\nos.chdir(os.environ['TMPDIR'])\n" + program)
    assert refused("总结.txt", SAMPLE).code == "stopped"
    assert list(temporary.iterdir()) == []


def test_an_answer_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MOST_ANSWERED", 100)
    assert refused("总结.txt", SAMPLE).code == "stopped"


# --- no network, no macros ---


HERE = "import socket; socket.create_connection(('127.0.0.1', {port})).close()"
IN_PROGRAM = (
    "import subprocess, sys; "
    "said = subprocess.run([sys.executable, '-c', {ask!r}], stderr=subprocess.PIPE).stderr.decode()\n"
    "if said: raise OSError(said)"
)


@pytest.mark.parametrize("program", [False, True], ids=["itself", "a program it starts"])
def test_the_child_can_open_no_connection(child_runs: Callable[[str], None], program: bool) -> None:
    with listening() as (port, heard):
        ask = HERE.format(port=port)
        ask = IN_PROGRAM.format(ask=ask) if program else ask
        lines = [f"        {line}" for line in ask.split("\n")]
        child_runs(
            "def read(*_):\n    try:\n" + "\n".join(lines) + "\n    except OSError as error:\n"
            "        raise sandbox.UnreadableReportError('refused', str(error), '')\n"
            "sandbox.read_report = read"
        )
        error = refused("总结.txt", SAMPLE)
        assert heard == []
        exec(ask)  # the same words, where nothing was given up
        assert until(lambda: len(heard) == 1)
    assert (error.code, "Permission denied" in error.happened) == ("refused", True)


@contextmanager
def office_open(folder: Path, name: str, *settings: tuple[str, str, str]) -> Iterator[None]:
    """LibreOffice with a document opened as a person would, under settings of one's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(older, "CHOSEN", settings)
        write_profile(folder / f"for {name}" / "user")
    profile = f"-env:UserInstallation=file://{folder}/for%20{name}"
    opened = subprocess.Popen(
        ["soffice", "--headless", "--norestore", profile, str(folder / name)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(opened.pid, signal.SIGKILL)
        opened.wait()


def test_libreoffice_fetches_nothing_and_runs_no_macro(tmp_path: Path) -> None:
    """Neither in the child nor by its settings alone; opened without them, the same documents do both."""
    ran = tmp_path / "ran"
    with listening() as (port, heard):
        for content in (odt_with_link(f"http://127.0.0.1:{port}/a.png"), odt_with_macro(ran)):
            (tmp_path / "evil.odt").write_bytes(content)
            assert read_text("a.docx", as_docx(content, ".odt")).strip() == "正文"
            assert (heard, ran.exists()) == ([], False)
        (tmp_path / "link.odt").write_bytes(odt_with_link(f"http://127.0.0.1:{port}/a.png"))
        with office_open(tmp_path, "link.odt"):
            assert until(lambda: heard != [])
        (tmp_path / "macro.odt").write_bytes(odt_with_macro(ran))
        with office_open(tmp_path, "macro.odt", ("Common/Security/Scripting", "MacroSecurityLevel", "0")):
            assert until(ran.exists)


# --- without the programs ---


@pytest.mark.parametrize("suffix", [".doc", ".wps", ".rtf", ".odt"])
def test_without_the_programs_it_is_said_which(monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(older, "PATH", "/nowhere")
    content = DOC if suffix == ".wps" else (SAMPLES / f"township{suffix}").read_bytes()
    with pytest.raises(UnreadableReportError, match=r"没有能打开.*LibreOffice") as caught:
        read_text(f"总结{suffix}", content)
    assert caught.value.code == "unknown_type"
    assert ".docx" in caught.value.message


def test_where_only_antiword_is_there_it_reads_a_doc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words come whole; automatic numbers do not, which is why LibreOffice goes first."""
    (tmp_path / "antiword").symlink_to("/usr/bin/antiword")
    monkeypatch.setattr(older, "PATH", str(tmp_path))
    said = read_text("总结.doc", DOC)
    assert said.startswith("样川县青示镇2025年第三季度意识形态工作情况总结\n")
    assert "三、存在的问题与不足" in said
    numbered = read_text("总结.doc", (SAMPLES / "awkward.doc").read_bytes())
    assert "存在的问题" in numbered
    assert "二、存在的问题" not in numbered
