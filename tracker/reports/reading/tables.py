"""Tables of problems: each row is one problem, its cells say the measure, who answers and until when.

A table stands in the text as lines whose cells are parted by tabs, whatever kind of file it came from; only
a text that was typed or pasted may have them between strokes.
Headers: domain.md 1.3, with their aliases; up to three header rows belong to one column (domain.md 1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from tracker.reports.formats.grid import ABOVE

Span = tuple[int, int]


class Column(Enum):
    """What a column of an office's table says."""

    PROBLEM = "problem"
    MATTER = "matter"  # 内容、事项：a problem only where other columns speak of its remedy
    MEASURE = "measure"
    RESPONSIBLE = "responsible"
    DUE = "due"
    CLOSED = "closed"
    REMARK = "remark"


# Read from top to bottom, the first that matches a whole header decides.
HEADERS: tuple[tuple[Column, str], ...] = (
    (Column.CLOSED, r"是否(?:已)?(?:销号|完成(?:整改)?|整改(?:到位|完成)?|办结)|(?:目前|当前|现)?状态"
                    r"|(?:整改|办理|治理|完成|办结|销号|复查|验收|落实)(?:情况|进展|进度|结果|状态)"),
    (Column.DUE, r"(?!实际|已|.*[措举]).{0,6}(?:时限|期限|限期)"
                 r"|(?!实际|已).{0,4}(?:整改|完成|办理|办结|交办|落实|治理|解决)(?:时间|日期|节点)(?:要求|安排)?"),
    (Column.RESPONSIBLE, r"(?:整改|治理|落实|第一|主责|具体|直接|包保|包案|主体|牵头|主办|承办|领办|分管|责任"
                         r"|协助整改工作的)+(?:人员?|领导|单位|部门|[科股]室|主体|岗位|站所|村|[科股所站组]长)"
                         r"(?:及(?:联系)?(?:电话|方式))?|(?:整改)?责任|(?:涉及|问题|被检查?|受检)单位"),
    (Column.MEASURE, r"(?:细化的|具体|拟采取的?|下一?步)?(?:整改|改进|工作|解决|治理|整治|防范|处理|管控)*"
                     r"(?:措施|举措|办法|对策)(?:[或和及](?:建议|要求|(?:完成|整改)?[时期]限))?"
                     r"|(?:整改|改进|处理)(?:意见|建议|要求(?:和建议)?)|工作任务安排"),
    (Column.PROBLEM, r"(?:具体|存在|主要|突出|反馈|发现|检查|整改|查摆|检视|自查|交办|现场|安全|的)*"
                     r"(?:隐患或|隐患和)?(?:问题|不足|隐患|短板|薄弱环节)"
                     r"(?:表述|描述|内容|表现|清单|事项|情况|简述|概述|点)?"
                     r"(?:[和及](?:主要)?(?:表现|不足|隐患|困难|原因))?"),
    (Column.MATTER, r"内容|事项|督办(?:事项|内容)|整改(?:事项|任务|内容)|重点(?:工作|任务)"),
    (Column.REMARK, r"备注|说明"),
)  # fmt: skip
COMPILED = tuple((column, re.compile(pattern)) for column, pattern in HEADERS)
REMEDIED_BY = {Column.MEASURE, Column.DUE, Column.RESPONSIBLE}
SOLVED = re.compile(
    r"是|√|已(?:经)?(?:销号|完成|办结|解决|整改|治理|落实)(?:整改|治理|到位|完成|销号)?"
    r"|(?:整改|治理|办理)?(?:完成|到位|办结|完毕)|销号|(?:复查|验收)(?:合格|通过)"
)
AS_ABOVE = {ABOVE, "同上", "同前"}
NOTHING = re.compile(r"[\s无/／—\-－\\、.。:：]*")
SUM = re.compile(r"合\s*计|总\s*计|小\s*计")
BESIDE = re.compile(r"[\s（(][^（）()]*[)）]$|\s|[A-Za-z.]+")  # what a header says in brackets or in English
WHOLE_LINE = re.compile(r"[^\n]*\n?")
# A table may also be drawn with strokes, as text editors and Markdown have it: | 序号 | 问题 |
STROKES = "|｜│┃"
PARTING = f"\t{STROKES}"
STROKE = re.compile(f"[{STROKES}]")
STROKED = re.compile(rf"[ \u3000]*{STROKE.pattern}(?=[^\n]*{STROKE.pattern})")
SHORTEST = 4  # characters of a problem; less is a mark or a number
HEADER_ROWS = 3  # domain.md 1.1, C2
LONGEST_HEADER = 24  # characters; more is no header
DUE_IN_REMARK = re.compile(r"时限|期限|前|底|完成")


