"""The pages of the roster (花名册) and of the organization chart."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from tracker import clock
from tracker.audit.trail import record
from tracker.documents.sheet import MEDIA_TYPE, UnreadableSheetError, read_sheet
from tracker.organization.acting import Actor
from tracker.organization.chart import Node, chart, outline
from tracker.organization.division import posts_on
from tracker.organization.entering import require_pen
from tracker.organization.known import Known
from tracker.organization.models import Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import OFFICES, units_of_office
from tracker.organization.roster import read_roster
from tracker.organization.roster_export import empty_form, present_holdings, roster_file
from tracker.organization.roster_import import enter_roster, rehearse
from tracker.organization.roster_outcome import Outcome
from tracker.organization.views import chosen_day, chosen_office, units_below
from tracker.refusals import OutOfDate, Refused
from tracker.web import forms
from tracker.web.errors import note_refusal
from tracker.web.files import given_out, sent_file

bp = Blueprint("organization_roster", __name__)

SVG = "image/svg+xml"


@bp.get("/organization/roster")
def show() -> ResponseReturnValue:
    """Where the roster comes from and goes to."""
    actor = present_actor()
    return _page(_kept_office(actor))


@bp.get("/organization/roster.xlsx")
def download() -> ResponseReturnValue:
    """The roster of an office on a day; it holds telephone numbers, so the trail has a row of it."""
    office, day = _kept_office(present_actor()), chosen_day()
    name, content = _("%(office)s花名册.xlsx", office=office.name_on(day)), roster_file(office, day)
    return _given_out(name, content, "organization.export_roster", office, day=str(day))


@bp.get("/organization/roster-form.xlsx")
def form() -> ResponseReturnValue:
    """The empty form with a sample line."""
    office = _kept_office(present_actor())
    return _given_out(_("花名册（空表）.xlsx"), empty_form(), "organization.download_form", office)


@bp.post("/organization/roster")
def preview() -> ResponseReturnValue:
    """Read a file and show what it would change, row by row; nothing is changed yet."""
    actor = present_actor()
    office = _kept_office(actor)
    name, content = sent_file()
    if not name:
        return _page(office, refusal=Refused(_("选择花名册文件（.xlsx）。"), field="file")), 422
    try:
        cells = read_sheet(name, content)
    except UnreadableSheetError as unreadable:
        return _page(office, refusal=Refused(unreadable.message, field="file")), 422
    return _preview(office, cells, actor)


@bp.post("/organization/roster/enter")
def enter() -> ResponseReturnValue:
    """Enter what the preview showed; where something changed since, it is shown anew."""
    actor = present_actor()
    office = _kept_office(actor)
    cells = _cells_sent()
    try:
        outcome = enter_roster(office, read_roster(cells), day=clock.today(), by=actor)
        if outcome.problems or outcome.digest != forms.text("digest"):
            raise OutOfDate(_("预览以后组织内容有改动，没有导入。请按下面新的预览核对。"))
    except OutOfDate as refusal:
        note_refusal(refusal)
        return _preview(office, cells, actor, refusal)
    record("organization.import_roster", f"unit:{office.id}", changes=len(outcome.changes))
    flash(_("已按花名册登记 %(count)s 处改动。", count=len(outcome.changes)))
    return redirect(url_for("organization.show", unit=office.code))


@bp.get("/organization/chart")
def show_chart() -> ResponseReturnValue:
    """The organization chart, with the same facts behind a link as a table."""
    actor, day = present_actor(), chosen_day()
    office = chosen_office(actor)
    nodes = _nodes(office, day)
    return render_template(
        "organization/chart.html",
        office=office,
        offices=[unit for unit in units_below(actor.office, day) if unit.kind in OFFICES],
        on=day,
        today=clock.today(),
        drawn=Markup(_drawn(office, nodes, day)),  # written by chart.py, which escapes every word
        listed=outline(nodes),
    )


@bp.get("/organization/chart.svg")
def download_chart() -> ResponseReturnValue:
    """The organization chart as a file."""
    office, day = chosen_office(present_actor()), chosen_day()
    name = _("%(office)s组织架构图.svg", office=office.name_on(day))
    content = _drawn(office, _nodes(office, day), day).encode()
    return _given_out(name, content, "organization.download_chart", office, media_type=SVG, day=str(day))


def _nodes(office: Unit, day: date) -> list[Node]:
    known, posts = Known([office], day), posts_on(office, day)
    held = present_holdings([post.id for post in posts], day)
    return [
        Node(post, known.answering(post, day), post.id in held and held[post.id].acting) for post in posts
    ]


def _drawn(office: Unit, nodes: Sequence[Node], day: date) -> str:
    units = [unit for unit in units_of_office(office, day) if unit.id != office.id]
    return chart(office, nodes, units, day)


def _kept_office(actor: Actor) -> Unit:
    office = chosen_office(actor)
    require_pen(office, actor)
    return office


def _given_out(
    name: str, content: bytes, action: str, office: Unit, *, media_type: str = MEDIA_TYPE, **details: Any
) -> Response:
    subject = f"unit:{office.id}"
    return given_out(name, media_type, content, action=action, subject=subject, made_here=True, **details)


def _cells_sent() -> list[list[str]]:
    """Return the rows that the preview carried along."""
    try:
        sent = json.loads(forms.text("cells"))
        return [[str(cell) for cell in row] for row in sent]
    except (TypeError, ValueError):
        raise Refused(_("页面不完整，没有导入。请重新选择文件。"), field="file") from None


def _preview(
    office: Unit, cells: list[list[str]], actor: Actor, refusal: Refused | None = None
) -> ResponseReturnValue:
    outcome = rehearse(office, read_roster(cells), day=clock.today(), by=actor)
    status = 422 if outcome.problems else 200 if refusal is None else refusal.status
    return _page(office, outcome, cells, refusal), status


def _page(
    office: Unit,
    outcome: Outcome | None = None,
    cells: list[list[str]] | None = None,
    refusal: Refused | None = None,
) -> str:
    return render_template(
        "organization/roster.html",
        office=office,
        outcome=outcome,
        cells=json.dumps(cells, ensure_ascii=False, separators=(",", ":")),
        refusal=refusal,
    )
