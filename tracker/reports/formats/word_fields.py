"""Fields of a WordprocessingML document: their result is text, their code is not (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from tracker.reports.formats.word_names import W

CODE, MARK, SIMPLE = W + "instrText", W + "fldChar", W + "fldSimple"
# Page numbers and tables of contents are no words of a report.
NO_WORDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "TOC"}
MOST_OPEN = 100  # fields in one another


@dataclass
class _Field:
    code: str = ""
    shows: bool = False  # its code is over, its result has begun

    @property
    def is_silent(self) -> bool:
        return not self.shows or _names_nothing(self.code)


class Fields:
    """The fields that are open at one place of the text; they may reach over paragraphs."""

    def __init__(self) -> None:
        self.open: list[_Field] = []

    @property
    def is_silent(self) -> bool:
        """Whether what stands here is a code, or a result without words."""
        return any(field.is_silent for field in self.open)

    def take(self, node: Element) -> bool:
        """Take a mark or code of a field; False where the node is none."""
        if node.tag == CODE:
            if self.open and not self.open[-1].shows:
                self.open[-1].code += node.text or ""
        elif node.tag == MARK:
            self._mark(node.get(W + "fldCharType"))
        else:
            return False
        return True

    def pass_by(self, run: Element) -> None:
        """Follow the fields through a run that is not read."""
        for node in run:
            self.take(node)

    @contextmanager
    def simple(self, code: str) -> Iterator[None]:
        """Be inside a field that is written as one element."""
        self.open.append(_Field(code, shows=True))
        yield
        self.open.pop()

    def _mark(self, kind: str | None) -> None:
        if kind == "begin" and len(self.open) < MOST_OPEN:
            self.open.append(_Field())
        elif kind == "separate" and self.open:
            self.open[-1].shows = True
        elif kind == "end" and self.open:
            self.open.pop()


def _names_nothing(code: str) -> bool:
    words = code.split(maxsplit=1)
    return bool(words) and words[0].upper() in NO_WORDS
