"""How many periods running a problem stood: the rows of its line, and of the lines it came back from."""

import pytest

from tests.office import Office
from tracker.database import writing
from tracker.periods import Period
from tracker.problems.kinship import running, settle
from tracker.problems.lineage import carry_into, carry_over
from tracker.problems.models import Kinship, Problem, ProblemOutcome
from tracker.problems.recording import record_problem
from tracker.refusals import NotAllowed, Refused


def period(code: str) -> Period:
    return Period.parse(code)


@pytest.mark.parametrize(
    ("codes", "count"),
    [
        ([], 0),
        (["2025Q3"], 1),
        (["2025Q3", "2025Q2", "2025Q1"], 3),
        (["2025Q4", "2025Q2", "2025Q1"], 1),
        (["2026Q1", "2025Q4"], 2),
        (["2025H2", "2025H1", "2025Q4"], 2),
    ],
)
def test_periods_that_follow_one_another_are_counted_back_from_the_latest(
    codes: list[str], count: int
) -> None:
    assert running([period(code) for code in codes]) == count


def found(office: Office, code: str, kin: Problem | None = None) -> Problem:
    return record_problem(
        office.town,
        period(code),
        domain=office.ideology,
        text="宣传栏陈旧",
        kinship=None if kin is None else Kinship.RECURRING,
        kin=kin,
    )


@pytest.mark.database
def test_lines_are_followed_back_however_often_a_problem_came_back(office: Office) -> None:
    with writing():
        first = found(office, "2025Q1")
        carry_into(first, period("2025Q2"), by=office.clerk.actor, text="宣传栏仍陈旧", measure="")
        second = found(office, "2025Q3", first)
        third = found(office, "2025Q4", second)
        alone = found(office, "2025Q4")
        rows = (first, second, third, alone)
        assert [row.running for row in rows] == [2, 3, 4, 1]
        assert [row.family_id for row in rows] == [first.id, first.id, first.id, alone.id]


@pytest.mark.database
def test_a_row_that_is_put_in_later_counts_for_the_lines_that_came_back_since(office: Office) -> None:
    """The report of a quarter may be confirmed after that of the next one."""
    with writing():
        first = found(office, "2025Q1")
        second = found(office, "2025Q3", first)
        assert (first.running, second.running) == (1, 1)
        row = carry_into(first, period("2025Q2"), by=office.clerk.actor, text="宣传栏仍陈旧", measure="")
        assert (first.running, row.running, second.running) == (2, 2, 3)
        assert row.family_id == second.family_id == first.id


@pytest.mark.database
def test_what_is_carried_over_together_is_counted_line_by_line(office: Office) -> None:
    with writing():
        rows = [found(office, "2025Q1") for _ in range(3)]
        rows.append(found(office, "2025Q1", rows[0]))
        rows[1].outcome = ProblemOutcome.CLOSED
        carried = carry_over(office.town, period("2025Q1"), by=office.clerk.actor)
        assert [row.running for row in carried] == [2, 2, 2]
        assert [row.running for row in rows] == [2, 1, 2, 2]


def test_a_circle_of_problems_ends(office: Office) -> None:
    with writing():
        first = found(office, "2025Q1")
        second = found(office, "2025Q2", first)
        first.kin_id = second.id
        settle([first.id])
        assert (first.running, second.running) == (2, 2)


@pytest.mark.database
def test_carrying_one_problem_over_is_done_once_and_by_its_clerk_alone(office: Office) -> None:
    with writing():
        first = found(office, "2025Q1")
        clerk, into = office.clerk.actor, period("2025Q2")
        row = carry_into(first, into, by=clerk, text="新的说法", measure="更换")
        assert (row.origin_id, row.text, row.measure, row.outcome) == (
            first.id,
            "新的说法",
            "更换",
            ProblemOutcome.OPEN,
        )
        assert carry_into(row, into, by=clerk, text="又一说法", measure="") is row
        assert row.text == "新的说法"
        with pytest.raises(NotAllowed):
            carry_into(first, period("2025Q3"), by=office.other_clerk.actor, text="x", measure="")
        first.outcome = ProblemOutcome.CLOSED
        with pytest.raises(Refused):
            carry_into(first, period("2025Q3"), by=clerk, text="x", measure="")
