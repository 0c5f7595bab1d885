"""Unfinished problems become problems of the next period, once."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.office import Office
from tests.tasks.steps import PERIOD, task_in
from tracker.database import writing
from tracker.extensions import db
from tracker.problems.lineage import carry_over, outcome_of, problems_of, to_carry_over
from tracker.problems.models import Problem, ProblemOutcome, ProblemSource
from tracker.problems.recording import record_problem
from tracker.refusals import NotAllowed
from tracker.tasks.lifecycle import accept
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState, Verdict

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def in_october(moved_clock):
    moved_clock(date(2025, 10, 9))


def test_what_is_unfinished_becomes_a_problem_of_the_next_period(office: Office):
    task_in(TaskState.CLOSED, office)
    running = task_in(TaskState.IN_PROGRESS, office)
    with writing():
        lasting = record_problem(
            office.town, PERIOD, domain=office.safety, text="巡查频次不足", measure="每周巡查", long_term=True
        )
    assert [p.text for p in to_carry_over(office.town, PERIOD)] == [running.title, "巡查频次不足"]
    with writing():
        carried = carry_over(office.town, PERIOD, by=office.clerk.actor)
    assert [(p.period, p.source, p.origin_id) for p in carried] == [
        (PERIOD.next(), ProblemSource.CARRIED_OVER, running.problem_id),
        (PERIOD.next(), ProblemSource.CARRIED_OVER, lasting.id),
    ]
    assert (carried[1].text, carried[1].measure) == ("巡查频次不足", "每周巡查")
    assert to_carry_over(office.town, PERIOD) == []


def test_carrying_over_twice_does_nothing_more(office: Office):
    task_in(TaskState.IN_PROGRESS, office)
    with writing():
        carry_over(office.town, PERIOD, by=office.clerk.actor)
    with writing():
        assert carry_over(office.town, PERIOD, by=office.clerk.actor) == []
    assert len(problems_of(office.town, PERIOD.next())) == 1


def test_the_task_stays_and_the_line_goes_on_through_the_periods(office: Office):
    task = task_in(TaskState.IN_PROGRESS, office)
    for period in (PERIOD, PERIOD.next()):
        with writing():
            carry_over(office.town, period, by=office.clerk.actor)
    line = db.session.scalars(select(Problem).order_by(Problem.id)).all()
    assert [str(problem.period) for problem in line] == ["2025Q3", "2025Q4", "2026Q1"]
    assert {problem.origin_id for problem in line} == {task.problem_id}
    assert db.session.scalars(select(Task.problem_id)).all() == [line[0].id]


def test_the_outcome_of_a_line_is_that_of_its_origin(office: Office):
    task = task_in(TaskState.ENDORSED, office)
    with writing():
        carry_over(office.town, PERIOD, by=office.clerk.actor)
    with writing():
        accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    (later,) = problems_of(office.town, PERIOD.next())
    assert outcome_of(later) == ProblemOutcome.CLOSED
    assert to_carry_over(office.town, PERIOD.next()) == []


def test_only_a_clerk_of_the_unit_carries_over(office: Office):
    task_in(TaskState.IN_PROGRESS, office)
    for stranger in (office.secretary, office.other_clerk, office.county_keeper):
        with pytest.raises(NotAllowed, match="经办人员"), writing():
            carry_over(office.town, PERIOD, by=stranger.actor)
    assert problems_of(office.town, PERIOD.next()) == []


def test_one_domain_alone_can_be_carried_over(office: Office):
    task_in(TaskState.IN_PROGRESS, office)
    with writing():
        record_problem(office.town, PERIOD, domain=office.safety, text="巡查频次不足")
    with writing():
        (carried,) = carry_over(office.town, PERIOD, by=office.clerk.actor, domain=office.safety)
    assert carried.text == "巡查频次不足"
    assert len(to_carry_over(office.town, PERIOD)) == 1
