"""Counting working days over the shipped table."""

import random
from datetime import date, timedelta

import pytest

from tracker.workdays import read_table, shipped

DAYS = shipped()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 10, 1), False),
        (date(2025, 9, 28), True),  # a Sunday made up for the National Day
        (date(2025, 10, 11), True),
        (date(2025, 10, 12), False),
        (date(2026, 2, 14), True),
        (date(2026, 2, 16), False),
        (date(2026, 10, 10), True),
        (date(2024, 2, 9), True),  # New Year's Eve 2024 was a working day in the notice
        (date(2027, 10, 1), False),  # no notice yet: fixed by law
        (date(2027, 10, 4), True),
    ],
)
def test_day(day: date, works: bool) -> None:
    assert DAYS.is_workday(day) is works


def test_each_covered_year_has_the_days_off_of_its_notice() -> None:
    off = {
        year: sum(not works for day, works in DAYS.days.items() if day.year == year) for year in DAYS.years
    }
    made_up = {
        year: sum(works for day, works in DAYS.days.items() if day.year == year) for year in DAYS.years
    }
    assert off == {2024: 19, 2025: 18, 2026: 19}
    assert made_up == {2024: 8, 2025: 5, 2026: 6}


def test_the_start_day_is_not_counted() -> None:
    assert DAYS.add_workdays(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert DAYS.add_workdays(date(2025, 10, 9), -1) == date(2025, 9, 30)
    assert DAYS.add_workdays(date(2025, 9, 26), 3) == date(2025, 9, 30)
    assert DAYS.add_workdays(date(2025, 10, 1), 0) == date(2025, 10, 1)


def test_distance_is_signed_and_inverts_adding() -> None:
    start = date(2025, 9, 17)
    for count in range(-30, 31):
        assert DAYS.workdays_between(start, DAYS.add_workdays(start, count)) == count


def test_a_long_span_counts_as_day_by_day() -> None:
    dice = random.Random(5)
    for _ in range(300):  # from years before the table to years after it
        start = date(2022, 1, 1) + timedelta(days=dice.randrange(2000))
        end = start + timedelta(days=dice.randrange(900))
        each = sum(DAYS.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
        assert DAYS.workdays_between(start, end) == each


def test_rest_days_move_to_the_nearest_working_day() -> None:
    assert DAYS.on_or_before(date(2025, 10, 8)) == date(2025, 9, 30)
    assert DAYS.on_or_after(date(2025, 10, 1)) == date(2025, 10, 9)
    assert DAYS.on_or_before(date(2025, 9, 30)) == date(2025, 9, 30)


def test_a_year_without_notice_is_provisional() -> None:
    assert DAYS.is_provisional(date(2027, 3, 31))
    assert not DAYS.is_provisional(date(2026, 12, 31))


def test_a_table_cannot_be_changed_and_a_bad_line_is_named() -> None:
    table = read_table(["date,is_workday,name", "2027-02-05,0,春节"])
    assert not table.is_workday(date(2027, 2, 5))
    assert table.years == {2027}
    with pytest.raises(TypeError):
        table.days[date(2027, 1, 1)] = True  # type: ignore[index] # that it cannot be written is the test
    with pytest.raises(ValueError, match="第2行"):
        read_table(["date,is_workday,name", "2027/02/05,maybe,春节"])
