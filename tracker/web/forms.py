"""Reading what a form sent."""

from datetime import date

from flask import request
from flask_babel import gettext as _

from tracker.refusals import Refused

EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)  # no office works outside
LARGEST = 2**31 - 1  # what an integer column holds on PostgreSQL


def text(name: str) -> str:
    """Return a text field, stripped, '' when missing (`web.incoming` has taken control characters out)."""
    return request.form.get(name, "").strip()


def whole_number(name: str) -> int | None:
    """Return a whole number, None when left empty. Raises Refused for anything else.

    A number that no column holds (beyond ±LARGEST) is refused too: PostgreSQL takes it for an error.
    """
    sent = text(name)
    if not sent:
        return None
    try:
        number = int(sent)
        if abs(number) > LARGEST:
            raise ValueError
    except ValueError:
        raise Refused(_("“%(sent)s”不是整数，请改正。", sent=sent), field=name) from None
    return number


def day(name: str) -> date | None:
    """Return a date written 2025-11-30, None when left empty. Raises Refused for anything else."""
    sent = text(name)
    if not sent:
        return None
    found = office_day(sent)
    if found is None:
        raise Refused(_("“%(sent)s”不是有效日期，请按 2025-11-30 的格式填写。", sent=sent), field=name)
    return found


def office_day(sent: str) -> date | None:
    """Return the day that a text is, None for anything else.

    A day a lifetime off is a slip of the pen, and counting the working days up to it takes seconds.
    """
    try:
        found = date.fromisoformat(sent)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
