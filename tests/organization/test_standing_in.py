"""AB岗: a stand-in's day from end to end, a vacant post, and what is refused. On both databases."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.forms import post as send
from tests.office import Member, Office
from tests.tasks.steps import ACTS, DEADLINE, PHOTO, TODAY, draft, task_in
from tracker.audit.models import AuditRow
from tracker.columns import Base
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Holding, Person, Post, StandIn
from tracker.organization.setup import add_person, appoint, release
from tracker.organization.standing_in import BothAway, end_stand_in, note_briefing, stand_in
from tracker.refusals import NotAllowed, Refused
from tracker.reminders.models import Notice
from tracker.reminders.planning import plan_days, plan_events
from tracker.tasks import lifecycle
from tracker.tasks.access import find_task, may
from tracker.tasks.models import Task
from tracker.tasks.roles import endorser, verifier
from tracker.tasks.states import Action, TaskState

pytestmark = pytest.mark.database
PAGE = "/organization/stand-ins"
BACK = TODAY + timedelta(days=3)  # the last day of the absence
SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def away(principal: Member, deputy: Member, **more: Any) -> StandIn:
    """Let one member stand in for another from today on."""
    given: dict[str, Any] = {"by": principal.actor, "from_day": TODAY, "to_day": BACK} | more
    with writing():
        return stand_in(principal.person, deputy.person, **given)


def told(task: Task) -> set[str]:
    """Return the names of who has a notice about a task."""
    names = db.session.scalars(
        select(Person.name)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.subject_kind == "task", Notice.subject_id == task.id)
    )
    found = set(names)
    db.session.rollback()
    return found


def test_a_stand_ins_day(office: Office, moved_clock: Callable[..., None], signed_in: SignIn) -> None:
    task = task_in(TaskState.REGISTERED, office)
    absent, deputy = office.lead, office.safety_lead
    assert find_task(task.id, deputy.actor) is None
    away(absent, deputy, briefed=True)
    with writing():
        ACTS[Action.ASSIGN](task, office, office.clerk.actor)
    plan_events()
    assert told(task) == {absent.person.name, deputy.person.name}

    visitor = signed_in(deputy)
    assert task.title in visitor.get("/mine").text
    with writing():
        signed = lifecycle.acknowledge(task, by=deputy.actor)
        lifecycle.report_progress(task, by=deputy.actor, text="已定方案")
    assert (signed.person_id, signed.on_behalf_of_id) == (deputy.person.id, absent.person.id)
    both_names = f"{deputy.person.name}（代{absent.person.name}）"
    assert signed.who == both_names
    assert both_names in visitor.get(f"/tasks/{task.id}").text
    rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "task.acknowledge"))
    assert rows.one().details["on_behalf_of"] == absent.person.name

    moved_clock(BACK)
    assert may(Action.REQUEST_CLOSURE, task, deputy.actor)
    moved_clock(BACK + timedelta(days=1))  # it ended by itself
    assert not may(Action.REQUEST_CLOSURE, task, deputy.actor)
    assert may(Action.REQUEST_CLOSURE, task, absent.actor)
    assert find_task(task.id, deputy.actor) is task  # who acted keeps reading
    with pytest.raises(NotAllowed), writing():
        lifecycle.request_closure(task, by=deputy.actor, result="完成", evidence=[PHOTO])


def test_whoever_asked_for_another_does_not_decide_for_a_third(office: Office) -> None:
    """B asks for closure in A's place; B also stands in for the deputy in charge, and may not endorse."""
    task = task_in(TaskState.IN_PROGRESS, office)
    busy = office.safety_lead
    away(office.lead, busy)
    away(office.deputy, busy)
    with writing():
        lifecycle.request_closure(task, by=busy.actor, result="完成", evidence=[PHOTO])
    found = endorser(task, busy.actor.day)
    assert found is not None
    assert (found.person.id, found.stand_in) == (office.deputy.person.id, None)
    assert not may(Action.ENDORSE, task, busy.actor)
    assert may(Action.ENDORSE, task, office.deputy.actor)


def test_nobody_decides_on_what_was_asked_in_their_name(office: Office) -> None:
    """The lead is the deputy in charge, too: what B asked for A, A may not endorse."""
    task = task_in(TaskState.IN_PROGRESS, office)
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.deputy.post.id)).one()
        release(holding, last_day=TODAY - timedelta(days=1))
        appoint(office.lead.person, office.deputy.post, from_day=TODAY)
    away(office.lead, office.safety_lead, post=office.lead.post)
    with writing():
        asked = lifecycle.request_closure(task, by=office.safety_lead.actor, result="完成", evidence=[PHOTO])
    assert asked.on_behalf_of_id == office.lead.person.id
    assert not may(Action.ENDORSE, task, office.lead.actor)
    found = endorser(task, office.lead.actor.day)
    assert found is not None
    assert found.person.id == office.secretary.person.id


