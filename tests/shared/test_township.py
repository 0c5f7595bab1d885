"""The reference report: three problems, four measures, a masked year and rubbish of a web page at its end."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.unit.documents_for_reading import typed_docx
from tracker.periods import Period
from tracker.reports.reading.contract import ReportReading, Span, read_report
from tracker.reports.reading.time_rules import DeadlineKind

REPORT = Path(__file__).resolve().parents[3] / "shared" / "reports" / "township-2020s-q3.txt"


@pytest.fixture
def reading() -> ReportReading:
    return read_report(REPORT.name, REPORT.read_bytes())


def words(reading: ReportReading, spans: Sequence[Span | None]) -> list[str]:
    """The text of each span without white space."""
    return [re.sub(r"\s", "", reading.words(span)) if span else "" for span in spans]


def test_problems_measures_and_links(reading: ReportReading) -> None:
    assert [p.linked_measures for p in reading.problems] == [(0,), (1,), (2,)]
    assert [w[:3] for w in words(reading, [p.measure for p in reading.problems])] == [
        "对此,",
        "为此,",
        "今后,",
    ]
    assert len(reading.measures) == 4
    assert reading.text == REPORT.read_bytes().decode()


def test_the_year_is_masked(reading: ReportReading) -> None:
    found = reading.as_json()
    assert found["quarter"] is None
    assert found["period"] == {"text": "202x年第三季度", "year": None, "quarter": 3}
    assert any("年份" in warning for warning in reading.warnings)
    assert {p.deadline.kind for p in reading.problems} == {DeadlineKind.ASK}
    assert {m.deadline.kind for m in reading.measures} == {DeadlineKind.ASK}


def test_a_chosen_period_gives_dates() -> None:
    reading = read_report(REPORT.name, REPORT.read_bytes(), Period.parse("2025Q3"))
    assert {p.deadline.due for p in reading.problems} == {date(2025, 12, 31)}


def test_nothing_is_found_in_the_tail(reading: ReportReading) -> None:
    tail = reading.text.index("预览阅读已结束")
    assert max(problem.span.end for problem in reading.problems) < tail
    assert max(measure.span.end for measure in reading.measures) < tail
    assert max(section.end for section in reading.sections) < tail
    assert [(f.value, f.unit) for f in reading.figures] == [(12, "次"), (5, "次")]


def test_as_docx(reading: ReportReading) -> None:
    other = read_report("report.docx", typed_docx(reading.text))
    assert words(other, [p.span for p in other.problems]) == words(
        reading, [p.span for p in reading.problems]
    )
    assert words(other, [p.measure for p in other.problems]) == words(
        reading, [p.measure for p in reading.problems]
    )
    assert words(other, [m.span for m in other.measures]) == words(
        reading, [m.span for m in reading.measures]
    )
    assert [p.linked_measures for p in other.problems] == [(0,), (1,), (2,)]
