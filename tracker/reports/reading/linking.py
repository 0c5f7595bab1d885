"""Which measure of the next-steps part answers which problem: a proposal that a person confirms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.reports.reading.similarity import cosine, weighed

LEAST = 0.05  # below this two texts share only words that every report has
ORDER = 0.08  # what the same place in both lists is worth: decides between measures about equally alike
WINDOW = 15  # measures before and after; hardly a list of an office is longer, and the time stays linear
SURE = 0.35  # alike enough for a second measure of a problem that has one already


def link(
    problems: Sequence[str], measures: Sequence[str], told: Iterable[tuple[int, int]] = ()
) -> list[list[int]]:
    """For each problem the indices of the measures that answer it.

    What the numbers of their labels say (`told`) goes before words, and so does the number where both lists
    run in step. Else words first, order as the tie-break; each problem takes one measure, further ones only
    when they are very alike. A measure alike to none stays in no list: it is a plain item of work.
    """
    linked: list[list[int]] = [[] for _ in problems]
    for p, m in told:
        linked[p].append(m)
    if not problems or not measures:
        return linked
    taken = {m for found in linked for m in found}
    for _rank, p, m, likeness in _ranked(problems, measures):
        if m not in taken and likeness >= (SURE if linked[p] else LEAST):
            linked[p].append(m)
            taken.add(m)
    if len(problems) == len(measures) and _in_step(linked):
        return [[at] for at in range(len(problems))]
    return [sorted(found) for found in linked]


def _in_step(linked: Sequence[Sequence[int]]) -> bool:
    """Whether of the pairs found most have the same number: then the others have it, too."""
    pairs = [(p, m) for p, found in enumerate(linked) for m in found]
    same = sum(p == m for p, m in pairs)
    return same > 0 and 3 * same >= 2 * len(pairs)


def _ranked(problems: Sequence[str], measures: Sequence[str]) -> list[tuple[float, int, int, float]]:
    """Return the pairs that are alike at all, the best first: minus their rank, both indices, likeness."""
    vectors = weighed([*problems, *measures])
    pairs = []
    for p in range(len(problems)):
        for m in _near(p, len(problems), len(measures)):
            likeness = cosine(vectors[p], vectors[len(problems) + m])
            if likeness >= LEAST:
                rank = likeness + _same_place(p, m, len(problems), len(measures))
                pairs.append((-rank, p, m, likeness))
    return sorted(pairs)


def _near(p: int, problems: int, measures: int) -> range:
    """The measures a problem is compared with: all of them, in an endless report those around its place."""
    place = p * measures // problems
    return range(max(0, place - WINDOW), min(measures, place + WINDOW + 1))


def _same_place(p: int, m: int, problems: int, measures: int) -> float:
    return ORDER * (1 - abs(p - m) / max(problems, measures))
