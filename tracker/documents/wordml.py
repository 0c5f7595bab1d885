"""The words of WordprocessingML that a paper needs, and the .docx package around them. Pure.

Written out rather than built on a library's template: an official paper needs a few styles and nothing of
another country's defaults, and the same paper then gives the same bytes on every day and machine.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from tracker.documents.layout import FALLBACKS, LATIN

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff"
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]"
)
"""Signs XML forbids, and invisible ones that turn the direction of text or hide in it."""


def clean(text: str) -> str:
    """The text without signs that cannot or must not be printed; line ends and tabs stay."""
    text = _UNPRINTABLE.sub("", text)
    return "".join(sign for sign in text if ord(sign) & 0xFFFE != 0xFFFE)


def one_line(text: str) -> str:
    """The cleaned text on one line; a line end between Chinese signs leaves no gap."""
    text = re.sub(r"(?<=[^\x00-\x7f])\s*[\r\n\u2028\u2029]+\s*(?=[^\x00-\x7f])", "", clean(text))
    return re.sub(r"[\t\r\n\u0085\u2028\u2029]+", " ", text)


@dataclass(frozen=True)
class Type:
    """Type of a run or style; None leaves what is inherited."""

    font: str | None = None
    pt: float | None = None
    bold: bool = False
    latin: str = LATIN
    tracking: int | None = None


def type_properties(type_: Type) -> str:
    """<w:rPr>, in the order the schema wants."""
    fonts = ""
    if type_.font is not None:
        east, latin = quoteattr(type_.font), quoteattr(type_.latin)
        # the hint keeps “”—… in the Chinese font instead of the narrow Latin one
        fonts = (
            f'<w:rFonts w:ascii={latin} w:hAnsi={latin} w:eastAsia={east} w:cs={latin} w:hint="eastAsia"/>'
        )
    bold = "<w:b/>" if type_.bold else ""
    tracking = "" if type_.tracking is None else f'<w:spacing w:val="{type_.tracking}"/>'
    half_points = "" if type_.pt is None else round(type_.pt * 2)
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if half_points else ""
    return f"<w:rPr>{fonts}{bold}{tracking}{size}</w:rPr>"


def run(text: str, type_: Type | None = None) -> str:
    """A run of literal text on one line; what looks like a field code or mark-up is printed as it stands."""
    properties = type_properties(type_) if type_ else '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(one_line(text))}</w:t></w:r>'


TAB = "<w:r><w:tab/></w:r>"


def paragraph(style: str, *runs: str, properties: str = "") -> str:
    """A paragraph of a named style; `properties` are further children of w:pPr in schema order."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{"".join(runs)}</w:p>'


def line_height(pt: float) -> str:
    """Exact line height, nothing before or after."""
    return f'<w:spacing w:before="0" w:after="0" w:line="{round(pt * 20)}" w:lineRule="exact"/>'


@dataclass(frozen=True)
class Style:
    """A paragraph style; `layout` holds children of w:pPr in schema order."""

    id: str
    name: str
    layout: str
    type: Type
    base: str | None = "Normal"


def styles_part(styles: Iterable[Style]) -> str:
    """word/styles.xml."""
    defaults = (
        "<w:docDefaults><w:rPrDefault><w:rPr>"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )
    return part("w:styles", defaults + "".join(map(_style, styles)))


def _style(style: Style) -> str:
    base = f'<w:basedOn w:val="{style.base}"/>' if style.base else ""
    default = "" if style.base else ' w:default="1"'
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{style.id}"><w:name w:val={quoteattr(style.name)}/>'
        f"{base}<w:qFormat/><w:pPr>{style.layout}</w:pPr>{type_properties(style.type)}</w:style>"
    )


def fonts_part() -> str:
    """word/fontTable.xml: what to use where an official font is not installed."""
    return part("w:fonts", "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in FALLBACKS.items()
    ))  # fmt: skip


def settings_part() -> str:
    """word/settings.xml: odd and even pages differ; Chinese punctuation is not squeezed."""
    return part(
        "w:settings",
        '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:useFELayout/>'
        '<w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
        '</w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>',
    )


