"""Opening figures (期初数): how often an office had done a kind of act before its records here begin.

One figure a year, kind and domain, up to a day. It is added once to the count of the year; acts recorded
for days it covers are not counted beside it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.audit.trail import record
from tracker.duties.access import enters_opening_figures
from tracker.duties.models import ActKind, OpeningFigure
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Unit
from tracker.periods import Period
from tracker.refusals import NotAllowed, Refused

MOST_DONE = 9999
LONGEST_SOURCE = 200


@dataclass(frozen=True)
class Before:
    """How often, up to which day (inclusive), and which record says so."""

    count: int
    until_day: date
    source: str = ""


def enter_opening_figure(
    office: Unit, kind: ActKind, before: Before, *, by: Actor, domain: DutyDomain | None = None
) -> OpeningFigure:
    """Enter the opening figure of a kind and domain, or correct the one of that year.

    Raises NotAllowed unless the actor keeps the office or is its clerk; Refused with the field for a
    number out of bounds, a day to come, or a figure that does not say where it is from.
    """
    _require_may_enter(by, office)
    _check(before, by.day)
    year = before.until_day.year
    known = _known(office, year, kind, domain)
    figure = known or OpeningFigure(unit_id=office.id, year=year, kind=kind, domain=domain)
    old = None if known is None else known.count
    figure.count, figure.until_day, figure.source = before.count, before.until_day, before.source.strip()
    db.session.add(figure)
    db.session.flush()
    record(
        "duty.enter_opening_figure",
        f"opening_figure:{figure.id}",
        kind=kind.code,
        domain=None if domain is None else domain.code,
        count=before.count,
        old=old,
        until_day=str(before.until_day),
    )
    return figure


def remove_opening_figure(figure: OpeningFigure, office: Unit, *, by: Actor) -> None:
    """Take an opening figure out that was entered by mistake; the trail keeps what it said."""
    _require_may_enter(by, office)
    record(
        "duty.remove_opening_figure",
        f"opening_figure:{figure.id}",
        kind=figure.kind.code,
        count=figure.count,
        until_day=str(figure.until_day),
        source=figure.source,
    )
    db.session.delete(figure)
    db.session.flush()


def opening_figures(offices: Iterable[Unit], years: Iterable[int] | None = None) -> Sequence[OpeningFigure]:
    """Return the opening figures of some offices, of some years or all, the latest year first."""
    query = select(OpeningFigure).where(OpeningFigure.unit_id.in_([office.id for office in offices]))
    if years is not None:
        query = query.where(OpeningFigure.year.in_(list(years)))
    loaded = query.options(joinedload(OpeningFigure.kind), joinedload(OpeningFigure.domain))
    order = (OpeningFigure.year.desc(), OpeningFigure.kind_id, OpeningFigure.domain_id, OpeningFigure.id)
    return db.session.scalars(loaded.order_by(*order)).all()


def find_opening_figure(figure_id: int, office: Unit) -> OpeningFigure | None:
    """Return an opening figure of an office, or None."""
    query = select(OpeningFigure).where(OpeningFigure.id == figure_id, OpeningFigure.unit_id == office.id)
    return db.session.scalar(query)


def covers(figure: OpeningFigure, until: date) -> bool:
    """Whether a figure can be added to a count up to a day: none of the days it covers lies after it."""
    return figure.until_day <= until


def lies_in(figure: OpeningFigure, period: Period) -> bool:
    """Whether all that a figure counted was done in a period that begins with the year."""
    return period.first_day == date(figure.year, 1, 1) and figure.until_day <= period.last_day


def _require_may_enter(by: Actor, office: Unit) -> None:
    if not enters_opening_figures(by, office):
        raise NotAllowed(_("期初数由本单位台账管理岗位或经办人员录入。"))


def _check(before: Before, today: date) -> None:
    if not 1 <= before.count <= MOST_DONE:
        raise Refused(_("次数填 1 到 %(most)s 的整数。", most=MOST_DONE), field="count")
    if before.until_day > today:
        raise Refused(_("截止日期还没有到，期初数只计已经开展的。"), field="until_day")
    if not before.source.strip() or len(before.source.strip()) > LONGEST_SOURCE:
        raise Refused(
            _("写明数字的来源，例如“党建办纸质台账”，不超过 %(most)s 字。", most=LONGEST_SOURCE),
            field="source",
        )


def _known(office: Unit, year: int, kind: ActKind, domain: DutyDomain | None) -> OpeningFigure | None:
    same_domain = (
        OpeningFigure.domain_id.is_(None) if domain is None else OpeningFigure.domain_id == domain.id
    )
    query = select(OpeningFigure).where(
        OpeningFigure.unit_id == office.id,
        OpeningFigure.year == year,
        OpeningFigure.kind_id == kind.id,
        same_domain,
    )
    return db.session.scalar(query.with_for_update(of=OpeningFigure))
