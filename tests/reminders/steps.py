"""Tasks of the test office and what people were told of them."""

from datetime import date

from sqlalchemy import select

from tests.office import Member, Office
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.periods import Period
from tracker.reminders.models import Clock, Notice
from tracker.reminders.ticking import TickReport, tick
from tracker.tasks import lifecycle
from tracker.tasks.creation import create
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Task

PERIOD = Period.parse("2025Q3")
PHOTO = Upload("照片.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"0" * 32)


def assigned(office: Office, deadline: date, title: str = "基层宣传力量薄弱") -> Task:
    """Return a task the clerk assigned today to the publicity office."""
    with writing():
        task = create(office.town, PERIOD, by=office.clerk.actor, title=title, domain=office.ideology)
        lifecycle.register(task, by=office.clerk.actor, standard="培训 1 期，签到表在案")
        lifecycle.assign(
            task,
            by=office.clerk.actor,
            lead_post=office.lead.post,
            duty=office.lead_duty,
            deadline=deadline,
        )
    return task


def in_progress(office: Office, deadline: date, title: str = "基层宣传力量薄弱") -> Task:
    """Return a task that its holder has signed for."""
    task = assigned(office, deadline, title)
    with writing():
        lifecycle.acknowledge(task, by=office.lead.actor)
    return task


def closure_requested(office: Office, deadline: date) -> Task:
    """Return a task whose holder requested closure today."""
    task = in_progress(office, deadline)
    with writing():
        lifecycle.request_closure(task, by=office.lead.actor, result="已培训 1 期 40 人", evidence=[PHOTO])
    return task


def tick_now() -> TickReport:
    """Let the reminders tick at the present moment."""
    return tick(clock.now())


def notices(*, of: Clock | None = None, collapsed: bool | None = None) -> list[Notice]:
    """Return what people were told, in the order in which it was made."""
    query = select(Notice).order_by(Notice.id)
    if of is not None:
        query = query.where(Notice.clock == of)
    if collapsed is not None:
        query = query.where(Notice.collapsed.is_(collapsed))
    return list(db.session.scalars(query))


def told(member: Member, *, of: Clock | None = None) -> list[Notice]:
    """Return what stands in a member's inbox."""
    return [notice for notice in notices(of=of, collapsed=False) if notice.person_id == member.person.id]
