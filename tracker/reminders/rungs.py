"""On which days a rung falls: pure arithmetic over the day table.

A rung falls on working days only. Its offset counts working days from the deadline, and a deadline
on a rest day counts as the last working day before it (domain.md 5.3): a task due on Saturday is
due on Friday, and nothing of its ladder burns over the weekend.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.reminders.models import Clock
from tracker.settings.ladder import Recipient, Rung
from tracker.tasks.states import Action, TaskState
from tracker.words import N_
from tracker.workdays import ONE_DAY, DayTable


@dataclass(frozen=True)
class WaitingClock:
    """A clock that runs while a task waits in a state; offsets count from the latest of some events."""

    clock: Clock
    state: TaskState
    begun_by: tuple[Action, ...]
    rungs: tuple[Rung, ...]
    said: str  # after "已等待 N 个工作日，"
    for_long_term: bool = True


ACTS, DEPUTY, FIRST = Recipient.HOLDER, Recipient.DEPUTY_IN_CHARGE, Recipient.FIRST_RESPONSIBLE
VERIFIER = Recipient.VERIFIER

# Defaults of domain.md 5.3: three working days to acknowledge, five to decide on a closure request,
# fifteen without progress, a long-term task reviewed on its day (it is never overdue: nothing follows).
TO_ACKNOWLEDGE = (
    Rung(3, 2, (ACTS,), N_("催办提示")),
    Rung(5, 3, (ACTS, DEPUTY), N_("督查催办通知"), every=5),
)
TO_DECIDE = (
    Rung(3, 2, (ACTS,), N_("催办提示")),
    Rung(5, 2, (ACTS,), N_("催办单")),
    Rung(6, 3, (ACTS, FIRST), N_("督查催办通知"), every=5),
)
TO_REPORT_PROGRESS = (
    Rung(15, 2, (ACTS,), N_("催办提示")),
    Rung(20, 2, (ACTS, DEPUTY), N_("催办单"), every=15),
)
TO_REVIEW = (Rung(-3, 1, (ACTS, VERIFIER), N_("提示")), Rung(0, 1, (ACTS, VERIFIER), N_("提示")))
# Until the middle of the quarter after the closure (5.3); what nobody looked at is told upwards once.
TO_LOOK_BACK = (
    Rung(-10, 1, (VERIFIER,), N_("提示")),
    Rung(0, 2, (VERIFIER,), N_("催办提示")),
    Rung(3, 2, (VERIFIER, FIRST), N_("催办单")),
)
TO_ANSWER = (
    Rung(-1, 1, (ACTS,), N_("提示")),
    Rung(0, 2, (ACTS,), N_("催办提示")),
    Rung(1, 2, (ACTS, FIRST), N_("催办单"), every=5),
)
# From here “no progress” counts: the work begins, is reported on, or goes on after it rested.
BEGIN_WORK = (
    Action.ACKNOWLEDGE,
    Action.REPORT_PROGRESS,
    Action.RETURN_FOR_REWORK,
    Action.WITHDRAW,
    Action.RESUME,
    Action.REOPEN,
)
WAITING_CLOCKS: tuple[WaitingClock, ...] = (
    WaitingClock(
        Clock.ACKNOWLEDGEMENT,
        TaskState.ASSIGNED,
        (Action.ASSIGN, Action.TRANSFER, Action.RESUME),
        TO_ACKNOWLEDGE,
        "尚未签收",
    ),
    WaitingClock(
        Clock.ACCEPTANCE,
        TaskState.CLOSURE_REQUESTED,
        (Action.REQUEST_CLOSURE,),
        TO_DECIDE,
        "销号申请尚未初审",
    ),
    WaitingClock(Clock.ACCEPTANCE, TaskState.ENDORSED, (Action.ENDORSE,), TO_DECIDE, "销号申请尚未验收"),
    WaitingClock(
        Clock.PROGRESS,
        TaskState.IN_PROGRESS,
        BEGIN_WORK,
        TO_REPORT_PROGRESS,
        "未反馈新进展",
        for_long_term=False,  # these go by their review
    ),
)


def deadlines_reached(
    ladder: Sequence[Rung], day: date, oldest: date, days: DayTable
) -> dict[date, list[tuple[int, Rung]]]:
    """Return the deadlines for which a rung falls on a day, each with the offsets and rungs that do.

    A repeated rung looks back as far as the oldest deadline that is still open.
    """
    if not days.is_workday(day):
        return {}
    found: dict[date, list[tuple[int, Rung]]] = {}
    furthest = days.workdays_between(oldest, day) + 1
    for rung in ladder:
        for offset in _offsets(rung, furthest):
            for deadline in _counted_as(days.add_workdays(day, -offset), days):
                found.setdefault(deadline, []).append((offset, rung))
    return found


def rungs_reached(rungs: Sequence[Rung], begun: date, day: date, days: DayTable) -> list[tuple[int, Rung]]:
    """Return the rungs, with their offsets, that fall on a day when the clock began on another."""
    if not days.is_workday(day):
        return []
    distance = days.workdays_between(begun, day)
    return [(distance, rung) for rung in rungs if distance in _offsets(rung, distance)]


def name_of(offset: int) -> str:
    """Return the name of a rung in the unique key of a notice: its offset in working days, "+3w"."""
    return f"{offset:+d}w" if offset else "0w"


def _offsets(rung: Rung, furthest: int) -> Iterator[int]:
    yield rung.offset
    if rung.every:
        yield from range(rung.offset + rung.every, furthest + 1, rung.every)


def _counted_as(workday: date, days: DayTable) -> Iterator[date]:
    """Yield the deadlines that count as a working day: itself and the rest days after it."""
    yield workday
    day = workday + ONE_DAY
    while not days.is_workday(day):
        yield day
        day += ONE_DAY
