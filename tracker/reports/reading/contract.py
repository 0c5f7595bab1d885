"""What a reader finds in one document: the contract of `tracker report read --json`.

Offsets count code points in `text`, indices count from 0. Nothing found here is more than a proposal.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.periods import Kind, Period
from tracker.reports.formats.document_text import read_text
from tracker.reports.reading.cards import same_label
from tracker.reports.reading.characters import with_tabs
from tracker.reports.reading.counts import Count, counts
from tracker.reports.reading.cues import FOR_ALL
from tracker.reports.reading.deadlines import Deadline, deadline, deadline_of, default_deadline, promised
from tracker.reports.reading.finding import Finding
from tracker.reports.reading.findings import find
from tracker.reports.reading.headings import SectionKind
from tracker.reports.reading.linking import link
from tracker.reports.reading.narrative import SENTENCE
from tracker.reports.reading.outline import Outline, Section, outline
from tracker.reports.reading.periods_in_text import PeriodInText, period_in, written_on
from tracker.reports.reading.responsible import leading_unit, named, responsible
from tracker.reports.reading.sub_counts import part_lists, sums_in_doubt, with_parts
from tracker.reports.reading.time_rules import Calendar
from tracker.workdays import shipped


@dataclass(frozen=True)
class Span:
    """A stretch of the text, end exclusive."""

    start: int
    end: int

    def as_json(self) -> dict[str, object]:
        """Start and end."""
        return {"start": self.start, "end": self.end}


@dataclass(frozen=True)
class ProblemFound:
    """A problem: its statement, the countermeasure said in the same breath, the measures that answer it."""

    span: Span
    particulars: tuple[Span, ...]
    measure: Span | None
    linked_measures: tuple[int, ...]
    responsible: tuple[str, ...]
    deadline: Deadline
    confidence: float
    why: str

    def as_json(self) -> dict[str, object]:
        """One entry of `problems`."""
        return {
            **self.span.as_json(),
            "particulars": [part.as_json() for part in self.particulars],
            "measure": self.measure.as_json() if self.measure else None,
            "linked_measures": list(self.linked_measures),
            "responsible": list(self.responsible),
            "deadline": self.deadline.as_json(),
            "confidence": self.confidence,
            "why": self.why,
        }


@dataclass(frozen=True)
class MeasureFound:
    """An item of the next-steps part."""

    span: Span
    responsible: tuple[str, ...]
    deadline: Deadline

    def as_json(self) -> dict[str, object]:
        """One entry of `measures`."""
        return {
            **self.span.as_json(),
            "responsible": list(self.responsible),
            "deadline": self.deadline.as_json(),
        }


@dataclass(frozen=True)
class ReportReading:
    """Everything found in one document; `known_period` is what dates were counted from."""

    file: str
    text: str
    known_period: Period | None
    period: PeriodInText | None
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    problems: tuple[ProblemFound, ...]
    measures: tuple[MeasureFound, ...]
    figures: tuple[Count, ...]

    @property
    def quarter(self) -> Period | None:
        """The quarter of the report, null where it is unknown or the report covers another kind of period."""
        known = self.known_period
        return known if known is not None and known.kind is Kind.QUARTER else None

    def words(self, span: Span) -> str:
        """The text of a span."""
        return self.text[span.start : span.end]

    def as_json(self) -> dict[str, object]:
        """The object that the command prints."""
        return {
            "file": self.file,
            "text": self.text,
            "quarter": str(self.quarter) if self.quarter else None,
            "period": self.period.as_json() if self.period else None,
            "warnings": list(self.warnings),
            "sections": [_section(section) for section in self.sections],
            "problems": [problem.as_json() for problem in self.problems],
            "measures": [measure.as_json() for measure in self.measures],
            "figures": [_figure(count) for count in self.figures],
        }


def _section(section: Section) -> dict[str, object]:
    return {"start": section.start, "end": section.end, "level": section.level,
            "heading": section.heading, "kind": str(section.kind)}  # fmt: skip


def _figure(count: Count) -> dict[str, object]:
    return {"start": count.start, "end": count.end, "value": count.value, "unit": count.unit,
            "approx": count.approx, "of": count.of, "parts": list(count.parts)}  # fmt: skip


def read_report(
    name: str, content: bytes, period: Period | None = None, report_day: date | None = None
) -> ReportReading:
    """Read a document. A period or day that a person chose goes before the one in the text.

    UnreadableReportError when the document cannot be read.
    """
    collects = gc.isenabled()
    gc.disable()  # what is built stays until the end: looking through it again and again takes longer
    try:
        return _read(name, read_text(name, content), period, report_day)
    finally:
        if collects:
            gc.enable()


def _read(name: str, text: str, period: Period | None, report_day: date | None) -> ReportReading:
    frame = outline(text)
    named = period_in(frame.text, text)
    known = period or (named.period if named else None)
    at = _calendar(
        known, report_day or written_on(frame.text, frame.end), masked=named is not None and named.masked
    )
    problems, measures = find(frame)
    for_all = [FOR_ALL.search(frame.text, *found.scope) is not None for found in measures]
    answered = link(
        [_all_words(frame, found) for found in problems],
        [
            "" if general else _words(frame, found.statement)
            for found, general in zip(measures, for_all, strict=True)
        ],
        same_label(frame.text, problems, measures),
    )
    read_measures = tuple(_measure(frame, found, at) for found in measures)
    days_for_all = [
        *(read.deadline for read, general in zip(read_measures, for_all, strict=True) if general),
        *_said_of_all(frame, problems, at),
    ]
    told = with_tabs(frame.text, text)
    figures = counts(told, frame.end)
    parts = part_lists(told, figures)
    return ReportReading(
        file=name,
        text=text,
        known_period=known,
        period=named,
        warnings=(*_warnings(frame, named, period, problems), *sums_in_doubt(figures, parts)),
        sections=frame.sections,
        problems=tuple(
            _problem(frame, found, at, [(m, read_measures[m]) for m in linked], days_for_all)
            for found, linked in zip(problems, answered, strict=True)
        ),
        measures=read_measures,
        figures=with_parts(figures, parts),
    )


def _calendar(period: Period | None, written: date | None, *, masked: bool) -> Calendar:
    """What dates are counted from. A paper that names no period is of the quarter in which it was written."""
    if period is None and written is not None and not masked:
        period = Period.of(written)
    return Calendar(period, written, shipped())


def _words(frame: Outline, span: tuple[int, int]) -> str:
    return frame.text[slice(*span)]


def _said_of_all(frame: Outline, problems: list[Finding], at: Calendar) -> Iterator[Deadline]:
    """The days in sentences after the first problem that speak of all of them, measures or not."""
    start = problems[0].statement[1] if problems else frame.end
    for sentence in SENTENCE.finditer(frame.text, start, frame.end):
        rest = sentence[0][max(sentence[0].find("其余"), 0) :]  # “除…外，其余…”: the rule, not the exception
        if FOR_ALL.search(sentence[0]) and (said := deadline(rest, at)):
            yield said


def _all_words(frame: Outline, found: Finding) -> str:
    return _words(frame, found.statement) + (_words(frame, found.measure) if found.measure else "")


def _measure(frame: Outline, found: Finding, at: Calendar) -> MeasureFound:
    said = deadline(_words(frame, found.due_in or found.scope), at)
    return MeasureFound(Span(*found.statement), tuple(_names(frame, found)), said or default_deadline(at))


def _names(frame: Outline, found: Finding) -> list[str]:
    if found.named_in is not None:
        return named(frame.text, found.named_in)
    told = responsible(frame.text, *found.scope)
    subjects = [leading_unit(frame.text, *span) for span in (found.statement, found.measure) if span]
    return list(dict.fromkeys([*told, *(name for name in subjects if name)]))


def _problem(
    frame: Outline,
    found: Finding,
    at: Calendar,
    linked: list[tuple[int, MeasureFound]],
    for_all: list[Deadline],
) -> ProblemFound:
    return ProblemFound(
        span=Span(*found.statement),
        particulars=tuple(Span(*part) for part in found.particulars),
        measure=Span(*found.measure) if found.measure else None,
        linked_measures=tuple(index for index, _ in linked),
        responsible=tuple(_names(frame, found)),
        deadline=_due(frame, found, at, [measure.deadline for _, measure in linked], for_all),
        confidence=found.confidence,
        why=found.why,
    )


def _due(
    frame: Outline, found: Finding, at: Calendar, linked: list[Deadline], for_all: list[Deadline]
) -> Deadline:
    """Read the words after the statement and the linked measures.

    Of the statement only a promise counts (“预计11月底前完成”): “每季度检查不到位” says when something
    failed, not when it is due.
    """
    own = frame.text[found.statement[1] : found.scope[1]]
    if found.named_in is not None:  # a row of a table: the cell for it, else what the measure says
        cell = found.due_in or found.measure
        own = "" if cell is None else _words(frame, cell)
    return deadline_of(own, linked, at, for_all, promised(_words(frame, found.statement), at))


def _warnings(
    frame: Outline, named: PeriodInText | None, chosen: Period | None, problems: list[Finding]
) -> list[str]:
    said: list[str] = []
    if named is not None and named.masked:
        rest = "日期按您选的期间推算。" if chosen else "请选择期间，选定前不推算日期。"
        said.append(f"报告里写的是“{named.text}”，年份没有写明。{rest}")
    elif chosen is None and (named is None or named.period is None):
        said.append("没有找到报告所属的期间，请选择期间，选定前不推算日期。")
    elif chosen and named and named.period and named.period != chosen:
        said.append(f"报告里写的是“{named.text}”，与选择的{chosen.label}不同，按选择的期间推算。")
    if not any(section.kind is SectionKind.PROBLEMS for section in frame.sections):
        said.append("没有找到写存在问题的章节。" + ("以下问题是从正文里找到的，请核对。" if problems else ""))
    elif not problems:
        said.append("有写存在问题的章节，但没有读出具体问题，请在页面上补充。")
    return said
