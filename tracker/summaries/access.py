"""Who may see and who may write a summary. Drafts stay inside the office: the county does not see them."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import selectinload

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


def find_summary_to_write(summary_id: int, actor: Actor) -> Summary | None:
    """Return a summary as `find_summary` does, its row held till the end of the transaction.

    Two who save at once then follow one another on PostgreSQL, as they do on SQLite, and the second sees
    the version that the first left.
    """
    return db.session.scalar(held(select(Summary).where(Summary.id == summary_id, visible_to(actor))))


def held(query: Select[Summary]) -> Select[Summary]:
    """Let a query for summaries hold their rows and read them anew, paragraphs included."""
    return (
        query.options(selectinload(Summary.paragraphs))
        .with_for_update(of=Summary)
        .execution_options(populate_existing=True)
    )


def may_write(unit: Unit, actor: Actor) -> bool:
    """Whether an actor drafts and edits the summaries of a unit: its clerks do."""
    return any(office.id == unit.id for office in actor.clerk_of)
