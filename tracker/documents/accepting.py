"""Which files may be handed in as evidence: an allow-list by ending and by content.

What a browser says a file is does not count. Office files that carry macros, archives and everything
that a browser might run are refused with what to do instead.
"""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from tracker.refusals import Refused

LONGEST_NAME = 120  # characters
ACCEPTED = "image/png,image/jpeg,.png,.jpg,.jpeg,.pdf,.docx,.xlsx,.txt"
SHOWN_AS_THEMSELVES = frozenset({"image/png", "image/jpeg", "application/pdf"})
OPAQUE = "application/octet-stream"

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORBIDDEN = str.maketrans('<>:"|?*', "＜＞：＂｜？＊")  # by Windows, in the name of a file


@dataclass(frozen=True)
class Accepted:
    """A file that may be kept: its cleaned name and what it is."""

    name: str
    media_type: str


@dataclass(frozen=True)
class Upload:
    """A file handed in as evidence."""

    name: str
    media_type: str
    content: bytes
    own_day: date | None = None  # of the paper or picture itself


@dataclass(frozen=True)
class _Kind:
    media_type: str
    fits: Callable[[bytes], bool]


def accept(name: str, content: bytes) -> Accepted:
    """Return name and type of a file that may be kept. Raises Refused and says what to do instead."""
    clean = clean_name(name)
    if not content:
        raise Refused(
            _("文件“%(name)s”是空的，请重新选择。文字内容仍保留在页面上。", name=clean), field="evidence"
        )
    ending = clean.rpartition(".")[2].lower() if "." in clean else ""
    kind = _KINDS.get(ending)
    if kind is None:
        raise Refused(
            _(
                "不能接收文件“%(name)s”：可用 png、jpg 图片，pdf，docx、xlsx，txt。"
                "旧格式（doc、xls、wps）请另存为 docx 或 pdf，压缩包请解开后逐个上传。",
                name=clean,
            ),
            field="evidence",
        )
    if not kind.fits(content):
        raise Refused(
            _(
                "文件“%(name)s”的内容与后缀 .%(ending)s 不符，或文件已损坏、含有宏。请重新导出后再上传。",
                name=clean,
                ending=ending,
            ),
            field="evidence",
        )
    return Accepted(clean, kind.media_type)


def portable(name: str) -> str:
    """Return a file name that Windows takes, too: the characters it forbids as their full-width likeness."""
    return name.translate(_FORBIDDEN)


def clean_name(name: str) -> str:
    """Return a file name without folders, control and direction characters, its ending kept."""
    last = re.split(r"[/\\]", name)[-1]
    clean = _UNSAFE.sub("", last).strip(" .") or "未命名"
    stem, dot, ending = clean.rpartition(".")
    if len(clean) <= LONGEST_NAME or not dot:
        return clean[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(ending) - 1] + dot + ending[:16]


def _begins_with(magic: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(magic)


def _office_file(part: str) -> Callable[[bytes], bool]:
    """Return the test for an Office file: an archive with this part, without macros."""

    def fits(content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            return False
        macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        return "[Content_Types].xml" in names and part in names and not macros

    return fits


def _plain_text(content: bytes) -> bool:
    if any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in content):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


_JPEG = _Kind("image/jpeg", _begins_with(b"\xff\xd8\xff"))
_OFFICE = "application/vnd.openxmlformats-officedocument."
_KINDS = {
    "png": _Kind("image/png", _begins_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "pdf": _Kind("application/pdf", _begins_with(b"%PDF-")),
    "docx": _Kind(f"{_OFFICE}wordprocessingml.document", _office_file("word/document.xml")),
    "xlsx": _Kind(f"{_OFFICE}spreadsheetml.sheet", _office_file("xl/workbook.xml")),
    "txt": _Kind("text/plain", _plain_text),
}
