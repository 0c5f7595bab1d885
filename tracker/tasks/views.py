"""The ledger, the page of a task, its actions, and what waits for a person."""

from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from tracker import clock
from tracker.documents.accepting import ACCEPTED
from tracker.documents.models import Secrecy
from tracker.duties.owing import asked_of, owed
from tracker.organization.acting import Actor
from tracker.organization.kept import statements
from tracker.organization.known import Known
from tracker.organization.present import present_actor
from tracker.problems.words import KINSHIP_WORDS, LATER_STANDARD, SOURCE_WORDS, running_word
from tracker.refusals import OutOfDate, Refused
from tracker.tasks import story
from tracker.tasks.access import (
    Sight,
    find_task,
    held_up,
    is_in_circle,
    open_actions,
    open_papers,
    sight_of,
)
from tracker.tasks.again import again_tags
from tracker.tasks.conditions import publicity_lacking
from tracker.tasks.evidence import may_remove
from tracker.tasks.families import relatives
from tracker.tasks.fields import ActionForm
from tracker.tasks.forms import FORMS, carry_out
from tracker.tasks.handover import to_confirm
from tracker.tasks.hours import hours_of, hours_of_one
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.paper_kinds import PAPERS
from tracker.tasks.papers import papers_of
from tracker.tasks.parts import own_part
from tracker.tasks.queries import (
    page_parts,
    up_to,
)
from tracker.tasks.requests import waiting
from tracker.tasks.roles import roles
from tracker.tasks.states import Action, transition
from tracker.tasks.stepping import check, who_changed
from tracker.tasks.todo import Todo, count_decisions, numbers, todo
from tracker.tasks.told import told
from tracker.tasks.words import (
    ACTION_WORDS,
    REMEDY_WORDS,
    VERDICT_WORDS,
    WAITING_WORDS,
    decide_word,
    secrecy_word,
    state_word,
)
from tracker.web.errors import note_refusal
from tracker.web.filters import rest_day_said
from tracker.web.forms import text, whole_number
from tracker.web.incoming import plain_number
from tracker.web.redirects import own_path
from tracker.web.two_at_once import again, remembering

bp = Blueprint("tasks", __name__)
bp.add_app_template_filter(secrecy_word)
bp.add_app_template_filter(again_tags)
bp.add_app_template_filter(up_to)
bp.add_app_template_filter(running_word)

# The next steps of a task, in sight; what else may be done with it folds away beside them.
AHEAD = frozenset(
    {
        Action.REGISTER,
        Action.ASSIGN,
        Action.ACKNOWLEDGE,
        Action.DECLINE,
        Action.REPORT_PROGRESS,
        Action.REQUEST_CLOSURE,
        Action.CLOSE_AT_ONCE,
        Action.DECIDE_EXTENSION,
        Action.ENDORSE,
        Action.ACCEPT,
        Action.RETURN_FOR_REWORK,
        Action.REVIEW_LONG_TERM,
        Action.LOOK_BACK,
        Action.RESUME,
        Action.ANSWER_INSTRUCTION,
        Action.ANSWER_COORDINATION,
    }
)
REPORTS = (Action.REPORT_PROGRESS, Action.REQUEST_CLOSURE)  # the holder's words that the next form shows


@bp.context_processor
def _words() -> dict[str, Any]:
    """Give the pages of tasks the office's words for states and actions."""
    return {
        "state_word": state_word,
        "decide_word": decide_word,
        "ACTION_WORDS": ACTION_WORDS,
        "REMEDY_WORDS": REMEDY_WORDS,
        "VERDICT_WORDS": VERDICT_WORDS,
        "WAITING_WORDS": WAITING_WORDS,
        "told": told,
        "PAPERS": PAPERS,
        "SOURCE_WORDS": SOURCE_WORDS,
    }


@bp.get("/tasks/<int:task_id>")
def show(task_id: int) -> ResponseReturnValue:
    """One task with its history."""
    actor = present_actor()
    task = find_task(task_id, actor, *page_parts()) or abort(404)
    known, lights = Known([task.unit], actor.day), Lights.on(actor.day)
    g.known = known
    actions = open_actions(task, actor, known)
    return render_template(
        "tasks/task.html",
        task=task,
        light=lights.light(task),
        idle_days=lights.idle_days(task),
        hours=hours_of_one(task, actor),
        ahead=[FORMS[action.value] for action in actions if action in AHEAD],
        beside=[FORMS[action.value] for action in actions if action not in AHEAD],
        held_up=held_up(task, actor, known),
        steps=story.steps(task),
        who=story.responsibility(task, actor, known),
        origin=story.origin(task, actor),
        again=story.said_again(task, actor),
        merged_into=None if task.merged_into_id is None else find_task(task.merged_into_id, actor),
        relatives=relatives(task, present_sight(actor).seen),
        KINSHIP_WORDS=KINSHIP_WORDS,
        events=story.history(task),
        opens_marked=any(file.secrecy != Secrecy.OPEN for event in task.events for file in event.evidence)
        and is_in_circle(task, actor),
        turning=story.TURNING,
        may_remove=partial(may_remove, held=roles(task, actor, known)),
        has_files=any(not file.removed_at for event in task.events for file in event.evidence),
        waiting=waiting(task),
        papers=papers_of(task),
        papers_open=open_papers(task, actor, known),
        today=actor.day,
    )


