"""A post is handed over: begun by the change of holder, confirmed by both, frozen by the second."""

import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from tests.forms import post
from tests.office import Member, Office
from tests.reminders.steps import tick_now, told
from tests.tasks.situations import SITUATIONS, in_situation
from tests.tasks.steps import ACTS, TODAY, member, task_in
from tracker.accounts.models import Account
from tracker.audit.models import AuditRow
from tracker.columns import Base
from tracker.database import writing
from tracker.documents import store
from tracker.duties.asking import Asked, ask
from tracker.duties.kinds import ensure_kinds, kinds
from tracker.duties.models import Every
from tracker.extensions import db
from tracker.organization import holdings
from tracker.organization.acting import actor
from tracker.organization.holdings import appoint, release, succeed
from tracker.organization.models import Holding, Person, Post
from tracker.organization.setup import add_person
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.reminders.models import Clock
from tracker.settings.choices import choose
from tracker.settings.keys import HANDOVER_DAYS
from tracker.tasks.access import find_handover
from tracker.tasks.handover import (
    begin_by_hand,
    confirm,
    digest_of,
    follow,
    listed_on,
    name_witness,
    to_confirm,
)
from tracker.tasks.handover_models import Handover
from tracker.tasks.models import Cooperation, Evidence, Task, TaskEvent, TaskRequest, TaskRound
from tracker.tasks.states import Action, TaskState

SignIn = Callable[[Member], FlaskClient]
Move = Callable[..., None]
YESTERDAY, DUE, LATE = TODAY - timedelta(days=1), date(2025, 10, 22), date(2025, 10, 23)
A, S = Action, TaskState
OF_TASKS: tuple[type[Base], ...] = (Task, TaskEvent, TaskRequest, TaskRound, Cooperation, Evidence)


@pytest.fixture(autouse=True)
def on_the_day(moved_clock: Move) -> None:
    moved_clock(TODAY)


def holding_of(post: Post) -> Holding:
    return db.session.scalars(
        select(Holding).where(Holding.post_id == post.id).order_by(Holding.from_day.desc())
    ).all()[0]


def leave(office: Office, who: str = "lead", last_day: date = YESTERDAY) -> Handover:
    """Enter somebody's last day; return the handover that began with it."""
    with writing():
        release(holding_of(member(office, who).post), last_day=last_day, by=office.keeper.actor)
    return handovers()[-1]


def comes(office: Office, name: str = "吕范", day: date = TODAY) -> Person:
    """Appoint somebody new to the publicity post."""
    with writing():
        person = add_person(name)
        succeed(person, office.lead.post, from_day=day, by=office.keeper.actor)
    return person


def handovers() -> list[Handover]:
    return list(db.session.scalars(select(Handover).order_by(Handover.id)))


def sign(handover: Handover, person: Person, day: date = TODAY) -> str:
    """Confirm what the page of the day shows."""
    with writing():
        seen = digest_of(listed_on(handover, day))
        return confirm(handover, by=actor(person, day), seen=seen)


def rows_of_tasks() -> dict[str, list[dict[str, Any]]]:
    """Return every row that belongs to tasks, as the database holds it."""
    db.session.expire_all()
    return {
        table.__tablename__: [
            {column.key: getattr(row, column.key) for column in inspect(table).column_attrs}
            for row in db.session.scalars(select(table).order_by(table.id))  # type: ignore[attr-defined] # each has an id
        ]
        for table in OF_TASKS
    }


def paper(handover: Handover) -> str:
    assert handover.file is not None
    with zipfile.ZipFile(BytesIO(store.content(handover.file))) as package:
        return re.sub(r"<[^>]+>", "", package.read("word/document.xml").decode())


@pytest.mark.database
def test_changing_a_holder_begins_a_handover_and_changes_no_row_of_any_task(office: Office) -> None:
    for name in ("much asked", "with open parts", "closed"):
        in_situation(SITUATIONS[name], office)
    before = rows_of_tasks()
    leave(office)
    new = comes(office)
    handover = handovers()[0]
    sign(handover, office.lead.person)
    assert sign(handover, new) == "receiver"
    assert handover.completed_at is not None
    assert rows_of_tasks() == before


