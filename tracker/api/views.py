"""The programming interface: the ledger and its acts as JSON, under the session of whoever asks.

GET /api/v1/tasks?period=2025Q3&state=overdue&unit=QS&after=CURSOR
GET /api/v1/tasks/ID
POST /api/v1/tasks/ID/ACTION

Filters: every condition of the ledger's address (unit, only, post, domain, duty, period, state, q,
on). `state` is a group (open, on_plan, due_soon, overdue, closed, long_term, waiting) or a state.
The answer: {"as_of": day, "tasks": [...], "after": cursor of the next page or null}. Each task:

    id, uuid, case_no   keys; the address of the page is /tasks/<id>
    title, measure, standard, domain (code), period (code), unit (code)
    state               draft, registered, assigned, in_progress, closure_requested, endorsed, closed …
    level               0–4: on plan, due soon, due very soon, overdue, long overdue; computed, never stored
    secrecy             open, internal, work_secret; marked tasks are given to their circle alone
    remedy              immediate, time_limited, long_term
    lead_post           {"id", "title", "unit" (code)} or null
    first_deadline, deadline, review_on, closed_on, last_progress_on   days, or null
    percent             0–100 or null
    verdict             excellent, good, passed or null
    version             of the row, to be sent back with an act

One task: {"task": {...}, "csrf_token", "actions": [{"action", "fields": [{"name", "kind", "optional"}]}]},
the actions that the reader may carry out now. An act sends those fields as a form (files as multipart), with
`version` and `csrf_token`; docs/typing.md says what each is for. It answers {"task": {...}}.

Errors: {"error": {"code", "message"}}; 401 without a session, 404 for a cursor of another list.
"""

from datetime import date
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from tracker.organization.present import present_actor
from tracker.tasks.access import find_task, open_actions, sight_of
from tracker.tasks.again import is_rebound
from tracker.tasks.forms import FORMS, carry_out
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import ledger, read_conditions
from tracker.web.forms import whole_number

bp = Blueprint("api", __name__, url_prefix="/api/v1")

PAGE = 100


@bp.get("/tasks")
def tasks() -> ResponseReturnValue:
    """One page of the tasks the reader may see, in the order of their numbers."""
    actor = present_actor()
    conditions = read_conditions(request.args, actor)
    seen, lights = sight_of(actor).listed, Lights.on(conditions.on)
    pages = ledger(conditions, seen, lights, order="number", size=PAGE)
    page = pages.page(request.args.get("after"))
    return {
        "as_of": conditions.on.isoformat(),
        "tasks": [as_json(task, lights) for task in page.rows],
        "after": page.after,
    }


@bp.get("/tasks/<int:task_id>")
def task(task_id: int) -> ResponseReturnValue:
    """One task, and what the reader may do with it now."""
    actor = present_actor()
    found = find_task(task_id, actor) or abort(404)
    return {
        "task": as_json(found, Lights.on(actor.day)),
        "csrf_token": generate_csrf(),
        "actions": [
            {
                "action": action.value,
                "fields": [
                    {"name": field.name, "kind": field.kind, "optional": field.optional}
                    for field in FORMS[action.value].questions(found)
                ],
            }
            for action in open_actions(found, actor)
        ],
    }


@bp.post("/tasks/<int:task_id>/<action>")
def act(task_id: int, action: str) -> ResponseReturnValue:
    """Carry out one action, through the form of its page."""
    actor, form = present_actor(), FORMS.get(action) or abort(404)
    found = find_task(task_id, actor) or abort(404)
    carry_out(found, form, by=actor, version=whole_number("version"))
    return {"task": as_json(found, Lights.on(actor.day))}


def as_json(task: Task, lights: Lights) -> dict[str, Any]:
    """Return a task as the interface gives it."""
    post = task.lead_post
    return {
        "id": task.id,
        "uuid": task.uuid,
        "case_no": task.case_no,
        "title": task.title,
        "measure": task.measure,
        "standard": task.standard,
        "domain": task.domain.code,
        "period": str(task.period),
        "unit": task.unit.code,
        "state": task.state.value,
        "secrecy": task.secrecy.value,
        "level": lights.level(task),
        "remedy": task.remedy.value,
        "lead_post": None if post is None else {"id": post.id, "title": post.title, "unit": post.unit.code},
        "first_deadline": _iso(task.first_deadline),
        "deadline": _iso(task.deadline),
        "review_on": _iso(task.review_on),
        "closed_on": _iso(task.closed_on),
        "last_progress_on": _iso(task.last_progress_on),
        "percent": task.percent,
        "round": task.round_no,
        "rebound": is_rebound(task),
        "periods_running": None if task.problem is None else task.problem.running,
        "verdict": None if task.verdict is None else task.verdict.value,
        "version": task.version,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
