"""Which person of the office is at the keyboard, with today's posts."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import abort, g
from flask_login import current_user

from tracker import clock
from tracker.database import is_writing
from tracker.organization.acting import Actor, held_by


def present_actor() -> Actor:
    """Return the person of the request with today's posts; 404 for an account without business data."""
    return find_actor() or abort(404)


@contextmanager
def acting(by: Actor) -> Iterator[None]:
    """Let somebody be at the keyboard without a session: a command acts as them."""
    g.acting = by
    try:
        yield
    finally:
        g.pop("acting", None)


def find_actor() -> Actor | None:
    """Return the person of the request with today's posts, or None for administrators and strangers."""
    if "acting" in g:
        by: Actor = g.acting
        return by
    if not current_user.is_authenticated:
        return None
    if "actor" not in g:  # the frame and the page ask for the same person
        g.actor = None if current_user.person_id is None else _signed_in(current_user.person_id)
    found: Actor | None = g.actor
    return found


def _signed_in(person_id: int) -> Actor:
    """Return the person as an actor; in a request that changes something, as they stood before it."""
    day = clock.today()
    return Actor(
        person_id, day, mark=current_user.mark, held=held_by(person_id, day) if is_writing() else None
    )
