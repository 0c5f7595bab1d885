"""Rows put into a form that somebody made (.xlsx), whose own look stays: widths, borders, print set-up.

Only the cells below the form's header are written, into the archive's own parts; everything else of the
file is handed on as it came. Foreign input, so a child process with limits does it
(`python -m tracker.documents.filled_form`).
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tracker.documents.child import NoAnswer, answer_of, within_limits
from tracker.documents.layout import lines_in
from tracker.documents.parcels import Counted, OutOfBounds, letters, place_of, sheet_parts
from tracker.documents.sheet import UnreadableSheetError

MEMORY_BYTES = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 30
PATIENCE_SECONDS = 60.0
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
EPOCH = date(1899, 12, 30)
USUAL_WIDTH = 8.43  # characters, where a form says nothing
LINE_PT, PADDING_PT, HIGHEST_PT = 14.0, 4.0, 409.0


@dataclass(frozen=True)
class Filling:
    """What is written: from which row (from 1) on, in which columns (from 0), how many blank rows are there.

    `rows` has one entry a column: text, a whole number, or a day as {"day": "2025-11-30"}; `above` are texts
    that replace cells above (row from 1, column from 0).
    """

    sheet: str
    first: int
    blank: int
    columns: Sequence[int]
    rows: Sequence[Sequence[Any]]
    above: Sequence[tuple[int, int, str]] = ()


def fill_form(name: str, content: bytes, filling: Filling) -> bytes:
    """Return the form with its rows filled. Raises UnreadableSheetError where a limit was hit."""
    told = json.dumps(asdict(filling), ensure_ascii=False).encode()
    module, length = "tracker.documents.filled_form", str(len(told))
    try:
        return answer_of(module, told + content, length, patience=PATIENCE_SECONDS)
    except NoAnswer as error:
        raise UnreadableSheetError(
            f"填写模板“{name}”用的时间或内存超过了上限，或文件已损坏，已经停下。请另存为 .xlsx 再传。"
        ) from error


# --- the child's side -------------------------------------------------------------------------------


def answer_parent() -> None:
    """Fill one form within limits: what to write and the form come in, the filled form goes out."""
    within_limits(MEMORY_BYTES, PROCESSOR_SECONDS)
    size = int(sys.argv[1])
    sent = sys.stdin.buffer.read()
    filling = Filling(**json.loads(sent[:size]))
    try:
        sys.stdout.buffer.write(_filled(sent[size:], filling))
    except OutOfBounds:
        sys.exit(3)


def _filled(content: bytes, filling: Filling) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = sheet_parts(archive)[filling.sheet]
        sheet = _tree(archive, part)
        _Form(sheet, _looks(archive), filling).fill()
        changed = {part: sheet}
        changed |= {name: tree for name in _SHIFTED if (tree := _without_chain(archive, name)) is not None}
        workbook = _tree(archive, "xl/workbook.xml")
        _stretch_names(workbook, filling)
        changed["xl/workbook.xml"] = workbook
        return _packed(archive, changed)


_CHAIN = "xl/calcChain.xml"  # where formulas stand: rows move, and a spreadsheet makes it anew
_SHIFTED = ("[Content_Types].xml", "xl/_rels/workbook.xml.rels")


def _packed(archive: zipfile.ZipFile, changed: Mapping[str, Any]) -> bytes:
    from lxml import etree  # noqa: PLC0415 - after the limits

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in archive.infolist():
            if entry.filename == _CHAIN:
                continue
            if entry.filename in changed:
                text = etree.tostring(
                    changed[entry.filename], xml_declaration=True, encoding="UTF-8", standalone=True
                )
            else:
                with archive.open(entry) as stream:
                    text = _whole(stream)
            made.writestr(entry.filename, text)
    return content.getvalue()


def _whole(stream: Any) -> bytes:
    counted, found = Counted(stream), []
    while piece := counted.read(65536):
        found.append(piece)
    return b"".join(found)


def _tree(archive: zipfile.ZipFile, part: str) -> Any:
    from lxml import etree  # noqa: PLC0415 - after the limits

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    with archive.open(part) as stream:
        return etree.fromstring(_whole(stream), parser)


def _without_chain(archive: zipfile.ZipFile, part: str) -> Any | None:
    if _CHAIN not in archive.namelist():
        return None
    tree = _tree(archive, part)
    for element in list(tree):
        if element.get("PartName") == f"/{_CHAIN}" or element.get("Target", "").endswith("calcChain.xml"):
            tree.remove(element)
    return tree


_A_DAY = re.compile(r"[ymd年月日]", re.IGNORECASE)
_BUILT_IN_DAYS = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))


@dataclass(frozen=True)
class _Looks:
    """The numbers of the styles that show a number as a day, and of those that wrap their text."""

    days: frozenset[int] = frozenset()
    wrapped: frozenset[int] = frozenset()


def _looks(archive: zipfile.ZipFile) -> _Looks:
    if "xl/styles.xml" not in archive.namelist():
        return _Looks()
    styles = _tree(archive, "xl/styles.xml")
    own = {
        int(form.get("numFmtId"))
        for form in styles.iterfind(f".//{{{MAIN}}}numFmts/{{{MAIN}}}numFmt")
        if _A_DAY.search(re.sub(r'"[^"]*"|\[[^\]]*\]', "", form.get("formatCode", "")))
    }
    found = list(styles.iterfind(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf"))
    aligned = [look.find(f"{{{MAIN}}}alignment") for look in found]
    return _Looks(
        frozenset(
            at for at, look in enumerate(found) if int(look.get("numFmtId", 0)) in own | _BUILT_IN_DAYS
        ),
        frozenset(
            at for at, one in enumerate(aligned) if one is not None and one.get("wrapText") in ("1", "true")
        ),
    )


class _Form:
    """The sheet of a form while it is filled."""

    def __init__(self, sheet: Any, looks: _Looks, filling: Filling) -> None:
        self.sheet, self.looks, self.filling = sheet, looks, filling
        self.cells = sheet.find(f"{{{MAIN}}}sheetData")
        self.rows = {int(row.get("r", 0)): row for row in self.cells}
        self.pattern = self.rows.get(filling.first)

    def fill(self) -> None:
        """Make room, write the rows, let what names ranges name the longer ones."""
        more = _more(self.filling)
        pattern = None if self.pattern is None else deepcopy(self.pattern)
        if more:
            self._move_down(self.filling.first + self.filling.blank, more)
        for at, values in enumerate(self.filling.rows):
            self._write(self._row(self.filling.first + at, pattern), values)
        for row, column, text in self.filling.above:
            if row in self.rows:
                self._put(self.rows[row], column, text)
        self.cells[:] = sorted(self.cells, key=lambda row: int(row.get("r")))
        self._stretch_ranges()

    def _move_down(self, start: int, more: int) -> None:
        for number in sorted((number for number in self.rows if number >= start), reverse=True):
            row = self.rows.pop(number)
            row.set("r", str(number + more))
            for cell in row:
                cell.set("r", f"{cell.get('r', '').rstrip('0123456789')}{number + more}")
            self.rows[number + more] = row

    def _row(self, number: int, pattern: Any) -> Any:
        """Return a row to write into: the form's own, or one with the look of the first."""
        if number in self.rows:
            row = self.rows[number]
        else:
            row = self.cells.makeelement(f"{{{MAIN}}}row", {} if pattern is None else dict(pattern.attrib))
            row.set("r", str(number))
            for cell in () if pattern is None else pattern:
                blank = row.makeelement(
                    f"{{{MAIN}}}c", {key: cell.get(key) for key in ("s",) if cell.get(key)}
                )
                blank.set("r", f"{cell.get('r', '').rstrip('0123456789')}{number}")
                row.append(blank)
            self.cells.append(row)
            self.rows[number] = row
        return row

    def _write(self, row: Any, values: Sequence[Any]) -> None:
        lines = 1
        for column, value in zip(self.filling.columns, values, strict=True):
            cell = self._put(row, column, value)
            if isinstance(value, str) and int(cell.get("s", 0)) in self.looks.wrapped:
                lines = max(lines, lines_in(value, self._width(column)))
        high = min(lines * LINE_PT + PADDING_PT, HIGHEST_PT)
        if lines > 1 and high > float(row.get("ht", 0)):  # the form's own height stays where it is enough
            row.set("ht", str(high))
            row.set("customHeight", "1")

    def _width(self, column: int) -> float:
        """Return how wide a column is, in characters."""
        for one in self.sheet.iterfind(f"{{{MAIN}}}cols/{{{MAIN}}}col"):
            if int(one.get("min", 0)) <= column + 1 <= int(one.get("max", 0)):
                return float(one.get("width", USUAL_WIDTH))
        return USUAL_WIDTH

    def _put(self, row: Any, column: int, value: Any) -> Any:
        """Write into a cell, keeping its look, and return it."""
        cell = self._cell(row, column)
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        day = date.fromisoformat(value["day"]) if isinstance(value, dict) else None
        if day is not None and int(cell.get("s", 0)) not in self.looks.days:
            value, day = day.isoformat(), None
        if day is not None or isinstance(value, int):
            number = (day - EPOCH).days if day is not None else value
            self._child(cell, "v").text = str(number)
        elif value:
            cell.set("t", "inlineStr")
            text = self._child(self._child(cell, "is"), "t")
            text.set(SPACE, "preserve")
            text.text = value
        return cell

    def _child(self, parent: Any, name: str) -> Any:
        made = parent.makeelement(f"{{{MAIN}}}{name}", {})
        parent.append(made)
        return made

    def _cell(self, row: Any, column: int) -> Any:
        """Return the cell of a column, made where there is none, in its place among the others."""
        reference = f"{letters(column)}{row.get('r')}"
        for at, cell in enumerate(row):
            there = place_of(cell.get("r", ""))[1]
            if there == column:
                return cell
            if there > column:
                made = row.makeelement(f"{{{MAIN}}}c", {"r": reference})
                row.insert(at, made)
                return made
        made = row.makeelement(f"{{{MAIN}}}c", {"r": reference})
        row.append(made)
        return made

    def _stretch_ranges(self) -> None:
        dimension = self.sheet.find(f"{{{MAIN}}}dimension")
        if dimension is not None:
            self.sheet.remove(dimension)
        for element in self.sheet.iter():
            for name in ("ref", "sqref"):
                if isinstance(element.tag, str) and element.get(name) and element.tag != f"{{{MAIN}}}f":
                    element.set(name, _stretched(element.get(name), self.filling))


