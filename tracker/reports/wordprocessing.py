"""Text of a WordprocessingML document, automatic numbers included.

Word keeps “一、” and “（一）” of a numbered list out of the text: they are computed from numbering.xml.
A reader that drops them merges the items of a list, so they are resolved here (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
DIGITS = "〇一二三四五六七八九"
MARKS = {W + "tab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
# Removed by a tracked change, or the second copy of a drawing's text for older programs.
NOT_TEXT = {W + "del", W + "moveFrom", W + "pPr", W + "rPr", FALLBACK}
CHINESE = {"chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "taiwaneseCounting",
           "taiwaneseCountingThousand", "japaneseCounting", "ideographDigital",
           "taiwaneseDigital"}  # fmt: skip
CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
MOST_COLUMNS = 63  # of a table in Word
ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def text_of(document: Element, numbering: Element | None, styles: Element | None) -> str:
    """The paragraphs and table rows of a document, one a line; cells of a row are parted by tabs."""
    numbers = Numbers(_Definitions.of(numbering), _style_numbers(styles))
    return "\n".join(_lines(document, numbers))


def _lines(node: Element, numbers: Numbers) -> Iterator[str]:
    for child in node:
        if child.tag == W + "p":
            yield numbers.before(child) + "".join(_runs(child))
        elif child.tag == W + "tr":
            yield "\t".join(_cell(cell, numbers) for cell in _cells(child))
        elif child.tag not in NOT_TEXT:
            yield from _lines(child, numbers)


def _cells(row: Element) -> Iterator[Element]:
    """The row's own cells, inside content controls too; those of a table in a cell belong to that cell."""
    for child in row:
        if child.tag == W + "tc":
            yield child
        elif child.tag not in NOT_TEXT:
            yield from _cells(child)


def _cell(cell: Element, numbers: Numbers) -> str:
    """The text of a cell; one that spans further columns is followed by as many empty ones."""
    said = " ".join(line for line in _lines(cell, numbers) if line)
    spanned = _whole(_value(cell.find(W + "tcPr"), W + "gridSpan"), 1)
    return said + "\t" * (min(spanned, MOST_COLUMNS) - 1)


def _runs(node: Element) -> Iterator[str]:
    for child in node:
        if child.tag == W + "t":
            yield child.text or ""
        elif child.tag in MARKS:
            yield MARKS[child.tag]
        elif child.tag not in NOT_TEXT:
            yield from _runs(child)


def _value(node: Element | None, path: str) -> str | None:
    found = node.find(path) if node is not None else None
    return found.get(W + "val") if found is not None else None


def _whole(said: str | None, otherwise: int) -> int:
    """A number of the file; another program may have written something else in its place."""
    fits = said is not None and said.isascii() and said.isdecimal() and len(said) <= 6
    return int(said) if fits and said is not None else otherwise


@dataclass(frozen=True)
class _Level:
    form: str
    pattern: str
    start: int

    @classmethod
    def of(cls, node: Element) -> _Level:
        return cls(
            _value(node, W + "numFmt") or "decimal",
            _value(node, W + "lvlText") or "",
            _whole(_value(node, W + "start"), 1),
        )


@dataclass(frozen=True)
class _Definitions:
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # abstract list → depth → level
    lists: dict[str, str] = field(default_factory=dict)  # list → abstract list
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)  # list → depth → first number

    @classmethod
    def of(cls, numbering: Element | None) -> _Definitions:
        found = cls()
        for abstract in numbering.iter(W + "abstractNum") if numbering is not None else ():
            found.levels[abstract.get(W + "abstractNumId", "")] = {
                _whole(level.get(W + "ilvl"), 0): _Level.of(level) for level in abstract.iter(W + "lvl")
            }
        for number in numbering.iter(W + "num") if numbering is not None else ():
            name = number.get(W + "numId", "")
            found.lists[name] = _value(number, W + "abstractNumId") or ""
            found.restarts[name] = {
                _whole(change.get(W + "ilvl"), 0): _whole(start, 1)
                for change in number.iter(W + "lvlOverride")
                if (start := _value(change, W + "startOverride"))
            }
        return found


