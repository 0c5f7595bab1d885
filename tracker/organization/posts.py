"""Posts: added, changed, ended. A post answers for its tasks, so it is never deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from tracker import clock
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.entering import begin_entry, named
from tracker.organization.holdings import ONE_DAY, release, require_keeper_left
from tracker.organization.models import Holding, Post, Unit
from tracker.organization.queries import LONGEST_CHAIN, answering, below, office_of, upwards
from tracker.organization.ties import listed, open_for
from tracker.refusals import Refused
from tracker.web.filters import cnday

HIGHEST_RANK = 9999


@dataclass(frozen=True)
class Roles:
    """What the holder of a post does for the office."""

    in_leadership: bool = False  # 班子成员
    is_clerk: bool = False  # 经办
    keeps_ledger: bool = False  # 台账管理

    @classmethod
    def of(cls, post: Post) -> "Roles":
        """Return the roles a post has."""
        return cls(post.in_leadership, post.is_clerk, post.keeps_ledger)


def add_post(
    unit: Unit,
    title: str,
    *,
    superior: Post | None = None,
    from_day: date | None = None,
    rank: int = 0,
    in_leadership: bool = False,
    is_clerk: bool = False,
    keeps_ledger: bool = False,
    by: Actor | None = None,
) -> Post:
    """Add a post to a unit, from its first day on; without one it was always there, as far as is known.

    Raises Refused for a unit that has ended, a post without a title and a day to come.
    """
    begin_entry(unit, by)
    _require_no_day_to_come(from_day)
    if unit.ended_on is not None:
        raise Refused(_("%(unit)s已经撤并，不能增设岗位。", unit=unit.name), field="unit")
    post = Post(
        unit=unit,
        title=named(title, "title", most=100),
        superior=superior,
        from_day=from_day,
        rank=_rank(rank),
        in_leadership=in_leadership,
        is_clerk=is_clerk,
        keeps_ledger=keeps_ledger,
    )
    db.session.add(post)
    db.session.flush()
    record("organization.add_post", f"post:{post.id}", title=post.title)
    return post


def set_first_day(post: Post, from_day: date | None, *, by: Actor | None = None) -> bool:
    """Say since when there is a post, None for ever since; whether it changed.

    Raises Refused for a day to come, and where somebody held it or it was renamed before.
    """
    begin_entry(post.unit, by)
    if from_day == post.from_day:
        return False
    _require_no_day_to_come(from_day)
    if from_day is not None:
        _require_nothing_before(post, from_day)
    record(
        "organization.set_first_day", f"post:{post.id}", old=str(post.from_day or ""), new=str(from_day or "")
    )
    post.from_day = from_day
    return True


def rank_post(post: Post, rank: int, *, by: Actor | None = None) -> bool:
    """Say where a post stands in its office; whether it changed. 0: after those that are ranked."""
    begin_entry(post.unit, by)
    if _rank(rank) == post.rank:
        return False
    record("organization.rank_post", f"post:{post.id}", old=post.rank, new=rank)
    post.rank = rank
    return True


def put_under(post: Post, superior: Post | None, *, by: Actor | None = None) -> bool:
    """Name the superior of a post, or none; whether it changed. Raises Refused for a loop of superiors."""
    begin_entry(post.unit, by)
    new = None if superior is None else superior.id
    if new == post.superior_id:
        return False
    if superior is not None:
        _require_no_loop(post, superior)
        if superior.ended_on is not None:
            raise Refused(_("%(post)s已经撤销，请另选上级岗位。", post=superior.title), field="superior")
    record("organization.put_under", f"post:{post.id}", old=post.superior_id, new=new)
    post.superior = superior
    return True


def give_roles(post: Post, roles: Roles, *, by: Actor | None = None) -> bool:
    """Say what a post does for its office; whether it changed.

    Raises Refused when the office would be left without a ledger keeper.
    """
    begin_entry(post.unit, by)
    old = Roles.of(post)
    if roles == old:
        return False
    stops_keeping = old.keeps_ledger and not roles.keeps_ledger
    if stops_keeping:
        _require_other_keeper(post)
    record("organization.give_roles", f"post:{post.id}", old=asdict(old), new=asdict(roles))
    for role, given in asdict(roles).items():
        setattr(post, role, given)
    db.session.flush()
    if stops_keeping:
        require_keeper_left(office_of(post.unit), clock.today())
    return True


def end_post(
    post: Post, *, last_day: date, reason: str = "", leave_tasks: bool = False, by: Actor | None = None
) -> None:
    """End a post and release its holder on the same day.

    A post that somebody holds is not ended without a word. One with open tasks is ended only where they
    are left (`leave_tasks`) to whoever acts for its superior, until they are transferred. Raises Refused,
    naming them, and for the last ledger keeper of an office.
    """
    begin_entry(post.unit, by)
    if post.ended_on is not None:
        raise Refused(_("%(post)s已经撤销，不必再次撤销。", post=post.title))
    if post.keeps_ledger:
        _require_other_keeper(post)
    require_tasks_left([post], last_day, leave_tasks=leave_tasks)
    held = db.session.scalars(
        select(Holding).where(
            Holding.post_id == post.id, or_(Holding.to_day.is_(None), Holding.to_day > last_day)
        )
    ).all()
    if held and not reason:
        raise Refused(
            _(
                "%(post)s由%(person)s任职。写明撤销的原因和工作去向后，任职一并结束。",
                post=post.title,
                person="、".join(holding.person.name for holding in held),
            ),
            field="reason",
        )
    post.ended_on = last_day
    for holding in held:
        release(holding, last_day=last_day)
    require_keeper_left(office_of(post.unit), last_day + ONE_DAY)
    record("organization.end_post", f"post:{post.id}", last_day=str(last_day), reason=reason)


def require_tasks_left(posts: Sequence[Post], last_day: date, *, leave_tasks: bool) -> None:
    """Refuse to end posts with open tasks: unless they are left knowingly, and where nobody would act."""
    inside = open_for(posts)
    if not inside:
        return
    if not leave_tasks:
        raise Refused(
            _(
                "还有未办结的任务，没有撤销：%(inside)s。请先由经办人员转办；"
                "确需现在撤销的，勾选由上级岗位代办后再提交。",
                inside=listed(inside),
            ),
            field="leave_tasks",
        )
    gone = {post.id for post in posts}
    for post in posts:
        left = next((link for link in upwards(post) if link.id not in gone), None)
        if open_for([post]) and (left is None or answering(left, last_day + ONE_DAY).person is None):
            raise Refused(
                _(
                    "%(post)s没有在任的上级岗位，撤销后任务 %(inside)s 无人办理。先转办，或先设上级岗位。",
                    post=post.title,
                    inside=listed(open_for([post])),
                ),
                field="leave_tasks",
            )


def _require_no_day_to_come(day: date | None) -> None:
    if day is not None and day > clock.today():
        raise Refused(_("设立日期还没有到，请到那一天再登记。"), field="from_day")


def _require_nothing_before(post: Post, from_day: date) -> None:
    """Refuse a first day after something is known of a post, or after its last day."""
    first = db.session.scalar(select(func.min(Holding.from_day)).where(Holding.post_id == post.id))
    known = [day for day in (first, post.renamed_on, post.ended_on) if day is not None]
    if known and min(known) < from_day:
        raise Refused(
            _("这个岗位在 %(day)s已有登记，设立日期不能晚于这一天。", day=cnday(min(known))),
            field="from_day",
        )


def _rank(rank: int) -> int:
    if not 0 <= rank <= HIGHEST_RANK:
        raise Refused(_("排序填 0 至 %(most)s 的整数，小的在前。", most=HIGHEST_RANK), field="rank")
    return rank


def _require_no_loop(post: Post, superior: Post) -> None:
    """Climb from the new superior by what the database says now: a page may have shown something older."""
    here: int | None = superior.id
    for _step in range(LONGEST_CHAIN):
        if here == post.id:
            raise Refused(
                _(
                    "%(superior)s本身在%(post)s之下，不能作它的上级岗位。请先调整前者的上级岗位。",
                    superior=superior.title,
                    post=post.title,
                ),
                field="superior",
            )
        if here is None:
            return
        here = db.session.scalar(select(Post.superior_id).where(Post.id == here))
    raise Refused(_("上级岗位的层级超过 %(most)s 级，请减少。", most=LONGEST_CHAIN), field="superior")


def _require_other_keeper(post: Post) -> None:
    """Refuse to take the last ledger keeper away from an office."""
    office = office_of(post.unit)
    other = (
        select(Post.id)
        .join(Unit, Post.unit_id == Unit.id)
        .where(below(office), Post.keeps_ledger, Post.id != post.id, Post.ended_on.is_(None))
    )
    ids = [key for key in db.session.scalars(other) if _of_office(key, office)]
    if not ids:
        raise Refused(
            _(
                "%(post)s是%(office)s唯一的台账管理岗位。请先指定另一个岗位管理台账。",
                post=post.title,
                office=office.name,
            ),
            field="keeps_ledger",
        )


def _of_office(post_id: int, office: Unit) -> bool:
    """Whether a post is of the office itself, and not of a township below it."""
    return office_of(db.session.get_one(Post, post_id).unit).id == office.id
