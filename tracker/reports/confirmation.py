"""What a report will give once it is confirmed: which problems, which plain work, with which measures.

The clerk decides beforehand, step by step: `saving` fields, `deciding` on proposals, `wording` from the
source, `splitting`, `matching` measures, `recognising` earlier problems, `basis` of dates and posts.
Nothing there makes a task: that is one act on the whole report (`tasks.from_report`).
"""

from tracker.problems.models import Kinship
from tracker.reports.models import Decision, Proposal, ProposalKind, Report
from tracker.reports.proposing import measures_of


def plain_items(report: Report) -> list[Proposal]:
    """Return the measures that become work items: not dropped, and answering no problem that is kept."""
    merged = {measure.id for measure in merged_measures(report)}
    return [row for row in report.listed if _kept(row, ProposalKind.MEASURE) and row.id not in merged]


def merged_measures(report: Report) -> list[Proposal]:
    """Return the measures that go with a problem that is kept, each once."""
    answered = report.answered()
    found = {row.id: row for problem in problems(report) for row in answered.get(problem.id, [])}
    return list(found.values())


def problems(report: Report) -> list[Proposal]:
    """Return the problems that are not dropped, in their order."""
    return [row for row in report.listed if _kept(row, ProposalKind.PROBLEM)]


def carried(report: Report) -> list[Proposal]:
    """Return the problems that are an earlier one, not finished: they give no task of their own."""
    return [row for row in problems(report) if row.kinship == Kinship.CARRIED]


def whole_measure(report: Report, problem: Proposal) -> str:
    """Return all that answers a problem: its own countermeasure, then the measures that answer it."""
    return "\n".join(measures_of(problem, report.answering(problem)))


def _kept(proposal: Proposal, kind: ProposalKind) -> bool:
    return proposal.kind == kind and proposal.decision != Decision.DROPPED
