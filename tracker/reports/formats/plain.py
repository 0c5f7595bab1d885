"""Plain text in whatever encoding it was saved: UTF-8, UTF-16, GB18030 (and so GBK), Big5."""

from __future__ import annotations

import codecs
import re
import unicodedata

from tracker.reports.formats.unreadable import UnreadableReportError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
CANDIDATES = ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")
# What every report is full of, in both scripts; read in the wrong encoding a text has none of it.
EVERYDAY = re.compile("[，。、；：\n的一是在了和有不工作会會个個为為对對问問题題学學习習開开展實实進进]")
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Line ends of other programs, one character each: a soft return of Word (\v), an old Mac's, Unicode's own.
OTHER_LINE_ENDS = re.compile("[\v\x85\u2028\u2029]|\r(?!\n)")
TELLING = 20_000  # bytes of the beginning that tell the encoding


def plain_text(content: bytes) -> str:
    """The text of a .txt file, unchanged but for its mark and odd line ends.

    UnreadableReportError when it is none.
    """
    text = decoded(content)
    if CONTROLS.search(text):
        raise UnreadableReportError("broken", "文件里不是文字。", "请检查文件后再传。")
    return OTHER_LINE_ENDS.sub("\n", text)


def decoded(content: bytes) -> str:
    """Bytes as text. UnreadableReportError when they are none in any encoding an office uses."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return _in(encoding, content[len(mark) :])
    if b"\0" not in content:  # in UTF-16 each line end and digit has a zero byte beside it
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return _in(_most_sensible(content), content)


def _in(encoding: str, content: bytes) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableReportError(
            "encoding", "文件的文字编码认不出来，或者文件已损坏。", "请另存为 UTF-8 后再传。"
        ) from error


def _most_sensible(content: bytes) -> str:
    """The encoding in which the beginning makes most sense: nearly every text is readable in several."""
    beginning = content[:TELLING]
    return max(CANDIDATES, key=lambda encoding: _sense(beginning.decode(encoding, errors="replace")))


def _sense(text: str) -> float:
    """How much of a text are everyday characters, less what no text has."""
    odd = sum(unicodedata.category(char) in {"Co", "Cn", "Cc"} and not char.isspace() for char in text)
    return (len(EVERYDAY.findall(text)) - odd - text.count("\ufffd")) / max(len(text), 1)
