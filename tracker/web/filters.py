"""How dates, times and shares are shown."""

from datetime import date, datetime

from flask import Flask
from flask_babel import get_locale, gettext

from tracker import clock
from tracker.periods import Kind, Period
from tracker.rates import percent
from tracker.workdays import shipped

_WEEKDAYS = "一二三四五六日"


def add_filters(app: Flask) -> None:
    """Make the filters known to the templates."""
    app.add_template_filter(cndate)
    app.add_template_filter(cndate_full)
    app.add_template_filter(cnday)
    app.add_template_filter(cntime)
    app.add_template_filter(percent)
    app.add_template_filter(period_label)
    app.add_template_filter(word)


def word(name: str | None) -> str:
    """Return a name of the database (a kind of act, a domain) in the reader's language.

    What an office named itself stands as it is, whatever marks it holds: a template's own `_()` would take
    the % of 100%达标 for a placeholder.
    """
    return gettext(name) if name else ""


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _as_day(value: date | datetime) -> date:
    return clock.day_of(value) if isinstance(value, datetime) else value


def cndate(value: date | datetime | None) -> str:
    """Return 11月12日, with the year when it is not the present one; '' for None."""
    if value is None:
        return ""
    day = _as_day(value)
    same_year = day.year == clock.today().year
    if _english():
        return f"{day.day} {day:%b}" + ("" if same_year else f" {day.year}")
    return ("" if same_year else f"{day.year}年") + f"{day.month}月{day.day}日"


def cndate_full(value: date | datetime | None) -> str:
    """Return 2025年11月12日（星期三）; '' for None."""
    if value is None:
        return ""
    day = _as_day(value)
    if _english():
        return f"{day.day} {day:%B %Y (%A)}"
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def cnday(value: date | datetime | None) -> str:
    """Return 2025年11月12日, the year always there, for spans over years; '' for None."""
    if value is None:
        return ""
    day = _as_day(value)
    return f"{day.day} {day:%b %Y}" if _english() else f"{day.year}年{day.month}月{day.day}日"


def rest_day_said(day: date | None) -> str:
    """Say of a deadline on a rest day that it counts as the working day before (domain.md 5.3); else ''."""
    days = shipped()
    if day is None or days.is_workday(day):
        return ""
    counted = days.on_or_before(day)
    return str(
        gettext("%(day)s是休息日，按前一个工作日%(counted)s计。", day=cndate(day), counted=cndate(counted))
    )


def cntime(value: datetime | None) -> str:
    """Return 08:30 in office time; '' for None."""
    return "" if value is None else f"{clock.office_time(value):%H:%M}"


def period_label(period: Period) -> str:
    """Return 2025年第四季度, on English pages Q4 2025, H2 2025, November 2025 or 2025."""
    if not _english():
        return period.label
    if period.kind == Kind.YEAR:
        return str(period.year)
    if period.kind == Kind.MONTH:
        return f"{period.first_day:%B} {period.year}"
    return f"{'Q' if period.kind == Kind.QUARTER else 'H'}{period.number} {period.year}"
