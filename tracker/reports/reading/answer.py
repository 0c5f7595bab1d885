"""A reading on its way from the child process: the contract's object as JSON, and back.

The child worked on a foreign document, so nothing in its answer is taken on trust: every place has to lie in
the text, every word for a kind has to be known. What does not fit raises KeyError, TypeError or ValueError.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tracker.periods import Period
from tracker.reports.reading.contract import MeasureFound, ProblemFound, ReportReading, Span
from tracker.reports.reading.counts import Count
from tracker.reports.reading.deadlines import Deadline
from tracker.reports.reading.headings import SectionKind
from tracker.reports.reading.outline import Section
from tracker.reports.reading.periods_in_text import PeriodInText
from tracker.reports.reading.time_rules import DeadlineKind

Answer = dict[str, Any]


def packed(reading: ReportReading) -> Answer:
    """The contract's object, with what only the parent needs beside it."""
    named = reading.period
    return {
        **reading.as_json(),
        "known_period": _code(reading.known_period),
        "named_period": None if named is None else _code(named.period),
        "bodies": [[section.body, section.own] for section in reading.sections],
    }


def reading_from(answer: Answer) -> ReportReading:
    """The reading that an answer holds."""
    text = _text(answer["text"])
    end = len(text)
    bodies = answer["bodies"]
    return ReportReading(
        file=_text(answer["file"]),
        text=text,
        known_period=_period(answer["known_period"]),
        period=_named(answer),
        warnings=tuple(_text(one) for one in answer["warnings"]),
        sections=tuple(
            _section(one, body, end) for one, body in zip(answer["sections"], bodies, strict=True)
        ),
        problems=tuple(_problem(one, end, len(answer["measures"])) for one in answer["problems"]),
        measures=tuple(_measure(one, end) for one in answer["measures"]),
        figures=tuple(_count(one, end, len(answer["figures"])) for one in answer["figures"]),
    )


def _code(period: Period | None) -> str | None:
    return None if period is None else str(period)


def _period(code: object) -> Period | None:
    return None if code is None else Period.parse(_text(code))


def _named(answer: Answer) -> PeriodInText | None:
    said = answer["period"]
    if said is None:
        return None
    year, quarter = said["year"], said["quarter"]
    return PeriodInText(_text(said["text"]), year, quarter, _period(answer["named_period"]), year is None)


def _section(one: Answer, body: Sequence[Any], end: int) -> Section:
    span = _span(one, end)
    kind = SectionKind(one["kind"])
    return Section(span.start, span.end, int(one["level"]), _text(one["heading"]), kind, *body)


def _problem(one: Answer, end: int, measures: int) -> ProblemFound:
    linked = tuple(int(index) for index in one["linked_measures"])
    if not all(0 <= index < measures for index in linked):
        raise ValueError("a measure that is not there")
    return ProblemFound(
        span=_span(one, end),
        particulars=tuple(_span(part, end) for part in one["particulars"]),
        measure=None if one["measure"] is None else _span(one["measure"], end),
        linked_measures=linked,
        responsible=tuple(_text(name) for name in one["responsible"]),
        deadline=_deadline(one["deadline"]),
        confidence=float(one["confidence"]),
        why=_text(one["why"]),
    )


def _measure(one: Answer, end: int) -> MeasureFound:
    return MeasureFound(
        _span(one, end), tuple(_text(name) for name in one["responsible"]), _deadline(one["deadline"])
    )


def _count(one: Answer, end: int, figures: int) -> Count:
    span, value, parts = _span(one, end), one["value"], tuple(int(place) for place in one["parts"])
    if not isinstance(value, int | float):
        raise TypeError("a count that is no number")
    if not all(0 <= place < figures for place in parts):
        raise ValueError("a part that is not there")
    return Count(
        span.start, span.end, value, _text(one["unit"]), bool(one["approx"]), _text(one["of"]), parts
    )


def _deadline(one: Answer) -> Deadline:
    return Deadline(
        text=_text(one["text"]),
        kind=DeadlineKind(one["kind"]),
        due=_day(one["date"]),
        why=_text(one["why"]),
        source=_text(one["source"]),
        start=_day(one["start"]),
        milestones=tuple(date.fromisoformat(day) for day in one["milestones"]),
        then_ongoing=bool(one["then_ongoing"]),
        every=None if one["every"] is None else _text(one["every"]),
        soft=bool(one["soft"]),
        provisional=bool(one["provisional"]),
    )


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)


def _span(one: Answer, end: int) -> Span:
    span = Span(int(one["start"]), int(one["end"]))
    if not 0 <= span.start <= span.end <= end:
        raise ValueError("a place outside the text")
    return span


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError("not a text")
    return said
