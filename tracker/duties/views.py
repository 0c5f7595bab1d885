"""The page of standing duties: what was done this period, and the form that records it."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.duties.models import Act, ActKind
from tracker.duties.queries import counted, kinds, posts_recorded_for, recorded
from tracker.duties.recording import record_act
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.present import present_actor
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.web import forms, once
from tracker.web.errors import note_refusal

bp = Blueprint("duties", __name__)


@bp.get("/duties")
def listing() -> ResponseReturnValue:
    """Counts by kind of this period and the year, the acts, and the form."""
    actor = present_actor()
    return _page(actor, _office(actor))


@bp.post("/duties")
def add() -> ResponseReturnValue:
    """Record an act."""
    actor = present_actor()
    office = _office(actor)
    try:
        if not once.first_time():
            flash(_("这张表单已经登记过，没有重复登记。"))
            return redirect(url_for("duties.listing"))
        act = _record(actor, office)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(actor, office, refusal), refusal.status
    said = f"{act.kind.name}{act.count}{act.kind.counted_in}"
    flash(_("已登记：%(what)s（%(post)s）。", what=said, post=act.post.title))
    return redirect(url_for("duties.listing", period=Period.of(act.day)))


def _record(actor: Actor, office: Unit) -> Act:
    return record_act(
        _chosen(kinds(), "kind", _("选择事项种类。")),
        _chosen(posts_recorded_for(actor, office), "post", _("选择岗位；只能选本人岗位，或由经办人员代选。")),
        by=actor,
        day=forms.day("day") or clock.today(),
        count=_number("count", 1),
        participants=forms.whole_number("participants"),
        domain=_domain(),
        note=forms.text("note"),
    )


def _number(name: str, empty: int) -> int:
    sent = forms.whole_number(name)
    return empty if sent is None else sent


def _chosen(offered: Any, name: str, message: str) -> Any:
    """Return the offered row whose id was sent. Raises Refused for any other."""
    for row in offered:
        if str(row.id) == forms.text(name):
            return row
    raise Refused(message, field=name)


def _domain() -> DutyDomain | None:
    return _chosen(_domains(), "domain", _("没有这个领域，请重新选择。")) if forms.text("domain") else None


def _domains() -> list[DutyDomain]:
    return list(db.session.scalars(select(DutyDomain).order_by(DutyDomain.id)))


def _office(actor: Actor) -> Unit:
    if actor.office is None:
        abort(404)
    return actor.office


def _period() -> Period:
    """Return the period of the address; one that cannot be read means this quarter."""
    try:
        return Period.parse(request.args.get("period", ""))
    except ValueError:
        return Period.of(clock.today())


def _kind() -> ActKind | None:
    named = request.args.get("kind")
    return next((kind for kind in kinds() if named in (kind.code, kind.name)), None)


def _page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    period, kind = _period(), _kind()
    posts: list[Post] = posts_recorded_for(actor, office)
    return render_template(
        "duties/list.html",
        office=office,
        period=period,
        counts=counted(office, period, until=clock.today()),
        page=recorded(office, period, kind=kind, after=request.args.get("after")),
        kind=kind,
        kinds=kinds(),
        posts=posts,
        domains=_domains(),
        typed=_typed(posts),
        refusal=refusal,
    )


def _typed(posts: list[Post]) -> dict[str, str | int | date]:
    """Return what the form shows: what was sent, else today, once, the own post."""
    if request.method == "POST":
        return dict(request.form)
    return {"day": clock.today(), "count": 1, "post": posts[0].id if posts else ""}
