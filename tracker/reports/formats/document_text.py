"""The text of a document that came in, whatever its format. Nothing in it is fetched or run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from tracker.reports.formats.kinds import Kind, kind_of
from tracker.reports.formats.older import older_text
from tracker.reports.formats.packages import BROKEN, Parts, packed_anew, parts_of, related, tree
from tracker.reports.formats.plain import plain_text
from tracker.reports.formats.printed import printed_text
from tracker.reports.formats.spreadsheet import older_workbook_text, workbook_text
from tracker.reports.formats.symbols import legible
from tracker.reports.formats.unreadable import UnreadableReportError
from tracker.reports.formats.webpage import webpage_text
from tracker.reports.formats.wordprocessing import text_of

MOST_BYTES = 20 * 1024 * 1024
MOST_CHARACTERS = 500_000
SAVE_AS_DOCX = "请用 Word 或 WPS 另存为 .docx 再传。"

Reader = Callable[[bytes], str]


def read_text(name: str, content: bytes) -> str:
    """The text of a file, a .txt file's unchanged but for its byte order mark and odd line ends.

    UnreadableReportError when it is empty, broken, wrongly named, too large or built to harm.
    """
    if not content.strip():
        raise UnreadableReportError("empty", "文件是空的，没有可读的内容。", "请换一个文件再传。")
    if len(content) > MOST_BYTES:
        raise UnreadableReportError("too_large", "文件超过 20 MB，没有读。", "请去掉图片后再传。")
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise _not_read(suffix)
    try:
        text = _reader(suffix, kind_of(content))(content)
    except RecursionError as error:
        raise UnreadableReportError(
            "broken", "文件里一层套一层，深得不正常，没有读。", SAVE_AS_DOCX
        ) from error
    if suffix != ".txt":
        text = legible(text)
    if not text.strip():
        raise UnreadableReportError("empty", "文件里没有文字，可能全是图片。", "请传有文字的文件。")
    if len(text) > MOST_CHARACTERS:
        raise UnreadableReportError("too_large", "正文超过 50 万字，没有读。", "请分开后再传。")
    return text


def _reader(suffix: str, kind: Kind) -> Reader:
    """What reads a kind of file under a name. UnreadableReportError where the two do not fit."""
    reader = READERS[suffix].get(kind)
    if reader is not None:
        return reader
    if kind is Kind.LOCKED:
        raise UnreadableReportError("encrypted", "文件加了密码，打不开。", "请去掉密码，另存后再传。")
    advice = "请改回原来的扩展名再传。" if kind in NAMED_KINDS else SAVE_AS_DOCX
    raise UnreadableReportError("wrong_name", f"文件名是 {suffix}，内容却是{kind.value}。", advice)


def _not_read(suffix: str) -> UnreadableReportError:
    if suffix in PICTURES:
        return UnreadableReportError(
            "scanned", "这是图片，里面的文字读不出来。", "请用文字识别软件转成 Word，核对后再传。"
        )
    if suffix in WITH_MACROS:
        return UnreadableReportError(
            "macros", f"“{suffix}”文件可以带宏，为安全起见没有读。", "请另存为不带宏的 .docx 或 .xlsx 再传。"
        )
    if suffix in ARCHIVES:
        return UnreadableReportError("unknown_type", "这是压缩包，没有读。", "请解开后选择里面的文件上传。")
    said = f"不认识“{suffix[:12]}”这种文件" if suffix else "文件名没有扩展名"
    return UnreadableReportError("unknown_type", f"{said}，能读的有 {NAMED}。", "请另存为 .docx 后再传。")


def _word(content: bytes) -> str:
    """The text of a .docx, also of one in the strict edition or with its parts under other names."""
    try:
        parts = parts_of(content)
        main = next(iter(related(parts, "", "officeDocument")), "word/document.xml")
        if main not in parts or not main.startswith("word/"):
            raise UnreadableReportError(
                "wrong_name", "文件名是 .docx，里面却没有正文。", "请用 Word 或 WPS 另存为 .docx 再传。"
            )
        beside = [_beside(parts, main, kind) for kind in ("numbering", "styles", "footnotes", "endnotes")]
        numbering, styles, *notes = [None if part is None else tree(part) for part in beside]
        body = tree(parts[main])
    except BROKEN as error:
        raise UnreadableReportError("broken", "文件已损坏，打不开。", "请重新保存后再传。") from error
    return text_of(body, numbering, styles, tuple(note for note in notes if note is not None))


def _beside(parts: Parts, main: str, kind: str) -> bytes | None:
    name = next(iter(related(parts, main, kind)), f"word/{kind}.xml")
    return parts.get(name)


def _older(suffix: str) -> Reader:
    """A reader of what only other programs know."""

    def read(content: bytes) -> str:
        said = older_text(content, suffix)
        return said if isinstance(said, str) else _word(said)

    return read


def _open_text(content: bytes) -> str:
    """The text of an .odt. LibreOffice gets its XML alone: no pictures, objects or macros of a program."""
    try:
        parts = parts_of(content)
    except BROKEN as error:
        raise UnreadableReportError("broken", "文件已损坏，打不开。", "请重新保存后再传。") from error
    if "content.xml" not in parts:
        raise UnreadableReportError(
            "wrong_name", "文件名是 .odt，里面却没有正文。", "请用 WPS 或 LibreOffice 另存为 .docx 再传。"
        )
    kept = {name: part for name, part in parts.items() if not name.startswith(("Basic/", "Scripts/"))}
    return _older(".odt")(packed_anew({"mimetype": OPEN_TEXT_TYPE, **kept}))


OPEN_TEXT_TYPE = b"application/vnd.oasis.opendocument.text"
# A file under an older name may be of a newer kind, as offices that must send a .doc save what they have; web
# systems hand out pages under the name of a document.
IN_WORDS: Mapping[Kind, Reader] = {
    Kind.WORD: _word,
    Kind.OLD_WORD: _older(".doc"),
    Kind.COMPOUND: _older(".doc"),
    Kind.RICH_TEXT: _older(".rtf"),
    Kind.PAGE: webpage_text,
}
IN_ROWS: Mapping[Kind, Reader] = {
    Kind.BOOK: workbook_text,
    Kind.OLD_BOOK: older_workbook_text,
    Kind.PAGE: webpage_text,
}
READERS: Mapping[str, Mapping[Kind, Reader]] = {
    ".docx": {Kind.WORD: _word, Kind.ZIP: _word},
    ".doc": IN_WORDS,
    ".wps": IN_WORDS,
    ".xlsx": {Kind.BOOK: workbook_text, Kind.ZIP: workbook_text},
    ".xls": IN_ROWS,
    ".et": IN_ROWS,
    ".pdf": {Kind.PDF: printed_text},
    ".html": {Kind.PAGE: webpage_text, Kind.TEXT: webpage_text},
    ".htm": {Kind.PAGE: webpage_text, Kind.TEXT: webpage_text},
    ".txt": {Kind.TEXT: plain_text, Kind.PAGE: plain_text},
    ".rtf": {Kind.RICH_TEXT: _older(".rtf")},
    ".odt": {Kind.OPEN_TEXT: _open_text, Kind.ZIP: _open_text},
}
NAMED = "、".join(READERS)
ENDINGS = ",".join(READERS)  # as a file field wants them
NAMED_KINDS = {kind for kinds in READERS.values() for kind in kinds} - {Kind.ZIP, Kind.COMPOUND, Kind.TEXT}
PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic"}
ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tar"}
WITH_MACROS = {".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".pptm"}
