"""Problems and measures in the outline of a report: what a clerk would turn into one task each.

A list is judged by the sentence before it, then by the heading above it. The lowest titled item is one
problem; 一是, 二是 under a title are its particulars. A countermeasure said in the same breath is split off.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from enum import Enum

from tracker.reports.reading import cues, told_twice
from tracker.reports.reading.cards import after_field, body_below, falls_short, is_card, quoted_problem
from tracker.reports.reading.enumerators import ANSWER, before_blanks, lines
from tracker.reports.reading.finding import Covered, Finding, Span, is_solved, split, trimmed, whole
from tracker.reports.reading.headings import SectionKind
from tracker.reports.reading.narrative import (
    after_lead,
    announced,
    enumerations,
    last,
    passages,
    remedies,
    statements,
)
from tracker.reports.reading.outline import Item, Outline, Section, heading_end
from tracker.reports.reading.tables import table_rows

TOLD_ELSEWHERE = {SectionKind.CARRYOVER, SectionKind.NEXT_STEPS, SectionKind.PROBLEMS}
PAIR = re.compile(
    r"^ *+(?P<label>问题(?:清单|表现|隐患|描述)?|(?:存在|具体|反馈|发现)(?:的)?问题"
    r"|(?:安全|存在)?隐患(?:描述|内容)?)"
    r"(?:\d{1,3})?：(?P<problem>[^\n]+(?:\n+ *(?:具体)?(?:原因|成因|表现)(?:分析)?：[^\n]+)*)\n+"
    r" *(?:(?:整改|改进)(?:情况|措施|举措)|(?:解决|工作|下一?步)?(?:措施|举措|办法|对策))(?:\d{1,3})?："
    r"(?P<measure>[^\n]*"
    r"(?:\n(?! *(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]|[^\n]{2,7}：)|\n)[^\n]+)*)"
    rf"(?:\n *+(?:{cues.FIELD.pattern})[^\n]*)*",
    re.MULTILINE,
)


class Verdict(Enum):
    """What the items of a list are."""

    PROBLEM = "problem"
    MEASURE = "measure"
    NEITHER = "neither"


OF_SECTION = {SectionKind.PROBLEMS: Verdict.PROBLEM, SectionKind.NEXT_STEPS: Verdict.MEASURE}


def find(frame: Outline) -> tuple[list[Finding], list[Finding]]:
    """Problems and measures, each in reading order."""
    search = _Search(frame)
    search.label_pairs()
    search.tables()
    search.below(frame.root, Verdict.NEITHER, SectionKind.OTHER, 0)
    search.between_lists()
    search.remedies_between_lists()
    return _in_order(told_twice.join(frame.text, search.problems)), _in_order(search.measures)


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
        self.claimed: list[Finding] = []  # by labels and tables, which go before every other rule
        self.inspects = cues.INSPECTION.search(frame.text, 0, min(120, frame.end)) is not None
        told = [*announced(frame.text, frame.end), *passages(frame.text, frame.end)]
        self.told = sorted([*told, *enumerations(frame.text, frame.end, followed_by=told)])  # in running text

    # --- what says itself what it is ---

    def label_pairs(self) -> None:
        """“问题清单：… 整改情况：…” says what is what, before every other rule; what is put right is none."""
        for found in PAIR.finditer(self.text, 0, self.frame.end):
            measure = trimmed(self.text, *found.span("measure"))
            pair = Finding(
                trimmed(self.text, *found.span("problem")),
                found.span(),
                measure=measure if measure[1] > measure[0] else None,
                confidence=0.95,
                why=f"原文标明“{found['label']}”。",
            )
            self.claimed.append(pair)
            if not is_solved(found["measure"]):
                self.problems.append(pair)

    def tables(self) -> None:
        """A row of a table of problems says what is what, too."""
        for row in table_rows(self.frame.original[: self.frame.end], self.frame.text):
            why = f"表格中“{row.header}”一栏的一行。"
            told = row.problem or row.measure
            assert told is not None
            found = Finding(trimmed(self.text, *told), row.scope, [], None, 0.95, why, row.named, row.due)
            if row.problem is None:
                self.measures.append(found)
            else:
                found.measure = None if row.measure is None else trimmed(self.text, *row.measure)
                self.problems.append(found)
            self.claimed.append(found)
        self.claimed.sort(key=_begins)

    def is_claimed(self, at: int) -> bool:
        """Whether a label or a table has said what stands at a place."""
        before = bisect_right(self.claimed, at, key=_begins)
        return before > 0 and at < self.claimed[before - 1].scope[1]

    # --- the walk ---

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
        problem = -1 if cues.COMPLAINTS.search(lead) else last(cues.PROBLEM_CUE, lead)
        measure = last(cues.MEASURE_CUE, lead)
        if ANSWER.match(self.text, items[0].mark, items[0].start):
            return Verdict.MEASURE
        if self.text.startswith("问题", items[0].mark, items[0].start) or (
            problem >= 0 and problem >= measure
        ):
            found = Verdict.PROBLEM
        elif measure >= 0 and (inherited is not Verdict.NEITHER or self.told_before(items[0].mark)):
            found = Verdict.MEASURE
        else:
            found = inherited
        if found is Verdict.PROBLEM and kind is SectionKind.NEXT_STEPS and self.mostly_remedies(items):
            return Verdict.MEASURE
        if found is Verdict.NEITHER:
            return self.unannounced(items, kind)
        if found is Verdict.MEASURE and kind in {SectionKind.PROGRESS, SectionKind.RESULTS}:
            return inherited
        return Verdict.MEASURE if self.all_remedies(items) else found

    def told_before(self, at: int) -> bool:
        """Whether problems were told before a place, in a list or in running text."""
        return bool(self.problems) or any(start < at for start, _stop in self.told[:1])

    def mostly_remedies(self, items: list[Item]) -> bool:
        """Whether most items begin with a bare verb: in a part of plans no cue makes problems of them."""
        begun = sum(cues.REMEDY.match(self.text, item.start, item.end) is not None for item in items)
        return 5 * begun >= 3 * len(items)

    def all_remedies(self, items: list[Item]) -> bool:
        """Items that all begin with a bare verb and own up to nothing are measures in any section."""
        said = [self.text[item.start : min(item.end, item.start + 60)] for item in items]
        return all(cues.REMEDY.match(words) and not cues.DEFICIENT.search(words) for words in said)

    def unannounced(self, items: list[Item], kind: SectionKind) -> Verdict:
        """A list that nothing leads in is one of problems when most items own up to a deficiency."""
        alone = kind is SectionKind.OTHER and (items[0].style.is_inline or self.inspects) and len(items) > 1
        return Verdict.PROBLEM if alone and self.deficient(items, 3, of=2) else Verdict.NEITHER

    def deficient(self, items: list[Item], among: int, of: int = 1) -> bool:
        """Whether at least `of` of `among` items own up to a deficiency in their first words."""
        said = [self.text[item.start : min(item.end, item.start + 60)] for item in items]
        short = sum(falls_short(words) for words in said)
        return among * short >= of * len(items)

    def item(self, item: Item, verdict: Verdict, kind: SectionKind, siblings: list[Item]) -> None:
        """Take one item for what its own heading or its list says it is."""
        section = self.sections.get(item.mark)
        if self.is_claimed(item.start):
            return
        if quoted := quoted_problem(self.text, item):
            self.take_if_unfinished(quoted, kind)
        elif is_card(self.text, item):
            self.take(self.leaf(item, siblings, "原文逐条写明问题和整改措施。", 0.95))
        elif section is not None and section.own and section.kind is not SectionKind.OTHER:
            self.section(item, section)
        elif self.are_reasons(item):
            return
        elif verdict is Verdict.NEITHER and item.children:
            self.below(item, Verdict.NEITHER, kind, item.start)
        elif verdict is Verdict.NEITHER:
            self.found_at_a_place(item, kind)
        elif self.groups(item):
            self.below(item, verdict, kind, item.start)
        elif verdict is Verdict.PROBLEM and (body := self.body_of_field(item, siblings)):
            for span in statements(self.text, *body, commas=False):
                self.take(split(self.text, span, span, self.reason(item), 0.7))
        elif verdict is Verdict.PROBLEM:
            sure = 0.95 if kind is SectionKind.PROBLEMS else 0.8
            self.take(self.leaf(item, siblings, self.reason(item), sure))
        else:
            self.measures.append(whole(self.text, self.leaf(item, siblings, "", 0.9)))

    def take_if_unfinished(self, found: Finding, kind: SectionKind) -> None:
        """Keep a problem that a heading quotes; in a part on the last period only what is said to be open."""
        if kind is not SectionKind.CARRYOVER or cues.UNFINISHED.search(
            self.text, found.statement[1], found.scope[1]
        ):
            self.take(found)

    def found_at_a_place(self, item: Item, kind: SectionKind) -> None:
        """What an inspection found at the place that a headline names, told in sentences without a list."""
        body = body_below(self.text, item) if self.inspects and kind is SectionKind.OTHER else None
        spans = [] if body is None else list(statements(self.text, *body, commas=False))
        short = sum(falls_short(self.text[slice(*span)]) for span in spans)
        if spans and 3 * short >= 2 * len(spans):
            for span in spans:
                self.take(split(self.text, span, span, self.reason(item), 0.6))

    def take(self, found: Finding) -> None:
        """Keep a problem, unless it is told with it that it has been put right, or that there is none."""
        told = self.text[found.statement[0] : found.scope[1]]
        if not (is_solved(told) or cues.CLEAN.match(told) or self.is_claimed(found.statement[0])):
            self.problems.append(found)

    def body_of_field(self, item: Item, siblings: list[Item]) -> Span | None:
        """The text below a headline that names no fault, unless the headlines beside it do."""
        if told := after_field(self.text, item):
            return told
        beside = [self.text[one.start : heading_end(self.text, one)] for one in siblings if one is not item]
        titles = sum(cues.DEFICIENT.search(headline) is not None for headline in beside)
        return None if 2 * titles > len(beside) else body_below(self.text, item)

    def are_reasons(self, item: Item) -> bool:
        """Whether a part gives the reasons of problems that were told before it."""
        section = self.sections.get(item.mark)
        return section is not None and bool(self.problems) and is_reasons(section.heading)

    def groups(self, item: Item) -> bool:
        """Whether the items under it are the real ones: numbered, or 一是 under words that name no fault."""
        if not item.children:
            return False
        lead = (item.start, item.children[0].mark)
        of_its_own = item.children[0].line_start or not cues.DEFICIENT.search(self.text, *lead)
        numbered = not item.children[0].style.is_inline and of_its_own
        return not self.is_remedy(*lead) and (numbered or self.only_groups(*lead))

    def section(self, item: Item, section: Section) -> None:
        """A part whose heading names its kind."""
        verdict = OF_SECTION.get(section.kind, Verdict.NEITHER)
        if verdict is Verdict.PROBLEM and self.are_reasons(item):
            return
        known = len(self.problems)
        if item.children or verdict is Verdict.NEITHER:
            self.below(item, verdict, section.kind, section.body)
        elif verdict is Verdict.MEASURE:
            self.measures += [Finding(span, span) for span in paragraphs(self.text, section.body, item.end)]
        if verdict is not Verdict.PROBLEM:
            return
        if len(self.problems) == known and not self.is_claimed_within(item):
            self.told_in_sentences(item, section)
        elif len(self.problems) > known:
            self.told_after_list(item)

    def is_claimed_within(self, item: Item) -> bool:
        """Whether labels or a table have said what stands in a part."""
        begins = bisect_left(self.claimed, item.start, key=_begins)
        return begins < len(self.claimed) and self.claimed[begins].scope[0] < item.end

    def told_in_sentences(self, item: Item, section: Section) -> None:
        """The problems of a part without a list of problems: its sentences before any other list."""
        end = item.children[0].mark if item.children else item.end
        start = after_lead(self.text, section.body, end)
        why = f"在“{section.heading}”一节中，没有编号，按句子分开。"
        spans = statements(self.text, start, end)
        self.problems += [split(self.text, span, span, why, 0.6) for span in spans]

    def told_after_list(self, item: Item) -> None:
        """One more problem below the list of a part: “另外，…”."""
        start = item.children[-1].end if item.children else item.end
        for begin, stop in lines(self.text, start, item.end):
            more = cues.ONE_MORE.match(self.text, begin, stop)
            if more and falls_short(self.text[begin:stop]):
                span = (more.end(), stop)
                self.take(split(self.text, span, span, self.reason(item), 0.6))

    def reason(self, item: Item) -> str:
        """Why an item was taken for a problem, said for the clerk."""
        mark = self.text[item.mark : item.start].strip(" ，")
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
        found = list(cues.COUNTER.finditer(lead))
        return bool(found) and "。" not in lead[found[-1].end() :].rstrip("。 \n")

    def only_groups(self, start: int, end: int) -> bool:
        """Whether a headline names a field and no fault, so that each 一是 under it is a problem."""
        return cues.GROUPING.fullmatch(self.text[start:end].strip(" \n")) is not None

    # --- one finding ---

    def leaf(self, item: Item, siblings: list[Item], why: str, sure: float) -> Finding:
        """One item: its statement, its particulars, its own countermeasure."""
        end = item.end
        last = item is siblings[-1] and len(siblings) > 1
        if last and not item.children and (found := _general(self.text, item.start, end)):
            end = found
        finding = split(self.text, (item.start, end), (item.start, item.end), why, sure)
        inner = [child for child in item.children if child.mark < finding.statement[1]]
        parts = [trimmed(self.text, child.start, min(child.end, finding.statement[1])) for child in inner]
        finding.particulars = [part for part in parts if part[0] < part[1]]
        return finding

    # --- running text, and what was told twice ---

    def between_lists(self) -> None:
        """Problems told in running text, where the report has no section or list for them."""
        known = Covered([*self.problems, *self.measures, *self.claimed])
        reached = 0
        for start, end in self.told:
            if start < reached or self.frame.kind_at(start) in TOLD_ELSEWHERE or known.touches(start, end):
                continue
            why = "正文里说到存在问题，按句子分开。"
            for span in statements(self.text, start, end):
                self.problems.append(split(self.text, span, span, why, 0.5))
                reached = max(reached, span[1])

    def remedies_between_lists(self) -> None:
        """Measures told in running text after the problems, where no list has them."""
        if not self.problems:
            return
        known = Covered([*self.problems, *self.measures, *self.claimed])
        first = min(found.statement[0] for found in self.problems)
        self.measures += [
            Finding(span, span)
            for span in remedies(self.text, first, self.frame.end)
            if not known.touches(*span) and self.frame.kind_at(span[0]) is not SectionKind.CARRYOVER
        ]


def is_reasons(heading: str) -> bool:
    """Whether a heading announces the reasons of problems."""
    return cues.REASONS.fullmatch(heading) is not None


def _begins(found: Finding) -> int:
    return found.scope[0]


def _general(text: str, start: int, end: int) -> int | None:
    """Where a promise about the whole list begins after its last item."""
    for found in re.finditer(r"[。；\n] *", text[start:end]):
        if cues.GENERAL.match(text, start + found.end()):
            return start + found.start()
    return None


def paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    """The plain paragraphs of a section of next steps; a sentence that only leads in is none."""
    for begin, stop in lines(text, start, end):
        span = trimmed(text, begin, stop)
        if not text[begin:stop].endswith("：") and span[1] - span[0] >= 6:
            yield span
