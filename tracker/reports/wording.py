"""Words taken from the source, or written by the clerk, become part of the review.

A new problem or measure; more words of the present one; its statement; its countermeasure. Offsets are code
points of the report's text; words that stand there keep their place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.reports.access import require_review
from tracker.reports.basis import calendar_of, date_again, set_standards_again
from tracker.reports.dating import due, read_again
from tracker.reports.deciding import listed
from tracker.reports.history import step
from tracker.reports.models import Decision, Proposal, ProposalKind, Report
from tracker.reports.places import Place, add_place, place_of
from tracker.reports.proposing import suggest_for
from tracker.reports.standard import propose_standard
from tracker.workdays import shipped

ENDS = "。！？；.!?;"  # after these, joined words need no mark between them


class Use(StrEnum):
    """What selected or written words are taken for."""

    PROBLEM = "problem"  # 新问题
    MEASURE = "measure"  # 新措施
    JOIN = "join"  # 并入当前
    STATEMENT = "statement"  # 作为当前问题的表述
    REMEDY = "remedy"  # 作为当前问题的措施


@dataclass(frozen=True)
class Words:
    """Words for the review: a stretch of the source, or words that are looked for there."""

    said: str
    start: int | None = None
    end: int | None = None


def take_words(report: Report, words: Words, use: Use, *, by: Actor, current_id: int = 0) -> Proposal:
    """Take words up; `current_id` names the proposal that uses other than a new one are about.

    Raises NotAllowed; OutOfDate when the report is not under review or the proposal is gone; Refused without
    words, outside the text, or where a measure is to have a countermeasure of its own.
    """
    require_review(report, by)
    place = place_of(report.text, words.said, words.start, words.end)
    if not place.words:
        raise Refused(_("写出要补充的内容，可以从原文复制一句。"), field="added")
    if use in (Use.PROBLEM, Use.MEASURE):
        return _add(report, ProposalKind(use.value), place, by)
    row = listed(report, current_id)
    if use == Use.REMEDY and row.kind != ProposalKind.PROBLEM:
        raise Refused(_("当前是一条措施，不能再带措施；选“并入当前”，或先选中一个问题。"), field="added_use")
    with step(report, use.value, by=by, about=row):
        CHANGES[use](report, row, place)
        db.session.flush()
    record("report.take_words", f"report:{report.id}", proposal=row.id, use=use.value)
    return row


def joined(first: str, second: str) -> str:
    """Return two texts as one: a semicolon between them unless the first ends a sentence."""
    if not first or not second:
        return first or second
    return f"{first}{'' if first[-1] in ENDS else '；'}{second}"


def _add(report: Report, kind: ProposalKind, place: Place, by: Actor) -> Proposal:
    """Add a problem or measure the reader did not find, with what is suggested for it."""
    found = due(read_again(place.words, [], calendar_of(report)), report.period, clock.today(), shipped())
    standard, why = propose_standard(place.words if kind == ProposalKind.MEASURE else "")
    proposal = Proposal(
        kind=kind,
        position=max((row.position for row in report.proposals), default=-1) + 1,
        start=place.start,
        end=place.end,
        more_places=[],
        text=place.words,
        answers=[],
        standard=standard,
        standard_why=why,
        deadline=found.day,
        deadline_why=found.why,
        clock=found.clock,
        suggested={},
        confidence=1.0,
        decision=Decision.OPEN,
    )
    with step(report, "add", by=by, about=proposal):
        report.proposals.append(proposal)
        db.session.flush()
        suggest_for(report, [proposal])
    record("report.add_proposal", f"report:{report.id}", proposal=proposal.id, kind=kind.value)
    return proposal


def _join(report: Report, row: Proposal, place: Place) -> None:
    row.text = joined(row.text, place.words)
    add_place(report.text, row, place)


def _restate(_report: Report, row: Proposal, place: Place) -> None:
    row.text, row.start, row.end, row.more_places = place.words, place.start, place.end, []


def _remedy(report: Report, row: Proposal, place: Place) -> None:
    row.measure, row.measure_start, row.measure_end = place.words, place.start, place.end
    date_again(report, [row])
    set_standards_again(report, [row])


CHANGES: dict[Use, Callable[[Report, Proposal, Place], None]] = {
    Use.JOIN: _join,
    Use.STATEMENT: _restate,
    Use.REMEDY: _remedy,
}
