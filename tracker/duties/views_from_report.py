"""The figures of a unit's first report become opening figures by one press."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.duties.access import enters_opening_figures
from tracker.duties.from_report import (
    Chosen,
    enter_read_figures,
    figures_from,
    last_day_told,
    offers_figures,
)
from tracker.duties.kinds import kinds_offered
from tracker.duties.opening import opening_figures
from tracker.duties.read_figures import read_figures
from tracker.duties.views import number
from tracker.duties.views_kept import bp as bp
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.reports.access import find_report
from tracker.reports.afterwards import Section
from tracker.reports.models import Report
from tracker.reports.pages import report_page
from tracker.web import forms
from tracker.web.errors import note_refusal


@bp.post("/duties/opening/from-report/<int:report_id>")
def enter_from_report(report_id: int) -> ResponseReturnValue:
    """Enter the figures that were ticked on the page of a confirmed report."""
    actor = present_actor()
    report = find_report(report_id, actor) or abort(404)
    if not enters_opening_figures(actor, report.unit):
        abort(404)
    try:
        until = forms.day("until_day") or last_day_told(report, actor.day)
        entered = enter_read_figures(report, _chosen(report, actor), until, by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        return report_page(report, actor, refusal)
    flash(_("已登记 %(count)s 个期初数，计入今年以来的次数。", count=len(entered)))
    return redirect(url_for("reports.show", report_id=report_id, _anchor="figures"))


def _chosen(report: Report, actor: Actor) -> list[Chosen]:
    kinds = kinds_offered(report.unit, actor.day)
    by_id = {str(kind.id): kind for kind in kinds}
    ticked = request.form.getlist("figures")
    return [
        Chosen(
            one.place,
            by_id.get(forms.text(f"figure{one.place}-kind")),
            number(f"figure{one.place}-count", one.count),
        )
        for one in read_figures(report.reading, report.text, kinds)
        if str(one.place) in ticked
    ]


def section(report: Report, actor: Actor, refusal: Refused | None) -> Section | None:
    """Return what the page of a confirmed report says of figures; None where it offers none to the reader."""
    if not enters_opening_figures(actor, report.unit) or not offers_figures(report):
        return None
    kinds = kinds_offered(report.unit, actor.day)
    figures = read_figures(report.reading, report.text, kinds)
    entered = figures_from(report)
    if not figures and not entered:
        return None
    known = {(one.kind_id, one.domain_id) for one in opening_figures([report.unit], [actor.day.year])}
    return Section(
        "duties/figures_read.html",
        {
            "report": report,
            "figures": figures,
            "entered": entered,
            "known": {kind_id for kind_id, domain_id in known if domain_id == report.domain_id},
            "kinds": kinds,
            "until_day": last_day_told(report, actor.day),
            "refusal": refusal,
            "typed": {} if refusal is None else request.form,
        },
    )
