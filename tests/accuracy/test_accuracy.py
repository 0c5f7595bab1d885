"""The reader on texts that somebody labelled who had not seen its rules."""

from itertools import pairwise
from pathlib import Path

import pytest

from tests.accuracy.scoring import CLOSE, HALF, Labelled, labelled_in, tallies

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def second() -> list[Labelled]:
    """Two dozen texts of other styles and fields."""
    return list(labelled_in(HERE / "second"))


def test_labels_lie_in_their_texts(second: list[Labelled]) -> None:
    assert len(second) == 24
    for text in second:
        spans = sorted((span.start, span.end) for span in text.problems)
        assert all(0 <= start < end <= len(text.reading.text) for start, end in spans)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_problems_are_found_where_they_stand(second: list[Labelled]) -> None:
    assert tallies(second, HALF)["all"].f1 >= 0.92
    assert tallies(second, CLOSE)["all"].f1 >= 0.9


def test_countermeasures_are_found_with_them(second: list[Labelled]) -> None:
    tally = tallies(second)["all"]
    assert tally.measures_right >= 0.9 * tally.measures > 20


def test_texts_without_a_problem_stay_silent(second: list[Labelled]) -> None:
    tally = tallies(second)["without problems"]
    assert (tally.texts, tally.silent, tally.found) == (4, 4, 0)
