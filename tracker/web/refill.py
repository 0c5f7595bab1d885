"""Putting what somebody typed back into the form of a page, whatever page it is. Pure.

Only start tags and the text of areas are rewritten, in place; passwords, files, and the tokens that a page
gives out anew stay as the page has them.
"""

from collections.abc import Iterable
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

NEVER = frozenset({"csrf_token", "once"})  # each page has its own
UNTOUCHED = frozenset({"password", "file", "submit", "button", "image", "reset"})
PICKED = frozenset({"checkbox", "radio"})
Attributes = list[tuple[str, str | None]]


def refill(html: str, *, page: str, action: str, typed: Iterable[tuple[str, str]]) -> str | None:
    """Return a page with what was typed in its form that posts to `action`; None where it has no such form.

    `page` is the path of the page, which a form without an action posts to.
    """
    reader = _Forms(html, page, action, typed)
    reader.feed(html)
    if not reader.found:
        return None
    for start, end, new in sorted(reader.edits, reverse=True):
        html = html[:start] + new + html[end:]
    return html


class _Forms(HTMLParser):
    """Notes what to rewrite in the first form that posts to an address."""

    def __init__(self, html: str, page: str, action: str, typed: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.html, self.page, self.action = html, page, action
        self.typed: dict[str, list[str]] = {}
        for name, value in typed:
            self.typed.setdefault(name, []).append(value)
        self.edits: list[tuple[int, int, str]] = []
        self.found = self.inside = False
        self.select = ""
        self._lines = [0]
        for line in html.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Look at a tag; inside the form each field gets what was typed there."""
        given = dict(attrs)
        if tag == "form" and not self.found:
            posts = (given.get("method") or "").casefold() == "post"
            there = urlsplit(urljoin(self.page, given.get("action") or "")).path
            self.found = self.inside = posts and there == self.action
        elif self.inside and tag == "select":
            self.select = given.get("name") or ""
        elif self.inside and tag == "option" and self.select in self.typed:
            self._pick(tag, attrs, "selected", self.select)
        elif self.inside and tag in ("input", "textarea"):
            self._fill(tag, attrs, given.get("name") or "", (given.get("type") or "text").casefold())

    def handle_endtag(self, tag: str) -> None:
        """Leave the form."""
        if tag == "form":
            self.inside = False

    def _fill(self, tag: str, attrs: Attributes, name: str, kind: str) -> None:
        if name in NEVER or kind in UNTOUCHED:
            return
        if kind in PICKED:
            self._pick(tag, attrs, "checked", name)
        elif self.typed.get(name):
            value = self.typed[name].pop(0)
            if tag == "textarea":
                start = self._here() + len(self.get_starttag_text() or "")
                self.edits.append((start, self.html.find("</textarea", start), "\n" + escape(value)))
            else:
                self._rewrite(tag, [(key, old) for key, old in attrs if key != "value"] + [("value", value)])

    def _pick(self, tag: str, attrs: Attributes, mark: str, name: str) -> None:
        chosen = dict(attrs).get("value") in self.typed.get(name, [])
        kept = [(key, old) for key, old in attrs if key != mark]
        self._rewrite(tag, kept + ([(mark, None)] if chosen else []))

    def _rewrite(self, tag: str, attrs: Attributes) -> None:
        said = "".join(f" {key}" if value is None else f' {key}="{escape(value)}"' for key, value in attrs)
        start = self._here()
        self.edits.append((start, start + len(self.get_starttag_text() or ""), f"<{tag}{said}>"))

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
