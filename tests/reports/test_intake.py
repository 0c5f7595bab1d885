"""A report comes in: what is kept, what is refused, and what the pages say."""

import re
import threading
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.office import Member, Office
from tests.reports.steps import MASKED, confirm, proposals, read_in, report, review, send_in
from tests.unit.documents_for_reading import sample_text, typed_docx
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.running import GIVEN_UP, MOST_ATTEMPTS, enqueue, run_waiting
from tracker.refusals import Refused
from tracker.reports import intake
from tracker.reports.formats.document_text import MOST_BYTES
from tracker.reports.intake import take_in
from tracker.reports.models import Clock, ProposalKind, Report, ReportState
from tracker.web.paging import PAGE

SAMPLE = sample_text().encode()
SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def in_october(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 14))


@pytest.fixture
def clerk(office: Office, signed_in: SignedIn) -> FlaskClient:
    return signed_in(office.clerk)


def how_many_reports() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Report.id))) or 0


@pytest.mark.database
def test_the_page_waits_for_the_reader_and_then_shows_what_was_read(clerk: FlaskClient) -> None:
    sent = send_in(clerk, SAMPLE)
    waiting = clerk.get(sent.location)
    assert waiting.headers["Refresh"] == "2"
    assert "正在读取" in waiting.text
    db.session.rollback()
    assert run_waiting() == 1
    read = clerk.get(sent.location)
    assert "Refresh" not in read.headers
    assert "读出 3 个问题，还有 7 条待确认" in read.text


@pytest.mark.database
def test_three_problems_and_four_measures_become_proposals_with_reasons(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, SAMPLE)
    rows = proposals(report_id)
    kinds = [row.kind for row in rows]
    assert kinds == [ProposalKind.PROBLEM] * 3 + [ProposalKind.MEASURE] * 4
    assert [row.answers for row in rows[3:]] == [[rows[0].id], [rows[1].id], [rows[2].id], []]
    assert all(row.post and row.duty and row.post_why and row.deadline_why and row.standard for row in rows)
    assert {row.deadline for row in rows[:3]} == {date(2025, 12, 31)}
    assert rows[0].measure.startswith("对此,我们将把学习内容")
    kept = report(report_id)
    assert (str(kept.period), kept.domain and kept.domain.code) == ("2025Q3", "ideology")


@pytest.mark.parametrize(
    ("name", "content"),
    [("总结.docx", typed_docx(sample_text())), ("总结.txt", sample_text().encode("gb18030"))],
    ids=["docx", "gb18030"],
)
def test_other_kinds_of_file_give_the_same(clerk: FlaskClient, name: str, content: bytes) -> None:
    read = [row.text for row in proposals(read_in(clerk, content, name))]
    again = [row.text for row in proposals(read_in(clerk, SAMPLE))]
    assert read == again


def test_pasted_text_is_read_like_a_file(clerk: FlaskClient, office: Office) -> None:
    report_id = read_in(clerk, b"", name="", pasted=sample_text().replace("\n", "\r\n"))
    assert len(proposals(report_id)) == 7
    assert report(report_id).file_name == "粘贴的文字.txt"


@pytest.mark.database
def test_a_second_import_is_refused_and_names_the_first(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, SAMPLE)
    again = send_in(clerk, SAMPLE, "另一个名字.txt")
    assert again.status_code == 409
    assert f"第 {report_id} 号报告" in again.text
    assert f'href="/reports/{report_id}"' in again.text
    assert how_many_reports() == 1


def test_another_unit_may_have_the_same_content(
    clerk: FlaskClient, office: Office, signed_in: SignedIn
) -> None:
    read_in(clerk, SAMPLE)
    read_in(signed_in(office.other_clerk), SAMPLE)
    assert how_many_reports() == 2


@pytest.mark.database
@pytest.mark.parametrize(
    ("second", "answers"), [("clerk", [302, 409]), ("other_clerk", [302, 302])], ids=["one unit", "two units"]
)
def test_the_same_content_sent_twice_at_the_same_moment_is_stored_once(
    office: Office,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    second: str,
    answers: list[int],
) -> None:
    inside = threading.Event()
    visitors = [signed_in(office.clerk), signed_in(getattr(office, second))]
    statuses: list[int] = []

    def slowly(*given: Any) -> Any:
        """Stand between the stored row and the commit, as a slow machine would."""
        job = enqueue(*given)
        if not inside.is_set():
            inside.set()
            time.sleep(0.5)
        return job

    monkeypatch.setattr(intake, "enqueue", slowly)
    db.session.rollback()
    first = threading.Thread(target=lambda: statuses.append(send_in(visitors[0], SAMPLE).status_code))
    first.start()
    assert inside.wait(10)
    statuses.append(send_in(visitors[1], SAMPLE).status_code)
    first.join(10)
    assert sorted(statuses) == answers
    assert how_many_reports() == answers.count(302)


