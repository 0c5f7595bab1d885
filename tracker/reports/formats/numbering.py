"""The automatic numbers of a WordprocessingML document, as Word would print them.

Word keeps “一、” and “（一）” of a numbered list out of the text: they are computed from numbering.xml.
A reader that drops them merges the items of a list, so they are resolved here (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tracker.reports.formats.numerals import numeral
from tracker.reports.formats.styles import Styles
from tracker.reports.formats.word_names import W, value, whole

LONGEST_PATTERN = 64  # characters of “%1.%2.”; Word allows fewer
CLOSED = "、.．)）:：是"  # after these nothing parts the number from the words


@dataclass(frozen=True)
class Level:
    """How one depth of a list is numbered; `restart`: after which level it begins anew, counted from 1."""

    form: str
    pattern: str
    start: int
    restart: int | None
    legal: bool
    style: str | None

    @classmethod
    def of(cls, node: Element) -> Level:
        """Read a w:lvl."""
        restart = value(node, W + "lvlRestart")
        return cls(
            form=next((form.get(W + "val", "") for form in node.iter(W + "numFmt")), "decimal"),
            pattern=(value(node, W + "lvlText") or "")[:LONGEST_PATTERN],
            start=whole(value(node, W + "start"), 1),
            restart=None if restart is None else whole(restart, 0),
            legal=node.find(W + "isLgl") is not None,
            style=value(node, W + "pStyle"),
        )


Levels = Mapping[int, Level]


@dataclass(frozen=True)
class Definitions:
    """The lists of numbering.xml."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # abstract list → depth → level
    lists: dict[str, str] = field(default_factory=dict)  # list → abstract list
    changed: dict[str, dict[int, Level]] = field(default_factory=dict)  # list → depth → its own level
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)  # list → depth → first number

    @classmethod
    def of(cls, numbering: Element | None, styles: Styles) -> Definitions:
        """Read numbering.xml. A list that names a style is the one which that style names."""
        found = cls()
        if numbering is None:
            return found
        named: dict[str, str] = {}
        for abstract in numbering.iter(W + "abstractNum"):
            name = abstract.get(W + "abstractNumId", "")
            found.levels[name] = _levels(abstract)
            if style := value(abstract, W + "numStyleLink"):
                named[name] = style
        for number in numbering.iter(W + "num"):
            found._add(number)
        for name, style in named.items():
            meant = found.lists.get(styles.numbers.get(style, (None, None))[0] or "", name)
            found.lists.update({number: meant for number, own in found.lists.items() if own == name})
        return found

    def _add(self, number: Element) -> None:
        name = number.get(W + "numId", "")
        self.lists[name] = value(number, W + "abstractNumId") or ""
        self.changed[name], self.restarts[name] = {}, {}
        for change in number.iter(W + "lvlOverride"):
            depth = whole(change.get(W + "ilvl"), 0)
            if (level := change.find(W + "lvl")) is not None:
                self.changed[name][depth] = Level.of(level)
            if start := value(change, W + "startOverride"):
                self.restarts[name][depth] = whole(start, 1)


def _levels(abstract: Element) -> dict[int, Level]:
    return {whole(level.get(W + "ilvl"), 0): Level.of(level) for level in abstract.iter(W + "lvl")}


class Numbers:
    """Counts the paragraphs of each automatic list, in reading order."""

    def __init__(self, numbering: Element | None, styles: Styles) -> None:
        self.definitions = Definitions.of(numbering, styles)
        self.styles = styles
        self.levels: dict[str, Levels] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()

    def before(self, paragraph: Element) -> str:
        """The number Word would print before this paragraph, or nothing."""
        properties = paragraph.find(W + "pPr")
        own = properties.find(W + "numPr") if properties is not None else None
        style = value(properties, W + "pStyle") or self.styles.default
        by_style = self.styles.numbers.get(style, (None, None))
        name = value(own, W + "numId") or by_style[0] or ""
        abstract = self.definitions.lists.get(name)
        if abstract is None:
            return ""
        levels = self._levels(name, abstract)
        depth = _depth(value(own, W + "ilvl"), by_style[1], style, levels)
        if depth not in levels:
            return ""
        return _printed(levels, depth, self._counted(name, abstract, depth, levels))

    def _levels(self, name: str, abstract: str) -> Levels:
        """The levels of a list: those of the abstract one and its own instead of some."""
        if name not in self.levels:
            own = self.definitions.changed[name]
            self.levels[name] = {**self.definitions.levels.get(abstract, {}), **own}
        return self.levels[name]

    def _counted(self, name: str, abstract: str, depth: int, levels: Levels) -> dict[int, int]:
        counts = self.counts.setdefault(abstract, {})
        restart = self.definitions.restarts[name].get(depth)
        if restart is not None and (name, depth) not in self.begun:
            counts[depth] = restart
        else:
            counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        self.begun.add((name, depth))
        for deeper in [level for level in counts if level > depth]:
            after = levels[deeper].restart if deeper in levels else None
            if after is None or depth < after:
                del counts[deeper]
        return counts


def _depth(own: str | None, by_style: str | None, style: str, levels: Levels) -> int:
    """How deep a paragraph stands: as it says itself, else at the level that names its style."""
    if own is not None:
        return whole(own, 0)
    linked = next((depth for depth, level in levels.items() if style and level.style == style), None)
    return whole(by_style, 0) if linked is None else linked


def _printed(levels: Levels, depth: int, counts: Mapping[int, int]) -> str:
    level = levels[depth]
    if level.form == "bullet":
        return "· "
    if level.form == "none":
        return ""

    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        shown = levels.get(at, level)
        return numeral(counts.get(at, shown.start), "decimal" if level.legal else shown.form)

    said = re.sub(r"%([1-9])", number, level.pattern)
    return said if not said or said[-1] in CLOSED else said + " "