def page_number_part(type_: Type, *, odd: bool) -> str:
    """A footer “— 1 —” on the outer side, one character in from the edge (7.5)."""
    side, align = ("right", "right") if odd else ("left", "left")
    inset = round((type_.pt or 0) * 20)
    properties = f'<w:ind w:{side}Chars="100" w:{side}="{inset}"/><w:jc w:val="{align}"/>'
    face = type_properties(type_)
    field = "".join(
        f"<w:r>{face}{inner}</w:r>"
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        )
    )
    return part(
        "w:ftr", paragraph("PageNumber", run("— ", type_), field, run(" —", type_), properties=properties)
    )


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], centred: Sequence[bool]
) -> str:
    """A ruled table with a header row repeated on each page. Widths in twips; a row stays on one page."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = _row(columns, widths, [True] * len(widths), "TableHead", "<w:tblHeader/>")
    body = "".join(_row(row, widths, centred, "TableText", "") for row in rows)
    return f"<w:tbl>{_table_properties(widths)}<w:tblGrid>{grid}</w:tblGrid>{head}{body}</w:tbl>"


def ruled(rows: Sequence[tuple[int, Sequence[str]]], widths: Sequence[int]) -> str:
    """A ruled table of finished cells; each row with its least height in twips. A row stays on one page."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr>'
        f"{''.join(cells)}</w:tr>"
        for height, cells in rows
    )
    return f"<w:tbl>{_table_properties(widths)}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def cell(inner: str, width: int, span: int = 1) -> str:
    """A cell of finished paragraphs over one or more columns."""
    over = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{over}<w:vAlign w:val="center"/></w:tcPr>'
        f"{inner}</w:tc>"
    )


def _table_properties(widths: Sequence[int]) -> str:
    borders = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        '<w:top w:w="40" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
        '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    )


def _row(cells: Sequence[str], widths: Sequence[int], centred: Sequence[bool], style: str, mark: str) -> str:
    inner = "".join(map(_cell, cells, widths, centred, [style] * len(widths)))
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{inner}</w:tr>"


def _cell(text: str, width: int, centred: bool, style: str) -> str:
    align = f'<w:jc w:val="{"center" if centred else "left"}"/>'
    lines = clean(text).splitlines() or [""]
    inner = "".join(paragraph(style, run(line), properties=align) for line in lines)
    return cell(inner, width)


def part(root: str, inner: str) -> str:
    """A complete XML part."""
    return f"{_DECLARATION}<{root} {NAMESPACES}>{inner}</{root}>"


_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {
    "document": ("document.main", "officeDocument"),
    "styles": ("styles", "styles"),
    "settings": ("settings", "settings"),
    "fontTable": ("fontTable", "fontTable"),
    "footer1": ("footer", "footer"),
    "footer2": ("footer", "footer"),
}
"""Part of word/ → content type, relationship. The document's relationship ids are r_<part>."""


def package(parts: Mapping[str, str], *, title: str, author: str, day: str | None) -> bytes:
    """Zip the parts into a .docx; the same parts give the same bytes. `day` is ISO."""
    files = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({
            "r_document": (f"{_RELATION}/officeDocument", "word/document.xml"),
            "r_core": (_CORE_RELATION, "docProps/core.xml"),
        }),
        "word/_rels/document.xml.rels": _relations({
            f"r_{name}": (f"{_RELATION}/{relation}", f"{name}.xml")
            for name, (_, relation) in _PARTS.items() if name != "document"
        }),
        "docProps/core.xml": _core(title, author, day),
        **{f"word/{name}.xml": parts[name] for name in _PARTS},
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_CORE_RELATION = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"


def _content_types() -> str:
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_OFFICE}.{kind}+xml"/>'
        for name, (kind, _) in _PARTS.items()
    )
    return (
        f'{_DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'{overrides}<Override PartName="/docProps/core.xml" ContentType="{_CORE_TYPE}"/></Types>'
    )


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{id_}" Type="{kind}" Target="{to}"/>' for id_, (kind, to) in targets.items()
    )
    return (
        f'{_DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{inner}</Relationships>"
    )


def _core(title: str, author: str, day: str | None) -> str:
    created = f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:created>' if day else ""
    return (
        f"{_DECLARATION}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(one_line(title))}</dc:title><dc:creator>{escape(one_line(author))}</dc:creator>{created}"
        "</cp:coreProperties>"
    )
