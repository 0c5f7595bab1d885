"""Reading and writing the number of a task as its papers show it: ZG-2025Q3-007, or with its unit's code."""

import re

from tracker.periods import Period

NUMBER = re.compile(
    r"(?:ZG-)?(?:(?P<unit>[A-Za-z0-9-]+)-)?(?P<period>\d{4}(?:Q\d|H\d|M\d\d|Y))-(?P<number>\d{1,9})",
    re.IGNORECASE,
)


def write_number(period: object, number: int, code: str = "") -> str:
    """Return the number as it is shown inside the unit, told the unit's code in full (ZG-QS-2025Q3-007)."""
    return "-".join(filter(None, ("ZG", code, str(period), f"{number:03d}")))


def read_number(written: str, home: str) -> tuple[str, Period, int] | None:
    """Return unit code (upper case), period and number, or None for what is none.

    `home` is the code of the office that a short number is one of; "" for none.
    """
    match = NUMBER.fullmatch(written.strip())
    code = "" if match is None else match["unit"] or home
    if match is None or not code:
        return None
    try:
        return code.upper(), Period.parse(match["period"].upper()), int(match["number"])
    except ValueError:
        return None
