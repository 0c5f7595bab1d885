"""A problem whose task was split or merged counts once, and is done when all that answers for it is."""

from collections.abc import Callable

import pytest

from tests.office import Office
from tests.tasks.steps import ACTS, LATER, PERIOD, TODAY, member, task_in
from tracker.database import writing
from tracker.summaries.facts import SummaryFacts
from tracker.summaries.gathering import gather
from tracker.summaries.rollup import roll_up
from tracker.summaries.withholding import marked_since
from tracker.tasks import correcting, lifecycle
from tracker.tasks.models import Task
from tracker.tasks.states import Action, Remedy, TaskState

PATH = (
    (Action.ASSIGN, "clerk"),
    (Action.ACKNOWLEDGE, "lead"),
    (Action.REQUEST_CLOSURE, "lead"),
    (Action.ENDORSE, "deputy"),
    (Action.ACCEPT, "keeper"),
)


def close(task: Task, office: Office) -> None:
    """Bring a registered task to its closure."""
    for action, name in PATH:
        with writing():
            ACTS[action](task, office, member(office, name).actor)


def facts(office: Office) -> SummaryFacts:
    return gather(office.town, PERIOD.next(), domain=office.ideology, day=TODAY)


@pytest.mark.database
def test_a_split_problem_is_done_when_every_part_is(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)
    task = task_in(TaskState.REGISTERED, office)
    with writing():
        first, second = correcting.split(task, by=office.clerk.actor, titles=["办培训班", "配宣传员"])
    close(second, office)
    told = facts(office)
    assert (told.cohort.total, told.cohort.running, told.cohort.done) == (1, 1, 0)
    assert [row.note for row in told.open] == ["拆分为2件，已完成1件"]
    close(first, office)
    told = facts(office)
    assert (told.cohort.total, told.cohort.running, told.cohort.done) == (1, 0, 1)
    assert [(row.number, row.result) for row in told.done] == [(first.short_no, "已培训 1 期 40 人")]


@pytest.mark.database
def test_a_merged_problem_is_done_with_the_task_that_took_it_over(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    kept, given_up = task_in(TaskState.REGISTERED, office), task_in(TaskState.REGISTERED, office)
    with writing():
        correcting.cancel(given_up, by=office.clerk.actor, merged_into=kept)
    told = facts(office)
    assert (told.cohort.total, told.cohort.running, told.cohort.withdrawn) == (2, 2, 0)
    close(kept, office)
    told = facts(office)
    assert (told.cohort.total, told.cohort.done) == (2, 2)
    assert {row.result for row in told.done} == {"已培训 1 期 40 人"}


def test_what_became_a_standing_duty_is_told_as_done(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    task = task_in(TaskState.REGISTERED, office)
    with writing():
        task.remedy = Remedy.LONG_TERM
        lifecycle.assign(
            task, by=office.clerk.actor, lead_post=office.lead.post, duty=office.lead_duty, review_on=LATER
        )
        lifecycle.acknowledge(task, by=office.lead.actor)
        ACTS[Action.MAKE_STANDING](task, office, office.keeper.actor)
    assert [row.result for row in facts(office).done] == ["转为常态履责"]


def marked(office: Office, task: Task) -> None:
    with writing():
        ACTS[Action.MARK](task, office, office.clerk.actor)


def test_the_words_of_a_problem_are_withheld_when_any_of_its_tasks_is_marked(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    task = task_in(TaskState.REGISTERED, office)
    with writing():
        first, second = correcting.split(task, by=office.clerk.actor, titles=["办培训班", "配宣传员"])
    close(second, office)
    close(first, office)
    assert [row.withheld for row in facts(office).done] == [False]
    with writing():
        summary = roll_up(office.town, PERIOD.next(), office.ideology, by=office.clerk.actor)
    marked(office, second)
    assert [(row.withheld, row.problem, row.result) for row in facts(office).done] == [(True, "", "")]
    assert [one.id for one in marked_since(summary)] == [second.id]


def test_what_was_merged_keeps_its_words_to_itself_once_it_is_marked(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    kept, given_up = task_in(TaskState.REGISTERED, office), task_in(TaskState.REGISTERED, office)
    marked(office, given_up)
    with writing():
        correcting.cancel(given_up, by=office.clerk.actor, merged_into=kept)
    assert [row.withheld for row in facts(office).open] == [False, True]
    close(kept, office)
    assert [row.withheld for row in facts(office).done] == [False, True]