def test_the_list_has_all_that_hangs_on_the_post_and_no_word_of_a_marked_task(office: Office) -> None:
    asked = in_situation(SITUATIONS["much asked"], office)
    parts = in_situation(SITUATIONS["with open parts"], office)
    closed, marked = task_in(S.CLOSED, office), task_in(S.IN_PROGRESS, office)
    waiting = task_in(S.CLOSURE_REQUESTED, office)
    with writing():
        ACTS[A.MARK](marked, office, office.clerk.actor)
        ensure_kinds()
        ask(office.lead.post, kinds()[0], Asked(2, Every.QUARTER, ""), by=office.keeper.actor,
            domain=office.ideology, from_day=TODAY)  # fmt: skip
    rows = listed_on(leave(office), TODAY)["rows"]
    assert [row[0] for row in rows["tasks"]] == [one.short_no for one in (asked, parts, marked, waiting)]
    assert rows["tasks"][2][1] == "（内部，题目不列）"
    assert [row[1] for row in rows["requests"]] == ["延期申请", "提请协调", "领导批示"]
    assert [row[0] for row in rows["look_backs"]] == [closed.short_no]
    assert rows["duties"][0][2:] == ["每季度2次", "2025年第四季度", "0次", "2次"]
    of_village = listed_on(leave(office, "village_lead"), TODAY)["rows"]
    assert of_village["parts"] == [[parts.short_no, "换东示村的宣传栏", "0%"]]
    decisions = listed_on(leave(office, "deputy"), TODAY)["rows"]["decisions"]
    assert [waiting.short_no, waiting.title, "初审或退回"] in decisions


@pytest.mark.database
def test_the_second_confirmation_freezes_the_list_of_its_day(office: Office, moved_clock: Move) -> None:
    task = task_in(S.IN_PROGRESS, office)
    handover, new = leave(office), comes(office)
    stale = digest_of(listed_on(handover, TODAY))
    sign(handover, office.lead.person)
    assert (handover.first_list["rows"]["tasks"][0][4], handover.final_list) == ("", {})
    with writing():
        ACTS[A.REPORT_PROGRESS](task, office, actor(new, TODAY))
    with pytest.raises(OutOfDate, match="有变化"), writing():
        confirm(handover, by=actor(new, TODAY), seen=stale)
    moved_clock(TODAY + timedelta(days=1))
    sign(handover, new, TODAY + timedelta(days=1))
    said = paper(handover)
    for part in ("青示镇宣传办主任工作交接书", "褚例担任宣传办主任至2025年10月8日，所负责的工作移交给吕范。",
                 "在办任务1件，佐证材料0份", f"清单有1处变化：在办任务“{task.short_no}”有变化",
                 "移交人褚例于2025年10月9日"):  # fmt: skip
        assert part in said, part
    frozen = dict(handover.final_list)
    assert frozen["rows"]["tasks"][0][4] == "30%（10月9日）"
    with writing():
        ACTS[A.REPORT_PROGRESS](task, office, actor(new, TODAY))
    moved_clock(TODAY + timedelta(days=9))
    db.session.expire_all()
    assert listed_on(handover, TODAY + timedelta(days=9)) == frozen == handover.final_list
    assert [event.who for event in task.events][-3:] == ["褚例", "吕范", "吕范"]
    with pytest.raises(NotAllowed):
        sign(handover, new)


def test_a_vacant_post_is_received_by_its_acting_superior_who_hands_it_on(office: Office) -> None:
    task_in(S.IN_PROGRESS, office)
    handover = leave(office)
    for stranger in (office.clerk, office.keeper, office.secretary, office.safety_lead):
        with pytest.raises(NotAllowed):
            sign(handover, stranger.person)
    sign(handover, office.deputy.person)
    sign(handover, office.lead.person)
    assert (handover.for_vacant, handover.receiver) == (True, office.deputy.person)
    assert "岗位暂时空缺，由上级岗位党委副书记接收。" in paper(handover)
    new = comes(office)
    second = handovers()[-1]
    assert (second.giver, second.last_day) == (office.deputy.person, YESTERDAY)
    sign(second, office.deputy.person)
    assert sign(second, new) == "receiver"
    assert len(handovers()) == 2


def test_a_moved_or_mistaken_last_day_moves_or_withdraws_the_handover(office: Office) -> None:
    by, spoken = office.keeper.actor, "登记有误"
    handover = leave(office, last_day=TODAY + timedelta(days=20))
    assert (handover.last_day, handover.due_on) == (date(2025, 10, 29), date(2025, 11, 12))
    span = holding_of(office.lead.post)
    with writing():
        release(span, last_day=YESTERDAY, by=by)
    assert (handover.last_day, handover.due_on) == (YESTERDAY, DUE)
    with writing():
        holdings.correct_holding(span, person=span.person, from_day=span.from_day, to_day=None, acting=False,
                                 reason=spoken, by=by)  # fmt: skip
    assert handover.withdrawn_on == TODAY
    leave(office)
    with writing():  # acting until yesterday, appointed from today: nobody leaves
        appoint(office.lead.person, office.lead.post, from_day=TODAY, by=by)
    assert [one.withdrawn_on for one in handovers()] == [TODAY, TODAY]


