"""Figures that a report states of what was done, matched to kinds of act: 交流研讨4次 is 研讨交流. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.duties.kinds import COUNTED_IN
from tracker.duties.models import ActKind
from tracker.duties.opening import MOST_DONE

TELL_WHAT_WAS_DONE = ("progress", "results", "other")  # kinds of section; plans and faults count nothing done
MOST_OFFERED = 30
AROUND = 24  # characters of the report shown before a figure
SENTENCE_END = re.compile(r"[。；;！？\n]")


@dataclass(frozen=True)
class ReadFigure:
    """A number of a report, the kind of act it most likely counts, and whether that is sure."""

    place: int  # its number among the report's figures
    count: int
    unit: str
    words: str  # with what stands before it
    kind: ActKind | None
    is_sure: bool


def read_figures(reading: Mapping[str, Any], text: str, kinds: Sequence[ActKind]) -> list[ReadFigure]:
    """Return what may be an opening figure, the sure ones first; each kind is sure at most once."""
    found = [
        _read(place, figure, text, kinds)
        for place, figure in enumerate(reading.get("figures", []))
        if _counts_acts(figure) and _tells_what_was_done(figure, reading)
    ]
    return sorted(_once(found), key=lambda one: (not one.is_sure, one.kind is None, one.place))[:MOST_OFFERED]


def kind_of(counted: str, unit: str, kinds: Iterable[ActKind]) -> tuple[ActKind | None, bool]:
    """Return the kind that words count, and whether that is sure: its name stands there, in any order."""
    possible = [kind for kind in kinds if kind.counted_in == unit]
    for kind in possible:
        if kind.name in counted or sorted(kind.name) == sorted(counted):
            return kind, True
    alike = [kind for kind in possible if _pairs(kind.name) & _pairs(counted)]
    return (alike[0], False) if len(alike) == 1 else (None, False)


def _read(place: int, figure: Mapping[str, Any], text: str, kinds: Sequence[ActKind]) -> ReadFigure:
    kind, is_sure = kind_of(str(figure["of"]), str(figure["unit"]), kinds)
    start, end = int(figure["start"]), int(figure["end"])
    words = _before(text, start) + text[start:end]
    return ReadFigure(
        place, int(figure["value"]), str(figure["unit"]), words, kind, is_sure and not figure["approx"]
    )


def _before(text: str, start: int) -> str:
    """What stands before a figure in its sentence, with a mark where that is cut."""
    from_here = max(0, start - AROUND)
    before = text[from_here:start]
    ended = SENTENCE_END.search(before[::-1])
    if ended is not None:
        return before[len(before) - ended.start() :].lstrip()
    return before if from_here == 0 else "…" + before


def _counts_acts(figure: Mapping[str, Any]) -> bool:
    value = figure["value"]
    return figure["unit"] in COUNTED_IN and value == int(value) and 0 < value <= MOST_DONE


def _tells_what_was_done(figure: Mapping[str, Any], reading: Mapping[str, Any]) -> bool:
    """Whether a figure stands in a section on what was done, as its innermost section says."""
    around = [
        section
        for section in reading.get("sections", [])
        if section["start"] <= figure["start"] < section["end"]
    ]
    kind = max(around, key=lambda section: section["start"])["kind"] if around else "other"
    return kind in TELL_WHAT_WAS_DONE


def _once(found: Iterable[ReadFigure]) -> list[ReadFigure]:
    """Of several figures of one kind only the first is sure: a year has one opening figure a kind."""
    known: set[int] = set()
    kept = []
    for one in found:
        again = one.kind is not None and one.is_sure and one.kind.id in known
        if one.kind is not None and one.is_sure:
            known.add(one.kind.id)
        kept.append(ReadFigure(one.place, one.count, one.unit, one.words, one.kind, False) if again else one)
    return kept


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
