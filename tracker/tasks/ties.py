"""The tasks that hang on a post or a domain, by their numbers, and all that tell so (`organization.ties`)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from tracker.duties.ties import STANDING
from tracker.extensions import db
from tracker.organization.models import DutyDomain, Post
from tracker.organization.ties import Teller
from tracker.tasks.models import Task
from tracker.tasks.states import OPEN_STATES, TaskState

UNFINISHED = OPEN_STATES | {TaskState.DRAFT, TaskState.REGISTERED}


def _numbers(*conditions: ColumnElement[bool]) -> list[str]:
    """Return the numbers alone: whoever keeps the organization may not see what a marked task says."""
    tasks = db.session.scalars(select(Task).where(*conditions).order_by(Task.period, Task.number))
    return [task.short_no for task in tasks]


def _led_by(posts: Sequence[Post]) -> list[str]:
    return _numbers(Task.lead_post_id.in_([post.id for post in posts]), Task.state.in_(OPEN_STATES))


def _of_domain(domain: DutyDomain) -> list[str]:
    return _numbers(Task.domain_id == domain.id, Task.state.in_(UNFINISHED))


TELLERS = (STANDING, Teller(_led_by, _of_domain))
