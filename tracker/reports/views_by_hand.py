"""The form for problems that came with no report."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import domains_of
from tracker.problems.models import ProblemSource
from tracker.problems.words import SOURCE_WORDS
from tracker.refusals import Refused
from tracker.reports.by_hand import ENTERED, Found, enter_problems
from tracker.reports.intake import KnownAlready
from tracker.web.errors import note_refusal
from tracker.web.files import sent_file
from tracker.web.forms import day, text

bp = Blueprint("by_hand", __name__, url_prefix="/reports/by-hand")


@bp.get("")
def ask() -> ResponseReturnValue:
    """The form, for clerks."""
    return _form_page(present_actor())


@bp.post("")
def enter() -> ResponseReturnValue:
    """Take the problems in; they wait for their confirmation like a report's."""
    actor = present_actor()
    try:
        report = enter_problems(_office(actor), _sent(_office(actor), actor), by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        return _form_page(actor, refusal), refusal.status
    return redirect(url_for("reports.show", report_id=report.id))


def _office(actor: Actor) -> Unit:
    """The office named, or the only one; whoever is clerk of none finds no page."""
    sent = text("unit")
    own = [unit for unit in actor.clerk_of if not sent or str(unit.id) == sent]
    return own[0] if own else abort(404)


def _sent(office: Unit, actor: Actor) -> Found:
    file_name, content = sent_file()
    try:
        source = ProblemSource(text("source"))
    except ValueError:
        raise Refused(_("选择问题来源。"), field="source") from None
    if source not in ENTERED:
        raise Refused(_("选择问题来源。"), field="source")
    return Found(
        source=source,
        document=text("document"),
        day=day("day") or actor.day,
        domain=next((one for one in domains_of(office, actor.day) if str(one.id) == text("domain")), None),
        lines=text("lines"),
        file_name=file_name,
        content=content,
    )


def _form_page(actor: Actor, refusal: Refused | None = None) -> str:
    office = _office(actor)
    return render_template(
        "reports/by_hand.html",
        units=[(unit.id, unit.name) for unit in actor.clerk_of],
        sources=[(source.value, _(SOURCE_WORDS[source])) for source in ENTERED],
        domains=[("", _("按内容判断")), *((row.id, _(row.name)) for row in domains_of(office, actor.day))],
        typed=request.form,
        today=actor.day,
        errors={refusal.field or "": refusal.message} if refusal else {},
        known=refusal.report_id if isinstance(refusal, KnownAlready) else None,
    )
