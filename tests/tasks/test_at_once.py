"""Two at once: of conflicting acts one wins, and the same act sent many times happens once."""

import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests import ledger
from tests.office import Office, recall, remember
from tests.tasks.situations import SITUATIONS, Situation, in_situation
from tests.tasks.steps import ACTS, PERIOD, TODAY, member
from tests.tasks.test_chance import replayed
from tests.tasks.test_every_action import allowed
from tracker.database import writing
from tracker.duties.models import StandingDuty
from tracker.extensions import db
from tracker.problems.models import Problem
from tracker.problems.recording import record_problem
from tracker.refusals import OutOfDate, Refused
from tracker.tasks import correcting
from tracker.tasks.models import Task
from tracker.tasks.outcomes import answering, outcome_by, tasks_of
from tracker.tasks.states import Action, transition
from tracker.tasks.stepping import take_turn

Trials = Callable[[int, int], int]
Note = Callable[[str, object], None]
Do = Callable[[int, int, Action, str], str]
REPEATS = 50
DECIDING = frozenset({Action.DECIDE_EXTENSION, Action.WITHDRAW_EXTENSION})  # conflict without a new state


def may_do(situation: Situation) -> dict[Action, str]:
    """Return the actions possible in a situation, each with somebody who may."""
    return {
        action: who
        for who, held in situation.parts.items()
        for action in Action
        if allowed(situation, action, held)
    }


def _moves(situation: Situation, action: Action) -> bool:
    row = transition(situation.state, action)
    return row is not None and row.target is not None


def conflicts() -> Iterator[tuple[str, Action, Action]]:
    """Yield each pair of acts of which the one takes away the other's ground, once a state."""
    seen = set()
    for name, situation in SITUATIONS.items():
        moving = [
            action for action in sorted(may_do(situation)) if action in DECIDING or _moves(situation, action)
        ]
        for pair in combinations(moving, 2):
            if (situation.state, *pair) not in seen:
                seen.add((situation.state, *pair))
                yield name, *pair


# Situations in which posts fall vacant come last: the office is the same for all.
PAIRS = sorted(conflicts(), key=lambda pair: not SITUATIONS[pair[0]].has_endorser)


@pytest.fixture
def do(app: Flask, office: Office) -> Do:
    """Do an act in a transaction of its own, as a request does, and say what came of it."""
    where = remember(office)  # rows belong to the session of their thread

    def one(task_id: int, version: int, action: Action, who: str) -> str:
        with app.app_context():
            try:
                with writing():
                    task, own = db.session.get_one(Task, task_id), recall(where)
                    take_turn(task, version)
                    ACTS[action](task, own, member(own, who).actor)
            except OutOfDate:
                return "too late"
            return "done"

    return one


def at_once(calls: list[Callable[[], str]]) -> list[str]:
    """Call several at the same moment; a failure of any is the test's."""
    start, said, failed = threading.Barrier(len(calls)), [], []

    def run(call: Callable[[], str]) -> None:
        try:
            start.wait()
            said.append(call())
        except BaseException as failure:
            failed.append(failure)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return sorted(said)


@pytest.mark.proof
@pytest.mark.database
def test_of_two_conflicting_acts_one_wins(
    office: Office,
    do: Do,
    moved_clock: Callable[..., None],
    dice: random.Random,
    trials: Trials,
    proof_figure: Note,
    database_kind: str,
) -> None:
    moved_clock(TODAY)
    rounds = trials(1, 100)
    chosen = PAIRS if rounds > 1 else dice.sample(PAIRS[:-2], 8)
    for name, *pair in chosen:
        for _turn in range(rounds):
            assert race(name, pair, office, do) == ["done", "too late"], (name, pair)
    proof_figure(f"races of conflicting acts on {database_kind}", f"{len(chosen)} pairs × {rounds}")


