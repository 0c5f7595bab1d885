"""How screens say who answers: “岗位 · 姓名”, as of the day the answer was looked up for."""

from flask_babel import gettext as _

from tracker.organization.models import Person, Post
from tracker.organization.queries import Answering


def who(answering: Answering | None) -> str:
    """Return post and person of who acts for a post: 宣传办主任 · 褚例, or 宣传办主任 · 空缺（郑样 代）."""
    if answering is None:
        return str(_("未定"))
    return f"{answering.post.title} · {name_of(answering)}"


def name_of(answering: Answering) -> str:
    """Return the name alone; a vacancy says who acts meanwhile, an absence who stands in today."""
    if answering.person is None:
        return str(_("空缺（上级岗位也无人任职）"))
    name = _with_stand_in(answering.person, answering.stand_in)
    return str(_("空缺（%(name)s 代）", name=name)) if answering.for_vacant else name


def post_person(post: Post, person: Person | None, stand_in: Person | None = None) -> str:
    """Return post and person of a past act or of a known holder; a vacant post says so."""
    return f"{post.title} · {_with_stand_in(person, stand_in) if person else _('空缺')}"


def _with_stand_in(person: Person, stand_in: Person | None) -> str:
    if stand_in is None:
        return person.name
    return str(_("%(name)s（今天由%(stand_in)s代）", name=person.name, stand_in=stand_in.name))
