"""The text of a WordprocessingML document as a reader of the printed paper would see it.

Automatic numbers are there, tracked changes are taken as accepted, hidden text and field codes are left
out; headers, footers and comments stand in other parts and are not read. Source: ECMA-376 part 1, 17.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tracker.reports.formats.grid import MOST_COLUMNS, Cell, row_lines
from tracker.reports.formats.numbering import Numbers
from tracker.reports.formats.styles import Styles
from tracker.reports.formats.symbols import symbol
from tracker.reports.formats.word_fields import SIMPLE, Fields
from tracker.reports.formats.word_names import COMPATIBLE, MATH, W, is_on, value, whole

CHOICES = COMPATIBLE + "AlternateContent"
CHOICE, FALLBACK = COMPATIBLE + "Choice", COMPATIBLE + "Fallback"
BOX = W + "txbxContent"
TEXT = {W + "t", MATH + "t"}
MARKS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
# Removed or moved away by a tracked change, properties, and the pronunciation over a word.
NOT_TEXT = {W + "del", W + "moveFrom", W + "pPr", W + "rPr", W + "tblPr", W + "trPr", W + "tcPr", W + "rt"}
NOTES = {W + "footnoteReference": W + "footnote", W + "endnoteReference": W + "endnote"}
REMOVED = (W + "del", W + "moveFrom")
CONTENTS = "table of contents"
IN_SENTENCE = re.compile(r"(?<=[，、,])\n")  # a soft line break there is for the looks of the line


def text_of(
    document: Element, numbering: Element | None, styles: Element | None, notes: tuple[Element, ...] = ()
) -> str:
    """The paragraphs and table rows of a document, one a line; cells of a row are parted by tabs.

    Notes follow at the end, in the order in which the text refers to them.
    """
    known = Styles.of(styles)
    story = Story(Numbers(numbering, known), known)
    lines = [*story.lines(document)]
    for number, note in enumerate(_in_order(story.notes, notes), start=1):
        said = " ".join(" ".join(story.lines(note)).split())
        lines.append(f"注{number}：{said}")
    return "\n".join(lines)


def _in_order(asked: list[tuple[str, str]], notes: tuple[Element, ...]) -> Iterator[Element]:
    known = {(note.tag, note.get(W + "id", "")): note for part in notes for note in part}
    return (known[reference] for reference in dict.fromkeys(asked) if reference in known)


class Story:
    """One walk over a document in reading order: numbers, fields and removed paragraph marks go on."""

    def __init__(self, numbers: Numbers, styles: Styles) -> None:
        self.numbers = numbers
        self.styles = styles
        self.fields = Fields()
        self.notes: list[tuple[str, str]] = []  # what the text refers to: kind and id
        self.left_over = ""  # of a paragraph whose mark was removed: it goes on in the next one

    def lines(self, node: Element) -> Iterator[str]:
        """The lines of everything in a node."""
        yield from self._inside(node)
        if self.left_over:
            yield self._with_left_over("")

    def _inside(self, node: Element) -> Iterator[str]:
        for child in _chosen(node):
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from row_lines([self._cells(row) for row in _rows(child)])
            elif child.tag not in NOT_TEXT and not _is_filler(child):
                yield from self._inside(child)

    # --- paragraphs ---

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        """The line of a paragraph, then the text boxes anchored in it."""
        boxes: list[Element] = []
        said = IN_SENTENCE.sub("", "".join(self._runs(paragraph, boxes)))
        properties = paragraph.find(W + "pPr")
        if value(properties, W + "pStyle") in self.styles.contents:
            return
        if _is_mark_removed(properties):
            self.left_over += said
        elif said or self.left_over or not boxes:
            yield self.numbers.before(paragraph) + self._with_left_over(said)
        for box in boxes:
            yield from self._inside(box)

    def _with_left_over(self, said: str) -> str:
        before, self.left_over = self.left_over, ""
        return before + said

    def _runs(self, node: Element, boxes: list[Element], style: str | None = None) -> Iterator[str]:
        if node.tag == W + "p":
            style = value(node.find(W + "pPr"), W + "pStyle")
        for child in _chosen(node):
            if child.tag == W + "r":
                if self._is_hidden(child, style):
                    self.fields.pass_by(child)
                else:
                    yield from self._runs(child, boxes, style)
            elif child.tag == BOX:
                boxes.append(child)
            elif self.fields.take(child):
                continue
            elif child.tag in NOTES:
                self.notes.append((NOTES[child.tag], child.get(W + "id", "")))
            elif child.tag in TEXT or child.tag in MARKS or child.tag == W + "sym":
                yield "" if self.fields.is_silent else _said(child)
            elif child.tag == SIMPLE:
                with self.fields.simple(child.get(W + "instr", "")):
                    yield from self._runs(child, boxes, style)
            elif child.tag not in NOT_TEXT and not _is_filler(child):
                yield from self._runs(child, boxes, style)

    def _is_hidden(self, run: Element, style: str | None) -> bool:
        """Whether a run is hidden: by itself, else by its own style, else by that of its paragraph."""
        properties = run.find(W + "rPr")
        if properties is None:
            return style in self.styles.hidden
        own = properties.find(W + "vanish")
        if own is not None:
            return is_on(own)
        return (value(properties, W + "rStyle") or style) in self.styles.hidden

    # --- tables ---

    def _cells(self, row: Element) -> list[Cell]:
        """The row's own cells; those of a table in a cell belong to that cell."""
        skipped = whole(value(row.find(W + "trPr"), W + "gridBefore"), 0)
        return [Cell([])] * min(skipped, MOST_COLUMNS) + [self._cell(cell) for cell in _of(W + "tc", row)]

    def _cell(self, cell: Element) -> Cell:
        properties = cell.find(W + "tcPr")
        lines = [*self.lines(cell)]
        merged = properties.find(W + "vMerge") if properties is not None else None
        above = merged is not None and merged.get(W + "val") != "restart"
        return Cell(lines, whole(value(properties, W + "gridSpan"), 1), above and not "".join(lines).strip())


