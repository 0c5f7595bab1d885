"""What the loaded organization answers is what the database answers, for every post and domain."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from tests.office import START, Office
from tracker.database import writing
from tracker.extensions import db
from tracker.organization import asked, queries
from tracker.organization.known import Known
from tracker.organization.models import DutyDomain, Holding, Post, Unit
from tracker.organization.setup import add_post, divide_work, release

TODAY = date(2025, 10, 9)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def divide_work_by_domain(office: Office) -> Post:
    """Put safety into the hands of a leader of the other township, and return a post of the first."""
    with writing():
        neighbour = add_post(office.other_town, "白例镇副镇长", in_leadership=True)
        divide_work(neighbour, domain=office.safety, from_day=START)
        return add_post(office.town, "综治员", superior=office.vice_head.post)


@pytest.mark.database
@pytest.mark.parametrize("scope", ["county", "town", "other_town"])
def test_known_answers_as_the_database_does(office: Office, scope: str) -> None:
    divide_work_by_domain(office)
    unit: Unit = getattr(office, scope)
    known = Known([unit], TODAY)
    posts = queries.posts_of_office(unit)
    assert len(posts) > 1
    for post in posts:
        assert known.answering(post, TODAY) == asked.answering(post, TODAY)
        for domain in (None, *db.session.scalars(select(DutyDomain))):
            wanted = asked.deputy_in_charge(post, domain, TODAY)
            assert known.deputy_in_charge(post, domain, TODAY) == wanted
            wanted_first = asked.first_responsibles(post.unit, domain, TODAY)
            assert known.first_responsibles(post.unit, domain, TODAY) == wanted_first


def test_a_leader_next_door_is_in_charge_of_nothing_here(office: Office) -> None:
    post = divide_work_by_domain(office)
    for known in (asked, Known([office.county], TODAY), Known([office.town, office.other_town], TODAY)):
        for one in (post, office.county_keeper.post):
            found = known.deputy_in_charge(one, office.safety, TODAY).post
            assert found is one.superior


def test_a_loop_of_superiors_ends(office: Office) -> None:
    with writing():
        office.secretary.post.superior = office.deputy.post
        for post in (office.secretary.post, office.deputy.post):
            holding = db.session.scalars(select(Holding).where(Holding.post_id == post.id)).one()
            release(holding, last_day=date(2025, 9, 1))
    above = list(queries.upwards(office.lead.post))
    assert above[:3] == [office.deputy.post, office.secretary.post, office.deputy.post]
    assert len(above) == queries.LONGEST_CHAIN
    assert queries.answering(office.deputy.post, TODAY).person is None
