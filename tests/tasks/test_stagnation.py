"""What stagnates (停滞): so many working days without progress, by each office's own patience."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.office import Office
from tests.tasks.steps import ACTS, TODAY, member, task_in
from tracker.database import writing
from tracker.settings.choices import choose
from tracker.settings.keys import STAGNATION
from tracker.tasks.access import visible_to
from tracker.tasks.lights import Lights
from tracker.tasks.models import Task
from tracker.tasks.queries import Conditions, ledger
from tracker.tasks.states import Action, TaskState
from tracker.workdays import shipped


def stalled(office: Office, day: date) -> list[int]:
    lights = Lights.on(day)
    rows = ledger(Conditions(on=day, state="stalled"), visible_to(office.clerk.actor), lights).page().rows
    assert all(lights.idle_days(task) for task in rows)
    return [task.id for task in rows]


@pytest.mark.database
def test_only_progress_ends_it(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)
    task = task_in(TaskState.IN_PROGRESS, office)
    due = shipped().add_workdays(TODAY, 15)
    moved_clock(due - timedelta(days=1))
    assert stalled(office, due - timedelta(days=1)) == []
    moved_clock(due)
    assert stalled(office, due) == [task.id]
    assert Lights.on(due).idle_days(task) == 15
    for action, name in ((Action.URGE, "clerk"), (Action.INSTRUCT, "secretary"), (Action.SUMMON, "clerk")):
        with writing():
            ACTS[action](task, office, member(office, name).actor)
    assert stalled(office, due) == [task.id]
    with writing():
        ACTS[Action.REPORT_PROGRESS](task, office, office.lead.actor)
    assert stalled(office, due) == []


@pytest.mark.database
def test_an_office_sets_its_patience(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)
    task: Task = task_in(TaskState.IN_PROGRESS, office)
    day = shipped().add_workdays(TODAY, 5)
    moved_clock(day)
    assert stalled(office, day) == []
    with writing():
        choose(STAGNATION, office.county, 5, valid_from=day)
    assert stalled(office, day) == [task.id]
    with writing():
        choose(STAGNATION, office.town, 6, valid_from=day)
    assert stalled(office, day) == []


def test_the_day_from_which_it_counts_is_the_same_on_rest_days() -> None:
    for day in (date(2025, 10, 17), date(2025, 10, 18), date(2025, 10, 19)):
        for days in (1, 5, 15):
            last = Lights(day, {})._stale_since(days)
            assert shipped().workdays_between(last, day) >= days
            assert shipped().workdays_between(last + timedelta(days=1), day) < days
