"""The pages on which the ledger keeper keeps what is asked of posts, kinds of act and opening figures."""

from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.duties import asking
from tracker.duties.access import enters_opening_figures, find_standing_duty_kept
from tracker.duties.asking import Asked
from tracker.duties.kinds import COUNTED_IN, add_kind, end_kind, find_kind_known, kinds_known, kinds_offered
from tracker.duties.models import Every, StandingDuty
from tracker.duties.opening import (
    Before,
    enter_opening_figure,
    find_opening_figure,
    opening_figures,
    remove_opening_figure,
)
from tracker.duties.owing import asked_in, owed
from tracker.duties.views import bp as bp
from tracker.duties.views import chosen, chosen_domain, domains, number, office_of_actor, tabs
from tracker.duties.words import EVERY_WORDS, every_word
from tracker.extensions import db
from tracker.organization.access import keeps
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import posts_of_office
from tracker.refusals import Refused
from tracker.web import forms, once
from tracker.web.errors import note_refusal
from tracker.web.two_at_once import again, remembering, require_as_shown


@bp.get("/duties/asked")
def asked() -> ResponseReturnValue:
    """What is asked of the posts of the office, and how far it is met; the keeper enters it here."""
    actor = present_actor()
    return _asked_page(actor, office_of_actor(actor))


@bp.post("/duties/asked")
def ask() -> ResponseReturnValue:
    """Ask a post for so many acts of a kind."""
    actor = present_actor()
    office = office_of_actor(actor) if keeps(actor, office_of_actor(actor)) else abort(404)
    try:
        if once.first_time():
            _ask(actor, office)
    except Refused as refusal:
        note_refusal(refusal)
        return _asked_page(actor, office, refusal), refusal.status
    flash(_("已登记履责要求。"))
    return redirect(url_for("duties.asked"))


@bp.get("/duties/asked/<int:duty_id>")
def asked_one(duty_id: int) -> ResponseReturnValue:
    """The form that changes or ends what is asked."""
    standing = find_standing_duty_kept(duty_id, present_actor()) or abort(404)
    return remembering(_asked_one_page(standing))


@bp.post("/duties/asked/<int:duty_id>")
def change_asked(duty_id: int) -> ResponseReturnValue:
    """Ask for something else from a day on."""
    actor = present_actor()
    standing = find_standing_duty_kept(duty_id, actor) or abort(404)
    try:
        db.session.refresh(standing, with_for_update={"of": StandingDuty})
        require_as_shown(_asked_one_page(standing))
        asking.change(standing, _sent(), by=actor, from_day=forms.day("from_day") or clock.today())
    except Refused as refusal:
        return _asked_one_refused(duty_id, actor, refusal)
    flash(_("已变更履责要求，原要求保留备查。"))
    return redirect(url_for("duties.asked"))


@bp.post("/duties/asked/<int:duty_id>/end")
def end_asked(duty_id: int) -> ResponseReturnValue:
    """Ask no longer after a day."""
    actor = present_actor()
    standing = find_standing_duty_kept(duty_id, actor) or abort(404)
    try:
        asking.end(standing, by=actor, last_day=forms.day("last_day") or clock.today())
    except Refused as refusal:
        return _asked_one_refused(duty_id, actor, refusal)
    flash(_("已终止履责要求，已登记的履责照常计数。"))
    return redirect(url_for("duties.asked"))


@bp.get("/duties/kinds")
def show_kinds() -> ResponseReturnValue:
    """The kinds of act of the office."""
    actor = present_actor()
    return _kinds_page(actor, office_of_actor(actor))


@bp.post("/duties/kinds")
def new_kind() -> ResponseReturnValue:
    """Add an office's own kind."""
    actor = present_actor()
    office = office_of_actor(actor) if keeps(actor, office_of_actor(actor)) else abort(404)
    try:
        if once.first_time():
            add_kind(office, by=actor, name=forms.text("name"), counted_in=forms.text("counted_in"))
    except Refused as refusal:
        note_refusal(refusal)
        return _kinds_page(actor, office, refusal), refusal.status
    flash(_("已增加事项种类。"))
    return redirect(url_for("duties.show_kinds"))


