"""Who holds a post from which day to which: appointed, released, corrected. The history stays.

Rules: one post has one holder at a time, one person may hold many posts; a vacant post is acted for
by its superior. Changing a holder changes no row of any task.
"""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.entering import begin_entry
from tracker.organization.models import Holding, Person, Post, Unit
from tracker.organization.queries import answering, below, office_of
from tracker.organization.succession import changed_hands
from tracker.refusals import Refused
from tracker.web.filters import cnday

ONE_DAY = timedelta(days=1)


def appoint(
    person: Person,
    post: Post,
    *,
    from_day: date,
    to_day: date | None = None,
    acting: bool = False,
    by: Actor | None = None,
) -> Holding:
    """Let a person hold a post from a day on, formally or in charge of its work (`acting`, 主持工作).

    Raises Refused while somebody else holds it, on any day of the span.
    """
    begin_entry(post.unit, by)
    _require_order(from_day, to_day)
    if post.ended_on is not None and post.ended_on < from_day:
        raise Refused(_("%(post)s已经撤销，不能任命。", post=post.title), field="post")
    _require_there(post, from_day)
    _require_free(post, from_day, to_day)
    holding = Holding(person=person, post=post, from_day=from_day, to_day=to_day, acting=acting)
    db.session.add(holding)
    db.session.flush()
    record("organization.appoint", f"post:{post.id}", person=person.id, from_day=str(from_day), acting=acting)
    changed_hands(post, by)
    return holding


def succeed(
    person: Person, post: Post, *, from_day: date, acting: bool = False, by: Actor | None = None
) -> Holding:
    """Let a person take a post over: whoever holds it is released on the day before."""
    begin_entry(post.unit, by)
    present = db.session.scalars(_overlapping(post, from_day, None)).all()
    if len(present) == 1 and present[0].from_day < from_day:
        _end(present[0], from_day - ONE_DAY)
    holding = appoint(person, post, from_day=from_day, acting=acting, by=by)
    _require_keeper_after(post, from_day)
    return holding


def release(holding: Holding, *, last_day: date, by: Actor | None = None) -> None:
    """End a holding with its last day; the history keeps who held the post.

    Raises Refused when nobody would keep the ledger of the office the day after.
    """
    begin_entry(holding.post.unit, by)
    if last_day < holding.from_day:
        raise Refused(_("离任日期早于任职日期，请核对。"), field="to_day")
    if holding.to_day is not None and last_day > holding.to_day:
        _require_free(holding.post, holding.from_day, last_day, holding)
    _end(holding, last_day)
    _require_keeper_after(holding.post, last_day + ONE_DAY)
    changed_hands(holding.post, by)


def correct_holding(
    holding: Holding,
    *,
    person: Person,
    from_day: date,
    to_day: date | None,
    acting: bool,
    reason: str,
    by: Actor | None = None,
) -> bool:
    """Correct an entry that was wrong from the beginning; whether it changed. The trail keeps the old one."""
    begin_entry(holding.post.unit, by)
    new = (person.id, from_day, to_day, acting)
    old = (holding.person_id, holding.from_day, holding.to_day, holding.acting)
    if new == old:
        return False
    _require_reason(reason)
    _require_order(from_day, to_day)
    _require_there(holding.post, from_day)
    _require_free(holding.post, from_day, to_day, holding)
    record(
        "organization.correct_holding",
        f"post:{holding.post_id}",
        old=[str(part) for part in old],
        new=[str(part) for part in new],
        reason=reason,
    )
    holding.person, holding.from_day, holding.to_day, holding.acting = person, from_day, to_day, acting
    db.session.flush()
    changed_hands(holding.post, by)
    return True


def strike_out(holding: Holding, *, reason: str, by: Actor | None = None) -> None:
    """Take out an entry that never was true. The trail keeps what it said, and why it went."""
    post = holding.post
    begin_entry(post.unit, by)
    _require_reason(reason)
    record(
        "organization.strike_out_holding",
        f"post:{post.id}",
        person=holding.person_id,
        from_day=str(holding.from_day),
        to_day=str(holding.to_day or ""),
        reason=reason,
    )
    db.session.delete(holding)
    db.session.flush()
    _require_keeper_after(post, clock.today())
    changed_hands(post, by)


def require_keeper_left(office: Unit, day: date) -> None:
    """Refuse what leaves an office that has ledger keepers without anybody who acts as one on a day."""
    posts = (
        select(Post)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office), Post.keeps_ledger, or_(Post.ended_on.is_(None), Post.ended_on >= day))
    )
    keepers = [post for post in db.session.scalars(posts) if office_of(post.unit).id == office.id]
    if keepers and all(answering(post, day).person is None for post in keepers):
        raise Refused(
            _(
                "此后%(office)s没有人管理台账。请先登记接任的人，或指定另一个台账管理岗位。",
                office=office.name,
            ),
            field="to_day",
        )


def _require_keeper_after(post: Post, day: date) -> None:
    if post.keeps_ledger:
        require_keeper_left(office_of(post.unit), day)


def _end(holding: Holding, last_day: date) -> None:
    holding.to_day = last_day
    db.session.flush()
    record(
        "organization.release", f"post:{holding.post_id}", person=holding.person_id, last_day=str(last_day)
    )


def _overlapping(
    post: Post, from_day: date, to_day: date | None, but: Holding | None = None
) -> Select[Holding]:
    """Return the query for who else holds a post on any day of a span."""
    query = select(Holding).where(
        Holding.post_id == post.id, or_(Holding.to_day.is_(None), Holding.to_day >= from_day)
    )
    if to_day is not None:
        query = query.where(Holding.from_day <= to_day)
    if but is not None:
        query = query.where(Holding.id != but.id)
    return query.order_by(Holding.from_day)


def _require_free(post: Post, from_day: date, to_day: date | None, but: Holding | None = None) -> None:
    other = db.session.scalars(_overlapping(post, from_day, to_day, but)).first()
    if other is not None:
        raise Refused(
            _(
                "%(post)s由%(person)s任职，先登记其离任日期，再任命新的任职人。",
                post=post.title,
                person=other.person.name,
            ),
            field="post",
        )


def _require_there(post: Post, from_day: date) -> None:
    """Refuse a holder from before the first day of a post."""
    if post.from_day is not None and from_day < post.from_day:
        raise Refused(
            _(
                "%(post)s自 %(day)s起设立，任职不能早于这一天。设立日期有误的，先修改岗位。",
                post=post.title,
                day=cnday(post.from_day),
            ),
            field="day",
        )


def _require_order(from_day: date, to_day: date | None) -> None:
    if to_day is not None and to_day < from_day:
        raise Refused(_("离任日期早于任职日期，请核对。"), field="to_day")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("写明原来为什么登记错，改正前的内容和原因会留在操作记录里。"), field="reason")
