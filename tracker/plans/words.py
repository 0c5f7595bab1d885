"""How the office says where a plan and its steps stand: spans in hours and minutes, lights, contacts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from tracker import clock
from tracker.plans.progress import Progress, StepState
from tracker.web.filters import cndate, cntime
from tracker.words import N_

RISKS = (N_("防汛"), N_("森林防火"), N_("消防安全"), N_("安全生产"), N_("公共卫生"), N_("群众关切"))
STATE_WORDS = {
    StepState.TOLD: N_("待签收"),
    StepState.REFUSED: N_("不予接收，待重新交办"),
    StepState.BEGUN: N_("办理中"),
    StepState.DONE: N_("已完成"),
    StepState.STOPPED: N_("已停办"),
}
SOON = timedelta(minutes=30)
_NUMBER = re.compile(r"[\d+][\d\s-]{4,}$")


@dataclass(frozen=True)
class Contact:
    """Who, and under which number ('' for a line without one)."""

    who: str
    number: str

    @property
    def dialled(self) -> str:
        """The number as a telephone takes it."""
        return "".join(sign for sign in self.number if sign.isdigit() or sign == "+")


def contacts(lines: str) -> Iterator[Contact]:
    """Yield the contacts of a plan, one a line, the number last: 县应急值班室 0000-1234567."""
    for line in filter(None, (one.strip() for one in lines.splitlines())):
        found = _NUMBER.search(line)
        number = "" if found is None else found.group().strip()
        yield Contact(line.removesuffix(number).strip(" \t，,：:") if number else line, number)


def span(length: timedelta) -> str:
    """Return how long a time is, to the minute: 35 分钟, 2 小时 5 分钟, 3 天 4 小时."""
    minutes = max(int(length.total_seconds() // 60), 0)
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return str(_("%(days)s 天 %(hours)s 小时", days=hours // 24, hours=hours % 24))
    if not hours:
        return str(_("%(minutes)s 分钟", minutes=rest))
    if not rest:
        return str(_("%(hours)s 小时", hours=hours))
    return str(_("%(hours)s 小时 %(minutes)s 分钟", hours=hours, minutes=rest))


def at(moment: datetime) -> str:
    """Return 14:30, of another day than today with its date."""
    day = "" if clock.day_of(moment) == clock.today() else f"{cndate(moment)} "
    return day + cntime(moment)


def level(one: Progress, now: datetime) -> int | str:
    """Return the light of a step: red past its hour, orange past its minutes, yellow when either is near.

    One that its post declined is orange at once. Of a plan that was ended no hour is near any more: what was
    open and in time has the dashed light of what has no clock.
    """
    if not one.is_open:
        return "done"
    if one.is_late(now):
        return 4
    if one.state == StepState.REFUSED or one.is_unacknowledged(now):
        return 3
    if one.step.run.ended_at is not None:
        return "long"
    limit = one.step.acknowledge_by if one.state == StepState.TOLD else one.step.due_at
    return 2 if limit - now <= SOON else 1


def standing(one: Progress, now: datetime) -> str:
    """Return where a step stands: 待签收，还剩 12 分钟; 办理中，超时 5 分钟; 已完成，用时 1 小时.

    Of a plan that was ended: 结束时办理中, for no time runs any more.
    """
    state = str(_(STATE_WORDS[one.state]))
    if one.done_at is not None:
        used = span(one.done_at - one.step.run.started_at)
        return str(_("%(state)s，用时 %(span)s", state=state, span=used))
    if one.is_open and one.step.run.ended_at is not None:
        return str(_("结束时%(state)s", state=state))
    if not one.is_held:
        return state
    limit = one.step.acknowledge_by if one.state == StepState.TOLD else one.step.due_at
    if limit > now:
        return str(_("%(state)s，还剩 %(span)s", state=state, span=span(limit - now + timedelta(seconds=59))))
    return str(_("%(state)s，超时 %(span)s", state=state, span=span(now - limit)))
