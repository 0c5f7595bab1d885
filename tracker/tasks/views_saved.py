"""The lists that people keep of the ledger: opened by a link, named, shared in the office, deleted."""

from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.tasks import saved
from tracker.tasks.columns import read_columns
from tracker.tasks.ledger_page import full_address, known_order
from tracker.tasks.models import SavedView
from tracker.tasks.queries import read_conditions
from tracker.tasks.saved import find_view, views_for
from tracker.web.errors import note_refusal
from tracker.web.forms import text, whole_number
from tracker.web.once import first_time
from tracker.web.two_at_once import again, remembering

bp = Blueprint("saved", __name__)


@bp.get("/tasks/views")
def listing() -> ResponseReturnValue:
    """The own lists, to be renamed, shared and deleted, and those that colleagues share."""
    return remembering(_listing(present_actor()))


@bp.get("/tasks/views/<key>")
def show(key: str) -> ResponseReturnValue:
    """Open a list in the ledger, whose address then says what it shows."""
    view = find_view(key, present_actor()) or abort(404)
    return redirect(url_for("tasks.show_ledger", **(view.address | {"view": view.key})))


@bp.post("/tasks/views")
def save() -> ResponseReturnValue:
    """Keep what the ledger shows now under a name."""
    actor = present_actor()
    try:
        if first_time():
            shared = request.form.get("shared") == "1"
            view = saved.save_view(by=actor, name=text("name"), address=_shown(actor), shared=shared)
            flash(_("已保存清单“%(name)s”。", name=view.name), "toast")
            return redirect(url_for("saved.show", key=view.key))
    except Refused as refusal:
        note_refusal(refusal)
        flash(refusal.message, "fix")
        return redirect(url_for("tasks.show_ledger", **_shown(actor), save=text("name")))
    return redirect(url_for("saved.listing"))


@bp.post("/tasks/views/<key>")
def change(key: str) -> ResponseReturnValue:
    """Rename or share a list, or let it show what the ledger shows now."""
    actor = present_actor()
    view = find_view(key, actor) or abort(404)
    version = whole_number("version")
    if request.form.get("replace") == "1":
        saved.replace_view(view, by=actor, address=_shown(actor), version=version)
        flash(_("清单“%(name)s”已更新。", name=view.name), "toast")
        return redirect(url_for("saved.show", key=key))
    try:
        shared = request.form.get("shared") == "1"
        saved.change_view(view, by=actor, name=text("name"), shared=shared, version=version)
    except Refused as refusal:
        note_refusal(refusal)
        return again(partial(_listing, actor, refusal, key), _("您在别处")), refusal.status
    flash(_("清单“%(name)s”已保存。", name=view.name), "toast")
    return redirect(url_for("saved.listing"))


@bp.post("/tasks/views/<key>/delete")
def delete(key: str) -> ResponseReturnValue:
    """Delete a list; no task is touched."""
    actor = present_actor()
    view = find_view(key, actor) or abort(404)
    saved.delete_view(view, by=actor, version=whole_number("version"))
    flash(_("已删除清单“%(name)s”，任务没有变化。", name=view.name), "toast")
    return redirect(url_for("saved.listing"))


def _shown(actor: Actor) -> dict[str, Any]:
    """Return the look at the ledger that a form sends along, without the day it was looked at."""
    sent = request.form
    columns = read_columns(sent.getlist("cols"))
    found = full_address(read_conditions(sent, actor), known_order(sent.get("sort", "")), columns, "")
    return {name: value for name, value in found.items() if name != "on"}


def _listing(actor: Actor, refusal: Refused | None = None, key: str = "", typed: bool = False) -> str:
    views = views_for(actor)
    return render_template(
        "tasks/views.html",
        own=[view for view in views if view.person_id == actor.person.id],
        shared=[view for view in views if view.person_id != actor.person.id],
        refusal=refusal,
        wrong=key,
        typed=typed,
        link=_link,
    )


def _link(view: SavedView) -> str:
    return url_for("saved.show", key=view.key, _external=True)
