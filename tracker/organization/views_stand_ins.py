"""The page of stand-ins (AB岗): who is away, who acts meanwhile, and the form that says so."""

from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, joinedload

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Holding, Person, Post, StandIn, Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import below, by_standing, lasts_on
from tracker.organization.standing_in import (
    BothAway,
    days_of,
    end_stand_in,
    is_running,
    may_enter,
    may_override,
    note_briefing,
    stand_in,
    title_of,
)
from tracker.refusals import Refused
from tracker.web import forms, once
from tracker.web.errors import note_refusal
from tracker.web.incoming import plain_number

bp = Blueprint("stand_ins", __name__)

MOST_PAST = 30  # stand-ins shown that are over; the trail has all of them


@bp.get("/organization/stand-ins")
def listing() -> ResponseReturnValue:
    """Who is away today and next, and whom one stands in for."""
    actor = present_actor()
    return _page(actor, _office(actor))


@bp.post("/organization/stand-ins")
def enter() -> ResponseReturnValue:
    """Enter an absence and who stands in."""
    actor = present_actor()
    office = _office(actor)
    try:
        if not once.first_time():
            flash(_("这张表单已经登记过，没有重复登记。"))
            return redirect(url_for("stand_ins.listing"))
        row = _entered(actor, office)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(actor, office, refusal), refusal.status
    said = _("已登记：%(days)s由%(deputy)s代理%(name)s，到期自动结束。",
             days=days_of(row), deputy=row.deputy.name, name=row.principal.name)  # fmt: skip
    flash(said)
    return redirect(url_for("stand_ins.listing"))


@bp.post("/organization/stand-ins/<int:stand_in_id>/end")
def end(stand_in_id: int) -> ResponseReturnValue:
    """End a stand-in: the principal is back."""
    actor = present_actor()
    row = _find(stand_in_id, actor) or abort(404)
    end_stand_in(row, by=actor)
    flash(_("%(name)s已回岗，代理从今天起结束。", name=row.principal.name))
    return redirect(url_for("stand_ins.listing"))


@bp.post("/organization/stand-ins/<int:stand_in_id>/briefed")
def briefed(stand_in_id: int) -> ResponseReturnValue:
    """Note that what is pending was handed over."""
    actor = present_actor()
    row = _find(stand_in_id, actor) or abort(404)
    note_briefing(row, by=actor)
    flash(_("已记下：工作已交接。"))
    return redirect(url_for("stand_ins.listing"))


def _office(actor: Actor) -> Unit:
    return actor.office or abort(404)


def _find(stand_in_id: int, actor: Actor) -> StandIn | None:
    """Return a stand-in of the reader's own office, or None: a foreign one looks as if it did not exist."""
    return db.session.scalar(_of_office(_office(actor)).where(StandIn.id == stand_in_id))


def _of_office(office: Unit) -> Select[StandIn]:
    """Return the query for the stand-ins of an office's people, those of its departments and villages too."""
    post, unit = aliased(Post), aliased(Unit)
    works_here = (
        exists()
        .where(Holding.person_id == StandIn.principal_id, Holding.post_id == post.id)
        .where(post.unit_id == unit.id, unit.path.startswith(office.path, autoescape=True))
    )
    return select(StandIn).where(works_here).options(
        joinedload(StandIn.principal), joinedload(StandIn.deputy), joinedload(StandIn.post),
        joinedload(StandIn.recorded_by), joinedload(StandIn.overridden_by),
    )  # fmt: skip


def _entered(actor: Actor, office: Unit) -> StandIn:
    people = {holding.person.id: holding.person for holding in _holdings(office, actor)}
    post = plain_number(forms.text("post"))
    return stand_in(
        _chosen(people, "principal") if forms.text("principal") else actor.person,
        _chosen(people, "deputy"),
        by=actor,
        from_day=_required_day("from_day", _("填写开始日期。")),
        to_day=_required_day("to_day", _("填写结束日期，代理到期自动结束。")),
        post=db.session.get(Post, post) if post else None,
        briefed=bool(forms.text("briefed")),
        note=forms.text("note"),
        override_reason=forms.text("override_reason"),
    )


def _chosen(people: dict[int, Person], name: str) -> Person:
    found = people.get(plain_number(forms.text(name)))
    if found is None:
        raise Refused(_("选择谁离岗、由谁代理；只能选本单位在岗人员。"), field=name)
    return found


def _required_day(name: str, message: str) -> date:
    found = forms.day(name)
    if found is None:
        raise Refused(message, field=name)
    return found


def _holdings(office: Unit, actor: Actor) -> list[Holding]:
    """Return who holds which post of an office today, leaders first."""
    return list(
        db.session.scalars(
            select(Holding)
            .join(Post, Holding.post_id == Post.id)
            .join(Unit, Post.unit_id == Unit.id)
            .where(below(office), lasts_on(actor.day))
            .options(joinedload(Holding.person), joinedload(Holding.post))
            .order_by(*by_standing())
        )
    )


def _page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    holdings = _holdings(office, actor)
    rows = db.session.scalars(_of_office(office).order_by(StandIn.from_day.desc(), StandIn.id.desc()))
    found = rows.all()
    running = [row for row in found if is_running(row, actor.day)]
    coming = [row for row in reversed(found) if row.from_day > actor.day and row.ended_on is None]
    over = [row for row in found if row not in running and row not in coming]
    return render_template(
        "organization/stand_ins.html",
        office=office,
        actor=actor,
        running=running,
        coming=coming,
        over=over[:MOST_PAST],
        holdings=holdings,
        enters_for_all=may_enter(actor, Person(), office) or may_override(actor, office),
        may_enter=lambda row: row.deputy_id == actor.person.id or may_enter(actor, row.principal, office),
        both_away=isinstance(refusal, BothAway),
        overrides=may_override(actor, office),
        typed=dict(request.form) if request.method == "POST" else {"from_day": actor.day},
        refusal=refusal,
        days_of=days_of,
        title_of=title_of,
    )