@pytest.mark.database
def test_a_report_that_cannot_be_read_for_want_of_memory_says_so_and_comes_in_again(
    clerk: FlaskClient,
    office: Office,
    signed_in: SignedIn,
    monkeypatch: pytest.MonkeyPatch,
    moved_clock: Callable[..., None],
) -> None:
    def fail(*_given: object) -> None:
        raise OSError("no memory")

    sent = send_in(clerk, SAMPLE)
    with monkeypatch.context() as patched:
        patched.setattr(intake, "read_in_child", fail)
        for attempt in range(MOST_ATTEMPTS):
            moved_clock(date(2025, 10, 14) + timedelta(days=attempt))
            db.session.rollback()
            assert run_waiting() == 1
    clerk = signed_in(office.clerk)
    page = clerk.get(sent.location)
    assert "Refresh" not in page.headers
    assert GIVEN_UP in page.text
    again = read_in(clerk, SAMPLE)
    assert sent.location == f"/reports/{again}"
    assert report(again).state == ReportState.REVIEW


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("空.txt", b"", "文件是空的"),
        ("空白.txt", b" \n ", "文件是空的"),
    ],
    ids=["empty", "blank"],
)
def test_an_impossible_file_is_refused_at_once(
    clerk: FlaskClient, name: str, content: bytes, said: str
) -> None:
    refused = send_in(clerk, content, name)
    assert refused.status_code == 422
    assert said in refused.text
    assert how_many_reports() == 0


@pytest.mark.database
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("坏.docx", b"PK\x03\x04 broken", "已损坏"),
        ("假.docx", "这不是文档".encode(), "内容却是文本"),
        ("假.txt", typed_docx("一、存在的问题"), "内容却是Word 文档（.docx）"),
        ("总结.ppt", b"%PDF-1.7", "不认识"),
    ],
    ids=["broken", "text named docx", "docx named txt", "unknown kind"],
)
def test_an_unreadable_file_says_why_and_leaves_nothing_half(
    clerk: FlaskClient, name: str, content: bytes, said: str
) -> None:
    report_id = read_in(clerk, content, name)
    page = clerk.get(f"/reports/{report_id}").text
    assert said in page
    assert "文件已原样保存" in page
    assert report(report_id).state == ReportState.UNREADABLE
    assert proposals(report_id) == []


def test_what_was_unreadable_under_a_wrong_name_comes_in_under_the_right_one(clerk: FlaskClient) -> None:
    content = typed_docx(sample_text())
    first = read_in(clerk, content, "总结.txt")
    second = read_in(clerk, content, "总结.docx")
    assert second == first
    assert report(first).state == ReportState.REVIEW
    assert len(proposals(first)) == 7


def test_a_report_without_a_problem_section_is_reviewed_with_a_warning(clerk: FlaskClient) -> None:
    text = "青示镇2025年第三季度工作情况\n一、工作开展情况\n(一)开展学习。组织学习3次。\n"
    report_id = read_in(clerk, text.encode())
    page = clerk.get(f"/reports/{report_id}").text
    assert "没有找到写存在问题的章节" in page
    assert "没有可以生成任务的内容" in page
    added = review(clerk, report_id, "add", added="学习记录不全。", added_use="problem")
    assert added.status_code == 302
    assert [row.text for row in proposals(report_id)] == ["学习记录不全。"]
    refused = confirm(clerk, report_id)
    assert refused.status_code == 422
    assert "先选择报告的领域" in refused.text


def test_a_file_over_the_limit_is_refused(office: Office) -> None:
    with writing(), pytest.raises(Refused, match="超过 20 MB"):
        take_in(office.town, by=office.clerk.actor, file_name="大.txt", content=b"x" * (MOST_BYTES + 1))


