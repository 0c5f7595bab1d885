"""Places of words in a report's text: found, cut in two, put together. Offsets are code points. Pure."""

import re
from dataclasses import dataclass

from tracker.reports.models import Proposal

# between two places of one statement: blanks, punctuation, and the mark that numbers the second one
NOTHING_BETWEEN = re.compile(
    r"[\s，。；、,;.：:]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[一二三四五六七八九十]+[是要])?\s*"
)


@dataclass(frozen=True)
class Place:
    """Words, and where they stand in the report; None where they do not."""

    words: str
    start: int | None
    end: int | None


def place_of(text: str, said: str, start: int | None = None, end: int | None = None) -> Place:
    """Return the words between two offsets without blanks around them, else the place of the words said."""
    if start is not None and end is not None and 0 <= start < end <= len(text):
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        words = words.strip()
        return Place(words, start, start + len(words))
    words = said.replace("\r\n", "\n").strip()
    found = text.find(words) if words else -1
    return Place(words, None if found < 0 else found, None if found < 0 else found + len(words))


def add_place(text: str, row: Proposal, place: Place) -> None:
    """Let a proposal stand at a further place, as one stretch with it where nothing lies between."""
    if place.start is None or place.end is None:
        return
    if row.start is None or row.end is None:
        row.start, row.end = place.start, place.end
    elif _adjoin(text, row.start, row.end, place.start, place.end):
        row.start, row.end = min(row.start, place.start), max(row.end, place.end)
    elif [place.start, place.end] not in row.more_places:
        row.more_places = [*row.more_places, [place.start, place.end]]


def cut(text: str, row: Proposal, words: str) -> tuple[Place, Place] | None:
    """Return both parts of a proposal's text when the second begins with some words; None where it cannot.

    A part whose words do not stand in the proposal's stretch of the source (they were edited) keeps the whole
    stretch: it still comes from there.
    """
    at = row.text.find(words, 1)
    first, second = row.text[:at].strip(), row.text[at:].strip()
    if not words or at < 0 or not first or not second:
        return None
    if row.start is None or row.end is None:
        return Place(first, None, None), Place(second, None, None)
    begins = text.find(words, row.start + 1, row.end)
    if begins < 0:
        return Place(first, row.start, row.end), Place(second, row.start, row.end)
    ends = row.start + len(text[row.start : begins].rstrip())
    return Place(first, row.start, ends), Place(second, begins, row.end)


def breaks(text: str) -> list[str]:
    """Return how the parts begin into which a statement can be cut: after each mark of punctuation."""
    parts = [match.end() for match in re.finditer(r"[。；;！？，,]\s*", text) if match.end() < len(text)]
    return [_enough(text, at) for at in parts]


def _enough(text: str, at: int) -> str:
    """As many characters from a place on as tell it from every earlier one."""
    length = 8
    while text.find(text[at : at + length], 1) < at and at + length < len(text):
        length += 4
    return text[at : at + length]


def _adjoin(text: str, start: int, end: int, other_start: int, other_end: int) -> bool:
    """Whether two stretches overlap or have nothing of their own between them."""
    low, high = min(end, other_end), max(start, other_start)
    return high <= low or NOTHING_BETWEEN.fullmatch(text[low:high]) is not None
