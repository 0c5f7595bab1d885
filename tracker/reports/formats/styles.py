"""What the styles of a WordprocessingML document bring along: numbers, hidden text, tables of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tracker.reports.formats.word_names import W, is_on, value

CONTENTS = re.compile(r"toc ?\d|目录 ?\d", re.IGNORECASE)


@dataclass(frozen=True)
class Styles:
    """The styles by their id; `default` is the id of the paragraph style that goes without saying."""

    numbers: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)  # list and depth
    hidden: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)  # lines of a table of contents
    default: str = ""

    @classmethod
    def of(cls, styles: Element | None) -> Styles:
        """Read styles.xml; what a style does not say it inherits from the style it is based on."""
        nodes = {node.get(W + "styleId", ""): node for node in _styles(styles)}
        bases = {name: value(node, W + "basedOn") for name, node in nodes.items()}
        lines = {name: _line(name, bases) for name in nodes}
        return cls(
            numbers={name: _number([nodes[one] for one in line]) for name, line in lines.items()},
            hidden={name for name, line in lines.items() if _is_hidden([nodes[one] for one in line])},
            contents={
                name
                for name, node in nodes.items()
                if CONTENTS.fullmatch((value(node, W + "name") or "").strip())
            },
            default=next((name for name, node in nodes.items() if _is_default(node)), ""),
        )


def _styles(styles: Element | None) -> list[Element]:
    return [] if styles is None else list(styles.iter(W + "style"))


def _line(name: str, bases: dict[str, str | None]) -> list[str]:
    """A style and those it is based on, the nearest first; a circle ends where it closes."""
    line: dict[str, None] = {}
    at: str | None = name
    while at is not None and at in bases and at not in line:
        line[at] = None
        at = bases[at]
    return list(line)


def _number(line: list[Element]) -> tuple[str | None, str | None]:
    own = [node.find(f"{W}pPr/{W}numPr") for node in line]
    lists = (value(number, W + "numId") for number in own)
    depths = (value(number, W + "ilvl") for number in own)
    return next(filter(None, lists), None), next(filter(None, depths), None)


def _is_hidden(line: list[Element]) -> bool:
    said = (node.find(f"{W}rPr/{W}vanish") for node in line)
    nearest = next((vanish for vanish in said if vanish is not None), None)
    return is_on(nearest)


def _is_default(node: Element) -> bool:
    return node.get(W + "type") == "paragraph" and node.get(W + "default") in {"1", "true", "on"}
