"""Problems told in running text: where a report owns up to difficulties, and where one problem ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.reports.reading.cues import (
    ADDRESSED,
    AFTER_STOP,
    ASKED,
    CLOSE,
    COMPLAINTS,
    DEFICIENT,
    FAULTS,
    MEASURE_CUE,
    NOTHING,
    ONLY_OWNS_UP,
    OWNING,
    PROBLEM_CUE,
    REMEDIES,
    TELLING,
)
from tracker.reports.reading.enumerators import lines
from tracker.reports.reading.headings import is_bare_heading

Span = tuple[int, int]
# “我们也清醒地看到，还存在一些困难和问题：…”, “检查发现，部分单位存在一些问题，如…”, “…问题。…，等等。”
OPENING = re.compile(
    rf"{OWNING}[^。\n]{{0,60}}?(?:{FAULTS})[^。：，；、\n]{{0,8}}"
    r"(?:：|[，。](?:如|主要(?:是|有|表现[为在]))[：，]?|，主要是[：，]?|，(?=有的)|。(?=[^。\n]*等等)"
    r"|(?P<full>。|(?<=地方)，)(?=[^\n]))"
    # “但在检查中也看到，…；…。”: no word for faults, the list itself owns up
    r"|(?:检查|督查|督导|巡查|暗访|抽查|调研|走访)(?:过程)?中?，?(?:也|还|我们)*(?:看到|发现|了解到)"
    r"(?P<seen>[，：])(?=[^。\n]*；)"
)
# “检查发现甲不到位、乙未落实等问题”: the faults stand before the word.
FOUND = re.compile(r"(?:发现的?|存在着?)(?P<list>[^。；：\n]{6,160}?)等(?:问题|现象|情况)")
LEAD = re.compile(
    r"[^。；\n]{0,80}(?:存在|面临|有|主要)[^。；，\n]{0,14}(?:问题|不足|困难|差距|距离|短板|表现|方面)[^。；，\n]{0,8}"
    r"(?:：|。|，)(?:主要(?:是|有|表现[为在])[：，]?)?|主要(?:是|有|表现[为在])[：，]?"
)
# A paragraph with a title of its own: a fault in a few words, then examples of it or what it is in full.
TITLED = re.compile(
    r"\s*(?:(?P<title>[^。；\n]{4,24})。(?:有的|如|例如|比如|个别)|(?P<short>[^。；，\n]{4,14})。(?=[^。\n]{24}))"
    r"[^\n]*(?:\n\s*)*"
)
AT_A_PLACE = re.compile(r"[^，。；：]{2,14}[村镇乡区局办站所校院司场店组）]：(?=[^\n])")
SENTENCE = re.compile(r"[^。；\n]+")
LED_IN = re.compile(r"[：】](?=[^\n]{4})")
LONGEST_LEAD = 60  # characters of a clause that leads a list in
SEPARATORS = ("；", "\n", "。", "，")  # the strongest first; a line always ends a problem
SHORTEST = 4


def passages(text: str, end: int) -> Iterator[Span]:
    """Stretches of running text in which a report owns up to its problems."""
    at = 0
    while found := OPENING.search(text, at, end):
        start = at = found.end()
        close = CLOSE.search(text, start, end)
        stop = min(close.start() if close else end, end)
        of_others = COMPLAINTS.search(text, found.start(), start + 4) is not None
        if text.startswith("：\n", start - 1) and not of_others:
            stop = _lines_below(text, start, end)
        if found["seen"] and (full_stop := text.find("。", start, stop)) >= 0:
            stop = full_stop
        certain = found["full"] is None and found["seen"] is None
        if not of_others and (certain or _own_up(text[start:stop])):
            yield start, stop
            at = max(stop, start + 1)


def _lines_below(text: str, start: int, end: int) -> int:
    """Where the lines end that a colon leads in, each telling a fault or what was found at a place."""
    stop = start
    for begin, finish in lines(text, start, end):
        line = text[begin:finish]
        own = AT_A_PLACE.match(line) or DEFICIENT.search(line)
        if not own or ADDRESSED.match(f"\n{line}") or TELLING.match(line):
            break
        stop = finish
    return stop


def _own_up(stretch: str) -> bool:
    """Whether the sentences after one that owns up to faults are these: two at least, most deficient."""
    sentences = [found[0] for found in SENTENCE.finditer(stretch) if len(found[0]) > SHORTEST]
    short = sum(DEFICIENT.search(sentence) is not None for sentence in sentences)
    return len(sentences) > 1 and 3 * short >= 2 * len(sentences)


def announced(text: str, end: int) -> Iterator[Span]:
    """What follows a colon in its own line after words that lead problems in: “存在的不足：甲；乙。”."""
    at = 0
    while lead := LED_IN.search(text, at, end):
        start = at = lead.end()
        said = _clause(text, start)
        problem = last(PROBLEM_CUE, said)
        if problem < 0 or problem <= last(MEASURE_CUE, said) or COMPLAINTS.search(said):
            continue
        is_label = is_bare_heading(said)
        full_stop = -1 if is_label else text.find("。", start, end)
        close = CLOSE.search(text, start, full_stop if full_stop >= 0 else end)
        at = close.start() if close else full_stop if full_stop >= 0 else end
        if is_label or _own_up(text[start:at]):
            yield start, at


def _clause(text: str, end: int) -> str:
    """The words from the beginning of a sentence to a place, "" where it is farther away or parted."""
    first = max(end - LONGEST_LEAD, 0)
    start = max(text.rfind(mark, first, end) for mark in "。\n") + 1
    if start <= first and first:
        return ""
    said = text[start:end].strip()
    return "" if "；" in said or "：" in said[:-1] else said


def last(cue: re.Pattern[str], text: str) -> int:
    """Where the last words of a kind end in a text; -1 where it has none."""
    return max((found.end() for found in cue.finditer(text)), default=-1)


def enumerations(text: str, end: int, followed_by: Sequence[Span]) -> Iterator[Span]:
    """Faults told before the word: “发现…、…等问题”, up to 等; none where a passage tells them singly."""
    told = {start for start, _stop in followed_by}
    for found in FOUND.finditer(text, 0, end):
        sentence = text[max(text.rfind(mark, 0, found.start()) for mark in "。；\n") + 1 : found.end()]
        if found.end() + 1 not in told and not COMPLAINTS.search(found[0]) and not ASKED.search(sentence):
            yield found.start("list"), found.end("list") + 1


def remedies(text: str, start: int, end: int) -> Iterator[Span]:
    """Measures told in running text after a sentence that leads them in (“下一步打算：…；…”)."""
    for lead in REMEDIES.finditer(text, start, end):
        stop = text.find("\n", lead.end(), end)
        yield from _pieces(text, lead.end(), stop if stop >= 0 else end, commas=False)


def after_lead(text: str, start: int, end: int) -> int:
    """Where a section's own sentence about having problems ends."""
    while start < end and text[start] in " \n。：":
        start += 1
    lead = LEAD.match(text, start, end)
    return lead.end() if lead and lead.end() < end - SHORTEST else start


