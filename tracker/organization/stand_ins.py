"""Who stands in for whom on a day (AB岗): looked up, so that each ends by itself after its last day."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.models import Person, Post, StandIn


def in_force(day: date) -> ColumnElement[bool]:
    """Return the condition that a stand-in acts on a day; on `ended_on` it does no more."""
    not_ended = or_(StandIn.ended_on.is_(None), StandIn.ended_on > day)
    return and_(StandIn.from_day <= day, StandIn.to_day >= day, not_ended)


def stand_ins_for(principals: Iterable[int], day: date) -> dict[int, list[StandIn]]:
    """Return the stand-ins of a day by the id of whom they stand in for, in one query."""
    found: dict[int, list[StandIn]] = {}
    wanted = StandIn.principal_id.in_(list(principals))
    rows = db.session.scalars(
        select(StandIn).where(in_force(day), wanted).options(joinedload(StandIn.deputy)).order_by(StandIn.id)
    )
    for row in rows:
        found.setdefault(row.principal_id, []).append(row)
    return found


def stood_in_for(deputy: Person, day: date) -> Sequence[StandIn]:
    """Return for whom a person stands in on a day."""
    mine = select(StandIn).where(stands_in(deputy.id, day)).options(joinedload(StandIn.principal))
    return db.session.scalars(mine.order_by(StandIn.id)).all()


def stands_in(deputy_id: int | BindParameter[int], day: date) -> ColumnElement[bool]:
    """Return the condition that a person stands in on a day."""
    return and_(in_force(day), StandIn.deputy_id == deputy_id)


def deputy_for(rows: Iterable[StandIn], post: Post) -> Person | None:
    """Return who acts at a post for its absent holder: whoever was named for this post, else for all."""
    by_scope = {row.post_id: row.deputy for row in rows}
    return by_scope.get(post.id) or by_scope.get(None)
