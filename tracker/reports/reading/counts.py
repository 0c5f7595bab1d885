"""Counts that a report states: 专题学习12次, 覆盖320人次. Masked values are never turned into numbers.

Source: domain.md 3.7. A count is written with digits; 万 and 亿 before another unit than 元 multiply.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

UNITS = (
    "个百分点|平方米|人次|场次|班次|万元|亿元|公里|元|次|期|场|人|名|个|项|件|条|处|份|起|宗|亩|篇|批|户|家|所|座|台"
    "|辆|块|册|例|支|轮|幅|吨|天|%"
)
NO_COUNT = r"(?!工作日|月|[以之]?内|[日号])"  # what stands after the unit of a time limit
DIGITS = r"\d{1,3}(?:[， ]\d{3})+(?![\d，])|\d+(?:\.\d+)?"  # thousands are parted by commas or blanks
VALUE = (
    rf"(?P<n>{DIGITS})(?P<approx>余|多)?(?:(?P<times>[万亿])(?!元)(?P<more>余|多)?)?"
    rf"(?P<unit>{UNITS}){NO_COUNT}"
)
FIGURES = re.compile(r"\d+")
NOT_AFTER = set(".第xX×*")
COUNT = re.compile(rf"(?:(?P<low>\d+)[-~～至—])?{VALUE}(?P<about>左右|上下|以上)?")
LEAD = re.compile(r"(?:近|大约|约|逾|超过|超|至少|不少于|不低于|达到|达|共计|共|累计)$")
LONGEST_LEAD = 3
# “其中8/4/2/2/2次”, “分别为12、6、4次”: the unit is said once for all.
SHARED = re.compile(rf"(?:其中|分别)[为是有]?(?P<numbers>\d+(?:[/、]\d+)+)(?P<unit>{UNITS}){NO_COUNT}")
NUMBER = re.compile(r"\d+")
ABOUT = {"近", "大约", "约", "逾", "超过", "超", "至少", "不少于", "不低于"}
TIMES = {"万": 10_000, "亿": 100_000_000}
NOT_WORDS = "，。；：、！？（）“”《》\n\t …"
LEFT = re.compile(rf"[^{NOT_WORDS}]+$")
# What stands before the noun phrase a count belongs to: who did it, and verbs that only carry the number.
BEFORE = re.compile(
    r"(.*(?:中心组|小组|党委|支部|我镇|我乡|全镇|全乡|我们|先后|已经|分别|其中|组织|开展|召开|举办|完成|进行|发放|印发|制发|报送|收到|建立))(?=.{2})"
)
CARRIERS = re.compile(r"(?:先后|已经|分别|其中|共计|累计|组织|开展|召开|举办|完成|进行|了|共|已|的)+$")
FARTHEST, LONGEST = 24, 12  # characters: how far back the phrase is looked for, and how much of it is kept
RIGHT = re.compile(rf"[^{NOT_WORDS}]{{1,{LONGEST}}}")


@dataclass(frozen=True)
class Count:
    """A number with its unit and what it counts, as far as the words beside it tell.

    `parts` are the places, among the counts of the report, of those that the words name as its parts.
    """

    start: int
    end: int
    value: int | float
    unit: str
    approx: bool
    of: str
    parts: tuple[int, ...] = ()


def counts(text: str, end: int) -> list[Count]:
    """The counts of a text before `end`, in their order: normalised, except that tabs still part cells."""
    single = [_count(text, found) for found in _written(text, end)]
    return sorted([*single, *_sharing_unit(text, end)], key=lambda count: count.start)


def _written(text: str, end: int) -> Iterator[re.Match[str]]:
    """The numbers that have a unit; most of a text has no figures at all, and those are quickly found."""
    done = 0
    for figures in FIGURES.finditer(text, 0, end):
        start = figures.start()
        if start < done or (start and text[start - 1] in NOT_AFTER):
            continue
        if found := COUNT.match(text, start, end):
            done = found.end()
            yield found


def _count(text: str, found: re.Match[str]) -> Count:
    lead = LEAD.search(text, max(0, found.start() - LONGEST_LEAD), found.start())
    start, led = (found.start(), "") if lead is None else (lead.start(), lead[0])
    approx = bool(found["approx"] or found["more"] or found["low"] or found["about"]) or led in ABOUT
    value = _number(found["n"], TIMES.get(found["times"] or "", 1))
    of = _counted(text, start, found.end())
    return Count(found.start("n"), found.end("unit"), value, found["unit"], approx, of)


def _number(digits: str, times: int) -> int | float:
    plain = digits.replace("，", "").replace(" ", "")
    value = round(float(plain) * times, 6) if "." in plain else int(plain) * times
    return int(value) if times > 1 and value == int(value) else value


def _sharing_unit(text: str, end: int) -> Iterator[Count]:
    """The numbers of a list before its last one, which is a count like any other."""
    for found in SHARED.finditer(text, 0, end):
        *numbers, _last = NUMBER.finditer(text, *found.span("numbers"))
        for number in numbers:
            yield Count(number.start(), number.end(), int(number[0]), found["unit"], False, "")


def _counted(text: str, start: int, end: int) -> str:
    """The phrase on the left; where that is only a verb, the phrase on the right."""
    before = LEFT.search(text, max(0, start - FARTHEST), start)
    left = "" if before is None else CARRIERS.sub("", before[0])
    if len(left) >= 2:
        return BEFORE.sub("", left)[-LONGEST:]
    behind = RIGHT.match(text, end)
    return ("" if behind is None else behind[0]).removeprefix("的") or left
