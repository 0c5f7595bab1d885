"""Chance as a tester: whatever is tried in whatever order, the rules of the life cycle hold."""

import random
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.office import Office
from tests.tasks.steps import ACTS, DEADLINE, PERIOD, TODAY, draft, member
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.acting import actor
from tracker.organization.models import DutyDomain, Person, Unit
from tracker.problems.models import ProblemOutcome
from tracker.refusals import Refused
from tracker.tasks.creation import create
from tracker.tasks.models import Task
from tracker.tasks.states import Action, TaskState, transition

MEMBERS = ("clerk", "lead", "deputy", "keeper", "secretary", "vice_head", "village_lead", "other_clerk")
TRIES = 60  # acts tried on one task
WRITERS = 4

Trials = Callable[[int, int], int]
Note = Callable[[str, object], None]


def replayed(task: Task) -> TaskState:
    """Return the state that the events alone lead to, each by an arrow of the table."""
    state = TaskState.DRAFT
    for event in task.events:
        row = transition(state, event.action)
        assert row is not None
        assert event.old_state == state
        state = state if row.target is None else row.target
        assert event.new_state == state
    return state


@pytest.mark.proof
@pytest.mark.database
def test_any_order_of_acts_keeps_the_rules(
    office: Office,
    moved_clock: Callable[..., None],
    dice: random.Random,
    trials: Trials,
    proof_figure: Note,
    database_kind: str,
) -> None:
    moved_clock(TODAY)
    actors = [member(office, name).actor for name in MEMBERS]
    done = refused = 0
    for _ in range(trials(4, 150)):
        with writing():
            task = draft(office)
        for _ in range(TRIES):
            action, by = dice.choice(list(ACTS)), dice.choice(actors)
            try:
                with writing():
                    ACTS[action](task, office, by)
                done += 1
            except Refused:
                refused += 1
        assert task.state == replayed(task)
        assert task.first_deadline in (None, DEADLINE)
        assert (task.closed_on is not None) == (task.state == TaskState.CLOSED)
        assert task.problem is not None
        assert (task.problem.outcome == ProblemOutcome.CLOSED) == (task.state == TaskState.CLOSED)
        requests = {e.person_id for e in task.events if e.action == Action.REQUEST_CLOSURE}
        deciders = {e.person_id for e in task.events if e.action in (Action.ENDORSE, Action.ACCEPT)}
        assert not requests & deciders
    proof_figure(f"acts tried on {database_kind}: done / refused", f"{done} / {refused}")


@pytest.mark.proof
@pytest.mark.database
def test_writers_at_once_lose_nothing(
    app: Flask,
    office: Office,
    moved_clock: Callable[..., None],
    trials: Trials,
    proof_figure: Note,
    database_kind: str,
) -> None:
    """Several threads count on in one ledger: every task is there, no number is given twice."""
    moved_clock(TODAY)
    town, domain, clerk = office.town.id, office.ideology.id, office.clerk.person.id
    each = trials(10, 200)
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with app.app_context():
                for _ in range(each):
                    _create_one(town, domain, clerk)
        except BaseException as failure:  # shown by the test, not lost with the thread
            failures.append(failure)

    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    db.session.rollback()
    numbers = db.session.scalars(select(Task.number).order_by(Task.number)).all()
    assert numbers == list(range(1, WRITERS * each + 1))
    proof_figure(f"tasks created by {WRITERS} threads at once on {database_kind}", len(numbers))


def _create_one(unit_id: int, domain_id: int, person_id: int) -> None:
    """Create one draft in a transaction of its own, as a request does."""
    with writing():
        unit = db.session.get_one(Unit, unit_id)
        by = actor(db.session.get_one(Person, person_id), TODAY)
        create(unit, PERIOD, by=by, title="并发立项", domain=db.session.get_one(DutyDomain, domain_id))
