"""The pages of the division of work (分工): the table with its gaps, its form, the office's paper."""

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.documents.paper import MEDIA_TYPE, render
from tracker.extensions import db
from tracker.organization.access import keeps
from tracker.organization.division import Division, Line, divide_anew, division_of, latest_change
from tracker.organization.division_paper import division_paper, sentence
from tracker.organization.entering import require_pen
from tracker.organization.forms import required_day
from tracker.organization.known import Known
from tracker.organization.models import DomainKind, Duty, DutyDomain, Unit, UnitKind
from tracker.organization.present import present_actor
from tracker.organization.queries import OFFICES
from tracker.organization.views import chosen_day, chosen_office, units_below
from tracker.refusals import Refused
from tracker.web import forms
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.incoming import plain_number
from tracker.web.language import in_chinese
from tracker.web.two_at_once import again, remembering

bp = Blueprint("organization_division", __name__)


@bp.get("/organization/portfolio")
def show() -> ResponseReturnValue:
    """The division of work of an office on a day, with its gaps and double lines."""
    actor, day = present_actor(), chosen_day()
    office = chosen_office(actor)
    division, known = division_of(office, day), Known([office], day)
    work = _main_work(division)
    with in_chinese():
        sentences = {
            row.post.id: sentence(row, known.holder(row.post), work.get(row.post.id, ""), division)
            for row in division.rows
        }
    return render_template(
        "organization/portfolio.html",
        division=division,
        offices=[unit for unit in units_below(actor.office, day) if unit.kind in OFFICES],
        known=known,
        kept=keeps(actor, office),
        sentences=sentences,
        on=day,
        today=clock.today(),
    )


@bp.route("/organization/portfolio/edit", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """The division of work as one form: what is ticked is in force from the day given."""
    actor = present_actor()
    office = chosen_office(actor)
    require_pen(office, actor)
    if request.method == "GET":
        return remembering(_form(office))
    try:
        begun, ended = divide_anew(
            office,
            _ticked(),
            from_day=required_day("day", _("写明新的分工自哪一天起执行。")),
            document=forms.text("document")[:200],
            version=forms.text("version"),
            by=actor,
        )
    except Refused as refusal:
        note_refusal(refusal)
        return again(partial(_form, office, refusal)), refusal.status
    flash(_("分工已保存：新增 %(begun)s 项，终止 %(ended)s 项，其余不变。", begun=begun, ended=ended))
    return redirect(url_for("organization_division.show", unit=office.code, on=forms.text("day")))


@bp.get("/organization/portfolio.docx")
def download() -> ResponseReturnValue:
    """The division of work as the office's paper."""
    actor, day = present_actor(), chosen_day()
    office = chosen_office(actor)
    division, known = division_of(office, day), Known([office], day)
    with in_chinese():
        paper = division_paper(division, known.holder, _main_work(division))
    return given_out(
        f"{paper.title}.docx",
        MEDIA_TYPE,
        render(paper),
        action="organization.download_division",
        subject=f"unit:{office.id}",
        made_here=True,
        day=str(day),
    )


def _main_work(division: Division) -> dict[int, str]:
    """Return what the duty list of each leader says first, by post."""
    query = (
        select(Duty.post_id, Duty.text)
        .join(DutyDomain)
        .where(
            Duty.post_id.in_([row.post.id for row in division.rows]),
            DutyDomain.kind == DomainKind.BUSINESS,
            Duty.ended_on.is_(None),
        )
        .order_by(Duty.id.desc())
    )
    return dict(db.session.execute(query).all())


def _ticked() -> set[Line]:
    """Return the lines of the form: boxes “post:unit:domain”, and a pair of choices beside each leader."""
    lines = {_line(*sent.split(":")[:3]) for sent in request.form.getlist("line") if sent.count(":") == 2}
    for name, unit in request.form.items():
        domain = forms.text(name.replace("unit-", "domain-", 1))
        if name.startswith("unit-") and unit and domain:
            lines.add(_line(name.removeprefix("unit-"), unit, domain))
    return lines


def _line(post: str, unit: str, domain: str) -> Line:
    return plain_number(post), plain_number(unit) or None, plain_number(domain) or None


def _form(office: Unit, refusal: Refused | None = None, typed: bool = False) -> str:
    division = division_of(office, latest_change(office, clock.today()))
    sent: dict[str, Any] = dict(request.form)
    if not typed:
        sent = {"day": division.day}
        ticked = {(line.leader_post_id, line.unit_id, line.domain_id) for line in division.lines}
    else:
        ticked = _ticked()
    villages = [unit for unit in division.units if unit.kind == UnitKind.VILLAGE]
    return render_template(
        "organization/portfolio_form.html",
        division=division,
        known=Known([office], division.day),
        units=[office, *(unit for unit in division.units if unit.kind != UnitKind.VILLAGE)],
        villages=villages,
        today=clock.today(),
        ticked=ticked,
        typed=sent | {"version": division.version},
        refusal=refusal,
    )
