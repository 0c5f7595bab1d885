"""Units: added, renamed, moved, ended. What is ended stays, with its last day."""

import re
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.entering import begin_entry, named
from tracker.organization.models import Post, Unit, UnitKind
from tracker.organization.posts import end_post, require_tasks_left
from tracker.organization.queries import below, find_unit, office_of
from tracker.refusals import Refused

LONGEST_PATH = 200  # characters of the column
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")

PLACES: dict[UnitKind, frozenset[UnitKind]] = {  # what may lie below what
    UnitKind.COUNTY: frozenset(UnitKind) - {UnitKind.COUNTY},
    UnitKind.TOWNSHIP: frozenset({UnitKind.DEPARTMENT, UnitKind.VILLAGE}),
    UnitKind.DEPARTMENT: frozenset({UnitKind.DEPARTMENT, UnitKind.VILLAGE}),
    UnitKind.VILLAGE: frozenset({UnitKind.DEPARTMENT}),
}


def add_unit(
    *, code: str, name: str, kind: UnitKind, parent: Unit | None = None, by: Actor | None = None
) -> Unit:
    """Add a unit below another; its path makes the subtree one indexed range.

    Raises Refused for a code in use or none that fits a case number, and for a unit in a wrong place.
    """
    if parent is not None:
        begin_entry(parent, by)
        _require_place(kind, parent)
    unit = Unit(code=_free_code(code), name=named(name, "name", most=100), kind=kind, parent=parent)
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    _require_short(unit.path)
    record("organization.add_unit", f"unit:{unit.id}", name=unit.name, code=unit.code)
    return unit


def move_unit(unit: Unit, parent: Unit, *, by: Actor | None = None) -> bool:
    """Put a unit with all that lies below it under another one of the same office; whether it changed.

    Raises Refused for a place below itself, in another office, or where its kind does not belong.
    """
    begin_entry(unit, by)
    begin_entry(parent, by)
    if parent.id == unit.parent_id:
        return False
    if parent.path.startswith(unit.path):
        raise Refused(_("不能把单位移到它自己或它的下级之下，请另选上级单位。"), field="parent")
    _require_place(unit.kind, parent)
    if unit.parent is None or office_of(unit.parent).id != office_of(parent).id:
        raise Refused(
            _("任务和台账编号属于原来的乡镇或县，单位只能在其内部调整。跨单位划转请撤销后另建。"),
            field="parent",
        )
    record("organization.move_unit", f"unit:{unit.id}", old=unit.parent_id, new=parent.id)
    unit.parent = parent
    _write_paths(unit, f"{parent.path}{unit.id}/")
    return True


def end_unit(
    unit: Unit, *, last_day: date, reason: str = "", leave_tasks: bool = False, by: Actor | None = None
) -> None:
    """End a unit with all its posts and all that lies below; holders are released on the same day.

    A unit that still has posts is not ended without a word: the reason is kept in the trail. Open tasks
    are looked at as for a post (`posts.end_post`). Raises Refused also for the last ledger keeper.
    """
    begin_entry(unit, by)
    units = list(db.session.scalars(select(Unit).where(below(unit), Unit.ended_on.is_(None))))
    posts = list(
        db.session.scalars(
            select(Post).where(Post.unit_id.in_([one.id for one in units]), Post.ended_on.is_(None))
        )
    )
    if posts and not reason:
        raise Refused(
            _(
                "%(unit)s还有 %(count)s 个岗位。写明撤并的原因和工作去向后，这些岗位一并撤销。",
                unit=unit.name,
                count=len(posts),
            ),
            field="reason",
        )
    require_tasks_left(posts, last_day, leave_tasks=leave_tasks)
    for post in posts:
        end_post(post, last_day=last_day, reason=reason, leave_tasks=leave_tasks, by=by)
    for one in units:
        one.ended_on = last_day
        record("organization.end_unit", f"unit:{one.id}", last_day=str(last_day), reason=reason)


def _free_code(code: str) -> str:
    if not _CODE.fullmatch(code):
        raise Refused(
            _("单位代码由字母、数字和连字符组成，最多 32 位，例如 QS-XC；它是台账编号的一部分。"),
            field="code",
        )
    holder = find_unit(code)
    if holder is not None:
        raise Refused(_("代码 %(code)s 已经使用，请另取一个。", code=code), field="code")
    return code


def _require_place(kind: UnitKind, parent: Unit) -> None:
    if parent.ended_on is not None:
        raise Refused(_("%(unit)s已经撤并，请另选上级单位。", unit=parent.name), field="parent")
    if kind not in PLACES[parent.kind]:
        raise Refused(
            _("这一类单位不设在%(unit)s之下，请另选类型或上级单位。", unit=parent.name), field="parent"
        )


def _require_short(path: str) -> None:
    if len(path) > LONGEST_PATH:
        raise Refused(_("单位的层级过多，请放到较高的一级。"), field="parent")


def _write_paths(unit: Unit, path: str) -> None:
    """Rewrite the path of a unit and of everything below in one statement."""
    old = unit.path
    longest = db.session.scalar(select(func.max(func.length(Unit.path))).where(below(unit))) or 0
    _require_short("/" * (longest - len(old) + len(path)))
    db.session.flush()
    db.session.execute(
        update(Unit)
        .where(below(unit))
        .values(path=path + func.substr(Unit.path, len(old) + 1))
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
