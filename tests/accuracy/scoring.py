"""How well the reader does on labelled texts: what it found, missed and made up, by kind of text.

A label file lies beside its text: {"doc_type", "problems": [{"start", "end", "measure_start", …}]},
places in code points of the text. A problem counts as found when its span and the label share at least so
much of their union; each found span answers for one label at most.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracker.reports.reading.contract import ReportReading, Span, read_report

HALF, CLOSE = 0.5, 0.8
LONG = 3000  # characters from which a text counts as long


@dataclass(frozen=True)
class Labelled:
    """A text with what a person says stands in it."""

    name: str
    kind: str
    reading: ReportReading
    problems: tuple[Span, ...]
    measures: tuple[Span | None, ...]  # of each problem, the countermeasure said with it

    @property
    def group(self) -> str:
        """Long reports, those without a problem, and the others."""
        if not self.problems:
            return "without problems"
        return "long" if len(self.reading.text) > LONG else "short"


@dataclass
class Tally:
    """Counts of one group of texts."""

    texts: int = 0
    labelled: int = 0
    found: int = 0
    hits: int = 0
    silent: int = 0  # texts without a problem in which none was found
    measures: int = 0
    measures_right: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of what was found that a person labelled."""
        return self.hits / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what a person labelled that was found."""
        return self.hits / self.labelled if self.labelled else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def labelled_in(folder: Path) -> Iterator[Labelled]:
    """Yield the labelled texts of a folder, each read by the reader."""
    for place in sorted(folder.glob("[0-9]*.json")):
        label = json.loads(place.read_text("utf-8"))
        name = place.with_suffix(".txt").name
        reading = read_report(name, place.with_suffix(".txt").read_bytes())
        rows = label["problems"]
        yield Labelled(
            place.stem,
            label["doc_type"],
            reading,
            tuple(Span(row["start"], row["end"]) for row in rows),
            tuple(_measure(row) for row in rows),
        )


def _measure(row: dict[str, int | None]) -> Span | None:
    start, end = row.get("measure_start"), row.get("measure_end")
    return None if start is None or end is None else Span(start, end)


def share(one: Span | None, other: Span | None) -> float:
    """What two spans share of their union, 0–1."""
    if one is None or other is None:
        return 0.0
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(common, 0) / (max(one.end, other.end) - min(one.start, other.start))


def pairs(labels: Sequence[Span], found: Sequence[Span], least: float) -> dict[int, int]:
    """Return which found span answers for which label, the best matches first."""
    ranked = sorted(
        ((share(label, span), -i, -j) for i, label in enumerate(labels) for j, span in enumerate(found)),
        reverse=True,
    )
    chosen: dict[int, int] = {}
    for value, minus_i, minus_j in ranked:
        if value >= least and -minus_i not in chosen and -minus_j not in chosen.values():
            chosen[-minus_i] = -minus_j
    return chosen


def tallies(texts: Sequence[Labelled], least: float = HALF) -> dict[str, Tally]:
    """Return the counts of all texts, of each group and of each kind of text."""
    found: dict[str, Tally] = {"all": Tally()}
    for text in texts:
        for key in ("all", text.group, text.kind):
            _count(found.setdefault(key, Tally()), text, least)
    return found


def _count(tally: Tally, text: Labelled, least: float) -> None:
    spans = [problem.span for problem in text.reading.problems]
    chosen = pairs(text.problems, spans, least)
    tally.texts += 1
    tally.labelled += len(text.problems)
    tally.found += len(spans)
    tally.hits += len(chosen)
    tally.silent += not text.problems and not spans
    tally.measures += sum(measure is not None for measure in text.measures)
    tally.measures_right += sum(
        share(text.measures[i], text.reading.problems[j].measure) >= HALF for i, j in chosen.items()
    )
    tally.misses += [
        f"{text.name} missed: {_words(text, span)}" for i, span in enumerate(text.problems) if i not in chosen
    ]
    tally.misses += [
        f"{text.name} made up: {_words(text, span)}"
        for j, span in enumerate(spans)
        if j not in chosen.values()
    ]


def _words(text: Labelled, span: Span) -> str:
    words = "".join(text.reading.words(span).split())
    return words if len(words) <= 40 else f"{words[:40]}…"
