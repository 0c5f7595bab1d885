"""Units, posts and holders as the ledger keeper enters them: what is refused, and what history keeps."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.forms import once
from tests.forms import post as send
from tests.office import START, Office
from tests.tasks.steps import task_in
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db
from tracker.organization import holdings, posts, renaming, units
from tracker.organization.acting import actor
from tracker.organization.models import Holding, Person, Post, Unit, UnitKind
from tracker.organization.people import add_person, correct_person
from tracker.organization.posts import Roles
from tracker.organization.queries import answering, holder, ledger_post, posts_of_office
from tracker.refusals import NotAllowed, Refused
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState

TODAY = date(2025, 10, 9)
MONDAY = date(2025, 10, 13)
SUNDAY = date(2025, 10, 12)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def holding_of(post: Post) -> Holding:
    return db.session.scalars(
        select(Holding).where(Holding.post_id == post.id, Holding.to_day.is_(None))
    ).one()


@pytest.mark.database
def test_a_successor_takes_over_and_no_row_of_a_task_changes(office: Office):
    task = task_in(TaskState.IN_PROGRESS, office)
    table = Task.__table__
    before = db.session.execute(select(table).where(table.c.id == task.id)).mappings().one()
    with writing():
        new = add_person("施范")
        holdings.succeed(new, office.lead.post, from_day=MONDAY, by=office.keeper.actor)
    assert holder(office.lead.post, SUNDAY) == office.lead.person
    assert holder(office.lead.post, MONDAY) == new
    assert db.session.execute(select(table).where(table.c.id == task.id)).mappings().one() == before


@pytest.mark.database
def test_a_vacant_post_is_acted_for_by_its_superior(office: Office):
    with writing():
        holdings.release(holding_of(office.lead.post), last_day=TODAY, by=office.keeper.actor)
    acting = answering(office.lead.post, MONDAY)
    assert (acting.person, acting.for_vacant) == (office.deputy.person, True)


@pytest.mark.parametrize(
    ("from_day", "to_day"), [(TODAY, None), (START, START), (date(2024, 1, 1), START), (MONDAY, MONDAY)]
)
def test_never_two_persons_in_one_post(office: Office, from_day: date, to_day: date | None):
    with writing():
        other = add_person("施范")
        with pytest.raises(Refused, match="褚例任职"):
            holdings.appoint(other, office.lead.post, from_day=from_day, to_day=to_day)


def test_one_person_may_hold_several_posts(office: Office):
    with writing():
        extra = posts.add_post(office.publicity, "网信专员", by=office.keeper.actor)
        holdings.appoint(office.lead.person, extra, from_day=TODAY, acting=True, by=office.keeper.actor)
    assert {post.title for post in office.lead.actor.posts} == {"宣传办主任", "网信专员"}


def appoint_both_at_once(app: Flask, people: list[int], post_id: int) -> list[str]:
    """Let as many threads as people appoint theirs to one post; return the answers."""
    ready, answers = threading.Barrier(len(people)), []

    def one(person_id: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                with writing():
                    person, post = db.session.get_one(Person, person_id), db.session.get_one(Post, post_id)
                    holdings.appoint(person, post, from_day=MONDAY)
                answers.append("appointed")
            except Refused:
                answers.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=one, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.database
def test_of_two_appointed_at_once_one_wins(app: Flask, office: Office):
    with writing():
        post = posts.add_post(office.town, "组织委员", superior=office.secretary.post, in_leadership=True)
        people = [add_person(name) for name in ("施范", "孔拟", "曹例")]
    ids, post_id = [person.id for person in people], post.id
    db.session.rollback()
    answers = appoint_both_at_once(app, ids, post_id)
    assert sorted(answers) == ["appointed", "refused", "refused"]
    count = select(func.count()).select_from(Holding).where(Holding.post_id == post_id)
    assert db.session.scalar(count) == 1


def test_a_wrong_entry_is_corrected_and_the_trail_keeps_it(office: Office):
    holding, by = holding_of(office.lead.post), office.keeper.actor
    fields: dict[str, Any] = {"person": office.lead.person, "to_day": None, "acting": False}
    with writing():
        with pytest.raises(Refused, match="为什么"):
            holdings.correct_holding(holding, from_day=TODAY, reason=" ", by=by, **fields)
        assert holdings.correct_holding(holding, from_day=TODAY, reason="任命文件为10月", by=by, **fields)
        assert not holdings.correct_holding(holding, from_day=TODAY, reason="", by=by, **fields)
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "organization.correct_holding")).one()
    assert str(START) in row.details["old"]
    assert row.details["reason"] == "任命文件为10月"
    assert holder(office.lead.post, START) is None


def test_an_entry_that_never_was_true_is_struck_out(office: Office):
    with writing():
        holdings.strike_out(holding_of(office.lead.post), reason="登记到了另一个岗位", by=office.keeper.actor)
    assert holder(office.lead.post, TODAY) is None
    row = db.session.scalars(
        select(AuditRow).where(AuditRow.action == "organization.strike_out_holding")
    ).one()
    assert row.details["person"] == office.lead.person.id


def test_the_last_ledger_keeper_cannot_be_taken_away(office: Office):
    by, keeper = office.county_keeper.actor, office.keeper.post
    with writing():
        with pytest.raises(Refused, match="唯一"):
            posts.give_roles(keeper, Roles(), by=by)
        with pytest.raises(Refused, match="唯一"):
            posts.end_post(keeper, last_day=TODAY, reason="机构改革", by=by)
        posts.give_roles(office.clerk.post, Roles(is_clerk=True, keeps_ledger=True), by=by)
        posts.give_roles(keeper, Roles(), by=by)
    assert ledger_post(office.town) == office.clerk.post


def test_nobody_left_to_act_as_ledger_keeper_is_refused(office: Office):
    with pytest.raises(Refused, match="没有人管理台账"), writing():
        holdings.release(holding_of(office.county_keeper.post), last_day=TODAY)
    assert (
        db.session.scalar(select(Holding.to_day).where(Holding.post_id == office.county_keeper.post.id))
        is None
    )


@pytest.mark.database
def test_superiors_make_no_loop(office: Office):
    by = office.keeper.actor
    with writing():
        for superior in (office.secretary, office.deputy, office.lead):
            with pytest.raises(Refused, match="上级岗位"):
                posts.put_under(office.secretary.post, superior.post, by=by)
        assert posts.put_under(office.lead.post, office.vice_head.post, by=by)
    assert office.lead.post.superior == office.vice_head.post


@pytest.mark.database
def test_a_unit_moves_with_all_below_and_not_below_itself(office: Office):
    by = office.keeper.actor
    with writing():
        group = units.add_unit(
            code="QS-XC-1", name="网信组", kind=UnitKind.DEPARTMENT, parent=office.publicity, by=by
        )
        with pytest.raises(Refused, match="它自己"):
            units.move_unit(office.publicity, group, by=by)
        assert units.move_unit(office.publicity, office.safety_office, by=by)
    db.session.expire_all()
    assert office.publicity.path == f"{office.safety_office.path}{office.publicity.id}/"
    assert group.path == f"{office.publicity.path}{group.id}/"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "QS-DS"}, "code"),
        ({"code": "办公室"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"kind": UnitKind.COUNTY}, "parent"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(office: Office, fields: dict, field: str):
    given = {"code": "QS-09", "name": "平安办", "kind": UnitKind.DEPARTMENT} | fields
    with writing(), pytest.raises(Refused) as refused:
        units.add_unit(parent=office.town, by=office.keeper.actor, **given)
    assert refused.value.field == field


@pytest.mark.database
def test_a_unit_with_posts_is_not_ended_without_a_word(office: Office):
    by, unit = office.keeper.actor, office.publicity
    with writing():
        with pytest.raises(Refused, match="1 个岗位"):
            units.end_unit(unit, last_day=TODAY, by=by)
        units.end_unit(unit, last_day=TODAY, reason="并入党建办，工作由党建办承接", by=by)
    assert office.lead.post not in posts_of_office(office.town) or office.lead.post.ended_on == TODAY
    assert answering(office.lead.post, MONDAY).person == office.deputy.person
    assert db.session.get_one(Unit, unit.id).ended_on == TODAY


def test_an_ended_post_gives_its_superior_no_role(office: Office, moved_clock: Callable[..., None]):
    with writing():
        posts.end_post(office.clerk.post, last_day=TODAY, reason="合并", by=office.keeper.actor)
    moved_clock(MONDAY)
    acting = actor(office.deputy.person, MONDAY)
    assert office.clerk.post in acting.posts
    assert acting.clerk_of == []


def test_only_the_ledger_keeper_enters(office: Office):
    for by in (office.clerk.actor, office.secretary.actor, office.other_clerk.actor):
        with writing(), pytest.raises(NotAllowed):
            renaming.rename_post(office.lead.post, "主任", by=by)
    for by in (office.keeper.actor, office.county_keeper.actor):
        with writing():
            assert renaming.rename_post(office.lead.post, f"主任{by.person.name}", by=by)
    with writing(), pytest.raises(NotAllowed):
        correct_person(office.lead.person, name="褚例", phone="1", email=None, by=office.clerk.actor)


def test_telephone_numbers_do_not_go_into_the_trail(office: Office):
    with writing():
        correct_person(
            office.lead.person, name="褚例", phone="138 0000 0000", email=None, by=office.keeper.actor
        )
        with pytest.raises(Refused, match="电话"):
            add_person("施范", phone="问办公室")
    rows = db.session.scalars(select(AuditRow.details).where(AuditRow.action.contains("person"))).all()
    assert not any("138" in str(details) for details in rows)


def test_the_pages_keep_what_was_typed_and_act_once(office: Office, signed_in):
    visitor, post = signed_in(office.keeper), office.lead.post
    address = f"/organization/posts/{post.id}/appoint"
    wrong = send(visitor, address, {"name": "施范", "phone": "?", "day": "2025-10-13"})
    assert wrong.status_code == 422
    assert 'value="施范"' in wrong.text
    fields = {"name": "施范", "day": "2025-10-13", "once": once(visitor.get(address).text)}
    for _time in range(2):
        assert send(visitor, address, fields).status_code == 302
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.name == "施范")) == 1
    shown = visitor.get(f"/organization/posts/{post.id}?on=2025-10-12").text
    assert "宣传办主任 · 褚例" in shown
    assert "宣传办主任 · 施范" in visitor.get(f"/organization/posts/{post.id}?on=2025-10-13").text


def test_who_is_on_the_list_is_not_entered_a_second_time(office: Office, signed_in):
    visitor, post = signed_in(office.keeper), office.lead.post
    address = f"/organization/posts/{post.id}/appoint"
    again = send(visitor, address, {"name": "褚例", "day": "2025-10-13"})
    assert again.status_code == 422
    assert "名单里已有“褚例”" in again.text
    namesake = {"name": "褚例", "phone": "138 0000 0001", "day": "2025-10-13"}
    assert send(visitor, address, namesake).status_code == 302
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.name == "褚例")) == 2


def test_the_office_as_of_a_day(office: Office, signed_in):
    with writing():
        holdings.succeed(add_person("施范"), office.lead.post, from_day=TODAY)
        gone = posts.add_post(office.town, "老岗位")
        posts.end_post(gone, last_day=date(2025, 6, 30))
    visitor = signed_in(office.secretary)
    assert "褚例" in visitor.get("/organization?on=2025-06-30").text
    assert "老岗位" in visitor.get("/organization?on=2025-06-30").text
    today = visitor.get("/organization").text
    assert "施范" in today
    assert "老岗位" not in today
