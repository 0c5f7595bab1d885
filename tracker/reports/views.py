"""Reports: the list, taking one in, looking at one. What a clerk does with it stands in `views_review`."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import domains_of
from tracker.problems.words import SOURCE_WORDS
from tracker.refusals import Refused
from tracker.reports import options
from tracker.reports.access import find_report, visible_to
from tracker.reports.forms import read_count, read_domain, read_period
from tracker.reports.intake import KnownAlready, take_in, take_in_pasted
from tracker.reports.models import Report
from tracker.reports.pages import first_line, report_page
from tracker.reports.waiting import waiting
from tracker.web.errors import note_refusal
from tracker.web.forms import day, text, whole_number
from tracker.web.paging import page

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("")
def index() -> ResponseReturnValue:
    """The reports the person may read, the latest first."""
    actor = present_actor()
    query = (
        select(Report).where(visible_to(actor)).options(joinedload(Report.unit), joinedload(Report.domain))
    )
    after = request.args.get("after")
    listed = page(query, (Report.id,), after, newest_first=True)
    return render_template(
        "reports/list.html",
        page=listed,
        waiting=[] if after else waiting(actor),
        may_take_in=bool(actor.clerk_of),
        title_of=first_line,
        source_words=SOURCE_WORDS,
    )


@bp.get("/new")
def new() -> ResponseReturnValue:
    """The form to take a report in."""
    return _new_page(present_actor())


@bp.post("")
def take() -> ResponseReturnValue:
    """Take a report in: a file, or pasted text."""
    actor = present_actor()
    try:
        report = _take_in(actor)
        report.clicks, report.typed = read_count("clicks"), read_count("typed")
    except KnownAlready as known:
        note_refusal(known)
        return _new_page(actor, known, known_url=url_for(".show", report_id=known.report_id))
    except Refused as refusal:
        note_refusal(refusal)
        return _new_page(actor, refusal)
    return redirect(url_for(".show", report_id=report.id))


@bp.get("/<int:report_id>")
def show(report_id: int) -> ResponseReturnValue:
    """A report: waiting to be read, unreadable, under review, or confirmed."""
    actor = present_actor()
    return report_page(find_report(report_id, actor) or abort(404), actor)


def _take_in(actor: Actor) -> Report:
    unit = _chosen_unit(actor)
    period, domain, report_day = read_period("period"), read_domain("domain", unit), day("report_day")
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return take_in(
            unit,
            by=actor,
            file_name=upload.filename,
            content=upload.read(),
            period=period,
            domain=domain,
            report_day=report_day,
        )
    if not text("pasted"):
        raise Refused(_("选择一个文件，或粘贴报告全文。"), field="file")
    return take_in_pasted(
        unit, by=actor, text=text("pasted"), period=period, domain=domain, report_day=report_day
    )


def _chosen_unit(actor: Actor) -> Unit:
    units = actor.clerk_of
    if not units:
        abort(404)
    wanted = whole_number("unit")
    return next((unit for unit in units if unit.id == wanted), None) or _only(units)


def _only(units: list[Unit]) -> Unit:
    if len(units) > 1:
        raise Refused(_("选择报告属于哪个单位。"), field="unit")
    return units[0]


def _new_page(actor: Actor, refusal: Refused | None = None, known_url: str = "") -> ResponseReturnValue:
    if not actor.clerk_of:
        abort(404)
    offered = {one.id: one for unit in actor.clerk_of for one in domains_of(unit, clock.today())}
    rendered = render_template(
        "reports/new.html",
        units=[(unit.id, unit.name) for unit in actor.clerk_of],
        periods=[("", _("按报告里写的")), *options.period_options(None)],
        domains=[("", _("按报告标题判断")), *options.named([*offered.values()])],
        typed=request.form,
        errors={} if refusal is None else {refusal.field: refusal.message},
        known_url=known_url,
    )
    return rendered, 200 if refusal is None else refusal.status
