"""Documents built for the reader's tests: the sample report in other encodings and as .docx."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import docx

SAMPLE = Path(__file__).parents[2] / "tracker" / "samples" / "township-q3.txt"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def sample_text() -> str:
    """The sample report."""
    return SAMPLE.read_text(encoding="utf-8")


def masked_sample() -> bytes:
    """The sample report with its year masked."""
    return sample_text().replace("2025年", "202x年").encode()


def typed_docx(text: str) -> bytes:
    """A .docx with one paragraph a line, numbers typed as text."""
    document = docx.Document()
    for line in text.split("\n"):
        document.add_paragraph(line)
    return saved(document)


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a document."""
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip file of parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def numbered_docx(paragraphs: Sequence[tuple[int | None, str]], levels: Sequence[tuple[str, str]]) -> bytes:
    """A .docx with automatic numbers: paragraphs (depth or None, text), levels (format, pattern)."""
    shapes = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for n, (form, pattern) in enumerate(levels)
    )
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="4">{shapes}</w:abstractNum>'
        '<w:num w:numId="9"><w:abstractNumId w:val="4"/></w:num></w:numbering>'
    )
    body = "".join(_paragraph(depth, text) for depth, text in paragraphs)
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return zipped({"word/document.xml": document.encode(), "word/numbering.xml": numbering.encode()})


def _paragraph(depth: int | None, text: str) -> str:
    number = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="9"/></w:numPr>' if depth is not None else ""
    return f"<w:p><w:pPr>{number}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
