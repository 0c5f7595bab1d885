"""The only reader of the wall clock.

Every date and time of the program comes from here, so that a test can move a whole office
through a quarter. Production has no switch: only the tests call `moved_to`, and the demo, which
builds the past of its invented office with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_office_zone = ZoneInfo("Asia/Shanghai")
_shift = timedelta(0)


def set_office_zone(name: str) -> None:
    """Set the time zone in which the office counts its days (TRACKER_TIMEZONE)."""
    global _office_zone
    _office_zone = ZoneInfo(name)


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def today() -> date:
    """Return the office's current calendar day."""
    return day_of(now())


def office_time(moment: datetime) -> datetime:
    """Return a stored moment in the office's time zone, for showing."""
    return moment.astimezone(_office_zone)


def day_of(moment: datetime) -> date:
    """Return the office's calendar day on which a moment fell."""
    return office_time(moment).date()


def midnight(day: date) -> datetime:
    """Return the moment at which an office's calendar day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=_office_zone)


@contextmanager
def moved_to(day: date, hour: int = 9, minute: int = 0) -> Iterator[None]:
    """Let the clock run on from an hour and minute (office time) of `day`; for tests and the demo."""
    global _shift
    before = _shift
    wanted = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_office_zone)
    _shift = wanted - datetime.now(UTC)
    try:
        yield
    finally:
        _shift = before
