"""The commands on reports: what they print, store, and say by their exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.office import Office
from tests.unit.documents_for_reading import SAMPLE, masked_sample
from tracker.documents.models import StoredFile
from tracker.extensions import db
from tracker.reports.models import Proposal, Report, ReportState


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["report", *words])


def stored() -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count(table.id))) or 0 for table in (Report, Proposal, StoredFile)]


@pytest.mark.database
def test_an_import_takes_in_and_reads_at_once(app: Flask, office: Office) -> None:
    done = run(app, "import", str(SAMPLE), "--unit", "QS", "--period", "2025Q3")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"report": 1, "problems": 3}
    db.session.rollback()
    assert db.session.scalars(select(Report.state)).all() == [ReportState.REVIEW]


@pytest.mark.database
def test_a_second_import_has_no_effect_and_says_so(app: Flask, office: Office) -> None:
    run(app, "import", str(SAMPLE), "--unit", "QS", "--period", "2025Q3")
    again = run(app, "import", str(SAMPLE), "--unit", "QS", "--period", "2025Q3")
    assert again.exit_code == 1
    assert "第 1 号报告" in again.stderr
    assert stored() == [1, 7, 1]


def test_a_report_without_problems_is_stored_and_said(app: Flask, office: Office, tmp_path: Path) -> None:
    plain = tmp_path / "简报.txt"
    plain.write_text("青示镇工作简报\n一、工作开展情况\n(一)开展学习。组织学习3次。\n", encoding="utf-8")
    done = run(app, "import", str(plain), "--unit", "QS", "--period", "2025Q3")
    assert done.exit_code == 1
    assert "没有读出问题" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "words", "said"),
    [
        ("空.txt", b"", ("--unit", "QS", "--period", "2025Q3"), "文件是空的"),
        ("坏.docx", b"PK\x03\x04 broken", ("--unit", "QS", "--period", "2025Q3"), "已损坏"),
        ("总结.txt", b"", ("--unit", "XX", "--period", "2025Q3"), "没有编码为 XX 的单位"),
        ("总结.txt", b"", ("--unit", "QS", "--period", "2025Q5"), "2025Q3（季度"),
        (None, b"", ("--unit", "QS", "--period", "2025Q3"), "打不开"),
        ("总结.txt", b"", ("--unit", "QS"), "--period"),
    ],
    ids=["empty", "broken", "no such unit", "no such quarter", "no such file", "usage"],
)
def test_impossible_input_ends_with_2_and_stores_nothing(
    app: Flask,
    office: Office,
    tmp_path: Path,
    name: str | None,
    content: bytes,
    words: tuple[str, ...],
    said: str,
) -> None:
    file = tmp_path / (name or "没有.txt")
    if name is not None:
        file.write_bytes(content)
    refused = run(app, "import", str(file), *words)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert stored() == [0, 0, 0]


def test_reading_needs_no_database_and_loads_no_tables(tmp_path: Path) -> None:
    masked = tmp_path / "季度.txt"
    masked.write_bytes(masked_sample())
    program = (
        "import sys; sys.argv[0] = 'tracker'\n"
        "from tracker.commands import main\n"
        "try: main()\n"
        "finally: assert 'sqlalchemy' not in sys.modules\n"
    )
    read = subprocess.run(
        [sys.executable, "-c", program, "report", "read", str(masked), "--json"],
        capture_output=True,
        env={**os.environ, "TRACKER_DATA_DIR": str(tmp_path / "none")},
        check=False,
    )
    assert read.returncode == 0, read.stderr.decode()
    found = json.loads(read.stdout)
    assert (found["quarter"], len(found["problems"])) == (None, 3)
    assert not (tmp_path / "none").exists()


def test_reading_with_a_period_that_does_not_exist_ends_with_2(app: Flask) -> None:
    refused = run(app, "read", str(SAMPLE), "--json", "--period", "2025Q5")
    assert refused.exit_code == 2
    assert "2025Q3（季度" in refused.stderr