@pytest.mark.database
def test_a_masked_year_is_asked_and_the_dates_follow_the_answer(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, MASKED.encode())
    page = clerk.get(f"/reports/{report_id}").text
    assert "年份没有写明" in page
    assert "先选择报告的期间，才能生成任务。" in page
    assert page.index('value="2025Q3"') < page.index('value="2025Q4"')  # the quarter that the report names
    assert {row.deadline for row in proposals(report_id)[:2]} == {None}
    refused = confirm(clerk, report_id)
    assert refused.status_code == 422
    assert "先选择这份报告属于哪个季度" in refused.text
    assert review(clerk, report_id, "period", period="2025Q3").status_code == 302
    assert {row.deadline for row in proposals(report_id)[:2]} == {date(2025, 12, 31)}
    assert str(report(report_id).period) == "2025Q3"


def test_a_rhythm_in_a_linked_measure_is_not_the_deadline_once_the_period_is_chosen(
    clerk: FlaskClient,
) -> None:
    text = (
        "青示镇202x年第三季度意识形态工作总结\n一、存在的问题\n"
        "（一）舆情信息报送不及时，网络舆情研判不到位。\n二、下一步工作打算\n"
        "（一）加强网络舆情信息报送和研判，每周汇总一次舆情信息。\n"
    )
    asked = read_in(clerk, text.encode())
    review(clerk, asked, "period", period="2025Q3")
    known = read_in(clerk, text.replace("202x", "2025").encode())
    (chosen, measure), (read, _) = proposals(asked), proposals(known)
    assert (measure.answers, measure.clock) == ([chosen.id], Clock.LONG_TERM)
    assert (chosen.clock, chosen.deadline) == (Clock.TIME_LIMITED, date(2025, 12, 31))
    assert (read.clock, read.deadline, read.deadline_why) == (
        chosen.clock,
        chosen.deadline,
        chosen.deadline_why,
    )


def test_a_date_in_a_linked_measure_is_given_as_the_reason_once_the_period_is_chosen(
    clerk: FlaskClient,
) -> None:
    text = (
        "青示镇202x年第三季度意识形态工作总结\n一、存在的问题\n"
        "（一）舆情信息报送不及时，网络舆情研判不到位。\n二、下一步工作打算\n"
        "（一）加强网络舆情信息报送和研判，11月底前制定舆情研判办法。\n"
    )
    asked = read_in(clerk, text.encode())
    review(clerk, asked, "period", period="2025Q3")
    problem = proposals(asked)[0]
    assert problem.deadline == date(2025, 11, 30)
    assert problem.deadline_why.startswith("对应的措施写明“11月底前”")


@pytest.mark.database
@pytest.mark.parametrize("number", ["²", "9" * 19, "9" * 5000, "-" + "9" * 20, "x"])
def test_a_number_that_is_none_of_ours_does_no_harm(clerk: FlaskClient, number: str) -> None:
    report_id = read_in(clerk, SAMPLE)
    first = proposals(report_id)[0]
    sent = review(clerk, report_id, **{f"p{first.id}-post": f"{number}:{number}", "clicks": number})
    assert sent.status_code == 302
    assert (proposals(report_id)[0].post_id, report(report_id).clicks) == (None, 0)
    for field in ("domain", "added_to", f"p{first.id}-into"):
        assert review(clerk, report_id, **{field: number}).status_code in (409, 422, 302)
    assert review(clerk, report_id, f"drop-{number}").status_code == 409


def test_the_list_goes_on_where_the_page_before_ended(clerk: FlaskClient, office: Office) -> None:
    for number in range(PAGE + 1):
        with writing():
            take_in(office.town, by=office.clerk.actor, file_name=f"第{number}份.txt", content=b"%d" % number)
    page = clerk.get("/reports").text
    assert page.index(f"第{PAGE}份.txt") < page.index("第1份.txt")
    assert "第0份.txt" not in page
    cursor = re.search(r"after=([\w-]+)", page)
    assert cursor is not None
    assert "第0份.txt" in clerk.get(f"/reports?after={cursor[1]}").text


def test_a_date_the_clerk_wrote_stays_when_the_period_is_chosen(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, MASKED.encode())
    first, second = proposals(report_id)[:2]
    review(clerk, report_id, "save", **{f"p{first.id}-deadline": "2025-11-14"})
    review(clerk, report_id, "period", period="2025Q3")
    first, second = proposals(report_id)[:2]
    assert (first.deadline, first.deadline_why) == (date(2025, 11, 14), "经办人员填写")
    assert second.deadline == date(2025, 12, 31)


