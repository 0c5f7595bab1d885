"""Problems and measures in the outline of a report: what a clerk would turn into one task each.

A list is judged by the sentence before it, then by the heading above it. The lowest titled item is one
problem; 一是, 二是 under a title are its particulars. A countermeasure said in the same breath is split off.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from tracker.reports.headings import SectionKind
from tracker.reports.narrative import after_lead, enumerations, passages, statements
from tracker.reports.outline import Item, Outline, Section, Style, before_blanks, lines
from tracker.reports.tables import table_rows

Span = tuple[int, int]
TOLD_ELSEWHERE = {SectionKind.CARRYOVER, SectionKind.NEXT_STEPS, SectionKind.PROBLEMS}
END_MARKS = "。；，、：！？ \n."


@dataclass
class Finding:
    """A problem or a measure; `scope` is the whole item with labels and countermeasure."""

    statement: Span
    scope: Span
    particulars: list[Span] = field(default_factory=list)
    measure: Span | None = None
    confidence: float = 0.9
    why: str = ""
    named_in: tuple[Span, ...] | None = None  # the cells of a table that say who answers
    due_in: Span | None = None  # the cell that says until when


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
    r"|今后|(?:要求|建议)(?:如下)?[：，]?$|改进[^。]{0,8}[：]?$|重点任务|^[^。]{0,4}措施：|强调|做到以下|[^。]{0,20}(?:措施|举措)(?:如下)?：$"
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
# What measures begin with, and what owns up to a deficiency. Characters decide, no segmentation.
REMEDY = re.compile(
    r"(?:要|加强|进一步|抓好|抓|做好|强化|提高|提升|完善|建立|健全|推进|推动|严格|落实|深化|继续|切实|积极|真正|加大|开展|组织|制定|规范|优化"
    r"|丰富|改进|配强|充分|严肃|坚持|全面|着力|立即|各[村单镇乡县区地级])"
)
FALLS_SHORT = re.compile(
    r"不(?:[够到足高强深严实力全大细准好佳]|及时|规范|完善|平衡|充分|明显|重视|稳|畅|齐|符|清|良)|未(?!来)|缺|欠|有待|滞后|薄弱|较[低差少慢弱]|偏[低弱少重]"
)
DEFICIENT = re.compile(FALLS_SHORT.pattern + r"|差距|没有|问题|困难|损坏|流于|隐患|短板|弱项|不了|难以")
# What petitioners complain of is their matter, not a fault that the report owns up to.
COMPLAINTS = re.compile(r"反映|投诉|诉求")
PAIR = re.compile(
    r"^ *+(?P<label>问题清单|存在问题|具体问题|问题表现|反馈问题|发现问题)：(?P<problem>[^\n]+)\n+"
    r" *(?:整改|改进)(?:情况|措施|举措)："
    r"(?P<measure>[^\n]*"
    r"(?:\n(?! *(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]|[^\n]{2,6}：)|\n)[^\n]+)*)",
    re.MULTILINE,
)
LABEL_LINE = re.compile(
    r"\n *+(?:牵头|责任|配合|主办|协办|承办|主责|完成|整改)"
    r"(?:单位|领导|部门|人|科室|时限|期限)：|（牵头单位："
)


def find(frame: Outline) -> tuple[list[Finding], list[Finding]]:
    """Problems and measures, each in reading order."""
    search = _Search(frame)
    search.label_pairs()
    search.tables()
    search.below(frame.root, Verdict.NEITHER, SectionKind.OTHER, 0)
    search.between_lists()
    search.join_told_twice()
    return _in_order(search.problems), _in_order(search.measures)


def _in_order(found: list[Finding]) -> list[Finding]:
    """In reading order, without the enumerators that nothing follows."""
    return sorted((f for f in found if f.statement[0] < f.statement[1]), key=lambda f: f.statement)


class _Search:
    """One walk over the outline; collects what it finds."""

    def __init__(self, frame: Outline) -> None:
        self.text = frame.text
        self.frame = frame
        self.sections = {section.start: section for section in frame.sections}
        self.problems: list[Finding] = []
        self.measures: list[Finding] = []
        self.labelled: list[Finding] = []

    def label_pairs(self) -> None:
        """“问题清单：… 整改情况：…” says what is what, over every other rule."""
        for found in PAIR.finditer(self.text, 0, self.frame.end):
            measure = trimmed(self.text, *found.span("measure"))
            why = f"原文标明“{found['label']}”。"
            pair = Finding(
                trimmed(self.text, *found.span("problem")),
                found.span(),
                measure=measure if measure[1] > measure[0] else None,
                confidence=0.95,
                why=why,
            )
            self.labelled.append(pair)
        self.problems.extend(self.labelled)

    def tables(self) -> None:
        """A row of a table of problems says what is what, too."""
        for row in table_rows(self.frame.original[: self.frame.end]):
            why = f"表格中“{row.header}”一栏的一行。"
            told = row.problem or row.measure
            assert told is not None
            found = Finding(trimmed(self.text, *told), row.scope, [], None, 0.95, why, row.named, row.due)
            if row.problem is None:
                self.measures.append(found)
            else:
                found.measure = None if row.measure is None else trimmed(self.text, *row.measure)
                self.problems.append(found)
            self.labelled.append(found)
        self.labelled.sort(key=_begins)

    def below(self, parent: Item, inherited: Verdict, kind: SectionKind, at: int) -> None:
        """Judge each list directly under an item by what was said from `at` on."""
        for items in parent.lists():
            verdict = self.verdict(at, items, inherited, kind)
            for item in items:
                self.item(item, verdict, kind, items)
            at = items[-1].start

    def verdict(self, start: int, items: list[Item], inherited: Verdict, kind: SectionKind) -> Verdict:
        """The last cue in the sentence before the list decides; without one the section does."""
        if kind is SectionKind.CARRYOVER:
            return Verdict.NEITHER
        end = before_blanks(self.text, items[0].mark)
        lead = re.split(r"[。\n；](?=.)", self.text[max(start, end - 120) : end])[-1]
        problem = -1 if COMPLAINTS.search(lead) else _last(PROBLEM_CUE, lead)
        measure = _last(MEASURE_CUE, lead)
        if problem >= 0 and problem >= measure:
            found = Verdict.PROBLEM
        elif measure >= 0 and (inherited is not Verdict.NEITHER or self.problems):
            found = Verdict.MEASURE
        else:
            found = inherited
        if found is Verdict.NEITHER:
            return self.unannounced(items, kind)
        if found is Verdict.MEASURE and kind in {SectionKind.PROGRESS, SectionKind.RESULTS}:
            return inherited
        return Verdict.MEASURE if self.all_remedies(items) else found

    def all_remedies(self, items: list[Item]) -> bool:
        """Items that all begin with a bare verb and own up to nothing are measures in any section."""
        said = [self.text[item.start : min(item.end, item.start + 60)] for item in items]
        return all(REMEDY.match(words) and not DEFICIENT.search(words) for words in said)

    def unannounced(self, items: list[Item], kind: SectionKind) -> Verdict:
        """A list that nothing leads in is one of problems when most items own up to a deficiency."""
        said = [self.text[item.start : min(item.end, item.start + 40)] for item in items]
        alone = kind is SectionKind.OTHER and items[0].style is Style.SHI and len(items) > 1
        short = sum(FALLS_SHORT.search(words) is not None for words in said)
        return Verdict.PROBLEM if alone and 3 * short >= 2 * len(items) else Verdict.NEITHER

    def item(self, item: Item, verdict: Verdict, kind: SectionKind, siblings: list[Item]) -> None:
        """Take one item for what its own heading or its list says it is."""
        section = self.sections.get(item.mark)
        if self.taken(item.start):
            return
        if section is not None and section.own and section.kind is not SectionKind.OTHER:
            self.section(item, section)
        elif verdict is Verdict.NEITHER:
            self.below(item, Verdict.NEITHER, kind, item.start)
        elif self.groups(item):
            self.below(item, verdict, kind, item.start)
        elif verdict is Verdict.PROBLEM:
            sure = 0.95 if kind is SectionKind.PROBLEMS else 0.8
            self.problems.append(self.leaf(item, siblings, self.reason(item), sure))
        else:
            self.measures.append(self.leaf(item, siblings, "", 0.9))

    def groups(self, item: Item) -> bool:
        """Whether the items under it are the real ones: numbered, or 一是 under words that name no fault."""
        if not item.children:
            return False
        lead = (item.start, item.children[0].mark)
        numbered = item.children[0].style is not Style.SHI
        return not self.is_remedy(*lead) and (numbered or self.only_groups(*lead))

    def taken(self, at: int) -> bool:
        """Whether a label pair has claimed this place."""
        before = bisect_right(self.labelled, at, key=_begins)
        return before > 0 and at < self.labelled[before - 1].scope[1]

    def section(self, item: Item, section: Section) -> None:
        """A part whose heading names its kind."""
        verdict = {SectionKind.PROBLEMS: Verdict.PROBLEM, SectionKind.NEXT_STEPS: Verdict.MEASURE}.get(
            section.kind, Verdict.NEITHER
        )
        if item.children or verdict is Verdict.NEITHER:
            self.below(item, verdict, section.kind, section.body)
        elif verdict is Verdict.PROBLEM:
            why = f"在“{section.heading}”一节中，没有编号，按句子分开。"
            spans = statements(self.text, after_lead(self.text, section.body, item.end), item.end)
            self.problems.extend(self.split(span, span, why, 0.6) for span in spans)
        else:
            self.measures.extend(
                Finding(span, span) for span in paragraphs(self.text, section.body, item.end)
            )

    def reason(self, item: Item) -> str:
        """Why an item was taken for a problem, said for the clerk."""
        mark = self.text[item.mark : item.start].strip()
        heading = self.heading_above(item)
        where = f"在“{heading}”一节" if heading else "在说明存在问题的一句话之后"
        return f"{where}，以“{mark}”列出。" if mark else f"{where}单独列出。"

    def heading_above(self, item: Item) -> str:
        """The nearest heading above an item that says what its section is about."""
        above = item.parent
        while above is not None:
            section = self.sections.get(above.mark) if above.parent is not None else None
            if section is not None and section.own:
                return section.heading
            above = above.parent
        return ""

    def is_remedy(self, start: int, end: int) -> bool:
        """Whether the list that follows tells measures, by the words that lead it in."""
        lead = self.text[start:end]
        found = list(COUNTER.finditer(lead))
        return bool(found) and "。" not in lead[found[-1].end() :].rstrip("。 \n")

    def only_groups(self, start: int, end: int) -> bool:
        """Whether a headline names a field and no fault, so that each 一是 under it is a problem."""
        return GROUPING.fullmatch(self.text[start:end].strip(" \n")) is not None

    def leaf(self, item: Item, siblings: list[Item], why: str, sure: float) -> Finding:
        """One item: its statement, its particulars, its own countermeasure."""
        end = item.end
        last = item is siblings[-1] and len(siblings) > 1
        if last and not item.children and (found := _general(self.text, item.start, end)):
            end = found
        finding = self.split((item.start, end), (item.start, item.end), why, sure)
        shi = [child for child in item.children if child.mark < finding.statement[1]]
        parts = [trimmed(self.text, child.start, min(child.end, finding.statement[1])) for child in shi]
        finding.particulars = [part for part in parts if part[0] < part[1]]
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
        told = [*passages(self.text, self.frame.end), *enumerations(self.text, self.frame.end)]
        known = _Covered([*self.problems, *self.measures])
        reached = 0
        for start, end in sorted(told):
            if start < reached or self.frame.kind_at(start) in TOLD_ELSEWHERE or known.touches(start, end):
                continue
            why = "正文里说到存在问题，按句子分开。"
            for span in statements(self.text, start, end):
                self.problems.append(self.split(span, span, why, 0.5))
                reached = max(reached, span[1])

    def join_told_twice(self) -> None:
        """A problem told in the text and again in an annexed table is one, with the row's cells."""
        told = {self.letters(one): one for one in self.problems if one.named_in is None}
        for row in [one for one in self.problems if one.named_in is not None]:
            same = told.get(self.letters(row))
            if same is not None:
                same.measure = same.measure or row.measure
                same.named_in, same.due_in = row.named_in or None, row.due_in
                self.problems.remove(row)

    def letters(self, found: Finding) -> str:
        """What a problem says, without marks and blanks."""
        return re.sub(r"\W", "", self.text[slice(*found.statement)])


class _Covered:
    """Where something was found already, asked for many places."""

    def __init__(self, found: list[Finding]) -> None:
        self.spans: list[Span] = []
        for start, end in sorted(one.scope for one in found):
            if self.spans and start <= self.spans[-1][1]:
                self.spans[-1] = (self.spans[-1][0], max(end, self.spans[-1][1]))
            else:
                self.spans.append((start, end))

    def touches(self, start: int, end: int) -> bool:
        """Whether a span shares a character with what was found."""
        before = bisect_left(self.spans, (end,))
        return before > 0 and start < self.spans[before - 1][1]


def _begins(found: Finding) -> int:
    return found.scope[0]


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
