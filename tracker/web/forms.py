"""Reading what a form sent."""

import re
from datetime import date

from flask import request
from flask_babel import gettext as _

from tracker.refusals import Refused

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)  # no office works outside
LARGEST = 2**31 - 1  # what an integer column holds on PostgreSQL


def text(name: str) -> str:
    """Return a text field, stripped and without control characters, '' when missing.

    PostgreSQL stores no NUL, and a document or a log shows the others as nothing good.
    """
    return _CONTROL.sub("", request.form.get(name, "")).strip()


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
    """Return a date written 2025-11-30, None when left empty. Raises Refused for anything else.

    A day a lifetime off is a slip of the pen, and counting the working days up to it takes seconds.
    """
    sent = text(name)
    if not sent:
        return None
    try:
        found = date.fromisoformat(sent)
        if not EARLIEST <= found <= LATEST:
            raise ValueError
    except ValueError:
        raise Refused(
            _("“%(sent)s”不是有效日期，请按 2025-11-30 的格式填写。", sent=sent), field=name
        ) from None
    return found
