"""An official paper: plain data in, .docx out (GB/T 9704-2012; its chapters in comments). Pure.

    render(Paper("标题", [Heading(1, "一、工作开展情况"), Paragraph("……")], signature="青示镇人民政府"))

Texts carry their own numbers (一、（一）1.) and are printed literally.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.documents import wordml
from tracker.documents.grid import LINE_PT, TEXT_PT, Form, form, two_sided
from tracker.documents.layout import (
    A4_MM,
    BODY_PT,
    FANGSONG,
    HEI,
    KAI,
    PAGE_NUMBER_PT,
    PRESETS,
    SONG,
    TABLE_PT,
    TITLE_PT,
    Preset,
    title_lines,
    twips,
    width_of,
)
from tracker.documents.wordml import Style, Type, line_height, paragraph, run

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

CHARACTER = round(BODY_PT * 20)
"""Width of one body character in twips."""


@dataclass(frozen=True)
class Heading:
    """Level 1 一、 2 （一） 3 1. 4 （1）. Below level 1 the first sentence is the title, the rest runs on."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Body text, first line indented by two characters; each line of the text is a paragraph of its own."""

    text: str


@dataclass(frozen=True)
class Table:
    """A ruled table; `widths` are proportions (equal when empty), `note` stands below it in small type.

    Raises ValueError when a row or the widths do not have one entry per column.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    note: str = ""

    def __post_init__(self) -> None:
        counts = {len(row) for row in self.rows} | ({len(self.widths)} if self.widths else set())
        if not self.columns or counts - {len(self.columns)}:
            raise ValueError(f"表格《{self.caption}》的列数不一致：表头{len(self.columns)}列，应每行相同。")


Block = Heading | Paragraph | Table | Form


@dataclass(frozen=True)
class Attachment:
    """An annex on pages of its own; wide tables go on landscape pages."""

    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True)
class Paper:
    """Everything a paper says. `signature` and `day` are printed without a seal (7.3.5.2).

    `mark` (秘密等级) and `number` (发文字号) stand over the title, at the left edge and at the right one.
    """

    title: str
    blocks: Sequence[Block]
    addressee: str | None = None
    attachments: Sequence[Attachment] = ()
    signature: str | None = None
    day: date | None = None
    mark: str = ""
    number: str = ""


def render(paper: Paper, preset: Preset = PRESETS[0]) -> bytes:
    """The paper as a .docx file; the same paper gives the same bytes."""
    parts = {
        "document": wordml.part("w:document", f"<w:body>{_body(paper, preset)}</w:body>"),
        "styles": wordml.styles_part(_styles(preset)),
        "settings": wordml.settings_part(),
        "fontTable": wordml.fonts_part(),
        "footer1": wordml.page_number_part(_NUMBER, odd=True),
        "footer2": wordml.page_number_part(_NUMBER, odd=False),
    }
    day = paper.day.isoformat() if paper.day else None
    return wordml.package(parts, title=paper.title, author=paper.signature or "", day=day)


_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十; below 100."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def day_text(day: date) -> str:
    """2025年10月9日: Arabic numerals, full year, no leading zero (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


_NUMBER = Type(SONG, PAGE_NUMBER_PT, latin=SONG, tracking=0)
_INDENT = f'<w:ind w:firstLineChars="200" w:firstLine="{2 * CHARACTER}"/>'
_NO_INDENT = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
_CENTRE = '<w:jc w:val="center"/>'
_KEEP = "<w:keepNext/>"
_BLANK = paragraph("Flush", properties="")
_BLANK_KEPT = paragraph("Flush", properties=_KEEP)
# Word needs a paragraph after a table; this one takes a single point.
_AFTER_TABLE = paragraph("TableText", properties=line_height(1))

LEVEL_FONTS = {1: HEI, 2: KAI, 3: FANGSONG, 4: FANGSONG}  # 7.3.3


def _styles(preset: Preset) -> list[Style]:
    # not justified: LibreOffice 7.4 drops a comma that hangs over the edge of a justified line
    base = (
        '<w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        f'<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>{line_height(preset.line_pt)}'
        '<w:jc w:val="left"/>'
    )
    title = line_height(preset.title_line_pt) + _CENTRE
    small = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    return [
        Style("Normal", "Normal", base, Type(FANGSONG, BODY_PT, tracking=preset.tracking), base=None),
        Style("Body", "公文正文", _INDENT, Type()),
        Style("Flush", "公文顶格", "", Type()),
        Style("PaperTitle", "Title", _KEEP + title,
              Type(preset.title_font, TITLE_PT, preset.title_bold, tracking=0)),
        *(_heading_style(level, font, preset) for level, font in LEVEL_FONTS.items()),
        Style("Annex", "公文附件", _KEEP, Type(HEI)),
        Style("Caption", "caption", _KEEP + _CENTRE, Type(HEI, PAGE_NUMBER_PT)),
        Style("TableHead", "表头", small, Type(HEI, TABLE_PT, tracking=0)),
        Style("TableText", "表格文字", small, Type(FANGSONG, TABLE_PT, tracking=0)),
        Style("TableNote", "表注", '<w:spacing w:before="120" w:line="360" w:lineRule="exact"/>' + _NO_INDENT,
              Type(FANGSONG, 12.0, tracking=0)),
        Style("FormHead", "表单编号", _KEEP + line_height(28), Type(pt=TEXT_PT, tracking=0)),
        Style("FormLabel", "表单项目", line_height(LINE_PT) + _CENTRE, Type(HEI, TEXT_PT, tracking=0)),
        Style("FormText", "表单文字", line_height(LINE_PT), Type(FANGSONG, TEXT_PT, tracking=0)),
        Style("FormSigned", "表单签字", line_height(LINE_PT) + '<w:jc w:val="right"/>',
              Type(FANGSONG, TEXT_PT, tracking=0)),
        Style("Signature", "公文落款", '<w:jc w:val="right"/>', Type(pt=preset.signature_pt)),
        Style("PageNumber", "footer", line_height(PAGE_NUMBER_PT), _NUMBER),
    ]  # fmt: skip


def _heading_style(level: int, font: str, preset: Preset) -> Style:
    layout = f'{_KEEP}{_INDENT}<w:outlineLvl w:val="{level - 1}"/>'
    bold = preset.third_level_bold and level == 3
    return Style(f"Heading{level}", f"heading {level}", layout, Type(font, bold=bold))


def _body(paper: Paper, preset: Preset) -> str:
    """The sections in order: the paper itself, then each annex on its own pages."""
    sections = [(_main_part(paper, preset), False)]
    single = len(paper.attachments) == 1
    for number, annex in enumerate(paper.attachments, 1):
        sections.append((_annex_part(annex, "附件" if single else f"附件{number}", preset), annex.landscape))
    closed = [_with_section(xml, _section(preset, turned)) for xml, turned in sections[:-1]]
    last, turned = sections[-1]
    return "".join(closed) + "".join(last) + _section(preset, turned)


def _main_part(paper: Paper, preset: Preset) -> list[str]:
    measure = _measure(preset, landscape=False)
    over = [two_sided("Flush", paper.mark, paper.number, measure)] if paper.mark or paper.number else []
    xml = [*over, *_title(paper.title, measure)]
    if not (paper.blocks and isinstance(paper.blocks[0], Form)):  # a form has a line of its own over it
        xml.append(_BLANK)
    if paper.addressee:
        xml.append(paragraph("Flush", run(paper.addressee.rstrip(":： ") + "：")))
    xml += _blocks(paper.blocks, preset, measure)
    annexes, signature = _annex_list(paper.attachments), _signature(paper, preset)
    # names and date never stand on a page without any of the text
    tail = xml[-1:] + annexes if signature else []
    return xml[:-1] + [_kept(line) for line in tail] + signature if tail else xml + annexes


def _kept(xml: str) -> str:
    """The paragraph, kept on the page of the next one; a table stays as it is."""
    kept = _KEEP in xml or not xml.startswith("<w:p>")
    return xml if kept else xml.replace('"/>', f'"/>{_KEEP}', 1)


def _annex_part(annex: Attachment, label: str, preset: Preset) -> list[str]:
    """“附件” on the first line, its title on the third (7.3.6)."""
    measure = _measure(preset, annex.landscape)
    head = [paragraph("Annex", run(label)), _BLANK_KEPT, *_title(annex.title, measure), _BLANK_KEPT]
    return head + _blocks(annex.blocks, preset, measure)


def _title(title: str, measure: int) -> list[str]:
    # a line that fills the page from edge to edge does not read as a title
    lines = title_lines(wordml.clean(title), measure / (TITLE_PT * 20) - 2)
    return [paragraph("PaperTitle", run(line)) for line in lines]


def _blocks(blocks: Sequence[Block], preset: Preset, measure: int) -> list[str]:
    return [xml for block in blocks for xml in _block(block, preset, measure)]


def _block(block: Block, preset: Preset, measure: int) -> list[str]:
    match block:
        case Heading():
            return [_heading(block, preset)]
        case Paragraph():
            return [
                paragraph("Body", run(line)) for line in wordml.clean(block.text).splitlines() if line.strip()
            ]
        case Table():
            return _table(block, measure)
        case Form():
            return [*form(block, measure), _AFTER_TABLE]


_TITLE_SENTENCE = re.compile(r"[^。]+。(?=.)", re.DOTALL)


def _heading(heading: Heading, preset: Preset) -> str:
    text = wordml.one_line(heading.text)
    opening = _TITLE_SENTENCE.match(text) if heading.level > 1 else None
    if opening is None:
        return paragraph(f"Heading{heading.level}", run(text))
    bold = preset.third_level_bold and heading.level == 3
    title = run(opening[0], Type(LEVEL_FONTS[heading.level], bold=bold))
    return paragraph("Body", title, run(text[opening.end() :]))


def _table(block: Table, measure: int) -> list[str]:
    shares = block.widths or [1.0] * len(block.columns)
    widths = [int(measure * share / sum(shares)) for share in shares]
    # a column of short entries (numbers, dates, yes or no) reads better centred
    centred = [all(width_of(row[at]) <= 6 for row in block.rows) for at in range(len(block.columns))]
    caption = [paragraph("Caption", run(block.caption))] if block.caption else []
    notes = [
        paragraph("TableNote", run(line)) for line in wordml.clean(block.note).splitlines() if line.strip()
    ]
    return [*caption, wordml.table(block.columns, block.rows, widths, centred), *(notes or [_AFTER_TABLE])]


def _annex_list(annexes: Sequence[Attachment]) -> list[str]:
    """附件说明: one line below the text, names aligned, no closing mark (7.3.4)."""
    names = [annex.title.replace("\n", "").rstrip("。；，") for annex in annexes]
    if len(names) == 1:
        return [_BLANK, paragraph("Flush", run(f"附件：{names[0]}"), properties=_hanging(5, 3))]
    rows = [
        paragraph("Flush", run(f"附件：{number}." if number == 1 else f"{number}."), wordml.TAB, run(name),
                  properties=_hanging(6, 4 if number == 1 else 1))
        for number, name in enumerate(names, 1)
    ]  # fmt: skip
    return [_BLANK, *rows] if rows else []


def _hanging(left: int, hanging: int) -> str:
    return (
        f'<w:ind w:leftChars="{left * 100}" w:left="{left * CHARACTER}" '
        f'w:hangingChars="{hanging * 100}" w:hanging="{hanging * CHARACTER}"/>'
    )


def _signature(paper: Paper, preset: Preset) -> list[str]:
    """落款 without a seal: the unit two characters in, the date begins two after the unit (7.3.5.2)."""
    unit = wordml.one_line(paper.signature or "")
    day = day_text(paper.day) if paper.day else ""
    lines = [
        line for line in zip((unit, day), _insets(width_of(unit), width_of(day)), strict=True) if line[0]
    ]
    if not lines:
        return []
    return [_BLANK_KEPT, *(_signature_line(text, inset, preset) for text, inset in lines)]


def _insets(unit: float, day: float) -> tuple[float, float]:
    """Right insets of unit and date in characters; the longer of the two decides."""
    if unit == 0:
        return 0.0, 2.0
    if day == 0 or unit >= day:
        return 2.0, unit - day
    return day + 4 - unit, 2.0


def _signature_line(text: str, inset: float, preset: Preset) -> str:
    if preset.signature_centred:
        return paragraph("Signature", run(text), properties=_KEEP + _CENTRE)
    size = round(inset * preset.signature_pt * 20)
    return paragraph(
        "Signature",
        run(text),
        properties=f'{_KEEP}<w:ind w:rightChars="{round(inset * 100)}" w:right="{size}"/>',
    )


def _margins(preset: Preset, landscape: bool) -> tuple[float, float, float, float]:
    """Top, right, bottom, left in mm. A turned page keeps its edges: its head lies at the binding."""
    if landscape:
        return preset.left, preset.top, preset.right, preset.bottom
    return preset.top, preset.right, preset.bottom, preset.left


def _measure(preset: Preset, landscape: bool) -> int:
    """Width of the type area in twips."""
    _, right, _, left = _margins(preset, landscape)
    return twips(A4_MM[1 if landscape else 0] - right - left)


def _section(preset: Preset, landscape: bool) -> str:
    top, right, bottom, left = map(twips, _margins(preset, landscape))
    wide, high = ("16838", "11906") if landscape else ("11906", "16838")
    turned = ' w:orient="landscape"' if landscape else ""
    # on a turned page the number keeps its distance to the text, not to the edge
    footer = bottom - twips(preset.bottom - preset.footer) - round(PAGE_NUMBER_PT * 20) if landscape else None
    foot = twips(preset.footer) if footer is None else max(footer, 284)
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="r_footer1"/>'
        '<w:footerReference w:type="even" r:id="r_footer2"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{wide}" w:h="{high}"{turned}/><w:pgMar w:top="{top}" w:right="{right}" '
        f'w:bottom="{bottom}" w:left="{left}" w:header="{twips(preset.header)}" w:footer="{foot}" '
        'w:gutter="0"/></w:sectPr>'
    )


def _with_section(xml: list[str], section: str) -> str:
    """End a section in its last paragraph: an empty one of its own could spill onto a blank page."""
    return "".join(xml[:-1]) + xml[-1].replace("</w:pPr>", f"{section}</w:pPr>", 1)
