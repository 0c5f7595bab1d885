"""A problem that one report tells at two places is one problem."""

from __future__ import annotations

import re

from tracker.reports.reading.finding import Finding


def join(text: str, problems: list[Finding]) -> list[Finding]:
    """Each problem once: a row of an annexed table lends its cells, a quotation yields to the full words.

    A part on the last period quotes an unfinished problem by its headline; the section of problems of the
    same report says it at length.
    """
    told = [one for one in problems if one.named_in is None and not one.quoted]
    rows = [one for one in problems if one.named_in is not None]
    by_letters = {_letters(text, one): one for one in told}
    for row in rows:
        same = by_letters.get(_letters(text, row))
        if same is not None:
            same.measure = same.measure or row.measure
            same.named_in, same.due_in = row.named_in or None, row.due_in
            rows = [one for one in rows if one is not row]
    beginnings = tuple(_letters(text, one) for one in [*told, *rows])
    quoted = [one for one in problems if one.quoted]
    return [*told, *rows, *(one for one in quoted if not _said_in(_letters(text, one), beginnings))]


def _letters(text: str, found: Finding) -> str:
    """What a problem says, without marks and blanks."""
    return re.sub(r"\W", "", text[slice(*found.statement)])


def _said_in(headline: str, statements: tuple[str, ...]) -> bool:
    return any(words.startswith(headline) for words in statements)
