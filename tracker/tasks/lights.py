"""The light of a task: its level 0 to 4 on a day, and the deadlines that have a level on that day.

Levels fall as deadlines move away, so "level 3 and more" is one bound: every deadline up to a day.
The bounds are computed once; a list or a figure then seeks deadlines in an index and visits no task.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, false, or_, select

from tracker import workdays
from tracker.extensions import db
from tracker.organization.kept import kept
from tracker.organization.models import Unit
from tracker.organization.queries import OFFICES
from tracker.settings import ladder
from tracker.settings.keys import LADDER, STAGNATION, Key
from tracker.settings.ladder import Rung
from tracker.settings.models import Setting
from tracker.tasks.models import Task
from tracker.tasks.states import RUNNING_STATES, Remedy, TaskState
from tracker.workdays import ONE_DAY

T = TypeVar("T")
LEVELS = (1, 2, 3, 4)
OVERDUE_LEVELS = (ladder.LATE, LEVELS[-1])  # lowest and highest
FARTHEST = 500  # calendar days; a rung lies at most 250 working days from its deadline

Bounds = tuple[date | None, ...]


class Clocked(Protocol):
    """What the clocks go by: a task, or the row of one."""

    @property
    def unit_id(self) -> int: ...
    @property
    def state(self) -> TaskState: ...
    @property
    def remedy(self) -> Remedy: ...
    @property
    def deadline(self) -> date | None: ...
    @property
    def last_progress_on(self) -> date | None: ...


@dataclass(frozen=True)
class Light:
    """What a template shows: level (0 to 4, done or long) and the words that carry the meaning."""

    level: int | str
    word: str


@lru_cache(maxsize=256)
def bounds(rungs: tuple[Rung, ...], day: date) -> Bounds:
    """Return for each level the latest deadline that has at least it on a day; None: no rung gives it."""
    return tuple(_latest_deadline(level, rungs, day) for level in LEVELS)


def _latest_deadline(level: int, rungs: tuple[Rung, ...], day: date) -> date | None:
    def reached(days_from_now: int) -> bool:
        deadline = day + timedelta(days=days_from_now)
        return ladder.level(deadline, day, rungs, workdays.shipped()) >= level

    low, high = -FARTHEST, FARTHEST
    if not reached(low):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reached(middle) else (low, middle)
    return day + timedelta(days=low)


@dataclass(frozen=True)
class Lights:
    """The levels of a day, and what stagnates: as each office chose, and by the default where none did."""

    day: date
    chosen: Mapping[int, tuple[Rung, ...]]
    patience: Mapping[int, int] = field(default_factory=dict)  # working days without progress, where chosen

    @classmethod
    def on(cls, day: date, mark: str = "") -> "Lights":
        """Return the levels of a day; one query, more where an office chose something of its own.

        Under the `mark` of the organization they are kept (`organization.kept`).
        """
        return kept(mark, "lights", day, make=lambda: cls._read(day))

    @classmethod
    def _read(cls, day: date) -> "Lights":
        values = _chosen(day)
        return cls(day, _inherited(values[LADDER.name]), _inherited(values[STAGNATION.name]))

    def level(self, task: Clocked) -> int:
        """Return the level of a task; 0 where no clock runs."""
        if task.state not in RUNNING_STATES or task.remedy == Remedy.LONG_TERM:
            return 0
        rungs = self.chosen.get(task.unit_id, LADDER.default)
        return ladder.level(task.deadline, self.day, rungs, workdays.shipped())

    def is_overdue(self, task: Clocked) -> bool:
        """Whether a task counts as overdue (逾期), as the ledger and the figures count it."""
        return self.level(task) >= OVERDUE_LEVELS[0]

    def deadline_at_level(self, lowest: int, highest: int) -> ColumnElement[bool]:
        """Return the condition that a task's deadline has a level from `lowest` to `highest` on the day."""
        own = [
            and_(Task.unit_id == unit_id, _between(bounds(rungs, self.day), lowest, highest))
            for unit_id, rungs in self.chosen.items()
        ]
        general = _between(bounds(LADDER.default, self.day), lowest, highest)
        if not own:
            return general
        return or_(*own, and_(Task.unit_id.not_in(self.chosen), general))

    def stagnates(self, state: ColumnElement[TaskState]) -> ColumnElement[bool]:
        """Return the condition that nothing new was reported of running work for too long (停滞).

        Counted from the last progress; comments, urging and reading are none. Long-term tasks go by reviews.
        """
        own = [
            and_(Task.unit_id == unit_id, Task.last_progress_on <= self._stale_since(days))
            for unit_id, days in self.patience.items()
        ]
        general = Task.last_progress_on <= self._stale_since(STAGNATION.default)
        late = or_(*own, and_(Task.unit_id.not_in(self.patience), general)) if own else general
        return and_(state == TaskState.IN_PROGRESS, Task.remedy != Remedy.LONG_TERM, late)

    def idle_days(self, task: Clocked) -> int:
        """Return for how many working days a stagnating task has had no progress; 0 for any other."""
        last = task.last_progress_on
        if task.state != TaskState.IN_PROGRESS or task.remedy == Remedy.LONG_TERM or last is None:
            return 0
        if last > self._stale_since(self.patience.get(task.unit_id, STAGNATION.default)):
            return 0
        return workdays.shipped().workdays_between(last, self.day)

    def _stale_since(self, days: int) -> date:
        """Return the latest day of progress after which so many working days have gone by up to now."""
        return workdays.shipped().add_workdays(self.day + ONE_DAY, -days) - ONE_DAY

    def light(self, task: Clocked) -> Light:
        """Return the light of a task with its words."""
        if task.state == TaskState.CLOSED:
            return Light("done", _("已销号"))
        if task.state == TaskState.SUSPENDED:
            return Light(0, _("已中止"))
        if task.remedy == Remedy.LONG_TERM:
            return Light("long", _("长期坚持"))
        if task.deadline is None or task.state not in RUNNING_STATES:
            return Light(0, _("未定时限") if task.deadline is None else _("未交办"))
        return Light(self.level(task), deadline_words(task.deadline, self.day))


