"""The text of a .pdf: its broken lines joined to paragraphs, without what repeats on every page.

A scanned page has no text; that is said, not guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from unicodedata import east_asian_width

import pypdfium2

from tracker.reports.unreadable import UnreadableReportError

MOST_PAGES = 300
PAGE_NUMBER = re.compile(r"[\s—–\-－·第页共/／\d]{1,14}")
# A line that begins so begins a paragraph of its own.
BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|[①-⑳]|附件)"
)
ENDS = ("。", "！", "？", "：", "；", ":", ";", "”")
RAGGED = 5  # half characters by which a full line may be shorter than others: a word or mark did not fit


def printed_text(content: bytes) -> str:
    """The paragraphs of a .pdf. UnreadableReportError when it is broken, locked, endless or scanned."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise UnreadableReportError(
            "broken", "PDF 文件已损坏或加了密码，打不开。", "请另存为不加密的文件再传。"
        ) from error
    if len(document) > MOST_PAGES:
        raise UnreadableReportError("too_large", f"PDF 超过 {MOST_PAGES} 页，没有读。", "请分开后再传。")
    pages = [_page_lines(document, number) for number in range(len(document))]
    text = "\n".join(paragraphs(without_furniture(pages)))
    if not text.strip():
        raise UnreadableReportError(
            "scanned", "PDF 里没有文字，可能是扫描件或图片。", "请用文字识别软件转成 Word 后再传。"
        )
    return text


def _page_lines(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    try:
        page = document[number].get_textpage().get_text_range()
    except pypdfium2.PdfiumError:  # one page that cannot be opened does not lose the others
        return []
    plain = page.replace("\r\n", "\n").replace("\ufffe", "").replace("\0", "")
    return [line.strip() for line in plain.split("\n") if line.strip()]


def without_furniture(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages without page numbers and without heads and feet that most pages repeat."""
    edges = Counter(line for page in pages for line in {*page[:1], *page[-1:]})
    often = {line for line, count in edges.items() if len(pages) > 2 and count * 2 > len(pages)}
    lines: list[str] = []
    for page in pages:
        kept = list(page)
        while kept and (kept[0] in often or PAGE_NUMBER.fullmatch(kept[0])):
            del kept[0]
        while kept and (kept[-1] in often or PAGE_NUMBER.fullmatch(kept[-1])):
            del kept[-1]
        lines.extend(kept)
    return lines


def paragraphs(lines: Sequence[str]) -> list[str]:
    """Lines joined where the paper's edge broke them: a full line goes on in the next one."""
    if not lines:
        return []
    widths = [_width(line) for line in lines]
    full = sorted(widths)[len(widths) * 9 // 10]
    joined = [lines[0]]
    for before, width, line in zip(lines, widths, lines[1:], strict=False):
        if width < full - RAGGED or BEGINS.match(line) or (before.endswith(ENDS) and width < full):
            joined.append(line)
        else:
            joined[-1] += _gap(before, line) + line
    return joined


def _width(line: str) -> int:
    """How wide a line is in half characters, without the blanks that a program puts between scripts."""
    return sum(1 + (east_asian_width(char) in "WFA") for char in line if char != " ")


def _gap(before: str, after: str) -> str:
    """Latin words are parted by the break of a line, Chinese ones are not."""
    return " " if before[-1].isascii() and before[-1].isalnum() and after[0].isascii() else ""
