"""The text of a .pdf: its broken lines joined to paragraphs, without what repeats on every page.

Ruled tables come out row by row. A scanned page has no text; that is said, not guessed. Nothing in the
document is run: the library is built without a script engine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from unicodedata import category, east_asian_width

import pypdfium2
from pypdfium2 import raw

from tracker.reports.formats.grid import row_lines
from tracker.reports.formats.ruled import THIN, Box, Table, sides, tables
from tracker.reports.formats.unreadable import UnreadableReportError

MOST_PAGES = 300
MOST_SHAPES = 20_000  # of a page; a drawing has more, a table does not
DEEPEST = 2  # groups of shapes in one another
WITH_CORNERS = (4, 5, 6)  # parts of a drawn rectangle, a closing one and a step back included
PAGE_NUMBER = re.compile(r"[\s—–\-－·第页共/／\d]{1,14}")
# A line that begins so begins a paragraph of its own.
BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|[①-⑳]|附件)"
)
ENDS = ("。", "！", "？", "：", "；", ":", ";", "”")
UNFINISHED = ("，", "、", ",")
RAGGED = 5  # half characters by which a full line may be shorter than others: a word or mark did not fit
NOTE_MARK = re.compile(r"(?<=[。，；：、！？”）])\d{1,2}(?!\d)")
SMALL = 0.8  # of the size of the character before
LEAST_LEGIBLE = 0.7  # share of the characters that have a meaning outside the file's own fonts


def printed_text(content: bytes) -> str:
    """The paragraphs of a .pdf. UnreadableReportError when it is broken, locked, endless or scanned."""
    document = _opened(content)
    if len(document) > MOST_PAGES:
        raise UnreadableReportError("too_large", f"PDF 超过 {MOST_PAGES} 页，没有读。", "请分开后再传。")
    pages = [_page_lines(document, number) for number in range(len(document))]
    text = "\n".join(paragraphs(without_furniture(pages)))
    if not text.strip():
        raise UnreadableReportError(
            "scanned", "PDF 里没有文字，可能是扫描件或照片。", "请用文字识别软件转成 Word，核对后再传。"
        )
    if _legible(text) < LEAST_LEGIBLE:
        raise UnreadableReportError(
            "scanned", "PDF 里的文字是按它自己的字体编的，读出来是乱码。", "请把原来的 Word 文件传上来。"
        )
    return text


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise UnreadableReportError(
                "encrypted", "PDF 加了密码，打不开。", "请另存为不加密的文件再传。"
            ) from error
        raise UnreadableReportError(
            "broken", "PDF 文件已损坏，打不开。", "请重新导出，或另存为 .docx 再传。"
        ) from error


def _legible(text: str) -> float:
    """The share of the characters that are not of a font's own making."""
    said = [char for char in text if not char.isspace()]
    return sum(category(char) not in {"Co", "Cn", "Cc"} for char in said) / max(len(said), 1)


# --- a page ---


@dataclass(frozen=True)
class _Line:
    """What stands in one place of a page: a line of text, or the rows of a table."""

    box: Box
    said: Sequence[str]


