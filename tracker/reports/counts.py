"""Counts that a report states: 专题学习12次, 覆盖320人次. Masked values are never turned into numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

UNITS = "个百分点|人次|场次|万元|亿元|公里|次|期|场|人|个|项|件|条|处|份|起|宗|亩|篇|批|户|家|天|%"
COUNT = re.compile(
    r"(?<![\d.第xX×*])(?P<lead>近|约|逾|超过|超|达到|达|共计|共|累计)?"
    rf"(?P<n>\d+(?:\.\d+)?)(?P<approx>余|多)?(?P<unit>{UNITS})(?!工作日|月|[以之]?内|[日号])"
)
ABOUT = {"近", "约", "逾", "超过", "超"}
NOT_WORDS = "，。；：、！？（）“”《》\n\t …"
# What stands before the noun phrase a count belongs to: who did it, and verbs that only carry the number.
BEFORE = re.compile(
    r"(.*(?:中心组|小组|党委|支部|我镇|我乡|全镇|全乡|我们|先后|已经|分别|其中|组织|开展|召开|举办|完成|进行|发放|印发|制发|报送|收到|建立))(?=.{2})"
)
CARRIERS = re.compile(r"(?:先后|已经|分别|其中|共计|累计|组织|开展|召开|举办|完成|进行|了|共|已|的)+$")
LONGEST = 12


@dataclass(frozen=True)
class Count:
    """A number with its unit and what it counts, as far as the words beside it tell."""

    start: int
    end: int
    value: int | float
    unit: str
    approx: bool
    of: str


def counts(text: str, end: int) -> Iterator[Count]:
    """The counts of a normalised text before `end`."""
    for found in COUNT.finditer(text, 0, end):
        number = float(found["n"]) if "." in found["n"] else int(found["n"])
        approx = bool(found["approx"]) or found["lead"] in ABOUT
        yield Count(found.start("n"), found.end(), number, found["unit"], approx, _counted(text, found))


def _counted(text: str, found: re.Match[str]) -> str:
    """The phrase on the left; where that is only a verb, the phrase on the right."""
    start = found.start()
    while start > 0 and found.start() - start < 24 and text[start - 1] not in NOT_WORDS:
        start -= 1
    left = CARRIERS.sub("", text[start : found.start()])
    if len(left) >= 2:
        return BEFORE.sub("", left)[-LONGEST:]
    stop = found.end()
    while stop < len(text) and stop - found.end() < LONGEST and text[stop] not in NOT_WORDS:
        stop += 1
    return text[found.end() : stop].removeprefix("的") or left
