"""Counts that name their parts, and whether the parts add up: 检查22次，其中专项12次、联合6次、夜间4次.

Parts are told after “其中”, or at once after the count behind a colon or in brackets. Percentages and days
are no parts. Where a number is approximate nothing is added up. Source: domain.md 3.7.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.reports.reading.counts import DIGITS, NO_COUNT, UNITS, Count

WORDS = r"[^，。；：、（）\d\n\t]"
OF_WHICH = re.compile(r"其中(?:(?P<list>：)|，)?(?P<some>包括|含|主要|仅|如)?有?")
LISTED = re.compile(r"[：（]")  # at once after a count
ITEM = re.compile(
    rf"(?P<label>{WORDS}{{0,24}}?)(?P<n>{DIGITS})(?:余|多)?[万亿]?(?:余|多)?(?P<unit>{UNITS}){NO_COUNT}"
    rf"(?:左右|上下|以上)?(?:[为是系属由]{WORDS}{{1,20}})?(?:[，（]?占{WORDS}{{0,8}}\d+(?:\.\d+)?%）?)?"
    r"(?:（[^（）\n]{0,60}）)?"
)
# “其中8/4/2次”, “分别为12、6、4次”: the numbers before the last one.
BARE = re.compile(r"(?P<n>\d+)[/、]")
AND = ("和", "及", "以及", "与")
REST = ("其余", "其他", "其它", "还有", "另")
# A clause that begins so tells a further deed, not a further part, unless the first part begins so, too.
DEED = re.compile(
    r"(?:并|还|同时|共|累计)?(?:开展|组织|召开|举办|完成|发现|整改|处理|化解|印发|发放|报送|培训|检查|排查)"
)
NO_SUM = {"%", "个百分点", "天"}
MOST_WHOLES = 4  # counts that “其中” may refer to
BACK = 160  # characters before “其中” in which its whole stands
WHOLE_LIST = 3  # parts from which a list may be meant to name all of them
SHORT = 4  # characters of a name that says no more than which part it is
MOST_SAID = 5  # doubts of one report


@dataclass(frozen=True)
class Parts:
    """A whole with its parts, as places in the list of counts.

    `wholes`: every count that may be meant, the likeliest first. `complete`: whether all parts are named.
    """

    wholes: tuple[int, ...]
    parts: tuple[int, ...]
    complete: bool


def part_lists(text: str, counts: Sequence[Count]) -> list[Parts]:
    """Return the lists of parts in a normalised text, in their order."""
    places = {count.start: place for place, count in enumerate(counts)}
    ends = [count.end for count in counts]
    found = [*_after_of_which(text, counts, places, ends), *_listed_at_once(text, counts, places)]
    return sorted(found, key=lambda parts: parts.parts)


def with_parts(counts: Sequence[Count], lists: Sequence[Parts]) -> tuple[Count, ...]:
    """Return the counts, each whole with its parts; a part without words of its own counts the same."""
    linked = list(counts)
    for one in lists:
        whole = one.wholes[0]
        linked[whole] = replace(linked[whole], parts=one.parts)
        for place in one.parts:
            linked[place] = replace(linked[place], of=linked[place].of or linked[whole].of)
    return tuple(linked)


def sums_in_doubt(counts: Sequence[Count], lists: Sequence[Parts]) -> list[str]:
    """Return what to say of parts that exceed their whole, or that are all of it and do not make it."""
    said = [doubt for one in lists if (doubt := _doubt(counts, one))]
    more = len(said) - MOST_SAID
    return said[:MOST_SAID] + ([f"另有 {more} 处分项数字与总数对不上，请核对原文。"] if more > 0 else [])


def _doubt(counts: Sequence[Count], one: Parts) -> str:
    wholes, parts = [counts[place] for place in one.wholes], [counts[place] for place in one.parts]
    if any(count.approx for count in (*wholes, *parts)):
        return ""
    total, whole = _total(parts), wholes[0]
    exceeds = total > _total(wholes)
    if not exceeds and (not one.complete or len(wholes) > 1 or total == whole.value):
        return ""
    added = "+".join(_plain(part.value) for part in parts)
    sums = f"分项{added}合计{_plain(total)}{whole.unit}" if len(parts) > 1 else f"其中写了{added}{whole.unit}"
    verdict = "超过总数" if exceeds else "与总数不一致"
    return f"“{whole.of}{_plain(whole.value)}{whole.unit}”，{sums}，{verdict}，请核对原文。"


def _total(counts: Sequence[Count]) -> float:
    return round(sum(count.value for count in counts), 6)


def _plain(value: float) -> str:
    return f"{value:.12g}"


def _after_of_which(
    text: str, counts: Sequence[Count], places: dict[int, int], ends: Sequence[int]
) -> Iterator[Parts]:
    for found in OF_WHICH.finditer(text):
        parts, closed = _items(text, found.end(), counts, places, "、，；" if found["list"] else "、，")
        if not parts:
            continue
        wholes = _wholes(text, found.start(), counts, ends, counts[parts[0]].unit)
        if wholes:
            total = _total([counts[place] for place in parts])
            likeliest = sorted(wholes, key=lambda place: _unlike(counts[place].value, total))
            whole_has_more = "含" in text[counts[wholes[0]].end : found.start()]
            complete = closed and len(parts) >= WHOLE_LIST and not found["some"] and not whole_has_more
            yield Parts(tuple(likeliest), parts, complete)


def _unlike(whole: float, total: float) -> int:
    """How little a whole suits the sum of parts: it should be that, or at least not less."""
    return 0 if whole == total else 1 if whole > total else 2


def _wholes(text: str, before: int, counts: Sequence[Count], ends: Sequence[int], unit: str) -> list[int]:
    """The counts of the sentence before “其中” in a unit, the nearest first."""
    stop = before
    while stop and text[stop - 1] in "，。；、（：":
        stop -= 1
    start = max(text.rfind(mark, max(0, stop - BACK), stop) for mark in "。；\n\t")
    start = max(start, stop - BACK)
    found: list[int] = []
    for place in range(bisect_left(ends, stop + 1) - 1, -1, -1):
        if counts[place].start < start or len(found) == MOST_WHOLES:
            break
        if counts[place].unit == unit:
            found.append(place)
    return found


def _listed_at_once(text: str, counts: Sequence[Count], places: dict[int, int]) -> Iterator[Parts]:
    for place, count in enumerate(counts):
        opened = LISTED.match(text, count.end)
        if opened is None or text.startswith("其中", opened.end()):
            continue
        parts, closed = _items(text, opened.end(), counts, places, "、，；")
        if len(parts) > 1 and counts[parts[0]].unit == count.unit and closed:
            yield Parts((place,), parts, len(parts) >= WHOLE_LIST)


def _items(
    text: str, at: int, counts: Sequence[Count], places: dict[int, int], marks: str
) -> tuple[tuple[int, ...], bool]:
    """The counts of a list that begins at a place, and whether it is clearly at its end."""
    parts: list[int] = []
    unit = mark = first = last = ""
    while found := _item(text, at, places):
        bare, place = found.re is BARE, places.get(found.start("n"))
        label = "" if bare else found["label"]
        if place is None or counts[place].unit in NO_SUM or "其中" in label:
            break
        unit, first = unit or counts[place].unit, first or label
        if counts[place].unit != unit or (parts and mark == "，" and _is_deed(label, first)):
            break
        parts.append(place)
        at, last = found.end(), label
        if bare:
            continue
        following = text[at : at + 1]
        if following and following in marks and (not mark or following == mark):
            mark, at = following, at + 1
        elif not text.startswith(AND, at):
            break
    if len(parts) == 2 and mark in {"，", "；"} and not _alike(first, last):
        return (parts[0],), False
    return tuple(parts), _is_closed(text, at, mark, unit)


def _item(text: str, at: int, places: dict[int, int]) -> re.Match[str] | None:
    bare = BARE.match(text, at)
    return bare if bare is not None and at in places else ITEM.match(text, at)


def _alike(first: str, last: str) -> bool:
    """Whether two parts are named alike; where they are not, a comma may lead on to something else."""
    return (len(first) <= SHORT and len(last) <= SHORT) or first[-1:] == last[-1:]


def _is_deed(label: str, first: str) -> bool:
    return DEED.match(label) is not None and DEED.match(first) is None


def _is_closed(text: str, at: int, mark: str, unit: str) -> bool:
    """Whether a list ends with its last part: with its sentence or bracket, or before something else."""
    if at and text[at - 1] == mark:  # what followed the mark was no part
        return mark == "，" and not text.startswith(REST, at)
    following = text[at : at + 3].lstrip(" ")[:1]
    if following != "，":
        return following in "。；）\n"
    further = ITEM.match(text, at + 1)
    return not text.startswith(REST, at + 1) and (further is None or further["unit"] != unit)
