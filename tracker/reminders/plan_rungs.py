"""The clocks of a started plan: tables of rungs in minutes. Pure.

A plan counts in minutes and hours by the wall clock, at night and on rest days too: what it answers to does
not wait for a working day. A rung is late by so many minutes after the limit of its clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.settings.ladder import Recipient
from tracker.words import N_

ACTS, DEPUTY, FIRST = Recipient.HOLDER, Recipient.DEPUTY_IN_CHARGE, Recipient.FIRST_RESPONSIBLE


@dataclass(frozen=True)
class MinuteRung:
    """So many minutes after a limit (before it: negative), to whom, how loud, under which name."""

    offset: int
    level: int
    to: tuple[Recipient, ...]
    paper: str
    every: int = 0  # minutes after which it comes again; 0: once


MINUTES_WATCHED = 24 * 60  # after the limit; from then on the ladder of days goes on with a step's task

TO_ACKNOWLEDGE = (
    MinuteRung(0, 3, (ACTS, DEPUTY), N_("催办单")),
    MinuteRung(15, 4, (ACTS, DEPUTY, FIRST), N_("督办函"), every=30),
)
TO_ASSIGN_ANEW = (  # a step that its post declined: nobody has it
    MinuteRung(0, 3, (DEPUTY,), N_("催办单")),
    MinuteRung(15, 4, (DEPUTY, FIRST), N_("督办函"), every=30),
)
TO_FINISH = (
    MinuteRung(-30, 2, (ACTS,), N_("催办提示")),
    MinuteRung(0, 3, (ACTS, DEPUTY), N_("催办单")),
    MinuteRung(60, 4, (ACTS, DEPUTY, FIRST), N_("督办函"), every=120),
)


def minute_rungs_reached(
    rungs: Sequence[MinuteRung], limit: datetime, now: datetime
) -> list[tuple[int, MinuteRung]]:
    """Return the rungs of a clock reached by now, each with its offset in minutes, earliest first."""
    gone = min((now - limit) // timedelta(minutes=1), MINUTES_WATCHED)
    found = [(offset, rung) for rung in rungs for offset in _offsets(rung, gone)]
    return sorted(found, key=lambda one: one[0])


def minute_name(offset: int) -> str:
    """Return the name of a rung in the unique key of a notice: "+15m"."""
    return f"{offset:+d}m" if offset else "0m"


def _offsets(rung: MinuteRung, gone: int) -> Iterator[int]:
    if rung.offset <= gone:
        yield rung.offset
        if rung.every:
            yield from range(rung.offset + rung.every, gone + 1, rung.every)
