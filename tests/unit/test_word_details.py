"""What Word, WPS and LibreOffice keep outside the plain text, and what they write twice."""

import io
import zipfile
from collections.abc import Sequence

import pytest

from tests.unit.documents_for_reading import W, zipped
from tracker.reports.formats.document_text import read_text
from tracker.reports.formats.numerals import numeral
from tracker.reports.formats.symbols import symbol

WPS = (
    'xmlns:wpsCustomData="http://www.wps.cn/officeDocument/2013/wpsCustomData" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="wpsCustomData"'
)


def run(words: str, properties: str = "") -> str:
    """A run of words."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def paragraph(inner: str, properties: str = "") -> str:
    """A paragraph of runs."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def listed(words: str, depth: int | None = 0, number: int = 1, style: str = "") -> str:
    """A paragraph of a list."""
    level = "" if depth is None else f'<w:ilvl w:val="{depth}"/>'
    said = (
        f'<w:pStyle w:val="{style}"/>' if style else f'<w:numPr>{level}<w:numId w:val="{number}"/></w:numPr>'
    )
    return paragraph(run(words), said)


def level(depth: int, form: str, pattern: str, more: str = "") -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def number(name: int, abstract: int = 1, more: str = "") -> str:
    """A list that follows an abstract one."""
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{abstract}"/>{more}</w:num>'


def said(body: str, numbering: str = "", styles: str = "", **parts: str) -> list[str]:
    """The lines that are read from a .docx of these parts."""
    files = {
        "word/document.xml": f"<w:document {W} {WPS}><w:body>{body}</w:body></w:document>",
        "word/numbering.xml": f"<w:numbering {W}>{numbering}</w:numbering>",
        "word/styles.xml": f"<w:styles {W}>{styles}</w:styles>",
        **{f"word/{name}.xml": part for name, part in parts.items()},
    }
    content = zipped({name: part.encode() for name, part in files.items()})
    return read_text("a.docx", content).split("\n")


def abstract(*levels: str, name: int = 1, more: str = "") -> str:
    """An abstract list."""
    return f'<w:abstractNum w:abstractNumId="{name}">{more}{"".join(levels)}</w:abstractNum>'


# --- numbers ---

TWO = abstract(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2"))


def test_a_list_of_its_own_words_begins_anew_and_others_go_on() -> None:
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = TWO + number(1) + number(2) + number(3, more=restart)
    body = "".join(listed(name, number=one) for name, one in (("甲", 1), ("乙", 2), ("丙", 3), ("丁", 3)))
    assert said(body, lists) == ["一、甲", "二、乙", "一、丙", "二、丁"]


def test_a_list_may_change_a_level_of_the_one_it_follows() -> None:
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "（%1）")}</w:lvlOverride>'
    assert said(listed("甲") + listed("乙", number=2), TWO + number(1) + number(2, more=other)) == [
        "一、甲", "（2）乙",
    ]  # fmt: skip


