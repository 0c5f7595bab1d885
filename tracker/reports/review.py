"""The review page as data: the source with its marks, and each proposal with its fields and reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.periods import Kind, Period
from tracker.reports.characters import normalised
from tracker.reports.confirmation import field_of, merged_measures, plain_items, problems, whole_measure
from tracker.reports.models import Clock, Decision, Proposal, ProposalKind, Report
from tracker.reports.outline import text_end
from tracker.reports.staff import Member, duty_label
from tracker.reports.standard import is_vague
from tracker.reports.texts import Mark, Paragraph, paragraphs, title_of
from tracker.web.filters import cndate

CLOCK_WORDS = {
    Clock.TIME_LIMITED: _l("限期整改"),
    Clock.IMMEDIATE: _l("立行立改"),
    Clock.LONG_TERM: _l("长期坚持"),
}
ASKS_FOR_PERIOD = "请选择期间"  # as the reader words it
YEARS_OFFERED = 3  # this year and the ones before
OUTCOMES = {
    "open": _l("仍在整改"),
    "closed": _l("已销号"),
    "long_term": _l("长期坚持"),
    "withdrawn": _l("已撤销"),
}

Pair = tuple[str, str]


@dataclass(frozen=True)
class ShownProposal:
    """A proposal as the page shows it; fields hold what was typed where an act was refused."""

    id: int
    number: str
    anchor: str
    is_problem: bool
    decision: str
    title: str
    said: str
    source_id: str
    text: str
    measure: str
    post: str
    offered: list[Pair]
    post_why: str
    deadline: str
    deadline_why: str
    clock: str
    standard: str
    standard_why: str
    secrecy: str
    mark_reason: str
    answers: str
    merged: bool  # a measure that goes into the task of a problem
    tags: list[str]
    kin: dict[str, Any] | None
    confidence: float
    summary: str
    linked: list[str] = field(default_factory=list)

    def name(self, part: str) -> str:
        """The name of a field in the form, which is also its id."""
        return f"p{self.id}-{part}"


@dataclass(frozen=True)
class Counts:
    """What the head says: how many were found, decided, and will become what."""

    problems: int
    plain: int
    open: int
    dropped: int

    @property
    def tasks(self) -> int:
        """How many tasks the confirmation makes."""
        return self.problems + self.plain


@dataclass(frozen=True)
class Choices:
    """The options of the page's selects."""

    posts: list[tuple[str, list[Pair]]]
    clocks: list[Pair]
    marks: list[Pair]
    periods: list[Pair]
    answers: list[Pair]
    domains: list[Pair]


def counts(report: Report) -> Counts:
    """Return the counts of a report's proposals."""
    decisions = [row.decision for row in report.proposals]
    return Counts(
        problems=len(problems(report)),
        plain=len(plain_items(report)),
        open=decisions.count(Decision.OPEN),
        dropped=decisions.count(Decision.DROPPED),
    )


def shown(report: Report, members: Sequence[Member], typed: Mapping[str, str]) -> list[ShownProposal]:
    """Return the proposals in their order: problems, then measures; `typed` goes before what is stored."""
    labels = {value: label for _unit, pairs in post_options(members) for value, label in pairs}
    merged = {measure.id for measure in merged_measures(report)}
    return [
        _shown(report, row, number, labels, typed, merged=row.id in merged)
        for number, row in enumerate(_in_order(report), start=1)
    ]


def source(report: Report) -> list[Paragraph]:
    """Return the report's text in paragraphs with the marks of the proposals that are not dropped."""
    sections = report.reading.get("sections", [])
    end = max((int(section["end"]) for section in sections), default=len(report.text))
    closing = _closing_paragraph(report.text, end)
    headings = [
        (section["start"], section["start"] + _first_line(report.text, section["start"]))
        for section in sections
        if section["level"] == 1
    ]
    marks = [
        mark
        for number, row in enumerate(_in_order(report), start=1)
        if row.decision != Decision.DROPPED
        for mark in _marks(row, number)
    ]
    return paragraphs(report.text, marks, headings, closing)


def warnings(report: Report) -> list[str]:
    """Return what the reader warns of; that it asks for the period is past once the period is chosen."""
    said: list[str] = report.reading.get("warnings", [])
    return [warning for warning in said if report.period is None or ASKS_FOR_PERIOD not in warning]


def choices(report: Report, members: Sequence[Member], domains: Sequence[Pair]) -> Choices:
    """Return the options of the page's selects."""
    numbered = list(enumerate(_in_order(report), start=1))
    answers = [
        (str(row.id), _answered(number, row)) for number, row in numbered if row.kind == ProposalKind.PROBLEM
    ]
    return Choices(
        posts=post_options(members),
        clocks=[(value.value, str(word)) for value, word in CLOCK_WORDS.items()],
        marks=[(value.value, _(word)) for value, word in SECRECY_WORDS.items()],
        periods=period_options(report.period, _quarter_in(report)),
        answers=[("", _("没有对应的问题，单独立项")), *answers],
        domains=[("", _("未选择")), *domains],
    )


def post_options(members: Sequence[Member]) -> list[tuple[str, list[Pair]]]:
    """Return every post with each of its duties as one choice, "post:duty", grouped by unit."""
    groups: dict[str, list[Pair]] = {}
    for member in members:
        groups.setdefault(member.unit_name, []).extend(_pairs(member))
    return list(groups.items())


