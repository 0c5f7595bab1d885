"""Where the items of a report begin: its enumerators, and lines that are headings without a number.

Works on normalised text; the tabs of the original part the cells of tables.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum

from tracker.reports.reading.headings import SectionKind, is_bare_heading, kind_of


class Style(IntEnum):
    """Enumerators, the outer ones first (一、 > （一） > 1. > （1） > ① > —— > 一是 > 首先)."""

    HEADING = 0  # a heading without a number
    CHINESE = 1
    BRACKETED = 2
    NUMBER = 3
    BRACKETED_NUMBER = 4
    CIRCLED = 5
    DASH = 6
    SHI = 7
    SEQUENCE = 8

    @property
    def is_inline(self) -> bool:
        """Whether its items stand inside a paragraph: 一是, 首先."""
        return self >= Style.SHI


CN = "[一二三四五六七八九十]{1,3}"
ANSWERS = "(?:整改|改进|对应|应对)?(?:措施|举措|对策)"
# 3.1 库房…: a number of two places is one of an item where no unit follows.
AFTER_DECIMAL = r"(?:[ 、]+(?=[^\d\W])|(?=[\u4e00-\u9fff])(?![年月日时点万亿元个倍公亩吨米度名人分小]))"
ENUMERATORS: tuple[tuple[Style, str], ...] = (
    (Style.HEADING, rf"第{CN}(?:部分|章|篇)[ 、：]*(?=[^\n])"),
    (Style.CHINESE, rf"{CN}、"),
    (Style.BRACKETED, rf"（{CN}）[、.]?"),
    (Style.BRACKETED_NUMBER, rf"（\d{{1,3}}）[、.]?|[⑴-⒇]|\d{{1,2}}）|\d{{1,2}}[.]\d{{1,2}}{AFTER_DECIMAL}"),
    (Style.CIRCLED, rf"[①-⑳❶-❿➀-➓]|\d\ufe0f?\u20e3|\d{{1,2}}(?:[.]\d{{1,2}}){{2,3}}{AFTER_DECIMAL}"),
    (Style.DASH, r"(?:——|--|[-*](?= )|[•·●○◆◇■□▪➢►])(?!\s*\d+\s*[—-])"),
    (Style.SHI, rf"(?:{CN}是|{CN}要(?![求素点])|第{CN}，|其[一二三四五六]是?，)"),
    (
        Style.SEQUENCE,
        rf"(?:首先|其次|再次|再者|最后|(?:另)?一方面|第{CN}个|此外|同时|另外)，|另外(?!，)|再(?:一个)?就是",
    ),
    (
        Style.NUMBER,
        rf"(?:\d{{1,3}}(?:、|[.](?!\d)|[.](?=(?:19|20)\d\d年|\d{{1,2}}月))[、.]*"
        rf"|(?:问题|{ANSWERS})(?:{CN}|\d{{1,3}})(?:：|、|[.](?!\d))"
        # a number that nothing but a blank parts from a headline, as word processors set it
        rf"|\d{{1,2}}[ ]+(?=[\u4e00-\u9fff]{{2,16}}(?:\n|$)))",
    ),
)
BEFORE_LINE = r"[ ]*(?:[#]{1,6}[ ]+)?(?:[*][*])?"  # blanks, and the marks of headings in pasted Markdown
TOKEN = re.compile(
    rf"(?P<lead>^{BEFORE_LINE}|(?<=[。；：，！？）】”.、 ]))(?:"
    + "|".join(f"(?P<s{int(style)}>{pattern})" for style, pattern in ENUMERATORS)
    + ")",
    re.MULTILINE,
)  # fmt: skip
# After a comma only 一是 opens an item; after a blank or 、 a number may belong to the sentence.
AFTER_COMMA = {Style.SHI}
FIRST = re.compile(
    rf"(?:[（第其]|问题|{ANSWERS})?(?:一(?!十)|1(?!\d|[.]\d))|[①⑴]|首先|(?:\d{{1,2}}[.])+1(?!\d)"
)
LABEL_BELOW = re.compile(r"^ *+(?P<words>[^。；：，\n]{2,16})：(?=[^\n])", re.MULTILINE)
LINES_ALONE = (Style.DASH, Style.HEADING)
NUMBER_ALONE = re.compile(r"\d+(?:[.]\d+)*[ ]*")  # only a line begins with it, in a sentence it counts
ANSWER = re.compile(ANSWERS)
LINE = re.compile(r"[^\n]+")


Token = tuple[int, int, Style, bool]  # where the mark begins and ends, its style, whether it begins a line


def tokens(text: str, original: str, end: int) -> Iterator[Token]:
    """The marks before `end`, in their order."""
    every = (token for found in TOKEN.finditer(text, 0, end) if (token := _token(text, found)))
    numbered = list(_without_own_answers(text, every))
    begun = {text.rfind("\n", 0, token[0]) + 1 for token in numbered if token[3]}
    bare = [
        (start, start, Style.HEADING, True)
        for start, stop in lines(text, 0, end)
        if start not in begun
        and is_bare_heading(text[start:stop])
        and "\t" not in original[start:stop]  # the header of a table heads its columns, no section
    ]
    return iter(sorted([*numbered, *bare, *_labels_below(text, numbered, end)]))


def _labels_below(text: str, numbered: Sequence[Token], end: int) -> Iterator[Token]:
    """“下一步打算：…” in one line below a list: said once and of the whole list, not of its last item.

    Such a part ends with its line, as what stands inside a paragraph does.
    """
    found = [label for label in LABEL_BELOW.finditer(text, 0, end) if _announces_steps(label["words"])]
    said = Counter(label["words"] for label in found)
    in_lines = [token for token in numbered if token[3]]
    for label in found:
        after = bisect_right(in_lines, (label.start(),))
        above, below = in_lines[max(after - 1, 0) : after], in_lines[after : after + 1]
        goes_on = above and below and above[0][2] is below[0][2] and not begins_list(text, below[0])
        if said[label["words"]] == 1 and above and not begins_list(text, above[0]) and not goes_on:
            yield label.start("words"), label.start("words"), Style.HEADING, False


def _announces_steps(words: str) -> bool:
    return is_bare_heading(words) and kind_of(words) is SectionKind.NEXT_STEPS


def begins_list(text: str, token: Token) -> bool:
    """Whether a mark is that of the first item of a list: 一, 1, ①."""
    return FIRST.match(text, *token[:2]) is not None


def _token(text: str, found: re.Match[str]) -> Token | None:
    style = Style(int((found.lastgroup or "s6")[1:]))
    mark = found.end("lead")
    at_line = found.start() == 0 or text[found.start() - 1] == "\n"  # the lead is then the line's blanks
    before = text[mark - 1] if mark else "\n"
    if not at_line and before in "，、" and style not in AFTER_COMMA:
        return None
    before_that = text[mark - 2 : mark - 1]
    if not at_line and (
        (before == "." and not before_that.isdigit()) or (before == "：" and before_that.isdigit())
    ):
        return None  # a part of an address, or of a time of day
    if not at_line and (style in LINES_ALONE or NUMBER_ALONE.fullmatch(text, mark, found.end())):
        return None
    return mark, found.end(), style, at_line


def _without_own_answers(text: str, tokens: Iterable[Token]) -> Iterator[Token]:
    """“措施一” begins a list of its own after the last problem (问题三), not beside its problem (问题一)."""
    listed, further = False, False
    for token in tokens:
        mark, start = token[:2]
        if text.startswith("问题", mark):
            listed, further = False, not begins_list(text, token)
        elif ANSWER.match(text, mark, start):
            listed = listed or (further and begins_list(text, token))
            if not listed:
                continue
        yield token


def before_blanks(text: str, end: int) -> int:
    """The end of what stands before blanks and line ends."""
    while end and text[end - 1] in " \n":
        end -= 1
    return end


def lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines between two places, as spans without surrounding blanks; empty ones are left out."""
    for found in LINE.finditer(text, start, end):
        inner = found[0].strip(" ")
        if inner:
            at = found.start() + found[0].index(inner)
            yield at, at + len(inner)
