"""An official paper: measures, fonts, numbers and literal text, checked in the XML of the file."""

import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document

from tracker.documents.layout import PRESETS, title_lines, width_of
from tracker.documents.paper import Attachment, Heading, Paper, Paragraph, Table, render

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLE = Table("", ["序号", "问题"], [["1", "宣传力量薄弱"], ["2", "制度不全"]], [1, 9], note="说明：一。")
PAPER = Paper(
    "青示镇2025年第四季度意识形态工作情况总结",
    [
        Heading(1, "一、工作开展情况"),
        Heading(2, "（一）压实责任。开展专题学习3次。"),
        Heading(3, "1. 纯标题"),
        Paragraph("第一段。\n第二段。"),
    ],
    addressee="样川县委宣传部:",
    attachments=[Attachment("上季度问题整改情况表", [TABLE], landscape=True)],
    signature="中共青示镇委员会",
    day=date(2025, 10, 9),
)


def xml(paper, name="document", preset=PRESETS[0]):
    with zipfile.ZipFile(io.BytesIO(render(paper, preset))) as archive:
        return archive.read(f"word/{name}.xml").decode()


def tree(paper, name="document"):
    return ElementTree.fromstring(xml(paper, name))


def texts(paper):
    return [p.text for p in Document(io.BytesIO(render(paper))).paragraphs if p.text]


def style(paper, id_):
    found = [s for s in tree(paper, "styles").iter(f"{W}style") if s.get(f"{W}styleId") == id_]
    return found[0]


def test_page_has_the_margins_of_the_standard():
    first, annex = tree(PAPER).iter(f"{W}sectPr")
    margins = first.find(f"{W}pgMar").attrib
    wanted = {"top": "2097", "right": "1474", "bottom": "1984", "left": "1587", "footer": "1587"}
    assert {side: margins[f"{W}{side}"] for side in wanted} == wanted
    size = first.find(f"{W}pgSz").attrib
    assert (size[f"{W}w"], size[f"{W}h"]) == ("11906", "16838")
    assert annex.find(f"{W}pgSz").get(f"{W}orient") == "landscape"
    assert annex.find(f"{W}pgMar").get(f"{W}top") == "1587"


def test_lines_and_characters_fill_the_type_area():
    normal = style(PAPER, "Normal")
    line = normal.find(f"{W}pPr/{W}spacing").attrib
    assert (line[f"{W}line"], line[f"{W}lineRule"]) == ("579", "exact")
    assert normal.find(f"{W}rPr/{W}spacing").get(f"{W}val") == "-5"
    assert normal.find(f"{W}rPr/{W}sz").get(f"{W}val") == "32"
    assert "docGrid" not in xml(PAPER)


@pytest.mark.parametrize(
    ("id_", "font", "half_points"),
    [
        ("Normal", "仿宋_GB2312", "32"),
        ("PaperTitle", "方正小标宋简体", "44"),
        ("Heading1", "黑体", None),
        ("Heading2", "楷体_GB2312", None),
        ("Heading3", "仿宋_GB2312", None),
        ("Heading4", "仿宋_GB2312", None),
    ],
)
def test_fonts_of_each_level(id_, font, half_points):
    properties = style(PAPER, id_).find(f"{W}rPr")
    fonts = properties.find(f"{W}rFonts").attrib
    assert fonts[f"{W}eastAsia"] == font
    assert fonts[f"{W}ascii"] == fonts[f"{W}hAnsi"] == "Times New Roman"
    size = properties.find(f"{W}sz")
    assert (size.get(f"{W}val") if size is not None else None) == half_points


def test_every_font_has_a_fallback_and_none_is_embedded():
    fonts = tree(PAPER, "fontTable")
    assert {font.get(f"{W}name") for font in fonts} >= {
        "方正小标宋简体",
        "仿宋_GB2312",
        "黑体",
        "楷体_GB2312",
    }
    assert all(font.find(f"{W}altName") is not None for font in fonts)
    assert "embed" not in xml(PAPER, "fontTable")


def test_page_numbers_stand_on_the_outer_side():
    assert "evenAndOddHeaders" in xml(PAPER, "settings")
    odd, even = xml(PAPER, "footer1"), xml(PAPER, "footer2")
    assert '<w:jc w:val="right"/>' in odd
    assert '<w:jc w:val="left"/>' in even
    for footer in (odd, even):
        assert footer.index(">— <") < footer.index(" PAGE ") < footer.index("> —<")
        assert '<w:sz w:val="28"/>' in footer
        assert 'w:ascii="宋体"' in footer
    types = [ref.get(f"{W}type") for ref in tree(PAPER).iter(f"{W}footerReference")]
    assert types == ["default", "even"] * 2


def test_text_reads_back_as_written():
    assert texts(PAPER) == [
        "青示镇2025年第四季度", "意识形态工作情况总结", "样川县委宣传部：", "一、工作开展情况",
        "（一）压实责任。开展专题学习3次。", "1. 纯标题", "第一段。", "第二段。",
        "附件：上季度问题整改情况表",
        "中共青示镇委员会", "2025年10月9日", "附件", "上季度问题整改情况表", "说明：一。",
    ]  # fmt: skip


