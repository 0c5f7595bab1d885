"""Problems and measures in one table: which answers which, and what stands alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.reports.models import Decision, Proposal, ProposalKind, Report
from tracker.reports.proposing import measures_of
from tracker.reports.source import numbered
from tracker.reports.standard import is_vague
from tracker.reports.texts import title_of

MOST_CELLS = 600  # beyond, the links are made by two lists instead of cells


@dataclass(frozen=True)
class Head:
    """A problem or measure at the edge of the table."""

    id: int
    number: int
    title: str
    anchor: str


@dataclass(frozen=True)
class Line:
    """A problem with its measures: `own` said in the same breath, `answered_by` the ids of those linked."""

    head: Head
    own: bool
    answered_by: frozenset[int]
    vague: bool

    @property
    def lacks(self) -> bool:
        """Whether the problem has no measure at all."""
        return not self.own and not self.answered_by


@dataclass(frozen=True)
class Matrix:
    """The table; `alone` are the measures that answer no problem."""

    lines: Sequence[Line]
    measures: Sequence[Head]
    alone: Sequence[Head]

    @property
    def lacking(self) -> list[Line]:
        """The problems without a measure."""
        return [line for line in self.lines if line.lacks]

    @property
    def vague(self) -> list[Line]:
        """The problems whose measures name nothing that could be checked."""
        return [line for line in self.lines if line.vague]

    @property
    def has_cells(self) -> bool:
        """Whether the table is small enough for a cell for each pair."""
        return len(self.lines) * len(self.measures) <= MOST_CELLS


def matrix(report: Report) -> Matrix:
    """Return the table of a report's problems and measures, without those dropped."""
    kept = [(number, row) for number, row in numbered(report) if row.decision != Decision.DROPPED]
    problems = [(number, row) for number, row in kept if row.kind == ProposalKind.PROBLEM]
    measures = [(number, row) for number, row in kept if row.kind == ProposalKind.MEASURE]
    answered = report.answered()
    lines = [_line(number, row, answered.get(row.id, [])) for number, row in problems]
    answering = {one for line in lines for one in line.answered_by}
    heads = [_head(number, row) for number, row in measures]
    return Matrix(lines, heads, [head for head in heads if head.id not in answering])


def _line(number: int, row: Proposal, answering: Sequence[Proposal]) -> Line:
    ids = frozenset(measure.id for measure in answering)
    return Line(_head(number, row), bool(row.measure), ids, is_vague("\n".join(measures_of(row, answering))))


def _head(number: int, row: Proposal) -> Head:
    return Head(row.id, number, title_of(row.text), f"p{row.id}")
