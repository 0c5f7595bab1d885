"""What the forms of a page hold, read from the page itself: fields, values, where they stand. Pure.

So no form has to say twice what it was filled with, whichever template made it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

PICKED = frozenset({"checkbox", "radio"})
NO_WORDS = frozenset({"hidden", "password", "file", "submit", "button", "image", "reset"})
Span = tuple[int, int]  # first character and the one after the last


@dataclass
class Field:
    """A field, or the fields of one name: what is chosen or written, and how the page calls it.

    `words` says for each value that can be chosen what the page calls it; `places` where a word about the
    field can stand (for boxes: about each value), `folds` which folded parts have to open for it; `group`
    names the fields of a row that only make sense together.
    """

    name: str
    kind: str
    id: str = ""
    values: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    folds: list[int] = field(default_factory=list)
    group: str = ""
    label: str = ""

    @property
    def is_boxes(self) -> bool:
        """Whether each value is chosen or not by itself."""
        return self.kind == "checkbox"

    @property
    def said(self) -> str:
        """What the field holds, in the words of the page."""
        return "、".join(self.words.get(value) or value for value in self.values).strip()


@dataclass
class Form:
    """A form that posts: to which path, its fields by name, the start tags of its hidden fields."""

    action: str
    fields: dict[str, Field] = field(default_factory=dict)
    hidden: dict[str, Span] = field(default_factory=dict)


def read_forms(html: str, page: str) -> list[Form]:
    """Return the forms of a page that post. `page`: its path, which a form without an action posts to."""
    reader = _Reader(html, page)
    reader.feed(html)
    return reader.forms


class _Reader(HTMLParser):
    """Walks through a page and notes what its forms hold."""

    def __init__(self, html: str, page: str) -> None:
        super().__init__()
        self.html, self.page = html, page
        self.forms: list[Form] = []
        self.form: Form | None = None
        self._lines = [0]
        for line in html.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._folds: list[int] = []
        self._groups: list[str] = []
        self._headings: list[str] = []  # of the open fieldsets
        self._row = (0, "")  # of a table: where the words of its heading begin, the words
        self._labels: dict[str, tuple[str, int]] = {}  # of a field's id: the words, the end
        self._label: tuple[str, int] | None = None  # the open one: for which id, where its words begin
        self._boxes: list[tuple[Field, str]] = []  # inside the open label
        self._legend = (0, "", 0)  # the last one: where its words begin, its words, its end
        self._select: Field | None = None
        self._option: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Note a field, or what it stands in."""
        given = {key: value or "" for key, value in attrs}
        start = self._here()
        end = start + len(self.get_starttag_text() or "")
        if tag == "form":
            self._begin(given)
        elif tag == "details":
            self._folds.append(-1 if "open" in given else start)
        elif tag == "fieldset":
            self._groups.append(given.get("data-as-one", ""))
            self._headings.append("")
        elif tag == "tr":
            self._row = (end, "")
        elif tag == "th":
            self._row = (end, self._row[1])
        elif tag == "legend":
            self._legend = (end, "", end)
        elif tag == "label":
            self._label, self._boxes = (given.get("for", ""), end), []
        elif tag == "option" and self._select is not None:
            self._close_option(start)
            self._begin_option(given, end, "selected" in given)
        elif tag in ("input", "textarea", "select") and self.form is not None and given.get("name"):
            self._note(tag, given, (start, end))

    def handle_endtag(self, tag: str) -> None:
        """Leave a part of the page."""
        start = self._here()
        end = self.html.find(">", start) + 1
        if tag == "form":
            self.form = None
        elif tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "fieldset" and self._groups:
            self._groups.pop()
            self._headings.pop()
        elif tag == "th":
            self._row = (start, _words(self.html[self._row[0] : start]))
        elif tag == "legend":
            self._headings[-1:] = [_words(self.html[self._legend[0] : start])]
            self._legend = (self._legend[0], _words(self.html[self._legend[0] : start]), end)
        elif tag == "label" and self._label is not None:
            self._end_label(start, end)
        elif tag == "option":
            self._close_option(start)
        elif tag == "select" and self._select is not None:
            self._close_option(start)
            if not self._select.values and self._select.words:  # a browser then shows the first
                self._select.values = [next(iter(self._select.words))]
            self._select = None

    def _begin(self, given: dict[str, str]) -> None:
        posts = given.get("method", "").casefold() == "post"
        there = urlsplit(urljoin(self.page, given.get("action", ""))).path
        self.form = Form(there) if posts else None
        self._labels = {}
        if self.form is not None:
            self.forms.append(self.form)

    def _note(self, tag: str, given: dict[str, str], tag_at: Span) -> None:
        assert self.form is not None
        name, kind = given["name"], given.get("type", "text").casefold() if tag == "input" else tag
        if kind == "hidden":
            self.form.hidden[name] = tag_at
        if kind in NO_WORDS:
            return
        found = self.form.fields.setdefault(name, Field(name, kind, group=" ".join(self._groups).strip()))
        found.id = found.id or (name if kind in PICKED else given.get("id", name))
        found.folds = [fold for fold in self._folds if fold >= 0]
        if kind in PICKED:
            self._note_box(found, given, tag_at)
            return
        words, place = self._labels.get(given.get("id", ""), (given.get("aria-label", ""), tag_at[0]))
        found.label, found.places[""] = self._headed(words), place
        if kind == "select":
            self._select = found
        elif kind == "textarea":
            text = self.html[tag_at[1] : self.html.find("</textarea", tag_at[1])]
            found.values.append(unescape(text.removeprefix("\r\n").removeprefix("\n")))
        else:
            found.values.append(given.get("value", ""))

    def _note_box(self, found: Field, given: dict[str, str], tag_at: Span) -> None:
        value = given.get("value", "on")
        found.words[value], found.places[value] = "", tag_at[0]
        if found.kind == "radio":
            found.label, found.places[""] = self._legend[1:]
        if "checked" in given:
            found.values.append(value)
        if self._label is not None:
            self._boxes.append((found, value))

    def _end_label(self, start: int, end: int) -> None:
        assert self._label is not None
        field_id, begins = self._label
        words = _words(self.html[begins:start])
        self._labels[field_id] = (words, end)
        for box, value in self._boxes:
            box.words[value] = words
            if box.is_boxes:
                box.words[value], box.places[value] = self._headed(words), start
        self._label, self._boxes = None, []

    def _headed(self, words: str) -> str:
        """Return the name of a field with that of the row it stands in."""
        heading = (self._headings[-1] if self._headings else "") or self._row[1]
        return f"{heading} · {words}" if heading else words

    def _begin_option(self, given: dict[str, str], end: int, chosen: bool) -> None:
        assert self._select is not None
        value = given.get("value", "")
        self._option = (value, end)
        if chosen:
            self._select.values = [value]

    def _close_option(self, start: int) -> None:
        if self._option is not None and self._select is not None:
            value, begins = self._option
            self._select.words[value] = _words(self.html[begins:start])
        self._option = None

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def _words(html: str) -> str:
    named = re.sub(r'<span class="soft">.*?</span>', "", html)  # “（可不填）” is no part of a name
    return " ".join(unescape(re.sub(r"<[^>]*>", "", named)).split())
