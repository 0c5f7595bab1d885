"""Which measure of the next-steps part answers which problem: a proposal that a person confirms."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.reports.similarity import similarities

LEAST = 0.05  # below this two texts share only words that every report has
ORDER = 0.08  # what the same place in both lists is worth: decides between measures about equally alike
SURE = 0.35  # alike enough for a second measure of a problem that has one already


def link(problems: Sequence[str], measures: Sequence[str]) -> list[list[int]]:
    """For each problem the indices of the measures that answer it.

    Words first, order as the tie-break; each problem takes one measure, further ones only when they are
    very alike. A measure alike to none stays in no list: it is a plain item of work.
    """
    if not problems or not measures:
        return [[] for _ in problems]
    alike = similarities(problems, measures)
    ranked = sorted(
        (
            (alike[p][m] + _same_place(p, m, len(problems), len(measures)), -p, -m)
            for p in range(len(problems))
            for m in range(len(measures))
        ),
        reverse=True,
    )
    linked: list[list[int]] = [[] for _ in problems]
    taken: set[int] = set()
    for _, minus_p, minus_m in ranked:
        p, m = -minus_p, -minus_m
        if m in taken or alike[p][m] < (SURE if linked[p] else LEAST):
            continue
        linked[p].append(m)
        taken.add(m)
    return [sorted(found) for found in linked]


def _same_place(p: int, m: int, problems: int, measures: int) -> float:
    return ORDER * (1 - abs(p - m) / max(problems, measures))
