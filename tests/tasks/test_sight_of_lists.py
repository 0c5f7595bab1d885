"""Lists find what somebody sees by indexes: the same tasks as by the rule of sight, for everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, and_, not_, select

from tests.office import START, Office
from tests.tasks.situations import SITUATIONS, in_situation
from tests.tasks.steps import TODAY, member, task_in
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor, actor
from tracker.organization.chains import link_chain
from tracker.organization.models import ChainRole
from tracker.organization.setup import add_person, add_post, appoint
from tracker.organization.standing_in import stand_in
from tracker.tasks.access import counted_for, sight_of
from tracker.tasks.models import Task
from tracker.tasks.sight import touched
from tracker.tasks.states import TaskState

OVERSEE = ("clerk", "keeper", "secretary", "county_keeper", "other_clerk")
HOLD = ("lead", "safety_lead", "village_lead")


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.fixture
def full(office: Office) -> Office:
    """An office with two tasks in every state, others asked for and with parts; every second marked."""
    for state in TaskState:
        for _time in range(2):
            task_in(state, office)
    for name in 2 * ("much asked", "with open parts"):
        in_situation(SITUATIONS[name], office)
    with writing():
        for task in db.session.scalars(select(Task).where(Task.id % 2 == 0)):
            task.secrecy = Secrecy.INTERNAL
    return office


def in_one_way(office: Office) -> dict[str, Actor]:
    """People who see tasks in one way alone: as superior, above a leader, by a chain, standing in."""
    posts = {
        title: add_post(office.town, title) for title in ("superior", "above a leader", "chain", "deputy")
    }
    people = {title: add_person(title) for title in posts}
    for title, post in posts.items():
        appoint(people[title], post, from_day=START)
    office.lead.post.superior, office.deputy.post.superior = posts["superior"], posts["above a leader"]
    link_chain(office.town, posts["chain"], ChainRole.SPECIFIC)
    until = TODAY + timedelta(days=3)
    stand_in(office.lead.person, people["deputy"], by=office.keeper.actor, from_day=TODAY, to_day=until)
    return {title: actor(person, TODAY) for title, person in people.items()}


def ids(condition: ColumnElement[bool]) -> set[int]:
    """The tasks of a condition."""
    return set(db.session.scalars(select(Task.id).where(condition)))


@pytest.mark.database
def test_a_list_shows_what_the_rule_shows_and_withholds_the_rest_that_counts(full: Office) -> None:
    with writing():
        people = {name: member(full, name).actor for name in (*OVERSEE, *HOLD)} | in_one_way(full)
    found = {}
    for name, who in people.items():
        sight, counted = sight_of(who), counted_for(who)
        found[name] = ids(sight.seen)
        assert ids(sight.listed) == found[name], name
        assert ids(sight.withheld) == ids(and_(counted, not_(sight.seen))), name
    idle = {name for name, seen in found.items() if not seen}
    assert idle <= {"other_clerk", "safety_lead", "village_lead"}
    assert ids(sight_of(people["county_keeper"]).withheld)


def test_whoever_sees_little_is_listed_from_indexes(full: Office) -> None:
    with writing():
        people = {name: member(full, name).actor for name in (*OVERSEE, *HOLD)} | in_one_way(full)
    by_index = {name for name, who in people.items() if touched(who) is not None}
    assert by_index == {*HOLD, "superior", "chain", "deputy"}
