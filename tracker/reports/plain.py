"""Plain text in whatever encoding it was saved: UTF-8, UTF-16, GB18030 (and so GBK), Big5."""

from __future__ import annotations

import codecs
import re

from tracker.reports.unreadable import UnreadableReportError

ZIP_MARK = b"PK\x03\x04"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF_MARK = b"%PDF-"
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What every report is full of, in both scripts; read in the wrong encoding a text has none of it.
EVERYDAY = re.compile("[，。、；：的一是在了和有不工作會会個个為为對对問问題题學学習习開开展實实進进]")


def plain_text(content: bytes) -> str:
    """The text of a .txt file, unchanged but for its mark. UnreadableReportError when it is none."""
    if content.startswith((ZIP_MARK, OLE_MARK, PDF_MARK)):
        raise UnreadableReportError(
            "wrong_name", "文件名是 .txt，内容却是别的格式。", "请改回原来的扩展名再传。"
        )
    text = decoded(content)
    if "\0" in text:
        raise UnreadableReportError("broken", "文件里不是文字。", "请检查文件后再传。")
    return text


def decoded(content: bytes) -> str:
    """Bytes as text. UnreadableReportError when they are none in any encoding an office uses."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _in(encoding, content[len(mark) :])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    odd, even = content[1::2].count(0), content[0::2].count(0)
    if odd or even:  # UTF-16 has a zero byte beside each line end and digit, always on the same side
        return _in("utf-16-le" if odd > even else "utf-16-be", content)
    return _in(_of_double_bytes(content), content)


def _in(encoding: str, content: bytes) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableReportError(
            "encoding", "文件的文字编码认不出来，或者文件已损坏。", "请另存为 UTF-8 后再传。"
        ) from error


def _of_double_bytes(content: bytes) -> str:
    """GB18030 or Big5: nearly every text is readable as both, and makes sense in one."""
    sense = {
        encoding: len(EVERYDAY.findall(content.decode(encoding, errors="ignore")))
        for encoding in ("gb18030", "big5")
    }
    return max(sense, key=lambda encoding: sense[encoding])
