"""The review page as data: each proposal with its fields, its reasons, and what others made of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from flask_babel import gettext as _

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.reports.confirmation import carried, merged_measures, plain_items, problems
from tracker.reports.earlier import Answer, Earlier, Known, answer_new, earlier, kinship_word
from tracker.reports.fields import (
    Seen,
    digest,
    form_values,
    is_overtaken,
    pair,
    seen_of,
    sent_values,
    was_edited,
)
from tracker.reports.models import Clock, Decision, Proposal, ProposalKind, Report, ReportState
from tracker.reports.options import CLOCK_WORDS, Pair
from tracker.reports.places import breaks
from tracker.reports.proposing import measures_of
from tracker.reports.recognising import unsaid
from tracker.reports.source import numbered
from tracker.reports.standard import is_vague
from tracker.reports.texts import title_of
from tracker.web.filters import cndate, rest_day_said

ASKS_FOR_PERIOD = "请选择期间"  # as the reader words it
NEIGHBOURS = 4  # before and after, with which a proposal can be merged


@dataclass(frozen=True)
class Offer:
    """A post with its duty as one of a few choices, with the reason."""

    value: str
    label: str
    why: str


@dataclass(frozen=True)
class ShownProposal:
    """A proposal as the page shows it; fields hold what was typed where an act was refused.

    `theirs` holds, by the names of the fields, what somebody else made of them since the page was shown.
    """

    id: int
    number: str
    anchor: str
    is_problem: bool
    decision: str
    seen: str
    edited: bool  # what was typed is not saved
    title: str
    said: str
    source_id: str
    text: str
    measure: str
    post: str
    offers: list[Offer]
    villages: str
    deadline: str
    deadline_why: str
    rest_day: str  # what is to be said of a deadline that is none of the working days
    clock: str
    standard: str
    standard_why: str
    secrecy: str
    mark_reason: str
    kin: str
    earlier: list[Earlier]
    kinship: str
    waits_for_kin: bool
    merged: bool  # a measure that goes into the task of a problem
    tags: list[str]
    confidence: float
    summary: str
    changed_by: str
    changed_at: datetime | None
    linked: list[tuple[str, str, str]] = field(default_factory=list)  # number, anchor, words
    breaks: list[str] = field(default_factory=list)
    neighbours: list[Pair] = field(default_factory=list)
    theirs: dict[str, str] = field(default_factory=dict)

    def name(self, part: str) -> str:
        """The name of a field in the form, which is also its id."""
        return f"p{self.id}-{part}"

    @property
    def answer_new(self) -> Answer:
        """The answer that it has nothing to do with the earlier problems it resembles."""
        return answer_new(self.earlier)


@dataclass(frozen=True)
class Counts:
    """What the head says: how many were found, decided, and will become what."""

    problems_found: int
    problems: int
    plain: int
    carried: int
    open: int
    dropped: int
    unsaid: int
    first_unsaid: int | None

    @property
    def tasks(self) -> int:
        """How many tasks the confirmation makes."""
        return self.problems + self.plain - self.carried


def counts(report: Report, known: Known) -> Counts:
    """Return the counts of a report's proposals."""
    decisions = [row.decision for row in report.listed]
    waiting = unsaid(report.listed, known.problems.keys())
    return Counts(
        problems_found=report.problems_found,
        problems=len(problems(report)),
        plain=len(plain_items(report)),
        carried=len(carried(report)),
        open=decisions.count(Decision.OPEN),
        dropped=decisions.count(Decision.DROPPED),
        unsaid=len(waiting),
        first_unsaid=waiting[0].id if waiting else None,
    )


