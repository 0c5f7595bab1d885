"""The text of a web page that was saved: its blocks one a line, tables row by row. Nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import lxml.html
from lxml.etree import LxmlError

from tracker.reports.formats.grid import MOST_COLUMNS, Cell, row_lines
from tracker.reports.formats.plain import decoded
from tracker.reports.formats.unreadable import UnreadableReportError

UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "head", "nav", "form", "button", "select", "iframe", "object",
     "svg", "title", "del", "rt", "rp"}
)  # fmt: skip
# Pages of offices seldom use <nav>; they name the parts around the text so. LibreOffice names its note marks.
AROUND = frozenset(
    {"nav", "navbar", "navigation", "menu", "breadcrumb", "breadcrumbs", "crumbs", "crumb", "footer", "foot",
     "sidebar", "share", "copyright", "toolbar", "pagination", "sdfootnoteanc", "sdfootnotesym"}
)  # fmt: skip
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
     "main", "header", "footer", "aside", "table", "caption", "blockquote", "pre", "br", "hr", "center",
     "body", "figure", "figcaption", "address", "fieldset", "details", "summary"}
)  # fmt: skip
WITHIN_TABLES = frozenset({"thead", "tbody", "tfoot"})
CHARSET = re.compile(rb"charset=[\"' ]*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5"}  # pages name an older set than they use
DEEPEST = 200  # elements in one another; beyond that the text of what is inside is taken as it comes
MOST_SPANNED = MOST_COLUMNS
IN_LISTS = (("", "."), ("（", "）"), ("(", ")"))  # 1. above （1）; what stands deeper looks like the latter
MARK = re.compile(r"\(?（?\d{1,6}[.）)]")

Element: TypeAlias = lxml.html.HtmlElement
Reaching = dict[int, tuple[int, int]]  # column → over how many more rows and over how many columns


def webpage_text(content: bytes) -> str:
    """The visible text of a page. UnreadableReportError when there is none."""
    named = CHARSET.search(content[:4096])
    encoding = CHINESE.get(named[1].decode().lower()) if named else None
    page = content.decode(encoding, errors="replace") if encoding else decoded(content)
    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", page.replace("\0", "")))
    except (LxmlError, ValueError) as error:
        raise UnreadableReportError("empty", "网页里没有文字。", "请把正文复制粘贴进来。") from error
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_Page().lines(root, 0))).strip()


class _Page:
    """One walk over a page; words gather in `said` until a block begins or ends."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.numbers: list[int] = []  # of the numbered lists that are open: what comes next

    def lines(self, node: Element, depth: int) -> Iterator[str]:
        """The lines of a node."""
        yield from self._inside(node, depth)
        yield from self._line()

    def _inside(self, node: Element, depth: int) -> Iterator[str]:
        self.said.append(node.text or "")
        for child in node:
            if isinstance(child.tag, str) and not _is_unseen(child):
                yield from self._element(child, depth + 1)
            self.said.append(child.tail or "")

    def _element(self, node: Element, depth: int) -> Iterator[str]:
        if depth > DEEPEST:
            self.said.append(" ".join(node.itertext()))
        elif node.tag == "table":
            yield from self._line()
            yield from row_lines(self._rows(node, depth))
        elif node.tag == "ol":
            yield from self._line()
            self.numbers.append(_whole(node, "start", 1))
            yield from self._inside(node, depth)
            self.numbers.pop()
        elif node.tag in BLOCKS:
            yield from self._line()
            if node.tag == "li":
                self._number(node)
            yield from self._inside(node, depth)
            yield from self._line()
        else:
            yield from self._inside(node, depth)

    def _line(self) -> Iterator[str]:
        line = re.sub(r"\s+", " ", "".join(self.said)).strip()
        if MARK.fullmatch(line):  # what it numbers begins with a block of its own
            return
        self.said = []
        if line:
            yield line

    def _number(self, item: Element) -> None:
        """Number an item of a numbered list, in signs that tell how deep it stands."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol" or not self.numbers:
            return
        number = _whole(item, "value", self.numbers[-1])
        self.numbers[-1] = number + 1
        before, after = IN_LISTS[min(len(self.numbers), len(IN_LISTS)) - 1]
        self.said.append(f"{before}{number}{after}")

    # --- tables ---

    def _rows(self, table: Element, depth: int) -> list[list[Cell]]:
        """The rows of a table, with a mark where a cell reaches down from an earlier row."""
        reaching: Reaching = {}
        rows = []
        for row in _of("tr", table):
            cells: list[Cell] = []
            further: Reaching = {}
            for cell in _of("td", row):
                _reach(cells, reaching, further)
                at, down, columns = _width(cells), _span(cell, "rowspan"), _span(cell, "colspan")
                if down > 1:
                    further[at] = down - 1, columns
                cells.append(Cell([*_Page().lines(cell, depth + 3)], columns))
            _reach(cells, reaching, further)
            rows.append(cells)
            reaching = further
        return rows


def _reach(cells: list[Cell], reaching: Reaching, further: Reaching) -> None:
    """Put the cells that reach down from above where the next cell would stand."""
    while (found := reaching.get(at := _width(cells))) is not None:
        down, columns = found
        cells.append(Cell([], columns, above=True))
        if down > 1:
            further[at] = down - 1, columns


def _width(cells: list[Cell]) -> int:
    return sum(cell.columns for cell in cells)


def _of(tag: str, node: Element) -> Iterator[Element]:
    """Rows of a table or cells of a row, none of a table further inside."""
    for child in node:
        if child.tag == tag or (tag == "td" and child.tag == "th"):
            if not _is_unseen(child):
                yield child
        elif child.tag in WITHIN_TABLES:
            yield from _of(tag, child)


def _is_unseen(node: Element) -> bool:
    if node.tag in UNSEEN or "hidden" in node.attrib or HIDDEN.search(node.get("style", "")):
        return True
    if node.tag == "div" and node.get("title") in {"header", "footer"}:  # of a printed page
        return True
    named = f"{node.get('class', '')} {node.get('id', '')} {node.get('role', '')}".lower().split()
    return not AROUND.isdisjoint(named)


def _span(cell: Element, name: str) -> int:
    return max(1, min(_whole(cell, name, 1), MOST_SPANNED))


def _whole(node: Element, name: str, otherwise: int) -> int:
    said = node.get(name, "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 6 else otherwise
