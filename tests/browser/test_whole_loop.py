"""The whole loop in a real browser: a report comes in, a summary goes out, and what is unfinished goes on."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.browser.conftest import PHONE, Enter, account_of
from tests.conftest import REFERENCE
from tests.office import Office
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.periods import Period
from tracker.places import samples_dir
from tracker.problems.models import Problem, ProblemSource
from tracker.reminders.ticking import plan
from tracker.reports.reading.contract import read_report
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState

pytestmark = pytest.mark.browser

IMPORTED, FINISHED = date(2025, 10, 9), date(2025, 12, 30)
QUARTER = Period.parse("2025Q3")

REPORTS = {"own sample": samples_dir() / "township-q3.txt"}
if REFERENCE.is_dir():
    REPORTS["real report"] = REFERENCE / "reports" / "township-2020s-q3.txt"


@pytest.mark.parametrize("report", REPORTS, ids=lambda name: name.replace(" ", "-"))
def test_the_whole_loop(
    app: Flask,
    office: Office,
    enter: Enter,
    moved_clock: Callable[..., None],
    report: str,
    tmp_path: Path,
) -> None:
    moved_clock(IMPORTED)
    _import_and_confirm(enter, _masked(report, tmp_path))
    task = _first_task()
    with writing():
        lead = task.lead_post
    assert lead is not None
    holder = account_of(office, lead.id)

    moved_clock(date(2025, 10, 10))
    plan(clock.now())
    _acknowledge_from_the_inbox(enter, holder, task.id)
    moved_clock(date(2025, 10, 20))
    _report_progress(enter, holder, task.id, tmp_path)
    moved_clock(date(2025, 11, 3))
    _request_closure(enter, holder, task.id, tmp_path)
    moved_clock(date(2025, 11, 4))
    _endorse(enter, task.id)
    moved_clock(date(2025, 11, 5))
    _accept(enter, task.id)

    moved_clock(FINISHED)
    _look_at_the_overview(enter)
    paper = _draft_and_download(enter, tmp_path)
    db.session.rollback()
    carried = db.session.scalars(select(Problem).where(Problem.period == QUARTER.next())).all()
    assert [problem.source for problem in carried] == [ProblemSource.CARRIED_OVER] * 2

    closed = db.session.get_one(Task, task.id)
    assert closed.state == TaskState.CLOSED
    read = read_report("季度总结.docx", paper.read_bytes())
    found = [plain(read.words(problem.span)) for problem in read.problems]
    assert len(found) == 2
    for problem in carried:
        assert any(plain(problem.text)[:12] in text for text in found)
    assert closed.problem is not None
    assert not any(plain(closed.problem.text)[:12] in text for text in found)


def _import_and_confirm(enter: Enter, file: Path) -> None:
    """The clerk: file in, quarter chosen by one click, tasks assigned; nothing typed."""
    with enter("clerk") as page:
        page.goto("/reports/new")
        page.set_input_files("[name=file]", file)
        page.get_by_role("button", name="导入并读取").click()
        run_waiting()
        page.reload()
        assert page.locator("mark").count() >= 3
        assert "年份没有写明" in page.content()
        page.get_by_role("button", name=QUARTER.label).click()
        page.get_by_role("button", name=re.compile("并交办 4 件")).click()
        page.get_by_role("link", name="在台账中查看任务").wait_for()
    db.session.rollback()
    tasks = db.session.scalars(select(Task).order_by(Task.number)).all()
    assert [task.state for task in tasks] == [TaskState.ASSIGNED] * 4
    assert [task.problem_id is None for task in tasks] == [False, False, False, True]
    assert not any("上一篇" in task.title + task.measure for task in tasks)


def _acknowledge_from_the_inbox(enter: Enter, holder: str, task_id: int) -> None:
    """The holder, on the phone: the notice is there, and leads to the task."""
    with enter(holder, PHONE) as page:
        page.goto("/inbox")
        assert page.get_by_text("交办").count() >= 1
        page.goto(f"/tasks/{task_id}/acknowledge")
        standard = page.locator("[name=standard]")
        if standard.count():
            standard.fill("按措施逐项完成，记录可查")
        page.get_by_role("button", name=re.compile("签收")).click()
        page.wait_for_url(f"**/tasks/{task_id}*")


def _report_progress(enter: Enter, holder: str, task_id: int, folder: Path) -> None:
    photo = folder / "现场照片.png"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    with enter(holder, PHONE) as page:
        page.goto(f"/tasks/{task_id}/report_progress")
        page.fill("[name=text]", "已制定方案，完成第一次培训")
        page.get_by_role("radio", name="60%").check()
        page.set_input_files("[name=evidence]", photo)
        page.get_by_role("button", name=re.compile("反馈")).click()
        page.wait_for_url(f"**/tasks/{task_id}*")
        assert "现场照片.png" in page.content()


def _request_closure(enter: Enter, holder: str, task_id: int, folder: Path) -> None:
    record = folder / "签到表.txt"
    record.write_text("签到名单（演示）", encoding="utf-8")
    with enter(holder, PHONE) as page:
        page.goto(f"/tasks/{task_id}/request_closure")
        page.fill("[name=result]", "三次培训全部完成，测试合格")
        page.set_input_files("[name=evidence]", record)
        page.get_by_role("button", name=re.compile("申请销号")).click()
        page.wait_for_url(f"**/tasks/{task_id}*")


def _endorse(enter: Enter, task_id: int) -> None:
    with enter("deputy") as page:
        page.goto("/mine")
        page.get_by_role("link", name="初审或退回").click()
        page.get_by_role("button", name="初审同意").click()
        page.wait_for_url(re.compile(r"/(mine|tasks/\d+)(\?|$)"))


def _accept(enter: Enter, task_id: int) -> None:
    with enter("keeper") as page:
        page.goto(f"/tasks/{task_id}/accept")
        page.locator("[name=verdict][value=good]").check()
        page.get_by_role("button", name=re.compile("验收|销号")).first.click()
        page.wait_for_url(f"**/tasks/{task_id}*")


def _look_at_the_overview(enter: Enter) -> None:
    """The secretary: one of four is closed, and a figure opens its rows."""
    with enter("secretary") as page:
        page.goto("/overview")
        assert "已销号 1" in page.locator("main").inner_text()
        assert page.locator("svg.fig").count() >= 1
        page.locator("a[href*='state=closed']").first.click()
        assert page.locator("table.ledger tbody tr").count() == 1


def _draft_and_download(enter: Enter, folder: Path) -> Path:
    """The clerk: drafts the next quarter, carries over, edits a paragraph, downloads the paper."""
    with enter("clerk") as page:
        page.goto("/summaries")
        page.select_option("[name=period]", str(QUARTER.next()))
        page.get_by_role("button", name="起草总结").click()
        page.get_by_role("button", name=re.compile("转入本季度 2 个")).click()
        first = page.locator("textarea").first
        first.fill(first.input_value() + "各项工作按计划推进。")
        page.get_by_role("button", name="保存文字").click()
        assert page.locator("textarea").first.input_value().endswith("各项工作按计划推进。")
        assert "上季度共梳理问题3个，已完成整改1个" in page.content()
        with page.expect_download() as download:
            page.get_by_role("link", name="下载 Word").click()
        target = folder / "季度总结.docx"
        download.value.save_as(target)
    return target


def _masked(report: str, folder: Path) -> Path:
    """Return the report with its year masked, as such reports are passed around."""
    text = REPORTS[report].read_text(encoding="utf-8").replace("2025年第三季度", "202x年第三季度")
    file = folder / "三季度总结.txt"
    file.write_text(text, encoding="utf-8")
    return file


def _first_task() -> Task:
    db.session.rollback()
    return db.session.scalars(select(Task).order_by(Task.number).limit(1)).one()


def plain(text: str) -> str:
    """Return a text without white space and with full-width marks, to compare what two documents say."""
    return re.sub(r"\s", "", text).translate(str.maketrans(",;:()", "，；：（）"))
