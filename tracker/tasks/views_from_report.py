"""Confirming a report: its proposals become problems and tasks."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.reports.access import find_report_to_review
from tracker.reports.confirmation import carried
from tracker.reports.forms import read_review
from tracker.reports.models import Report, ReportState
from tracker.reports.pages import review_page
from tracker.reports.saving import save_review
from tracker.tasks.from_report import create_from_report
from tracker.tasks.states import TaskState
from tracker.web.errors import note_refusal

bp = Blueprint("tasks_from_report", __name__)


@bp.post("/tasks/from-report/<int:report_id>")
def make(report_id: int) -> ResponseReturnValue:
    """Save the review's fields, confirm the report and make its tasks; sent twice it acts once."""
    actor = present_actor()
    report = find_report_to_review(report_id, actor) or abort(404)
    try:
        if report.state != ReportState.CONFIRMED:
            _confirm(report, actor)
    except Refused as refusal:
        note_refusal(refusal)
        return review_page(report, actor, refusal)
    return redirect(url_for("reports.show", report_id=report_id))


def _confirm(report: Report, actor: Actor) -> None:
    """Save and confirm what the page showed; where saving moves dates or posts nobody has seen, only save."""
    answers = read_review(report, on_all=True)
    unseen = answers.changes_basis_of(report)
    save_review(report, answers, by=actor)
    if unseen:
        flash(_("期间或领域改了，时限和岗位已重新推算。请核对后再确认，任务尚未生成。"), "fix")
        return
    tasks = create_from_report(report, by=actor, assign_at_once=request.form.get("assign") == "1")
    assigned = sum(task.state == TaskState.ASSIGNED for task in tasks)
    said = _("已生成 %(tasks)s 件任务，其中 %(assigned)s 件已交办。", tasks=len(tasks), assigned=assigned)
    if again := len(carried(report)):
        said += _("%(count)s 个问题并入原任务。", count=again)
    flash(said)
