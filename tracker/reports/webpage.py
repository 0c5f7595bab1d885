"""The text of a web page that was saved: its blocks one a line, tables row by row. Nothing is fetched."""

from __future__ import annotations

import re

import lxml.html
from lxml.etree import LxmlError

from tracker.reports.plain import decoded
from tracker.reports.unreadable import UnreadableReportError

UNSEEN = ("script", "style", "noscript", "template", "head", "nav", "form", "button", "iframe", "svg")
BLOCKS = frozenset(
    {"p", "div", "li", "ul", "ol", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article",
     "header", "footer", "table", "tr", "blockquote", "pre", "br", "hr"}
)  # fmt: skip
CELLS = frozenset({"td", "th"})
CHARSET = re.compile(rb"charset=[\"' ]*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5"}  # pages name an older set than they use


def webpage_text(content: bytes) -> str:
    """The visible text of a page. UnreadableReportError when there is none."""
    named = CHARSET.search(content[:4096])
    encoding = CHINESE.get(named[1].decode().lower()) if named else None
    page = content.decode(encoding, errors="replace") if encoding else decoded(content)
    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*>", "", page))
    except (LxmlError, ValueError) as error:
        raise UnreadableReportError("empty", "网页里没有文字。", "请把正文复制粘贴进来。") from error
    for unseen in list(root.iter(*UNSEEN)):
        unseen.drop_tree()
    pieces: list[str] = []
    _collect(root, pieces)
    lines = (re.sub(r"[ \xa0\u3000]+", " ", line).strip(" ") for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.removesuffix("\t") for line in lines)).strip()


def _collect(root: lxml.html.HtmlElement, pieces: list[str]) -> None:
    """Walk with a stack of its own: pages nest deeper than a program may call itself."""
    walk: list[tuple[lxml.html.HtmlElement, bool]] = [(root, False)]
    in_cell = 0
    while walk:
        node, left = walk.pop()
        is_element = isinstance(node.tag, str)
        block = is_element and node.tag in BLOCKS and (not in_cell or node.tag in {"tr", "table"})
        if left:
            in_cell -= node.tag in CELLS
            pieces.append("\t" if node.tag in CELLS else "\n" if block else "")
            pieces.append(_inline(node.tail))
            continue
        pieces.append("\n" if block and node.tag != "tr" else "")
        in_cell += is_element and node.tag in CELLS
        pieces.append(_inline(node.text) if is_element else "")
        walk.append((node, True))
        walk.extend((child, False) for child in reversed(node))


def _inline(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""
