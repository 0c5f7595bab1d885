"""Evidence on the web: a file, a picture as it looks, all of a task as one archive, and its removal."""

from contextlib import suppress

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker.documents import store
from tracker.documents.page_picture import NoPictureError, PagePicture
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import OutOfDate, Refused
from tracker.reports.reading.sandbox import ReaderStoppedError, draw_in_child
from tracker.tasks.access import evidence_visible_to, find_task
from tracker.tasks.evidence import remove, require_removal, together
from tracker.tasks.models import Evidence, Task
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.forms import text

bp = Blueprint("evidence", __name__)

PDF = "application/pdf"


@bp.get("/evidence/<int:evidence_id>")
def download(evidence_id: int) -> ResponseReturnValue:
    """Hand out a file of evidence to whoever may open it; the trail notes it. `look`: as it looks."""
    found = _found(evidence_id, present_actor())
    return given_out(
        found.name,
        found.media_type,
        store.content(found.file),
        action="evidence.download",
        subject=f"evidence:{evidence_id}",
        in_page=request.args.get("look") == "1",
    )


@bp.get("/evidence/<int:evidence_id>/pages")
def look(evidence_id: int) -> ResponseReturnValue:
    """A page of a PDF, looked at without opening it: `page` says which, from 1."""
    found = _found(evidence_id, present_actor())
    number = request.args.get("page", 1, type=int)
    drawn = _drawn(found, number)
    return render_template("tasks/look.html", file=found, number=number, pages=drawn.pages if drawn else 0)


@bp.get("/evidence/<int:evidence_id>/pages/<int:number>.png")
def page_picture(evidence_id: int, number: int) -> ResponseReturnValue:
    """Hand out a page of a PDF as a picture to whoever may open the file; the trail notes it."""
    found = _found(evidence_id, present_actor())
    drawn = _drawn(found, number) or abort(404)
    return given_out(
        f"{found.name}-{number}.png",
        "image/png",
        drawn.png,
        action="evidence.download",
        subject=f"evidence:{evidence_id}",
        in_page=True,
        page=number,
    )


def _drawn(found: Evidence, number: int) -> PagePicture | None:
    """Draw a page of a PDF; None where it is no PDF, has no such page or takes too long."""
    if found.media_type == PDF:
        with suppress(NoPictureError, ReaderStoppedError):
            return draw_in_child(store.content(found.file), number)
    return None


@bp.get("/tasks/<int:task_id>/evidence.zip")
def download_all(task_id: int) -> ResponseReturnValue:
    """Hand out everything of a task that the reader may open, as one archive."""
    actor = present_actor()
    task = find_task(task_id, actor) or abort(404)
    files = db.session.scalars(
        select(Evidence)
        .join(Task)
        .where(Evidence.task_id == task_id, Evidence.removed_at.is_(None), evidence_visible_to(actor))
        .order_by(Evidence.id)
    ).all()
    try:
        packed = together(files)
    except Refused as refusal:
        flash(refusal.message, "fix")
        return redirect(url_for("tasks.show", task_id=task_id))
    return given_out(
        f"{task.short_no}佐证材料.zip",
        "application/zip",
        packed,
        action="evidence.download_all",
        subject=f"task:{task_id}",
        made_here=True,
        count=len(files),
    )


@bp.get("/evidence/<int:evidence_id>/remove")
def ask(evidence_id: int) -> ResponseReturnValue:
    """The form that asks why a file is removed."""
    actor = present_actor()
    found = _found(evidence_id, actor)
    try:
        require_removal(found, actor)
    except OutOfDate as refusal:
        flash(refusal.message, "fix")
        return redirect(url_for("tasks.show", task_id=found.task_id))
    return render_template("tasks/remove_evidence.html", file=found, reason="", error="")


@bp.post("/evidence/<int:evidence_id>/remove")
def take_out(evidence_id: int) -> ResponseReturnValue:
    """Remove a file of evidence for a reason."""
    found = _found(evidence_id, present_actor())
    try:
        remove(found, by=present_actor(), reason=text("reason"))
    except OutOfDate as refusal:
        flash(refusal.message, "fix")
        return redirect(url_for("tasks.show", task_id=found.task_id))
    except Refused as refusal:
        note_refusal(refusal)
        page = render_template(
            "tasks/remove_evidence.html", file=found, reason=text("reason"), error=refusal.message
        )
        return page, refusal.status
    flash(_("已移除，名称、理由和经手人留在办理经过里。"), "toast")
    return redirect(url_for("tasks.show", task_id=found.task_id))


def _found(evidence_id: int, actor: Actor) -> Evidence:
    query = select(Evidence).join(Task).where(Evidence.id == evidence_id, Evidence.removed_at.is_(None))
    return db.session.scalar(query.where(evidence_visible_to(actor))) or abort(404)
