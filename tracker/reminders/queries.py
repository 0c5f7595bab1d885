"""A person's own inbox: what there is to read, and what was read."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, ScalarSelect, and_, func, select, update
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.audit.trail import record
from tracker.database import fixed
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.reminders import words
from tracker.reminders.models import Notice
from tracker.tasks.models import Task
from tracker.web.paging import Page, page

MOST_COUNTED = 100  # beyond that the menu says 99+


def own(person_id: int) -> ColumnElement[bool]:
    """Return the condition that a notice stands in a person's inbox: nobody reads another's."""
    return and_(Notice.person_id == person_id, Notice.collapsed.is_(False))


def inbox(person: Person, after: str | None = None) -> Page[Notice]:
    """Return one page of a person's notices, newest first."""
    return page(select(Notice).where(own(person.id)), [Notice.id], after, newest_first=True)


def said(notices: Iterable[Notice]) -> dict[int, str]:
    """Return what each notice says today, by its id, as the inbox and the mail show it.

    A notice was written on its day, and stays with its reader after the task has gone to others: once the
    task is marked, only paper and number are left of it.
    """
    rows = list(notices)
    about = {row.subject_id for row in rows if row.subject_kind == "task"}
    query = select(Task).where(Task.id.in_(about), Task.secrecy != Secrecy.OPEN)
    marked = {task.id: task for task in db.session.scalars(query.options(joinedload(Task.unit)))}
    return {
        row.id: words.of_marked(row.paper, marked[row.subject_id])
        if row.subject_kind == "task" and row.subject_id in marked
        else row.text
        for row in rows
    }


def unread_count(person: Person) -> int:
    """Return how many notices a person has not read, counted up to MOST_COUNTED."""
    return db.session.scalar(select(unread(person.id))) or 0


def unread(person_id: int) -> ScalarSelect[int]:
    """Return that number as SQL: every page asks for it together with other numbers."""
    some = select(Notice.id).where(own(person_id), Notice.read_at.is_(None)).limit(fixed(MOST_COUNTED))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def find_notice(notice_id: int, person: Person) -> Notice | None:
    """Return a notice of a person's own, or None: another's looks like one that does not exist."""
    return db.session.scalar(select(Notice).where(Notice.id == notice_id, own(person.id)))


def mark_read(notice: Notice) -> None:
    """Note when a notice was first read; it then needs no mail any more."""
    if notice.read_at is None:
        notice.read_at = clock.now()
        record("notice.read", f"notice:{notice.id}")


def mark_all_read(person: Person, up_to: int) -> None:
    """Note as read what a person saw: their notices up to an id, not those that came in meanwhile."""
    read = db.session.execute(
        update(Notice)
        .where(own(person.id), Notice.read_at.is_(None), Notice.id <= up_to)
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    count = cast("CursorResult[Any]", read).rowcount
    if count:
        record("notice.read_all", f"person:{person.id}", count=count)
