"""The text of a report as the pages show it: titles, and the source with its marks. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

SENTENCE = re.compile(r"[^。；;\n]+")
LONGEST_TITLE = 80
# a report typed with a Latin keyboard; between Chinese characters a title takes the marks of Chinese
FULL_WIDTH = {",": "，", ":": "：", "?": "？", "!": "！"}
HALF_WIDTH = re.compile(r"(?<=[\u3400-\u9fff”》）])[,:?!](?=\s*[\u3400-\u9fff“《（0-9])")


def title_of(statement: str) -> str:
    """Return the first sentence of a statement, cut where it is longer than a line of the ledger."""
    found = SENTENCE.search(statement.strip())
    title = found[0].strip() if found is not None else statement.strip()
    title = HALF_WIDTH.sub(lambda mark: FULL_WIDTH[mark[0]], title)
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


@dataclass(frozen=True)
class Mark:
    """A stretch of the source that stands for a proposal."""

    start: int
    end: int
    kind: str  # "problem" or "measure"
    number: str
    anchor: str


@dataclass(frozen=True)
class Piece:
    """A run of text with one mark or none; `opens` where the mark begins, so that it gets its number once."""

    text: str
    mark: Mark | None = None
    opens: bool = False
    at: int = field(default=0, compare=False)  # where it begins in the report's text


@dataclass(frozen=True)
class Paragraph:
    """A line of the source: a heading, running text, or what a web page left below the report."""

    pieces: tuple[Piece, ...]
    heading: bool = False
    outside: bool = False


def paragraphs(
    text: str, marks: Iterable[Mark], headings: Iterable[tuple[int, int]], end: int
) -> list[Paragraph]:
    """Return the lines of a text cut at its marks. What lies from `end` on is outside the report.

    Of marks that overlap the earlier one counts. Offsets are code points, ends exclusive.
    """
    clear = _without_overlap(marks)
    whole = set(headings)
    found = []
    for start, line in _lines(text):
        if line.strip():
            stop = start + len(line)
            pieces = tuple(_pieces(text, start, stop, clear))
            is_heading = any(first <= start < stop and last >= stop - 1 for first, last in whole)
            found.append(Paragraph(pieces, is_heading, start >= end))
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _without_overlap(marks: Iterable[Mark]) -> list[Mark]:
    clear: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.end > mark.start and (not clear or mark.start >= clear[-1].end):
            clear.append(mark)
    return clear


def _pieces(text: str, start: int, stop: int, marks: Sequence[Mark]) -> Iterator[Piece]:
    at = start
    for mark in islice(marks, bisect_right(marks, start, key=lambda one: one.end), None):
        if mark.start >= stop:
            break
        first, last = max(mark.start, start), min(mark.end, stop)
        if at < first:
            yield Piece(text[at:first], at=at)
        yield Piece(text[first:last], mark, opens=first == mark.start, at=first)
        at = last
    if at < stop:
        yield Piece(text[at:stop], at=at)
