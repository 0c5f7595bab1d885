"""Items that say by themselves what is what: a quoted problem, a card with fields, a headline over text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.reports.reading import cues
from tracker.reports.reading.enumerators import ANSWERS, CN, before_blanks
from tracker.reports.reading.finding import Finding, split, trimmed
from tracker.reports.reading.narrative import after_lead
from tracker.reports.reading.outline import Item, heading_end
from tracker.reports.reading.responsible import leading_unit
from tracker.reports.reading.time_rules import number

LONGEST_LABEL = 12  # characters
PUT_RIGHT = re.compile(r"\n *+整改(?:措施|举措)：")
FIELD_NAME = re.compile(r" *[^。，；：]{2,14}方面")
NUMBERED = re.compile(rf"(?:问题|{ANSWERS})(?P<number>{CN}|\d{{1,3}})[：、.] *\Z")


def quoted_problem(text: str, item: Item) -> Finding | None:
    """A heading that quotes a problem, with what was done about it below."""
    quoted = cues.QUOTED_PROBLEM.match(text, item.start, item.end)
    if quoted is None or any(cues.QUOTED_PROBLEM.match(text, c.start, c.end) for c in item.children):
        return None
    if quoted["done"] is None and _describes(text, quoted.end(), item.end):
        return split(
            text,
            (item.start, item.end),
            (item.start, item.end),
            f"标题写明“{quoted['problem'][:20]}”的问题。",
            0.9,
        )
    fields = cues.FIELD.search(text, quoted.end(), item.end)
    measure = trimmed(text, quoted.end(), fields.start() if fields else item.end)
    scope, why = (item.start, item.end), f"标题写明“{quoted['problem'][:20]}”的问题。"
    kept = measure if measure[0] < measure[1] else None
    return Finding(trimmed(text, *quoted.span("problem")), scope, [], kept, 0.9, why, quoted=True)


def label_number(text: str, at: int) -> int | None:
    """The number of the label right before a place: 问题一：, 措施2：."""
    label = NUMBERED.search(text, max(0, at - LONGEST_LABEL), at)
    return None if label is None else number(label["number"])


def same_label(
    text: str, problems: Sequence[Finding], measures: Sequence[Finding]
) -> Iterator[tuple[int, int]]:
    """The problems and measures, by their indices, whose labels have the same number."""
    numbers = {label_number(text, found.statement[0]): m for m, found in reversed([*enumerate(measures)])}
    for p, found in enumerate(problems):
        said = label_number(text, found.statement[0])
        if said is not None and said in numbers:
            yield p, numbers[said]


def _describes(text: str, start: int, end: int) -> bool:
    """Whether the sentence after a quoted problem says what it is, and not yet what was done about it."""
    start = trimmed(text, start, end)[0]
    sentence = text[start : text.find("。", start, end)]
    return cues.DEFICIENT.search(sentence) is not None and not cues.MEASURE_LABEL.match(sentence)


def is_card(text: str, item: Item) -> bool:
    """Whether an item says “问题：…” and has lines for measure, who and until when.

    A fault with lines both for what puts it right (整改措施：) and for who or when needs no label.
    """
    start = trimmed(text, item.start, item.end)[0]
    if cues.PROBLEM_LABEL.match(text, start, item.end):
        return has_fields(text, start, item.end)
    headline = text[start : heading_end(text, item)]
    if item.children or not falls_short(headline) or cues.REMEDY.match(headline):
        return False
    put_right = PUT_RIGHT.search(text, start, item.end)
    return put_right is not None and cues.FIELD.search(text, start + 1, item.end) is not None


def has_fields(text: str, start: int, end: int) -> bool:
    """Whether lines with labels say the measure, who answers or until when."""
    return any(pattern.search(text, start + 1, end) for pattern in (cues.FIELD, cues.ANSWER))


def body_below(text: str, item: Item) -> tuple[int, int] | None:
    """The text below a headline that names a field and no fault; None: there is none."""
    stop, end = heading_end(text, item), body_end(text, item)
    own_line = text[stop : stop + 1] == "\n" and stop < end
    if not own_line or item.children or cues.DEFICIENT.search(text, item.start, stop):
        return None
    if has_fields(text, stop, end):
        return None
    return after_lead(text, _after_praise(text, stop, end), end), end


def after_field(text: str, item: Item) -> tuple[int, int] | None:
    """What stands after the name of a field (“…方面。”) where it tells of several places, else None."""
    stop = heading_end(text, item)
    told = (stop, body_end(text, item))
    named = not item.children and FIELD_NAME.fullmatch(text, item.start, stop)
    if not named or has_fields(text, *told):
        return None
    parts = text[slice(*told)].strip("。：\n ").split("；")
    places = {leading_unit(part, 0, len(part)) for part in parts}
    return told if len(parts) > 1 and len(places) == len(parts) and None not in places else None


def body_end(text: str, item: Item) -> int:
    """Where the text below a headline ends, and what is said to the readers of the paper begins."""
    addressed = cues.ADDRESSED.search(text, item.start, item.end)
    return before_blanks(text, addressed.start() if addressed else item.end)


def falls_short(words: str) -> bool:
    """Whether words own up to a deficiency; what an inspection is going to ask owns up to none."""
    return cues.FALLS_SHORT.search(words) is not None and not cues.ASKED.search(words)


def _after_praise(text: str, start: int, end: int) -> int:
    """Where what counts begins: after the last turn (但, 不足的是), or with its sentence."""
    turns = list(cues.TURN.finditer(text, start, end))
    if not turns or cues.DEFICIENT.search(text, start, turns[-1].start()):
        return start
    sentence = max(text.rfind(mark, start, turns[-1].start()) for mark in "。；\n") + 1
    opens = not text[max(sentence, start) : turns[-1].start()].strip()
    return turns[-1].end() if opens or text[turns[-1].end() - 1] in "是有：" else max(sentence, start)
