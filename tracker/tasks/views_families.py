"""The ledger read by problem: the families of problems that came back, and one of them."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from tracker.organization.present import present_actor
from tracker.tasks import ledger_page
from tracker.tasks.families import families, family_periods, find_family
from tracker.tasks.lights import Lights
from tracker.tasks.queries import read_conditions
from tracker.tasks.views import present_sight
from tracker.tasks.words import state_word
from tracker.web.incoming import plain_number

bp = Blueprint("families", __name__)
SHOWN = (
    "period",
    "unit",
    "domain",
    "again",
)  # the filters of the page; an address may hold all of the ledger's


@bp.get("/tasks/families")
def listing() -> ResponseReturnValue:
    """The families that have a task under the conditions of the address, what came back most first."""
    actor, seen = present_actor(), present_sight(present_actor()).seen
    conditions = read_conditions(request.args, actor)
    lights = Lights.on(conditions.on)
    address: dict[str, Any] = dict(conditions.address())
    choices = ledger_page.choices(actor, conditions, address, family_periods(seen))
    return render_template(
        "tasks/families.html",
        conditions=conditions,
        address=address,
        page=families(conditions, seen, lights, after=request.args.get("after")),
        lights=lights,
        state_word=state_word,
        chips=ledger_page.chips(conditions, address, "families.listing"),
        choices=[choice for choice in choices if choice[0] in SHOWN],
        kept={name: value for name, value in address.items() if name not in (*SHOWN, "q")},
    )


@bp.get("/tasks/families/<int:family_id>")
def show(family_id: int) -> ResponseReturnValue:
    """One family with its rows through the periods, the latest first."""
    actor = present_actor()
    before = plain_number(request.args.get("before", "")) or None
    family = find_family(family_id, present_sight(actor).seen, before=before)
    if family is None or not family.rows:
        abort(404)
    lights = Lights.on(actor.day)
    return render_template(
        "tasks/family.html", family=family, before=before, lights=lights, state_word=state_word
    )
