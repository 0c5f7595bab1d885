"""One proposal becomes two, or two become one."""

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.refusals import Refused
from tracker.reports.access import require_review
from tracker.reports.basis import date_again, set_standards_again
from tracker.reports.deciding import listed
from tracker.reports.fields import field_of
from tracker.reports.history import step
from tracker.reports.models import Decision, Proposal, ProposalKind, Report
from tracker.reports.places import Place, add_place, cut
from tracker.reports.proposing import suggest_for
from tracker.reports.wording import joined


def split(report: Report, proposal_id: int, words: str, *, by: Actor) -> Proposal:
    """Cut a proposal in two: the second begins with some words of its text, and is returned.

    Both keep what answers them, the deadline and the standard; post and kin of the second are suggested anew.
    Raises NotAllowed; OutOfDate when the report is not under review or the proposal is gone; Refused when its
    text cannot be cut there.
    """
    require_review(report, by)
    row = listed(report, proposal_id)
    parts = cut(report.text, row, words.strip())
    if parts is None:
        raise Refused(
            _("这条内容里没有这几个字，或它们在最前面，不能从这里拆开。选定拆开的位置再拆。"),
            field=field_of(row, "split"),
        )
    with step(report, "split", by=by, about=row):
        first, second = parts
        row.text, row.start, row.end = first.words, first.start, first.end
        new = _beside(report, row, second)
        suggest_for(report, [new])
    record("report.split", f"report:{report.id}", proposal=row.id, new=new.id)
    return new


def merge(report: Report, proposal_id: int, into_id: int, *, by: Actor) -> Proposal:
    """Put a proposal into another one of its kind, which is returned; the words follow one another.

    What answered the first answers the second; places, deadline, post and standard stay those of the second.
    Raises NotAllowed; OutOfDate when the report is not under review or one of them is gone; Refused for the
    same one, or for a problem and a measure (a measure is matched with a problem instead).
    """
    require_review(report, by)
    row, into = listed(report, proposal_id), listed(report, into_id)
    if row is into or row.kind != into.kind:
        raise Refused(
            _("只能并入另一条同类的内容；措施对应问题，在对照表里选。"), field=field_of(row, "into")
        )
    with step(report, "merge", by=by, about=row):
        _absorb(report, row, into)
    record("report.merge", f"report:{report.id}", proposal=row.id, into=into.id)
    return into


def _beside(report: Report, row: Proposal, part: Place) -> Proposal:
    """Add the second part of a proposal; with the same position it is listed right behind."""
    new = Proposal(
        kind=row.kind,
        position=row.position,
        start=part.start,
        end=part.end,
        more_places=[],
        text=part.words,
        measure=row.measure,
        measure_start=row.measure_start,
        measure_end=row.measure_end,
        answers=list(row.answers),
        standard=row.standard,
        standard_why=row.standard_why,
        deadline=row.deadline,
        deadline_why=row.deadline_why,
        clock=row.clock,
        for_villages=row.for_villages,
        secrecy=row.secrecy,
        mark_reason=row.mark_reason,
        suggested={"responsible": row.suggested.get("responsible", [])},
        confidence=row.confidence,
        decision=Decision.OPEN,
    )
    report.proposals.append(new)
    db.session.flush()
    if row.kind == ProposalKind.PROBLEM:
        for measure in report.answering(row):
            measure.answers = [*measure.answers, new.id]
    db.session.flush()
    return new


def _absorb(report: Report, row: Proposal, into: Proposal) -> None:
    """Let one proposal go into another: the one that stands first in the list gives the first words."""
    early, late = sorted((row, into), key=lambda one: one.rank)
    text = joined(early.text, late.text)
    if row.measure and row.measure not in into.measure:
        into.measure = joined(early.measure, late.measure)
        if into.measure_start is None:
            into.measure_start, into.measure_end = row.measure_start, row.measure_end
    into.text = text
    for start, end in ([row.start, row.end], *row.more_places):
        add_place(report.text, into, Place("", start, end))
    into.answers = list(dict.fromkeys([*into.answers, *row.answers]))
    for measure in report.listed:
        if row.id in measure.answers:
            kept = [into.id if one == row.id else one for one in measure.answers]
            measure.answers = list(dict.fromkeys(kept))
    row.decision = Decision.ABSORBED
    db.session.flush()
    date_again(report, [into])
    set_standards_again(report, [into])
