"""A page of a PDF as a picture, so that it can be looked at where nothing in it runs.

Pure: bytes in, bytes out. What is drawn is the page alone, without forms and scripts.
"""

import struct
import zlib
from dataclasses import dataclass

WIDTH, MOST_HEIGHT = 1000, 3000  # pixels; a page is drawn as wide as a screen shows it


class NoPictureError(ValueError):
    """There is no such page, or it cannot be opened."""


@dataclass(frozen=True)
class PagePicture:
    """A page drawn as PNG, and how many there are."""

    png: bytes
    pages: int


def draw(content: bytes, number: int) -> PagePicture:
    """Draw a page of a PDF, counted from 1. Raises NoPictureError where there is none to draw."""
    import pypdfium2  # noqa: PLC0415 - loads for a tenth of a second, in the child that draws alone

    try:
        document = pypdfium2.PdfDocument(content)
        pages = len(document)
        if not 1 <= number <= pages:
            raise NoPictureError
        page = document[number - 1]
        across, down = page.get_size()
        scale = min(WIDTH / max(across, 1), MOST_HEIGHT / max(down, 1))
        drawn = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True, prefer_bgrx=False)
    except pypdfium2.PdfiumError as error:
        raise NoPictureError from error
    rows = bytes(drawn.buffer)
    width = drawn.width * drawn.n_channels
    lines = (rows[start : start + width] for start in range(0, drawn.height * drawn.stride, drawn.stride))
    return PagePicture(_png(drawn.width, drawn.height, b"".join(b"\0" + line for line in lines)), pages)


def _png(width: int, height: int, lines: bytes) -> bytes:
    """Write pixels of red, green and blue as PNG (RFC 2083): each line led by its filter, 0 for none."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