def statements(text: str, start: int, end: int, *, commas: bool = True) -> Iterator[Span]:
    """Single problems of a passage, cut at its strongest separator; at 、 only where 等 closes the list.

    Without `commas` a sentence is one problem, unless 等 closes it as a list.
    """
    more = AFTER_STOP.search(text, start, end)
    if more is not None:
        yield from statements(text, start, more.start(), commas=False)
        yield from statements(text, more.end(), end, commas=False)
        return
    titled = TITLED.fullmatch(text, start, end)
    if titled is not None and DEFICIENT.search(titled["title"] or titled["short"]):
        yield titled.start(titled.lastgroup or 0), len(text[:end].rstrip("。；，、 \n"))
        return
    close = TELLING.search(text, start, end)
    body_end = close.start() if close and close.start() > start + SHORTEST else end
    spans = list(_pieces(text, start, body_end, commas=commas))
    if len(spans) > 2 and ONLY_OWNS_UP.fullmatch(text, *spans[0]):
        del spans[0]
    yield from spans


def _pieces(text: str, start: int, end: int, *, commas: bool) -> Iterator[Span]:
    body = text[start:end].rstrip("。；，、 \n")
    closed = re.search(r"等(?:问题|现象|情况)?$", body) is not None
    separators = SEPARATORS if commas or closed else SEPARATORS[:-1]
    mark = next((s for s in separators if s in body), "、" if closed else "\n")
    at = start
    for piece in re.split(rf"[{mark}\n]", body):
        inner = piece.strip("。；，、 \n")
        if len(inner) >= SHORTEST and inner not in {"等等"} and not NOTHING.fullmatch(inner):
            begin = at + piece.index(inner)
            yield begin, begin + len(inner)
        at += len(piece) + 1
