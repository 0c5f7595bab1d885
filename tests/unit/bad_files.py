"""Files that no office sends on purpose: empty, broken, misnamed, swollen, or built to harm.

Each is made when it is asked for, from nothing or from a good file, and says with which code it is refused.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.unit.documents_for_reading import W, sample_text, typed_docx, zipped
from tests.unit.links_and_macros import odt_with_link

SAMPLES = Path(__file__).parents[1] / "samples"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORDS = f"<w:p {W}><w:r><w:t>三、存在的问题</w:t></w:r></w:p>"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Bad:
    """A file that is refused: its name, one of which codes it gets, how it is made.

    `by_size`: a look at sizes is enough, so that it is refused at once. `slow`: making or refusing it takes
    seconds.
    """

    what: str
    name: str
    codes: frozenset[str]
    make: Callable[[], bytes]
    by_size: bool = False
    slow: bool = False


ALL: list[Bad] = []


def bad(what: str, name: str, codes: str, make: Callable[[], bytes] | bytes, **more: bool) -> None:
    """Add a file to the collection."""
    made = make if callable(make) else partial(bytes, make)
    ALL.append(Bad(what, name, frozenset(codes.split()), made, **more))


# --- pieces ---


def document(body: str = WORDS, head: str = "") -> bytes:
    """The main part of a .docx."""
    return f"{head}<w:document {W}><w:body>{body}</w:body></w:document>".encode()


def docx(**parts: bytes) -> bytes:
    """A .docx of a plain text and some parts more; “_” in a name stands for “/”."""
    return zipped({"word/document.xml": document(), **{n.replace("_", "/"): p for n, p in parts.items()}})


def with_part(name: str, part: bytes) -> bytes:
    """A .docx with one part more, or another in its place."""
    return zipped({"word/document.xml": document(), name: part})


def relations(kind: str, target: str, external: bool = False) -> bytes:
    """A part with one relation."""
    mode = ' TargetMode="External"' if external else ""
    return (
        f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{KINDS}/{kind}" '
        f'Target="{target}"{mode}/></Relationships>'
    ).encode()


def book(sheet: str, more: Mapping[str, bytes] | None = None) -> bytes:
    """An .xlsx with one sheet, and with more parts or others in their place."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    workbook = f'<workbook {S} {R}><sheets><sheet name="甲" sheetId="1" r:id="r1"/></sheets></workbook>'
    return zipped(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": relations("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": workbook.encode(),
            "xl/_rels/workbook.xml.rels": relations("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f"<worksheet {S}><sheetData>{sheet}</sheetData></worksheet>".encode(),
            **(more or {}),
        }
    )


def cell(place: str, value: str = "1", more: str = "") -> str:
    """A cell with a value."""
    return f'<c r="{place}"{more}><v>{value}</v></c>'


def pdf(*objects: str | bytes, trailer: str = "", count: int | None = None) -> bytes:
    """A .pdf of these objects, the first of which is its catalogue."""
    said = bytearray(b"%PDF-1.7\n")
    places = []
    for number, inner in enumerate(objects, start=1):
        places.append(len(said))
        said += (
            b"%d 0 obj\n" % number + (inner if isinstance(inner, bytes) else inner.encode()) + b"\nendobj\n"
        )
    start = len(said)
    said += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    said += b"".join(b"%010d 00000 n \n" % place for place in places)
    size = count or len(places) + 1
    said += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(said)


