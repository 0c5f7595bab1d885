"""Reading what a form sent."""

from datetime import date

from flask import request

from tracker.refusals import Refused


def text(name: str) -> str:
    """Return a text field, stripped, '' when missing."""
    return request.form.get(name, "").strip()


def whole_number(name: str) -> int | None:
    """Return a whole number, None when left empty. Raises Refused for anything else."""
    sent = text(name)
    if not sent:
        return None
    try:
        return int(sent)
    except ValueError:
        raise Refused(f"“{sent}”不是整数，请改正。", field=name) from None


def day(name: str) -> date | None:
    """Return a date written 2025-11-30, None when left empty. Raises Refused for anything else."""
    sent = text(name)
    if not sent:
        return None
    try:
        return date.fromisoformat(sent)
    except ValueError:
        raise Refused(f"“{sent}”不是有效日期，请按 2025-11-30 的格式填写。", field=name) from None
