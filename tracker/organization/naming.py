"""How screens say who answers: “岗位 · 姓名”, as of the day the answer was looked up for."""

from datetime import date

from flask_babel import gettext as _

from tracker.organization.models import Person, Post
from tracker.organization.queries import Answering


def who(answering: Answering | None) -> str:
    """Return post and person of who acts for a post: 宣传办主任 · 褚例, or 宣传办主任 · 空缺（郑样 代）."""
    if answering is None:
        return str(_("未定"))
    return f"{answering.post.title_on(answering.day)} · {name_of(answering)}"


def name_of(answering: Answering) -> str:
    """Return the name alone; a vacancy says who acts meanwhile."""
    if answering.person is None:
        return str(_("空缺（上级岗位也无人任职）"))
    name = answering.person.name
    if answering.stand_in is not None:
        name = by_name(answering.stand_in, answering.person)
    return str(_("空缺（%(name)s 代）", name=name)) if answering.for_vacant else name


def post_person(
    post: Post, person: Person | None, stand_in: Person | None = None, *, day: date | None = None
) -> str:
    """Return post and person of a known holder, or who stands in, as of a day; a vacant post says so."""
    title = post.title if day is None else post.title_on(day)
    if person is None:
        vacant = _("空缺")
        return f"{title} · {vacant}"
    return f"{title} · {person.name if stand_in is None else by_name(stand_in, person)}"


def named_for(from_day: date, to_day: date | None, on: date) -> date:
    """Return the day whose names tell a span of days that is looked at on a day: that day within it, else
    the nearest of its days.
    """
    return max(from_day, on if to_day is None else min(to_day, on))


def by_name(person: Person, on_behalf_of: Person | None) -> str:
    """Return who did something: 王范, or 王范（代郑样） for a stand-in."""
    if on_behalf_of is None:
        return person.name
    return str(_("%(deputy)s（代%(name)s）", deputy=person.name, name=on_behalf_of.name))
