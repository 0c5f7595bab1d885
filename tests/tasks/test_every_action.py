"""Every state, action and part against the table: what it allows happens, what it does not changes nothing.

The expectation is written out here once more, from the rules, and not asked of the code: in which part each
member stands, and what a situation lacks for an action of the table.
"""

import os
import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from tests.office import Office
from tests.proof import at_full_length
from tests.tasks.situations import SITUATIONS, Situation, in_situation
from tests.tasks.steps import ACTS, TODAY, member
from tracker.database import writing
from tracker.extensions import db
from tracker.refusals import NotAllowed, OutOfDate
from tracker.tasks.access import open_actions
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.states import TRANSITIONS, Action, Role, TaskState, transition

pytestmark = pytest.mark.usefixtures("autumn")


class Undone(Exception):
    """Ends a write transaction without keeping what was written."""


@pytest.fixture
def autumn(moved_clock: Callable[..., None]) -> None:
    """Let it be a working day of the fourth quarter."""
    moved_clock(TODAY)


def allowed(situation: Situation, action: Action, held: frozenset[Role]) -> bool:
    """Say by the table, and by what the situation lacks, whether somebody in these parts may."""
    row = transition(situation.state, action)
    if row is None or not row.roles & held or action in situation.lacks:
        return False
    decides = action in (Action.ACCEPT, Action.RETURN_FOR_REWORK)
    straight = situation.state == TaskState.CLOSURE_REQUESTED and Role.ENDORSER not in held
    return not (decides and straight and situation.has_endorser)


def cases() -> list[tuple[str, str]]:
    """Every situation on SQLite, and on PostgreSQL a share by chance, or with `make proof` every one too."""
    names = sorted(SITUATIONS)
    share = len(names) if at_full_length() else len(names) // 3
    drawn = random.Random(os.environ["TRACKER_SEED"]).sample(names, share)
    return [("sqlite", name) for name in names] + [("postgresql", name) for name in sorted(drawn)]


@pytest.mark.proof
@pytest.mark.parametrize(("database_kind", "name"), cases())
def test_every_action_of_every_member_as_the_table_says(office: Office, name: str) -> None:
    situation = SITUATIONS[name]
    task = in_situation(situation, office)
    state = task.state
    for who, held in situation.parts.items():
        by = member(office, who).actor
        wanted = {action for action in Action if allowed(situation, action, held)}
        assert set(open_actions(task, by)) == wanted, who
        before = _written()
        for action in Action:
            if action not in wanted:
                with pytest.raises((NotAllowed, OutOfDate)):
                    ACTS[action](task, office, by)
        assert (task.state, _written()) == (state, before)
        for action in wanted:
            with suppress(Undone), writing():
                ACTS[action](task, office, by)
                db.session.flush()
                row = transition(state, action)
                assert row is not None
                assert task.state == (
                    situation.resumed_to if action == Action.RESUME else row.target or state
                )
                raise Undone
            assert (task.state, _written()) == (state, before), (action, who)


def test_the_situations_reach_every_arrow_of_the_table() -> None:
    """Nothing of the table stays untried: each state with each action and each of its parts."""
    tried = {
        (situation.state, action, role)
        for situation in SITUATIONS.values()
        for action in Action
        for held in situation.parts.values()
        if allowed(situation, action, held)
        for role in held
    }
    missing = {(row.source, row.action, role) for row in TRANSITIONS for role in row.roles} - tried
    assert missing == set()


def _written() -> tuple[int, ...]:
    return tuple(
        db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (TaskEvent, Task)
    )
