"""Recording an act that fulfils a standing duty (常态履责): a few seconds, by the post or the clerk."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.audit.trail import record
from tracker.duties.models import Act, ActKind
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post
from tracker.organization.queries import office_of
from tracker.refusals import NotAllowed, Refused

MOST_AT_ONCE = 999
LONGEST_NOTE = 500

KINDS: tuple[tuple[str, str, str], ...] = (  # code, name, what it is counted in
    ("study", "专题学习", "次"),
    ("discussion", "研讨交流", "次"),
    ("meeting", "例会", "次"),
    ("analysis", "分析研判会", "次"),
    ("inspection", "专项检查", "次"),
    ("training", "培训", "期"),
    ("drill", "演练", "次"),
    ("culture", "文化活动", "场"),
    ("report_up", "向上级报告", "次"),
)


def ensure_kinds() -> None:
    """Add the kinds of act that every office knows, where they are missing."""
    known = set(db.session.scalars(select(ActKind.code)))
    db.session.add_all(
        ActKind(code=code, name=name, counted_in=unit) for code, name, unit in KINDS if code not in known
    )
    db.session.flush()


def record_act(
    kind: ActKind,
    post: Post,
    *,
    by: Actor,
    day: date,
    count: int = 1,
    participants: int | None = None,
    domain: DutyDomain | None = None,
    note: str = "",
) -> Act:
    """Record that a post did something on a day, `count` times.

    Raises NotAllowed unless the actor acts for the post or is a clerk of its office, Refused with the
    field for a day to come or a number out of bounds. Without a domain that of the kind is taken.
    """
    office = office_of(post.unit)
    if post.id not in by.post_ids and all(clerked.id != office.id for clerked in by.clerk_of):
        raise NotAllowed(_("只能登记本人岗位的履责，或由本单位经办人员代为登记。"))
    _check(day, count, participants, note, by.day)
    act = Act(
        kind=kind,
        post=post,
        unit_id=office.id,
        domain=domain or kind.domain,
        day=day,
        count=count,
        participants=participants,
        note=note.strip(),
        recorded_by_id=by.person.id,
        recorded_at=clock.now(),
    )
    db.session.add(act)
    db.session.flush()
    record("duty.record_act", f"act:{act.id}", kind=kind.code, post=post.id, count=count, day=str(day))
    return act


def _check(day: date, count: int, participants: int | None, note: str, today: date) -> None:
    if day > today:
        raise Refused(_("日期还没有到，只登记已经开展的事项。"), field="day")
    if day.year < today.year - 1:
        raise Refused(
            _("日期过早，只能登记 %(year)s 年以来的事项，请核对年份。", year=today.year - 1), field="day"
        )
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused(_("次数填 1 到 %(most)s 的整数。", most=MOST_AT_ONCE), field="count")
    if participants is not None and not 1 <= participants <= 99_999:
        raise Refused(_("参加人数填 1 到 99999 的整数，不清楚时可不填。"), field="participants")
    if len(note.strip()) > LONGEST_NOTE:
        raise Refused(
            _(
                "说明最多 %(most)s 字，现有 %(count)s 字，请精简。",
                most=LONGEST_NOTE,
                count=len(note.strip()),
            ),
            field="note",
        )