def test_history_entered_later_begins_none_unless_the_keeper_wants_it(office: Office) -> None:
    post, by = office.lead.post, office.keeper.actor
    with writing():
        choose(HANDOVER_DAYS, office.town, 3, valid_from=TODAY)
        release(holding_of(post), last_day=date(2025, 9, 25), by=by)
    assert handovers() == []
    with pytest.raises(NotAllowed), writing():
        begin_by_hand(holding_of(post), by=office.clerk.actor)
    with writing():
        handover = begin_by_hand(holding_of(post), by=by)
    assert handover.due_on == date(2025, 10, 13)
    with pytest.raises(OutOfDate), writing():
        begin_by_hand(holding_of(post), by=by)
    comes(office)
    assert handovers() == [handover]
    with pytest.raises(Refused, match="离任日期"), writing():
        begin_by_hand(holding_of(post), by=by)


def test_both_are_told_when_it_begins_and_with_the_keeper_once_it_is_late(
    office: Office, moved_clock: Move
) -> None:
    handover, sides = leave(office), (office.lead, office.deputy)
    assert handover.due_on == DUE
    tick_now()
    tick_now()
    assert [len(told(one, of=Clock.HANDOVER)) for one in (*sides, office.keeper)] == [1, 1, 0]
    assert told(office.lead)[-1].text == "宣传办主任工作交接请在10月22日前核对并确认（移交人褚例）。"
    sign(handover, office.lead.person)
    moved_clock(DUE)
    tick_now()
    assert [len(told(one, of=Clock.HANDOVER)) for one in (*sides, office.keeper)] == [1, 1, 0]
    moved_clock(LATE)
    tick_now()
    tick_now()
    assert [len(told(one, of=Clock.HANDOVER)) for one in (*sides, office.keeper)] == [1, 2, 1]
    assert told(office.keeper)[-1].text == "宣传办主任工作交接应在10月22日前办结，现已超期（移交人褚例）。"


SEES = frozenset({"lead", "deputy", "keeper", "county_keeper", "secretary"})
WHO = ("lead", "deputy", "keeper", "county_keeper", "secretary", "clerk", "vice_head", "safety_lead",
       "village_lead", "other_clerk")  # fmt: skip


def test_parties_keeper_first_responsible_and_witness_see_it_and_nobody_else(office: Office) -> None:
    handover = leave(office)

    def seeing() -> set[str]:
        return {name for name in WHO if find_handover(handover.id, member(office, name).actor)}

    assert seeing() == SEES
    with pytest.raises(NotAllowed), writing():
        name_witness(handover, office.vice_head.person, by=office.clerk.actor)
    with pytest.raises(Refused, match="监交人不能"), writing():
        name_witness(handover, office.deputy.person, by=office.keeper.actor)
    with writing():
        name_witness(handover, office.vice_head.person, by=office.keeper.actor)
    assert seeing() == SEES | {"vice_head"}
    assert to_confirm(office.vice_head.actor) == to_confirm(office.lead.actor) == [handover]
    assert sign(handover, office.vice_head.person) == "witness"
    assert to_confirm(office.vice_head.actor) == []
    new = comes(office)
    assert find_handover(handover.id, actor(new, TODAY)) == handover
    assert seeing() == SEES - {"deputy"} | {"vice_head"}  # who answers for the post has come
    sign(handover, new)
    sign(handover, office.lead.person)
    after = comes(office, "何样", TODAY + timedelta(days=1))
    assert find_handover(handover.id, actor(after, TODAY + timedelta(days=1))) is None


def test_both_confirm_on_the_pages_and_fetch_the_paper(office: Office, signed_in: SignIn) -> None:
    task = task_in(S.IN_PROGRESS, office)
    handover = leave(office)
    address = f"/handovers/{handover.id}"
    assert (
        f"/handovers?post={office.lead.post.id}"
        in signed_in(office.keeper).get(f"/organization/posts/{office.lead.post.id}").text
    )
    giver, receiver = signed_in(office.lead), signed_in(office.deputy)
    for visitor, word in ((giver, "确认移交"), (receiver, "确认接收")):
        assert address in visitor.get("/mine").text
        page = visitor.get(address).text
        assert word in page
        assert task.title in page
        seen = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)[0]
        assert post(visitor, f"{address}/confirm", {"seen": seen}, page=address).status_code == 302
        assert address not in visitor.get("/mine").text
    assert "已办结" in receiver.get(address).text
    answer = giver.get(f"{address}.docx")
    assert answer.status_code == 200
    assert "已办结" in signed_in(office.secretary).get(address).text
    assert "办结" in signed_in(office.keeper).get(f"/handovers?post={office.lead.post.id}").text
    assert db.session.scalar(select(Account.id).where(Account.person_id == office.lead.person.id))