def period_options(present: Period | None, quarter: int | None = None) -> list[Pair]:
    """Return the periods to choose from, the likely ones first: the named quarter of each year, else all."""
    this = clock.today().year
    years = range(this, this - YEARS_OFFERED, -1)
    named = [Period(year, Kind.QUARTER, quarter) for year in years if quarter is not None]
    rest = [
        Period(year, kind, number)
        for year in years
        for kind, last in ((Kind.QUARTER, 4), (Kind.HALF, 2), (Kind.YEAR, 1))
        for number in range(last, 0, -1)
    ]
    first = [present] if present is not None else []
    listed = dict.fromkeys([*first, *named, *rest])
    return [(str(period), period.label) for period in listed]


def _pairs(member: Member) -> list[Pair]:
    name = member.holder or _("空缺")
    post = f"{member.title}（{name}）"
    if not member.duties:
        return [(f"{member.post.id}:", _("%(post)s，未录入职责", post=post))]
    return [(f"{member.post.id}:{duty.id}", f"{post}　{duty_label(duty)}") for duty in member.duties]


def _shown(
    report: Report,
    row: Proposal,
    number: int,
    labels: Mapping[str, str],
    typed: Mapping[str, str],
    *,
    merged: bool,
) -> ShownProposal:
    def value(part: str, stored: object) -> str:
        return typed.get(field_of(row, part), "" if stored is None else str(stored))

    post = value("post", _pair(row.post_id, row.duty_id))
    standard = value("standard", row.standard)
    deadline = value("deadline", row.deadline)
    return ShownProposal(
        id=row.id,
        number=str(number),
        anchor=f"p{row.id}",
        is_problem=row.kind == ProposalKind.PROBLEM,
        decision=row.decision.value,
        title=title_of(row.text),
        said=report.text[row.start : row.end] if row.start is not None else "",
        source_id=f"s{row.id}" if row.start is not None else "",
        text=value("text", row.text),
        measure=value("measure", row.measure),
        post=post,
        offered=[(pair, labels[pair]) for pair in _offered(row) if pair in labels],
        post_why=row.post_why,
        deadline=deadline,
        deadline_why=row.deadline_why,
        clock=value("clock", row.clock.value),
        standard=standard,
        standard_why=row.standard_why,
        secrecy=value("secrecy", row.secrecy.value),
        mark_reason=value("mark_reason", row.mark_reason),
        answers=value("answers", row.answers_id),
        merged=merged,
        tags=_tags(report, row),
        kin=_kin(row),
        confidence=row.confidence,
        summary="，".join(part for part in (labels.get(post, ""), _due(row.deadline), _marked(row)) if part),
        linked=[measure.text for measure in report.answering(row)],
    )


def _answered(number: int, problem: Proposal) -> str:
    words = title_of(problem.text)[:24]
    if problem.decision == Decision.DROPPED:
        return str(_("问题 %(number)s（已去掉）：%(words)s", number=number, words=words))
    return str(_("问题 %(number)s：%(words)s", number=number, words=words))


def _due(deadline: date | None) -> str:
    return str(_("未定时限") if deadline is None else _("%(day)s到期", day=cndate(deadline)))


def _marked(row: Proposal) -> str:
    return "" if row.secrecy == Secrecy.OPEN else _(SECRECY_WORDS[row.secrecy])


def _pair(post_id: int | None, duty_id: int | None) -> str:
    return "" if post_id is None else f"{post_id}:{duty_id or ''}"


def _offered(row: Proposal) -> list[str]:
    return [_pair(choice["post"], choice["duty"]) for choice in row.suggested.get("posts", [])]


def _tags(report: Report, row: Proposal) -> list[str]:
    if row.kind != ProposalKind.PROBLEM:
        return []
    measure = whole_measure(report, row)
    if not measure:
        return [_("缺措施")]
    return [_("措施笼统")] if is_vague(measure) else []


def _kin(row: Proposal) -> dict[str, Any] | None:
    similar = row.suggested.get("kin")
    return None if similar is None else {**similar, "outcome": OUTCOMES.get(similar["outcome"], "")}


def _in_order(report: Report) -> list[Proposal]:
    """Problems first, in the order of the source as far as they have a place there, then measures."""
    return sorted(report.proposals, key=lambda row: (row.kind != ProposalKind.PROBLEM, row.position))


def _marks(row: Proposal, number: int) -> list[Mark]:
    found = []
    anchor = f"p{row.id}"
    if row.start is not None and row.end is not None:
        found.append(Mark(row.start, row.end, row.kind.value, str(number), anchor))
    if row.measure_start is not None and row.measure_end is not None:
        found.append(Mark(row.measure_start, row.measure_end, "measure", "", anchor))
    return found


def _first_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return (len(text) if end < 0 else end) - start


def _closing_paragraph(text: str, end: int) -> int:
    """Where the report ends: the closing paragraph after the last section still belongs to it."""
    return max(end, text_end(normalised(text)))


def _quarter_in(report: Report) -> int | None:
    named = report.reading.get("period") or {}
    quarter = named.get("quarter")
    return quarter if isinstance(quarter, int) else None
