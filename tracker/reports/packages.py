"""Opening the zip packages in which Word and Excel keep their documents, within limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Container

from tracker.reports.unreadable import UnreadableReportError

# A Word file unpacks to a few times its size; far more is an attack, not a report.
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 2000
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def parts_of(content: bytes, wanted: Container[str]) -> dict[str, bytes]:
    """The wanted parts of a package; sizes are checked as declared first and as found while unpacking.

    UnreadableReportError for a bomb or a document type declaration; one of BROKEN where it is no package.
    """
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
                    "请用 Word 或 Excel 另存后再传。",
                )
            if entry.filename in wanted:
                parts[entry.filename] = found
        return parts


def _bomb() -> UnreadableReportError:
    return UnreadableReportError(
        "bomb", "文件解压后大得不正常，为安全起见没有读。", "请用 Word 或 WPS 重新保存后再传。"
    )
