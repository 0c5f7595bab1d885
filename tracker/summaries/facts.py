"""The facts a summary is worded from: plain values as of one printed day, no sentences."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from tracker.periods import Period


@dataclass(frozen=True)
class StandingFact:
    """How often a standing duty was met in the period: 专题学习 3 次, in a duty domain or none.

    `year_count` counts from the beginning of the year, the opening figure included; 0: not known.
    """

    kind_label: str
    count: int
    unit: str
    domain: str = ""
    year_count: int = 0
    opening: str = ""  # what the year's count holds from before the records here: 9次，计到9月30日
    kind_code: str = ""
    domain_code: str = ""


@dataclass(frozen=True)
class CohortFacts:
    """How the problems registered for the last period stand on the day; each counts once.

    total = done + running + long_term + withdrawn; overdue is part of running, immediate_done of done.
    Raises ValueError when the counts do not add up: a wrong sentence must not be printed.
    """

    total: int
    done: int
    running: int
    overdue: int = 0
    long_term: int = 0
    withdrawn: int = 0
    immediate_done: int = 0

    def __post_init__(self) -> None:
        parts = (self.done, self.running, self.overdue, self.long_term, self.withdrawn, self.immediate_done)
        if min(parts) < 0 or self.total != self.done + self.running + self.long_term + self.withdrawn:
            raise ValueError(f"上期问题的各项个数与总数{self.total}对不上：{self}")
        if self.overdue > self.running or self.immediate_done > self.done:
            raise ValueError(f"逾期不应多于正在推进，立行立改不应多于已完成：{self}")


@dataclass(frozen=True)
class OpenProblem:
    """A problem that remains. `carried_over`: registered for the last period, not found in this one.

    `older` is the period it was found in when it is from before the last one and was not registered for
    that one (2025年第一季度), '' for all others: the counts of the last period do not hold it.
    `measure` is its own countermeasure, `plan` the measures of the next-steps part that answer it.
    """

    number: str
    text: str
    measure: str = ""
    leader: str = ""
    unit: str = ""
    due: date | None = None
    progress: str = ""
    state_word: str = "正在推进"
    closed_on: date | None = None
    note: str = ""
    earlier_progress: str = ""
    long_term: bool = False
    overdue: bool = False
    carried_over: bool = True
    plan: str = ""
    older: str = ""
    task_id: int | None = None
    withheld: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it was found in the period of the summary."""
        return not self.carried_over and not self.older


@dataclass(frozen=True)
class DoneItem:
    """A problem of the last period that was closed: its statement, what came of it, the day."""

    problem: str
    result: str
    closed_on: date | None = None
    number: str = ""
    measure: str = ""
    leader: str = ""
    unit: str = ""
    due: date | None = None
    earlier_progress: str = ""
    note: str = ""
    immediate: bool = False
    task_id: int | None = None
    withheld: bool = False


@dataclass(frozen=True)
class NextStep:
    """A plain work item for the coming period; `post` answers for it."""

    text: str
    due: date | None = None
    post: str = ""
    id: str = ""
    task_id: int | None = None
    withheld: bool = False


Item = TypeVar("Item", OpenProblem, DoneItem, NextStep)
_WORDS = frozenset(
    {"text", "problem", "result", "measure", "plan", "leader", "unit", "post", "progress"}
    | {"earlier_progress", "note"}
)


def without_words(item: Item) -> Item:
    """Return the item of a marked task: it counts as before, and nothing of it is told.

    Everybody who oversees the office reads the draft, and the county reads the paper: more people than
    see the task.
    """
    blank: dict[str, Any] = {name: "" for name in vars(item) if name in _WORDS}
    return replace(item, withheld=True, **blank)


@dataclass(frozen=True)
class SummaryFacts:
    """All that the draft of one summary says, as of one day (截至).

    `done`, `withdrawn` and those of `open` that are `carried_over` are the problems of the last period;
    `finished` is what else was closed in this one: plain work items, problems found and closed in it, and
    older ones that the last period did not hold.
    """

    unit: str
    period: Period
    as_of: date
    cohort: CohortFacts
    subject: str = ""
    standing: Sequence[StandingFact] = field(default_factory=tuple)
    open: Sequence[OpenProblem] = field(default_factory=tuple)
    done: Sequence[DoneItem] = field(default_factory=tuple)
    withdrawn: Sequence[DoneItem] = field(default_factory=tuple)
    finished: Sequence[DoneItem] = field(default_factory=tuple)
    next_steps: Sequence[NextStep] = field(default_factory=tuple)
    long_term_in_base: bool = False

    @property
    def items(self) -> list[OpenProblem | DoneItem | NextStep]:
        """Everything single that is told or counted."""
        return [*self.open, *self.done, *self.withdrawn, *self.finished, *self.next_steps]

    @property
    def withheld(self) -> list[OpenProblem | DoneItem | NextStep]:
        """What is counted without being told, because its task is marked."""
        return [item for item in self.items if item.withheld]

    @property
    def told(self) -> list[OpenProblem]:
        """The open problems that sentences are made of."""
        return [problem for problem in self.open if not problem.withheld]

    @property
    def older(self) -> list[OpenProblem]:
        """What remains from before the last period without having been registered for it."""
        return [problem for problem in self.open if problem.older]
