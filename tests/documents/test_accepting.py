"""Which files are accepted as evidence."""

import io
import zipfile

import pytest

from tracker.documents.accepting import LONGEST_NAME, accept, clean_name
from tracker.refusals import Refused


def archive(*names: str) -> bytes:
    """Return a zip archive with empty members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "")
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
        ("a.JPG", b"\xff\xd8\xff\xe0...", "image/jpeg"),
        ("a.jpeg", b"\xff\xd8\xff\xe1...", "image/jpeg"),
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.txt", "说明\r\n".encode(), "text/plain"),
        ("a.txt", "说明".encode("gb18030"), "text/plain"),
    ],
)
def test_accepted(name: str, content: bytes, media_type: str) -> None:
    assert accept(name, content).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.zip", archive("a")),
        ("a.svg", b"<svg/>"),
        ("a.html", b"<p>"),
        ("a.exe", b"MZ"),
        ("a.doc", b"\xd0\xcf\x11\xe0"),
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("a.png", b"<svg/>"),
        ("a.docx", archive("a")),
        ("a.docx", XLSX),
        ("a.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.docx", DOCX[:30]),
        ("a.txt", b"\x00\x01"),
        ("a.txt", b""),
        ("a.png.html", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_refused_with_what_to_do(name: str, content: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        accept(name, content)
    assert refusal.value.field == "evidence"
    assert "请" in refusal.value.message


def test_a_name_loses_folders_controls_and_direction_marks() -> None:
    assert clean_name("../../etc/照片\r\n.png") == "照片.png"
    assert clean_name("C:\\fakepath\\照片.png") == "照片.png"
    assert clean_name("照片\u202egnp.txt") == "照片gnp.txt"
    assert clean_name("") == "未命名"
    long = clean_name("长" * 300 + ".docx")
    assert long.endswith(".docx")
    assert len(long) <= LONGEST_NAME
