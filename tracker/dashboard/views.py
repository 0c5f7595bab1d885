"""The overview of a leader, and the page of responsibilities."""

from dataclasses import replace

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.dashboard import overview
from tracker.dashboard.overview import Scope
from tracker.figures.catalogue import DUE_SOON, OVERDUE, PARTS, TOTAL
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Unit
from tracker.organization.present import present_actor
from tracker.settings.choices import chosen
from tracker.settings.keys import LONG_TERM_IN_BASE
from tracker.tasks.access import counted_for
from tracker.tasks.lights import Lights
from tracker.tasks.queries import periods_seen, read_conditions, unread
from tracker.tasks.views import present_sight, present_todo
from tracker.tasks.words import decide_word, decision_said

bp = Blueprint("dashboard", __name__)


@bp.get("/overview")
def show() -> ResponseReturnValue:
    """How everything stands, for those who oversee an office; unit, period and day stand in the address."""
    actor = present_actor()
    scope = _scope(actor)
    counted, done = overview.counts_of(scope), overview.acts_of(scope)
    whole, units = overview.units(scope, counted)
    posts = overview.posts(scope, counted, done)
    return render_template(
        "dashboard/overview.html",
        actor=actor,
        scope=scope,
        unread=unread(request.args, scope.conditions),
        todo=present_todo(actor),
        decide_word=decide_word,
        decision_said=decision_said,
        lights=scope.lights,
        worst=overview.worst(scope),
        whole=whole,
        units=units,
        posts=posts,
        acts=overview.acts(scope, done),
        periods=periods_seen(scope.seen),
        definitions=[(figure.label, figure.definition) for figure in (TOTAL, *PARTS, *overview.AGAIN)],
        overdue_url=scope.url(OVERDUE),
        due_soon_url=scope.url(DUE_SOON),
        unit_scale=max((row.counts["all"] for row in units), default=0),
        post_scale=max((max(row.business.all, row.second.all) for row in posts), default=0),
        families_url=scope.families_url,
        here=url_for("dashboard.show"),
    )


def _scope(actor: Actor) -> Scope:
    """Return what the address asks for, within what the actor oversees; 404 for anybody else."""
    offices = actor.oversees
    if not offices:
        abort(404)
    conditions = replace(read_conditions(request.args, actor), state="all", word="", only=False)
    unit = conditions.unit if request.args.get("unit") else offices[0]
    if unit is None or not any(_lies_below(unit, office) for office in offices):
        abort(404)
    conditions = replace(conditions, unit=unit)
    g.known = Known([unit], actor.day)
    return Scope(
        unit=unit,
        conditions=conditions,
        seen=present_sight(actor).seen,
        counted=counted_for(actor),
        lights=Lights.on(conditions.on),
        known=g.known if conditions.on == actor.day else Known([unit], conditions.on),
        long_term_in_base=chosen(LONG_TERM_IN_BASE, unit, conditions.on),
    )


def _lies_below(unit: Unit, office: Unit) -> bool:
    return unit.path.startswith(office.path)
