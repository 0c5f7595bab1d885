"""The frame of a report: where its text ends, its enumerators, its items and its sections.

Everything here works on a normalised copy of the same length, so that each offset is one of the
original text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

from tracker.reports.reading.characters import normalised
from tracker.reports.reading.enumerators import CN, Style, Token, before_blanks, begins_list, tokens
from tracker.reports.reading.headings import SectionKind, is_bare_heading, kind_of

# What web pages hang below a copied text. A line that begins so ends the report, unless a section follows.
RUBBISH = re.compile(
    r"^[ \-·•*●|]*+(?:预览(?:阅读)?已?结束|上一篇|下一篇|请?点击.*(?:联系|下载|查看)|.*联系老师"
    r"|相关(?:文章|阅读|推荐|链接)|扫一扫|扫码|打印本页|关闭窗口|返回顶部|责任编辑|Powered by|版权所有"
    r"|【[^】]{2,30}】[^。]{0,12}：?$|.{0,4}更多.{0,8}(?:范文|文章)).*$",
    re.MULTILINE,
)


# Words that go on with a list in running text, one more of its items, and begin none themselves.
GOES_ON = re.compile(r"此外|同时|另外|再(?:一个)?就是")
CLOSING = re.compile(
    r"^ *+(?:综上所述|总之|总的来说|特此(?:报告|通知|通报)|以上(?:汇报|报告|是|就是)"
    r"|[^\n，。]{2,6}期间，还?收到[^\n，。]{0,12}反映)",
    re.MULTILINE,
)
HEADING_LENGTH = 45
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
    _grow(root, list(tokens(plain, text, end)), plain)
    return Outline(plain, text, end, root, tuple(_sections(plain, text, root)))


def text_end(text: str) -> int:
    """Where the report ends and the rubbish of the web page it was copied from begins."""
    headings = [found.end() for found in re.finditer(rf"^ *{CN}、", text, re.MULTILINE)]
    after = max(headings, default=0)
    found = next(
        (
            line
            for line in RUBBISH.finditer(text, after)
            if line.start() > len(text) // 3 and not is_bare_heading(line[0])
        ),
        None,
    )
    end = found.start() if found else len(text)
    return len(text[:end].rstrip(" \n-·•*|"))


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
        first = style is Style.HEADING or begins_list(text, (mark, start, style, at_line))
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
        heading = original[item.start : stop].strip(" \t\r\n:：。【】#*")
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