@dataclass(frozen=True)
class Ground:
    """What the proposals of one page share."""

    report: Report
    labels: Mapping[str, str]  # of the choices of post and duty
    known: Known
    typed: Mapping[str, str]
    merged: frozenset[int]
    problems: frozenset[int]  # those that are kept
    places: frozenset[str]  # anchors of the proposals that have a mark of their own in the source
    order: Sequence[tuple[int, Proposal]]
    numbers: Mapping[int, int]  # by the ids of the proposals
    answered: Mapping[int, Sequence[Proposal]]  # by the ids of the problems
    waiting: frozenset[int]  # for a word about an earlier problem
    whole: frozenset[int]  # those that are shown with all their fields


def shown(
    report: Report,
    labels: Mapping[str, str],
    typed: Mapping[str, str],
    known: Known,
    places: set[str],
    rows: Sequence[tuple[int, Proposal]],
    whole: Collection[int],
) -> list[ShownProposal]:
    """Return some of a report's numbered proposals; of those not in `whole` only what their headline needs.

    What the clerk typed goes before what is stored, for those proposals in which the clerk changed something.
    """
    order = numbered(report)
    ground = Ground(
        report,
        labels,
        known,
        typed,
        frozenset(measure.id for measure in merged_measures(report)),
        frozenset(problem.id for problem in problems(report)),
        frozenset(places),
        order,
        {row.id: number for number, row in order},
        report.answered(),
        frozenset(row.id for row in unsaid(report.listed, known.problems.keys())),
        frozenset(whole),
    )
    return [_shown(ground, row, number) for number, row in rows]


def warnings(report: Report, *, period_is_offered: bool) -> list[str]:
    """Return what the reader warns of; that it asks for the period only where the page does not itself."""
    said: list[str] = report.reading.get("warnings", [])
    asked = period_is_offered or report.period is not None
    return [warning for warning in said if not asked or ASKS_FOR_PERIOD not in warning]


def _shown(ground: Ground, row: Proposal, number: int) -> ShownProposal:
    report, merged = ground.report, row.id in ground.merged
    edited, whole = was_edited(row, ground.typed), row.id in ground.whole
    value = {**form_values(row), **(sent_values(row, ground.typed) if edited else {})}
    return ShownProposal(
        id=row.id,
        number=str(number),
        anchor=f"p{row.id}",
        is_problem=row.kind == ProposalKind.PROBLEM,
        decision=row.decision.value,
        seen=str(Seen(row.version, digest(form_values(row)))),
        edited=edited,
        title=title_of(row.text),
        said=_said(report, row) if whole else "",
        source_id=_source_id(ground, row),
        text=value["text"],
        measure=value["measure"],
        post=value["post"],
        offers=_offers(ground, row, value["post"]) if whole else [],
        villages=value["villages"],
        deadline=value["deadline"],
        deadline_why=row.deadline_why,
        rest_day="" if row.clock == Clock.LONG_TERM else rest_day_said(row.deadline),
        clock=value["clock"],
        standard=value["standard"],
        standard_why=row.standard_why,
        secrecy=value["secrecy"],
        mark_reason=value["mark_reason"],
        kin=value["kin"],
        earlier=earlier(row, ground.known) if whole else [],
        kinship=kinship_word(row, ground.known),
        waits_for_kin=row.id in ground.waiting,
        merged=merged,
        tags=_tags(ground, row),
        confidence=row.confidence,
        summary=_summary(ground, row, value["post"]),
        changed_by="" if row.changed_by is None else row.changed_by.name,
        changed_at=row.changed_at,
        linked=_linked(ground, row),
        breaks=breaks(value["text"]) if whole else [],
        neighbours=_neighbours(ground, row, number) if whole else [],
        theirs=_theirs(ground, row, value)
        if edited and is_overtaken(row, seen_of(row, ground.typed))
        else {},
    )


def _said(report: Report, row: Proposal) -> str:
    """The words of the source, for a phone, where the source itself is out of sight."""
    places = [] if row.start is None or row.end is None else [(row.start, row.end)]
    return " … ".join(report.text[start:end] for start, end in (*places, *row.more_places))


