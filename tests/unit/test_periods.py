"""The period value."""

from datetime import date

import pytest

from tracker.periods import Kind, Period

CODES = [
    ("2025Q3", "2025年第三季度", date(2025, 7, 1), date(2025, 9, 30), "2025Q4", "2025Q2"),
    ("2025Q4", "2025年第四季度", date(2025, 10, 1), date(2025, 12, 31), "2026Q1", "2025Q3"),
    ("2025H1", "2025年上半年", date(2025, 1, 1), date(2025, 6, 30), "2025H2", "2024H2"),
    ("2025H2", "2025年下半年", date(2025, 7, 1), date(2025, 12, 31), "2026H1", "2025H1"),
    ("2025M07", "2025年7月", date(2025, 7, 1), date(2025, 7, 31), "2025M08", "2025M06"),
    ("2024M02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29), "2024M03", "2024M01"),
    ("2025Y", "2025年", date(2025, 1, 1), date(2025, 12, 31), "2026Y", "2024Y"),
]


@pytest.mark.parametrize(("code", "label", "first", "last", "after", "before"), CODES)
def test_a_code_says_everything(
    code: str, label: str, first: date, last: date, after: str, before: str
) -> None:
    period = Period.parse(code)
    assert (str(period), period.label) == (code, label)
    assert (period.first_day, period.last_day) == (first, last)
    assert (str(period.next()), str(period.previous())) == (after, before)
    assert period.contains(first)
    assert period.contains(last)
    assert not period.contains(period.next().first_day)
    assert Period.of(last, period.kind) == period


@pytest.mark.parametrize(
    "code", ["2025Q5", "2025Q0", "2025H3", "2025M13", "2025M7", "202xQ3", "", "2025", "1200Y"]
)
def test_a_period_that_does_not_exist_is_refused_with_what_is_allowed(code: str) -> None:
    with pytest.raises(ValueError, match=r"2025Q3|年份应在"):
        Period.parse(code)


def test_small_letters_and_blanks_are_understood() -> None:
    assert Period.parse(" 2025q3 ") == Period(2025, Kind.QUARTER, 3)


def test_periods_are_ordered_by_their_end() -> None:
    codes = ["2026Q1", "2025Y", "2025Q4", "2025M12", "2025H1", "2025Q3"]
    assert [str(p) for p in sorted(map(Period.parse, codes))] == [
        "2025H1", "2025Q3", "2025M12", "2025Q4", "2025Y", "2026Q1",
    ]  # fmt: skip
    assert Period.parse("2025Q3") <= Period.parse("2025Q3")
    assert len({Period.parse("2025Q3"), Period(2025, Kind.QUARTER, 3)}) == 1
