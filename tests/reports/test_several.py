"""Several files at once: each is a report of its own, what cannot come in or be read stops no other."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.forms import post
from tests.office import Member, Office
from tests.reports.steps import read_in, report
from tests.reports.test_command import run, stored
from tests.unit.documents_for_reading import SAMPLE, sample_text, typed_docx
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.reports.models import Report, ReportState
from tracker.reports.several import MOST_AT_ONCE

WORDS = sample_text().encode()
OTHER = WORDS.replace("第三季度".encode(), "第二季度".encode())
BROKEN = b"PK\x03\x04 broken"
SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def in_october(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 14))


@pytest.fixture
def clerk(office: Office, signed_in: SignedIn) -> FlaskClient:
    return signed_in(office.clerk)


def send(visitor: FlaskClient, *files: tuple[str, bytes], **more: str) -> TestResponse:
    """Choose several files and send them."""
    sent = [(io.BytesIO(content), name) for name, content in files]
    return post(visitor, "/reports", {"file": sent, **more}, page="/reports/new")


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Report.file_name).order_by(Report.id)))


def run_all() -> None:
    """Let the worker read what waits."""
    db.session.rollback()
    while run_waiting():
        db.session.rollback()


@pytest.mark.database
def test_each_file_becomes_a_report_and_the_page_says_what_became_of_it(clerk: FlaskClient) -> None:
    files = [
        ("三季度.docx", typed_docx(sample_text())),
        ("坏.docx", BROKEN),
        ("空.txt", b""),
        ("二季度.txt", OTHER),
    ]
    sent = send(clerk, *files)
    assert sent.status_code == 302
    assert names() == ["三季度.docx", "坏.docx", "二季度.txt"]
    first = clerk.get(sent.location)
    assert "“空.txt”：文件是空的，没有导入。" in first.text
    assert first.text.count("正在读取") == 3
    assert "Refresh" not in first.headers  # what is said once stays until the person goes on
    assert clerk.get(sent.location).headers["Refresh"] == "2"
    run_all()
    read = clerk.get(sent.location)
    assert "Refresh" not in read.headers
    assert read.text.count("读出 3 个问题") == 2
    assert "文件已损坏，打不开。文件已原样保存，没有生成问题或任务。" in read.text
    assert [report(number).state for number in (1, 2, 3)] == [
        ReportState.REVIEW, ReportState.UNREADABLE, ReportState.REVIEW,
    ]  # fmt: skip


@pytest.mark.database
def test_a_content_that_is_there_already_or_comes_twice_is_taken_in_once(clerk: FlaskClient) -> None:
    known = read_in(clerk, WORDS)
    sent = send(clerk, ("旧.txt", WORDS), ("甲.txt", OTHER), ("乙.txt", OTHER))
    page = clerk.get(sent.location).text
    assert names() == ["季度总结.txt", "甲.txt"]
    assert "“乙.txt”：与同时选择的“甲.txt”内容相同，只导入一次。" in page
    assert "早已导入" in page
    assert f'href="/reports/{known}"' in page


def test_period_and_day_hold_for_all_of_them(clerk: FlaskClient) -> None:
    send(clerk, ("甲.txt", WORDS), ("乙.txt", OTHER), period="2025Q2", report_day="2025-10-09")
    db.session.rollback()
    found = db.session.execute(select(Report.period, Report.report_day)).all()
    assert [(str(period), day) for period, day in found] == [("2025Q2", date(2025, 10, 9))] * 2


@pytest.mark.database
def test_too_many_or_too_much_is_refused_whole(clerk: FlaskClient) -> None:
    many = send(clerk, *[(f"{n}.txt", WORDS + str(n).encode()) for n in range(MOST_AT_ONCE + 1)])
    large = send(clerk, ("甲.txt", WORDS), ("大.docx", b"PK\x03\x04" + bytes(50 * 1024 * 1024)))
    large.request.environ["wsgi.input"].close()  # the visitor's own copy of what was sent
    assert (many.status_code, large.status_code) == (422, 413)
    assert f"一次最多 {MOST_AT_ONCE} 个文件" in many.text
    assert "不超过 20 MB" in large.text
    assert names() == []


def test_without_a_single_good_one_the_page_says_so(clerk: FlaskClient) -> None:
    page = clerk.get(send(clerk, ("空.txt", b""), ("白.txt", b" \n")).location).text
    assert "没有导入任何文件" in page
    assert "“白.txt”：文件是空的" in page
    assert names() == []


def test_reports_of_others_are_not_shown(clerk: FlaskClient, office: Office, signed_in: SignedIn) -> None:
    foreign = read_in(signed_in(office.other_clerk), WORDS, "别处.txt")
    page = signed_in(office.clerk).get(f"/reports/taken?report={foreign}&known={foreign}&report=x&report=9")
    assert page.status_code == 200
    assert "别处.txt" not in page.text


def test_a_name_is_kept_without_what_could_deceive(clerk: FlaskClient) -> None:
    send(clerk, ("..\\..\\甲\u202ecod.txt", WORDS), ("/etc/" + "长" * 300 + ".txt", OTHER))
    first, second = names()
    assert first == "甲cod.txt"
    assert second.endswith("长.txt")
    assert len(second) <= 120


# --- the command line ---


@pytest.mark.database
def test_one_command_takes_in_several_files(app: Flask, office: Office, tmp_path: Path) -> None:
    other, broken, gone = tmp_path / "二季度.txt", tmp_path / "坏.docx", tmp_path / "没有.txt"
    other.write_bytes(OTHER)
    broken.write_bytes(BROKEN)
    files = [str(file) for file in (SAMPLE, broken, gone, other, SAMPLE)]
    done = run(app, "import", *files, "--unit", "QS", "--period", "2025Q3", "--domain", "ideology")
    assert done.exit_code == 2
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"file": files[0], "report": 1, "problems": 3},
        {"file": files[3], "report": 2, "problems": 3},
    ]
    said = done.stderr.splitlines()
    assert [line.split("：")[0] for line in said] == [files[1], files[2], files[4]]
    assert "已损坏" in said[0]
    assert "打不开" in said[1]
    assert "第 1 号报告" in said[2]
    assert stored()[0] == 2
    assert db.session.scalar(select(func.count(Report.id)).where(Report.domain_id.is_not(None))) == 2


def test_a_domain_that_does_not_exist_is_refused(app: Flask, office: Office) -> None:
    refused = run(app, "import", str(SAMPLE), "--unit", "QS", "--period", "2025Q3", "--domain", "none")
    assert refused.exit_code == 2
    assert "没有编码为 none 的职责领域" in refused.stderr
    assert stored() == [0, 0, 0]