def _source_id(ground: Ground, row: Proposal) -> str:
    """The id of the mark that stands for a proposal: its own, or the one that covers its place."""
    if row.start is None:
        return ""
    if f"p{row.id}" in ground.places:
        return f"s{row.id}"
    over = (
        other
        for _number, other in ground.order
        if other.start is not None and other.end is not None and other.start <= row.start < other.end
    )
    return next((f"s{other.id}" for other in over if f"p{other.id}" in ground.places), "")


def _offers(ground: Ground, row: Proposal, chosen: str) -> list[Offer]:
    """The choices offered with their reasons, and the one that was chosen where it is another."""
    suggested = [
        Offer(value, ground.labels[value], str(one["why"]))
        for one in row.suggested.get("posts", [])
        if (value := pair(one["post"], one["duty"])) in ground.labels
    ]
    if chosen and all(one.value != chosen for one in suggested):
        label = ground.labels.get(chosen) or _("原来选的岗位，现在不在可选之列")
        is_stored = chosen == pair(row.post_id, row.duty_id)
        suggested.append(Offer(chosen, label, row.post_why if is_stored else ""))
    return suggested


def _theirs(ground: Ground, row: Proposal, typed: Mapping[str, str]) -> dict[str, str]:
    """What is stored of the fields in which the clerk typed something else."""
    words: dict[str, Callable[[str], str]] = {
        "post": lambda value: ground.labels.get(value, "") or _("未选择"),
        "clock": lambda _value: str(CLOCK_WORDS[row.clock]),
        "secrecy": lambda _value: str(_(SECRECY_WORDS[row.secrecy])),
        "kin": lambda _value: kinship_word(row, ground.known) or _("未选定"),
        "villages": lambda value: _("各村（社区）各办一份") if value else _("只由所选岗位办理"),
    }
    stored = form_values(row)
    return {
        name: words[name](value) if name in words else value or _("（空）")
        for name, value in stored.items()
        if typed.get(name, value) != value
    }


def _linked(ground: Ground, row: Proposal) -> list[tuple[str, str, str]]:
    """The measures that answer a problem, or the problems that a measure answers."""
    if row.kind == ProposalKind.PROBLEM:
        meant = {measure.id for measure in ground.answered.get(row.id, ())}
    else:
        meant = set(row.answers) & ground.problems
    places = sorted(ground.numbers[one] for one in meant)
    others = [ground.order[number - 1] for number in places]
    return [(str(number), f"p{other.id}", title_of(other.text)) for number, other in others]


def _neighbours(ground: Ground, row: Proposal, number: int) -> list[Pair]:
    """The proposals of the same kind around one, the one before it first."""
    alike = [
        (abs(number - at) * 2 + (at > number), str(other.id), f"{at}　{title_of(other.text)[:24]}")
        for at, other in ground.order[max(0, number - 1 - NEIGHBOURS) : number + NEIGHBOURS]
        if other.kind == row.kind and other is not row
    ]
    return [(value, label) for _near, value, label in sorted(alike)]


def _summary(ground: Ground, row: Proposal, post: str) -> str:
    parts = (
        ground.labels.get(post, ""),
        _due(ground.report, row.deadline),
        "" if row.secrecy == Secrecy.OPEN else _(SECRECY_WORDS[row.secrecy]),
    )
    return "，".join(part for part in parts if part)


def _due(report: Report, deadline: date | None) -> str:
    if deadline is None:
        return str(_("未定时限"))
    is_past = deadline < clock.today() and report.state == ReportState.REVIEW
    return str(
        _("%(day)s已过，请改", day=cndate(deadline)) if is_past else _("%(day)s到期", day=cndate(deadline))
    )


def _tags(ground: Ground, row: Proposal) -> list[str]:
    if row.kind != ProposalKind.PROBLEM:
        return []
    measure = "\n".join(measures_of(row, ground.answered.get(row.id, ())))
    if not measure:
        return [_("缺措施")]
    return [_("措施笼统")] if is_vague(measure) else []
