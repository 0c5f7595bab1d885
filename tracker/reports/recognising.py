"""A problem that resembles earlier ones of the unit: a person says what it is to them.

Source: features.md, what returns is recognised and counted, never swallowed.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.problems.models import Kinship, Problem, ProblemOutcome
from tracker.refusals import Refused
from tracker.reports.access import require_review
from tracker.reports.fields import field_of
from tracker.reports.history import step
from tracker.reports.models import Decision, Proposal, ProposalKind, Report
from tracker.reports.reading.similarity import similarities
from tracker.reports.texts import title_of

ALIKE = 0.5  # from this likeness on an earlier problem is shown as perhaps the same
EARLIER = 200  # earlier problems of the unit that are compared, the latest ones
MOST_SHOWN = 3

LIKELY: dict[ProblemOutcome, Kinship] = {
    ProblemOutcome.OPEN: Kinship.CARRIED,
    ProblemOutcome.LONG_TERM: Kinship.CARRIED,
    ProblemOutcome.CLOSED: Kinship.REBOUND,
    ProblemOutcome.WITHDRAWN: Kinship.NEW,
}
"""What a problem most likely is to an earlier one, by what became of that."""

POSSIBLE: dict[ProblemOutcome, tuple[Kinship, ...]] = {
    ProblemOutcome.OPEN: (Kinship.CARRIED, Kinship.RECURRING),
    ProblemOutcome.LONG_TERM: (Kinship.CARRIED, Kinship.RECURRING),
    ProblemOutcome.CLOSED: (Kinship.REBOUND, Kinship.RECURRING),
    ProblemOutcome.WITHDRAWN: (Kinship.RECURRING,),
}
"""What may be said beside 新问题: only what is unfinished carries over, only what was closed rebounds."""


def resembling(unit: Unit, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Return for each text up to three earlier problems of the unit, the most alike first."""
    earlier = db.session.execute(
        select(Problem.id, Problem.text)
        .where(Problem.unit_id == unit.id, Problem.origin_id == Problem.id)
        .order_by(Problem.id.desc())
        .limit(EARLIER)
    ).all()
    if not earlier or not texts:
        return [[] for _text in texts]
    ids = [row.id for row in earlier]
    return [_closest(row, ids) for row in similarities(texts, [row.text for row in earlier])]


def earlier_problems(report: Report) -> dict[int, Problem]:
    """Return by id the problems, none later than the report, that some proposal resembles."""
    wanted = {int(one["problem"]) for row in report.listed for one in kin_offered(row)}
    wanted |= {row.kin_id for row in report.listed if row.kin_id is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(
        select(Problem).where(Problem.id.in_(wanted), Problem.unit_id == report.unit_id)
    )
    return {row.id: row for row in rows if report.period is None or row.period <= report.period}


def kin_offered(row: Proposal) -> list[dict[str, Any]]:
    """Return the earlier problems that a proposal resembles, as {"problem", "likeness"}."""
    return list(row.suggested.get("kin") or ()) if row.kind == ProposalKind.PROBLEM else []


def recognise(
    report: Report, row: Proposal, kinship: Kinship | None, kin_id: int | None, *, by: Actor
) -> None:
    """Say what a problem is to an earlier one: new, carried over, recurring or a rebound; None: not said.

    Raises NotAllowed; OutOfDate when the report is not under review; Refused when that earlier problem was
    not offered, or is not in a state that allows the word.
    """
    require_review(report, by)
    if kinship in (None, Kinship.NEW):
        kin_id = None
    else:
        _require_possible(report, row, kinship, kin_id)
    with step(report, "recognise", by=by, about=row):
        row.kinship, row.kin_id = kinship, kin_id
    record("report.recognise", f"report:{report.id}", proposal=row.id, kinship=kinship, kin=kin_id)


def require_said(report: Report, rows: Iterable[Proposal]) -> None:
    """Raise Refused for the first problem that resembles an earlier one and has no word yet."""
    waiting = unsaid(rows, earlier_problems(report).keys())
    if waiting:
        raise Refused(
            _(
                "“%(title)s”像以前的问题，先选定是新问题、结转、再次发生还是反弹。",
                title=title_of(waiting[0].text),
            ),
            field=field_of(waiting[0], "kin"),
        )


def unsaid(rows: Iterable[Proposal], known: Collection[int]) -> list[Proposal]:
    """Return the problems, not dropped, that resemble an earlier one that is known and have no word yet."""
    return [
        row
        for row in rows
        if row.kinship is None
        and row.decision != Decision.DROPPED
        and any(one["problem"] in known for one in kin_offered(row))
    ]


def _require_possible(report: Report, row: Proposal, kinship: Kinship | None, kin_id: int | None) -> None:
    offered = {one["problem"] for one in kin_offered(row)}
    problem = earlier_problems(report).get(kin_id or 0)
    if problem is None or problem.id not in offered or kinship not in POSSIBLE[problem.outcome]:
        raise Refused(_("这样选与以前那个问题的办理结果不符，请看清后重新选择。"), field=field_of(row, "kin"))


def _closest(row: Sequence[float], ids: Sequence[int]) -> list[dict[str, Any]]:
    """The most alike, the later one first where two are equally alike."""
    found = sorted(((-value, place) for place, value in enumerate(row) if value >= ALIKE))[:MOST_SHOWN]
    return [{"problem": ids[place], "likeness": round(-value, 2)} for value, place in found]