def test_legal_numbers_are_digits_at_every_depth() -> None:
    plain = abstract(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2、"))
    legal = abstract(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2、", "<w:isLgl/>"))
    body = listed("章") + listed("节", 1)
    assert said(body, plain + number(1)) == ["一、章", "一.1、节"]
    assert said(body, legal + number(1)) == ["一、章", "1.1、节"]


@pytest.mark.parametrize(("restart", "second"), [("", "1）"), ('<w:lvlRestart w:val="0"/>', "2）")])
def test_a_level_begins_anew_unless_it_says_otherwise(restart: str, second: str) -> None:
    lists = abstract(level(0, "decimal", "%1."), level(1, "decimal", "%2）", restart)) + number(1)
    body = listed("甲") + listed("子", 1) + listed("乙") + listed("丑", 1)
    assert said(body, lists) == ["1.甲", "1）子", "2.乙", f"{second}丑"]


def test_a_style_takes_the_level_that_names_it_and_a_paragraph_may_lay_the_number_down() -> None:
    lists = abstract(
        level(0, "chineseCounting", "%1、", '<w:pStyle w:val="h1"/>'),
        level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="h2"/>'),
    )
    style = '<w:style w:type="paragraph" w:styleId="{0}"><w:name w:val="{0}"/>{1}</w:style>'
    numbered = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    styles = style.format("h1", numbered) + style.format("h2", '<w:basedOn w:val="h1"/>')
    none = paragraph(run("不编号"), '<w:pStyle w:val="h1"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    body = listed("甲", style="h1") + listed("子", style="h2") + none + listed("乙", style="h1")
    assert said(body, lists + number(1), styles) == ["一、甲", "（一）子", "不编号", "二、乙"]


def test_a_list_that_names_a_style_is_the_list_of_that_style() -> None:
    lists = TWO + abstract(name=2, more='<w:numStyleLink w:val="样"/>') + number(1) + number(2, 2)
    styles = (
        '<w:style w:type="numbering" w:styleId="样"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        "</w:style>"
    )
    assert said(listed("甲", number=2) + listed("乙", number=1), lists, styles) == ["一、甲", "二、乙"]


@pytest.mark.parametrize(
    ("value", "form", "wanted"),
    [
        (12, "chineseLegalSimplified", "壹拾贰"), (3, "ideographTraditional", "丙"),
        (2, "ideographZodiac", "丑"),
        (12, "ideographDigital", "一二"), (7, "decimalZero", "07"), (3, "decimalEnclosedParen", "⑶"),
        (27, "lowerLetter", "aa"), (1994, "upperRoman", "MCMXCIV"), (999999, "lowerRoman", "999999"),
        (-3, "decimalEnclosedCircle", "-3"), (5, "unheardOf", "5"),
    ],
)  # fmt: skip
def test_numbers_in_the_forms_of_offices(value: int, form: str, wanted: str) -> None:
    assert numeral(value, form) == wanted


def test_a_pattern_without_end_is_cut() -> None:
    lists = abstract(level(0, "decimal", "%1" * 5000)) + number(1)
    assert len(said(listed("甲") * 100, lists)[99]) < 200


# --- text that is there twice, elsewhere or not at all ---


def test_text_boxes_follow_their_paragraph_once() -> None:
    box = f"<w:txbxContent>{paragraph(run('框一'))}{paragraph(run('框二'))}</w:txbxContent>"
    both = (
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    older = f"<w:r><w:pict>{box}</w:pict></w:r>"
    only_older = (
        '<mc:AlternateContent><mc:Choice Requires="wpg"><w:drawing/></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    for inner in (f"<w:r>{both}</w:r>", older, f"<w:r>{only_older}</w:r>"):
        assert said(paragraph(run("前") + inner + run("后"))) == ["前后", "框一", "框二"]
    assert said(paragraph(older)) == ["框一", "框二"]


def test_hidden_text_is_not_read() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="藏"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="段"><w:basedOn w:val="藏"/></w:style>'
    )
    body = paragraph(
        run("见") + run("不见", "<w:vanish/>") + run("也见", '<w:vanish w:val="0"/>')
        + run("不见", '<w:rStyle w:val="藏"/>')
    ) + paragraph(
        run("不见") + run("又见", '<w:vanish w:val="false"/>'), '<w:pStyle w:val="段"/>'
    )  # fmt: skip
    assert said(body, styles=styles) == ["见也见", "又见"]


def field(code: str, result: str) -> str:
    """A field as Word writes it."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    return (
        mark("begin")
        + f"<w:r><w:instrText>{code}</w:instrText></w:r>"
        + mark("separate")
        + result
        + mark("end")
    )


def test_fields_show_their_result_and_page_numbers_none() -> None:
    nested = field(f"IF {field('REF x', run('一'))} = 1", run("三天内"))
    body = paragraph(run("于") + nested + run("完成，第") + field(" PAGE ", run("7")) + run("页"))
    assert said(body) == ["于三天内完成，第页"]
    simple = '<w:fldSimple w:instr="{}">{}</w:fldSimple>'.format
    assert said(paragraph(simple("DATE", run("今天")) + simple("NUMPAGES", run("9")))) == ["今天"]
    assert said(paragraph('<w:r><w:fldChar w:fldCharType="end"/></w:r>' + run("照读"))) == ["照读"]


def test_a_table_of_contents_and_click_here_are_no_text() -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{paragraph(run('一、情况……1'))}</w:sdtContent></w:sdt>"
    )
    empty = (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('单击此处')}</w:sdtContent></w:sdt>"
    )
    filled = f"<w:sdt><w:sdtPr/><w:sdtContent>{run('填了')}</w:sdtContent></w:sdt>"
    styles = '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="toc 1"/></w:style>'
    line = paragraph(run("二、问题……2"), '<w:pStyle w:val="a"/>')
    assert said(contents + line + paragraph(empty + filled), styles=styles) == ["填了"]


def test_notes_come_at_the_end_in_the_order_of_the_text() -> None:
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0">{paragraph("")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph(run("先写的"))}</w:footnote>'
        f'<w:footnote w:id="3">{paragraph(run("先提的"))}</w:footnote></w:footnotes>'
    )
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'.format
    body = paragraph(run("甲") + mark(3) + run("乙") + mark(2) + mark(3) + mark(9))
    assert said(body, footnotes=notes) == ["甲乙", "注1：先提的", "注2：先写的"]


def test_a_removed_paragraph_mark_joins_two_paragraphs_and_counts_for_nothing() -> None:
    gone = "<w:rPr><w:del/></w:rPr>"
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = (
        listed("甲")
        + paragraph("<w:del><w:r><w:delText>删</w:delText></w:r></w:del>", numbered + gone)
        + paragraph(run("乙的前半，"), numbered + gone)
        + listed("后半")
        + listed("丙")
    )
    assert said(body, TWO + number(1)) == ["一、甲", "二、乙的前半，后半", "三、丙"]
    assert said(paragraph(run("尾"), gone)) == ["尾"]


def test_marks_and_signs_of_all_kinds() -> None:
    body = paragraph(
        run("一") + "<w:r><w:tab/><w:noBreakHyphen/></w:r>"
        + '<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>'
        + "<w:ruby><w:rt><w:r><w:t>yī</w:t></w:r></w:rt><w:rubyBase>" + run("壹") + "</w:rubyBase></w:ruby>"
    )  # fmt: skip
    assert said(body) == ["一\t-☑壹"]
    assert said(paragraph(run("\uf0fe已办，\uf0ee完"))) == ["☑已办，完"]
    assert [symbol("宋体", "2460"), symbol("宋体", "F0FC"), symbol("Symbol", "F0B7"), symbol("x", "?")] == [
        "①", "", "·", "",
    ]  # fmt: skip


def test_a_soft_break_in_a_sentence_is_none_and_after_one_is_a_line() -> None:
    br = "<w:r><w:br/></w:r>"
    assert said(paragraph(run("台账不全，") + br + run("没有签字。") + br + run("二、下一步"))) == [
        "台账不全，没有签字。", "二、下一步",
    ]  # fmt: skip


# --- tables ---


def table(*rows: Sequence[str]) -> str:
    """A table; a cell may bring its own properties and paragraphs."""
    cells = ["".join(one if one.startswith("<w:tc>") else cell(one) for one in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def cell(words: str, properties: str = "", inner: str = "") -> str:
    """A cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner or paragraph(run(words))}</w:tc>"


def test_cells_that_reach_down_are_marked() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(["1", cell("党建办", down)], ["2", cell("", on, paragraph(""))], ["3", "宣传办"])
    assert said(body) == ["1\t党建办", "2\t〃", "3\t宣传办"]


def test_rows_whose_edges_are_a_little_apart_have_the_same_columns() -> None:
    span = '<w:gridSpan w:val="{}"/>'.format
    body = table(
        ["序号", cell("具体问题", span(2)), "时限"],
        ["1", "台账不全", cell("年底前", span(2))],
        [cell("合计", span(3)), "1"],
    )
    assert said(body) == ["序号\t具体问题\t时限", "1\t台账不全\t年底前", "合计\t\t1"]


def test_a_table_that_frames_the_text_is_no_table() -> None:
    inner = table(["问题", "措施"], ["台账不全", "补齐"])
    assert said(table([cell("", inner=paragraph(run("三、存在的问题")) + inner + paragraph(run("完")))])) == [
        "三、存在的问题", "问题\t措施", "台账不全\t补齐", "完",
    ]  # fmt: skip


def test_a_form_gives_its_label_and_its_paragraphs() -> None:
    told = "".join(
        paragraph(run(words)) for words in ("一、情况", "学习3次。", "二、存在的问题", "记录不全。")
    )
    assert said(table(["单位", "青示镇"], [cell("工作总结"), cell("", inner=told)])) == [
        "单位\t青示镇", "工作总结", "一、情况", "学习3次。", "二、存在的问题", "记录不全。",
    ]  # fmt: skip


def test_removed_rows_are_out_and_rows_in_controls_are_in() -> None:
    gone = "<w:tr><w:trPr><w:del/></w:trPr>" + cell("删") + cell("去") + "</w:tr>"
    kept = f"<w:sdt><w:sdtContent><w:tr>{cell('1')}{cell('台账')}</w:tr></w:sdtContent></w:sdt>"
    assert said(f"<w:tbl>{gone}{kept}</w:tbl>") == ["1\t台账"]


# --- packages ---


def test_the_strict_edition_reads_the_same() -> None:
    address = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    document = f'<w:document xmlns:w="{address}"><w:body>{listed("甲")}</w:body></w:document>'
    numbering = f'<w:numbering xmlns:w="{address}">{TWO}{number(1)}</w:numbering>'
    content = zipped({"word/document.xml": document.encode(), "word/numbering.xml": numbering.encode()})
    assert read_text("a.docx", content) == "一、甲"


def test_parts_are_found_by_their_relations_and_under_windows_names() -> None:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kinds}/{{}}" Target="{{}}"/></Relationships>'
    ).format
    document = f"<w:document {W}><w:body>{listed('甲')}</w:body></w:document>"
    numbering = f"<w:numbering {W}>{TWO}{number(1)}</w:numbering>"
    content = zipped(
        {
            "_rels/.rels": relations("officeDocument", "/word/document2.xml").encode(),
            "word\\document2.xml": document.encode(),
            "word/_rels/document2.xml.rels": relations("numbering", "lists.xml").encode(),
            "word/lists.xml": numbering.encode(),
        }
    )
    assert read_text("a.docx", content) == "一、甲"


def test_a_document_in_utf_16_is_read_and_one_in_another_encoding_is_not() -> None:
    body = f"<w:body>{paragraph(run('甲'))}</w:body>"
    document = f'<?xml version="1.0" encoding="UTF-16"?><w:document {W}>{body}</w:document>'
    assert read_text("a.docx", zipped({"word/document.xml": document.encode("utf-16")})) == "甲"


def test_what_wps_adds_is_passed_over() -> None:
    """Its data about comments and its own namespace stand beside what every program knows."""
    body = (
        paragraph(run("甲"))
        + '<wpsCustomData:commentExtends><wpsCustomData:x val="1"/></wpsCustomData:commentExtends>'
    )
    content = zipped({
        "docProps/custom.xml": b"<Properties/>",
        "customXml/item1.xml": b'<s:customData xmlns:s="http://www.wps.cn/officeDocument/2013/wpsCustomData"/>',
        "word/document.xml": f"<w:document {W} {WPS}><w:body>{body}</w:body></w:document>".encode(),
    })  # fmt: skip
    assert read_text("a.docx", content) == "甲"


def test_a_docx_may_be_called_doc_and_wps() -> None:
    body = f"<w:body>{paragraph(run('甲'))}</w:body>"
    content = zipped({"word/document.xml": f"<w:document {W}>{body}</w:document>".encode()})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["word/document.xml"]
    assert [read_text(f"a{suffix}", content) for suffix in (".docx", ".doc", ".wps")] == ["甲"] * 3
