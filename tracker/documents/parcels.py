"""The parts of a workbook's archive, as a child process reads them. Pure; foreign input.

lxml is imported where it is used: after the child has set its limits.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

MOST_UNPACKED = 100 * 1024 * 1024
_CHUNK = 64 * 1024


class OutOfBounds(Exception):
    """The sheet has too much of something, or swells beyond what its archive says: `reason`, and where."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason)
        self.reason, self.where = reason, where


class Counted:
    """A part being unpacked; what it unpacks to is counted, whatever its archive says."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left = stream, MOST_UNPACKED

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        found = self._stream.read(_CHUNK if size < 0 else min(size, _CHUNK))
        self._left -= len(found)
        if self._left < 0:
            raise OutOfBounds("swollen")
        return found


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the name of each sheet with the part that holds it."""
    targets = {
        element.get("Id", ""): element.get("Target", "")
        for element in elements(archive, "xl/_rels/workbook.xml.rels", "Relationship")
    }
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    strict = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
    found = {}
    for element in elements(archive, "xl/workbook.xml", "sheet"):
        target = targets.get(element.get(relation) or element.get(strict) or "", "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if target and part in archive.namelist():
            found[element.get("name", "")] = part
    return found


def elements(archive: zipfile.ZipFile, part: str, *tags: str) -> Iterator[Any]:
    """Yield the elements of a part with one of some names, each when it is complete."""
    from lxml import etree  # noqa: PLC0415 - after the limits

    with archive.open(part) as stream:
        for _event, element in etree.iterparse(
            Counted(stream),
            events=("end",),
            tag=[f"{{*}}{tag}" for tag in tags],
            resolve_entities=False,
            no_network=True,
        ):
            yield element


_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def place_of(reference: str) -> tuple[int, int]:
    """Return row and column, from 0, of a reference like D12. Raises ValueError for anything else."""
    match = _PLACE.fullmatch(reference)
    if match is None:
        raise ValueError(reference)
    column = 0
    for sign in match[1]:
        column = column * 26 + ord(sign) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def reference_to(row: int, column: int) -> str:
    """Return how a spreadsheet names a cell, from its row and column, from 0: D12."""
    return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """Return how a spreadsheet names a column, from 0: A, B … Z, AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
