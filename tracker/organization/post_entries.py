"""What the ledger keeper enters about a post and its holders, and about a person."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.organization import holdings, people, posts, renaming
from tracker.organization.acting import Actor
from tracker.organization.duty_entries import CHARGE
from tracker.organization.forms import (
    Entry,
    Question,
    chosen,
    chosen_or_none,
    nothing_typed,
    required_day,
    saved,
    ticked,
)
from tracker.organization.models import Holding, Person, Post
from tracker.organization.queries import people_of, superiors_offered
from tracker.organization.unit_entries import (
    first_day_question,
    leave_question,
    rename_questions,
    role_questions,
    roles_typed,
    superior_options,
)
from tracker.refusals import Refused
from tracker.web import forms

NEW_PERSON = _l("新登记一人，在下面填写")


def _post_questions(post: Post) -> list[Question]:
    own = [option for option in superior_options(post.unit) if option[0] != post.id]
    return [
        Question("title", _("岗位名称")),
        *rename_questions(),
        first_day_question(),
        Question("superior", _("上级岗位"), "select", own, hint=_("岗位空缺时由上级岗位代为办理")),
        Question("rank", _("排序"), "number", hint=_("小的在前，0 排在最后"), optional=True),
        *role_questions(),
    ]


def _post_typed(post: Post) -> dict[str, Any]:
    return {
        "title": post.title,
        "since": clock.today(),
        "from_day": post.from_day,
        "superior": post.superior_id or "",
        "rank": post.rank,
        "in_leadership": post.in_leadership,
        "is_clerk": post.is_clerk,
        "keeps_ledger": post.keeps_ledger,
    }


def _change_post(post: Post, by: Actor) -> str:
    offered = superiors_offered(post.unit)
    if post.superior is not None:
        offered.append(post.superior)
    title = forms.text("title")
    return saved(
        renaming.correct_title(post, title, by=by)
        if ticked("misspelt")
        else renaming.rename_post(post, title, since=forms.day("since"), by=by),
        posts.set_first_day(post, forms.day("from_day"), by=by),
        posts.put_under(post, chosen_or_none(offered, "superior"), by=by),
        posts.rank_post(post, forms.whole_number("rank") or 0, by=by),
        posts.give_roles(post, roles_typed(), by=by),
    )


def _end_questions(post: Post) -> list[Question]:
    return [
        Question("day", _("最后一天"), "date"),
        Question("reason", _("原因和工作去向"), "area", hint=_("仍有人任职时必须写明")),
        *leave_question([post]),
    ]


def _end_post(post: Post, by: Actor) -> str:
    last_day = required_day("day", _("写明最后一天。"))
    reason, leave = forms.text("reason"), ticked("leave_tasks")
    posts.end_post(post, last_day=last_day, reason=reason, leave_tasks=leave, by=by)
    return str(_("%(post)s已登记撤销，原有任职和任务记录都保留。", post=post.title))


def _person_questions() -> list[Question]:
    return [
        Question("name", _("姓名"), hint=_("新登记的人才填；上面已选的不用填"), optional=True),
        Question("phone", _("电话"), "tel", optional=True),
        Question("email", _("邮箱"), "email", optional=True),
    ]


def _appoint_questions(post: Post) -> list[Question]:
    known: list[tuple[object, str]] = [("", str(NEW_PERSON))]
    known += [(person.id, _with_phone(person)) for person in people_of(post.unit)]
    return [
        Question("person", _("任职人"), "select", known),
        *_person_questions(),
        Question("day", _("任职日期"), "date", hint=_("现任者任职到前一天为止")),
        Question("acting", _("主持工作（代理），未正式任职"), "check"),
    ]


def _with_phone(person: Person) -> str:
    return f"{person.name}（{person.phone}）" if person.phone else person.name


def _appoint(post: Post, by: Actor) -> str:
    from_day = required_day("day", _("写明任职日期。"))
    listed, name = people_of(post.unit), forms.text("name")
    person = chosen_or_none(listed, "person")
    if person is None and not name:
        raise Refused(_("选择任职人；名单里没有的，填写姓名。"), field="name")
    if person is None and not forms.text("phone") and any(one.name == name for one in listed):
        raise Refused(
            _("名单里已有“%(name)s”，请在“任职人”中选择；是同名的另一个人，写上手机以便区别。", name=name),
            field="person",
        )
    if person is None:
        person = people.add_person(name, phone=forms.text("phone"), email=forms.text("email"))
    holdings.succeed(person, post, from_day=from_day, acting=ticked("acting"), by=by)
    return str(
        _(
            "已登记%(person)s任%(post)s。未办结的任务不变，自任职日起由其办理。",
            person=person.name,
            post=post.title,
        )
    )


def _release_questions(_holding: Holding) -> list[Question]:
    return [Question("to_day", _("任职的最后一天"), "date")]


def _release_typed(holding: Holding) -> dict[str, Any]:
    return {"to_day": holding.to_day or clock.today()}


def _release(holding: Holding, by: Actor) -> str:
    last_day = required_day("to_day", _("写明任职的最后一天。"))
    holdings.release(holding, last_day=last_day, by=by)
    return str(_("已登记离任。有人接任以前，由上级岗位代为办理。"))


def _correct_questions(holding: Holding) -> list[Question]:
    known = people_of(holding.post.unit)
    return [
        Question("person", _("任职人"), "select", [(one.id, _with_phone(one)) for one in known]),
        Question("from_day", _("任职日期"), "date"),
        Question("to_day", _("任职的最后一天"), "date", hint=_("仍在任的不填"), optional=True),
        Question("acting", _("主持工作（代理），未正式任职"), "check"),
        Question("strike_out", _("这一条从未发生过，整条删除"), "check"),
        Question("reason", _("原来为什么登记错"), "area"),
    ]


def _correct_typed(holding: Holding) -> dict[str, Any]:
    return {
        "person": holding.person_id,
        "from_day": holding.from_day,
        "to_day": holding.to_day,
        "acting": holding.acting,
    }


def _correct(holding: Holding, by: Actor) -> str:
    if ticked("strike_out"):
        holdings.strike_out(holding, reason=forms.text("reason"), by=by)
        return str(_("已删除误登记的任职，原内容和原因留在操作记录里。"))
    changed = holdings.correct_holding(
        holding,
        person=chosen(people_of(holding.post.unit), "person", _("选择任职人。")),
        from_day=required_day("from_day", _("写明任职日期。")),
        to_day=forms.day("to_day"),
        acting=ticked("acting"),
        reason=forms.text("reason"),
        by=by,
    )
    return saved(changed)


def _correct_person_questions(_person: Person) -> list[Question]:
    return [
        Question("name", _("姓名"), hint=_("更正写错的姓名；换人请登记任职")),
        *_person_questions()[1:],
    ]


def _person_typed(person: Person) -> dict[str, Any]:
    return {"name": person.name, "phone": person.phone, "email": person.email}


def _correct_person(person: Person, by: Actor) -> str:
    changed = people.correct_person(
        person, name=forms.text("name"), phone=forms.text("phone"), email=forms.text("email"), by=by
    )
    return saved(changed)


POST_ENTRIES: dict[str, Entry[Post]] = {
    "change": Entry(_l("修改岗位"), _l("保存"), _post_questions, _post_typed, _change_post),
    "appoint": Entry(
        _l("登记任职"), _l("登记任职"), _appoint_questions, nothing_typed, _appoint, makes_new=True
    ),
    "charge": CHARGE,
    "end": Entry(
        _l("撤销岗位"),
        _l("撤销岗位"),
        _end_questions,
        nothing_typed,
        _end_post,
        grave=_l("任职到这一天为止。未办结的任务先转办，或写明由上级岗位代为办理，直到转办。"),
    ),
}
HOLDING_ENTRIES: dict[str, Entry[Holding]] = {
    "release": Entry(_l("登记离任"), _l("登记离任"), _release_questions, _release_typed, _release),
    "correct": Entry(_l("更正任职记录"), _l("更正"), _correct_questions, _correct_typed, _correct),
}
PERSON_ENTRIES: dict[str, Entry[Person]] = {
    "correct": Entry(
        _l("更正人员信息"), _l("保存"), _correct_person_questions, _person_typed, _correct_person
    ),
}
