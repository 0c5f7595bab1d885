"""Problems told in running text: where such a passage lies, and where one problem ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
FAULTS = "问题|不足|困难|挑战|差距|短板|薄弱环节|隐患|缺点|矛盾"
# “我们也清醒地看到，还存在一些困难和问题：…”, “检查发现，部分单位存在一些问题，如…”, “…问题。…，等等。”
OWNING = r"(?:也|但|还|仍|同时|发现|清醒)"
OPENING = re.compile(
    rf"{OWNING}[^。\n]{{0,60}}?(?:{FAULTS})[^。：，；、\n]{{0,8}}"
    r"(?:：|[，。](?:如|主要(?:是|有|表现[为在]))[：，]?|，主要是[：，]?|，(?=有的)|。(?=[^。\n]*等等))"
)
# “检查发现甲不到位、乙未落实等问题”: the faults stand before the word.
FOUND = re.compile(r"(?:发现的?|存在着?)(?P<list>[^。；：\n]{6,160}?)等(?:问题|现象|情况)")
CLOSE = re.compile(
    r"等等|(?:我们|我镇|对此|对这些|针对|以上|上述|下一?步|今后)[^，。；]{0,10}(?:将|一定|要|必须|高度重视|，|问题)|\n"
)
LEAD = re.compile(
    r"[^。；\n]{0,80}(?:存在|面临|有|主要)[^。；，\n]{0,14}(?:问题|不足|困难|差距|短板|表现|方面)[^。；，\n]{0,8}"
    r"(?:：|。|，)(?:主要(?:是|有|表现[为在])[：，]?)?|主要(?:是|有|表现[为在])[：，]?"
)
TELLING = re.compile(r"我们将|我镇将|下一?步|今后|针对(?:以上|上述|这些|存在)|以上问题|综上|对此")
SEPARATORS = ("；", "。", "，")
SHORTEST = 4


def passages(text: str, end: int) -> Iterator[Span]:
    """Stretches of running text in which a report owns up to its problems."""
    at = 0
    while found := OPENING.search(text, at, end):
        start = found.end()
        close = CLOSE.search(text, start, end)
        at = max(close.start() if close else end, start + 1)
        yield start, min(at, end)


def enumerations(text: str, end: int) -> Iterator[Span]:
    """Faults told before the word: “发现…、…等问题”, up to 等."""
    for found in FOUND.finditer(text, 0, end):
        yield found.start("list"), found.end("list") + 1


def after_lead(text: str, start: int, end: int) -> int:
    """Where a section's own sentence about having problems ends."""
    lead = LEAD.match(text, start, end)
    return lead.end() if lead and lead.end() < end - SHORTEST else start


def statements(text: str, start: int, end: int) -> Iterator[Span]:
    """Single problems of a passage, cut at its strongest separator; at 、 only where 等 closes the list."""
    close = TELLING.search(text, start, end)
    body_end = close.start() if close and close.start() > start + SHORTEST else end
    body = text[start:body_end].rstrip("。；，、 \n")
    closed = re.search(r"等(?:问题|现象|情况)?$", body) is not None
    mark = next((s for s in SEPARATORS if s in body), "、" if closed else None)
    at = start
    for piece in re.split(rf"[{mark}\n]" if mark else r"\n", body):
        inner = piece.strip("。；，、 \n")
        if len(inner) >= SHORTEST and inner not in {"等等"}:
            begin = at + piece.index(inner)
            yield begin, begin + len(inner)
        at += len(piece) + 1
