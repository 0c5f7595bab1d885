"""What a file is, told by its content: its name may say something else."""

from __future__ import annotations

import re
from enum import Enum

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_MARK = b"%PDF-"
RTF_MARK = b"{\\rtf"
HEAD = 1024  # bytes within which a .pdf may begin (ISO 32000-1, annex H)
PAGE = re.compile(
    rb"(?:\s|<\?xml[^>]{0,200}>|<!--[^>]{0,500}-->)*+<(?:!doctype\s+html|html)\b", re.IGNORECASE
)


class Kind(Enum):
    """What a file is, in the words of the messages."""

    WORD = "Word 文档（.docx）"
    OLD_WORD = "旧版 Word 或 WPS 文档（.doc、.wps）"
    RICH_TEXT = "RTF 文档（.rtf）"
    OPEN_TEXT = "ODT 文档（.odt）"
    BOOK = "Excel 表格（.xlsx）"
    OLD_BOOK = "旧版 Excel 或 WPS 表格（.xls、.et）"
    SLIDES = "演示文稿"
    PDF = "PDF 文件（.pdf）"
    PAGE = "网页（.html）"
    PICTURE = "图片"
    OFD = "版式文件（.ofd）"
    ZIP = "压缩包（.zip）"
    ARCHIVE = "压缩包"
    LOCKED = "加了密码的 Office 文件"
    COMPOUND = "旧格式的 Office 文件"
    TEXT = "文本"


MARKS = (
    (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"II*\0", Kind.PICTURE),
    (b"MM\0*", Kind.PICTURE),
    (b"Rar!\x1a\x07", Kind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"\x1f\x8b\x08", Kind.ARCHIVE),
    (RTF_MARK, Kind.RICH_TEXT),
)
# The first that is found decides. The names in a zip file stand there as they are …
IN_ZIP = (
    (b"mimetypeapplication/vnd.oasis.opendocument.text", Kind.OPEN_TEXT),
    (b"word/", Kind.WORD),
    (b"word\\", Kind.WORD),
    (b"xl/", Kind.BOOK),
    (b"xl\\", Kind.BOOK),
    (b"ppt/", Kind.SLIDES),
    (b"OFD.xml", Kind.OFD),
)
# … and those in a compound file in UTF-16, each with a zero at its end.
IN_COMPOUND = tuple(
    ((name + "\0").encode("utf-16-le"), kind)
    for name, kind in (
        ("EncryptedPackage", Kind.LOCKED),
        ("WordDocument", Kind.OLD_WORD),
        ("PowerPoint Document", Kind.SLIDES),
        ("Workbook", Kind.OLD_BOOK),
        ("Book", Kind.OLD_BOOK),
    )
)


def kind_of(content: bytes) -> Kind:
    """What a file is; TEXT where nothing tells that it is anything else."""
    if content.startswith(ZIP_MARK):
        return next((kind for name, kind in IN_ZIP if name in content), Kind.ZIP)
    if content.startswith(OLE_MARK):
        return next((kind for name, kind in IN_COMPOUND if name in content), Kind.COMPOUND)
    found = next((kind for mark, kind in MARKS if content.startswith(mark)), None)
    if found is not None:
        return found
    if PDF_MARK in content[:HEAD]:
        return Kind.PDF
    return Kind.PAGE if PAGE.match(content.removeprefix(b"\xef\xbb\xbf")) else Kind.TEXT
