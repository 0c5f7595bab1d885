"""A form of an office (单、表): labels beside what is written there, some fields left to be signed. Pure.

Four columns: a label and its text, twice; a field alone in its row takes the rest of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.documents import wordml
from tracker.documents.layout import HEI
from tracker.documents.wordml import Type, paragraph, run

TEXT_PT = 14.0  # 4号: a form of ten rows keeps to one page
LINE_PT = 21.0
LABEL, VALUE = 0.15, 0.35  # of the width
MM = 56.7  # twips
KEPT = "<w:keepNext/>"  # a row stays with the next one


@dataclass(frozen=True)
class Entry:
    """One field of a form; `signed` is what stands at its foot for the pen: name and day."""

    label: str
    text: str
    signed: str = ""


@dataclass(frozen=True)
class Row:
    """One or two fields side by side; `height` in mm, at least, where something is to be written by hand."""

    fields: Sequence[Entry]
    height: float = 9.0

    def __post_init__(self) -> None:
        if len(self.fields) not in (1, 2):
            raise ValueError("a row of a form holds one field or two")


@dataclass(frozen=True)
class Form:
    """The rows of a form, with what stands over it on the left and on the right.

    `together`: all rows on one page, as room for the pens of several people.
    """

    rows: Sequence[Row]
    left: str = ""
    right: str = ""
    together: bool = False


def form(block: Form, measure: int) -> list[str]:
    """The form as paragraphs and a table, `measure` twips wide."""
    label, value = int(measure * LABEL), int(measure * VALUE)
    widths = (label, value, label, measure - 2 * label - value)
    kept = KEPT if block.together else ""
    rows = [(round(row.height * MM), _cells(row, widths, kept)) for row in block.rows]
    over = [two_sided("FormHead", block.left, block.right, measure)] if block.left or block.right else []
    return [*over, wordml.ruled(rows, widths)]


def two_sided(style: str, left: str, right: str, measure: int) -> str:
    """A line with something at its left edge and something at its right one."""
    stop = f'<w:tabs><w:tab w:val="right" w:pos="{measure}"/></w:tabs>'
    return paragraph(style, run(left), wordml.TAB, run(right), properties=stop)


def _cells(row: Row, widths: tuple[int, ...], kept: str) -> list[str]:
    first, *second = row.fields
    rest = sum(widths[1:])
    cells = [
        _label(first.label, widths[0], kept),
        _value(first, widths[1] if second else rest, 1 if second else 3),
    ]
    for field in second:
        cells += [_label(field.label, widths[2], kept), _value(field, widths[3], 1)]
    return cells


def _label(text: str, width: int, kept: str) -> str:
    type_ = Type(HEI, TEXT_PT, tracking=0)
    lines = [paragraph("FormLabel", run(line, type_), properties=kept) for line in text.splitlines()]
    return wordml.cell("".join(lines), width)


def _value(field: Entry, width: int, span: int) -> str:
    said = wordml.clean(field.text).splitlines()
    lines = [paragraph("FormText", run(line)) for line in said if line.strip()]
    if field.signed:
        lines.append(paragraph("FormSigned", run(field.signed)))
    return wordml.cell("".join(lines) or paragraph("FormText", run("")), width, span)
