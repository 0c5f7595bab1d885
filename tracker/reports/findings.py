"""Problems and measures in the outline of a report: what a clerk would turn into one task each.

A list is judged by the sentence before it, then by the heading above it. The lowest titled item is one problem;
一是, 二是 under a title are its particulars. A countermeasure said in the same breath is split off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby

from tracker.reports.headings import SectionKind
from tracker.reports.narrative import passages, statements
from tracker.reports.outline import Item, Outline, Section, Style, heading_end, lines

Span = tuple[int, int]
END_MARKS = "。；，、：！？ \n."


@dataclass
class Finding:
    """A problem or a measure: `statement` is its text, `scope` the whole item with labels and countermeasure."""

    statement: Span
    scope: Span
    particulars: list[Span] = field(default_factory=list)
    measure: Span | None = None
    confidence: float = 0.9
    why: str = ""


class Verdict(Enum):
    """What the items of a list are."""

    PROBLEM = "problem"
    MEASURE = "measure"
    NEITHER = "neither"


FAULTS = "问题|不足|困难|差距|短板|弱项|隐患|薄弱环节|挑战|不足之处"
PROBLEM_CUE = re.compile(
    rf"(?:存在|发现|面临|暴露|主要|突出|以下|如下|一些|不少|几个)[^。]{{0,16}}(?:{FAULTS})"
    rf"|(?:{FAULTS})[^。，]{{0,8}}(?:主要|表现|如下|以下)|主要表现[在为]?|问题清单：|不够[^。]{{0,6}}：$|(?:主要|突出)(?:有|是)：?$"
)
MEASURE_CUE = re.compile(
    r"(?:采取|落实|提出|制定|做好|抓好|改进|整改)[^。，]{0,10}(?:措施|工作|要求|建议|打算)|整改(?:措施|情况)|下一?步|打算"
    r"|今后|要求[：，]?$|建议[：，]?$|改进[^。]{0,8}[：]?$|重点任务|^[^。]{0,4}措施：|强调|做到以下|[^。]{0,20}(?:措施|举措)(?:如下)?：$"
)
# Said after a list, of all of it: a general promise, no countermeasure of the last item.
GENERAL = re.compile(
    r"(?:以上|上述|这些|针对(?:以上|上述|这些|存在|检查|发现)|对(?:以上|上述|这些)|我们一定|综上|总之)"
)
COUNTER = re.compile(
    r"(?<=[。；，）！？ \n])(?:(?:对此|为此|鉴于此|就此|接下来|今后|下一?步)(?:，|(?=我|将|要|应|须))"
    r"|针对(?:此|这一|该|上述|以上)|对此问题|以上问题|我们将|我[镇乡县局院校]将|(?:整改|改进)(?:措施|情况|建议|举措)：|建议"
    r"|请(?=[^示求假]))"
    r"|(?<=[。；，])需(?:要)?(?!进一步|加强|进行|求|持续|常态|继续|强化|提高|提升|改进|完善)"
)
LABELLED = re.compile(r"(?:整改|改进)(?:措施|情况|建议|举措)：\s*")
GROUPING = re.compile(
    r"(?:.{0,14}方面(?:。|：)?|.{0,10}(?:问题|不足|表现|表现为|主要有|情况)：?|.{0,24}：|\W*)"
)
LABEL_LINE = re.compile(
    r"\n *(?:牵头|责任|配合|主办|协办|承办|主责|完成|整改)(?:单位|领导|部门|人|科室|时限|期限)：|（牵头单位："
)


def find(frame: Outline) -> tuple[list[Finding], list[Finding]]:
    """Problems and measures, each in reading order."""
    search = _Search(frame)
    search.below(frame.root, Verdict.NEITHER, SectionKind.OTHER)
    search.between_lists()
    return (
        sorted(search.problems, key=lambda found: found.statement),
        sorted(search.measures, key=lambda found: found.statement),
    )


class _Search:
    """One walk over the outline; collects what it finds."""

    def __init__(self, frame: Outline) -> None:
        self.text = frame.text
        self.frame = frame
        self.sections = {section.start: section for section in frame.sections}
        self.problems: list[Finding] = []
        self.measures: list[Finding] = []

    def below(self, parent: Item, inherited: Verdict, kind: SectionKind) -> None:
        """Judge each list directly under an item."""
        at = parent.start
        for _, run in groupby(parent.children, key=lambda item: item.style):
            items = list(run)
            verdict = self.verdict(at, items[0].mark, inherited, kind)
            for item in items:
                self.item(item, verdict, kind, items)
            at = items[-1].end

    def verdict(self, start: int, end: int, inherited: Verdict, kind: SectionKind) -> Verdict:
        """The last cue in the lead-in decides; without one the section does."""
        if kind is SectionKind.CARRYOVER:
            return Verdict.NEITHER
        lead = self.text[max(start, end - 120) : end].rstrip(" \n")
        lead = re.split(r"[。\n](?=.)", lead)[-1] if inherited is not Verdict.NEITHER else lead
        problem, measure = _last(PROBLEM_CUE, lead), _last(MEASURE_CUE, lead)
        if problem < 0 and measure < 0:
            return inherited
        if problem >= measure:
            return Verdict.PROBLEM
        certain = inherited is not Verdict.NEITHER or bool(self.problems)
        outside = kind in {SectionKind.PROGRESS, SectionKind.RESULTS}
        return Verdict.MEASURE if certain and not outside else inherited

    def item(self, item: Item, verdict: Verdict, kind: SectionKind, siblings: list[Item]) -> None:
        """Take one item for what its own heading or its list says it is."""
        section = self.sections.get(item.mark)
        if section is not None and section.own and section.kind is not SectionKind.OTHER:
            self.section(item, section)
        elif verdict is Verdict.PROBLEM:
            self.problems.extend(self.leaves(item, siblings, self.reason(item), self.sure(item, kind)))
        elif verdict is Verdict.MEASURE:
            self.measures.extend(self.leaves(item, siblings, "", 0.9))
        else:
            self.below(item, Verdict.NEITHER, section.kind if section and section.own else kind)

    def section(self, item: Item, section: Section) -> None:
        """A part whose heading names its kind."""
        verdict = {SectionKind.PROBLEMS: Verdict.PROBLEM, SectionKind.NEXT_STEPS: Verdict.MEASURE}.get(
            section.kind, Verdict.NEITHER
        )
        if item.children or verdict is Verdict.NEITHER:
            self.below(item, verdict, section.kind)
        elif verdict is Verdict.PROBLEM:
            why = f"在“{section.heading}”一节中，没有编号，按句子分开。"
            spans = statements(self.text, section.body, item.end)
            self.problems.extend(self.split(span, span, why, 0.6) for span in spans)
        else:
            self.measures.extend(
                Finding(span, span) for span in paragraphs(self.text, section.body, item.end)
            )

    def reason(self, item: Item) -> str:
        """Why an item was taken for a problem, said for the clerk."""
        mark = self.text[item.mark : item.start].strip()
        heading = next(
            (s.heading for s in reversed(self.frame.sections) if s.start < item.mark < s.end and s.own), ""
        )
        where = f"在“{heading}”一节" if heading else "在说明存在问题的一句话之后"
        return f"{where}，以“{mark}”列出。" if mark else f"{where}单独列出。"

    def sure(self, item: Item, kind: SectionKind) -> float:
        """How certain: a list under its own heading, or one found by its lead-in only."""
        del item
        return 0.95 if kind is SectionKind.PROBLEMS else 0.8

    def leaves(self, item: Item, siblings: list[Item], why: str, sure: float) -> Iterator[Finding]:
        """The lowest titled items under an item, itself when nothing below is an item of its own."""
        runs = [list(run) for _, run in groupby(item.children, key=lambda child: child.style)]
        lead_end = item.children[0].mark if item.children else item.end
        numbered = bool(runs) and runs[0][0].style is not Style.SHI
        if (
            runs
            and not self.is_remedy(item.start, lead_end)
            and (numbered or self.only_groups(item.start, lead_end))
        ):
            for child in item.children:
                yield from self.leaves(child, item.children, self.reason(child), sure)
            return
        yield self.leaf(item, item is siblings[-1] and len(siblings) > 1, why, sure)

    def is_remedy(self, start: int, end: int) -> bool:
        """Whether the list that follows tells measures, by the words that lead it in."""
        lead = self.text[start:end]
        found = list(COUNTER.finditer(lead))
        return bool(found) and "。" not in lead[found[-1].end() :].rstrip("。 \n")

    def only_groups(self, start: int, end: int) -> bool:
        """Whether a headline names a field and no fault, so that each 一是 under it is a problem."""
        return GROUPING.fullmatch(self.text[start:end].strip(" \n")) is not None

    def leaf(self, item: Item, last: bool, why: str, sure: float) -> Finding:
        """One item: its statement, its particulars, its own countermeasure."""
        end = item.end
        if last and not item.children and (found := _general(self.text, item.start, end)):
            end = found
        finding = self.split((item.start, end), (item.start, item.end), why, sure)
        shi = [child for child in item.children if child.mark < finding.statement[1]]
        finding.particulars = [
            trimmed(self.text, child.start, min(child.end, finding.statement[1])) for child in shi
        ]
        return finding

    def split(self, span: Span, scope: Span, why: str, sure: float) -> Finding:
        """Part a problem from the countermeasure said with it, and from the labels below it."""
        start, end = span
        label = LABEL_LINE.search(self.text, start, end)
        found = COUNTER.search(self.text, start + 2, end)
        stop = min(label.start() if label else end, found.start() if found else end)
        measure = None
        if found:
            labelled = LABELLED.match(self.text, found.start(), end)
            until = label.start() if label and label.start() > found.start() else end
            measure = trimmed(self.text, labelled.end() if labelled else found.start(), until)
        measure = measure if measure and measure[1] > measure[0] else None
        return Finding(trimmed(self.text, start, stop), scope, [], measure, sure, why)

    def between_lists(self) -> None:
        """Problems told in running text, where the report has no section or list for them."""
        taken = [f.scope for f in (*self.problems, *self.measures)]
        for start, end in passages(self.frame.text, self.frame.end):
            inside = self.frame.kind_at(start)
            if inside in {SectionKind.CARRYOVER, SectionKind.NEXT_STEPS, SectionKind.PROBLEMS}:
                continue
            if any(start < e and s < end for s, e in taken):
                continue
            why = "正文里说到存在问题，按句子分开。"
            for span in statements(self.text, start, end):
                self.problems.append(self.split(span, span, why, 0.5))


def _general(text: str, start: int, end: int) -> int | None:
    """Where a promise about the whole list begins after its last item."""
    for found in re.finditer(r"[。；\n] *", text[start:end]):
        if GENERAL.match(text, start + found.end()):
            return start + found.start()
    return None


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.end() for found in pattern.finditer(text)), default=-1)


def trimmed(text: str, start: int, end: int) -> Span:
    """A span without blanks around it and without its closing mark."""
    while start < end and text[start] in " \n，。；：、":
        start += 1
    while end > start and text[end - 1] in END_MARKS:
        end -= 1
    return start, end


def paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    """The plain paragraphs of a section of next steps; a sentence that only leads in is none."""
    for begin, stop in lines(text, start, end):
        span = trimmed(text, begin, stop)
        if not text[begin:stop].endswith("：") and span[1] - span[0] >= 6:
            yield span


__all__ = ["Finding", "Span", "Verdict", "find", "heading_end", "trimmed"]
