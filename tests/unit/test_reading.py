"""Text out of the files that offices send, and refusals that say what to do."""

import io
import struct
import zipfile

import docx
import pytest

from tests.unit.documents_for_reading import W, numbered_docx, sample_text, saved, typed_docx, zipped
from tracker.reports.formats.document_text import read_text
from tracker.reports.formats.numerals import chinese, numeral
from tracker.reports.formats.unreadable import UnreadableReportError

TEXT = "三、存在的问题\r\n一是学习不够深入。\r\n2025年10月9日\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_plain_text_keeps_every_character_but_the_mark(encoding: str) -> None:
    assert read_text("总结.TXT", TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("line_end", ["\r", "\v", "\x85", "\u2028", "\u2029"])
def test_line_ends_of_other_programs_end_lines(line_end: str) -> None:
    assert read_text("总结.txt", TEXT.replace("\r\n", line_end).encode()) == TEXT.replace("\r\n", "\n")


def refused(name: str, content: bytes) -> str:
    """The code of the refusal; its message must say what became of the file."""
    with pytest.raises(UnreadableReportError) as caught:
        read_text(name, content)
    assert "没有改动" in caught.value.message
    assert str(caught.value) == caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("总结.txt", b"", "empty"),
        ("总结.txt", b" \r\n\t", "empty"),
        ("总结.txt", "\u3000\n".encode(), "empty"),
        ("总结.txt", b"PK\x03\x04....", "wrong_name"),
        ("总结.txt", b"%PDF-1.7", "wrong_name"),
        ("总结.txt", b"\xff\xff\xff\xff\xfe", "encoding"),
        ("总结.txt", "一\0二".encode(), "broken"),
        ("总结.docx", "一、问题".encode(), "wrong_name"),
        ("总结.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "wrong_name"),
        ("总结.docx", b"PK\x03\x04broken", "broken"),
        ("总结.docx", zipped({"xl/workbook.xml": b"<a/>"}), "wrong_name"),
        ("总结.docx", zipped({"word/document.xml": b"<w:document"}), "broken"),
        ("总结.ppt", b"%PDF-1.7", "unknown_type"),
        ("总结.pdf", b"%PDF-1.7", "broken"),
        ("总结.pdf", b"PK\x03\x04", "wrong_name"),
        ("总结.xlsx", b"PK\x03\x04broken", "broken"),
        ("总结.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "wrong_name"),
        ("总结.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken", "broken"),
        ("总结.wps", b"text", "wrong_name"),
        ("总结.html", b"<html><script>x</script></html>", "empty"),
        ("总结", b"text", "unknown_type"),
        ("总结.txt", b"a" * (20 * 1024 * 1024 + 1), "too_large"),
        ("总结.txt", b"a" * 500_001, "too_large"),
    ],
)
def test_unreadable_files_are_refused_with_a_code(name: str, content: bytes, code: str) -> None:
    assert refused(name, content) == code


def test_a_cut_off_docx_is_broken() -> None:
    assert refused("总结.docx", typed_docx(sample_text())[:-200]) == "broken"


def test_a_document_without_words_is_empty() -> None:
    assert refused("总结.docx", typed_docx("")) == "empty"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_in_any_part_is_refused(encoding: str) -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'.encode(encoding)
    document = f"<w:document {W}/>".encode()
    assert (
        refused("总结.docx", zipped({"word/document.xml": document, "word/theme.xml": laughs})) == "doctype"
    )


def test_bombs_are_refused_before_they_unpack() -> None:
    document = f"<w:document {W}/>".encode()
    swollen = zipped({"word/document.xml": document, "word/a.xml": b" " * 30_000_000})
    assert refused("总结.docx", swollen) == "bomb"
    many = zipped({"word/document.xml": document} | {f"word/{n}.xml": b"" for n in range(2001)})
    assert refused("总结.docx", many) == "bomb"


def test_a_declared_size_that_lies_is_not_believed() -> None:
    honest = zipped({"word/document.xml": f"<w:document {W}>{' ' * 5000}</w:document>".encode()})
    with zipfile.ZipFile(io.BytesIO(honest)) as archive:
        size = archive.infolist()[0].file_size
    lying = honest.replace(struct.pack("<L", size), struct.pack("<L", 10))
    assert refused("总结.docx", lying) == "broken"


def test_docx_gives_paragraphs_and_tables() -> None:
    document = docx.Document()
    document.add_paragraph("一、基本情况")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "问题", "措施"
    table.cell(1, 0).text, table.cell(1, 1).text = "台账不全", "补齐"
    document.add_paragraph("特此报告")
    assert read_text("a.docx", saved(document)) == "一、基本情况\n问题\t措施\n台账不全\t补齐\n特此报告"


def test_automatic_numbers_are_computed() -> None:
    levels = [("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3.")]
    content = numbered_docx(
        [
            (0, "情况"),
            (1, "学习"),
            (1, "检查"),
            (0, "问题"),
            (1, "不深入"),
            (2, "记录"),
            (2, "讨论"),
            (None, "完"),
        ],
        levels,
    )
    assert read_text("a.docx", content).split("\n") == [
        "一、情况", "（一）学习", "（二）检查", "二、问题", "（一）不深入", "1.记录", "2.讨论", "完",
    ]  # fmt: skip


def test_a_style_brings_its_number_along() -> None:
    document = docx.Document()
    document.add_paragraph("学习不深入", style="List Number")
    document.add_paragraph("台账不全", style="List Number")
    assert read_text("a.docx", saved(document)) == "1.学习不深入\n2.台账不全"


def test_text_struck_out_by_a_tracked_change_is_not_read() -> None:
    body = (
        f"<w:document {W}><w:body><w:p><w:r><w:t>保留</w:t></w:r>"
        "<w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>新增</w:t></w:r></w:ins></w:p></w:body></w:document>"
    )
    assert read_text("a.docx", zipped({"word/document.xml": body.encode()})) == "保留新增"


@pytest.mark.parametrize(
    ("number", "form", "said"),
    [(3, "decimal", "3"), (2, "decimalEnclosedCircle", "②"), (3, "upperLetter", "C"),
     (14, "lowerRoman", "xiv"), (12, "chineseCounting", "十二")],
)  # fmt: skip
def test_numerals(number: int, form: str, said: str) -> None:
    assert numeral(number, form) == said


def test_chinese_counting() -> None:
    assert [chinese(n) for n in (1, 10, 11, 20, 35, 99, 100)] == [
        "一",
        "十",
        "十一",
        "二十",
        "三十五",
        "九十九",
        "100",
    ]


def test_a_table_in_a_cell_is_read_once() -> None:
    inner = "<w:p><w:r><w:t>最里面</w:t></w:r></w:p>"
    for _depth in range(30):  # read once a level, and not twice as often with each
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    document = f"<w:document {W}><w:body>{inner}</w:body></w:document>"
    assert read_text("a.docx", zipped({"word/document.xml": document.encode()})) == "最里面"


def test_a_list_level_that_is_no_number_counts_as_the_first() -> None:
    content = numbered_docx([(0, "甲"), (0, "乙")], [("decimal", "%1.")])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    broken = {name: part.replace(b'w:ilvl w:val="0"', b'w:ilvl w:val="x"') for name, part in parts.items()}
    assert broken != parts
    assert read_text("a.docx", zipped(broken)) == read_text("a.docx", content) == "1.甲\n2.乙"
