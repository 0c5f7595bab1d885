"""The pages of summaries and the command, by everyone who may and may not."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from docx import Document
from sqlalchemy import event, select

from tests.forms import post, token
from tests.office import Office
from tests.summaries.quarter import Q4, add_task, build_quarter, close
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.problems.lineage import problems_of
from tracker.summaries.models import Summary
from tracker.summaries.rollup import roll_up

TODAY = date(2025, 12, 20)


@pytest.fixture(autouse=True)
def in_december(moved_clock):
    moved_clock(TODAY)


@pytest.fixture
def drafted(office: Office) -> Summary:
    build_quarter(office)
    with writing():
        return roll_up(office.town, Q4, office.ideology, by=office.clerk.actor)


def fields_of(page: str) -> dict[str, str]:
    """Return what the form of the draft would send untouched."""
    hidden = dict(re.findall(r'<input type="hidden"\s+name="(was-\d+|version)"\s+value="([^"]*)"', page))
    areas = dict(re.findall(r'<textarea[^>]*name="(p-\d+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    return hidden | areas | {"csrf_token": token(page)}


def field(summary: Summary, key: str) -> str:
    return next(f"p-{row.id}" for row in summary.paragraphs if row.key == key)


@pytest.mark.database
def test_a_clerk_drafts_carries_over_and_downloads(office: Office, signed_in):
    build_quarter(office)
    clerk = signed_in(office.clerk)
    listed = clerk.get("/summaries").text
    assert '<option value="2025Q4" selected>2025年第四季度</option>' in listed
    sent = post(clerk, "/summaries", {"unit": office.town.id, "period": "2025Q4", "domain": "ideology"})
    assert sent.status_code == 302
    page = clerk.get(sent.location).text
    assert "截至2025年12月20日，上季度共梳理问题3个" in page
    assert "1 ÷（3 − 0 − 0）= 33.3%" in page
    assert "转入本季度 2 个" in page
    clerk.post(f"{sent.location}/carry-over", data={"csrf_token": token(page)})
    db.session.rollback()  # leave the view of the data that this test began with
    assert len(problems_of(office.town, Q4)) == 2
    page = clerk.get(sent.location).text
    assert "已转入 2 个问题" in page
    assert "转入本季度 2 个" not in page
    clerk.post(f"{sent.location}/carry-over", data={"csrf_token": token(page)})
    assert "没有需要转入的问题" in clerk.get(sent.location).text
    file = clerk.get(f"{sent.location}.docx")
    assert "filename*=UTF-8''" in file.headers["Content-Disposition"]
    text = "\n".join(line.text for line in Document(io.BytesIO(file.data)).paragraphs)
    assert "三、存在的问题与不足" in text


@pytest.mark.parametrize(
    ("who", "listing", "draft", "post_status"),
    [
        ("clerk", 200, 200, 302),
        ("keeper", 200, 200, 403),
        ("secretary", 200, 200, 403),
        ("deputy", 200, 200, 403),
        ("lead", 404, 404, 404),
        ("other_clerk", 200, 404, 404),
        ("county_keeper", 200, 404, 404),
    ],
)
def test_who_reads_and_who_writes(office: Office, drafted, signed_in, who, listing, draft, post_status):
    visitor = signed_in(getattr(office, who))
    assert visitor.get("/summaries").status_code == listing
    address = f"/summaries/{drafted.id}"
    shown = visitor.get(address)
    assert shown.status_code == draft
    assert visitor.get(f"{address}.docx").status_code == draft
    assert ("<textarea" in shown.text) == (who == "clerk")
    sent = {"csrf_token": token(visitor.get("/duties").text), "version": drafted.version}
    for form in ("", "/roll-up", "/carry-over"):
        assert visitor.post(address + form, data=sent).status_code == post_status


def test_edits_are_kept_and_facts_decided_in_the_page(office: Office, drafted, signed_in):
    clerk, address = signed_in(office.clerk), f"/summaries/{drafted.id}"
    lead, rate = field(drafted, "next/lead"), field(drafted, "carry-over/rate")
    sent = fields_of(clerk.get(address).text) | {lead: "着力做好：", rate: "三个问题已解决一个。"}
    assert clerk.post(address, data=sent).status_code == 302
    assert "已保存，改动 2 段" in clerk.get(address).text
    with writing():
        close(add_task(office, "补登的上季度问题"), office)
    clerk.post(f"{address}/roll-up", data=sent)
    page = clerk.get(address).text
    assert "有 1 段的数据在编辑之后变了" in page
    assert "三个问题已解决一个。" in page
    sent = fields_of(page) | {lead: "再改一次：", "decide": rate.replace("p-", "new:")}
    assert clerk.post(address, data=sent).status_code == 302
    page = clerk.get(address).text
    assert "再改一次：" in page
    assert "三个问题已解决一个。" not in page
    assert "上季度共梳理问题4个，已完成整改2个" in page


def test_a_stale_page_keeps_what_was_typed_and_only_that(office: Office, drafted, signed_in):
    clerk, address = signed_in(office.clerk), f"/summaries/{drafted.id}"
    lead, rate = field(drafted, "next/lead"), field(drafted, "carry-over/rate")
    opened = fields_of(clerk.get(address).text)
    clerk.post(address, data=opened | {rate: "先保存的话。"})
    stale = clerk.post(address, data=opened | {lead: "后写的话。"})
    assert stale.status_code == 409
    assert "您输入的内容还在下面，没有保存" in stale.text
    again = fields_of(stale.text)
    assert (again[lead], again[rate]) == ("后写的话。", "先保存的话。")
    assert clerk.post(address, data=again).status_code == 302
    db.session.rollback()
    kept = {f"p-{row.id}": row.text for row in drafted.paragraphs}
    assert (kept[lead], kept[rate]) == ("后写的话。", "先保存的话。")


def test_a_text_too_long_keeps_what_was_typed_in_the_others(office: Office, drafted, signed_in):
    clerk, address = signed_in(office.clerk), f"/summaries/{drafted.id}"
    rate, lead = field(drafted, "carry-over/rate"), field(drafted, "next/lead")
    typed = {rate: "三个问题已解决一个。", lead: "字" * 5001}
    refused = clerk.post(address, data=fields_of(clerk.get(address).text) | typed)
    assert refused.status_code == 422
    again = fields_of(refused.text) | {lead: "着力做好："}
    assert clerk.post(address, data=again).status_code == 302
    db.session.rollback()
    kept = {f"p-{row.id}": row.text for row in drafted.paragraphs}
    assert (kept[rate], kept[lead]) == ("三个问题已解决一个。", "着力做好：")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"period": "2025Q5"}, "Q1 至 Q4"),
        ({"period": "2027Q1"}, "还没有到"),
        ({"domain": "nowhere"}, "没有这个领域"),
        ({"unit": "999"}, "没有这个单位"),
    ],
)
def test_what_cannot_be_drafted_is_said(office: Office, signed_in, wrong, said):
    sent = post(signed_in(office.clerk), "/summaries", {"unit": office.town.id, "period": "2025Q4"} | wrong)
    assert sent.status_code == 422
    assert said in sent.text
    assert db.session.scalars(select(Summary)).all() == []


def test_markup_in_a_problem_is_shown_as_text(office: Office, signed_in):
    with clock.moved_to(date(2025, 10, 9)), writing():
        add_task(office, "<script>alert(1)</script>的问题仍然突出", "</textarea><b>清理")
    with writing():
        summary = roll_up(office.town, Q4, by=office.clerk.actor)
    page = signed_in(office.clerk).get(f"/summaries/{summary.id}").text
    assert "<script>alert" not in page
    assert "</textarea><b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@contextmanager
def queries() -> Iterator[list[str]]:
    """Collect the questions the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_queries_of_the_draft_do_not_grow_with_its_problems(office: Office, drafted, signed_in):
    clerk, address = signed_in(office.clerk), f"/summaries/{drafted.id}"
    with queries() as few:
        clerk.get(address)
    with clock.moved_to(date(2025, 10, 9)), writing():
        for number in range(20):
            add_task(office, f"第{number}个问题仍未解决")
    with writing():
        roll_up(office.town, Q4, office.ideology, by=office.clerk.actor)
    with queries() as many:
        clerk.get(address)
    assert len(many) <= len(few)


