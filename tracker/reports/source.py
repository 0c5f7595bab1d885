"""The source of a report as the pages show it: paragraphs, with the places of the proposals marked."""

from tracker.reports.models import Decision, Proposal, ProposalKind, Report
from tracker.reports.reading.characters import normalised
from tracker.reports.reading.outline import text_end
from tracker.reports.texts import Mark, Paragraph, paragraphs


def numbered(report: Report) -> list[tuple[int, Proposal]]:
    """Return the listed proposals with their numbers: problems in their order, then measures."""
    rows = sorted(report.listed, key=lambda row: row.kind != ProposalKind.PROBLEM)
    return list(enumerate(rows, start=1))


def source(report: Report) -> list[Paragraph]:
    """Return the report's text in paragraphs with the marks of the proposals that are not dropped."""
    sections = report.reading.get("sections", [])
    end = max((int(section["end"]) for section in sections), default=len(report.text))
    headings = [
        (section["start"], section["start"] + _first_line(report.text, section["start"]))
        for section in sections
        if section["level"] == 1
    ]
    marks = [
        mark
        for number, row in numbered(report)
        if row.decision != Decision.DROPPED
        for mark in _marks(row, number)
    ]
    return paragraphs(report.text, marks, headings, _closing_paragraph(report.text, end))


def places_shown(shown: list[Paragraph]) -> set[str]:
    """Return the anchors of the proposals whose first mark is to be seen in the source."""
    pieces = (piece for paragraph in shown for piece in paragraph.pieces)
    return {
        piece.mark.anchor for piece in pieces if piece.mark is not None and piece.opens and piece.mark.number
    }


def _marks(row: Proposal, number: int) -> list[Mark]:
    found, anchor = [], f"p{row.id}"
    if row.start is not None and row.end is not None:
        found.append(Mark(row.start, row.end, row.kind.value, str(number), anchor))
    found += [Mark(start, end, row.kind.value, "", anchor) for start, end in row.more_places]
    if row.measure_start is not None and row.measure_end is not None:
        found.append(Mark(row.measure_start, row.measure_end, ProposalKind.MEASURE.value, "", anchor))
    return found


def _first_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return (len(text) if end < 0 else end) - start


def _closing_paragraph(text: str, end: int) -> int:
    """Where the report ends: the closing paragraph after the last section still belongs to it."""
    return max(end, text_end(normalised(text)))
