"""How a text is taken apart so that any part of it is found, Chinese words of one or two characters included.

Pure. A text is written in one form first (simplified, half-width letters and digits, small letters), then cut
into its characters and its pairs of neighbours. Whatever contains a word has all of the word's pairs; whether
it has them in a row is seen in the text itself. Each piece is spelled in hexadecimal: neither database has to
know where a Chinese word ends, nor takes a mark of punctuation for something else.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from tracker.reports.reading.characters import normalised

_SHORT_NUMBER = re.compile(r"(20\d\d(?:q[1-4]|h[12]|m\d\d|y))-([1-9]\d?)$")


def one_form(text: str) -> str:
    """Return a text as it is kept and searched: simplified, one width, small letters, single blanks."""
    return " ".join(normalised(unicodedata.normalize("NFKC", text)).casefold().split())


def words(asked: str) -> list[str]:
    """Return the words of what somebody typed, in one form; each has to be found, wherever it stands.

    A case number may be typed without the noughts before it: 2025Q3-7 is 2025Q3-007.
    """
    return [_SHORT_NUMBER.sub(_padded, word) for word in dict.fromkeys(one_form(asked).split())]


def grams(text: str) -> set[str]:
    """Return the characters and pairs of a text in one form, spelled; no pair reaches over a blank."""
    return {piece for word in text.split() for piece in (*_singles(word), *_pairs(word))}


def asked_for(word: str) -> list[str]:
    """Return the pieces to seek a word by: its pairs, or the character that it is.

    Of a longer word, whose text is looked at anyway, enough pairs that every character stands in one: each
    further piece costs a list of rows to be read.
    """
    pairs = list(_pairs(word)) or list(_singles(word))
    return list(dict.fromkeys([*pairs[::2], pairs[-1]]))


def says_it_all(word: str) -> bool:
    """Whether the pieces of a word are the word, so that the text need not be looked at."""
    return len(word) <= 2


def _singles(word: str) -> Iterator[str]:
    return (f"x{ord(one):x}" for one in word)


def _pairs(word: str) -> Iterator[str]:
    return (f"x{ord(one):x}x{ord(other):x}" for one, other in pairwise(word))


def _padded(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):03d}"
