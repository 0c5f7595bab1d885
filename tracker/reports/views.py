"""Reports: the list, taking one in, looking at one. What a clerk does with it stands in `views_review`."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import domains_of
from tracker.problems.words import SOURCE_WORDS
from tracker.refusals import Refused
from tracker.reports import options
from tracker.reports.access import find_report, visible_to
from tracker.reports.formats.document_text import ENDINGS
from tracker.reports.forms import read_count, read_domain, read_period, sent_files
from tracker.reports.intake import KnownAlready, take_in, take_in_pasted
from tracker.reports.models import Report, ReportState
from tracker.reports.pages import READING_REFRESH, first_line, report_page
from tracker.reports.several import MOST_AT_ONCE, Outcome, Sent, take_in_several
from tracker.reports.waiting import waiting
from tracker.web.errors import note_refusal
from tracker.web.forms import day, text, whole_number
from tracker.web.incoming import plain_number
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
    """Take reports in: a file, several, or pasted text."""
    actor = present_actor()
    files = sent_files("file")
    try:
        if len(files) > 1:
            return _say_of_each(_take_in_several(actor, files))
        report = _take_in(actor, files)
        report.clicks, report.typed = read_count("clicks"), read_count("typed")
    except KnownAlready as known:
        note_refusal(known)
        return _new_page(actor, known, known_url=url_for(".show", report_id=known.report_id))
    except Refused as refusal:
        note_refusal(refusal)
        return _new_page(actor, refusal)
    return redirect(url_for(".show", report_id=report.id))


@bp.get("/taken")
def taken() -> ResponseReturnValue:
    """What became of each of several files, until the last is read."""
    actor = present_actor()
    if not actor.clerk_of:
        abort(404)
    known = {plain_number(sent) for sent in request.args.getlist("known")[:MOST_AT_ONCE]}
    asked = known | {plain_number(sent) for sent in request.args.getlist("report")[:MOST_AT_ONCE]}
    query = select(Report).where(Report.id.in_(asked), visible_to(actor)).order_by(Report.id)
    reports = db.session.scalars(query.options(selectinload(Report.proposals))).all()
    waits = any(report.state == ReportState.READING for report in reports)
    told_once = "_flashes" in session  # who was refused is told once: the page stays until the person goes on
    rendered = render_template("reports/taken.html", reports=reports, known=known, waits=waits)
    return rendered, 200, {"Refresh": READING_REFRESH} if waits and not told_once else {}


@bp.get("/<int:report_id>")
def show(report_id: int) -> ResponseReturnValue:
    """A report: waiting to be read, unreadable, under review, or confirmed."""
    actor = present_actor()
    return report_page(find_report(report_id, actor) or abort(404), actor)


def _take_in(actor: Actor, files: Sequence[Sent]) -> Report:
    unit = _chosen_unit(actor)
    period, domain, report_day = read_period("period"), read_domain("domain", unit), day("report_day")
    if files:
        return take_in(
            unit,
            by=actor,
            file_name=files[0].name,
            content=files[0].content,
            period=period,
            domain=domain,
            report_day=report_day,
        )
    if not text("pasted"):
        raise Refused(_("选择一个或几个文件，或粘贴报告全文。"), field="file")
    return take_in_pasted(
        unit, by=actor, text=text("pasted"), period=period, domain=domain, report_day=report_day
    )


def _take_in_several(actor: Actor, files: Sequence[Sent]) -> Outcome:
    unit = _chosen_unit(actor)
    return take_in_several(
        unit,
        by=actor,
        files=files,
        period=read_period("period"),
        domain=read_domain("domain", unit),
        report_day=day("report_day"),
    )


def _say_of_each(outcome: Outcome) -> ResponseReturnValue:
    for said in outcome.refused:
        flash(said, "fix")
    return redirect(url_for(".taken", report=[report.id for report in outcome.reports], known=outcome.known))


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
        accepted=ENDINGS,
        typed=request.form,
        errors={} if refusal is None else {refusal.field: refusal.message},
        known_url=known_url,
    )
    return rendered, 200 if refusal is None else refusal.status
