"""Chance as a tester: whatever is tried in whatever order, the rules of the life cycle hold."""

import random
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.office import Office
from tests.tasks.steps import ACTS, DEADLINE, LATER, PERIOD, TODAY, draft, member
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.acting import Actor, actor
from tracker.organization.models import DutyDomain, Person, Unit
from tracker.refusals import Refused
from tracker.tasks import lifecycle
from tracker.tasks.access import open_actions
from tracker.tasks.creation import create
from tracker.tasks.models import Task, TaskRound
from tracker.tasks.outcomes import outcome_by, settle_problems, tasks_of
from tracker.tasks.requests import OF_THE_LEAD, waiting
from tracker.tasks.states import Action, Remedy, TaskState, transition

MEMBERS = ("clerk", "lead", "deputy", "keeper", "secretary", "vice_head", "village_lead", "other_clerk")
TRIES = 40  # acts tried on one task
WRITERS = 4
AHEAD: tuple[Action, ...] = (
    Action.REGISTER,
    Action.ASSIGN,
    Action.ACKNOWLEDGE,
    Action.RESUME,
    Action.REQUEST_CLOSURE,
    Action.ENDORSE,
    Action.ACCEPT,
    Action.CLOSE_AT_ONCE,
    Action.REOPEN,
)
ENDS = (Action.CANCEL, Action.SUSPEND)  # tried by chance alone
FINISHED = (TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED, TaskState.CLOSED)

Trials = Callable[[int, int], int]
Note = Callable[[str, object], None]


def replayed(task: Task) -> TaskState:
    """Return the state that the events alone lead to, each by an arrow of the table."""
    state, before = TaskState.DRAFT, TaskState.DRAFT
    for event in task.events:
        row = transition(state, event.action)
        assert row is not None
        assert event.old_state == state
        if event.action == Action.SUSPEND:
            before = state
        state = before if event.action == Action.RESUME else row.target or state
        assert event.new_state == state
    return state


class Watched:
    """What must not change about a task any more, once it was seen."""

    def __init__(self) -> None:
        self.first_deadlines: dict[tuple[int, int], date | None] = {}  # of a round, once it was signed for
        self.rounds: dict[int, tuple[Any, ...]] = {}

    def look(self, task: Task) -> None:
        """Hold the task against what was seen of it before."""
        if any(e.action == Action.ACKNOWLEDGE and e.round_no == task.round_no for e in task.events):
            key = (task.id, task.round_no)
            assert self.first_deadlines.setdefault(key, task.first_deadline) == task.first_deadline
        for ended in task.rounds:
            kept = tuple(getattr(ended, column.name) for column in TaskRound.__table__.columns)
            assert self.rounds.setdefault(ended.id, kept) == kept
        assert len(task.rounds) == task.round_no - (task.state != TaskState.CLOSED)
        assert (task.closed_on is not None) == (task.state == TaskState.CLOSED)
        assert not (any(part.is_open for part in task.cooperations) and task.state in FINISHED)
        if task.state in (*FINISHED, TaskState.CANCELLED, TaskState.SUSPENDED):
            assert not waiting(task, *OF_THE_LEAD)


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
    done = refused = ended = 0
    for _ in range(trials(4, 150)):
        with writing():
            task = draft(office)
            task.remedy = dice.choice([Remedy.TIME_LIMITED, Remedy.TIME_LIMITED, *Remedy])
            settle_problems(task, TODAY)  # who records a problem says at once whether it is long-term
        watched = Watched()
        for _ in range(TRIES):
            action, by = _next_act(task, actors, dice)
            try:
                with writing():
                    _do(action, task, office, by, dice)
                done += 1
            except Refused:
                refused += 1
            watched.look(task)
        assert task.state == replayed(task)
        assert task.problem is not None
        assert task.problem.outcome == outcome_by(tasks_of(task.problem))
        ended += len(task.rounds)
        for round_no in range(1, task.round_no + 1):
            told = [event for event in task.events if event.round_no == round_no]
            requests = {e.person_id for e in told if e.action == Action.REQUEST_CLOSURE}
            assert not requests & {e.person_id for e in told if e.action in (Action.ENDORSE, Action.ACCEPT)}
    assert ended > 0
    proof_figure(f"rounds ended on {database_kind}", ended)
    proof_figure(f"acts tried on {database_kind}: done / refused", f"{done} / {refused}")


def _next_act(task: Task, actors: list[Actor], dice: random.Random) -> tuple[Action, Actor]:
    """Mostly what somebody may do, so that tasks go far; now and then anything by anybody."""
    wanted = dice.choice((AHEAD, AHEAD, AHEAD, tuple(Action), tuple(Action), ()))
    for by in dice.sample(actors, len(actors)):
        possible = [action for action in open_actions(task, by) if action in wanted and action not in ENDS]
        if possible:
            return dice.choice(possible), by
    return dice.choice(list(ACTS)), dice.choice(actors)


def _do(action: Action, task: Task, office: Office, by: Actor, dice: random.Random) -> None:
    """Do an act; an assignment now and then with a part, a report on a part with its end."""
    if action == Action.ASSIGN and dice.random() < 0.5:
        post = office.village_lead.post
        lifecycle.assign(
            task,
            by=by,
            lead_post=office.lead.post,
            duty=office.lead_duty,
            deadline=DEADLINE,
            review_on=LATER,
            cooperating=[post],
            parts={post.id: "换宣传栏"},
        )
    elif action == Action.REPORT_PROGRESS and dice.random() < 0.7:
        lifecycle.report_progress(task, by=by, text="办完了", percent=100)
    else:
        ACTS[action](task, office, by)


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