def test_endorsing_and_accepting_in_anothers_place(office: Office) -> None:
    task = task_in(TaskState.CLOSURE_REQUESTED, office)
    away(office.deputy, office.vice_head)
    with writing():
        endorsed = lifecycle.endorse(task, by=office.vice_head.actor, opinion="同意")
    assert endorsed.who == f"{office.vice_head.person.name}（代{office.deputy.person.name}）"
    away(office.keeper, office.vice_head)
    found = verifier(task, office.vice_head.actor.day)
    assert found is not None
    assert found.stand_in is None  # who endorsed, for whomever, does not accept
    assert not may(Action.ACCEPT, task, office.vice_head.actor)
    assert may(Action.ACCEPT, task, office.keeper.actor)


def test_one_post_only(office: Office) -> None:
    with writing():
        appoint(office.deputy.person, office_post := _second_post(office), from_day=TODAY)
    away(office.deputy, office.vice_head, post=office_post)
    acting = office.vice_head.actor
    assert acting.principal(office_post) == office.deputy.person
    assert office.deputy.post.id not in acting.post_ids
    assert acting.main_post == office.vice_head.post


def _second_post(office: Office) -> Post:
    post = Post(unit=office.town, title="人大主席", superior=office.secretary.post)
    db.session.add(post)
    db.session.flush()
    return post


def test_a_vacant_post_is_acted_for_by_its_superior_and_then_by_the_superiors_stand_in(
    office: Office, signed_in: SignIn
) -> None:
    task = task_in(TaskState.ASSIGNED, office)
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.lead.post.id)).one()
        release(holding, last_day=TODAY - timedelta(days=1))
    assert may(Action.ACKNOWLEDGE, task, office.deputy.actor)
    assert "宣传办主任 · 空缺（郑样 代）" in signed_in(office.deputy).get(f"/tasks/{task.id}").text
    away(office.deputy, office.vice_head)
    plan_events()
    assert told(task) == {office.deputy.person.name, office.vice_head.person.name}
    with writing():
        event = lifecycle.acknowledge(task, by=office.vice_head.actor)
    assert event.post_id == office.lead.post.id
    assert event.who == f"{office.vice_head.person.name}（代{office.deputy.person.name}）"


def rows_of(*tables: str) -> dict[str, list[Any]]:
    """Return every row of some tables."""
    db.session.rollback()
    metadata = Base.metadata.tables
    return {name: [tuple(row) for row in db.session.execute(select(metadata[name]).order_by("id"))]
            for name in tables}  # fmt: skip


def test_a_new_holder_changes_no_row_of_a_task_and_is_reminded_tomorrow(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    task = task_in(TaskState.IN_PROGRESS, office)
    before = rows_of("tasks", "task_events", "cooperations", "problems")
    with writing():
        successor = add_person("沈例", email="successor@qs.invalid")
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.lead.post.id)).one()
        release(holding, last_day=TODAY)
        appoint(successor, office.lead.post, from_day=TODAY + timedelta(days=1))
    assert rows_of("tasks", "task_events", "cooperations", "problems") == before
    plan_days(TODAY)
    with writing():
        db.session.execute(Base.metadata.tables["notices"].delete())
    for day in range(1, (DEADLINE - TODAY).days + 1):
        moved_clock(TODAY + timedelta(days=day))
    plan_days(DEADLINE)
    names = told(task)
    assert successor.name in names
    assert office.lead.person.name not in names


