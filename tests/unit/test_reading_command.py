"""The command's lines and exit codes, and the child process that reads uploads."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.documents_for_reading import SAMPLE, sample_text
from tracker.periods import Period
from tracker.reports.command import read_files
from tracker.reports.formats.unreadable import UnreadableReportError
from tracker.reports.reading import sandbox
from tracker.reports.reading.answer import packed, reading_from
from tracker.reports.reading.contract import read_report
from tracker.reports.reading.sandbox import ReaderStoppedError, read_in_child


def test_one_line_a_file_in_order_and_the_others_are_still_read(tmp_path: Path) -> None:
    empty = tmp_path / "空.txt"
    empty.write_bytes(b"")
    paths = [str(empty), str(SAMPLE), str(tmp_path / "没有.txt")]
    lines, code = read_files(paths, Period.parse("2025Q3"))
    found = [json.loads(line) for line in lines]
    assert code == 2
    assert [entry["file"] for entry in found] == paths
    assert [entry.get("error", {}).get("code") for entry in found] == ["empty", None, "not_found"]
    assert len(found[1]["problems"]) == 3


def test_a_report_without_problems_ends_with_nought(tmp_path: Path) -> None:
    plain = tmp_path / "通知.txt"
    plain.write_text("关于召开会议的通知", encoding="utf-8")
    lines, code = read_files([str(plain)], None)
    assert code == 0
    assert json.loads(lines[0])["warnings"]


def test_the_module_runs_without_database_and_refuses_an_unknown_period() -> None:
    command = [sys.executable, "-m", "tracker.reports", str(SAMPLE), "--json", "--period"]
    good = subprocess.run([*command, "2025Q3"], capture_output=True, check=False, cwd=SAMPLE.parents[2])
    bad = subprocess.run([*command, "2025Q5"], capture_output=True, check=False, cwd=SAMPLE.parents[2])
    assert (good.returncode, bad.returncode, bad.stdout) == (0, 2, b"")
    assert json.loads(good.stdout)["quarter"] == "2025Q3"
    assert "2025Q3" in bad.stderr.decode()


def test_the_child_finds_what_the_reader_finds() -> None:
    content = sample_text().encode()
    assert read_in_child("总结.txt", content, None) == read_report("总结.txt", content)


def test_the_child_hands_back_the_refusal() -> None:
    with pytest.raises(UnreadableReportError, match=r"\.docx") as caught:
        read_in_child("总结.docx", b"not a document")
    assert caught.value.code == "wrong_name"


def test_a_child_at_its_limit_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PATIENCE_SECONDS", 0.001)
    with pytest.raises(ReaderStoppedError) as caught:
        read_in_child("总结.txt", sample_text().encode())
    assert caught.value.code == "stopped"
    assert "已经停下" in caught.value.message


def answer_with(**changes: Any) -> dict[str, Any]:
    """What the child says of the sample, with some of it changed."""
    return packed(read_report("总结.txt", sample_text().encode())) | changes


@pytest.mark.parametrize(
    "answer",
    [
        {},
        answer_with(text=7),
        answer_with(text="短"),  # every place lies outside it
        answer_with(measures=[]),  # the problems name measures that are not there
        answer_with(known_period="2025Q9"),
        answer_with(sections=None),
        answer_with(
            figures=[
                {"start": 0, "end": 2, "value": "1", "unit": "次", "approx": False, "of": "", "parts": []}
            ]
        ),
        answer_with(
            figures=[
                {"start": 0, "end": 2, "value": 1, "unit": "次", "approx": False, "of": "", "parts": [1]}
            ]
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_not_believed(answer: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        reading_from(answer)


def test_a_child_that_says_something_else_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/echo")
    with pytest.raises(ReaderStoppedError):
        read_in_child("总结.txt", sample_text().encode())