@bp.post("/duties/kinds/<int:kind_id>/end")
def stop_kind(kind_id: int) -> ResponseReturnValue:
    """Offer a kind of the office no longer."""
    actor = present_actor()
    office = office_of_actor(actor)
    kind = find_kind_known(kind_id, actor) if keeps(actor, office) else None
    try:
        end_kind(kind or abort(404), by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        return _kinds_page(actor, office, refusal), refusal.status
    flash(_("已停用，今天以后不再选用，已登记的照常计数。"))
    return redirect(url_for("duties.show_kinds"))


@bp.get("/duties/opening")
def show_opening() -> ResponseReturnValue:
    """The opening figures of the office."""
    actor = present_actor()
    return _opening_page(actor, _office_of_figures(actor))


@bp.post("/duties/opening")
def enter_opening() -> ResponseReturnValue:
    """Enter an opening figure, or correct the one of that year, kind and domain."""
    actor = present_actor()
    office = _office_of_figures(actor)
    try:
        if once.first_time():
            _enter_opening(actor, office)
    except Refused as refusal:
        note_refusal(refusal)
        return _opening_page(actor, office, refusal), refusal.status
    flash(_("已登记期初数，计入今年以来的次数。"))
    return redirect(url_for("duties.show_opening"))


@bp.post("/duties/opening/<int:figure_id>/remove")
def remove_opening(figure_id: int) -> ResponseReturnValue:
    """Take an opening figure out."""
    actor = present_actor()
    office = _office_of_figures(actor)
    remove_opening_figure(find_opening_figure(figure_id, office) or abort(404), office, by=actor)
    flash(_("已删除期初数，操作已记入审计。"))
    return redirect(url_for("duties.show_opening"))


def _office_of_figures(actor: Actor) -> Unit:
    office = office_of_actor(actor)
    return office if enters_opening_figures(actor, office) else abort(404)


def _ask(actor: Actor, office: Unit) -> StandingDuty:
    post = chosen(posts_of_office(office), "post", _("选择岗位。"))
    domain = chosen_domain()
    if domain is None:
        raise Refused(_("选择领域。"), field="domain")
    own = select(Duty).where(Duty.post_id == post.id, Duty.domain_id == domain.id, Duty.ended_on.is_(None))
    return asking.ask(
        post,
        chosen(kinds_offered(office, actor.day), "kind", _("选择事项种类。")),
        _sent(),
        by=actor,
        domain=domain,
        duty=db.session.scalars(own.order_by(Duty.id)).first(),
        from_day=forms.day("from_day") or clock.today(),
    )


def _sent() -> Asked:
    try:
        every = Every(forms.text("every"))
    except ValueError:
        raise Refused(_("选择每月、每季度、每半年或每年。"), field="every") from None
    return Asked(number("times", 0), every, forms.text("source"))


def _enter_opening(actor: Actor, office: Unit) -> None:
    kind = chosen(kinds_known(office), "kind", _("选择事项种类。"))
    until = forms.day("until_day")
    if until is None:
        raise Refused(_("填写截止日期，期初数计到这一天。"), field="until_day")
    before = Before(number("count", 0), until, forms.text("source"))
    enter_opening_figure(office, kind, before, by=actor, domain=chosen_domain())


def _asked_page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    return render_template(
        "duties/asked.html",
        office=office,
        rows=owed(asked_in(office, actor.day), actor.day),
        keeps=keeps(actor, office),
        tabs=tabs(actor, office),
        posts=posts_of_office(office),
        kinds=kinds_offered(office, actor.day),
        domains=domains(),
        spans=[(every.value, every_word(every)) for every in EVERY_WORDS],
        typed=request.form or {"times": 1, "every": Every.QUARTER.value, "from_day": clock.today()},
        refusal=refusal,
    )


def _asked_one_page(standing: StandingDuty, refusal: Refused | None = None, typed: bool = False) -> str:
    return render_template(
        "duties/asked_one.html",
        standing=standing,
        spans=[(every.value, every_word(every)) for every in EVERY_WORDS],
        typed=request.form
        if typed
        else {
            "times": standing.times,
            "every": standing.every.value,
            "source": standing.source,
            "from_day": clock.today(),
            "last_day": clock.today(),
        },
        refusal=refusal,
    )


def _asked_one_refused(duty_id: int, actor: Actor, refusal: Refused) -> ResponseReturnValue:
    note_refusal(refusal)
    standing = find_standing_duty_kept(duty_id, actor) or abort(404)
    return again(partial(_asked_one_page, standing, refusal)), refusal.status


def _kinds_page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    return render_template(
        "duties/kinds.html",
        office=office,
        kinds=kinds_known(office),
        keeps=keeps(actor, office),
        tabs=tabs(actor, office),
        units=[(unit, _(unit)) for unit in COUNTED_IN],
        typed=request.form,
        refusal=refusal,
    )


def _opening_page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    return render_template(
        "duties/opening.html",
        office=office,
        figures=opening_figures([office]),
        tabs=tabs(actor, office),
        kinds=kinds_known(office),
        domains=domains(),
        typed=request.form,
        refusal=refusal,
    )
