"""What the ledger keeper enters about a unit: a unit below it, another name or place, its end, a post."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from tracker import clock
from tracker.extensions import db
from tracker.organization import posts, renaming, units
from tracker.organization.acting import Actor
from tracker.organization.chains import posts_in
from tracker.organization.forms import (
    Entry,
    Options,
    Question,
    chosen,
    chosen_or_none,
    nothing_typed,
    required_day,
    saved,
    ticked,
    with_next,
)
from tracker.organization.models import Post, Unit, UnitKind
from tracker.organization.queries import below, office_of, superiors_offered
from tracker.organization.ties import listed, open_for
from tracker.refusals import Refused
from tracker.web import forms

KIND_WORDS = {
    UnitKind.COUNTY: _l("县（市、区）"),
    UnitKind.TOWNSHIP: _l("乡镇（街道）"),
    UnitKind.DEPARTMENT: _l("内设机构"),
    UnitKind.VILLAGE: _l("村（社区）"),
}
NO_SUPERIOR = _l("没有上级岗位")


def leave_question(ending: Sequence[Post]) -> list[Question]:
    """Return the box that leaves open tasks of posts to their superiors; none where there are none."""
    inside = open_for(ending)
    said = _("未办结的任务由上级岗位代办，直到转办：%(inside)s", inside=listed(inside))
    return [Question("leave_tasks", said, "check")] if inside else []


def role_questions() -> list[Question]:
    """Return the boxes that say what a post does for the office."""
    return [
        Question("in_leadership", _("班子成员"), "check"),
        Question("is_clerk", _("经办：导入报告、立项、交办"), "check"),
        Question("keeps_ledger", _("台账管理：默认验收岗位，登记岗位、任职和分工"), "check"),
    ]


def roles_typed() -> posts.Roles:
    """Return the roles ticked in the form."""
    return posts.Roles(ticked("in_leadership"), ticked("is_clerk"), ticked("keeps_ledger"))


def first_day_question() -> Question:
    """Return the question since when there is a post."""
    hint = _("不填表示启用本系统以前就有；填了的，这一天以前的页面不列这个岗位")
    return Question("from_day", _("设立日期"), "date", hint=hint, optional=True)


def rename_questions() -> list[Question]:
    """Return the questions that go with another name: since when, or whether it was only misspelt."""
    hint = _("改了名称才用填；这一天以前的记录仍写原来的名称")
    return [
        Question("since", _("新名称自哪天起"), "date", hint=hint, optional=True),
        Question("misspelt", _("只是更正写错的字：以前的记录也按改正后的写"), "check"),
    ]


def superior_options(unit: Unit) -> Options:
    """Return the posts that may be superior to one of a unit."""
    return [("", str(NO_SUPERIOR))] + [
        (post.id, f"{post.title}（{post.unit.name}）") for post in superiors_offered(unit)
    ]


def _kinds_below(unit: Unit) -> Options:
    return [(kind.value, str(word)) for kind, word in KIND_WORDS.items() if kind in units.PLACES[unit.kind]]


def _new_unit(unit: Unit) -> list[Question]:
    return [
        Question("name", _("名称")),
        Question("code", _("代码"), hint=_("字母、数字和连字符，如 %(code)s-XC", code=unit.code)),
        Question("kind", _("类型"), "select", _kinds_below(unit)),
    ]


def _add_unit(unit: Unit, by: Actor) -> str:
    try:
        kind = UnitKind(forms.text("kind"))
    except ValueError:
        raise Refused(_("选择单位的类型。"), field="kind") from None
    made = units.add_unit(code=forms.text("code"), name=forms.text("name"), kind=kind, parent=unit, by=by)
    said = _("已增加%(unit)s，接着登记它的岗位。", unit=made.name)
    return with_next(
        said, url_for("organization_entering.unit", unit_id=made.id, entry="new-post"), _("增设岗位")
    )


def _new_post(unit: Unit) -> list[Question]:
    return [
        Question("title", _("岗位名称"), hint=_("如：副镇长、宣传办主任")),
        first_day_question(),
        Question("superior", _("上级岗位"), "select", superior_options(unit)),
        Question("rank", _("排序"), "number", hint=_("小的在前，0 排在最后"), optional=True),
        *role_questions(),
    ]


def _new_post_typed(unit: Unit) -> dict[str, Any]:
    """Return the form with the head of the unit as superior: without one nobody acts for a vacant post."""
    head = next(iter(posts_in(unit, clock.today())), None)
    return nothing_typed(unit) | {"superior": head.id if head else None}


def _add_post(unit: Unit, by: Actor) -> str:
    roles = roles_typed()
    post = posts.add_post(
        unit,
        forms.text("title"),
        superior=chosen_or_none(superiors_offered(unit), "superior"),
        from_day=forms.day("from_day"),
        rank=forms.whole_number("rank") or 0,
        in_leadership=roles.in_leadership,
        is_clerk=roles.is_clerk,
        keeps_ledger=roles.keeps_ledger,
        by=by,
    )
    said = _("已增设%(post)s，接着登记任职人。", post=post.title)
    return with_next(
        said, url_for("organization_entering.post", post_id=post.id, entry="appoint"), _("登记任职")
    )


def _parents(unit: Unit) -> list[Unit]:
    """Return where a unit may be moved to: within its office, not below itself."""
    if unit.parent is None:
        return []
    office = office_of(unit.parent)
    found = db.session.scalars(select(Unit).where(below(office), Unit.ended_on.is_(None)).order_by(Unit.path))
    return [
        one for one in found if not one.path.startswith(unit.path) and unit.kind in units.PLACES[one.kind]
    ]


def _change_questions(unit: Unit) -> list[Question]:
    name = Question("name", _("名称"), hint=_("代码 %(code)s 不变，台账编号不受影响", code=unit.code))
    parents: Options = [(one.id, one.name) for one in _parents(unit)]
    placed = [Question("parent", _("上级单位"), "select", parents)] if parents else []
    return [name, *rename_questions(), *placed]


def _unit_typed(unit: Unit) -> dict[str, Any]:
    return {"name": unit.name, "parent": unit.parent_id, "since": clock.today()}


def _change_unit(unit: Unit, by: Actor) -> str:
    renamed = (
        renaming.correct_name(unit, forms.text("name"), by=by)
        if ticked("misspelt")
        else renaming.rename_unit(unit, forms.text("name"), since=forms.day("since"), by=by)
    )
    parents = _parents(unit)
    moved = bool(parents) and units.move_unit(
        unit, chosen(parents, "parent", _("没有这个单位，请重新选择。")), by=by
    )
    return saved(renamed, moved)


def _end_questions(unit: Unit) -> list[Question]:
    return [
        Question("day", _("最后一天"), "date"),
        Question("reason", _("原因和工作去向"), "area", hint=_("仍有岗位时必须写明")),
        *leave_question(posts_left(unit)),
    ]


def _end_unit(unit: Unit, by: Actor) -> str:
    last_day = required_day("day", _("写明最后一天。"))
    reason, leave = forms.text("reason"), ticked("leave_tasks")
    units.end_unit(unit, last_day=last_day, reason=reason, leave_tasks=leave, by=by)
    return str(_("%(unit)s已登记撤并，原有任职和任务记录都保留。", unit=unit.name))


UNIT_ENTRIES: dict[str, Entry[Unit]] = {
    "new-unit": Entry(_l("下设单位"), _l("增加单位"), _new_unit, nothing_typed, _add_unit, makes_new=True),
    "new-post": Entry(_l("增设岗位"), _l("增设岗位"), _new_post, _new_post_typed, _add_post, makes_new=True),
    "change": Entry(_l("更名、调整上级"), _l("保存"), _change_questions, _unit_typed, _change_unit),
    "end": Entry(
        _l("撤并单位"),
        _l("撤并单位"),
        _end_questions,
        nothing_typed,
        _end_unit,
        grave=_l(
            "下级单位和岗位一并撤销，任职到这一天为止。未办结的任务先转办，或写明由上级岗位代为办理，直到转办。"
        ),
    ),
}


def posts_left(unit: Unit) -> list[Post]:
    """Return the posts of a unit and of what lies below that have not ended."""
    query = select(Post).join(Unit, Post.unit_id == Unit.id).where(below(unit), Post.ended_on.is_(None))
    return list(db.session.scalars(query.order_by(Unit.path, Post.id)))
