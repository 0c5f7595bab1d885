"""Problems told in running text: where such a passage lies, and where one problem ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
FAULTS = "问题|不足|困难|挑战|差距|短板|薄弱环节|隐患|缺点|矛盾"
# “我们也清醒地看到，还存在一些困难和问题：…”, “检查发现，部分单位存在一些问题，如…”
OPENING = re.compile(
    rf"(?:也|但|还|仍|发现)[^。\n]{{0,28}}(?:存在|面临|有|发现)[^。：\n]{{0,18}}(?:{FAULTS})[^。：，；\n]{{0,8}}"
    r"(?:：|[，。](?:如|主要(?:是|有|表现[为在]))[：，]?|。主要(?:是|有|表现[为在])[：，]?|，(?=有的))"
)
CLOSE = re.compile(
    r"等等|(?:我们|我镇|对此|对这些|针对|以上|上述|下一?步|今后)[^，。；]{0,10}(?:将|一定|要|必须|高度重视|，|问题)|\n"
)
LEAD = re.compile(
    r"[^。；\n]{0,80}(?:存在|主要|表现|有)[^。；，\n]{0,14}(?:问题|不足|困难|差距|表现|方面|是|有)[^。；，\n]{0,8}[：，。](?:主要(?:是|有|表现[为在])[：，]?)?"
)
TELLING = re.compile(r"我们将|我镇将|下一?步|今后|针对(?:以上|上述|这些|存在)|以上问题|综上|对此")
SEPARATORS = ("；", "。", "，")
SHORTEST = 5


def passages(text: str, end: int) -> Iterator[Span]:
    """Stretches of running text in which a report owns up to its problems."""
    at = 0
    while found := OPENING.search(text, at, end):
        start = found.end()
        close = CLOSE.search(text, start, end)
        at = close.start() if close else end
        yield start, at
        at = max(at, start + 1)


def statements(text: str, start: int, end: int) -> Iterator[Span]:
    """Single problems of a passage, cut at the strongest separator in it."""
    lead = (
        LEAD.match(text, start, end)
        if "：" in text[start : start + 100] or "。" in text[start : start + 60]
        else None
    )
    if lead and lead.end() < end - SHORTEST:
        start = lead.end()
    close = TELLING.search(text, start, end)
    body_end = close.start() if close and close.start() > start + SHORTEST else end
    body = text[start:body_end].rstrip("。；，、 \n")
    mark = next((s for s in SEPARATORS if s in body), None)
    at = start
    for piece in re.split(rf"[{mark}\n]" if mark else r"\n", body):
        inner = piece.strip("。；，、 \n")
        if len(inner) >= SHORTEST and inner not in {"等等"}:
            begin = at + piece.index(inner)
            yield begin, begin + len(inner)
        at += len(piece) + 1