def days_late(task: Task, day: date) -> int:
    """Return for how many working days a task is overdue; 0 for one that is not, or has no deadline."""
    if task.deadline is None or task.remedy == Remedy.LONG_TERM or task.state not in RUNNING_STATES:
        return 0
    return max(ladder.distance(task.deadline, day, workdays.shipped()), 0)


def deadline_words(deadline: date, day: date) -> str:
    """Return how far a deadline is, in working days: 还有 3 个工作日, 今天到期, 逾期 5 个工作日."""
    days = workdays.shipped()
    distance = ladder.distance(deadline, day, days)
    if distance < 0:
        return str(ngettext("还有 %(num)s 个工作日", "还有 %(num)s 个工作日", -distance))
    if distance > 0:
        return str(ngettext("逾期 %(num)s 个工作日", "逾期 %(num)s 个工作日", distance))
    if deadline == day:
        return str(_("今天到期"))
    # only rest days are left until the deadline
    return str(_("今天是期限前最后一个工作日") if days.is_workday(day) else _("到期前已无工作日"))


def _between(latest: Bounds, lowest: int, highest: int) -> ColumnElement[bool]:
    last = latest[lowest - 1]
    if last is None:
        return false()
    above = None if highest >= LEVELS[-1] else latest[highest]
    condition: ColumnElement[bool] = Task.deadline <= last
    return condition if above is None else and_(condition, Task.deadline > above)


def _chosen(day: date) -> dict[str, dict[str, Any]]:
    """Return what units chose of the ladder and of the patience: key to path to value."""
    keys: dict[str, Key[Any]] = {LADDER.name: LADDER, STAGNATION.name: STAGNATION}
    rows = db.session.execute(
        select(Setting.key, Setting.value, Unit.path)
        .join(Unit, Unit.id == Setting.unit_id)
        .where(Setting.key.in_(keys), Setting.valid_from <= day)
        .order_by(Setting.valid_from)
    ).all()
    found: dict[str, dict[str, Any]] = {name: {} for name in keys}
    for key, value, path in rows:
        found[key][path] = keys[key].read(value["value"])
    return found


def _inherited(latest: Mapping[str, T]) -> dict[int, T]:
    """Return each office's own choice, or that of the nearest unit above it that made one."""
    if not latest:
        return {}
    offices: Iterable[Unit] = db.session.scalars(
        select(Unit).where(
            Unit.kind.in_(OFFICES), or_(*(Unit.path.startswith(path, autoescape=True) for path in latest))
        )
    )
    return {
        office.id: latest[max((path for path in latest if office.path.startswith(path)), key=len)]
        for office in offices
    }
