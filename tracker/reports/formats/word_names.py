"""Names and values of WordprocessingML (ECMA-376 part 1)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
OFF = {"0", "false", "off"}
LONGEST_NUMBER = 6  # digits


def value(node: Element | None, path: str) -> str | None:
    """The w:val of a child, None where there is none."""
    found = node.find(path) if node is not None else None
    return found.get(W + "val") if found is not None else None


def whole(said: str | None, otherwise: int) -> int:
    """A number of the file; another program may have written something else in its place."""
    fits = said is not None and said.isascii() and said.isdecimal() and len(said) <= LONGEST_NUMBER
    return int(said) if fits and said is not None else otherwise


def is_on(switch: Element | None) -> bool:
    """Whether a switch is there and not turned off."""
    return switch is not None and switch.get(W + "val") not in OFF