# the command


@pytest.mark.database
def test_the_command_prints_the_draft_or_writes_the_paper(office: Office, app, tmp_path):
    build_quarter(office)
    run = app.test_cli_runner()
    asked = ["summary", "draft", "--unit", "QS", "--period", "2025Q4", "--domain", "ideology"]
    printed = run.invoke(args=asked)
    assert printed.exit_code == 0
    assert printed.stdout.startswith("青示镇2025年第四季度意识形态工作情况总结\n一、工作开展情况\n")
    target = tmp_path / "总结.docx"
    written = run.invoke(args=[*asked, "-o", str(target)])
    assert (written.exit_code, written.stdout) == (0, "")
    assert "意识形态工作情况总结" in Document(target).core_properties.title
    assert len(db.session.scalars(select(Summary)).all()) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--unit": "XX"}, "没有代码为 XX 的单位"),
        ({"--period": "2025Q5"}, "Q1 至 Q4"),
        ({"--period": "2030Q1"}, "还没有到"),
        ({"--domain": "nowhere"}, "没有代码为 nowhere 的领域"),
        ({"--unit": "QS-XC"}, "不是单独建台账的单位"),
        ({"-o": "总结.pdf"}, "只能写 .docx"),
        ({"-o": "/nowhere/at/all/总结.docx"}, "写不进去"),
    ],
)
def test_the_command_changes_nothing_when_it_cannot(office: Office, app, changed, said):
    asked = {"--unit": "QS", "--period": "2025Q4"} | changed
    ended = app.test_cli_runner().invoke(
        args=["summary", "draft", *(part for pair in asked.items() for part in pair)]
    )
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert db.session.scalars(select(Summary)).all() == []


def test_the_command_says_when_there_is_nothing_to_report(office: Office, app):
    ended = app.test_cli_runner().invoke(args=["summary", "draft", "--unit", "QS", "--period", "2025Q4"])
    assert ended.exit_code == 0
    assert "2025年第三季度没有登记的问题" in ended.stderr
