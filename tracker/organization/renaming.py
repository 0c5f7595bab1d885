"""Posts and units get another name from a day on, or the present one is corrected.

A rename keeps the old name for the days before; a correction says that the name never was otherwise.
"""

from datetime import date, timedelta

from flask_babel import gettext as _

from tracker import clock
from tracker.audit.trail import record
from tracker.organization.acting import Actor
from tracker.organization.entering import begin_entry, named
from tracker.organization.former import FormerName, FormerTitle
from tracker.organization.models import Post, Unit
from tracker.refusals import Refused
from tracker.web.filters import cnday

ONE_DAY = timedelta(days=1)


def rename_post(post: Post, title: str, *, since: date | None = None, by: Actor | None = None) -> bool:
    """Give a post another title from a day on, today for none; whether it changed.

    Its tasks and holders stay with it, and what lies before the day keeps saying the old title.
    Raises Refused for a day to come and for one before the present title began.
    """
    begin_entry(post.unit, by)
    new = named(title, "title", most=100)
    if new == post.title:
        return False
    since = since or clock.today()
    until = _last_day(since, clock.today(), post.renamed_on, post.from_day)
    record("organization.rename_post", f"post:{post.id}", old=post.title, new=new, from_day=str(since))
    if until is not None:
        post.former_titles.append(FormerTitle(name=post.title, to_day=until))
        post.renamed_on = since
    post.title = new
    return True


def correct_title(post: Post, title: str, *, by: Actor | None = None) -> bool:
    """Correct how the present title is written, as if it had never been otherwise; whether it changed."""
    begin_entry(post.unit, by)
    new = named(title, "title", most=100)
    if new == post.title:
        return False
    record("organization.correct_title", f"post:{post.id}", old=post.title, new=new)
    post.title = new
    return True


def rename_unit(unit: Unit, name: str, *, since: date | None = None, by: Actor | None = None) -> bool:
    """Give a unit another name from a day on, today for none; whether it changed.

    Case numbers keep the code, so they stay as they are; what lies before the day keeps the old name.
    Raises Refused for a day to come and for one before the present name began.
    """
    begin_entry(unit, by)
    new = named(name, "name", most=100)
    if new == unit.name:
        return False
    since = since or clock.today()
    until = _last_day(since, clock.today(), unit.renamed_on, None)
    record("organization.rename_unit", f"unit:{unit.id}", old=unit.name, new=new, from_day=str(since))
    if until is not None:
        unit.former_names.append(FormerName(name=unit.name, to_day=until))
        unit.renamed_on = since
    unit.name = new
    return True


def correct_name(unit: Unit, name: str, *, by: Actor | None = None) -> bool:
    """Correct how the present name is written, as if it had never been otherwise; whether it changed."""
    begin_entry(unit, by)
    new = named(name, "name", most=100)
    if new == unit.name:
        return False
    record("organization.correct_name", f"unit:{unit.id}", old=unit.name, new=new)
    unit.name = new
    return True


def _last_day(since: date, today: date, renamed_on: date | None, first_day: date | None) -> date | None:
    """Return the last day of the present name where another one begins; None when it never stood a day.

    Raises Refused for a day to come, and for one before the last rename or before the first day.
    """
    if since > today:
        raise Refused(_("更名日期还没有到，请到那一天再登记。"), field="since")
    began = max((day for day in (renamed_on, first_day) if day is not None), default=None)
    if began is not None and since < began:
        raise Refused(
            _("现在的名称自 %(day)s起使用，更名日期不能早于这一天。", day=cnday(began)), field="since"
        )
    return None if since == began else since - ONE_DAY
