"""The frame of a report: where its text ends, its enumerators, its items and its sections.

Everything here works on a normalised copy of the same length, so that each offset is one of the
original text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from operator import itemgetter

from tracker.reports.characters import normalised
from tracker.reports.headings import SectionKind, is_bare_heading, kind_of

# What web pages hang below a copied text. A line that begins so ends the report, unless a section follows.
RUBBISH = re.compile(
    r"^[ \-·•*●|]*+(?:预览(?:阅读)?已?结束|上一篇|下一篇|请?点击.*(?:联系|下载|查看)|.*联系老师"
    r"|相关(?:文章|阅读|推荐|链接)|扫一扫|扫码|打印本页|关闭窗口|返回顶部|责任编辑|Powered by|版权所有"
    r"|【[^】]{2,30}】[^。]{0,12}：?$|.{0,4}更多.{0,8}(?:范文|文章)).*$",
    re.MULTILINE,
)


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
AFTER_DECIMAL = r"(?:[ 、]+(?=[^\d\W])|(?=[\u4e00-\u9fff])(?![万亿元个倍公亩吨米度名人分小]))"
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
# Words that go on with a list in running text, one more of its items, and begin none themselves.
GOES_ON = re.compile(r"此外|同时|另外|再(?:一个)?就是")
CLOSING = re.compile(
    r"^ *+(?:综上所述|总之|总的来说|特此(?:报告|通知|通报)|以上(?:汇报|报告|是|就是)"
    r"|[^\n，。]{2,6}期间，还?收到[^\n，。]{0,12}反映)",
    re.MULTILINE,
)
FIRST = re.compile(
    rf"(?:[（第其]|问题|{ANSWERS})?(?:一(?!十)|1(?!\d|[.]\d))|[①⑴]|首先|(?:\d{{1,2}}[.])+1(?!\d)"
)
HEADING_LENGTH = 45
LINE = re.compile(r"[^\n]+")
NUMBER_ALONE = re.compile(r"\d+(?:[.]\d+)*[ ]*")  # only a line begins with it, in a sentence it counts
ANSWER = re.compile(ANSWERS)
FIELD_AFTER = re.compile(r"：(?=[^\n])")
FIRST_STOP = re.compile(r"[。：；]| (?=[^ ])|\n")


@dataclass
class Item:
    """An enumerated item; `mark` is where its enumerator begins, `start` its first character after that."""

    mark: int
    start: int
    end: int
    style: Style
    parent: Item | None
    line_start: bool
    first: bool  # its number is the first of a list: 一, 1, ①
    children: list[Item] = field(default_factory=list)

    def lists(self) -> list[list[Item]]:
        """The lists directly under this item; another style or a restarted number begins a new one."""
        found: list[list[Item]] = []
        for child in self.children:
            if not found or child.first or found[-1][0].style is not child.style:
                found.append([])
            found[-1].append(child)
        return found


@dataclass(frozen=True)
class Section:
    """A part of the report under its own heading; start is where the heading's number begins."""

    start: int
    end: int
    level: int
    heading: str
    kind: SectionKind
    body: int  # where the text after the heading begins
    own: bool  # the heading itself says the kind; else it is that of the section around it


@dataclass(frozen=True)
class Outline:
    """The normalised text, where it ends, its items (a tree under one root) and its sections."""

    text: str
    original: str  # of the same length; its tabs part the cells of tables
    end: int
    root: Item
    sections: tuple[Section, ...]

    def kind_at(self, at: int) -> SectionKind:
        """The kind of the innermost section around a place that has one."""
        return self._kinds[bisect_right(self._kinds, at, key=itemgetter(0)) - 1][1]

    @cached_property
    def _kinds(self) -> list[tuple[int, SectionKind]]:
        """From where on which kind holds: sections open and close like brackets."""
        known = [section for section in self.sections if section.kind is not SectionKind.OTHER]
        opened = [(section.start, 1, section) for section in known]
        closed = [(section.end, 0, section) for section in known]  # before what opens at the same place
        found, around = [(0, SectionKind.OTHER)], dict[int, Section]()
        for at, opens, section in sorted([*opened, *closed], key=itemgetter(0, 1)):
            if opens:
                around[id(section)] = section
            else:
                around.pop(id(section), None)
            found.append((at, next(reversed(around.values())).kind if around else SectionKind.OTHER))
        return found


