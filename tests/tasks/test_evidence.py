"""Evidence: its day, its scan, its removal with a trace, its quota, and all of it as one archive."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import ledger
from tests.forms import token
from tests.ledger import TODAY
from tests.office import Member, Office
from tests.tasks.steps import ONE_PAGE
from tests.tasks.test_pages import PNG, fresh, made, send
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.documents.accepting import Upload
from tracker.documents.models import Secrecy, StoredFile
from tracker.extensions import db
from tracker.refusals import Refused
from tracker.settings.choices import choose
from tracker.settings.keys import EVIDENCE_QUOTA
from tracker.tasks import lifecycle, marking
from tracker.tasks.models import Evidence, Task

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


FILES = ((PNG, "现场.png"), ("名单".encode(), "../签到.txt"))


def with_files(office: Office, lead: FlaskClient, *sent: tuple[bytes, str]) -> Task:
    """A task in progress with some files, a picture and a text unless said, all of November 3."""
    task = made(ledger.in_progress, office)
    files = [(BytesIO(content), name) for content, name in sent or FILES]
    done = send(
        lead, task, "report_progress", {"text": "已办", "evidence": files, "evidence-day": "2025-11-03"}
    )
    assert done.status_code == 302
    return fresh(task)


def test_a_paper_is_looked_at_page_by_page(office: Office, signed_in: SignIn) -> None:
    lead = signed_in(office.lead)
    task = with_files(office, lead, (ONE_PAGE, "签到表.pdf"), (PNG, "现场.png"))
    paper, picture = db.session.scalars(select(Evidence).order_by(Evidence.id)).all()
    assert f'href="/evidence/{paper.id}/pages"' in lead.get(f"/tasks/{task.id}").text
    page = lead.get(f"/evidence/{paper.id}/pages").text
    assert "第 1 页，共 1 页" in page
    shown = lead.get(f"/evidence/{paper.id}/pages/1.png")
    assert (shown.status_code, shown.content_type) == (200, "image/png")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "这个文件不能预览" in lead.get(f"/evidence/{paper.id}/pages?page=2").text
    assert lead.get(f"/evidence/{paper.id}/pages/2.png").status_code == 404
    assert "这个文件不能预览" in lead.get(f"/evidence/{picture.id}/pages").text  # it is shown as it is


def test_a_file_is_removed_with_a_reason_and_leaves_a_trace(office: Office, signed_in: SignIn) -> None:
    lead = signed_in(office.lead)
    task = with_files(office, lead)
    picture = db.session.scalars(select(Evidence).order_by(Evidence.id)).first()
    assert picture is not None
    assert picture.own_day == date(2025, 11, 3)
    look = lead.get(f"/evidence/{picture.id}?look=1")
    assert look.headers["Content-Disposition"].startswith("inline")
    assert look.content_type == "image/png"
    page = lead.get(f"/evidence/{picture.id}/remove")
    nothing = lead.post(f"/evidence/{picture.id}/remove", data={"csrf_token": token(page.text)})
    assert nothing.status_code == 422
    assert "写明移除的理由" in nothing.text
    removal = {"csrf_token": token(page.text), "reason": "照片不清楚"}
    assert lead.post(f"/evidence/{picture.id}/remove", data=removal).status_code == 302
    told = lead.get(f"/tasks/{task.id}").text
    assert "<s>现场.png</s>" in told
    assert "移除：照片不清楚" in told
    assert lead.get(f"/evidence/{picture.id}").status_code == 404
    assert lead.post(f"/evidence/{picture.id}/remove", data=removal).status_code == 404
    db.session.rollback()
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "evidence.remove")).one()
    assert row.details["sha256"] == picture.file.sha256
    deputy = signed_in(office.deputy)
    other = db.session.scalars(select(Evidence.id).order_by(Evidence.id.desc())).first()
    assert deputy.get(f"/evidence/{other}/remove").status_code == 403


def test_all_files_come_as_one_archive_without_what_one_may_not_open(
    office: Office, signed_in: SignIn
) -> None:
    lead = signed_in(office.lead)
    task = with_files(office, lead)

    def names(visitor: FlaskClient) -> list[str]:
        answer = visitor.get(f"/tasks/{task.id}/evidence.zip")
        assert answer.status_code == 200
        return zipfile.ZipFile(io.BytesIO(answer.data)).namelist()

    assert names(lead) == ["01_现场.png", "02_签到.txt"]
    file = fresh(task).events[-1].evidence[0]
    with writing():
        marking.mark(task, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="个人信息", evidence=file)
    assert names(signed_in(office.county_keeper)) == ["01_签到.txt"]
    db.session.rollback()
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "evidence.download_all")).all()
    assert [row.details["count"] for row in rows] == [2, 1]


def test_the_archive_unpacks_where_names_are_narrower(office: Office, signed_in: SignIn) -> None:
    lead = signed_in(office.lead)
    named = "名单<10:30>A|B?*.txt"
    task = with_files(office, lead, ("名单".encode(), named))
    archive = lead.get(f"/tasks/{task.id}/evidence.zip").data
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == ["01_名单＜10：30＞A｜B？＊.txt"]
    file = fresh(task).events[-1].evidence[0]
    assert file.name == named  # as it was handed in
    given = lead.get(f"/evidence/{file.id}").headers["Content-Disposition"]
    assert quote("名单＜10：30＞A｜B？＊.txt") in given


def test_a_full_office_keeps_nothing_more(office: Office) -> None:
    task = made(ledger.in_progress, office)
    with writing():
        choose(EVIDENCE_QUOTA, office.town, 1, valid_from=TODAY)
    big = Upload("大.png", "image/png", PNG + bytes(1024 * 1024))
    with pytest.raises(Refused, match="上限 1 MB"), writing():
        lifecycle.report_progress(task, by=office.lead.actor, text="已办完一半", evidence=[big])
    assert fresh(task).events[-1].text == ""
    assert db.session.scalars(select(Evidence)).all() == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", ""),
        ("exit 1", "没有通过病毒检查"),
        ("exit 2", "检查没有完成"),
        ("exec /no/such", "检查没有完成"),
    ],
)
def test_a_scanner_looks_at_each_file(
    script: str, said: str, app: Flask, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "scanner"
    command.write_text(f'#!/bin/sh\ntest -s "$1" || exit 3\n{script}\n')
    command.chmod(0o755)
    given = app.config["ENVIRONMENT"]
    monkeypatch.setitem(app.config, "ENVIRONMENT", type(given)(**{**vars(given), "scanner": str(command)}))
    task = made(ledger.in_progress, office)
    file = Upload("现场.png", "image/png", PNG)

    def report() -> None:
        with writing():
            lifecycle.report_progress(task, by=office.lead.actor, text="已办", evidence=[file])

    if said:
        with pytest.raises(Refused, match=said):
            report()
        assert db.session.scalars(select(StoredFile)).all() == []
    else:
        report()
        assert db.session.scalars(select(StoredFile.scanned)).all() == ["clean"]
