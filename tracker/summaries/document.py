"""The summary as an official paper, and as the page shows it before it is one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.documents.layout import title_lines
from tracker.documents.paper import Heading, Paper, Paragraph, render
from tracker.summaries import wording
from tracker.summaries.keeping import read_facts
from tracker.summaries.models import Summary

TITLE_WIDTH = 18  # characters of 22 pt that a line of the title holds


@dataclass(frozen=True)
class Line:
    """A paragraph of the preview: heading level, its heading, and what runs on behind it."""

    level: int | None
    heading: str
    text: str


def paper_of(summary: Summary) -> Paper:
    """Return the paper a summary makes: its paragraphs as they stand and the table of the same day."""
    day = summary.as_of
    signature = summary.unit.name_on(day)
    return wording.paper(read_facts(summary.facts), _lines_apart(summary), signature=signature, day=day)


def docx(summary: Summary) -> bytes:
    """Return the paper as a .docx file in the official layout."""
    return render(paper_of(summary))


def file_name(summary: Summary) -> str:
    """Return the name the file is saved under."""
    return f"{summary.title}.docx"


def preview(summary: Summary) -> list[Line]:
    """Return the paper's paragraphs for the page, numbered as on paper."""
    blocks = wording.blocks(_lines_apart(summary))
    return [
        _line(block.level if isinstance(block, Heading) else None, block.text)
        for block in blocks
        if isinstance(block, Heading | Paragraph)
    ]


def numbers(summary: Summary) -> list[str]:
    """Return the number each paragraph has on paper (一、（一）), '' for running text and left-out ones."""
    written = [paragraph for paragraph in summary.paragraphs if paragraph.text.strip()]
    bare = [_Written(paragraph.level, "") for paragraph in written]
    marks = dict(zip((p.key for p in written), wording.numbered(bare), strict=True))
    return [marks.get(paragraph.key, "") for paragraph in summary.paragraphs]


def title_on_paper(summary: Summary) -> list[str]:
    """Return the title in the lines it has on paper."""
    return title_lines(summary.title, TITLE_WIDTH)


def as_text(summary: Summary) -> str:
    """Return the paper's words without layout."""
    lines = [line.heading + line.text for line in preview(summary)]
    return "\n".join([summary.title, *lines])


def _line(level: int | None, text: str) -> Line:
    if level is None:
        return Line(None, "", text)
    if level == 1:
        return Line(1, text, "")
    title = re.match(r"[^。]+。?", text)
    end = title.end() if title else 0
    return Line(level, text[:end], text[end:])


@dataclass(frozen=True)
class _Written:
    level: int | None
    text: str


def _lines_apart(summary: Summary) -> Sequence[_Written]:
    """Return the paragraphs, further lines of one as paragraphs of their own: a heading is one line."""
    return [
        _Written(paragraph.level if position == 0 else None, line)
        for paragraph in summary.paragraphs
        for position, line in enumerate(paragraph.text.splitlines() or [""])
    ]
