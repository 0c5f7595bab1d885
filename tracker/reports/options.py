"""The options of the review page's selects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker import clock
from tracker.documents.words import SECRECY_WORDS
from tracker.organization.models import DutyDomain
from tracker.periods import Kind, Period
from tracker.reports.models import Clock, Report
from tracker.reports.staff import Member, duty_label
from tracker.reports.wording import Use

Pair = tuple[str, str]

YEARS_OFFERED = 3  # this year and the ones before
CLOCK_WORDS = {
    Clock.TIME_LIMITED: _l("限期整改"),
    Clock.IMMEDIATE: _l("立行立改"),
    Clock.LONG_TERM: _l("长期坚持"),
}
USE_WORDS = {
    Use.PROBLEM: _l("新问题"),
    Use.MEASURE: _l("新措施"),
    Use.JOIN: _l("并入当前"),
    Use.STATEMENT: _l("作为当前的表述"),
    Use.REMEDY: _l("作为当前问题的措施"),
}


@dataclass(frozen=True)
class Choices:
    """The options of the page's selects; `likely` are the periods that a masked year leaves."""

    posts: list[tuple[str, list[Pair]]]
    clocks: list[Pair]
    marks: list[Pair]
    periods: list[Pair]
    likely: list[Pair]
    domains: list[Pair]
    uses: list[Pair]
    villages: int  # how many the office has


def choices(report: Report, members: Sequence[Member], domains: Sequence[DutyDomain]) -> Choices:
    """Return the options of the page's selects."""
    quarter = _quarter_in(report)
    listed = period_options(report.period, quarter)
    return Choices(
        posts=post_options(members),
        clocks=[(value.value, str(word)) for value, word in CLOCK_WORDS.items()],
        marks=[(value.value, _(word)) for value, word in SECRECY_WORDS.items()],
        periods=listed,
        likely=listed[:YEARS_OFFERED] if report.period is None and quarter is not None else [],
        domains=[("", _("未选择")), *named(domains)],
        uses=[(use.value, str(word)) for use, word in USE_WORDS.items()],
        villages=len({member.post.unit_id for member in members if member.is_village}),
    )


def named(domains: Sequence[DutyDomain]) -> list[Pair]:
    """Return domains as options."""
    return [(str(domain.id), domain.name) for domain in domains]


def post_labels(groups: Sequence[tuple[str, list[Pair]]]) -> Mapping[str, str]:
    """Return what each choice of post and duty is called."""
    return {value: label for _unit, pairs in groups for value, label in pairs}


def post_options(members: Sequence[Member]) -> list[tuple[str, list[Pair]]]:
    """Return every post with each of its duties as one choice, "post:duty", grouped by unit."""
    groups: dict[str, list[Pair]] = {}
    for member in members:
        groups.setdefault(member.unit_name, []).extend(_pairs(member))
    return list(groups.items())


def period_options(present: Period | None, quarter: int | None = None) -> list[Pair]:
    """Return the periods to choose from, the likely ones first: the named quarter of each year, else all."""
    this = clock.today().year
    years = range(this, this - YEARS_OFFERED, -1)
    named = [Period(year, Kind.QUARTER, quarter) for year in years if quarter is not None]
    rest = [
        Period(year, kind, number)
        for year in years
        for kind, last in ((Kind.QUARTER, 4), (Kind.HALF, 2), (Kind.YEAR, 1))
        for number in range(last, 0, -1)
    ]
    first = [present] if present is not None else []
    listed = dict.fromkeys([*first, *named, *rest])
    return [(str(period), period.label) for period in listed]


def _pairs(member: Member) -> list[Pair]:
    name = member.holder or _("空缺")
    post = f"{member.title}（{name}）"
    if not member.duties:
        return [(f"{member.post.id}:", _("%(post)s，未录入职责", post=post))]
    return [(f"{member.post.id}:{duty.id}", f"{post}　{duty_label(duty)}") for duty in member.duties]


def _quarter_in(report: Report) -> int | None:
    found = report.reading.get("period") or {}
    quarter = found.get("quarter")
    return quarter if isinstance(quarter, int) else None
