"""The reader on texts that somebody labelled who had not seen its rules."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.accuracy.scoring import CLOSE, HALF, Labelled, labelled_in, tallies
from tests.unit.ways_of_writing import WAYS
from tracker.reports.reading.contract import Span, read_report

HERE = Path(__file__).parent


# each written after the reader had been mended by those before
LOTS = ("second", "third", "fourth", "fifth", "sixth", "seventh")


@pytest.fixture(scope="module", params=LOTS)
def lot(request: pytest.FixtureRequest) -> list[Labelled]:
    """Two dozen texts and more of other styles and fields."""
    return list(labelled_in(HERE / request.param))


def test_labels_lie_in_their_texts(lot: list[Labelled]) -> None:
    assert len(lot) >= 24
    for text in lot:
        spans = sorted((span.start, span.end) for span in text.problems)
        assert all(0 <= start < end <= len(text.reading.text) for start, end in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_problems_are_found_where_they_stand(lot: list[Labelled]) -> None:
    assert tallies(lot, HALF)["all"].f1 >= 0.92
    assert tallies(lot, CLOSE)["all"].f1 >= 0.9


def test_countermeasures_are_found_with_them(lot: list[Labelled]) -> None:
    tally = tallies(lot)["all"]
    assert tally.measures_right >= 0.9 * tally.measures > 10


def test_texts_without_a_problem_stay_silent(lot: list[Labelled]) -> None:
    tally = tallies(lot)["without problems"]
    assert tally.texts >= 3
    assert (tally.silent, tally.found) == (tally.texts, 0)


def found_in(text: str) -> list[tuple[Span, tuple[int, ...]]]:
    """Where the problems of a text stand, and which measures answer them."""
    reading = read_report("总结.txt", text.encode())
    return [(problem.span, problem.linked_measures) for problem in reading.problems]


@pytest.mark.parametrize("way", WAYS)
def test_another_way_of_writing_gives_the_same_problems(lot: list[Labelled], way: str) -> None:
    for labelled in lot:
        text = labelled.reading.text
        assert found_in(text.translate(WAYS[way])) == found_in(text), labelled.name


def test_reading_again_gives_the_same(lot: list[Labelled]) -> None:
    for labelled in lot:
        reading = read_report(labelled.reading.file, labelled.reading.text.encode())
        assert reading == labelled.reading
