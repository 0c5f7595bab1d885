"""The pages of one report: waiting, unreadable, under review, confirmed."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker import clock
from tracker.organization.acting import Actor
from tracker.organization.queries import domains_of
from tracker.refusals import Refused
from tracker.reports import afterwards, earlier, history, review
from tracker.reports.access import is_clerk_of
from tracker.reports.fields import digest, field_of, was_edited, whole_values
from tracker.reports.matrix import matrix
from tracker.reports.models import Decision, Report, ReportState
from tracker.reports.options import Choices, choices, post_labels, post_options
from tracker.reports.portions import Numbered, portion
from tracker.reports.source import numbered, places_shown, source
from tracker.reports.staff import staff
from tracker.reports.step_words import step_words
from tracker.reports.texts import title_of

MOST_WHOLE = 40  # proposals that a page shows with all their fields; of more, only those one works on
READING_REFRESH = "2"  # seconds after which a page that waits for the reader asks again
STATE_TEMPLATES = {
    ReportState.READING: "reports/reading.html",
    ReportState.UNREADABLE: "reports/unreadable.html",
}


def report_page(report: Report, actor: Actor, refusal: Refused | None = None) -> ResponseReturnValue:
    """The page of a report in the state it is in; `refusal`: of a form that a later package has there."""
    if report.state == ReportState.REVIEW:
        return review_page(report, actor)
    if report.state == ReportState.CONFIRMED:
        return _confirmed_page(report, actor, refusal), 200 if refusal is None else refusal.status
    rendered = render_template(
        STATE_TEMPLATES[report.state],
        report=report,
        title=first_line(report),
        may_review=is_clerk_of(actor, report.unit_id),
    )
    headers = {"Refresh": READING_REFRESH} if report.state == ReportState.READING else {}
    return rendered, 200, headers


def review_page(report: Report, actor: Actor, refusal: Refused | None = None) -> ResponseReturnValue:
    """The review page, after a refusal with everything that was typed and the status of the refusal."""
    if report.state != ReportState.REVIEW:
        return redirect(url_for("reports.show", report_id=report.id))
    typed: Mapping[str, str] = {} if refusal is None else request.form
    steps, offered = history.recent(report), _choices(report)
    undoable = history.undoable(report, steps)
    rendered = render_template(
        "reports/review.html",
        **_shown(report, typed, "" if refusal is None else refusal.field),
        title=first_line(report),
        choices=offered,
        matrix=matrix(report),
        steps=steps,
        undoable={one.id for one in undoable},
        last=next((one for one in undoable if one.person_id == actor.person.id), None),
        last_id=steps[0].id if steps else 0,
        whole_seen=digest(whole_values(report)),
        errors=[] if refusal is None else [(refusal.field, refusal.message)],
        warnings=review.warnings(report, period_is_offered=bool(offered.likely)),
    )
    return rendered, 200 if refusal is None else refusal.status


def changes_page(report: Report, last_id: int) -> ResponseReturnValue:
    """What was done since a page was shown: the steps, and the proposals as they are now; else nothing."""
    if report.state != ReportState.REVIEW:
        return render_template("reports/gone_on.html", report=report)
    steps = history.since(report, last_id)
    if not steps:
        return ""
    touched = {key for one in steps for key in one.new}
    return render_template(
        "reports/changes.html",
        **_shown(report, {}, only=touched),
        choices=_choices(report),
        steps=steps,
        last_id=steps[0].id,
        regroups=any(one.act in history.REGROUPING for one in steps),
        errors=[],
    )


def first_line(report: Report) -> str:
    """Return the title of a report as its text has it, else the name of its file."""
    return title_of(report.text) if report.text else report.file_name


def _choices(report: Report) -> Choices:
    day = clock.today()
    return choices(report, staff(report.unit, day), domains_of(report.unit, day))


def _shown(
    report: Report, typed: Mapping[str, str], at_fault: str = "", only: Container[str] | None = None
) -> dict[str, Any]:
    """What the page and its parts need of the proposals; `only`: the ids of those that are asked for.

    To go on with: the one with the field at fault, else the one asked for (`at`), else the first that waits.
    """
    known, paragraphs, order = earlier.known_to(report), source(report), numbered(report)
    labels = post_labels(post_options(staff(report.unit, clock.today())))
    current = _current(order, at_fault)
    page = portion(order, current)
    rows = page.rows if only is None else [(number, row) for number, row in order if str(row.id) in only]
    whole = _whole(rows, typed, current if only is None else None, few=len(order) <= MOST_WHOLE)
    return {
        "report": report,
        "rows": review.shown(report, labels, typed, known, places_shown(paragraphs), rows, whole),
        "portion": page,
        "current": current,
        "whole": whole,
        "counts": review.counts(report, known),
        "source": paragraphs,
        "typed": typed,
        "step_words": step_words,
    }


def _current(order: Sequence[Numbered], at_fault: str) -> int | None:
    rows, asked = [row for _number, row in order], request.args.get("at", "")
    choices = (
        (row.id for row in rows if at_fault.startswith(field_of(row, ""))),
        (row.id for row in rows if str(row.id) == asked),
        (row.id for row in rows if row.decision == Decision.OPEN),
    )
    return next((found for ids in choices for found in ids), None)


def _whole(rows: Sequence[Numbered], typed: Mapping[str, str], current: int | None, *, few: bool) -> set[int]:
    """The proposals to show with all their fields; a field that a page does not have stays as stored."""
    return {row.id for _number, row in rows if few or row.id == current or was_edited(row, typed)}


def _confirmed_page(report: Report, actor: Actor, refusal: Refused | None) -> str:
    assert report.confirmed_at is not None
    on = clock.day_of(report.confirmed_at)
    known, paragraphs = earlier.known_to(report), source(report)
    labels = post_labels(post_options(staff(report.unit, on)))
    return render_template(
        "reports/confirmed.html",
        report=report,
        title=first_line(report),
        confirmed_on=on,
        source=paragraphs,
        rows=review.shown(report, labels, {}, known, places_shown(paragraphs), numbered(report), ()),
        counts=review.counts(report, known),
        may_review=is_clerk_of(actor, report.unit_id),
        sections=afterwards.sections(report, actor, refusal),
    )