@dataclass(frozen=True)
class TableRow:
    """A row that tells a problem, or only a further measure (`problem` None)."""

    scope: Span
    problem: Span | None
    measure: Span | None
    named: tuple[Span, ...]
    due: Span | None
    header: str


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    cells: tuple[Span, ...]


def table_rows(original: str, text: str) -> Iterator[TableRow]:
    """Yield the rows of every table of problems in a text, in reading order; solved ones are left out.

    `text` is the same normalised; tabs part the cells in the original alone.
    """
    if not any(mark in original for mark in PARTING):
        return
    for table in _tables(original):
        columns: list[Column | None] = []
        for block in _blocks(text, table):
            begun, header_rows = _columns(text, block)
            columns = begun if header_rows else columns  # what has no header goes on with the one before
            kind = {column for column in columns if column is not None}
            if Column.PROBLEM in kind or (Column.MATTER in kind and len(kind & REMEDIED_BY) > 1):
                yield from _rows(text, block[header_rows:], columns)


def _tables(text: str) -> Iterator[list[_Line]]:
    """The lines with tabs that no other line parts; a blank one among them has no cells."""
    table: list[_Line] = []
    for found in WHOLE_LINE.finditer(text):
        line = found[0].rstrip("\r\n")
        if "\t" in line or STROKED.match(line):
            table.append(_Line(found.start(), found.start() + len(line), tuple(_cells(line, found.start()))))
        elif line.strip() or not found[0]:
            if sum(bool(row.cells) for row in table) > 1:
                yield table
            table = []
        elif table:
            table.append(_Line(found.start(), found.start(), ()))


def _blocks(text: str, table: Sequence[_Line]) -> Iterator[list[_Line]]:
    """A table parted at blank lines and where a header begins anew: another sheet, the next page."""
    block: list[_Line] = []
    after_header = False
    for line in table:
        header = _is_header(text, line)
        if block and (not line.cells or (header and not after_header)):
            yield block
            block = []
        if line.cells:
            block.append(line)
            after_header = header
    if block:
        yield block


def _is_header(text: str, line: _Line) -> bool:
    return sum(_column(text[slice(*cell)]) is not None for cell in line.cells) > 1


def _cells(line: str, start: int) -> Iterator[Span]:
    stroked = STROKED.match(line)
    if stroked:
        start, line = start + stroked.end(), line[stroked.end() :]
    for cell in STROKE.split(line) if stroked else line.split("\t"):
        inner = cell.strip()
        begin = start + (cell.index(inner) if inner else 0)
        yield begin, begin + len(inner)
        start += len(cell) + 1


def _columns(text: str, table: Sequence[_Line]) -> tuple[list[Column | None], int]:
    """Return what each column says and how many rows the header takes, titles above it included."""
    width = max(len(line.cells) for line in table)
    columns: list[Column | None] = [None] * width
    begun = 0
    upper: list[str] = []
    for position, line in enumerate(table[: 2 * HEADER_ROWS]):
        heads = [text[slice(*cell)] for cell in line.cells]
        named = [_column(head) or _column_below(upper, at, head) for at, head in enumerate(heads)]
        upper = _reaching_right(heads)
        if sum(name is not None for name in named) < (1 if begun else 2):
            if begun:
                return columns, position
            continue
        begun = begun or position + 1
        for at, name in enumerate(named):
            columns[at] = name or columns[at]  # the lower header row is the nearer one
        if position + 1 - begun == HEADER_ROWS - 1:
            return columns, position + 1
    return (columns, len(table)) if begun else ([], 0)


