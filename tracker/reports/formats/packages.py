"""Opening the zip packages in which Office and LibreOffice keep their documents, within limits.

Nothing of a package is written to the disk, so the names in it harm nobody. All XML in it is looked at, read
or not: a document type declaration is what attacks by entities need, and no office program writes one.
Sources: ECMA-376 part 2 (encodings), reliability.md S18, S19.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from tracker.reports.formats.unreadable import UnreadableReportError

# A Word file unpacks to a few times its size; far more is an attack, not a report.
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 2000
LOCAL_HEADER = 30  # bytes before the name of an entry
READ = ("xml", "rels")  # endings of the parts that are looked at
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    LookupError,
    OSError,
)
DECLARED = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"']{0,40})[\"']")
ALLOWED = {b"utf-8", b"utf8", b"utf-16", b"utf16", b"us-ascii", b"ascii"}
MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# The same names in the two editions of the standard: what "strict" documents call them, and all others.
STRICT = re.compile(r"\{http://purl\.oclc\.org/ooxml/(\w+)/")

Parts = dict[str, bytes]


def parts_of(content: bytes) -> Parts:
    """The XML parts of a package; sizes are checked as declared first and as found while unpacking.

    UnreadableReportError for a bomb, a password, macros or a document type declaration; one of BROKEN where
    it is no package.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        _refuse_bombs(entries, len(content))
        _refuse_strange(entries)
        left = MOST_UNPACKED
        parts: Parts = {}
        for entry in entries:
            name = _plain_name(entry.filename)
            if not name.lower().endswith(READ):
                continue
            with archive.open(entry) as part:
                found = part.read(left + 1)
            left -= len(found)
            if left < 0:
                raise _bomb()
            if name in parts:
                raise zipfile.BadZipFile("two parts of one name")
            _refuse_declarations(found)
            parts[name] = found
    if b"macroEnabled" in parts.get("[Content_Types].xml", b""):
        raise _macros()
    return parts


def packed_anew(parts: Parts) -> bytes:
    """The same parts as a package without any doubt in it, for programs that open packages themselves."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def tree(part: bytes) -> Element:
    """The XML of a part. UnreadableReportError for a document type declaration, ParseError where broken."""
    parser = XMLParser(target=_WithoutDoctype())
    parser.feed(part)
    root: Element = parser.close()
    if STRICT.match(root.tag):
        for node in root.iter():
            node.tag = _usual(node.tag)
            for name in [name for name in node.attrib if STRICT.match(name)]:
                node.attrib[_usual(name)] = node.attrib.pop(name)
    return root


def related(parts: Parts, source: str, kind: str) -> Sequence[str]:
    """The names of the parts to which a part refers as being of a kind; "" asks for the package itself."""
    folder, _, name = source.rpartition("/")
    about = parts.get(f"{folder}/_rels/{name}.rels".lstrip("/"))
    if about is None:
        return ()
    found = []
    for one in tree(about).iter(RELATIONSHIP):
        if one.get("Type", "").endswith("/" + kind) and one.get("TargetMode") != "External":
            found.append(posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))[1:])
    return [name for name in found if name in parts]


class _WithoutDoctype(TreeBuilder):
    def doctype(self, *_said: str | None) -> None:
        """Refuse, before an entity is declared."""
        raise _doctype()


def _usual(name: str) -> str:
    return STRICT.sub(r"{http://schemas.openxmlformats.org/\1/2006/", name)


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _refuse_bombs(entries: Sequence[zipfile.ZipInfo], size: int) -> None:
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_PARTS or declared > MOST_UNPACKED or declared > MOST_RATIO * size:
        raise _bomb()
    places = sorted((entry.header_offset, entry.header_offset + LOCAL_HEADER + entry.compress_size)
                    for entry in entries)  # fmt: skip
    if any(end > start for (_, end), (start, _) in pairwise(places)):
        raise _bomb()  # entries that lie over one another unpack the same bytes again and again


def _refuse_strange(entries: Sequence[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableReportError("encrypted", "文件加了密码，打不开。", "请去掉密码，另存后再传。")
    if any(entry.compress_type not in METHODS for entry in entries):
        raise zipfile.BadZipFile("compressed as no office program does")
    if any(_plain_name(entry.filename).lower().endswith("vbaproject.bin") for entry in entries):
        raise _macros()


def _refuse_declarations(part: bytes) -> None:
    """Refuse a part with a document type declaration, or in an encoding that could hide one.

    In UTF-16 and UTF-32 the same letters stand with zero bytes between them.
    """
    plain = part
    for mark in MARKS:
        plain = plain.removeprefix(mark)
    if b"\0" in plain:
        plain = plain.replace(b"\0", b"")
    declared = DECLARED.match(plain.lstrip())
    if plain.strip() and (
        not plain.lstrip().startswith(b"<") or (declared and declared[1].lower() not in ALLOWED)
    ):
        raise ParseError("an encoding that no office program writes")
    if b"<!doctype" in plain.lower():
        raise _doctype()


def _bomb() -> UnreadableReportError:
    return UnreadableReportError(
        "bomb", "文件解压后大得不正常，为安全起见没有读。", "请用 Word 或 WPS 重新保存后再传。"
    )


def _doctype() -> UnreadableReportError:
    return UnreadableReportError(
        "doctype", "文件里有不允许的文档类型声明（DOCTYPE），没有读。", "请用 Word 或 Excel 另存后再传。"
    )


def _macros() -> UnreadableReportError:
    return UnreadableReportError(
        "macros", "文件里带有宏，为安全起见没有读。", "请另存为不带宏的 .docx 或 .xlsx 再传。"
    )
