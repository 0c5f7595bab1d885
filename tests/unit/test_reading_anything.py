"""Whatever the text, spans stay inside it and in order, and no text keeps the reader busy."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.documents_for_reading import sample_text
from tests.unit.ways_of_writing import WAYS
from tracker.reports.reading.contract import ReportReading, Span, read_report
from tracker.reports.reading.sandbox import read_in_child

PIECES = ["一、", "（一）", "1.", "（1）", "①", "一是", "二是", "\n", "\r\n", "。", "；", "：", "，", " ",
          "对此，", "存在问题", "下一步打算：", "整改措施：", "责任单位：", "年底前", "学习不够", "上一篇",
          "12次", "等问题", "发现", "首先，", "另一方面，", "另外", "——", "问题1：", "整改情况：", "\t",
          "检查22次，其中专项12次、联合6次",
          "（其中", "1,200件", "3万余人次", "具体问题", "已整改", "但是",
          "督查中也发现，存在不少问题。", "今后，我们将"]  # fmt: skip


def inside(text: str, span: Span, start: int = 0, end: int | None = None) -> bool:
    """Whether a span is not empty and lies between two places."""
    return start <= span.start < span.end <= (len(text) if end is None else end)


@settings(deadline=None)  # a shared machine; how long reading takes is the next test's question
@given(st.lists(st.sampled_from([*PIECES, *sample_text().split("。")]), min_size=1, max_size=60))
def test_spans_lie_in_the_text(pieces: list[str]) -> None:
    text = "文" + "".join(pieces)
    reading = read_report("总结.txt", text.encode())
    assert reading.text == text
    for problem in reading.problems:
        assert inside(text, problem.span)
        assert problem.measure is None or inside(text, problem.measure, problem.span.end)
        assert all(inside(text, part, problem.span.start, problem.span.end) for part in problem.particulars)
    assert all(inside(text, measure.span) for measure in reading.measures)
    for spans in ([one.span for one in reading.problems], [one.span for one in reading.measures]):
        ordered = sorted((span.start, span.end) for span in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(ordered))
    assert read_report("总结.txt", text.encode()) == reading
    assert all(0 <= section.start <= section.end <= len(text) for section in reading.sections)
    figures = [Span(figure.start, figure.end) for figure in reading.figures]
    assert all(inside(text, span) for span in figures)
    assert all(one.end <= other.start for one, other in pairwise(figures))
    assert all(0 <= part < len(figures) for figure in reading.figures for part in figure.parts)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from([*PIECES, *sample_text().split("。")]), min_size=1, max_size=40),
    st.sampled_from([*WAYS]),
)
def test_another_way_of_writing_tells_the_same(pieces: list[str], way: str) -> None:
    text = "文" + "".join(pieces)
    plain, other = (read_report("总结.txt", said.encode()) for said in (text, text.translate(WAYS[way])))
    assert told(other) == told(plain)


def told(reading: ReportReading) -> list[object]:
    """Where everything stands, what answers what, until when, and what is counted."""
    return [
        [
            (one.span, one.measure, one.particulars, one.linked_measures, one.deadline.due)
            for one in reading.problems
        ],
        [(one.span, one.deadline.due) for one in reading.measures],
        [(one.start, one.end, one.value, one.approx, one.parts) for one in reading.figures],
    ]


@pytest.mark.parametrize(
    "repeated",
    [
        "一、",
        "\n",
        " ",
        "存在问题：一是学习不够；",
        "发现甲",
        "1月",
        "也存在",
        "问题清单：甲\n",
        "（一）甲\n",
    ],
)
def test_no_text_keeps_the_reader_busy(repeated: str) -> None:
    """The child is ended after ten seconds of processor time; a quadratic rule would not come back."""
    text = repeated * (200_000 // len(repeated)) + "完"
    assert read_in_child("总结.txt", text.encode()).text == text
