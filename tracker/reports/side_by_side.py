"""Two texts side by side, with the characters in which they differ, but for the width of a mark. Pure."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from tracker.reports.reading.characters import normalised

LONGEST = 600  # characters of a text that are compared; the time grows with their product
LEAST_ALIKE = 2  # a run of equal characters shorter than this between two changes is part of the change


@dataclass(frozen=True)
class Run:
    """A run of characters of one text, and whether the other text has them too."""

    text: str
    differs: bool


def side_by_side(left: str, right: str) -> tuple[list[Run], list[Run]]:
    """Return both texts in runs. What lies beyond LONGEST is cut, with a mark."""
    left, right = _cut(left), _cut(right)
    matcher = SequenceMatcher(None, normalised(left), normalised(right), autojunk=False)
    ours: list[Run] = []
    theirs: list[Run] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        same = kind == "equal" and (i2 - i1 >= LEAST_ALIKE or i1 == 0 or i2 == len(left))
        _add(ours, left[i1:i2], differs=not same)
        _add(theirs, right[j1:j2], differs=not same)
    return ours, theirs


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + "…"


def _add(runs: list[Run], text: str, *, differs: bool) -> None:
    """Add a run, joined to the one before where that is of the same kind."""
    if not text:
        return
    if runs and runs[-1].differs == differs:
        runs[-1] = Run(runs[-1].text + text, differs)
    else:
        runs.append(Run(text, differs))
