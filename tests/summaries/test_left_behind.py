"""What is still open from before the last period is told, carried over once, and counted nowhere twice."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.forms import token
from tests.office import Office
from tests.summaries.quarter import Q3, Q4, add_task, close
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.periods import Period
from tracker.problems.lineage import carry_over, left_behind, problems_of
from tracker.problems.models import Problem
from tracker.reports.reading.contract import read_report
from tracker.summaries import document
from tracker.summaries.facts import OpenProblem
from tracker.summaries.gathering import gather
from tracker.summaries.models import Summary
from tracker.summaries.provenance import figures
from tracker.summaries.rollup import roll_up
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy

TODAY = date(2025, 12, 20)
Q1, Q2, H1 = Period.parse("2025Q1"), Period.parse("2025Q2"), Period.parse("2025H1")


@pytest.fixture(autouse=True)
def in_december(moved_clock):
    moved_clock(TODAY)


def add(office: Office, text: str, period: Period, **named) -> Task:
    with clock.moved_to(date(2025, 11, 3)), writing():
        return add_task(office, text, "对此，我们将逐户核对。", period=period, **named)


def drafted(office: Office, period: Period = Q4) -> Summary:
    with writing():
        return roll_up(office.town, period, by=office.clerk.actor)


def words(summary: Summary) -> dict[str, str]:
    return {paragraph.key: paragraph.text for paragraph in summary.paragraphs}


@pytest.mark.database
def test_a_report_imported_late_stands_behind_the_formula_and_outside_its_counts(office: Office):
    add(office, "三季度发现的问题", Q3)
    late = add(office, "一季度漏报的问题", Q1)
    overdue = add(office, "一季度已经逾期的问题", Q1, deadline=date(2025, 11, 28))
    facts = gather(office.town, Q4, day=TODAY)
    assert (facts.cohort.total, facts.cohort.running, facts.cohort.overdue) == (1, 1, 0)
    said = words(drafted(office))
    assert "上季度共梳理问题1个，均在推进，整改完成率0%" in said["carry-over/rate"]
    assert said["carry-over/earlier"] == (
        "另有2025年第一季度登记的未完成问题2个，其中逾期1个，一并转入本季度继续整改。"
    )
    assert list(said).index("carry-over/earlier") == list(said).index("carry-over/rate") + 1
    assert "尚需继续整改的问题共3个，主要表现" in said["problems/lead"]
    for task in (late, overdue):
        for part in ("carry-over", "problems", "next"):
            assert f"{part}/{task.short_no}" in said


@pytest.mark.database
def test_a_line_carried_once_and_then_skipped_is_taken_up_at_its_newest_link(office: Office):
    task = add(office, "一季度发现的问题", Q1)
    with writing():
        (second,) = carry_over(office.town, Q1, by=office.clerk.actor)
        second.text = "一季度发现的问题，二季度又有反复"
    assert [row.id for row in left_behind(office.town, Q4)] == [second.id]
    assert left_behind(office.town, Q3) == []  # it is a problem of the quarter before
    assert "另有2025年第一季度登记的未完成问题1个" in words(drafted(office))["carry-over/earlier"]
    with writing():
        (carried,) = carry_over(office.town, Q3, by=office.clerk.actor)
    assert (carried.period, carried.text, carried.origin_id) == (Q4, second.text, task.problem_id)
    assert left_behind(office.town, Q4) == left_behind(office.town, Q4.next()) == []
    assert gather(office.town, Q4.next(), day=TODAY).cohort.total == 1


@pytest.mark.database
def test_carrying_over_takes_all_earlier_periods_each_line_once(office: Office):
    for text, period in (("三季度的", Q3), ("二季度的", Q2), ("一季度的", Q1), ("上半年的", H1)):
        add(office, f"{text}问题尚未解决", period)
    before = [row.period for row in left_behind(office.town, Q4)]
    assert before == [Q1, Q2, H1]
    for expected in (4, 0):
        with writing():
            assert len(carry_over(office.town, Q3, by=office.clerk.actor)) == expected
    assert len(problems_of(office.town, Q4)) == 4
    assert len(db.session.scalars(select(Problem)).all()) == 8


@pytest.mark.database
def test_the_draft_says_the_same_before_and_after_carrying_over_and_calls_none_new(office: Office):
    add(office, "一季度漏报的问题", Q1)
    add(office, "本季度新发现的问题", Q4)
    before = words(drafted(office))
    with writing():
        carry_over(office.town, Q3, by=office.clerk.actor)
    assert words(drafted(office)) == before
    assert before["carry-over/rate"] == "上季度没有登记的问题。"
    assert "问题共2个，其中本季度新登记1个" in before["problems/lead"]


@pytest.mark.database
def test_what_is_closed_meanwhile_is_told_as_finished_and_not_carried(office: Office):
    task = add(office, "一季度漏报的问题", Q1)
    with writing():
        close(task, office)
    assert left_behind(office.town, Q4) == []
    said = words(drafted(office))
    assert "carry-over/earlier" not in said
    assert said["work/finished"] == "另办结工作事项1项：一季度漏报的问题。"
    assert gather(office.town, Q4.next(), day=TODAY).finished == []


@pytest.mark.database
def test_one_domain_tells_only_its_own(office: Office):
    add(office, "一季度漏报的问题", Q1)
    assert left_behind(office.town, Q4, office.safety) == []
    assert len(left_behind(office.town, Q4, office.ideology)) == 1


def test_its_number_opens_its_rows_and_a_change_shows_under_edited_words(office: Office):
    for text in ("一季度漏报的问题", "一季度另一个问题"):
        add(office, text, Q1)
    summary = drafted(office)
    shown = {figure.key: figure for figure in figures(gather(office.town, Q4, day=TODAY))}
    figure = shown["problems.earlier"]
    assert [row.text for row in figure.rows if isinstance(row, OpenProblem)] == [
        "一季度漏报的问题",
        "一季度另一个问题",
    ]
    assert figure.value == "2"
    assert (
        "结转的未完成问题 0 个，更早期间的 2 个，本季度新登记的未完成问题 0 个"
        in shown["problems.open"].definition
    )
    row = next(row for row in summary.paragraphs if row.key == "carry-over/earlier")
    assert row.names("problems.earlier")
    add(office, "二季度漏报的问题", Q2, remedy=Remedy.LONG_TERM)
    with writing():
        row.edited, row.values_when_edited = "由经办人员写定。", row.values
    drafted(office)
    assert row.facts_changed
    assert row.computed == (
        "另有更早期间登记的未完成问题3个（2025年第一季度2个、2025年第二季度1个），其中长期坚持1个，"
        "一并转入本季度继续整改。"
    )


def test_the_paper_read_again_takes_each_problem_once_and_the_sentence_for_none(office: Office):
    tasks = [
        add(office, "值班记录不够规范，漏登时有发生", Q3),
        add(office, "宣传员力量薄弱，稿件质量不高", Q1),
    ]
    reading = read_report("总结.docx", document.docx(drafted(office)))
    said = [reading.words(problem.span).rstrip("。") for problem in reading.problems]
    assert said == [task.title for task in tasks]


@pytest.mark.database
def test_the_page_says_so_and_one_click_carries_over(office: Office, signed_in):
    add(office, "三季度发现的问题", Q3)
    late = add(office, "一季度漏报的问题", Q1)
    summary, clerk = drafted(office), signed_in(office.clerk)
    address = f"/summaries/{summary.id}"
    page = clerk.get(address).text
    assert "另有 1 个更早期间的未完成问题没有转入本期" in page
    assert f'<a href="/tasks/{late.id}">{late.short_no}</a>' in page
    assert "转入本季度 2 个" in page
    for said in ("已转入 2 个问题", "没有需要转入的问题"):
        clerk.post(f"{address}/carry-over", data={"csrf_token": token(page)})
        page = clerk.get(address).text
        assert said in page
        assert "更早期间的未完成问题没有转入本期" not in page
    db.session.rollback()
    assert len(problems_of(office.town, Q4)) == 2


def test_a_reader_sees_the_notice_without_the_button(office: Office, signed_in):
    add(office, "一季度漏报的问题", Q1)
    page = signed_in(office.secretary).get(f"/summaries/{drafted(office).id}").text
    assert "另有 1 个更早期间的未完成问题没有转入本期" in page
    assert "/carry-over" not in page
