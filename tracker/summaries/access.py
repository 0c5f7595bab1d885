"""Who may see and who may write a summary. Drafts stay inside the office: the county does not see them."""

from sqlalchemy import ColumnElement, select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.summaries.models import Summary


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a summary may be read: by clerks, ledger keeper and leaders of its unit."""
    return Summary.unit_id.in_([office.id for office in actor.oversees])


def find_summary(summary_id: int, actor: Actor) -> Summary | None:
    """Return a summary an actor may read, or None: a foreign one looks like one that does not exist."""
    return db.session.scalar(select(Summary).where(Summary.id == summary_id, visible_to(actor)))


def may_write(unit: Unit, actor: Actor) -> bool:
    """Whether an actor drafts and edits the summaries of a unit: its clerks do."""
    return any(office.id == unit.id for office in actor.clerk_of)
