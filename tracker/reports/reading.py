"""The text of a document that came in, whatever its format. Nothing in it is fetched or run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from xml.etree import ElementTree

from tracker.reports.older import antiword_text, as_docx
from tracker.reports.packages import BROKEN, parts_of
from tracker.reports.plain import OLE_MARK, PDF_MARK, ZIP_MARK, plain_text
from tracker.reports.printed import printed_text
from tracker.reports.spreadsheet import workbook_text
from tracker.reports.unreadable import UnreadableReportError
from tracker.reports.webpage import webpage_text
from tracker.reports.wordprocessing import text_of

MOST_BYTES = 20 * 1024 * 1024
MOST_CHARACTERS = 500_000
PARTS = ("word/document.xml", "word/numbering.xml", "word/styles.xml")


def read_text(name: str, content: bytes) -> str:
    """The text of a file, a .txt file's unchanged but for its byte order mark.

    UnreadableReportError when it is empty, broken, wrongly named, too large or built to harm.
    """
    if not content.strip():
        raise UnreadableReportError("empty", "文件是空的，没有可读的内容。", "请换一个文件再传。")
    if len(content) > MOST_BYTES:
        raise UnreadableReportError("too_large", "文件超过 20 MB，没有读。", "请去掉图片后再传。")
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        said = f"不认识“{suffix}”这种文件" if suffix else "文件名没有扩展名"
        raise UnreadableReportError("unknown_type", f"{said}，能读的有 {NAMED}。", "请另存为 .docx 后再传。")
    text = READERS[suffix](content)
    if not text.strip():
        raise UnreadableReportError("empty", "文件里没有文字，可能全是图片。", "请传有文字的文件。")
    if len(text) > MOST_CHARACTERS:
        raise UnreadableReportError("too_large", "正文超过 50 万字，没有读。", "请分开后再传。")
    return text


def _word(content: bytes) -> str:
    if content.startswith(OLE_MARK):
        raise UnreadableReportError(
            "wrong_name",
            "文件名是 .docx，内容却是旧格式（.doc）或加了密码。",
            "请另存为不加密的 .docx 再传。",
        )
    _require(content, ZIP_MARK, ".docx")
    try:
        parts = parts_of(content, PARTS)
        trees = {name: ElementTree.fromstring(part) for name, part in parts.items()}
    except (*BROKEN, ElementTree.ParseError) as error:
        raise UnreadableReportError("broken", "文件已损坏，打不开。", "请重新保存后再传。") from error
    if "word/document.xml" not in trees:
        raise UnreadableReportError(
            "wrong_name", "文件名是 .docx，里面却没有正文。", "请用 Word 或 WPS 另存为 .docx 再传。"
        )
    document, numbering, styles = (trees.get(part) for part in PARTS)
    assert document is not None
    return text_of(document, numbering, styles)


def _older_word(suffix: str) -> Callable[[bytes], str]:
    def read(content: bytes) -> str:
        if content.startswith(ZIP_MARK):  # a .docx under the older name
            return _word(content)
        _require(content, OLE_MARK, suffix)
        return antiword_text(content) or _word(as_docx(content, suffix))

    return read


def _printed(content: bytes) -> str:
    _require(content, PDF_MARK, ".pdf")
    return printed_text(content)


def _workbook(content: bytes) -> str:
    _require(content, ZIP_MARK, ".xlsx")
    return workbook_text(content)


def _require(content: bytes, mark: bytes, suffix: str) -> None:
    if not content.startswith(mark):
        raise UnreadableReportError(
            "wrong_name", f"文件名是 {suffix}，内容却不是。", "请用 Word 或 WPS 另存为 .docx 再传。"
        )


READERS: dict[str, Callable[[bytes], str]] = {
    ".docx": _word,
    ".doc": _older_word(".doc"),
    ".wps": _older_word(".wps"),
    ".xlsx": _workbook,
    ".pdf": _printed,
    ".html": webpage_text,
    ".htm": webpage_text,
    ".txt": plain_text,
}
NAMED = "、".join(READERS)
