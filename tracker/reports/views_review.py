"""Reviewing a report: every button of its page, what others do meanwhile, and the hints that came of it."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts.present import leave_unseen
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.reports import deciding, history, matching, splitting, wording
from tracker.reports.access import (
    find_hint,
    find_report_of_clerk,
    find_report_to_review,
    hints_visible_to,
)
from tracker.reports.fields import field_of
from tracker.reports.forms import DECISIONS, read_act, read_review, read_words
from tracker.reports.hinting import hints_in_use, revoke_hint
from tracker.reports.models import AssignmentHint, Decision, Proposal, Report
from tracker.reports.pages import changes_page, review_page
from tracker.reports.saving import save_review
from tracker.reports.step_words import step_words
from tracker.reports.views import bp as bp
from tracker.web.errors import note_refusal
from tracker.web.forms import text
from tracker.web.incoming import plain_number
from tracker.web.paging import page

NOT_ABOUT_ROWS = ("undo", "open")  # a step is undone, not a proposal; to look at one decides nothing
Act = Callable[[Report, list[int], Actor], str]  # does what a button says, returns where the page goes on


@bp.post("/<int:report_id>")
def revise(report_id: int) -> ResponseReturnValue:
    """Save what the clerk changed on the page and do what the pressed button says."""
    actor = present_actor()
    report = find_report_to_review(report_id, actor) or abort(404)
    act, rows = read_act()
    try:
        save_review(report, read_review(report, () if act in NOT_ABOUT_ROWS else rows), by=actor)
        anchor = ACTS.get(act, _only_saved)(report, rows, actor)
    except Refused as refusal:
        note_refusal(refusal)
        return review_page(report, actor, refusal)
    number = anchor.removeprefix("p")
    at = number if number.isdecimal() else None
    return redirect(url_for(".show", report_id=report_id, at=at, _anchor=anchor))


@bp.get("/<int:report_id>/changes")
def changes(report_id: int) -> ResponseReturnValue:
    """What was done in a review since a page was shown, as parts for that page; it keeps no session alive."""
    leave_unseen()
    report = find_report_of_clerk(report_id, present_actor()) or abort(404)
    return changes_page(report, plain_number(request.args.get("since", "")))


@bp.get("/hints")
def hints() -> ResponseReturnValue:
    """The corrections that are used for suggestions in the reader's offices."""
    actor = present_actor()
    if not actor.clerk_of:
        abort(404)
    query = hints_in_use().where(hints_visible_to(actor))
    listed = page(query, (AssignmentHint.id,), request.args.get("after"), newest_first=True)
    return render_template("reports/hints.html", page=listed, several=len(actor.clerk_of) > 1)


@bp.post("/hints/<int:hint_id>/revoke")
def revoke(hint_id: int) -> ResponseReturnValue:
    """Use a hint no longer."""
    actor = present_actor()
    revoke_hint(find_hint(hint_id, actor) or abort(404), by=actor)
    flash(_("已撤销这条提示，以后不再据此建议。"))
    return redirect(url_for(".hints"))


def _decide(report: Report, rows: list[int], actor: Actor, decision: Decision) -> str:
    decided = deciding.decide(report, _first(rows), decision, by=actor)
    return _next_open(report, decided)


def _add(report: Report, _rows: list[int], actor: Actor) -> str:
    words, use, current = read_words()
    return f"p{wording.take_words(report, words, use, by=actor, current_id=current).id}"


def _split(report: Report, rows: list[int], actor: Actor) -> str:
    row = deciding.listed(report, _first(rows))
    return f"p{splitting.split(report, row.id, text(field_of(row, 'split')), by=actor).id}"


def _merge(report: Report, rows: list[int], actor: Actor) -> str:
    row = deciding.listed(report, _first(rows))
    return f"p{splitting.merge(report, row.id, plain_number(text(field_of(row, 'into'))), by=actor).id}"


def _match(report: Report, rows: list[int], actor: Actor) -> str:
    measure, problem = rows if len(rows) == 2 else (_number("match_measure"), _number("match_problem"))
    matching.match(report, measure, problem, by=actor)
    return "matrix"


def _undo(report: Report, rows: list[int], actor: Actor) -> str:
    undone = history.undo(report, _first(rows), by=actor)
    flash(_("已撤销：%(what)s。", what=step_words(undone)), "toast")
    touched = [key for key in undone.new if key != history.WHOLE]
    return f"p{touched[0]}" if touched else "whole"


def _open(_report: Report, rows: list[int], _actor: Actor) -> str:
    return f"p{_first(rows)}"


def _only_saved(_report: Report, _rows: list[int], _actor: Actor) -> str:
    if text("act") == "save":
        flash(_("已保存。未确认的内容不会成为任务。"))
    return ""


def _deciding(decision: Decision) -> Act:
    return lambda report, rows, actor: _decide(report, rows, actor, decision)


ACTS: dict[str, Act] = {
    **{name: _deciding(decision) for name, decision in DECISIONS.items()},
    "add": _add,
    "split": _split,
    "merge": _merge,
    "match": _match,
    "undo": _undo,
    "open": _open,
}


def _next_open(report: Report, decided: Proposal) -> str:
    """After taking or dropping one, the next that waits; after taking a decision back, that one."""
    if decided.decision == Decision.OPEN:
        return f"p{decided.id}"
    waiting = [row for row in report.listed if row.decision == Decision.OPEN]
    following = [row for row in waiting if row.rank > decided.rank] or waiting
    return f"p{following[0].id}" if following else "confirm"


def _first(rows: list[int]) -> int:
    return rows[0] if rows else 0


def _number(name: str) -> int:
    return plain_number(text(name))
