"""How a Chinese name is spelled: for passwords that are somebody's name in other letters. Pure.

`syllables.txt` holds the 6763 characters of GB 2312, a line a syllable, without tones; ü is v. A character
with two readings that names use (曾, 单) stands on two lines.
"""

from functools import cache
from itertools import islice, product
from pathlib import Path

MOST_SPELLINGS = 8


@cache
def _syllables() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    lines = (Path(__file__).parent / "syllables.txt").read_text(encoding="utf-8").splitlines()
    for syllable, characters in map(str.split, lines):
        for character in characters:
            found.setdefault(character, []).append(syllable)
    return found


def spellings_of(name: str) -> list[str]:
    """Return a name in pinyin without spaces, each reading, at most MOST_SPELLINGS; [] where none is known.

    Letters stand for themselves; the v of ü is also given as u (吕: lv, lu).
    """
    syllables = [_readings(character) for character in name]
    if not all(syllables) or not syllables:
        return []
    return ["".join(chosen) for chosen in islice(product(*syllables), MOST_SPELLINGS)]


def _readings(character: str) -> list[str]:
    if character.isascii():
        return [character.casefold()]
    readings = _syllables().get(character, [])
    return readings + [one.replace("v", "u") for one in readings if "v" in one]
