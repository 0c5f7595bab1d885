"""Measures of an official paper: presets, fonts, and where a long title breaks. Pure.

The values are those of GB/T 9704-2012; numbers in comments are its chapters.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

SONG_TITLE = "方正小标宋简体"
FANGSONG = "仿宋_GB2312"
HEI = "黑体"
KAI = "楷体_GB2312"
SONG = "宋体"
LATIN = "Times New Roman"

FALLBACKS = {
    SONG_TITLE: "小标宋体,华文中宋,宋体",
    FANGSONG: "仿宋,FangSong,华文仿宋",
    HEI: "SimHei,微软雅黑",
    KAI: "楷体,KaiTi,华文楷体",
    SONG: "SimSun,新宋体",
}
"""Official font → names a word processor may use instead. Nothing is embedded: the fonts are licensed."""

BODY_PT = 16.0  # 3号, 5.2.2
TITLE_PT = 22.0  # 2号, 7.3.1
PAGE_NUMBER_PT = 14.0  # 4号, 7.5
TABLE_PT = 10.5  # 五号: ten columns on a landscape page stay readable
A4_MM = (210.0, 297.0)


@dataclass(frozen=True)
class Preset:
    """How one office sets its papers. Lengths in mm, type in pt."""

    code: str
    label: str
    top: float = 37.0  # 5.2.1
    bottom: float = 35.0
    left: float = 28.0
    right: float = 26.0
    footer: float = 28.0  # 7.5: the dashes end 7 mm below the type area
    header: float = 15.0
    line_pt: float = 28.95  # 22 lines of 29 pt are 0.2 pt too many for 225 mm
    title_line_pt: float = 35.0
    title_font: str = SONG_TITLE
    title_bold: bool = False
    tracking: int = -5  # twips a character: 28 characters of 16 pt are 2 mm too many for 156 mm
    third_level_bold: bool = False
    signature_pt: float = BODY_PT
    signature_centred: bool = False


PRESETS: tuple[Preset, ...] = (
    Preset("standard", "国家标准（每页22行、每行28字）"),
    Preset("line-28", "行距28磅", line_pt=28.0),
    Preset("line-30", "行距30磅", line_pt=30.0),
    Preset("low-foot", "下边距3.4厘米、行距29磅", bottom=34.0, line_pt=29.0, footer=30.0),
    Preset("even-margins", "页边距2.8/2.8/2.7/2.7厘米、行距33磅", top=28.0, bottom=28.0,
           left=27.0, right=27.0, footer=18.0, line_pt=33.0, signature_pt=18.0, signature_centred=True),
    Preset("wide", "页边距3.5/3.3/2.7/2.7厘米、行距29磅", top=35.0, bottom=33.0, left=27.0, right=27.0,
           footer=25.0, line_pt=29.0),
    Preset("before-2012", "2012年以前式样（标题宋体加粗、行距30磅）", line_pt=30.0, title_font=SONG,
           title_bold=True),
)  # fmt: skip
"""Layouts seen in offices; the first is the default. What an office does not change is the standard's."""


def twips(mm: float) -> int:
    """Millimetres in twentieths of a point, rounded down so that the type area is never too narrow."""
    return int(mm * 1440 / 25.4)


def width_of(text: str) -> float:
    """Width in full characters: a Chinese sign counts 1, a Latin letter or digit ½."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def lines_in(text: str, width: float) -> int:
    """Return how many lines a text takes in a cell of a width in Latin characters, two to a Chinese one.

    An estimate that is quick: Chinese signs are told by their three bytes, and no line breaks early.
    """
    room = max(width - 1, 2)
    return sum(
        max(1, math.ceil((len(part) + (len(part.encode()) - len(part)) / 2) / room))
        for part in text.split("\n")
    )


_AFTER = re.compile(
    r"关于|上半年|下半年|年度|年|季度|\d月|月份|工作|情况|问题|》|、|街道|[省州市县区镇乡](?![城村镇区场域级委政府长])"
)
_BEFORE = re.compile(r"和|及|暨|《")
_NEVER_FIRST = "的了》”’）、，。；：！？〕"
_BLIND_BREAK = 60.0
"""Cost of a break that no word suggests: dearer than a line eight characters off the mean."""


def title_lines(title: str, limit: float) -> list[str]:
    """Break a title by meaning into lines of at most `limit` characters, as even as it goes (7.3.1).

    Line ends typed in the title win. A title that fits stays whole.
    """
    typed = [line.strip() for line in title.splitlines() if line.strip()]
    return [part for line in typed for part in _even_lines(line, limit)]


def _even_lines(line: str, limit: float) -> list[str]:
    if width_of(line) <= limit:
        return [line]
    count = math.ceil(width_of(line) / limit)
    return _cheapest_split(line, limit, width_of(line) / count)


def _cheapest_split(line: str, limit: float, mean: float) -> list[str]:
    costs = _break_costs(line)

    @cache
    def best(start: int) -> tuple[float, tuple[str, ...]]:
        rest = line[start:]
        choices = [_line_cost(rest, mean, (0.0, ()))] if width_of(rest) <= limit else []
        for end, cost in costs.items():
            if end > start and width_of(line[start:end]) <= limit:
                after, lines = best(end)
                choices.append(_line_cost(line[start:end], mean, (after + cost, lines)))
        return min(choices, default=(math.inf, (rest,)))

    return list(best(0)[1])


def _line_cost(part: str, mean: float, rest: tuple[float, tuple[str, ...]]) -> tuple[float, tuple[str, ...]]:
    return (width_of(part) - mean) ** 2 + rest[0], (part, *rest[1])


def _break_costs(line: str) -> dict[int, float]:
    """Position → cost of breaking there. A number or a Latin word is never cut."""
    by_meaning = {m.end() for m in _AFTER.finditer(line)} | {m.start() for m in _BEFORE.finditer(line)}
    return {
        at: 0.0 if at in by_meaning else _BLIND_BREAK
        for at in range(1, len(line))
        if line[at] not in _NEVER_FIRST and not (line[at - 1].isascii() and line[at].isascii())
        and not (line[at - 1].isdigit() or line[at - 1] in "《“（〔第")
    }  # fmt: skip
