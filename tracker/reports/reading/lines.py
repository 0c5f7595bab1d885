"""What an inspection found or a meeting decided (议定事项): each line is one problem. Pure.

Whoever typed the lines has said what they are: only deadline, who answers and a labelled measure are read.
"""

import re
from dataclasses import replace
from datetime import date

from tracker.periods import Period
from tracker.reports.reading.characters import normalised
from tracker.reports.reading.contract import MeasureFound, ProblemFound, ReportReading, Span
from tracker.reports.reading.deadlines import Deadline, deadline, default_deadline
from tracker.reports.reading.finding import split
from tracker.reports.reading.responsible import responsible
from tracker.reports.reading.time_rules import Calendar, DeadlineKind
from tracker.workdays import shipped

MARK = re.compile(
    r"[ \t\u3000]*"
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]、?|\d{1,3}[.、．](?!\d(?!\d?月))|[-—•·])?"
    r"[ \t\u3000]*"
)
BLANK = " \t\u3000\r"
TYPED_WHY = "登记人逐条录入。"
DECIDED_WHY = "会议议定事项。"
NO_DATE = (
    DeadlineKind.RECURRING,
    DeadlineKind.ONGOING,
)  # says how often something failed, not when it is due


def read_lines(name: str, text: str, day: date) -> ReportReading:
    """Return the reading of a headline and lines, one problem a line; blank lines and marks are no words."""
    period = Period.of(day)
    at = Calendar(period, day, shipped())
    plain = normalised(text)
    problems = tuple(_problem(plain, span, at) for span in _spans(text))
    return ReportReading(name, text, period, None, (), (), problems, (), ())


def decided(reading: ReportReading) -> ReportReading:
    """Return the reading of a meeting's paper: what it says is to be done are its decisions, so problems."""
    answering = sorted({index for problem in reading.problems for index in problem.linked_measures})
    place = {index: new for new, index in enumerate(answering)}
    problems = [
        replace(problem, linked_measures=tuple(place[index] for index in problem.linked_measures))
        for problem in reading.problems
    ]
    problems += [_decision(measure) for index, measure in enumerate(reading.measures) if index not in place]
    return replace(
        reading,
        problems=tuple(sorted(problems, key=lambda problem: problem.span.start)),
        measures=tuple(reading.measures[index] for index in answering),
    )


def _spans(text: str) -> list[Span]:
    """The words of each line after the headline."""
    found, start = [], 0
    for number, line in enumerate(text.split("\n")):
        begin = start + _after_mark(line)
        end = start + len(line.rstrip(BLANK))
        start += len(line) + 1
        if number and begin < end:
            found.append(Span(begin, end))
    return found


def _after_mark(line: str) -> int:
    mark = MARK.match(line)
    return mark.end() if mark else 0


def _problem(plain: str, span: Span, at: Calendar) -> ProblemFound:
    words = plain[span.start : span.end]
    said = deadline(words, at)
    due: Deadline = default_deadline(at) if said is None or said.kind in NO_DATE else said
    names = tuple(responsible(plain, span.start, span.end))
    found = split(plain, (span.start, span.end), (span.start, span.end), TYPED_WHY, 1.0)
    measure = None if found.measure is None else Span(*found.measure)
    return ProblemFound(Span(*found.statement), (), measure, (), names, due, 1.0, TYPED_WHY)


def _decision(measure: MeasureFound) -> ProblemFound:
    return ProblemFound(measure.span, (), None, (), measure.responsible, measure.deadline, 0.8, DECIDED_WHY)