def _column_below(upper: Sequence[str], at: int, head: str) -> Column | None:
    """What a column says by its header and the one above together: 责任 over 领导 and 单位."""
    return _column(upper[at] + head) if head and head not in AS_ABOVE and at < len(upper) else None


def _reaching_right(heads: Sequence[str]) -> list[str]:
    """A row of headers as its columns see it: one merged over several stands in the first alone."""
    seen = list(heads)
    for at, head in enumerate(seen):
        seen[at] = head or (seen[at - 1] if at else "")
    return seen


def _column(header: str) -> Column | None:
    plain = BESIDE.sub("", header)
    if not plain or len(plain) > LONGEST_HEADER:
        return None
    return next((column for column, pattern in COMPILED if pattern.fullmatch(plain)), None)


def _rows(text: str, lines: Sequence[_Line], columns: Sequence[Column | None]) -> Iterator[TableRow]:
    """Each row; one whose problem stands in the row above tells a further measure, or who else answers."""
    asked = Column.PROBLEM if Column.PROBLEM in columns else Column.MATTER
    last: TableRow | None = None
    above: list[Span | None] = [None] * len(columns)
    for line in lines:
        own, said = _said(text, line, columns, above)
        closed = said.get(Column.CLOSED, [])
        if _sums_up(text, line) or (closed and SOLVED.fullmatch(text, *closed[0])):
            continue
        row = _row(text, line, asked, own, said)
        if row is not None:
            if last is not None:
                yield last
            last = row
        elif last is not None and asked in said and asked not in own:
            last = replace(last, named=(*last.named, *own.get(Column.RESPONSIBLE, ())))
    if last is not None:
        yield last


def _row(
    text: str, line: _Line, asked: Column, own: dict[Column, list[Span]], said: dict[Column, list[Span]]
) -> TableRow | None:
    problem = _first(own, asked)
    measure = _first(said if problem else own, Column.MEASURE)
    told = problem or measure
    if told is None or told[1] - told[0] < SHORTEST:
        return None
    return TableRow(
        (line.start, line.end),
        problem,
        measure,
        tuple(said.get(Column.RESPONSIBLE, ())),
        _first(said, Column.DUE) or _due_in_remark(text, said),
        "问题" if asked is Column.PROBLEM else "事项",
    )


def _said(
    text: str, line: _Line, columns: Sequence[Column | None], above: list[Span | None]
) -> tuple[dict[Column, list[Span]], dict[Column, list[Span]]]:
    """What the cells of a row say by themselves, and with what the row above says for some of them."""
    own: dict[Column, list[Span]] = {}
    said: dict[Column, list[Span]] = {}
    for number, (column, cell) in enumerate(zip(columns, line.cells, strict=False)):
        as_above = text[slice(*cell)] in AS_ABOVE
        found = above[number] if as_above else None if NOTHING.fullmatch(text, *cell) else cell
        above[number] = found
        if column is not None and found is not None:
            said.setdefault(column, []).append(found)
            if not as_above:
                own.setdefault(column, []).append(found)
    return own, said


def _sums_up(text: str, line: _Line) -> bool:
    return any(SUM.fullmatch(text, *cell) for cell in line.cells[:2])


def _first(said: dict[Column, list[Span]], column: Column) -> Span | None:
    return said[column][-1] if column in said else None  # of several the last, finest one


def _due_in_remark(text: str, said: dict[Column, list[Span]]) -> Span | None:
    remark = _first(said, Column.REMARK)
    return remark if remark is not None and DUE_IN_REMARK.search(text, *remark) else None