REFUSED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "oneself": ("lead", "lead", {}, "deputy"),
    "another office": ("lead", "other_clerk", {}, "deputy"),
    "a day past": ("lead", "clerk", {"from_day": TODAY - timedelta(days=1)}, "from_day"),
    "days reversed": ("lead", "clerk", {"to_day": TODAY - timedelta(days=1)}, "to_day"),
    "a lifetime": ("lead", "clerk", {"to_day": date(2028, 1, 1)}, "to_day"),
    "a long note": ("lead", "clerk", {"note": "外" * 501}, "note"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_stand_in_is_refused_at_its_field(office: Office, case: str) -> None:
    principal, deputy, more, field = REFUSED[case]
    with pytest.raises(Refused) as caught:
        away(getattr(office, principal), getattr(office, deputy), **more)
    assert caught.value.field == field
    assert db.session.scalar(select(func.count(StandIn.id))) == 0


def test_a_colleague_enters_no_absence_of_mine(office: Office) -> None:
    with pytest.raises(NotAllowed):
        away(office.lead, office.clerk, by=office.safety_lead.actor)
    away(office.lead, office.safety_lead, by=office.clerk.actor)
    away(office.village_lead, office.safety_lead, by=office.keeper.actor)


def test_both_away_at_once_names_the_others_dates(office: Office) -> None:
    away(office.deputy, office.vice_head)
    for principal, deputy in ((office.vice_head, office.lead), (office.vice_head, office.deputy)):
        with pytest.raises(BothAway, match="10月9日至10月12日"):
            away(principal, deputy, from_day=BACK, to_day=BACK + timedelta(days=9))
    with pytest.raises(BothAway, match=office.deputy.person.name):
        away(office.secretary, office.deputy)
    with pytest.raises(BothAway):  # a reason of somebody else counts for nothing
        away(office.vice_head, office.lead, override_reason="县里开会")
    row = away(office.vice_head, office.lead, by=office.secretary.actor, override_reason="县里开会")
    assert (row.overridden_by_id, row.override_reason) == (office.secretary.person.id, "县里开会")
    away(office.vice_head, office.keeper, from_day=BACK + timedelta(days=1), to_day=BACK + timedelta(days=2))


def test_a_second_stand_in_for_the_same_days_is_refused(office: Office) -> None:
    row = away(office.lead, office.safety_lead)
    with pytest.raises(Refused, match="已由卫样代理"):
        away(office.lead, office.clerk)
    with writing():
        end_stand_in(row, by=office.lead.actor)
    assert office.safety_lead.actor.principals == {}
    with pytest.raises(Refused, match="已经结束"), writing():
        end_stand_in(row, by=office.lead.actor)
    away(office.lead, office.clerk)


def test_the_briefing_is_noted_once(office: Office, moved_clock: Callable[..., None]) -> None:
    row = away(office.lead, office.safety_lead)
    with writing():
        note_briefing(row, by=office.safety_lead.actor)
    moved_clock(BACK)
    with writing():
        note_briefing(row, by=office.lead.actor)
    assert row.briefed_on == TODAY
    with pytest.raises(NotAllowed), writing():
        note_briefing(row, by=office.village_lead.actor)


def test_the_page_enters_ends_and_keeps_what_was_typed(office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.lead)
    form = {"deputy": office.safety_lead.person.id, "from_day": TODAY, "to_day": BACK, "note": "赴县培训"}
    wrong = send(visitor, PAGE, form | {"to_day": "2025-01-01"})
    assert wrong.status_code == 422
    assert "赴县培训" in wrong.text
    assert send(visitor, PAGE, form).status_code == 302
    page = visitor.get(PAGE).text
    assert "卫样代褚例" in page
    assert "未交接" in page
    db.session.rollback()
    address = f"{PAGE}/{db.session.scalars(select(StandIn.id)).one()}"
    assert send(visitor, f"{address}/briefed", {}, page=PAGE).status_code == 302
    assert "已交接" in visitor.get(PAGE).text
    assert "您今天代褚例" in signed_in(office.safety_lead).get("/mine").text
    assert send(visitor, f"{address}/end", {}, page=PAGE).status_code == 302
    assert "今天没有人外出" in visitor.get(PAGE).text


def test_the_next_absence_comes_first_and_the_keeper_learns_who_may_allow_both(
    office: Office, signed_in: SignIn
) -> None:
    later, soon = BACK + timedelta(days=30), BACK + timedelta(days=10)
    away(office.lead, office.clerk, from_day=later, to_day=later)
    away(office.lead, office.keeper, from_day=soon, to_day=soon)
    visitor = signed_in(office.keeper)
    page = visitor.get(PAGE).text
    clerk, keeper = office.clerk.person.name, office.keeper.person.name
    assert page.index(f"{keeper}代褚例") < page.index(f"{clerk}代褚例")
    both = {
        "principal": office.keeper.person.id,
        "deputy": office.lead.person.id,
        "from_day": soon,
        "to_day": soon,
    }
    refused = send(visitor, PAGE, both)
    assert "由第一责任人在这里登记并写明理由" in refused.text
    assert "仍要登记的理由" not in refused.text
    current = re.findall(r'aria-current="page">([^<]*)', refused.text)
    assert "AB 岗" in [word.strip() for word in current]
    assert "仍要登记的理由" in send(signed_in(office.secretary), PAGE, both).text


def test_a_task_of_the_town_stays_unseen_next_door(office: Office) -> None:
    with writing():
        task = draft(office)
    away(office.clerk, office.safety_lead)
    assert find_task(task.id, office.safety_lead.actor) is task  # the clerk's drafts, for these days
    assert find_task(task.id, office.other_clerk.actor) is None
