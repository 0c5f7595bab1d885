"""One act on many tasks of the ledger: look at what would happen, carry out, read what became of each."""

import logging
from collections.abc import Iterator, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tracker import clock
from tracker.database import Busy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.tasks import together
from tracker.tasks.access import visible_to
from tracker.tasks.asked_for import asked_for
from tracker.tasks.ledger_page import full_address, known_order
from tracker.tasks.models import JointAct, Task
from tracker.tasks.queries import read_conditions
from tracker.tasks.together import ACTS, Together
from tracker.tasks.words import ACTION_WORDS
from tracker.web.errors import note_refusal
from tracker.web.incoming import plain_number
from tracker.web.once import FIELD, first_time

bp = Blueprint("together", __name__)
log = logging.getLogger(__name__)


@bp.get("/tasks/together")
def ask() -> ResponseReturnValue:
    """What an act would do to each task that was chosen, and what it asks for."""
    actor = present_actor()
    act = _act(request.args.get("act", ""), actor)
    tasks = together.chosen(asked_for(actor), visible_to(actor))
    if not tasks:
        if request.args.getlist("pick"):
            abort(404)  # all of them foreign or none at all
        flash(_("没有选中任务。先勾选，或选“本页全部”“条件内全部”。"), "fix")
        return redirect(_back(actor))
    return _page(act, tasks, actor, back=_back(actor))


@bp.post("/tasks/together/<action>")
def carry_out(action: str) -> ResponseReturnValue:
    """Carry the act out on the tasks that stayed ticked, once however often the form is sent."""
    actor = present_actor()
    act = _act(action, actor)
    rows = _ticked()
    if not rows:
        raise Refused(_("没有勾选任务，没有办理。返回上一页勾选后再办理。"))
    tasks = together.chosen(Task.id.in_([task_id for task_id, _version in rows]), visible_to(actor))
    if not tasks:
        abort(404)
    try:
        given = act.read(tasks[0])
    except Refused as refusal:
        note_refusal(refusal)
        return _page(act, tasks, actor, refusal=refusal), refusal.status
    key = request.form.get(FIELD, "")
    if first_time():
        run = JointAct(key=key, person=actor.person, action=act.action, outcomes={}, made_at=clock.now())
        db.session.add(run)
        _commit_in_turn(together.carry_out(run, act, rows, given, by=actor))
    return redirect(url_for("together.show", key=key))


@bp.get("/tasks/together/<key>")
def show(key: str) -> ResponseReturnValue:
    """What became of each task; for the person who did it alone."""
    actor = present_actor()
    mine = and_(JointAct.key == key, JointAct.person_id == actor.person.id)
    run = db.session.scalar(select(JointAct).where(mine)) or abort(404)
    tasks = together.chosen(Task.id.in_([int(task_id) for task_id in run.outcomes]), visible_to(actor))
    return render_template(
        "tasks/together_done.html",
        run=run,
        word=_(ACTION_WORDS[run.action]),
        done=[task for task in tasks if not run.outcomes[str(task.id)]],
        left=[(task, run.outcomes[str(task.id)]) for task in tasks if run.outcomes[str(task.id)]],
    )


def _act(name: str, actor: Actor) -> Together:
    """Return an act by its name, for somebody who oversees an office; anybody else finds nothing here."""
    act = ACTS.get(name)
    return act if act is not None and actor.standing.oversees else abort(404)


def _commit_in_turn(parts: Iterator[None]) -> None:
    """Commit each part of an act on many: each task is an act of its own; others who wait to write come in.

    Where the database cannot go on after some part, that part stands and the page of results tells the rest.
    """
    committed = False
    try:
        for _part in parts:
            db.session.commit()
            committed = True
    except (Busy, DBAPIError, NoConnectionFree):
        db.session.rollback()
        if not committed:
            raise
        log.warning("an act on many tasks was cut short", exc_info=True)


def _ticked() -> list[tuple[int, int]]:
    """Return the tasks that the form sends, each with the version that was looked at."""
    pairs = (sent.partition("-") for sent in request.form.getlist("row")[: together.MOST])
    return [(plain_number(task_id), plain_number(version)) for task_id, _dash, version in pairs]


def _back(actor: Actor) -> str:
    conditions = read_conditions(request.args, actor)
    order = known_order(request.args.get("sort", ""))
    return url_for("tasks.show_ledger", **full_address(conditions, order, (), ""))


def _page(
    act: Together, tasks: Sequence[Task], actor: Actor, *, refusal: Refused | None = None, back: str = ""
) -> str:
    rows = together.prospects(act, tasks, actor)
    able = [row for row in rows if not row.hindered]
    questions = act.questions(able[0].task) if able else []
    return render_template(
        "tasks/together.html",
        act=act,
        word=_(ACTION_WORDS[act.action]),
        rows=rows,
        able=len(able),
        questions=questions,
        asked=able[0].task if able else None,
        typed={row.name: request.form.get(row.name, "") for row in questions},
        refusal=refusal,
        most=len(tasks) == together.MOST,
        back=back or url_for("tasks.show_ledger"),
    )