def _style_numbers(styles: Element | None) -> dict[str, tuple[str | None, str | None]]:
    """List and depth that a paragraph style brings along, inherited from the style it is based on."""
    own: dict[str, tuple[str | None, str | None]] = {}
    bases: dict[str, str | None] = {}
    for style in styles.iter(W + "style") if styles is not None else ():
        name = style.get(W + "styleId", "")
        number = style.find(f"{W}pPr/{W}numPr")
        own[name] = (_value(number, W + "numId"), _value(number, W + "ilvl"))
        bases[name] = _value(style, W + "basedOn")

    def inherited(name: str | None) -> tuple[str | None, str | None]:
        seen: set[str] = set()
        number, depth = None, None
        while name is not None and name in own and name not in seen:
            seen.add(name)
            number, depth = number or own[name][0], depth or own[name][1]
            name = bases[name]
        return number, depth

    return {name: inherited(name) for name in own}


class Numbers:
    """Counts the paragraphs of each automatic list, in reading order."""

    def __init__(self, definitions: _Definitions, styles: dict[str, tuple[str | None, str | None]]) -> None:
        self.definitions = definitions
        self.styles = styles
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[tuple[str, int]] = set()

    def before(self, paragraph: Element) -> str:
        """The number Word would print before this paragraph, or nothing."""
        properties = paragraph.find(W + "pPr")
        number = properties.find(W + "numPr") if properties is not None else None
        by_style = self.styles.get(_value(properties, W + "pStyle") or "", (None, None))
        name = _value(number, W + "numId") or by_style[0]
        depth = _whole(_value(number, W + "ilvl") or by_style[1], 0)
        abstract = self.definitions.lists.get(name or "")
        levels = self.definitions.levels.get(abstract or "", {})
        if name is None or abstract is None or depth not in levels:
            return ""
        counts = self._counted(name, abstract, depth)
        return _printed(levels, depth, counts)

    def _counted(self, name: str, abstract: str, depth: int) -> dict[int, int]:
        levels = self.definitions.levels[abstract]
        counts = self.counts.setdefault(abstract, {})
        restart = self.definitions.restarts[name].get(depth)
        if restart is not None and (name, depth) not in self.begun:
            counts[depth] = restart
        else:
            counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        self.begun.add((name, depth))
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return counts


def _printed(levels: dict[int, _Level], depth: int, counts: dict[int, int]) -> str:
    level = levels[depth]
    if level.form == "bullet":
        return "· "
    if level.form == "none":
        return ""

    def number(found: re.Match[str]) -> str:
        at = int(found[1]) - 1
        shown = levels.get(at, level)
        return numeral(counts.get(at, shown.start), shown.form)

    said = re.sub(r"%([1-9])", number, level.pattern)
    return said if not said or said[-1] in "、.．)）:：是" else said + " "


def numeral(number: int, form: str) -> str:
    """A number in one of Word's number formats; formats that no office uses here come out in digits."""
    if form in CHINESE:
        return chinese(number)
    if form in CIRCLED and 1 <= number <= 20:
        return chr(0x245F + number)
    if form in {"upperLetter", "lowerLetter"}:
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if form == "upperLetter" else letter
    if form in {"upperRoman", "lowerRoman"}:
        return _roman(number).upper() if form == "upperRoman" else _roman(number)
    return str(number)


def chinese(number: int) -> str:
    """1 to 99 as an office counts: 一, 十, 十一, 二十一; beyond that in digits."""
    if not 1 <= number <= 99:
        return str(number)
    tens, ones = divmod(number, 10)
    lead = {0: "", 1: "十"}.get(tens, DIGITS[tens] + "十")
    return lead + (DIGITS[ones] if ones else "")


def _roman(number: int) -> str:
    said = ""
    for value, letters in ROMAN:
        count, number = divmod(number, value)
        said += letters * count
    return said