@bp.get("/tasks/<int:task_id>/<action>")
def ask(task_id: int, action: str) -> ResponseReturnValue:
    """The form of one action."""
    actor = present_actor()
    task, form = _task_and_form(task_id, action, actor)
    try:
        check(task, form.action, actor)
    except OutOfDate as refusal:
        flash(refusal.message, "fix")
        return redirect(url_for("tasks.show", task_id=task.id))
    return remembering(_form_page(task, form))


@bp.post("/tasks/<int:task_id>/<action>")
def act(task_id: int, action: str) -> ResponseReturnValue:
    """Carry out one action; what was typed stays on the page when it is refused."""
    actor = present_actor()
    task, form = _task_and_form(task_id, action, actor)
    try:
        given = carry_out(task, form, by=actor, version=whole_number("version"))
    except Refused as refusal:
        note_refusal(refusal)
        page = partial(_form_page, task, form, refusal)
        return again(page, who_changed(task, plain_number(text("version")))), refusal.status
    flash(f"{form.done}{rest_day_said(given.get('deadline') or given.get('wanted'))}", "toast")
    return redirect(own_path(request.form.get("next"), url_for("tasks.show", task_id=task.id)))


@bp.get("/mine")
def mine() -> ResponseReturnValue:
    """What waits for the person: to sign first, then by deadline, then decisions."""
    actor = present_actor()
    waiting = present_todo(actor)
    return render_template(
        "tasks/mine.html",
        actor=actor,
        todo=waiting,
        lacking=publicity_lacking(
            [one.task for one in waiting.decisions if one.action == Action.ACCEPT], actor.day
        ),
        lights=Lights.on(actor.day),
        acknowledge=FORMS[Action.ACKNOWLEDGE.value],
        hours=hours_of([*waiting.to_sign, *waiting.running], actor),
        handovers=to_confirm(actor),
        owing=[one for one in owed(asked_of(actor.post_ids, actor.day), actor.day) if one.short],
    )


def present_sight(actor: Actor) -> Sight:
    """Return what the person of the request sees, computed once for the frame and the page."""
    if "sight" not in g:
        g.sight = statements(actor.mark, "sight", actor.reader, make=partial(sight_of, actor))
    found: Sight = g.sight
    return found


def present_todo(actor: Actor) -> Todo:
    """Return what waits for the person of the request, computed once for the frame and the page."""
    if "todo" not in g:
        g.todo = todo(actor, present_sight(actor).seen, known=g.get("known"))
    found: Todo = g.todo
    return found


def has_todo() -> bool:
    """Whether the page of the request has the list itself of what waits."""
    return "todo" in g


def present_numbers(actor: Actor) -> tuple[ColumnElement[Any], ...]:
    """Return as SQL what `present_count` has to know; nothing where the page has the list itself."""
    return () if has_todo() else numbers(actor, present_sight(actor).seen)


def present_count(actor: Actor, own: int = 0, undecided: bool = False) -> int:
    """Return how many wait for the person of the request: of the page's list, else by the numbers found."""
    if has_todo():
        return present_todo(actor).count
    return own + (count_decisions(actor, present_sight(actor).listed, g.get("known")) if undecided else 0)


def _task_and_form(task_id: int, action: str, actor: Actor) -> tuple[Task, ActionForm]:
    form = FORMS.get(action) or abort(404)
    return find_task(task_id, actor) or abort(404), form


def _form_page(task: Task, form: ActionForm, refusal: Refused | None = None, typed: bool = False) -> str:
    sent = request.form if typed else None
    reports = [event for event in task.events if event.action in REPORTS]
    in_circle = is_in_circle(task, present_actor())
    questions = form.questions(task)
    return render_template(
        "tasks/action.html",
        task=task,
        form=form,
        questions=questions,
        typed={
            row.name: (sent.getlist(row.name) if row.kind == "posts" else sent.get(row.name, ""))
            if sent is not None
            else row.initial(task)
            for row in questions
        },
        sent=sent or {},
        refusal=refusal,
        instead=FORMS[form.instead.value] if form.instead else None,
        own=own_part(task, present_actor()),
        still_possible=transition(task.state, form.action) is not None,
        light=Lights.on(clock.today()).light(task),
        hours=hours_of_one(task, present_actor()),
        last_report=reports[-1] if reports else None,
        waiting=[one for one in waiting(task) if form.action in story.ANSWERED_BY[one.kind]],
        files=[
            file
            for event in task.events
            if event.round_no == task.round_no
            for file in event.evidence
            if not file.removed_at and (in_circle or file.secrecy == Secrecy.OPEN)
        ],
        later_standard=LATER_STANDARD,
        accepted=ACCEPTED,
        next=own_path(request.values.get("next"), ""),
    )