def leave_to_oneself(office: Office) -> Handover:
    """Let the deputy hold the publicity post, too, and leave it: its superior is the deputy."""
    post, deputy = office.lead.post, office.deputy.person
    with writing():
        release(holding_of(post), last_day=TODAY - timedelta(days=9), by=office.keeper.actor)
        appoint(deputy, post, from_day=TODAY - timedelta(days=8), by=office.keeper.actor)
        release(holding_of(post), last_day=YESTERDAY, by=office.keeper.actor)
    return next(one for one in handovers() if one.giver_id == deputy.id)


@pytest.mark.database
def test_where_both_sides_are_one_person_one_signature_completes_it(
    office: Office, signed_in: SignIn
) -> None:
    task_in(S.IN_PROGRESS, office)
    handover, deputy = leave_to_oneself(office), office.deputy.person
    assert handover in to_confirm(office.deputy.actor)
    assert "确认一次即存档" in signed_in(office.deputy).get(f"/handovers/{handover.id}").text
    assert sign(handover, deputy) == "giver"
    assert (handover.receiver, handover.for_vacant, handover.is_open) == (deputy, True, False)
    assert handover not in to_confirm(office.deputy.actor)
    said = paper(handover)
    assert "党委副书记（本人）继续负责" in said
    assert "移交人和接收人均为" in said
    new = comes(office)
    follow(office.lead.post, office.keeper.actor)
    of_deputy = [one for one in handovers() if one.giver_id == deputy.id]
    assert [one.is_open for one in of_deputy] == [False, True]
    sign(of_deputy[1], deputy)
    assert sign(of_deputy[1], new) == "receiver"


def test_who_has_signed_and_then_receives_as_well_signs_the_other_side(office: Office) -> None:
    handover = leave(office)
    sign(handover, office.lead.person)
    with writing():
        succeed(office.lead.person, office.lead.post, from_day=TODAY, by=office.keeper.actor)
        handover.withdrawn_on = None  # as where the days between were entered in another order
    assert sign(handover, office.lead.person) == "receiver"
    assert handover.completed_at is not None


@pytest.mark.database
def test_a_moved_last_day_takes_signatures_back_and_tells_both(office: Office) -> None:
    handover, span = leave(office, last_day=YESTERDAY), holding_of(office.lead.post)
    with writing():
        name_witness(handover, office.vice_head.person, by=office.keeper.actor)
    tick_now()
    stale = digest_of(listed_on(handover, TODAY))
    sign(handover, office.lead.person)
    sign(handover, office.vice_head.person)
    with writing():
        holdings.correct_holding(span, person=span.person, from_day=span.from_day,
                                 to_day=TODAY + timedelta(days=4), acting=False, reason="改期",
                                 by=office.keeper.actor)  # fmt: skip
    signed = (handover.giver_signed_at, handover.receiver_signed_at, handover.witness_signed_at)
    assert (signed, handover.first_list) == ((None, None, None), {})
    with pytest.raises(OutOfDate), writing():
        confirm(handover, by=office.deputy.actor, seen=stale)
    assert sign(handover, office.deputy.person) == "receiver"
    assert handover.is_open
    tick_now()
    tick_now()
    assert [len(told(one, of=Clock.HANDOVER)) for one in (office.lead, office.deputy)] == [2, 1]
    assert "的清单或离任日期有变化，请在" in told(office.lead, of=Clock.HANDOVER)[-1].text
    assert sign(handover, office.lead.person) == "giver"
    assert "自2025年10月14日起" in paper(handover)


@pytest.mark.database
def test_what_changes_the_list_takes_the_signature_back_and_progress_does_not(office: Office) -> None:
    task = task_in(S.IN_PROGRESS, office)
    handover, new = leave(office), comes(office)
    tick_now()
    sign(handover, office.lead.person)
    with writing():
        ACTS[A.REPORT_PROGRESS](task, office, actor(new, TODAY))
    tick_now()
    assert handover.giver_signed_at is not None
    task_in(S.ASSIGNED, office)
    assert sign(handover, new) == "receiver"
    assert [one.is_open for one in handovers() if one.giver_signed_at is None] == [True]
    assert to_confirm(office.lead.actor) == [handover]
    with writing():
        ACTS[A.MARK](task, office, office.clerk.actor)
    tick_now()
    db.session.refresh(handover)
    assert handover.receiver_signed_at is None
    assert [len(told(one, of=Clock.HANDOVER)) for one in (office.lead,)] == [2]
    assert db.session.scalar(select(AuditRow.id).where(AuditRow.action == "handover.take_back"))
