"""An office begins in the middle of a year: its first report brings the opening figures (期初数) along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.duties.models import ActKind, OpeningFigure
from tracker.duties.opening import LONGEST_SOURCE, Before, enter_opening_figure, opening_figures
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.problems.models import ProblemSource
from tracker.refusals import OutOfDate, Refused
from tracker.reports.models import Report, ReportState
from tracker.reports.texts import title_of


@dataclass(frozen=True)
class Chosen:
    """A figure of a report that is to be an opening figure: how often, of which kind."""

    place: int
    kind: ActKind | None
    count: int


def enter_read_figures(
    report: Report, chosen: Sequence[Chosen], until_day: date, *, by: Actor
) -> list[OpeningFigure]:
    """Enter figures of a unit's first report as opening figures, all or none.

    Raises NotAllowed unless the actor keeps the office or is its clerk; OutOfDate when the report does not
    offer them (any more); Refused with the field for none, one without a kind, a kind twice, or what the
    opening figure itself refuses.
    """
    if not offers_figures(report) or figures_from(report):
        raise OutOfDate(_("这份报告的数字已经登记过，或不是本单位的第一份报告。期初数可以在常态履责里更正。"))
    if not chosen:
        raise Refused(_("勾选要登记的数字。"), field="figures")
    kinds = [one.kind.id for one in chosen if one.kind is not None]
    for one in chosen:
        if one.kind is None or kinds.count(one.kind.id) > 1:
            raise Refused(
                _("每个勾选的数字选一个事项，同一事项只能选一次。"), field=f"figure{one.place}-kind"
            )
    entered = []
    for one in chosen:
        assert one.kind is not None
        before = Before(one.count, until_day, source_of(report))
        try:
            entered.append(enter_opening_figure(report.unit, one.kind, before, by=by, domain=report.domain))
        except Refused as refusal:
            refusal.field = "until_day" if refusal.field == "until_day" else f"figure{one.place}-count"
            raise
    return entered


def offers_figures(report: Report) -> bool:
    """Whether a report is the first one that its unit confirmed; later ones offer no figures."""
    if report.state != ReportState.CONFIRMED or report.source != ProblemSource.REPORT:
        return False
    before = select(Report.id).where(
        Report.unit_id == report.unit_id,
        Report.source == ProblemSource.REPORT,
        Report.state == ReportState.CONFIRMED,
        Report.confirmed_at < report.confirmed_at,
    )
    return not db.session.scalar(select(before.exists()))


def figures_from(report: Report) -> list[OpeningFigure]:
    """Return the opening figures that were entered from a report."""
    source = source_of(report)
    return [figure for figure in opening_figures([report.unit]) if figure.source == source]


def source_of(report: Report) -> str:
    """Return how an opening figure names the report it is from."""
    number = f"（第 {report.id} 号报告）"
    return f"《{title_of(report.text)}》"[: LONGEST_SOURCE - len(number)] + number


def last_day_told(report: Report, today: date) -> date:
    """Return the day up to which a report tells: the last of its period, not after today."""
    return today if report.period is None else min(report.period.last_day, today)
