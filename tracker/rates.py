"""Shares of counted things and how they are written, the same on every page and paper. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NO_BASE = "—"


@dataclass(frozen=True)
class Rate:
    """A share with its base, so that a page can show what was divided by what."""

    part: int
    base: int

    def __str__(self) -> str:
        return percent(self.part, self.base)


def completion_rate(done: int, total: int, long_term: int, *, long_term_in_base: bool) -> Rate:
    """Return 整改完成率: done over all but the long-term, which an office may choose to count in.

    `total` is without what was withdrawn. Source: domain rule 3.8.
    """
    return Rate(done, total - (0 if long_term_in_base else long_term))


def percent(part: int, base: int) -> str:
    """Return a share with at most one decimal, halves up: 60.3%, 50%; — when there is no base."""
    if base == 0:
        return NO_BASE
    share = (Decimal(100 * part) / base).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(share).removesuffix(".0") + "%"