def _page_lines(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    try:
        page = document[number]
        words = page.get_textpage()
        ruled = [_Line(table.box, _rows(table, words)) for table in tables([*_shapes(page)])]
        free = [line for line in _lines(words) if not any(table.box.holds(line.box) for table in ruled)]
    except pypdfium2.PdfiumError:  # one page that cannot be opened does not lose the others
        return []
    return [said for line in _from_top([*free, *ruled]) for said in line.said]


def _lines(words: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    """The lines of text with their places, as the program wrote them."""
    said = words.get_text_range()
    if len(said) != words.count_chars():  # a character is no place of its own here
        yield from (_Line(Box(0, 0, 0, 0), [line]) for line in _plain(said).split("\n") if line.strip())
        return
    for found in re.finditer(r"[^\r\n]*[^\s][^\r\n]*", said):
        first, last = words.get_charbox(found.start()), words.get_charbox(found.end() - 1)
        line = _plain(_without_note_marks(words, found)).strip()
        yield _Line(Box(first[0], first[1], max(first[2], last[2]), first[3]), [line])


def _without_note_marks(words: pypdfium2.PdfTextPage, line: re.Match[str]) -> str:
    """A line without the small numbers that refer to a note."""
    kept, start = "", line.start()
    for mark in NOTE_MARK.finditer(line.string, *line.span()):
        before, size = (raw.FPDFText_GetFontSize(words.raw, at) for at in (mark.start() - 1, mark.start()))
        if size < SMALL * before:
            kept, start = kept + line.string[start : mark.start()], mark.end()
    return kept + line.string[start : line.end()]


def _rows(table: Table, words: pypdfium2.PdfTextPage) -> list[str]:
    def read(box: Box) -> list[str]:
        inside = _plain(words.get_text_bounded(box.left, box.bottom, box.right, box.top))
        return ["".join(_joined([line.strip() for line in inside.split("\n") if line.strip()]))]

    return [*row_lines(table.cells(read))]


def _shapes(page: pypdfium2.PdfPage) -> Iterator[Box]:
    """The lines that are drawn on a page, those of rectangles one by one."""
    for number, drawn in enumerate(page.get_objects([raw.FPDF_PAGEOBJ_PATH], max_depth=DEEPEST)):
        if number > MOST_SHAPES:
            return
        box = Box(*drawn.get_bounds())
        corners = raw.FPDFPath_CountSegments(drawn.raw)
        thick = box.right - box.left > THIN and box.top - box.bottom > THIN
        if not thick:
            yield box
        elif corners in WITH_CORNERS:
            yield from sides(box)


def _from_top(lines: Sequence[_Line]) -> list[_Line]:
    """Lines from the top of the page down; one that goes back up beside the others begins a column."""
    ordered: list[_Line] = []
    for line in lines:
        if not ordered or _is_beside(line.box, ordered[-1].box):
            ordered.append(line)
            continue
        lower = (
            at for at, one in enumerate(ordered) if one.box.top < line.box.bottom and _may_follow(one, line)
        )
        ordered.insert(next(lower, len(ordered)), line)
    return ordered


def _is_beside(line: Box, before: Box) -> bool:
    """Whether a line stands further up and to the right of the one before: the head of the next column."""
    return line.bottom > before.top and line.left >= before.right


def _may_follow(lower: _Line, line: _Line) -> bool:
    """Whether two lines stand in one column."""
    return lower.box.left < line.box.right and line.box.left < lower.box.right


def _plain(said: str) -> str:
    return said.replace("\r\n", "\n").replace("\ufffe", "").replace("\0", "")


# --- all pages ---


def without_furniture(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages without page numbers and without heads and feet that most pages repeat."""
    edges = Counter(
        kind for page in pages for kind in {_but_for_numbers(line) for line in (*page[:1], *page[-1:])}
    )
    often = {kind for kind, count in edges.items() if len(pages) > 1 and count * 2 > len(pages)}

    def is_furniture(line: str) -> bool:
        return PAGE_NUMBER.fullmatch(line) is not None or (
            "\t" not in line and _but_for_numbers(line) in often
        )

    lines: list[str] = []
    for page in pages:
        first, last = 0, len(page)
        while first < last and is_furniture(page[first]):
            first += 1
        while first < last and is_furniture(page[last - 1]):
            last -= 1
        lines.extend(page[first:last])
    return lines


def _but_for_numbers(line: str) -> str:
    return re.sub(r"\d+", "#", line)


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines joined where the paper's edge broke them: a full line goes on in the next one."""
    full = _full_width([_width(line) for line in lines if "\t" not in line])
    joined: list[str] = []
    before = ""
    for line in lines:
        if joined and _goes_on(before, line, full):
            joined[-1] += _gap(before, line) + line
        else:
            joined.append(line)
        before = line
    return joined


def _full_width(widths: Sequence[int]) -> float:
    """How wide a line is that reaches the edge; without bound where only the title is so wide."""
    full = sorted(widths)[len(widths) * 9 // 10] if widths else 0
    return full if any(width >= full - RAGGED for width in widths[1:]) else inf


def _goes_on(before: str, line: str, full: float) -> bool:
    if "\t" in before or "\t" in line or BEGINS.match(line):
        return False
    width = _width(before)
    if before.endswith(UNFINISHED):
        return True
    return width >= full - RAGGED and not (before.endswith(ENDS) and width < full)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """All lines of a cell, which is as wide as its column."""
    for before, line in zip(["", *lines], lines, strict=False):
        yield (_gap(before, line) if before else "") + line


def _width(line: str) -> int:
    """How wide a line is in half characters, without the blanks that a program puts between scripts."""
    return sum(1 + (east_asian_width(char) in "WFA") for char in line if char != " ")


def _gap(before: str, after: str) -> str:
    """Latin words are parted by the break of a line, Chinese ones are not."""
    return " " if before[-1].isascii() and before[-1].isalnum() and after[0].isascii() else ""
