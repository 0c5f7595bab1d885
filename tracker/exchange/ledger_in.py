"""A table that comes back: which row is its header, what its columns are, its rows by fields. Pure.

Source: domain.md 1.1 and 1.3: titles and a line with the day stand above the header, headers wrap inside
their cells, a header may have up to three rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from tracker.documents.parcels import letters
from tracker.documents.returned_sheet import ReturnedSheet
from tracker.exchange.ledger_columns import BY_FIELD, bare, field_of, fields_of

HEADER_WITHIN = 10  # rows: title and notes may stand above the header
DEEPEST_HEADER = 3  # rows
FINDS_TASK = frozenset({"uuid", "case_no"})


@dataclass(frozen=True)
class FileRow:
    """A row of the file: its number from 1, its cells by field and in the order of the file, its formulas."""

    number: int
    cells: Mapping[str, str]
    given: Sequence[str]
    formulas: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> str:
        """Return a cell, '' for a blank one and for a column that the file has not."""
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Header:
    """Where the header stands (rows from 0, `below` the first row under it), and field by column."""

    at: int
    below: int
    names: Sequence[str]
    fields: Mapping[int, str]


@dataclass(frozen=True)
class LedgerTable:
    """A file read: its headers, its rows, and what is to be said of the file as a whole."""

    headers: Sequence[str]
    rows: Sequence[FileRow]
    remarks: Sequence[str] = field(default_factory=tuple)


def find_header(cells: Sequence[Sequence[str]]) -> Header | None:
    """Return the header: the row, or up to three rows together, in which most columns are known."""
    best: Header | None = None
    for deep in range(1, DEEPEST_HEADER + 1):  # of equals the shallowest: a title is no part of the header
        for at in range(min(HEADER_WITHIN, len(cells) - deep + 1)):
            names = _flattened(cells[at : at + deep])
            header = Header(at, at + deep, names, fields_of(names))
            if len(header.fields) >= 2 and (best is None or len(header.fields) > len(best.fields)):
                best = header
    return best


def read_table(sheet: ReturnedSheet) -> LedgerTable | None:
    """Return the rows of a sheet by fields; None where no header names the number of a task and a column."""
    header = find_header(sheet.rows)
    if header is None or not FINDS_TASK & set(header.fields.values()):
        return None
    rows = []
    for at, line in enumerate(sheet.rows[header.below :], header.below):
        row = _row(at, line, header, sheet)
        if any(text for name, text in row.cells.items() if name != "no"):
            rows.append(row)
    return LedgerTable(list(header.names), rows, _remarks(header))


def _row(at: int, line: Sequence[str], header: Header, sheet: ReturnedSheet) -> FileRow:
    known = {name: line[column] for column, name in header.fields.items() if column < len(line)}
    formulas = {name for column, name in header.fields.items() if (at, column) in sheet.formulas}
    given = [*line[: len(header.names)], *[""] * (len(header.names) - len(line))]
    return FileRow(at + 1, known, given, frozenset(formulas))


def _flattened(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one name a column: the lowest of its header cells that says something."""
    width = max(len(row) for row in rows)
    names = [""] * width
    for row in rows:
        for column, text in enumerate(row):
            names[column] = text.strip() or names[column]
    return names


def _remarks(header: Header) -> list[str]:
    unknown = [
        _place(header, column)
        for column, name in enumerate(header.names)
        if name and column not in header.fields and field_of(name) is None
    ]
    said = []
    if unknown:
        said.append(_("不认识这些列，没有读：%(columns)s。", columns="、".join(unknown)))
    said += _doubled(header)
    if "stamp" not in header.fields.values():
        said.append(
            _("文件里没有导出时的隐藏列，看不出导出以后系统里改过什么；与现值不同的单元格都算作要改的。")
        )
    fixed = [
        BY_FIELD[name].header
        for name in header.fields.values()
        if name in BY_FIELD and BY_FIELD[name].by is None and name not in ("no", "case_no")
    ]
    if fixed:
        said.append(_("这些列只供查看，改了也保留现值：%(columns)s。", columns="、".join(fixed)))
    return said


def _doubled(header: Header) -> list[str]:
    """Return what is to be said of columns that stand twice: the first of them is read."""
    read = {name: column for column, name in header.fields.items()}
    again: dict[str, list[str]] = {}
    for column, name in enumerate(header.names):
        known = None if column in header.fields else field_of(name)
        if known is not None:
            again.setdefault(known, []).append(_place(header, column))
    return [
        _(
            "“%(name)s”不止一列，只读%(first)s，没有读：%(others)s。",
            name=BY_FIELD[known].header if known in BY_FIELD else bare(header.names[read[known]]),
            first=_place(header, read[known]),
            others="、".join(others),
        )
        for known, others in again.items()
    ]


def _place(header: Header, column: int) -> str:
    return str(_("第%(column)s列“%(name)s”", column=letters(column), name=bare(header.names[column])[:20]))
