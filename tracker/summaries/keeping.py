"""The facts of a roll-up as they are kept with the summary: plain JSON there and back. Pure."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from tracker.periods import Period
from tracker.summaries.facts import (
    CohortFacts,
    DoneItem,
    NextStep,
    OpenProblem,
    StandingFact,
    SummaryFacts,
)

_PARTS: dict[str, Callable[..., Any]] = {
    "standing": StandingFact,
    "open": OpenProblem,
    "done": DoneItem,
    "withdrawn": DoneItem,
    "finished": DoneItem,
    "next_steps": NextStep,
}
_DAYS = ("due", "closed_on")


def write_facts(facts: SummaryFacts) -> dict[str, Any]:
    """Return facts as JSON: days as 2025-12-31, the period by its code."""
    kept = asdict(facts)
    kept |= {"period": str(facts.period), "as_of": facts.as_of.isoformat()}
    for name in _PARTS:
        kept[name] = [_without_days(vars(row)) for row in getattr(facts, name)]
    return kept


def read_facts(kept: dict[str, Any]) -> SummaryFacts:
    """Return the facts that `write_facts` kept."""
    parts = {name: tuple(made(**_with_days(row)) for row in kept[name]) for name, made in _PARTS.items()}
    return SummaryFacts(
        unit=kept["unit"],
        period=Period.parse(kept["period"]),
        as_of=date.fromisoformat(kept["as_of"]),
        cohort=CohortFacts(**kept["cohort"]),
        subject=kept["subject"],
        long_term_in_base=kept["long_term_in_base"],
        **parts,
    )


def _without_days(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _with_days(row: dict[str, Any]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) for name in _DAYS if row.get(name)}
    return {**row, **days}
