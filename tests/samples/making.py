"""Make the sample files again: `python -m tests.samples.making` (LibreOffice with Calc, openpyxl).

The files are kept as they were made, since other versions write other bytes. Each is a twin of the .txt
beside it: the same words as another program keeps them.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path

import docx
import docx.enum.style
import docx.oxml.ns
import openpyxl
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.text.paragraph import Paragraph
from openpyxl.styles import Alignment, Border, Side

HERE = Path(__file__).parent
FOLDED = "同上"  # in the .txt: this cell belongs to the one above
NAMES = " ".join(
    f'xmlns:{name}="{address}"'
    for name, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)


def main() -> None:
    """Make every sample; those of LibreOffice from those of the libraries."""
    awkward(tracked=False).save(str(HERE / "awkward.docx"))  # printed and published with the changes accepted
    convert("awkward.docx", "pdf")
    awkward(tracked=True).save(str(HERE / "awkward.docx"))
    ledger().save(str(HERE / "ledger.docx"))
    for name in ("awkward", "ledger", "township"):
        for format_ in ("doc", "odt"):
            convert(f"{name}.docx", format_)
    for name in (
        "ledger",
        "township",
    ):  # LibreOffice breaks “一、” of an automatic number in .rtf, and all in .html
        convert(f"{name}.docx", "rtf")
    convert("ledger.docx", "html")
    convert("ledger.docx", "pdf")
    workbook().save(HERE / "ledger.xlsx")
    convert("ledger.xlsx", "xls")
    (HERE / "township.wps").write_bytes((HERE / "township.doc").read_bytes())


def convert(name: str, format_: str) -> None:
    """Let LibreOffice save a sample in another format."""
    with tempfile.TemporaryDirectory() as home:
        profile = f"-env:UserInstallation=file://{home}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", format_, "--outdir", str(HERE)]
        subprocess.run([*command, str(HERE / name)], check=True, timeout=120, stdout=sys.stderr)


def lines_of(name: str) -> list[str]:
    """The lines of a .txt sample."""
    return (HERE / name).read_text(encoding="utf-8").rstrip("\n").split("\n")


# --- the ledger ---


def ledger() -> docx.document.Document:
    """The ledger as a paper in landscape: merged header rows, cells that reach over rows."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    lines = lines_of("ledger.txt")
    gap = lines.index("")
    for line in lines[:2]:
        document.add_paragraph(line)
    for rows in (lines[2:gap], lines[gap + 1 :]):
        add_table(document, [row.split("\t") for row in rows])
        document.add_paragraph("")
    return document


