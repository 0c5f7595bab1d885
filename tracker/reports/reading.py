"""The text of a document that came in: plain text or .docx. Nothing in it is fetched or run."""

from __future__ import annotations

import codecs
import io
import zipfile
import zlib
from pathlib import PurePath
from xml.etree import ElementTree

from tracker.reports.wordprocessing import text_of

# Limits of one document. A Word file unpacks to a few times its size; far more is an attack, not a report.
MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 2000
MOST_CHARACTERS = 500_000

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PARTS = ("word/document.xml", "word/numbering.xml", "word/styles.xml")
KEPT = "原文件没有改动，系统里没有留下任何内容。"


class UnreadableReportError(Exception):
    """The document cannot be read: a code for programs, what happened, and what to do about it."""

    def __init__(self, code: str, happened: str, advice: str) -> None:
        super().__init__(f"{happened}{KEPT}{advice}")
        self.code = code
        self.happened = happened
        self.advice = advice

    def __reduce__(self) -> tuple[type[UnreadableReportError], tuple[str, str, str]]:
        return type(self), (self.code, self.happened, self.advice)

    @property
    def message(self) -> str:
        """All of it for a person, where nothing was stored."""
        return self.saying(KEPT)

    def saying(self, kept: str) -> str:
        """All of it for a person, with what was kept."""
        return f"{self.happened}{kept}{self.advice}"


def read_text(name: str, content: bytes) -> str:
    """The text of a file, a .txt file's unchanged but for its byte order mark.

    UnreadableReportError when it is empty, broken, wrongly named, too large or built to harm.
    """
    if not content.strip():
        raise UnreadableReportError("empty", "文件是空的，没有可读的内容。", "请换一个文件再传。")
    if len(content) > MOST_BYTES:
        raise UnreadableReportError("too_large", "文件超过 20 MB，没有读。", "请去掉图片后再传。")
    match PurePath(name).suffix.lower():
        case ".txt":
            text = _plain(content)
        case ".docx":
            text = _word(content)
        case suffix:
            said = f"不认识“{suffix}”这种文件" if suffix else "文件名没有扩展名"
            raise UnreadableReportError(
                "unknown_type", f"{said}，只能读 .docx 和 .txt。", "请另存为 .docx 后再传。"
            )
    if not text.strip():
        raise UnreadableReportError("empty", "文件里没有文字，可能全是图片。", "请传有文字的文件。")
    if len(text) > MOST_CHARACTERS:
        raise UnreadableReportError("too_large", "正文超过 50 万字，没有读。", "请分开后再传。")
    return text


def _plain(content: bytes) -> str:
    if content.startswith((ZIP_MARK, OLE_MARK, b"%PDF-")):
        raise UnreadableReportError(
            "wrong_name", "文件名是 .txt，内容却是别的格式。", "请改回原来的扩展名再传。"
        )
    try:
        text = _decoded(content)
    except UnicodeDecodeError as error:
        raise UnreadableReportError(
            "encoding", "文件的文字编码认不出来，或者文件已损坏。", "请另存为 UTF-8 后再传。"
        ) from error
    if "\0" in text:
        raise UnreadableReportError("broken", "文件里不是文字。", "请检查文件后再传。")
    return text


def _decoded(content: bytes) -> str:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_without_mark(content))


def _without_mark(content: bytes) -> str:
    """UTF-16 has a zero byte beside each line end and digit, always on the same side; GB18030 has none."""
    odd, even = content[1::2].count(0), content[0::2].count(0)
    if not odd and not even:
        return "gb18030"
    return "utf-16-le" if odd > even else "utf-16-be"


def _word(content: bytes) -> str:
    if content.startswith(OLE_MARK):
        raise UnreadableReportError(
            "wrong_name",
            "文件名是 .docx，内容却是旧格式（.doc）或加了密码。",
            "请另存为不加密的 .docx 再传。",
        )
    if not content.startswith(ZIP_MARK):
        raise UnreadableReportError(
            "wrong_name", "文件名是 .docx，内容却不是。", "请用 Word 或 WPS 另存为 .docx 再传。"
        )
    try:
        trees = _parsed(_unpacked(content))
    except (
        zipfile.BadZipFile,
        zlib.error,
        ElementTree.ParseError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise UnreadableReportError("broken", "文件已损坏，打不开。", "请重新保存后再传。") from error
    if "word/document.xml" not in trees:
        raise UnreadableReportError(
            "wrong_name", "文件名是 .docx，里面却没有正文。", "请用 Word 或 WPS 另存为 .docx 再传。"
        )
    document, numbering, styles = (trees.get(part) for part in PARTS)
    assert document is not None
    return text_of(document, numbering, styles)


def _unpacked(content: bytes) -> dict[str, bytes]:
    """The parts that hold text; sizes are checked as declared first and as found while unpacking."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        declared = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_PARTS or declared > MOST_UNPACKED or declared > MOST_RATIO * len(content):
            raise _bomb()
        left = MOST_UNPACKED
        parts: dict[str, bytes] = {}
        for entry in entries:
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            with archive.open(entry) as part:
                found = part.read(left + 1)
            left -= len(found)
            if left < 0:
                raise _bomb()
            # Also catches UTF-16: a declaration there is the same letters with zero bytes between them.
            if b"<!doctype" in found.replace(b"\0", b"").lower():
                raise UnreadableReportError(
                    "doctype",
                    "文件里有不允许的文档类型声明（DOCTYPE），没有读。",
                    "请用 Word 另存后再传。",
                )
            if entry.filename in PARTS:
                parts[entry.filename] = found
        return parts


def _bomb() -> UnreadableReportError:
    return UnreadableReportError(
        "bomb", "文件解压后大得不正常，为安全起见没有读。", "请用 Word 或 WPS 重新保存后再传。"
    )


def _parsed(parts: dict[str, bytes]) -> dict[str, ElementTree.Element]:
    return {name: ElementTree.fromstring(part) for name, part in parts.items()}