def outline(text: str) -> Outline:
    """The frame of a text as it was read."""
    plain = normalised(text)
    end = text_end(plain)
    root = Item(0, 0, end, Style.HEADING, None, line_start=True, first=True)
    _grow(root, list(_tokens(plain, text, end)), plain)
    return Outline(plain, text, end, root, tuple(_sections(plain, text, root)))


def text_end(text: str) -> int:
    """Where the report ends and the rubbish of the web page it was copied from begins."""
    headings = [found.end() for found in re.finditer(rf"^ *{CN}、", text, re.MULTILINE)]
    after = max(headings, default=0)
    found = next((r for r in RUBBISH.finditer(text, after) if r.start() > len(text) // 3), None)
    end = found.start() if found else len(text)
    return len(text[:end].rstrip(" \n-·•*|"))


Token = tuple[int, int, Style, bool]  # where the mark begins and ends, its style, whether it begins a line


def _tokens(text: str, original: str, end: int) -> Iterator[Token]:
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
    return iter(sorted([*numbered, *bare]))


def _token(text: str, found: re.Match[str]) -> Token | None:
    style = Style(int((found.lastgroup or "s6")[1:]))
    mark = found.end("lead")
    at_line = found.start() == 0 or text[found.start() - 1] == "\n"  # the lead is then the line's blanks
    before = text[mark - 1] if mark else "\n"
    if not at_line and before in "，、" and style not in AFTER_COMMA:
        return None
    before_that = text[mark - 2 : mark - 1]
    if not at_line and (before == "." and not before_that.isdigit() or before == "：" and before_that.isdigit()):
        return None  # a part of an address, or of a time of day
    alone = style in (Style.DASH, Style.HEADING) or NUMBER_ALONE.fullmatch(text, mark, found.end())
    if alone and not at_line:
        return None
    return mark, found.end(), style, at_line


def _without_own_answers(text: str, tokens: Iterable[Token]) -> Iterator[Token]:
    """“措施一” begins a list of its own after the last problem (问题三), not beside its problem (问题一)."""
    listed, further = False, False
    for token in tokens:
        mark, start = token[:2]
        first = FIRST.match(text, mark, start) is not None
        if text.startswith("问题", mark):
            listed, further = False, not first
        elif ANSWER.match(text, mark, start):
            listed = listed or (first and further)
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


def _grow(root: Item, tokens: list[Token], text: str) -> None:
    """Hang each token under the nearest one of an outer style; an item ends where its list goes on."""
    open_items = [root]
    for mark, start, style, at_line in tokens:
        if GOES_ON.match(text, mark, start):
            listed = _running_list(open_items, mark, text)
            if listed is None:
                continue
            style = listed
        while len(open_items) > 1 and not _goes_under(open_items[-1], style, at_line, mark, text):
            open_items.pop().end = mark
        first = style is Style.HEADING or FIRST.match(text, mark, start) is not None
        item = Item(mark, start, root.end, style, open_items[-1], at_line, first)
        if first:
            _leave_lead_in(open_items[-1].children, item, text)
        open_items[-1].children.append(item)
        open_items.append(item)
    for item in open_items[1:]:
        item.end = root.end
    _trim(root, text)


def _running_list(open_items: list[Item], mark: int, text: str) -> Style | None:
    """The style of the list in running text that goes on at a place, None where there is none."""
    inline = [item for item in open_items if item.style.is_inline and "\n" not in text[item.start : mark]]
    return inline[0].style if inline else None


def _leave_lead_in(before: list[Item], item: Item, text: str) -> None:
    """The sentence that leads a new list in (“改进措施：”) is no part of the last item of the list before."""
    lead_end = before_blanks(text, item.mark)
    if not before or text[lead_end - 1 : lead_end] != "：":
        return
    lead = max(text.rfind(mark, before[-1].start, lead_end) for mark in "。；\n")
    ending = [before[-1]]
    while ending[-1].children:
        ending.append(ending[-1].children[-1])
    if lead >= ending[-1].start:
        for shortened in ending:
            shortened.end = min(shortened.end, lead)


def _goes_under(item: Item, style: Style, at_line: bool, mark: int, text: str) -> bool:
    if style.is_inline and item.style < style:
        return item.line_start or "\n" not in text[item.start : mark]
    if item.style >= style:
        return False
    return item.line_start or not at_line


def _trim(item: Item, text: str) -> None:
    """In running text an item ends with its paragraph at the latest, a last item with the report's close."""
    for child in item.children:
        child.end = min(child.end, item.end)
        stop = text.find("\n", child.start, child.end)
        if not child.line_start and stop >= 0:
            child.end = stop
    for items in item.lists():
        _trim_last(items, text)
    for child in item.children:
        child.end = before_blanks(text, child.end)
        _trim(child, text)


def _trim_last(items: list[Item], text: str) -> None:
    last = items[-1]
    after = last.children[-1].start if last.children else last.start
    if last.line_start and (closing := CLOSING.search(text, after, last.end)):
        last.end = closing.start()
    stop = text.find("\n", last.start, last.end)
    list_of_lines = last.style > Style.CHINESE or len(items) > 2
    if stop >= 0 and list_of_lines and not last.children and _one_line_each(items[:-1], text):
        last.end = stop


def _one_line_each(items: list[Item], text: str) -> bool:
    return bool(items) and all("\n" not in text[item.start : item.end].strip(" \n") for item in items)


def heading_end(text: str, item: Item) -> int:
    """Where an item's headline ends: its line when that is short and no sentence, else the first stop."""
    stop = text.find("\n", item.start, item.end)
    line_end = stop if stop >= 0 else item.end
    line = text[item.start : line_end]
    if len(line) <= HEADING_LENGTH and "。" not in line.rstrip("。 "):
        colon = FIELD_AFTER.search(line)
        return item.start + colon.start() if colon else line_end
    found = FIRST_STOP.search(text, item.start, item.end)
    return found.start() if found else item.end


def _sections(text: str, original: str, root: Item) -> Iterator[Section]:
    for item in _walk(root):
        stop = heading_end(text, item)
        if item.style > Style.NUMBER or stop - item.start > HEADING_LENGTH:
            continue
        kind = kind_of(text[item.start : stop])
        if item.style is Style.NUMBER and kind not in {SectionKind.PROBLEMS, SectionKind.NEXT_STEPS}:
            continue
        above = _kind_above(text, item)
        own = above not in {SectionKind.PROBLEMS, SectionKind.NEXT_STEPS, SectionKind.CARRYOVER} or _is_label(
            text[item.start : stop]
        )
        kind = kind if own else above
        heading = original[item.start : stop].strip(" \t\r\n:：。")
        yield Section(item.mark, item.end, max(1, int(item.style)), heading, kind, stop, own)


def _kind_above(text: str, item: Item) -> SectionKind:
    parent = item.parent
    while parent is not None and parent.parent is not None:
        kind = kind_of(text[parent.start : heading_end(text, parent)])
        if kind is not SectionKind.OTHER:
            return kind
        parent = parent.parent
    return SectionKind.OTHER


LABEL = re.compile(
    r"(存在的?|主要|整改|改进|下一?步)?(问题|不足|工作)?(措施|建议|打算|对策|问题|要求|计划|表现)"
)


def _is_label(heading: str) -> bool:
    return LABEL.fullmatch(heading.strip(" ：。")) is not None


def _walk(item: Item) -> Iterator[Item]:
    for child in item.children:
        yield child
        yield from _walk(child)