def race(name: str, acts: list[Action], office: Office, do: Do) -> list[str]:
    """Let two acts start at the same moment on one task, each by somebody who may; return how each ended."""
    with writing():
        db.session.execute(delete(StandingDuty))  # what a task became earlier is not asked for twice
    task = in_situation(SITUATIONS[name], office)
    task_id, version, events = task.id, task.version, len(task.events)
    db.session.rollback()
    who = may_do(SITUATIONS[name])
    db.session.rollback()
    said = at_once([partial(do, task_id, version, act, who[act]) for act in acts])
    db.session.expire_all()
    task = db.session.get_one(Task, task_id)
    assert (replayed(task), len(task.events)) == (task.state, events + 1)
    return said


@pytest.mark.proof
@pytest.mark.database
def test_an_act_sent_many_times_happens_once(
    office: Office,
    do: Do,
    moved_clock: Callable[..., None],
    dice: random.Random,
    trials: Trials,
    proof_figure: Note,
    database_kind: str,
) -> None:
    moved_clock(TODAY)
    plain_last = sorted(SITUATIONS, key=lambda name: (SITUATIONS[name].has_endorser, -len(name)))
    where = {action: name for name in plain_last for action in may_do(SITUATIONS[name])}
    assert set(where) == set(Action)
    times = trials(5, REPEATS)
    chosen = sorted(where) if times == REPEATS else dice.sample(sorted(where), 6)
    for action in sorted(chosen, key=lambda action: action == Action.PUBLICISE):  # then others wait for it
        task = in_situation(SITUATIONS[where[action]], office)
        task_id, version, events = task.id, task.version, len(task.events)
        db.session.rollback()
        who = may_do(SITUATIONS[where[action]])[action]
        said = at_once([partial(do, task_id, version, action, who)] * times)
        assert said == ["done", *["too late"] * (times - 1)], action
        db.session.expire_all()
        assert len(db.session.get_one(Task, task_id).events) == events + 1
    proof_figure(f"acts sent {times} times at once on {database_kind}", len(chosen))


@pytest.mark.proof
@pytest.mark.database
def test_a_problem_ends_as_its_tasks_do_however_they_end_at_once(
    office: Office,
    do: Do,
    app: Flask,
    moved_clock: Callable[..., None],
    trials: Trials,
    proof_figure: Note,
    database_kind: str,
) -> None:
    moved_clock(TODAY)
    rounds, together, where = trials(4, 100), 0, remember(office)

    def merge(task_id: int, version: int, into: int) -> str:
        with app.app_context():
            try:
                with writing():
                    task = db.session.get_one(Task, task_id)
                    take_turn(task, version)
                    correcting.cancel(
                        task, by=recall(where).clerk.actor, merged_into=db.session.get_one(Task, into)
                    )
            except Refused:
                return "too late"
        return "done"

    for turn in range(rounds):
        with writing():
            problem, elsewhere = (
                record_problem(office.town, PERIOD, domain=office.ideology, text=f"{name}{turn}")
                for name in ("甲", "乙")
            )
            first, second, other = (_endorsed(office, one) for one in (problem, problem, elsewhere))
            added = ledger.drafted(office, problem=problem)
            ACTS[Action.REGISTER](added, office, office.clerk.actor)
        sent = [(task.id, task.version) for task in (first, second, other)]
        merged, problems = (added.id, added.version), {problem.id, elsewhere.id}
        db.session.rollback()
        accepting = [partial(do, *one, Action.ACCEPT, "keeper") for one in sent]
        said = at_once([*accepting, partial(merge, *merged, sent[2][0])])
        assert said.count("done") >= len(accepting)
        together += said.count("done") > len(accepting)
        for found in db.session.scalars(select(Problem).where(Problem.id.in_(problems))):
            assert found.outcome == outcome_by([answering(task) for task in tasks_of(found)])
        db.session.rollback()
    proof_figure(
        f"problems whose tasks end at once on {database_kind}, merged in time", f"{rounds}, {together}"
    )


def _endorsed(office: Office, problem: Problem) -> Task:
    task = ledger.requested(office, problem=problem)
    ACTS[Action.ENDORSE](task, office, office.deputy.actor)
    return task
