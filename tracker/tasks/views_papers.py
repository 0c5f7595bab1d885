"""The papers of a task: the form that makes one, and handing it out."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.documents import store
from tracker.documents.paper import MEDIA_TYPE
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import NotAllowed, Refused
from tracker.tasks.access import find_paper, find_task, may_make_paper
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.paper_kinds import PAPERS
from tracker.tasks.paper_matter import Asked, matter_of
from tracker.tasks.paper_models import PaperKind
from tracker.tasks.paper_wording import demand_for, reason_for
from tracker.tasks.papers import file_name, make_paper
from tracker.web import forms, once
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.workdays import shipped

bp = Blueprint("tasks_papers", __name__)

REPLY_WITHIN = 3  # working days, domain.md 5.4


@bp.get("/tasks/<int:task_id>/papers/<kind>")
def ask(task_id: int, kind: str) -> ResponseReturnValue:
    """The form of one paper, filled in as far as the task's record goes."""
    actor = present_actor()
    task, paper = _task_and_kind(task_id, kind, actor)
    if lacking := PAPERS[paper].lacks(task):
        flash(lacking, "fix")
        return redirect(url_for("tasks.show", task_id=task.id))
    return _form_page(task, paper, actor)


@bp.post("/tasks/<int:task_id>/papers/<kind>")
def make(task_id: int, kind: str) -> ResponseReturnValue:
    """Make a paper; what was typed stays on the page when it is refused."""
    actor = present_actor()
    task, paper = _task_and_kind(task_id, kind, actor)
    back = url_for("tasks.show", task_id=task.id, _anchor="papers")
    try:
        if not once.first_time():
            flash(_("这份公文已经制发，没有重复编号。"))
            return redirect(back)
        again = forms.text("again") == "1"
        made, is_new = make_paper(task, paper, by=actor, asked=_asked(paper), again=again)
    except Refused as refusal:
        note_refusal(refusal)
        return _form_page(task, paper, actor, refusal), refusal.status
    number = made.document_number
    if is_new:
        flash(_("已制发 %(number)s，可以下载。", number=number), "toast")
    else:
        flash(_("内容与 %(number)s相同，没有另编新号；确需另编的，在表单中勾选。", number=number), "fix")
    return redirect(back)


@bp.get("/task-papers/<int:paper_id>")
def download(paper_id: int) -> ResponseReturnValue:
    """A paper as it was made."""
    paper = find_paper(paper_id, present_actor()) or abort(404)
    return given_out(
        file_name(paper),
        MEDIA_TYPE,
        store.content(paper.file),
        action="task_paper.download",
        subject=f"task_paper:{paper.id}",
        made_here=True,
    )


def _task_and_kind(task_id: int, name: str, actor: Actor) -> tuple[Task, PaperKind]:
    """Return a task the actor sees and a paper the actor may make of it; 404, or 403 for the paper alone."""
    kind = next((one for one in PaperKind if one == name), None) or abort(404)
    task = find_task(task_id, actor) or abort(404)
    if not may_make_paper(kind, task, actor):
        raise NotAllowed(_("%(paper)s由经办、台账管理人员或相应岗位制发。", paper=_(PAPERS[kind].name)))
    return task, kind


def _asked(kind: PaperKind) -> Asked:
    """Return what was typed, as far as the paper asks for it."""
    asks = PAPERS[kind].asks
    return Asked(
        reason=forms.text("reason") if "reason" in asks else "",
        demand=forms.text("demand") if "demand" in asks else "",
        reply_by=forms.day("reply_by") if "reply_by" in asks else None,
    )


def _form_page(task: Task, kind: PaperKind, actor: Actor, refusal: Refused | None = None) -> str:
    matter = matter_of(task, actor.day)
    typed = {
        "reason": reason_for(kind, matter),
        "demand": demand_for(kind, matter),
        "reply_by": shipped().add_workdays(actor.day, REPLY_WITHIN),
    }
    return render_template(
        "tasks/paper.html",
        task=task,
        light=Lights.on(actor.day).light(task),
        kind=kind,
        rule=PAPERS[kind],
        typed=typed if request.method == "GET" else request.form,
        refusal=refusal,
    )
