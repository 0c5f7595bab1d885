"""What the reader finds in the sample report, in every form it may come in."""

import json
import re
from datetime import date

import pytest

from tests.unit.documents_for_reading import masked_sample, sample_text, typed_docx
from tracker.periods import Period
from tracker.reports.reading.contract import ReportReading, Span, read_report
from tracker.reports.reading.time_rules import DeadlineKind

KEYS = {"file", "text", "quarter", "period", "warnings", "sections", "problems", "measures", "figures"}
DEADLINE_KEYS = {"text", "kind", "date", "start", "milestones", "then_ongoing", "every", "soft",
                 "provisional", "source", "why"}  # fmt: skip


def squeezed(reading: ReportReading, span: Span | None) -> str:
    """The words of a span without white space."""
    return re.sub(r"\s", "", reading.words(span)) if span else ""


@pytest.fixture
def reading() -> ReportReading:
    return read_report("总结.txt", sample_text().encode())


def test_three_problems_each_with_its_countermeasure(reading: ReportReading) -> None:
    starts = [reading.words(problem.span)[:8] for problem in reading.problems]
    assert starts == ["部分村干部学习浮", "村级宣传员力量薄", "网上留言办理不够"]
    openings = [squeezed(reading, problem.measure)[:5] for problem in reading.problems]
    assert openings == ["对此,我们", "为此,我们", "今后,我们"]
    assert all(reading.words(p.span)[-1] not in "。；，" for p in reading.problems)


def test_four_measures_of_which_the_fourth_answers_nothing(reading: ReportReading) -> None:
    assert len(reading.measures) == 4
    assert [problem.linked_measures for problem in reading.problems] == [(0,), (1,), (2,)]


def test_rubbish_of_the_web_page_belongs_to_nothing(reading: ReportReading) -> None:
    tail = reading.text.index("预览阅读已结束")
    assert "上一篇" in reading.text
    assert max(problem.span.end for problem in reading.problems) < tail
    assert max(measure.span.end for measure in reading.measures) < tail
    assert max(section.end for section in reading.sections) < tail
    assert max(figure.end for figure in reading.figures) < tail


def test_sections_name_their_kind(reading: ReportReading) -> None:
    outer = [(section.heading, str(section.kind)) for section in reading.sections if section.level == 1]
    assert outer == [
        ("工作开展情况", "progress"),
        ("取得的主要成效", "results"),
        ("存在的问题与不足", "problems"),
        ("下一步工作打算", "next_steps"),
    ]


def test_counts_are_read_with_what_they_count(reading: ReportReading) -> None:
    found = {(figure.of, figure.value, figure.unit) for figure in reading.figures}
    assert {("专题学习", 12, "次"), ("交流研讨", 4, "次"), ("覆盖党员", 320, "人次")} <= found
    assert [f.approx for f in reading.figures if f.value == 320] == [True]


def test_the_period_gives_the_default_deadline(reading: ReportReading) -> None:
    assert str(reading.quarter) == "2025Q3"
    assert reading.warnings == ()
    first = reading.problems[0].deadline
    assert (first.source, first.due, first.kind) == ("default", date(2025, 12, 31), DeadlineKind.DATE)


def test_a_masked_year_asks_until_a_person_chooses() -> None:
    asked = read_report("总结.txt", masked_sample())
    assert asked.quarter is None
    assert asked.as_json()["period"] == {"text": "202x年第三季度", "year": None, "quarter": 3}
    assert any("年份没有写明" in warning for warning in asked.warnings)
    assert {p.deadline.kind for p in asked.problems} == {DeadlineKind.ASK}
    assert {p.deadline.due for p in asked.problems} == {None}
    chosen = read_report("总结.txt", masked_sample(), Period.parse("2026Q3"))
    assert {p.deadline.due for p in chosen.problems} == {date(2026, 12, 31)}
    assert str(chosen.quarter) == "2026Q3"


def test_a_default_deadline_in_a_year_without_notice_is_provisional() -> None:
    reading = read_report("总结.txt", masked_sample(), Period.parse("2026Q4"))
    assert reading.problems[0].deadline.due == date(2027, 3, 31)
    assert reading.problems[0].deadline.provisional


def test_the_same_content_as_docx_gives_the_same(reading: ReportReading) -> None:
    other = read_report("总结.docx", typed_docx(sample_text()))
    assert [squeezed(other, p.span) for p in other.problems] == [
        squeezed(reading, p.span) for p in reading.problems
    ]
    assert [squeezed(other, p.measure) for p in other.problems] == [
        squeezed(reading, p.measure) for p in reading.problems
    ]
    assert [squeezed(other, m.span) for m in other.measures] == [
        squeezed(reading, m.span) for m in reading.measures
    ]
    assert [p.linked_measures for p in other.problems] == [(0,), (1,), (2,)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_the_encoding_does_not_matter(reading: ReportReading, encoding: str) -> None:
    other = read_report("总结.txt", sample_text().encode(encoding))
    assert other.as_json() == reading.as_json()


def test_line_ends_stay_and_offsets_count_them() -> None:
    text = sample_text().replace("\n", "\r\n")
    reading = read_report("总结.txt", text.encode())
    assert reading.text == text
    assert [reading.words(p.span)[:5] for p in reading.problems] == ["部分村干部", "村级宣传员", "网上留言办"]


def test_every_key_of_the_contract_is_there(reading: ReportReading) -> None:
    found = json.loads(json.dumps(reading.as_json()))
    assert set(found) == KEYS
    assert set(found["problems"][0]) == {
        "start", "end", "particulars", "measure", "linked_measures", "responsible", "deadline",
        "confidence", "why",
    }  # fmt: skip
    assert set(found["problems"][0]["deadline"]) == DEADLINE_KEYS
    assert set(found["measures"][0]) == {"start", "end", "responsible", "deadline"}
    assert set(found["sections"][0]) == {"start", "end", "level", "heading", "kind"}
    assert set(found["figures"][0]) == {"start", "end", "value", "unit", "approx", "of", "parts"}


@pytest.mark.parametrize(
    "text", ["没有标题的一段话。", "一、工作开展情况\n组织学习3次。\n", "。", "一、\n二、\n"]
)
def test_a_report_without_problems_is_read_with_a_warning(text: str) -> None:
    reading = read_report("总结.txt", text.encode())
    assert reading.problems == ()
    assert any("章节" in warning for warning in reading.warnings)


def test_a_chosen_period_that_differs_from_the_text_is_said() -> None:
    reading = read_report("总结.txt", sample_text().encode(), Period.parse("2025Q2"))
    assert str(reading.quarter) == "2025Q2"
    assert any("不同" in warning for warning in reading.warnings)
