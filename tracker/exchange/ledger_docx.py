"""The ledger as a table in a document (.docx), on A4 across: title, day, header repeated on every page."""

from collections.abc import Iterable, Sequence
from datetime import date

from tracker.documents import wordml
from tracker.documents.layout import FANGSONG, HEI, SONG, SONG_TITLE, twips
from tracker.documents.wordml import Style, Type, paragraph, run
from tracker.exchange.ledger_columns import COLUMNS, Column
from tracker.exchange.ledger_lines import Line, plain
from tracker.exchange.ledger_xlsx import Heading

MOST_ROWS = 2000  # a word processor lays out a table of some hundred pages, not of thousands
SIDE_MM, TOP_MM = 12.0, 15.0
LEAST = 8  # of a column, in characters: two Chinese ones between the margins of a cell
TEXT_PT, HEAD_PT, NUMBER_PT = 7.5, 8.0, 9.0
_NUMBER = Type(SONG, NUMBER_PT, latin=SONG, tracking=0)


def write_document(heading: Heading, lines: Iterable[Line]) -> bytes:
    """Return the ledger as a .docx file; a column that is not shown or says nothing is left out."""
    rows = [_texts(number, line) for number, line in enumerate(lines, 1)]
    shown = [at for at, column in enumerate(COLUMNS) if column.field in heading.shown]
    kept = [at for at in shown if not rows or any(row[at] for row in rows)]
    columns = [COLUMNS[at] for at in kept]
    table = wordml.table(
        [column.broken for column in columns],
        [[row[at] for at in kept] for row in rows],
        _widths(columns),
        [column.centred for column in columns],
    )
    body = "".join(
        [
            paragraph("PaperTitle", run(heading.title)),
            paragraph("Below", run(heading.below)),
            table,
            paragraph("TableText"),
            _section(),
        ]
    )
    parts = {
        "document": wordml.part("w:document", f"<w:body>{body}</w:body>"),
        "styles": wordml.styles_part(_styles()),
        "settings": wordml.settings_part(),
        "fontTable": wordml.fonts_part(),
        "footer1": wordml.page_number_part(_NUMBER, odd=True),
        "footer2": wordml.page_number_part(_NUMBER, odd=False),
    }
    return wordml.package(parts, title=heading.title, author="", day=None)


def _texts(number: int, line: Line) -> list[str]:
    return [str(number) if one.field == "no" else _text(line.cells[one.field]) for one in COLUMNS]


def _text(cell: str | date) -> str:
    return f"{cell.year}.\n{cell.month}.{cell.day}" if isinstance(cell, date) else plain(cell)


def _widths(columns: Sequence[Column]) -> list[int]:
    """Return the widths in twips, in the proportions of the spreadsheet, the narrowest a bit wider."""
    whole = twips(297.0) - 2 * twips(SIDE_MM)
    shares = [column.width if column.field == "no" else max(column.width, LEAST) for column in columns]
    return [whole * share // sum(shares) for share in shares]


def _styles() -> list[Style]:
    tight = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    apart = tight.replace('w:after="0"', 'w:after="80"')
    centre = '<w:jc w:val="center"/>'
    return [
        Style("Normal", "Normal", f'<w:snapToGrid w:val="0"/>{tight}', Type(FANGSONG, TEXT_PT), base=None),
        Style("PaperTitle", "Title", f'<w:keepNext/>{apart}{centre}',
              Type(SONG_TITLE, 18.0)),
        Style("Below", "截至", f'<w:keepNext/>{apart}', Type(FANGSONG, 10.5)),
        Style("TableHead", "表头", tight, Type(HEI, HEAD_PT)),
        Style("TableText", "表格文字", tight, Type(FANGSONG, TEXT_PT)),
        Style("PageNumber", "footer", tight, _NUMBER),
    ]  # fmt: skip


def _section() -> str:
    side, top = twips(SIDE_MM), twips(TOP_MM)
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="r_footer1"/>'
        '<w:footerReference w:type="even" r:id="r_footer2"/>'
        '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
        f'<w:pgMar w:top="{top}" w:right="{side}" w:bottom="{top}" w:left="{side}" w:header="425" '
        'w:footer="425" w:gutter="0"/></w:sectPr>'
    )
