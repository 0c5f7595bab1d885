"""One finding: where its statement begins and ends, and what stands beside it in the same item."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from tracker.reports.reading import cues

Span = tuple[int, int]
SENTENCE = re.compile(r"[^。\n]+")
END_MARKS = "。；，、：！？ \n.*|"


@dataclass
class Finding:
    """A problem or a measure; `scope` is the whole item with labels and countermeasure."""

    statement: Span
    scope: Span
    particulars: list[Span] = field(default_factory=list)
    measure: Span | None = None
    confidence: float = 0.9
    why: str = ""
    named_in: tuple[Span, ...] | None = None  # the cells of a table that say who answers
    due_in: Span | None = None  # the cell that says until when
    quoted: bool = False  # named by a heading on what was done about it


def split(text: str, span: Span, scope: Span, why: str, sure: float) -> Finding:
    """Part a problem from its label, the countermeasure said with it, and the fields below it."""
    start, end = trimmed(text, *span)[0], span[1]
    label = cues.PROBLEM_LINE.search(text, start, end) or cues.PROBLEM_LABEL.match(text, start, end)
    start = label.end() if label else start
    fields = cues.FIELD.search(text, start + 1, end)
    counter = _counter(text, start, end)
    stop = min(end if fields is None else fields.start(), end if counter is None else counter)
    measure = None if counter is None else _measure(text, counter, end)
    return Finding(trimmed(text, start, stop), scope, [], measure, sure, why)


def whole(text: str, measure: Finding) -> Finding:
    """A measure of the next steps: what a problem has as its countermeasure belongs to its own words."""
    if measure.measure is not None:
        measure.statement = trimmed(text, measure.statement[0], measure.measure[1])
        measure.measure = None
    return measure


def _counter(text: str, start: int, end: int) -> int | None:
    """Where the countermeasure begins: by its own words, or with a later sentence that tells a remedy."""
    told = cues.COUNTER.search(text, start + 2, end)
    turn = None if told is None else told.start()
    first = text.find("。", start, end if turn is None else turn)
    if first < 0:
        return turn
    for sentence in SENTENCE.finditer(text, first + 1, end if turn is None else turn):
        if cues.REMEDY.match(sentence[0]) and not cues.DEFICIENT.search(sentence[0]):
            return sentence.start()
    return turn


def _measure(text: str, counter: int, end: int) -> Span | None:
    """A countermeasure without its label, up to the next field."""
    label = cues.MEASURE_LABEL.match(text, counter, end)
    start = label.end() if label else counter
    fields = cues.FIELD.search(text, start + 1, end)
    found = trimmed(text, start, fields.start() if fields else end)
    return found if found[1] > found[0] else None


def is_solved(told: str) -> bool:
    """Whether what is said of a problem is that it has been put right, and nothing beside it is left open."""
    solved = cues.SOLVED.search(told)
    if solved is None:
        return False
    begins = max(told.rfind(mark, 0, solved.start()) for mark in "。\n") + 1
    ends = told.find("\n", solved.end())
    return cues.NOT_YET.search(told, begins, ends if ends >= 0 else len(told)) is None


def trimmed(text: str, start: int, end: int) -> Span:
    """A span without blanks around it and without its closing mark."""
    while start < end and text[start] in " \n，。；：、*|】":
        start += 1
    while end > start and text[end - 1] in END_MARKS:
        end -= 1
    return start, end


class Covered:
    """Where something was found already, asked for many places."""

    def __init__(self, found: Iterable[Finding]) -> None:
        self.spans: list[Span] = []
        for start, end in sorted(one.scope for one in found):
            if self.spans and start <= self.spans[-1][1]:
                self.spans[-1] = (self.spans[-1][0], max(end, self.spans[-1][1]))
            else:
                self.spans.append((start, end))

    def touches(self, start: int, end: int) -> bool:
        """Whether a span shares a character with what was found."""
        before = bisect_left(self.spans, (end,))
        return before > 0 and start < self.spans[before - 1][1]
