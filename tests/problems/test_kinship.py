"""How many periods running a problem stood: the rows of its line, and of the lines it came back from."""

import pytest

from tests.office import Office
from tracker.database import writing
from tracker.periods import Period
from tracker.problems.kinship import periods_running, running
from tracker.problems.lineage import carry_into
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
        asked = [row.id for row in (first, second, third, alone)]
        assert periods_running(asked) == dict(zip(asked, [2, 3, 4, 1], strict=True))
        assert periods_running([]) == {}


def test_a_circle_of_problems_ends(office: Office) -> None:
    with writing():
        first = found(office, "2025Q1")
        second = found(office, "2025Q2", first)
        first.kin_id = second.id
        assert periods_running([first.id, second.id]) == {first.id: 2, second.id: 2}


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