def test_a_deadline_on_a_rest_day_is_said_beside_it(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, SAMPLE)
    first = proposals(report_id)[0]
    for typed, said in (("2025-11-14", False), ("2025-11-15", True)):
        review(clerk, report_id, "save", **{f"p{first.id}-deadline": typed})
        page = clerk.get(f"/reports/{report_id}").text
        assert ("11月15日是休息日，按前一个工作日11月14日计。" in page) is said


@pytest.mark.parametrize("period", ["2025Q5", "第三季度", "9999Q1"])
def test_a_quarter_that_does_not_exist_is_refused(clerk: FlaskClient, period: str) -> None:
    refused = send_in(clerk, SAMPLE, period=period)
    assert refused.status_code == 422
    assert "2025Q3（季度" in refused.text or "年份应在" in refused.text
    assert how_many_reports() == 0


def test_a_chosen_period_goes_before_the_text(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, SAMPLE, period="2025Q2")
    assert str(report(report_id).period) == "2025Q2"
    assert proposals(report_id)[0].deadline == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("today", "deadline"),
    [(date(2026, 2, 3), date(2026, 3, 31)), (date(2026, 3, 20), date(2026, 6, 30))],
    ids=["within the quarter", "at its end"],
)
def test_a_default_that_is_past_moves_on(
    office: Office,
    signed_in: SignedIn,
    moved_clock: Callable[..., None],
    today: date,
    deadline: date,
) -> None:
    moved_clock(today)
    with writing():
        office.clerk.account.password_set_at = clock.now()  # the one of the autumn has run out
    first = proposals(read_in(signed_in(office.clerk), SAMPLE))[0]
    assert first.deadline == deadline
    assert "已过" in first.deadline_why


def test_what_recurs_is_proposed_as_long_term(clerk: FlaskClient) -> None:
    third = proposals(read_in(clerk, SAMPLE))[5]
    assert third.clock == Clock.LONG_TERM
    assert third.deadline == date(2025, 12, 31)


def test_nobody_but_the_clerk_of_the_unit_takes_in_or_sees_a_review(
    office: Office, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    report_id = read_in(clerk, SAMPLE)
    for member in (office.other_clerk, office.county_keeper, office.secretary, office.lead):
        visitor = signed_in(member)
        assert visitor.get(f"/reports/{report_id}").status_code == 404
        assert "意识形态工作情况总结" not in visitor.get("/reports").text
        token = {"csrf_token": visitor_token(visitor)}
        for address in (f"/reports/{report_id}", f"/tasks/from-report/{report_id}"):
            assert visitor.post(address, data=token).status_code == 404
    assert signed_in(office.lead).get("/reports/new").status_code == 404
    assert confirm(clerk, report_id).status_code == 302
    assert signed_in(office.secretary).get(f"/reports/{report_id}").status_code == 200
    assert signed_in(office.county_keeper).get(f"/reports/{report_id}").status_code == 404
    assert signed_in(office.other_clerk).get(f"/reports/{report_id}").status_code == 404


def visitor_token(visitor: FlaskClient) -> str:
    from tests.forms import token

    return token(visitor.get("/inbox").text)


def test_a_visitor_is_sent_to_the_sign_in_page(client: FlaskClient, office: Office) -> None:
    assert client.get("/reports").status_code == 302
    assert "/login" in client.get("/reports/1").location


def test_markup_in_a_report_is_text(clerk: FlaskClient) -> None:
    hostile = sample_text().replace("村级宣传员力量薄弱", "<script>alert(1)</script><b>力量薄弱")
    page = clerk.get(f"/reports/{read_in(clerk, hostile.encode())}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;力量薄弱" in page


def test_what_a_web_page_left_below_is_grey_and_in_no_proposal(clerk: FlaskClient) -> None:
    report_id = read_in(clerk, SAMPLE)
    page = clerk.get(f"/reports/{report_id}").text
    assert re.search(r'<p class="soft sm"><span data-at="\d+">预览阅读已结束', page)
    assert re.search(r'<p><span data-at="\d+">以上是青示镇第三季度', page)
    words = "".join(row.text + row.measure + row.standard for row in proposals(report_id))
    assert "预览" not in words
    assert "上一篇" not in words
