"""The kinds of act (事项种类) are data: those every office knows, and an office's own ones."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from tracker.audit.trail import record
from tracker.duties.models import ActKind
from tracker.extensions import db
from tracker.organization.access import require_keeper
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.refusals import Refused
from tracker.words import N_

LONGEST_NAME = 20
COUNTED_IN = (N_("次"), N_("期"), N_("场"), N_("份"), N_("篇"), N_("人次"))
DRILL, PLAN_REVIEW = "drill", "plan_review"  # what keeps a plan (预案) current
INSPECTION, MEETINGS = "inspection", ("meeting", "analysis")  # what they find or decide becomes problems

KINDS: tuple[tuple[str, str, str], ...] = (  # code, name, what it is counted in
    ("study", N_("专题学习"), "次"),
    ("discussion", N_("研讨交流"), "次"),
    ("meeting", N_("例会"), "次"),
    ("analysis", N_("分析研判会"), "次"),
    ("inspection", N_("专项检查"), "次"),
    ("training", N_("培训"), "期"),
    ("drill", N_("演练"), "次"),
    ("culture", N_("宣传文化活动"), "场"),
    ("report_up", N_("向上级报告"), "次"),
    ("plan_review", N_("预案评估"), "次"),
)


def ensure_kinds() -> None:
    """Add the kinds of act that every office knows, where they are missing."""
    known = set(db.session.scalars(select(ActKind.code)))
    db.session.add_all(
        ActKind(code=code, name=name, counted_in=unit) for code, name, unit in KINDS if code not in known
    )
    db.session.flush()


def kind_of(code: str) -> ActKind:
    """Return the kind with a code that every office knows."""
    return db.session.scalars(select(ActKind).where(ActKind.code == code)).one()


def kinds() -> Sequence[ActKind]:
    """Return every kind of act, those that ended too."""
    return db.session.scalars(select(ActKind).order_by(ActKind.id)).all()


def kinds_offered(office: Unit, day: date) -> Sequence[ActKind]:
    """Return the kinds an office may record on a day: the common ones, its own, those above."""
    lasting = or_(ActKind.ended_on.is_(None), ActKind.ended_on >= day)
    return db.session.scalars(select(ActKind).where(known_to(office), lasting).order_by(ActKind.id)).all()


def kinds_known(office: Unit) -> Sequence[ActKind]:
    """Return the kinds an office has or had."""
    return db.session.scalars(select(ActKind).where(known_to(office)).order_by(ActKind.id)).all()


def known_to(office: Unit) -> ColumnElement[bool]:
    """Return the condition that a kind is common or belongs to an office or to a unit above it."""
    above = [int(part) for part in office.path.strip("/").split("/")]
    return or_(ActKind.unit_id.is_(None), ActKind.unit_id.in_(above))


def add_kind(office: Unit, *, by: Actor, name: str, counted_in: str) -> ActKind:
    """Add an office's own kind of act.

    Raises NotAllowed unless the actor keeps the office, Refused for a bad or known name.
    """
    require_keeper(by, office, _("事项种类由本单位台账管理岗位维护。"))
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Refused(_("写明事项名称，不超过 %(most)s 字。", most=LONGEST_NAME), field="name")
    if counted_in not in COUNTED_IN:
        raise Refused(_("选择计数单位。"), field="counted_in")
    if any(kind.name == name for kind in kinds_offered(office, by.day)):
        raise Refused(_("已有“%(name)s”，直接选用。", name=name), field="name")
    kind = ActKind(code=f"own-{uuid4().hex[:12]}", name=name, counted_in=counted_in, unit_id=office.id)
    db.session.add(kind)
    db.session.flush()
    record("duty.add_kind", f"act_kind:{kind.id}", name=name)
    return kind


def end_kind(kind: ActKind, *, by: Actor) -> None:
    """Offer a kind no longer after today; what was recorded keeps it. A kind that ended stays as it is.

    Raises NotAllowed for a common kind and for one of an office the actor does not keep.
    """
    office = None if kind.unit_id is None else db.session.get_one(Unit, kind.unit_id)
    if office is None:
        raise Refused(_("“%(name)s”是各单位共用的种类，不能停用。", name=kind.name))
    require_keeper(by, office, _("事项种类由本单位台账管理岗位维护。"))
    if kind.ended_on is None:
        kind.ended_on = by.day
        record("duty.end_kind", f"act_kind:{kind.id}", last_day=str(by.day))


def find_kind_known(kind_id: int, actor: Actor) -> ActKind | None:
    """Return a kind that the actor's office has or had, or None."""
    if actor.office is None:
        return None
    return db.session.scalar(select(ActKind).where(and_(ActKind.id == kind_id, known_to(actor.office))))