def _more(filling: Filling) -> int:
    """Return by how many rows the form grows."""
    return max(0, len(filling.rows) - filling.blank)


def _stretch_names(workbook: Any, filling: Filling) -> None:
    for name in workbook.iterfind(f"{{{MAIN}}}definedNames/{{{MAIN}}}definedName"):
        if name.get("name") == "_xlnm.Print_Area" and name.text:
            sheet, _mark, area = name.text.rpartition("!")
            name.text = f"{sheet}!{_stretched(area, filling)}"


_ROW = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d{1,7})")


def _stretched(ranges: str, filling: Filling) -> str:
    """Return ranges with the rows of the form: below the table moved, around its last blank row longer."""
    more, end = _more(filling), filling.first + max(filling.blank, 1) - 1

    def moved(one: str) -> str:
        first, _colon, last = one.partition(":")
        if not last:
            return _ROW.sub(lambda at: f"{at[1]}{int(at[2]) + (more if int(at[2]) > end else 0)}", one)
        head = _ROW.sub(lambda at: f"{at[1]}{int(at[2]) + (more if int(at[2]) > end else 0)}", first)
        tail = _ROW.sub(lambda at: f"{at[1]}{int(at[2]) + (more if int(at[2]) >= end else 0)}", last)
        return f"{head}:{tail}"

    return " ".join(moved(one) for one in ranges.split())


if __name__ == "__main__":
    answer_parent()
