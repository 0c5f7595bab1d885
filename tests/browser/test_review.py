"""The review of a report in a real browser: words selected, keys, two clerks, what it costs, no scripts."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.browser.conftest import PHONE, Enter
from tests.office import Office
from tests.reports.steps import proposals, report, second_clerk
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.organization.models import Unit
from tracker.periods import Period
from tracker.places import samples_dir
from tracker.reports.intake import take_in
from tracker.reports.models import Decision, Report, ReportState
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState

pytestmark = pytest.mark.browser

REVIEWED = date(2025, 10, 14)
DEMO_DAY = date(2025, 11, 24)
SAMPLE = (samples_dir() / "township-q3.txt").read_text(encoding="utf-8")
RARE = SAMPLE.replace(
    "今年7月以来", "𠀀𠀁村今年7月以来"
)  # two characters outside the first plane, before everything
SELECT = """([words, doc]) => {
  const texts = [...doc.querySelectorAll('[data-at]')].map(span => span.firstChild);
  const node = texts.find(text => text.data.includes(words));
  const range = document.createRange(), at = node.data.indexOf(words);
  range.setStart(node, at);
  range.setEnd(node, at + words.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


@pytest.fixture
def under_review(moved_clock: Callable[..., None], office: Office) -> int:
    """The id of a report that is read and waits for its clerk."""
    moved_clock(REVIEWED)
    with writing():
        taken = take_in(office.town, by=office.clerk.actor, file_name="季报.txt", content=RARE.encode())
        number = taken.id
    run_waiting()
    return number


def mark_words(page: Page, words: str) -> None:
    """Select words in the source, as a mouse would."""
    page.locator(".doc").evaluate("(doc, [script, words]) => eval(script)([words, doc])", [SELECT, words])
    page.locator("#selected").wait_for(state="visible")


def current(page: Page) -> str:
    return str(page.locator("[data-proposal].cur").get_attribute("id"))


def test_a_review_beside_its_source_by_mouse_and_by_keys(enter: Enter, under_review: int) -> None:
    rows = [row.id for row in proposals(under_review)]
    with enter("clerk") as page:
        page.goto(f"/reports/{under_review}")
        goes_in_step(page, rows)
        page.reload()
        goes_by_keys_alone(page, rows)
        assert {row.decision for row in proposals(under_review)} == {Decision.OPEN}
        first = proposals(under_review)[0]
        assert first.post_id == first.suggested["posts"][1]["post"]
        becomes_what_is_selected(page, first.id)
    text, kept = report(under_review).text, report(under_review).listed
    assert [text[row.start : row.end] for row in kept[:2]] == [row.text.split("；")[0] for row in kept[:2]]
    assert kept[1].text == "个别支部以传阅文件代替讨论；覆盖党员320余人次"
    assert [text[start:end] for start, end in kept[1].more_places] == ["覆盖党员320余人次"]
    added = proposals(under_review)[-1]
    assert text[added.start : added.end] == "现场反馈意见14条"


def goes_in_step(page: Page, rows: list[int]) -> None:
    """Source and proposals show the same one, whichever is clicked."""
    assert current(page) == f"p{rows[0]}"
    page.locator(f"#p{rows[5]} h3").click()
    assert page.locator(f"mark[data-of=p{rows[5]}].cur").count() >= 1
    assert page.locator("mark.cur").count() == page.locator(f"mark[data-of=p{rows[5]}]").count()
    expect(page.locator(f"#s{rows[5]}")).to_be_in_viewport()
    page.locator(f"#s{rows[1]}").click()
    assert current(page) == f"p{rows[1]}"
    expect(page.locator(f"#p{rows[1]} h3")).to_be_in_viewport()
    assert page.locator("details[data-body][open]").count() == 1


def goes_by_keys_alone(page: Page, rows: list[int]) -> None:
    """Choosing, deciding, undoing, reaching fields: each by its key, and every act counts as a click."""
    press, focused = page.keyboard.press, "document.activeElement.name || document.activeElement.id"
    press("2")
    assert page.locator(f"input[name=p{rows[0]}-post]").nth(1).is_checked()
    press("Enter")
    page.wait_for_url(f"**#p{rows[1]}")
    press("x")
    page.wait_for_url(f"**#p{rows[2]}")
    press("z")
    page.locator(".toast", has_text="已撤销：去掉").wait_for()
    assert current(page) == f"p{rows[1]}"
    reached = {"d": "deadline", "v": "standard", "t": "text", "s": "split", "m": "into", "p": "other"}
    for key, field in reached.items():
        press(key)
        assert page.evaluate(focused) == f"p{rows[1]}-{field}"
        press("Escape")
    for key, name in {"q": "period", "a": "added", "b": "matrix", "g": "assign"}.items():
        press(key)
        assert page.evaluate(focused) == name
        press("Escape")
    press("k")
    assert current(page) == f"p{rows[0]}"
    press("u")
    page.locator(f"#p{rows[0]}").get_by_role("button", name="确认这一条").wait_for()
    page.wait_for_load_state()  # the keys are there once the page's script has run
    press("?")
    assert page.locator("details.keys").get_attribute("open") is not None
    assert int(page.locator("b[data-effort=clicks]").inner_text()) == 6
    assert page.locator("b[data-effort=typed]").inner_text() == "0"


def becomes_what_is_selected(page: Page, first: int) -> None:
    """Words of the source become a new problem, the place of a split, a part of the current one."""
    mark_words(page, "现场反馈意见14条")
    assert page.locator("#selected button:visible").all_inner_texts() == [
        "新问题",
        "新措施",
        "并入当前",
        "作为当前的表述",
        "作为当前问题的措施",
    ]
    page.get_by_role("button", name="新问题", exact=True).click()
    page.locator(".undo", has_text="补充").wait_for()
    assert page.locator("[data-proposal].cur h3").inner_text().endswith("现场反馈意见14条")
    page.locator(f"#p{first} h3").click()
    mark_words(page, "个别支部以传阅文件代替讨论")
    page.get_by_role("button", name="从这里拆成两条").click()
    page.locator(".undo", has_text="拆开").wait_for()
    mark_words(page, "覆盖党员320余人次")
    page.get_by_role("button", name="并入当前").click()
    page.locator(".undo", has_text="把原文并入").wait_for()


def test_two_clerks_see_each_others_decisions_and_lose_nothing(
    enter: Enter, under_review: int, office: Office
) -> None:
    second_clerk(office)
    second, third = (row.id for row in proposals(under_review)[1:3])
    with enter("clerk", refusals=1) as mine, enter("clerk2") as theirs:
        for page in (mine, theirs):
            page.goto(f"/reports/{under_review}")
        mine.locator(f"#p{second} h3").click()
        mine.fill(f"[name=p{second}-standard]", "每季一次")
        theirs.locator(f"#p{third} h3").click()
        theirs.keyboard.press("x")
        theirs.wait_for_load_state()
        theirs.locator(f"#p{second} h3").click()
        theirs.fill(f"[name=p{second}-standard]", "每月一次")
        theirs.get_by_role("button", name="保存，稍后继续").last.click()
        news = mine.locator("#news")
        expect(news).to_contain_text("吴例", timeout=20_000)
        expect(news).to_contain_text("修改“村级宣传员力量薄弱", timeout=20_000)
        expect(mine.locator(f"#p{third}")).to_contain_text("不是问题")
        expect(mine.locator("#open-count")).to_contain_text("还有 6 条待确认")
        assert mine.input_value(f"[name=p{second}-standard]") == "每季一次"
        mine.locator(f"#p{second}").get_by_role("button", name="确认这一条").click()
        expect(mine.locator(".errsum")).to_contain_text("吴例 在 ")
        expect(mine.locator(f"#p{second} .theirs")).to_contain_text("吴例 改为：每月一次")
        assert mine.input_value(f"[name=p{second}-standard]") == "每季一次"
        mine.locator(f"#p{second}").get_by_role("button", name="确认这一条").click()
        mine.wait_for_url(re.compile(r"#p\d+"))
    rows = proposals(under_review)
    assert [row.decision for row in rows[:3]] == [Decision.OPEN, Decision.TAKEN, Decision.DROPPED]
    assert rows[1].standard == "每季一次"


def test_on_a_phone_and_without_scripts_the_same_is_done(enter: Enter, under_review: int) -> None:
    rows = proposals(under_review)
    with enter("clerk", PHONE) as page:
        page.goto(f"/reports/{under_review}")
        said = page.locator(f"#p{rows[0].id} .said")
        expect(said).to_be_visible()
        assert said.inner_text() == rows[0].text
        page.locator(f"#matrix button[value='match-{rows[6].id}-{rows[0].id}']").click()
        page.wait_for_url("**#matrix")
        expect(page.locator("#matrix .cell.on")).to_have_count(4)
    assert proposals(under_review)[6].answers == [rows[0].id]
    with enter("clerk", scripts=False) as page:
        page.goto(f"/reports/{under_review}")
        goes_by_form_fields(page, rows[0].id, rows[1].id)
    assert report(under_review).state == ReportState.CONFIRMED


def goes_by_form_fields(page: Page, first: int, second: int) -> None:
    """Splitting, merging, undoing, adding and confirming without scripts."""
    assert page.locator("#selected").is_hidden()
    page.locator(f"#p{first} details.more summary").last.click()
    page.select_option(f"[name=p{first}-split]", label=re.compile("个别支部").pattern + "以传阅文…")
    page.get_by_role("button", name="拆成两条").first.click()
    assert "读出 4 个问题" in page.locator("h1").inner_text()
    page.locator(f"#p{second} summary").first.click()
    page.locator(f"#p{second} details.more summary").last.click()
    page.locator(f"#p{second}").get_by_role("button", name="合并").click()
    assert "读出 3 个问题" in page.locator("h1").inner_text()
    page.get_by_role("button", name=re.compile("撤销：合并")).click()
    assert "读出 4 个问题" in page.locator("h1").inner_text()
    page.locator("#add summary").click()
    page.fill("[name=added]", "现场反馈意见14条")
    page.select_option("[name=added_use]", "measure")
    page.get_by_role("button", name="补充这一条").click()
    page.get_by_role("button", name=re.compile("全部确认并交办 5 件")).click()
    page.get_by_role("link", name="在台账中查看任务").wait_for()


class Effort:
    """Counts what a person does with mouse and keyboard, beside what the page counts by itself."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, found: Any) -> None:
        """Click something, and count it."""
        found.click()
        self.clicks += 1


def test_what_a_report_costs_with_the_demo_county(
    app: Flask,
    enter: Enter,
    moved_clock: Callable[..., None],
    tmp_path: Path,
    proof_figure: Callable[[str, object], None],
) -> None:
    with clock.moved_to(DEMO_DAY):
        made = app.test_cli_runner().invoke(args=["demo"])
        assert made.exit_code == 0, made.output
    moved_clock(DEMO_DAY)
    with app.app_context():
        said = (app.config["ENVIRONMENT"].data_dir / "demo-accounts.txt").read_text("utf-8")
        password = dict(line.split("\t") for line in said.splitlines())["clerk"]
        file = tmp_path / "三季度总结.txt"
        file.write_text(SAMPLE.replace("2025年第三季度", "202x年第三季度"), encoding="utf-8")
        with enter("clerk", password=password) as page:
            effort = Effort(page)
            page.goto("/reports/new")
            with page.expect_file_chooser() as chooser:
                effort.click(page.locator("[name=file]"))
            chooser.value.set_files(file)
            effort.click(page.get_by_role("button", name="导入并读取"))
            run_waiting()
            page.reload()
            effort.click(page.get_by_role("button", name="2025年第三季度"))
            page.locator("fieldset.kin.waits").first.wait_for(state="attached")  # of the page that comes
            for fieldset in page.locator("fieldset.kin.waits").all():
                part = fieldset.locator("xpath=ancestor::article")
                if not part.locator("details[data-body]").first.evaluate("body => body.open"):
                    effort.click(part.locator("h3"))
                effort.click(fieldset.get_by_label(re.compile("再次发生")).first)
            effort.click(page.get_by_role("button", name=re.compile("全部确认并交办")))
            cost = page.locator(".cost").inner_text()
        found = db.session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()
        town = db.session.scalars(select(Unit).where(Unit.code == "QS")).one()
        tasks = db.session.scalars(select(Task).where(Task.report_id == found.id)).all()
        assert [task.state for task in tasks] == [TaskState.ASSIGNED] * 4
        assert (found.period, found.unit_id) == (Period.parse("2025Q3"), town.id)
    per_task = effort.clicks / len(tasks)
    proof_figure(
        "clicks from import to assigned tasks, tasks, clicks a task", f"{effort.clicks}, 4, {per_task}"
    )
    proof_figure("fields typed from import to assigned tasks", found.typed)
    assert found.typed == 0
    assert found.clicks == effort.clicks
    assert f"点击 {found.clicks} 次，手工填写 0 处" in cost
    assert per_task <= 3
