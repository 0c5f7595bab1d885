"""Earlier problems beside a new one: both texts with what differs, and what may be said of the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from tracker.periods import Period
from tracker.problems.models import Kinship, Problem, ProblemOutcome
from tracker.problems.words import KINSHIP_WORDS, running_word
from tracker.reports.models import Proposal, Report
from tracker.reports.recognising import LIKELY, POSSIBLE, earlier_problems, kin_offered
from tracker.reports.side_by_side import Run, side_by_side

OUTCOME_WORDS = {
    ProblemOutcome.OPEN: _l("仍在整改"),
    ProblemOutcome.CLOSED: _l("已销号"),
    ProblemOutcome.LONG_TERM: _l("长期坚持"),
    ProblemOutcome.WITHDRAWN: _l("已撤销"),
}
LONG_WORDS = {
    Kinship.NEW: _l("新问题"),
    Kinship.CARRIED: _l("结转（同一问题，未办结）"),
    Kinship.RECURRING: _l("再次发生（连续）"),
    Kinship.REBOUND: _l("反弹（已销号后再次出现）"),
}
EFFECTS = {
    Kinship.NEW: _l("与以前的问题没有关系，单独立项"),
    Kinship.CARRIED: _l("不另立任务，原任务继续办，这段原文记为它的又一处出处"),
    Kinship.RECURRING: _l("另立任务，记明与以前问题的关系，计入连续期数"),
    Kinship.REBOUND: _l("另立任务，标明反弹"),
}


@dataclass(frozen=True)
class Answer:
    """What may be said of a new problem and an earlier one; `likely` is what the earlier outcome suggests."""

    value: str
    label: str
    effect: str
    likely: bool


@dataclass(frozen=True)
class Earlier:
    """An earlier problem as the page shows it beside the new one."""

    id: int
    period: Period
    case_no: str
    outcome: str
    outcome_on: date | None
    is_closed: bool
    likeness: float
    running: str  # in how many periods running it stood: 连续 3 季
    ours: Sequence[Run]
    theirs: Sequence[Run]
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Known:
    """The earlier problems that the proposals of a report resemble, asked once for all of them."""

    problems: Mapping[int, Problem]


def known_to(report: Report) -> Known:
    """Return the earlier problems of a report's proposals, in one query."""
    return Known(earlier_problems(report))


def earlier(row: Proposal, known: Known) -> list[Earlier]:
    """Return the earlier problems that a proposal resembles, the most alike first."""
    return [
        _shown(row, known.problems[one["problem"]], one["likeness"])
        for one in kin_offered(row)
        if one["problem"] in known.problems
    ]


def answer_new(found: Sequence[Earlier]) -> Answer:
    """Return the answer that a problem has nothing to do with the earlier ones it resembles."""
    unlikely = any(answer.likely for one in found[:1] for answer in one.answers)
    return Answer(Kinship.NEW.value, str(LONG_WORDS[Kinship.NEW]), str(EFFECTS[Kinship.NEW]), not unlikely)


def kinship_word(row: Proposal, known: Known) -> str:
    """Return what was said of a proposal, with the number of the earlier problem: 结转 ZG-2025Q2-009."""
    if row.kinship is None or row.kin_id is None:
        return ""
    problem = known.problems.get(row.kin_id)
    parts = (_(KINSHIP_WORDS[row.kinship]), problem.case_no if problem else "")
    return " ".join(part for part in parts if part)


def _shown(row: Proposal, problem: Problem, likeness: float) -> Earlier:
    ours, theirs = side_by_side(row.text, problem.text)
    return Earlier(
        id=problem.id,
        period=problem.period,
        case_no=problem.case_no,
        outcome=str(OUTCOME_WORDS[problem.outcome]),
        outcome_on=problem.outcome_on,
        is_closed=problem.outcome == ProblemOutcome.CLOSED,
        likeness=likeness,
        running=running_word(problem),
        ours=ours,
        theirs=theirs,
        answers=[
            Answer(
                f"{one.value}:{problem.id}",
                str(LONG_WORDS[one]),
                str(EFFECTS[one]),
                LIKELY[problem.outcome] == one,
            )
            for one in POSSIBLE[problem.outcome]
        ],
    )
