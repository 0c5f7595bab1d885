"""The ledger in a form that the unit handed in: its header row decides the columns, its look stays."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker.documents.filled_form import Filling, fill_form
from tracker.documents.paper import day_text
from tracker.documents.returned_sheet import ReturnedSheet, read_returned
from tracker.documents.sheet import UnreadableSheetError
from tracker.exchange.ledger_columns import BY_FIELD
from tracker.exchange.ledger_in import Header, find_header
from tracker.exchange.ledger_lines import Cell, Line
from tracker.exchange.ledger_out import Write
from tracker.exchange.ledger_xlsx import Heading
from tracker.refusals import Refused

MOST_ROWS = 5000
MOST_FORM_ROWS = 2000  # of the form itself: a head, blank rows, a foot
_AS_OF = re.compile(r"截至[\s\dXx×_＿]*年[\s\dXx×_＿]*月[\s\dXx×_＿]*日")


class Form:
    """A form that was handed in, read. Raises Refused for one that is not read or has no known columns."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content
        try:
            self.sheet = read_returned(name, content, most_rows=MOST_FORM_ROWS)
        except UnreadableSheetError as unreadable:
            raise Refused(unreadable.message, field="file") from None
        header = find_header(self.sheet.rows)
        if header is None or not set(header.fields.values()) & BY_FIELD.keys():
            raise Refused(
                _("模板里没有找到表头，没有导出。前 10 行里要有一行写明“具体问题”“责任单位”“整改时限”等列。"),
                field="file",
            )
        self.header = header
        _require_empty(self.sheet, header)

    def writer(self, as_of: date) -> Write:
        """Return what writes rows into the form."""

        def write(_heading: Heading, lines: Iterable[Line]) -> bytes:
            columns = [at for at, name in sorted(self.header.fields.items()) if name in BY_FIELD]
            names = [self.header.fields[at] for at in columns]
            rows = [[_sent(number, line, name) for name in names] for number, line in enumerate(lines, 1)]
            filling = Filling(
                self.sheet.name, self.header.below + 1, self._blank_rows(), columns, rows, self._above(as_of)
            )
            try:
                return fill_form(self.name, self.content, filling)
            except UnreadableSheetError as unreadable:
                raise Refused(unreadable.message, field="file") from None

        return write

    def _blank_rows(self) -> int:
        """Return how many blank rows stand below the header; a running number in them does not count."""
        count = 0
        for row in self.sheet.rows[self.header.below :]:
            if any(text for at, text in enumerate(row) if self.header.fields.get(at) != "no"):
                break
            if any(text and not text.isdecimal() for text in row):
                break
            count += 1
        return count

    def _above(self, as_of: date) -> list[tuple[int, int, str]]:
        """Return the cells above the header that say until which day, with the day put in."""
        said = f"截至{day_text(as_of)}"
        return [
            (number, column, _AS_OF.sub(said, text))
            for number, row in enumerate(self.sheet.rows[: self.header.at], 1)
            for column, text in enumerate(row)
            if _AS_OF.search(text)
        ]


def _require_empty(sheet: ReturnedSheet, header: Header) -> None:
    row = sheet.rows[header.below] if header.below < len(sheet.rows) else []
    said = [at for at, text in enumerate(row) if text and header.fields.get(at, "no") != "no"]
    if len(said) > 1:
        raise Refused(
            _("模板第 %(row)s 行已有内容，没有导出。请上传空表，表头下面留空。", row=header.below + 1),
            field="file",
        )


def _sent(number: int, line: Line, name: str) -> Any:
    """Return a cell as the form takes it."""
    if name == "no":
        return number
    cell: Cell = line.cells[name]
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell
