"""A share is written the same everywhere: halves go up, a whole percent has no decimal."""

import pytest

from tracker.rates import completion_rate, percent
from tracker.summaries import wording
from tracker.summaries.facts import CohortFacts


@pytest.mark.parametrize(
    ("part", "base", "said"),
    [(1, 16, "6.3%"), (1, 3, "33.3%"), (1, 2, "50%"), (0, 7, "0%"), (7, 7, "100%"), (0, 0, "—")],
)
def test_a_share_has_at_most_one_decimal(part: int, base: int, said: str) -> None:
    assert percent(part, base) == said


def test_the_page_and_the_summary_write_the_same_rate() -> None:
    for base in range(1, 200):
        for done in range(base + 1):
            cohort = CohortFacts(base, done, base - done)
            assert percent(done, base) == wording.completion_rate(cohort)


def test_the_long_term_counts_in_the_base_where_chosen() -> None:
    assert completion_rate(4, 10, 2, long_term_in_base=False).base == 8
    assert completion_rate(4, 10, 2, long_term_in_base=True).base == 10