def add_table(document: docx.document.Document, rows: Sequence[Sequence[str]]) -> None:
    """Add a table; folded cells are merged with those above, blank header cells with those before."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for column, said in enumerate(row):
            if said == FOLDED:
                top = next(up for up in range(number, -1, -1) if rows[up][column] != FOLDED)
                if number + 1 == len(rows) or rows[number + 1][column] != FOLDED:
                    table.cell(top, column).merge(table.cell(number, column))
            elif said:
                table.cell(number, column).text = said
    if rows[0][3] == "":
        table.cell(0, 2).merge(table.cell(0, 4))
        table.cell(0, 5).merge(table.cell(0, 6))


def workbook() -> openpyxl.Workbook:
    """The ledger as two sheets, headers with line breaks and blanks, days as days, a hidden draft."""
    book = openpyxl.Workbook()
    lines = lines_of("ledger.txt")
    gap = lines.index("")
    first, second = book.active, book.create_sheet("安全生产")
    assert first is not None
    first.title = "意识形态"
    fill(first, [[lines[0]], [lines[1]], *(row.split("\t") for row in lines[2:gap])])
    first.merge_cells("A1:I1")
    first.merge_cells("A2:I2")
    first.merge_cells("C3:E3")
    first.merge_cells("F3:G3")
    first["D4"], first["E4"], first["G4"] = "责任\n领导", "责 任 单 位", "整改\n时限"
    fill(second, [row.split("\t") for row in lines[gap + 1 :]])
    draft = book.create_sheet("草稿")
    draft.append(["具体问题", "整改措施"])
    draft.append(["没有定稿的问题不应读出来", "不读"])
    draft.sheet_state = "hidden"
    return book


def fill(sheet: openpyxl.worksheet.worksheet.Worksheet, rows: Sequence[Sequence[str]]) -> None:
    """Fill a sheet; folded cells are merged with those above, whole days become days."""
    line = Side(style="thin")
    for number, row in enumerate(rows, start=1):
        for column, said in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            cell.border = Border(line, line, line, line)
            cell.alignment = Alignment(wrap_text=True)
            cell.value = None if said in ("", FOLDED) else day_in(said)
    for column in range(1, max(map(len, rows)) + 1):
        merge_down(sheet, column, [row[column - 1] if column <= len(row) else "" for row in rows])


def merge_down(sheet: openpyxl.worksheet.worksheet.Worksheet, column: int, said: Sequence[str]) -> None:
    """Merge the folded cells of a column with the cell above them."""
    top = 0
    for number, word in enumerate([*said, ""]):
        if word != FOLDED:
            if number - top > 1 and said[top + 1] == FOLDED:
                sheet.merge_cells(start_row=top + 1, end_row=number, start_column=column, end_column=column)
            top = number


def day_in(said: str) -> str | date | int:
    """A day where the words are one, a number where they are one."""
    if said.isdecimal():
        return int(said)
    parts = said.removesuffix("日").replace("年", "-").replace("月", "-").split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        return date(*map(int, parts))
    return said


# --- the awkward report ---


def awkward(*, tracked: bool) -> docx.document.Document:
    """The report with everything that a reader may stumble over."""
    lines = lines_of("awkward.txt")
    document = docx.Document()
    add_lists(document)
    section = document.sections[0]
    section.header.paragraphs[0].text = "青示镇人民政府工作材料"
    add(section.footer.paragraphs[0], text("第") + field("PAGE", "1") + text("页"))
    document.add_paragraph(lines[0])
    for line in lines[1:4]:
        numbered(document, line)
    if tracked:
        add(document.paragraphs[-1], moved("moveFrom", 1, "来源查不清。"))
        removed = document.add_paragraph(style="样二级")  # its mark is removed, too: it counts for nothing
        removed.paragraph_format.element.get_or_add_pPr().append(
            parse_xml(f"<w:rPr {NAMES}><w:del {change(2)}/></w:rPr>")
        )
        add(removed, changed("del", 3, "会议没有传达到村。"))
    numbered(document, lines[4])
    problems = [numbered(document, line[:3]) for line in lines[5:8]]
    add(problems[0], text("部分企业安全培训走过场，新进员工没有培训就上岗。") + NOTE)
    add(problems[0], f"<w:r {NAMES}><w:rPr><w:vanish/></w:rPr><w:t>名单在安委办，不公开。</w:t></w:r>")
    add(problems[1], text("应急值守不够规范，") + (changed("del", 4, "白天") if tracked else ""))
    add(problems[1], (changed("ins", 5, "夜间") if tracked else text("夜间")) + text("交接班没有书面记录。"))
    add(problems[2], text("烟花爆竹零售点进货台账不全，"))
    add(problems[2], moved("moveTo", 6, "来源查不清。") if tracked else text("来源查不清。"))
    add(problems[2], text_box(lines[8]))
    numbered(document, lines[9])
    steps = [document.add_paragraph(style="样三级") for _ in range(4)]
    add(
        steps[0],
        text("组织新进员工补训，企业逐人建立培训档案，")
        + field('HYPERLINK "http://example.invalid/"', "镇应急办")
        + text("逐家核对。"),
    )
    add(steps[1], text("规范应急值守，夜间交接班一律填写交接记录，") + BREAK + text("值班领导逐日签字。"))
    add(steps[2], text("清理烟花爆竹零售点进货台账，来源不清的一律下架。"))
    add(steps[3], text("逐店检查燃气报警器，") + TICK + text("装好的贴标识，没有通电的当场接通。"))
    document.add_paragraph(lines[14])
    add_hazards(document, [row.split("\t") for row in lines[15:19]], tracked=tracked)
    document.add_paragraph("")
    add_footnotes(document, lines[19].split("：", 1)[1])
    comment = document.add_comment(problems[0].runs, text="这一条请领导定。", author="例", initials="例")
    assert comment is not None
    return document


def numbered(document: docx.document.Document, line: str) -> Paragraph:
    """Add a paragraph whose number comes from its style."""
    style = "样二级" if line[0] == "（" else "样一级"
    return document.add_paragraph(line[3 if line[0] == "（" else 2 :], style=style)


def add_lists(document: docx.document.Document) -> None:
    """Add a list of three levels, 一、 （一） 1., each tied to a style."""
    levels = (("chineseCountingThousand", "%1、", "样一级"), ("chineseCounting", "（%2）", "样二级"),
              ("decimal", "%3.", "样三级"))  # fmt: skip
    shapes = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for depth, (form, pattern, style) in enumerate(levels)
    )
    numbering = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {NAMES} w:abstractNumId="90"><w:multiLevelType w:val="multilevel"/>'
        f"{shapes}</w:abstractNum>"
    )
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {NAMES} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for depth, (_form, _pattern, name) in enumerate(levels):
        style = document.styles.add_style(name, docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.element.style_id = name
        depth_said = f'<w:ilvl w:val="{depth}"/>' if depth else ""
        style.element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {NAMES}>{depth_said}<w:numId w:val="90"/></w:numPr>')
        )


def add_hazards(document: docx.document.Document, rows: Sequence[Sequence[str]], *, tracked: bool) -> None:
    """Add the table: a merged cell, a table in a cell, a row that a tracked change removed."""
    table = document.add_table(rows=4, cols=6, style="Table Grid")
    for number, row in enumerate(rows):
        for column, said in enumerate(row):
            if said != FOLDED and (number, column) != (1, 2):
                table.cell(number, column).text = said
    table.cell(1, 3).merge(table.cell(2, 3))
    cell = table.cell(1, 2)
    cell.paragraphs[0].text = "当日清空，"
    inner = cell.add_table(rows=2, cols=2)
    for number, words in enumerate(("敬老院 每日查", "应急办 每周查")):
        for column, said in enumerate(words.split()):
            inner.cell(number, column).text = said
    cell.add_paragraph("")
    if tracked:
        removed = deepcopy(table.rows[3]._tr)
        for run in removed.iter(docx.oxml.ns.qn("w:t")):
            run.text = "划去"
        removed.get_or_add_trPr().append(parse_xml(f"<w:del {NAMES} {change(7)}/>"))
        table.rows[3]._tr.addprevious(removed)


def add_footnotes(document: docx.document.Document, words: str) -> None:
    """Add the part with the footnote."""
    xml = f'<w:footnotes {NAMES}><w:footnote w:id="2"><w:p>{text(words)}</w:p></w:footnote></w:footnotes>'
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        xml.encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


# --- pieces of WordprocessingML ---

NOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
BREAK = "<w:r><w:br/></w:r>"
TICK = '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'


def add(paragraph: Paragraph, pieces: str) -> None:
    """Add pieces to a paragraph."""
    for piece in parse_xml(f"<w:p {NAMES}>{pieces}</w:p>"):
        paragraph._p.append(piece)


def text(words: str) -> str:
    """A run of words."""
    return f"<w:r><w:t>{words}</w:t></w:r>"


def change(number: int) -> str:
    """Who changed something, and when."""
    return f'w:id="{number}" w:author="演" w:date="2025-10-09T08:00:00Z"'


def changed(kind: str, number: int, words: str) -> str:
    """Words that a tracked change removed (del) or put in (ins)."""
    tag = "delText" if kind == "del" else "t"
    return f"<w:{kind} {change(number)}><w:r><w:{tag}>{words}</w:{tag}></w:r></w:{kind}>"


def moved(kind: str, number: int, words: str) -> str:
    """Words that were moved away (moveFrom) or to here (moveTo)."""
    inner = f"<w:{kind} {change(number)}>{text(words)}</w:{kind}>"
    begins = f'<w:{kind}RangeStart {change(number + 20)} w:name="移"/>'
    return f'{begins}{inner}<w:{kind}RangeEnd w:id="{number + 20}"/>'


def field(code: str, result: str) -> str:
    """A field with its code and result."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    code = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return marks[0] + code + marks[1] + text(result) + marks[2]


def text_box(words: str) -> str:
    """A text box for newer programs, and the same once more for older ones."""
    content = f"<w:txbxContent><w:p>{text(words)}</w:p></w:txbxContent>"
    size = 'cx="5400000" cy="360000"'
    shape = (
        f'<wp:inline><wp:extent {size}/><wp:docPr id="9" name="框"/><a:graphic><a:graphicData '
        'uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        f'<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom></wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>"
        "</a:graphic></wp:inline>"
    )
    older = (
        '<w:pict><v:shape id="框" style="width:425pt;height:28pt" type="#_x0000_t202">'
        f"<v:textbox>{content}</v:textbox></v:shape></w:pict>"
    )
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        f"{shape}</w:drawing></mc:Choice><mc:Fallback>{older}</mc:Fallback></mc:AlternateContent></w:r>"
    )


if __name__ == "__main__":
    main()
