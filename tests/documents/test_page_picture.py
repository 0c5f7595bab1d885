"""A page of a PDF is drawn as a picture, in a child process, and nothing in the file runs."""

import struct
import zlib

import pytest

from tests.tasks.steps import ONE_PAGE
from tracker.documents.page_picture import MOST_HEIGHT, WIDTH, NoPictureError, draw
from tracker.reports.reading.sandbox import draw_in_child

SAYS_HELLO = ONE_PAGE.replace(
    b"<</Type/Catalog/", b"<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/Type/Catalog/"
)
ENDLESS = ONE_PAGE.replace(b"[0 0 60 80]", b"[0 0 1 14400]")


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Return width, height and the bytes of a picture as it was written."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    length = struct.unpack(">I", png[33:37])[0]
    return width, height, zlib.decompress(png[41 : 41 + length])


def test_a_page_is_drawn_as_wide_as_it_is_shown() -> None:
    drawn = draw(ONE_PAGE, 1)
    width, height, written = pixels(drawn.png)
    assert drawn.pages == 1
    assert abs(width - WIDTH) <= 1
    assert abs(height - WIDTH * 80 / 60) <= 1
    assert len(written) == height * (1 + 3 * width)
    assert set(written) == {0, 255}  # the filter of each line, and white paper


def test_an_endless_page_stays_within_bounds() -> None:
    _width, height, _written = pixels(draw(ENDLESS, 1).png)
    assert height <= MOST_HEIGHT


@pytest.mark.parametrize(
    ("content", "number"), [(ONE_PAGE, 0), (ONE_PAGE, 2), (b"no pdf", 1), (ONE_PAGE, 10**12)]
)
def test_what_is_no_page_has_no_picture(content: bytes, number: int) -> None:
    with pytest.raises(NoPictureError):
        draw(content, number)


def test_the_child_draws_the_same_and_says_when_there_is_none() -> None:
    assert draw_in_child(SAYS_HELLO, 1) == draw(ONE_PAGE, 1)
    with pytest.raises(NoPictureError):
        draw_in_child(ONE_PAGE, 7)