def stream(content: bytes, more: str = "") -> bytes:
    """A stream of a .pdf, packed."""
    packed = zlib.compress(content, 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode {more} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


CATALOGUE = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>"


def one_page(content: bytes, page: str = PAGE) -> bytes:
    """A .pdf of one page with this content."""
    return pdf(CATALOGUE, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream(content))


def sample(name: str) -> bytes:
    """A good file."""
    return (SAMPLES / name).read_bytes()


def half(name: str) -> bytes:
    """The first half of a good file."""
    content = sample(name)
    return content[: len(content) // 2]


def good_docx() -> bytes:
    """A good .docx."""
    return typed_docx(sample_text())


# --- nothing in it ---

bad("nothing", "总结.txt", "empty", b"")
bad("nothing at all in a document", "总结.docx", "empty", b"")
bad("blanks", "总结.txt", "empty", b" \r\n\t  ")
bad("wide blanks", "总结.txt", "empty", "\u3000\u3000\n".encode())
bad("a mark and nothing", "总结.txt", "empty", b"\xef\xbb\xbf")
bad("a document without words", "总结.docx", "empty", lambda: typed_docx(""))
bad("a page of script", "总结.html", "empty", b"<html><script>x()</script><style>p{}</style></html>")
bad("a book without values", "台账.xlsx", "empty", lambda: book('<row r="1"><c r="A1" s="1"/></row>'))
bad("a formula that was never computed", "台账.xlsx", "empty", lambda: book(
    '<row r="1"><c r="A1"><f>HYPERLINK("http://192.0.2.1/","x")</f></c></row>'))  # fmt: skip

# --- cut off and spoilt ---

bad("the head of a docx", "总结.docx", "broken", b"PK\x03\x04")
bad("half a docx", "总结.docx", "broken", lambda: half("township.docx"))
bad("a docx without its last bytes", "总结.docx", "broken", lambda: good_docx()[:-30])
bad("half an xlsx", "台账.xlsx", "broken", lambda: half("ledger.xlsx"))
bad("half an odt", "总结.odt", "broken", lambda: half("township.odt"))
bad("the head of a pdf", "总结.pdf", "broken", b"%PDF-1.7\n")
bad("half a pdf", "总结.pdf", "broken scanned empty", lambda: half("township.pdf"))
bad("half a doc", "总结.doc", "broken empty", lambda: half("township.doc"), slow=True)
bad("the head of a doc", "总结.doc", "broken", OLE, slow=True)
bad("a doc of zeros", "总结.wps", "broken", OLE + bytes(100_000), slow=True)
bad("half an xls", "台账.xls", "broken wrong_name stopped empty", lambda: half("ledger.xls"))
bad(
    "an xls of noise",
    "台账.xls",
    "broken stopped",
    lambda: OLE + "Workbook\0".encode("utf-16-le") + noise(5000),
)
bad("xml that ends too soon", "总结.docx", "broken", lambda: zipped({"word/document.xml": document()[:-20]}))
bad("xml with a zero byte", "总结.docx", "broken", lambda: zipped({"word/document.xml": document("\0")}))
bad("a sheet that ends too soon", "台账.xlsx", "broken", lambda: book("<row r='1'><c r='A1'>"))
bad("a sheet that is not there", "台账.xlsx", "broken", lambda: book("", {
    "xl/_rels/workbook.xml.rels": relations("worksheet", "worksheets/sheet9.xml")}))  # fmt: skip
bad("a sum of bytes that is wrong", "总结.docx", "broken", lambda: flipped(good_docx()))
bad("two parts of one name", "总结.docx", "broken", lambda: twice("word/document.xml"))
bad("packed in an unusual way", "总结.docx", "broken", lambda: packed_by(zipfile.ZIP_BZIP2))
bad("packed with a large dictionary", "总结.docx", "broken", lambda: packed_by(zipfile.ZIP_LZMA))
bad("noise named docx", "总结.docx", "wrong_name", lambda: noise(5000))
bad("noise named txt", "总结.txt", "broken encoding", lambda: noise(5000))
bad("a zero byte in a text", "总结.txt", "broken", "一、存在的问题\0学习不够".encode())
bad("controls in a text", "总结.txt", "broken", b"\x1b[31m" + bytes(range(1, 20)))
bad("half a character", "总结.txt", "encoding broken", "存在的问题".encode("utf-16")[:-1])
bad("a text of no encoding", "总结.txt", "encoding", b"\xff\xff\xff\xff\xfe")
bad("a program named txt", "总结.txt", "broken encoding", lambda: b"MZ\x90\0" + noise(3000))


def noise(size: int) -> bytes:
    """Bytes without any sense, the same each time."""
    value, said = 20251009, bytearray()
    for _ in range(size):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
        said.append(value >> 16 & 0xFF)
    return bytes(said)


def flipped(content: bytes) -> bytes:
    """A package in whose main part a byte was changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("word/document.xml")
    at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


def twice(name: str) -> bytes:
    """A package with two parts of one name."""
    content = zipped({name: document(), name.replace("document", "documenx"): document("")})
    return content.replace(b"documenx", b"document")


def packed_by(method: int) -> bytes:
    """A package in another compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("word/document.xml", document())
    return out.getvalue()


# --- under a wrong name ---

GOOD: dict[str, Callable[[], bytes]] = {
    ".docx": good_docx,
    ".xlsx": partial(sample, "ledger.xlsx"),
    ".pdf": partial(sample, "township.pdf"),
    ".doc": partial(sample, "township.doc"),
    ".odt": partial(sample, "township.odt"),
    ".rtf": partial(sample, "township.rtf"),
    ".txt": lambda: sample_text().encode(),
    ".png": lambda: b"\x89PNG\r\n\x1a\n" + noise(500),
    ".rar": lambda: b"Rar!\x1a\x07\0" + noise(500),
    ".zip": lambda: zipped({"总结.docx": good_docx()}),
}
READ_ANYWAY = {(".docx", ".doc"), (".rtf", ".doc"), (".txt", ".html"), (".txt", ".txt")}
for _what in GOOD:
    for _suffix in (".docx", ".doc", ".xlsx", ".pdf", ".txt", ".html", ".odt", ".rtf"):
        if _what != _suffix and (_what, _suffix) not in READ_ANYWAY:
            bad(f"{_what[1:]} named {_suffix[1:]}", f"总结{_suffix}", "wrong_name", GOOD[_what])

bad("a presentation", "汇报.pptx", "unknown_type", lambda: zipped({"ppt/presentation.xml": b"<p/>"}))
bad("an archive", "全部.zip", "unknown_type", GOOD[".zip"])
bad("another archive", "全部.rar", "unknown_type", GOOD[".rar"])
bad("a photograph", "扫描.jpg", "scanned", b"\xff\xd8\xff\xe0" + bytes(100))
bad("a scan", "扫描.tif", "scanned", b"II*\0" + bytes(100))
bad("a layout file", "总结.ofd", "unknown_type", lambda: zipped({"OFD.xml": b"<o/>"}))
bad("a saved letter", "总结.mht", "unknown_type", b"MIME-Version: 1.0\n\n")
bad("a program", "总结.exe", "unknown_type", b"MZ")
bad("no ending", "总结", "unknown_type", b"text")
bad("nothing but an ending", ".docx", "unknown_type", good_docx)
bad("an endless ending", "总结." + "x" * 300, "unknown_type", b"text")
bad("a document of macros", "总结.docm", "macros", good_docx)
bad("macros under another name", "总结.docx", "macros", lambda: with_part("word/vbaProject.bin", OLE))
bad("macros by their type", "总结.docx", "macros", lambda: with_part("[Content_Types].xml",
    b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
    b"</Types>"))  # fmt: skip
bad("a book with macros", "台账.xlsx", "macros", lambda: book("", {"xl/VBAPROJECT.BIN": OLE}))

# --- locked ---

LOCKED = OLE + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
for _suffix in (".docx", ".xlsx", ".doc", ".xls"):
    bad(f"a locked {_suffix[1:]}", f"总结{_suffix}", "encrypted", LOCKED)
bad("a locked doc of old", "总结.doc", "encrypted", lambda: locked_doc())
bad("locked parts", "总结.docx", "encrypted", lambda: flagged(good_docx()))
bad("a locked pdf", "总结.pdf", "encrypted", lambda: pdf(
    CATALOGUE, "<< /Type /Pages /Kids [] /Count 0 >>",
    trailer="/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 "
            f"/O <{'7a' * 32}> /U <{'5b' * 32}> >>"))  # fmt: skip


def locked_doc() -> bytes:
    """A .doc whose header says that it has a password."""
    content = bytearray(sample("township.doc"))
    at = content.index(b"\xec\xa5", 512)
    content[at + 11] |= 1
    return bytes(content)


def flagged(content: bytes) -> bytes:
    """A package whose parts say that they have a password."""
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            changed[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(changed)


# --- too much of it ---

bad("just too large", "总结.txt", "too_large", lambda: b"a" * (20 * MEGABYTE + 1), by_size=True)
bad("fifty megabytes", "总结.docx", "too_large", lambda: b"PK\x03\x04" + bytes(50 * MEGABYTE), by_size=True)
bad("half a million characters and one", "总结.txt", "too_large", b"a" * 500_001)
bad("thirty megabytes of blanks", "总结.docx", "bomb",
    lambda: with_part("word/a.xml", b" " * 30_000_000), by_size=True)  # fmt: skip
bad("half a gigabyte unpacked", "总结.docx", "bomb", lambda: bomb(500), by_size=True, slow=True)
bad(
    "half a gigabyte in a book",
    "台账.xlsx",
    "bomb",
    lambda: bomb(500, "xl/media/a.bin"),
    by_size=True,
    slow=True,
)
bad("a swollen odt", "总结.odt", "bomb", lambda: bomb(60, "Pictures/a.png"), by_size=True)
bad("a package in packages", "总结.docx", "wrong_name broken", lambda: nested(6))
bad("two thousand parts and one", "总结.docx", "bomb",
    lambda: zipped({"word/document.xml": document()} | {f"word/{n}.xml": b"" for n in range(2000)}),
    by_size=True)  # fmt: skip
bad("a hundred thousand parts", "总结.docx", "bomb", lambda: many_parts(100_000), by_size=True, slow=True)
bad("sizes that lie low", "总结.docx", "broken", lambda: lying(60, 1000))
bad("sizes that lie high", "总结.docx", "broken bomb", lambda: lying(1, 2 * MEGABYTE))
bad("a size beyond all bounds", "总结.docx", "bomb broken", lambda: lying(1, 0xFFFFFFF0), by_size=True)
bad("parts over one another", "总结.docx", "bomb", lambda: overlapping(30), by_size=True)
bad("too many words in a document", "总结.docx", "too_large",
    lambda: zipped({"word/document.xml": document(WORDS.replace("三", unlike(600_000)))}))  # fmt: skip


def bomb(megabytes: int, name: str = "word/media/a.bin") -> bytes:
    """A package with a part of zeros."""
    out = io.BytesIO()
    main = "xl/workbook.xml" if name.startswith("xl") else "word/document.xml"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if name.startswith("Pictures"):
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        archive.writestr(main, document())
        with archive.open(name, "w") as part:
            for _ in range(megabytes):
                part.write(bytes(MEGABYTE))
    return out.getvalue()


def nested(depth: int) -> bytes:
    """A package in a package, and so on."""
    content = good_docx()
    for _ in range(depth):
        content = zipped({"inner.zip": content})
    return content


def many_parts(count: int) -> bytes:
    """A package with very many empty parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", document())
        for number in range(count):
            archive.writestr(f"word/{number}.xml", b"")
    return out.getvalue()


def lying(megabytes: int, declared: int) -> bytes:
    """A package whose main part says that it is of another size than it is."""
    content = zipped({"word/document.xml": document() + b" " * (megabytes * MEGABYTE - len(document()))})
    real = struct.pack("<L", megabytes * MEGABYTE)
    assert content.count(real) == 2
    return content.replace(real, struct.pack("<L", declared))


def overlapping(count: int) -> bytes:
    """A package whose directory lists the same bytes many times, under different names."""
    content = zipped({"word/document.xml": document() + b" " * 100_000})
    directory = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[directory:end]
    entries = b"".join(entry.replace(b"word/document", b"word/docume%02d" % n) for n in range(count))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count + 1, count + 1,
                       len(entry) + len(entries), directory, 0)  # fmt: skip
    return content[:end] + entries + tail


# --- entities ---

LAUGHS = '<!DOCTYPE a [<!ENTITY b "哈哈哈哈哈哈哈哈哈哈">{}]>'.format(
    "".join(f'<!ENTITY {chr(99 + n)} "{f"&{chr(98 + n)};" * 10}">' for n in range(9))
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY b SYSTEM "{}">]>'.format
REMOTE_DTD = '<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd">'
PARAMETER = '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://192.0.2.1/b.ent"> %b;]>'
PARTS = ("word/document.xml", "word/styles.xml", "word/numbering.xml", "word/footnotes.xml", "_rels/.rels",
         "word/theme/theme1.xml", "[Content_Types].xml", "docProps/app.xml",
         "customXml/item1.xml")  # fmt: skip


def declared(declaration: str, encoding: str = "utf-8", said: str | None = None) -> bytes:
    """XML with a document type declaration, in an encoding."""
    head = f'<?xml version="1.0" encoding="{said or encoding}"?>'
    body = "<w:body><w:p><w:r><w:t>&l;</w:t></w:r></w:p></w:body>"
    return f"{head}{declaration}<w:document {W}>{body}</w:document>".encode(encoding)


for _part in PARTS:
    bad(f"laughter in {_part}", "总结.docx", "doctype", partial(with_part, _part, declared(LAUGHS)))
for _part in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
    bad(f"laughter in {_part}", "台账.xlsx", "doctype",
        partial(zipped, {"xl/workbook.xml": b"<workbook/>", _part: declared(LAUGHS)}))  # fmt: skip
bad("laughter in content.xml", "总结.odt", "doctype", lambda: zipped({
    "mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": declared(LAUGHS)}))  # fmt: skip
for _encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
    bad(f"laughter in {_encoding}", "总结.docx", "doctype broken",
        partial(with_part, "word/document.xml",
                declared(LAUGHS, _encoding, _encoding.removesuffix("-sig"))))  # fmt: skip
for _encoding in ("utf-7", "cp037", "gb18030", "utf-16-le"):
    bad(f"laughter that says it is {_encoding}", "总结.docx", "doctype broken",
        partial(with_part, "word/theme1.xml", declared(LAUGHS, "utf-8", _encoding)))  # fmt: skip
bad("laughter in utf-7 letters", "总结.docx", "broken", lambda: with_part(
    "word/a.xml", b"<?xml version='1.0' encoding='utf-7'?>+ADwAIQ-DOCTYPE a+AD4-<a/>"))  # fmt: skip
bad("laughter in the letters of a mainframe", "总结.docx", "broken", lambda: with_part(
    "word/a.xml", declared(LAUGHS.replace("哈", "h"), "cp037")))  # fmt: skip
bad("a file of the server", "总结.docx", "doctype",
    lambda: with_part("word/document.xml", declared(EXTERNAL("file:///etc/passwd"))))  # fmt: skip
bad("a file elsewhere", "总结.docx", "doctype",
    lambda: with_part("word/document.xml", declared(EXTERNAL("http://192.0.2.1/x"))))  # fmt: skip
bad("a declaration elsewhere", "总结.docx", "doctype",
    lambda: with_part("word/document.xml", declared(REMOTE_DTD)))  # fmt: skip
bad("a parameter elsewhere", "总结.docx", "doctype",
    lambda: with_part("word/document.xml", declared(PARAMETER)))  # fmt: skip

# --- deep, long and round about ---


def loose(main: bytes) -> bytes:
    """A .docx that is not packed, so that its size tells nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/document.xml", main)
    return out.getvalue()


def unlike(count: int) -> str:
    """So many characters that hardly repeat."""
    spread = noise(2 * count)
    return "".join(chr(0x4E00 + (spread[2 * n] << 6 | spread[2 * n + 1]) % 20_000) for n in range(count))


bad("controls in controls", "总结.docx", "broken stopped",
    lambda: loose(document("<w:sdt>" * 30_000 + "</w:sdt>" * 30_000)))  # fmt: skip
bad("tables in tables", "总结.docx", "broken stopped", lambda: loose(document(
    "<w:tbl><w:tr><w:tc>" * 5000 + WORDS + "</w:tc></w:tr></w:tbl>" * 5000)))  # fmt: skip
bad("a hundred thousand rows", "台账.xlsx", "too_large", lambda: book(
    "".join(f'<row r="{n}">{cell(f"A{n}", str(n))}</row>' for n in range(1, 100_001))))  # fmt: skip
bad("sixteen thousand columns", "台账.xlsx", "too_large", lambda: book(
    f'<row r="1">{cell("A1")}{cell("XFD1")}</row><row r="99">{cell("A99")}</row>'))  # fmt: skip
bad("one wide row", "台账.xlsx", "too_large", lambda: book(f'<row r="1">{cell("A1")}{cell("XFD1")}</row>'))
bad("the far corner", "台账.xlsx", "too_large", lambda: book(
    f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>'))  # fmt: skip
bad("a corner beyond the corner", "台账.xlsx", "too_large broken", lambda: book(
    f'<row r="1">{cell("A1")}</row><row r="9999999">{cell("ZZZ9999999")}</row>'))  # fmt: skip
bad("a string that is not there", "台账.xlsx", "broken empty", lambda: book(
    f'<row r="1">{cell("A1", "99999999", " t=" + chr(34) + "s" + chr(34))}</row>'))  # fmt: skip
bad("a tree of pages that is a ring", "总结.pdf", "broken scanned", lambda: pdf(
    CATALOGUE, "<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
    "<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R >>"))  # fmt: skip
bad("a page that is its own parent", "总结.pdf", "broken scanned", lambda: pdf(
    CATALOGUE, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 3 0 R >>"))  # fmt: skip
bad("a billion pages by its word", "总结.pdf", "broken scanned too_large", lambda: pdf(
    CATALOGUE, "<< /Type /Pages /Kids [3 0 R] /Count 999999999 >>", PAGE))  # fmt: skip
bad("three hundred pages and one", "总结.pdf", "too_large", lambda: pages(301))
bad("a hundred thousand pages", "总结.pdf", "too_large", lambda: pages(100_000), slow=True)
bad(
    "a stream of a gigabyte",
    "总结.pdf",
    "scanned stopped",
    lambda: one_page(b"q Q " * (16 * MEGABYTE)),
    slow=True,
)
bad("a stream of millions of words", "总结.pdf", "scanned stopped too_large empty", lambda: one_page(
    b"BT /F 12 Tf (a) Tj ET\n" * 2_000_000), slow=True)  # fmt: skip
bad("a form in itself", "总结.pdf", "scanned broken stopped", lambda: pdf(
    CATALOGUE, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    PAGE.replace("/Resources << >>", "/Resources << /XObject << /X 5 0 R >> >>"), stream(b"/X Do"),
    stream(b"/X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                     "/Resources << /XObject << /X 5 0 R >> >>")))  # fmt: skip
bad("brackets in brackets", "总结.pdf", "broken scanned encrypted", lambda: pdf(CATALOGUE, "[" * 200_000))
bad("a table of places that goes round", "总结.pdf", "broken scanned",
    lambda: b"%PDF-1.7\nxref\n0 0\ntrailer\n<< /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF")  # fmt: skip
bad("a page without words", "总结.pdf", "scanned", lambda: one_page(b"0 0 m 9 9 l S"))
bad("letters of its own", "总结.pdf", "scanned", lambda: private_letters())
bad(
    "a million tags in one another",
    "总结.html",
    "empty broken stopped",
    lambda: b"<html>" + b"<div>" * 1_000_000,
)
bad("a comment without end", "总结.html", "empty", b"<html><!-- " + b"x" * 100_000)
bad("a page of zeros", "总结.html", "empty", b"<html>" + bytes(10_000))
bad(
    "a page in a mail alphabet",
    "总结.html",
    "empty",
    b"<html><meta charset=utf-7><script>+ADw-</script></html>",
)
bad("a rich text without end", "总结.rtf", "broken empty", b"{\\rtf1" + b"{\\b" * 100_000, slow=True)
bad("an odt without words", "总结.odt", "broken empty", lambda: zipped({
    "mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}), slow=True)  # fmt: skip


def pages(count: int) -> bytes:
    """A .pdf of very many pages."""
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    return pdf(CATALOGUE, f"<< /Type /Pages /Kids [{kids}] /Count {count} >>", *[page] * count)


def private_letters() -> bytes:
    """A .pdf whose font says that its letters are of a private alphabet."""
    table = b"1 beginbfrange\n<00> <ff> <E000>\nendbfrange"
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
    )
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    page = PAGE.replace("/Resources << >>", "/Resources << /Font << /F 5 0 R >> >>")
    return pdf(
        CATALOGUE, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page,
        stream(b"BT /F 12 Tf 9 9 Td (these letters mean nothing) Tj ET"), font,
        stream(cmap + table + b"\nendcmap end"),
    )  # fmt: skip


# --- what asks for something elsewhere: it is read, and nothing is fetched ---


def asking(address: str) -> dict[str, bytes]:
    """Good files that name something on another machine."""
    image = f'<w:p><w:r><w:drawing><a:blip xmlns:a="x" {R} r:link="r1"/></w:drawing></w:r></w:p>'
    field = f'<w:p><w:r><w:instrText>INCLUDEPICTURE "{address}" \\d</w:instrText></w:r></w:p>'
    chunk = f'<w:altChunk {R} r:id="r1"/>'
    linked = '<w:object><o:OLEObject xmlns:o="x" Type="Link" r:id="r1"/></w:object>'
    rels = "word/_rels/document.xml.rels"
    page = (
        f'<html><link rel=stylesheet href="{address}"><base href="{address}"><p>存在的问题</p>'
        f'<img src="{address}"><iframe src="{address}"></iframe><object data="{address}"></object></html>'
    )
    action = f"<< /S /JavaScript /JS (app.launchURL\\('{address}'\\)) >>"
    acting = pdf(
        CATALOGUE.replace(">>", f"/OpenAction {action} /AA << /WC {action} >> >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE.replace("/Resources << >>", "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont "
                     f"/Helvetica >> >> >> /Annots [<< /Subtype /Link /A << /S /URI /URI ({address}) >> >>]"),
        stream(b"BT /F 12 Tf 9 700 Td (all problems are told here) Tj ET"),
    )  # fmt: skip
    return {
        "图片.docx": zipped({"word/document.xml": document(WORDS + image),
                           rels: relations("image", address, True)}),
        "域.docx": zipped({"word/document.xml": document(WORDS + field)}),
        "块.docx": zipped({"word/document.xml": document(WORDS + chunk),
                          rels: relations("aFChunk", address, True)}),
        "对象.docx": zipped({"word/document.xml": document(WORDS + f"<w:p><w:r {R}>{linked}</w:r></w:p>"),
                           rels: relations("oleObject", address, True)}),
        "模板.docx": zipped({"word/document.xml": document(),
                           "word/settings.xml": f"<w:settings {W}/>".encode(),
                           "word/_rels/settings.xml.rels": relations("attachedTemplate", address, True)}),
        "正文.docx": zipped({"word/document.xml": document(),
                           "_rels/.rels": relations("officeDocument", address, True)}),
        "外链.xlsx": book(f'<row r="1">{cell("A1")}{cell("B1", "2")}</row>',
                         {"xl/externalLinks/_rels/externalLink1.xml.rels":
                          relations("externalLinkPath", address, True)}),
        "网页.html": page.encode(),
        "动作.pdf": acting,
        "图片.odt": odt_with_link(address),
    }  # fmt: skip
