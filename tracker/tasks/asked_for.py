"""Which tasks of the ledger an address chooses, for what is done with many at once."""

from flask import request
from sqlalchemy import ColumnElement, and_

from tracker.organization.acting import Actor
from tracker.tasks.access import visible_to
from tracker.tasks.ledger_page import known_order
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import ledger, listed, read_conditions
from tracker.tasks.together import MOST
from tracker.web.incoming import plain_number


def asked_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a task is ticked, on the page of the address, or under its conditions."""
    conditions, lights = read_conditions(request.args, actor), Lights.on(actor.day)
    scope, seen = request.args.get("scope", ""), visible_to(actor)
    if scope == "all":
        return and_(*listed(conditions, seen, lights))
    if scope == "page":
        order = known_order(request.args.get("sort", ""))
        rows = ledger(conditions, seen, lights, order=order).page(request.args.get("after")).rows
        return Task.id.in_([task.id for task in rows])
    return picked(request.args.getlist("pick"))


def picked(sent: list[str]) -> ColumnElement[bool]:
    """Return the condition that a task is among those ticked, at most MOST of them."""
    return Task.id.in_([plain_number(one) for one in sent[:MOST]])