def test_only_the_title_sentence_of_an_item_has_the_level_font():
    item = next(p for p in tree(PAPER).iter(f"{W}p") if "压实" in "".join(p.itertext()))
    title, rest = item.findall(f"{W}r")
    assert title.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") == "楷体_GB2312"
    assert "".join(title.itertext()) == "（一）压实责任。"
    assert rest.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") is None


def test_first_line_is_indented_by_two_characters():
    indent = style(PAPER, "Body").find(f"{W}pPr/{W}ind").attrib
    assert (indent[f"{W}firstLineChars"], indent[f"{W}firstLine"]) == ("200", "640")


@pytest.mark.parametrize(
    ("unit", "day", "insets"),
    [
        ("中共青示镇委员会", date(2025, 10, 9), ["200", "150"]),
        ("青示镇", date(2025, 12, 31), ["800", "200"]),
        (None, date(2025, 10, 9), ["200"]),
        ("青示镇", None, ["200"]),
    ],
)
def test_signature_without_seal(unit, day, insets):
    document = xml(Paper("总结", [Paragraph("正文。")], signature=unit, day=day))
    assert re.findall(r'w:rightChars="(\d+)"', document) == insets


def test_signature_never_stands_alone_on_a_page():
    paragraphs = [p for p in tree(PAPER).iter(f"{W}p") if "".join(p.itertext()) in ("第一段。", "第二段。")]
    assert [p.find(f"{W}pPr/{W}keepNext") is not None for p in paragraphs] == [False, True]


def test_several_annexes_are_numbered_and_aligned():
    paper = Paper("通知", [Paragraph("正文。")], attachments=[Attachment("甲", []), Attachment("乙表。", [])])
    assert texts(paper) == ["通知", "正文。", "附件：1.\t甲", "2.\t乙表", "附件1", "甲", "附件2", "乙表。"]
    assert [section.orientation for section in Document(io.BytesIO(render(paper))).sections] == [0, 0, 0]


def test_table_repeats_its_header_and_fills_the_measure():
    table = next(tree(PAPER).iter(f"{W}tbl"))
    head, *rows = table.findall(f"{W}tr")
    assert head.find(f"{W}trPr/{W}tblHeader") is not None
    assert [["".join(cell.itertext()) for cell in row.findall(f"{W}tc")] for row in rows] == [
        ["1", "宣传力量薄弱"],
        ["2", "制度不全"],
    ]
    widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
    assert 12750 <= sum(widths) <= 12756
    assert widths[1] == pytest.approx(9 * widths[0], abs=9)


def test_table_with_uneven_rows_is_refused():
    with pytest.raises(ValueError, match="列数不一致"):
        Table("清单", ["甲", "乙"], [["1"]])


HOSTILE = [
    "a\x00b\x0bc\x1fd",
    "]]><w:p/>&amp;<script>alert(1)</script>",
    '{ HYPERLINK "http://example.invalid" } =1+1 {{7*7}} {% x %}',
    "翻\u202e转\u2066隐\u200b藏\ufffe\U0001ffff",
    "\ud800孤",
    "行一\r\n行二\t后",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_printed_literally(text):
    everywhere = Paper(
        text,
        [Heading(1, text), Heading(2, text), Paragraph(text), Table(text, [text], [[text]], note=text)],
        addressee=text,
        attachments=[Attachment(text, [], landscape=True)],
        signature=text,
        day=date(2025, 1, 2),
    )
    document = xml(everywhere)
    root = ElementTree.fromstring(document)
    visible = re.sub(r"[\x00-\x1f\u200b\u202e\u2066\ufffe\U0001ffff\ud800\s]", "", text)
    printed = re.sub(r"\s", "", "".join(root.itertext()))
    assert printed.count(visible) >= 8
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b\u202e\u2066\ufffe]", document)
    assert not list(root.iter(f"{W}instrText"))
    assert not list(root.iter(f"{W}hyperlink"))
    Document(io.BytesIO(render(everywhere)))


def test_same_paper_gives_the_same_bytes():
    assert render(PAPER) == render(PAPER)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.code)
def test_every_preset_sets_its_lines(preset):
    assert f'w:line="{round(preset.line_pt * 20)}"' in xml(PAPER, "styles", preset)
    assert Document(io.BytesIO(render(PAPER, preset))).core_properties.title == PAPER.title


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("通知", ["通知"]),
        ("青示镇2025年第四季度意识形态工作情况总结", ["青示镇2025年第四季度", "意识形态工作情况总结"]),
        ("关于报送\n责任清单的通知", ["关于报送", "责任清单的通知"]),
        (
            "中共样川县青示镇委员会关于2025年第四季度意识形态工作责任制落实情况的报告",
            ["中共样川县青示镇委员会关于2025年", "第四季度意识形态工作责任制落实情况的报告"],
        ),
    ],
)
def test_titles_break_by_meaning(title, lines):
    assert title_lines(title, 20 if len(lines) < 2 or len(title) > 30 else 18) == lines


def test_title_without_hints_is_still_broken_evenly():
    lines = title_lines("甲" * 50, 18)
    assert "".join(lines) == "甲" * 50
    assert max(map(width_of, lines)) <= 18
    assert len(lines) == 3