def _rows(table: Element) -> Iterator[Element]:
    """The rows that no tracked change removed."""
    for row in _of(W + "tr", table):
        properties = row.find(W + "trPr")
        if properties is None or properties.find(W + "del") is None:
            yield row


def _of(tag: str, node: Element) -> Iterator[Element]:
    """Rows of a table or cells of a row, inside content controls too, none of a table further inside."""
    for child in _chosen(node):
        if child.tag == tag:
            yield child
        elif child.tag not in NOT_TEXT and child.tag not in (W + "tbl", W + "p"):
            yield from _of(tag, child)


def _chosen(node: Element) -> Iterator[Element]:
    """The children; of what is written twice, for newer and for older programs, the copy that has text."""
    for child in node:
        if child.tag == CHOICES:
            copies = [copy for copy in child if copy.tag in (CHOICE, FALLBACK)]
            told = (copy for copy in copies if any((text.text or "").strip() for text in copy.iter(W + "t")))
            copy = next(told, None)
            if copy is not None:
                yield copy
        else:
            yield child


def _is_filler(node: Element) -> bool:
    """Whether a content control only holds “click here” or a table of contents."""
    properties = node.find(W + "sdtPr") if node.tag == W + "sdt" else None
    if properties is None:
        return False
    kind = value(properties, f"{W}docPartObj/{W}docPartGallery") or ""
    return is_on(properties.find(W + "showingPlcHdr")) or kind.lower() == CONTENTS


def _is_mark_removed(properties: Element | None) -> bool:
    mark = properties.find(W + "rPr") if properties is not None else None
    return mark is not None and any(mark.find(tag) is not None for tag in REMOVED)


def _said(node: Element) -> str:
    if node.tag == W + "sym":
        return symbol(node.get(W + "font", ""), node.get(W + "char", ""))
    return MARKS.get(node.tag) or node.text or ""
