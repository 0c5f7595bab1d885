"""The pages of standing duties: what a post owes, what was done, and the form that records it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy import select

from tracker import clock
from tracker.documents import store
from tracker.documents.accepting import ACCEPTED
from tracker.duties.access import (
    enters_opening_figures,
    find_act,
    find_act_file,
    may_withdraw,
    records_for,
    sees_files,
)
from tracker.duties.findings import FINDS, findings_of, may_enter, report_of, take_in_findings
from tracker.duties.kinds import kinds_known, kinds_offered
from tracker.duties.models import Act, StandingDuty
from tracker.duties.owing import asked_of, owed
from tracker.duties.queries import NO_DOMAIN, NoDomain, counted, opening_behind, posts_recorded_for, recorded
from tracker.duties.recording import add_files, record_act, withdraw
from tracker.duties.words import every_word, span_word
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import domains_of
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.reports.access import find_report
from tracker.reports.formats.document_text import ENDINGS
from tracker.web import forms, once
from tracker.web.errors import note_refusal
from tracker.web.files import given_out, sent_file, uploads
from tracker.web.redirects import own_path

bp = Blueprint("duties", __name__)
bp.add_app_template_global(span_word)
bp.add_app_template_global(every_word)

ANSWERS = {  # pages that answer a form of a tab
    "duties.add": "duties.listing",
    "duties.ask": "duties.asked",
    "duties.new_kind": "duties.show_kinds",
    "duties.stop_kind": "duties.show_kinds",
    "duties.enter_opening": "duties.show_opening",
}


@bp.get("/duties")
def listing() -> ResponseReturnValue:
    """What the own posts owe, counts by kind of this period and the year, the acts, and the form."""
    actor = present_actor()
    return _page(actor, office_of_actor(actor))


@bp.post("/duties")
def add() -> ResponseReturnValue:
    """Record an act."""
    actor = present_actor()
    office = office_of_actor(actor)
    try:
        if not once.first_time():
            flash(_("这张表单已经登记过，没有重复登记。"))
            return redirect(url_for("duties.listing"))
        act = _record(actor, office)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(actor, office, refusal), refusal.status
    flash(_told(act), "toast")
    back = url_for("duties.listing", period=Period.of(act.day))
    return redirect(own_path(request.form.get("next"), back))


@bp.get("/duties/acts/<int:act_id>")
def show_act(act_id: int) -> ResponseReturnValue:
    """One act: what was done, its files, what it found or decided."""
    actor = present_actor()
    act = find_act(act_id, actor) or abort(404)
    return _act_page(act, actor)


@bp.post("/duties/acts/<int:act_id>/withdraw")
def take_back(act_id: int) -> ResponseReturnValue:
    """Take an act back that was recorded by mistake."""
    actor = present_actor()
    act = find_act(act_id, actor, lock=True) or abort(404)
    try:
        withdraw(act, by=actor, reason=forms.text("reason"))
    except Refused as refusal:
        return _refused(act, actor, refusal)
    flash(_("已撤回，这次登记保留备查，不再计数。"))
    return redirect(url_for("duties.show_act", act_id=act_id))


@bp.post("/duties/acts/<int:act_id>/files")
def attach(act_id: int) -> ResponseReturnValue:
    """Add files that show that an act was done."""
    actor = present_actor()
    act = find_act(act_id, actor, lock=True) or abort(404)
    try:
        if once.first_time():
            add_files(act, uploads("evidence"), by=actor)
    except Refused as refusal:
        return _refused(act, actor, refusal)
    flash(_("已补充佐证材料。"))
    return redirect(url_for("duties.show_act", act_id=act_id))


@bp.post("/duties/acts/<int:act_id>/findings")
def enter_findings(act_id: int) -> ResponseReturnValue:
    """Take in what an inspection found or a meeting decided; a clerk confirms it like a report."""
    actor = present_actor()
    act = find_act(act_id, actor, lock=True) or abort(404)
    file_name, content = sent_file()
    try:
        report = take_in_findings(
            act, by=actor, lines=forms.text("lines"), file_name=file_name, content=content
        )
    except Refused as refusal:
        return _refused(act, actor, refusal)
    if find_report(report.id, actor) is not None:
        return redirect(url_for("reports.show", report_id=report.id))
    flash(_("已录入，由经办人员核对后立项交办。"))
    return redirect(url_for("duties.show_act", act_id=act_id))


@bp.get("/duties/files/<int:file_id>")
def download(file_id: int) -> ResponseReturnValue:
    """Hand out a file of an act; the trail notes it."""
    found = find_act_file(file_id, present_actor()) or abort(404)
    name, media_type, content = found.name, found.media_type, store.content(found.file)
    return given_out(name, media_type, content, action="act_file.download", subject=f"act_file:{file_id}")


def office_of_actor(actor: Actor) -> Unit:
    """Return the office of the person at the keyboard; 404 for somebody without a post."""
    return actor.office or abort(404)


def tabs(actor: Actor, office: Unit) -> list[dict[str, object]]:
    """Return the tabs of the pages of standing duties, the present one marked."""
    places = [
        (_("履责登记"), "duties.listing"),
        (_("履责要求"), "duties.asked"),
        (_("事项种类"), "duties.show_kinds"),
    ]
    if enters_opening_figures(actor, office):
        places.append((_("期初数"), "duties.show_opening"))
    here = ANSWERS.get(request.endpoint or "", request.endpoint)
    return [
        {"label": label, "url": url_for(endpoint), "current": here == endpoint} for label, endpoint in places
    ]


def chosen(offered: Iterable[Any], name: str, message: str) -> Any:
    """Return the offered row whose id was sent. Raises Refused for any other."""
    sent = forms.text(name)
    for row in offered:
        if str(row.id) == sent:
            return row
    raise Refused(message, field=name)


def domains() -> list[DutyDomain]:
    """Return the domains that the office of the person at the keyboard is offered."""
    return domains_of(office_of_actor(present_actor()), clock.today())


def chosen_domain() -> DutyDomain | None:
    """Return the domain that was sent, None for none in particular."""
    if not forms.text("domain"):
        return None
    found: DutyDomain = chosen(domains(), "domain", _("没有这个领域，请重新选择。"))
    return found


def number(name: str, empty: int) -> int:
    """Return the whole number that was sent, `empty` where the field was left empty."""
    sent = forms.whole_number(name)
    return empty if sent is None else sent


def _record(actor: Actor, office: Unit) -> Act:
    return record_act(
        chosen(kinds_offered(office, actor.day), "kind", _("选择事项种类。")),
        chosen(posts_recorded_for(actor, office), "post", _("选择岗位；只能选本人岗位，或由经办人员代选。")),
        by=actor,
        day=forms.day("day") or clock.today(),
        count=number("count", 1),
        participants=forms.whole_number("participants"),
        domain=chosen_domain(),
        note=forms.text("note"),
        evidence=uploads("evidence"),
    )


def _told(act: Act) -> Markup:
    """Return what was recorded, with the way to take it back: one press is enough to record by mistake."""
    said = _(
        "已登记：%(kind)s %(count)s %(unit)s（%(post)s）。",
        kind=_(act.kind.name),
        count=act.count,
        unit=_(act.kind.counted_in),
        post=act.post_title,
    )
    link = Markup(' <a href="{}">{}</a>')
    return escape(said) + link.format(url_for("duties.show_act", act_id=act.id), _("查看或撤回"))


def _refused(act: Act, actor: Actor, refusal: Refused) -> ResponseReturnValue:
    act_id = act.id
    note_refusal(refusal)
    again = find_act(act_id, actor) or abort(404)
    return _act_page(again, actor, refusal), refusal.status


def _act_page(act: Act, actor: Actor, refusal: Refused | None = None) -> str:
    return render_template(
        "duties/act.html",
        act=act,
        may_withdraw=may_withdraw(actor, act) and act.withdrawn_at is None and act.report_id is None,
        may_add=records_for(actor, act.post) and act.withdrawn_at is None,
        sees_files=sees_files(actor, act),
        finds=FINDS.get(act.kind.code),
        may_enter=may_enter(actor, act),
        report=report_of(act),
        may_open=act.report_id is not None and find_report(act.report_id, actor) is not None,
        found=findings_of(act),
        accepted=ACCEPTED,
        readable=ENDINGS,
        refusal=refusal,
        typed=request.form,
    )


def _period() -> Period:
    """Return the period of the address; one that cannot be read means this quarter."""
    try:
        return Period.parse(request.args.get("period", ""))
    except ValueError:
        return Period.of(clock.today())


def _until() -> date:
    """Return the day up to which the address counts; today for none and for a day to come."""
    asked = forms.office_day(request.args.get("until", ""))
    return min(asked or clock.today(), clock.today())


def _domain_listed() -> DutyDomain | NoDomain | None:
    """Return the domain of the address, NO_DOMAIN for what has none, None for any."""
    asked = request.args.get("domain")
    if asked == NO_DOMAIN.value:
        return NO_DOMAIN
    return db.session.scalar(select(DutyDomain).where(DutyDomain.code == asked)) if asked else None


def _page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    period, until, known = _period(), _until(), kinds_known(office)
    named = request.args.get("kind")
    kind = next((row for row in known if named in (row.code, row.name)), None)
    domain = _domain_listed()
    posts = posts_recorded_for(actor, office)
    own = owed(asked_of(actor.post_ids, actor.day), actor.day)
    return render_template(
        "duties/list.html",
        office=office,
        tabs=tabs(actor, office),
        period=period,
        until=until,
        last=min(until, period.last_day),
        own=own,
        counts=counted(office, period, until=until),
        page=recorded(office, period, until=until, kind=kind, domain=domain, after=request.args.get("after")),
        opening=opening_behind(office, period, until=until, kind=kind, domain=domain),
        kind=kind,
        domain=domain,
        domain_code=None if domain is None else domain.value if domain is NO_DOMAIN else domain.code,
        domain_name="" if domain is None else _("不限领域") if domain is NO_DOMAIN else domain.name,
        year=Period.parse(f"{period.year}Y"),
        kinds=kinds_offered(office, actor.day),
        posts=posts,
        domains=domains(),
        accepted=ACCEPTED,
        typed=_typed(posts, actor),
        refusal=refusal,
    )


def _typed(posts: list[Post], actor: Actor) -> dict[str, Any]:
    """Return what the form shows: what was sent, else today, once, and what the own post still owes."""
    if request.method == "POST":
        return dict(request.form)
    shown: dict[str, Any] = {"day": clock.today(), "count": 1, "post": posts[0].id if posts else ""}
    standing = _standing_duty(actor)
    if standing is not None:
        shown |= {"kind": standing.kind_id, "post": standing.post_id, "domain": standing.domain_id}
    return shown


def _standing_duty(actor: Actor) -> StandingDuty | None:
    """Return the standing duty the form was opened for, else the first of the own posts that is short."""
    own = owed(asked_of(actor.post_ids, actor.day), actor.day)
    wanted = request.args.get("for", "")
    named = [one.duty for one in own if str(one.duty.id) == wanted]
    short = [one.duty for one in own if one.short]
    return next(iter([*named, *short]), None)
