"""What waits for an answer, a look-back, and what each act tells whom: on both databases."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from tests.office import Office
from tests.reminders.steps import in_progress, notices, tick_now, told
from tests.tasks.steps import ACTS, member
from tracker.database import writing
from tracker.extensions import db
from tracker.reminders.models import Clock
from tracker.tasks import extending, leading, lifecycle
from tracker.tasks.access import visible_to
from tracker.tasks.models import Task
from tracker.tasks.states import Action, Verdict
from tracker.tasks.todo import count_decisions, numbers, todo

Move = Callable[..., None]
MONDAY = date(2025, 10, 13)
DEADLINE = date(2025, 12, 31)


def act(task: Task, office: Office, action: Action, name: str) -> None:
    with writing():
        ACTS[action](task, office, member(office, name).actor)


def waiting_for(office: Office, name: str) -> list[Action]:
    """What somebody has to decide; the list and the count of the frame agree."""
    actor = member(office, name).actor
    found = todo(actor, visible_to(actor))
    own, undecided = db.session.execute(select(*numbers(actor, visible_to(actor)))).one()
    assert found.count == own + (count_decisions(actor, visible_to(actor)) if undecided else 0)
    return [row.action for row in found.decisions]


@pytest.mark.database
def test_an_extension_waits_for_the_deputy_and_goes_up_after_its_day(
    office: Office, moved_clock: Move
) -> None:
    moved_clock(MONDAY)
    task = in_progress(office, DEADLINE)
    with writing():
        extending.request_extension(
            task, by=office.lead.actor, wanted=date(2026, 1, 30), reason="讲师改期", progress="已定教材"
        )
    tick_now()
    assert [row.text for row in told(office.deputy)] == [
        "褚例申请延期，等您审批：基层宣传力量薄弱（ZG-2025Q3-001）。理由：讲师改期"
    ]
    assert waiting_for(office, "deputy") == [Action.DECIDE_EXTENSION]
    assert waiting_for(office, "secretary") == []
    moved_clock(date(2025, 10, 16))  # three working days later
    tick_now()
    moved_clock(date(2025, 10, 17))
    tick_now()
    assert [row.rung for row in told(office.deputy, of=Clock.REQUEST)] == ["0w", "+1w"]
    assert [row.rung for row in told(office.secretary, of=Clock.REQUEST)] == ["+1w"]
    with writing():
        extending.decide_extension(task, by=office.deputy.actor, granted=True, opinion="抓紧")
    tick_now()
    assert told(office.lead)[-1].text == (
        "延期申请已审批，2026年1月30日前办结：基层宣传力量薄弱（ZG-2025Q3-001）。意见：抓紧"
    )
    assert waiting_for(office, "deputy") == []
    moved_clock(date(2025, 10, 24))
    before = len(notices(of=Clock.REQUEST))
    tick_now()
    assert len(notices(of=Clock.REQUEST)) == before


def test_a_withdrawn_request_tells_nobody(office: Office, moved_clock: Move) -> None:
    moved_clock(MONDAY)
    task = in_progress(office, DEADLINE)
    tick_now()
    act(task, office, Action.REQUEST_EXTENSION, "lead")
    act(task, office, Action.WITHDRAW_EXTENSION, "lead")
    tick_now()
    assert told(office.deputy) == []


@pytest.mark.database
def test_an_instruction_is_reminded_of_until_it_is_answered(office: Office, moved_clock: Move) -> None:
    moved_clock(MONDAY)
    task = in_progress(office, DEADLINE)
    with writing():
        leading.instruct(task, by=office.secretary.actor, text="月底前见到结果")
    tick_now()
    assert told(office.lead)[-1].text.endswith(
        "批示，请办理并回复：基层宣传力量薄弱（ZG-2025Q3-001）：月底前见到结果"
    )
    assert todo(office.lead.actor, visible_to(office.lead.actor)).instructed == {task.id}
    moved_clock(date(2025, 10, 20))
    tick_now()
    last = told(office.lead, of=Clock.REQUEST)[-1]
    assert last.text == "批示还没有回复（10月20日前）：基层宣传力量薄弱（ZG-2025Q3-001）"
    act(task, office, Action.ANSWER_INSTRUCTION, "lead")
    tick_now()
    assert "回复批示" in told(office.secretary)[-1].text


@pytest.mark.database
def test_a_look_back_is_asked_for_before_the_middle_of_the_next_quarter(
    office: Office, moved_clock: Move
) -> None:
    moved_clock(MONDAY)
    task = in_progress(office, DEADLINE)
    act(task, office, Action.REQUEST_CLOSURE, "lead")
    act(task, office, Action.ENDORSE, "deputy")
    with writing():
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    assert task.look_back_on == date(2026, 2, 14)  # a working day by the day table
    assert waiting_for(office, "keeper") == []
    moved_clock(date(2026, 2, 2))
    tick_now()
    assert waiting_for(office, "keeper") == [Action.LOOK_BACK]
    moved_clock(date(2026, 2, 14))
    tick_now()
    said = [row.text for row in told(office.keeper, of=Clock.LOOK_BACK)]
    assert said[-1] == "已销号任务请回头看（2月14日前）：基层宣传力量薄弱（ZG-2025Q3-001）"
    act(task, office, Action.LOOK_BACK, "keeper")
    assert waiting_for(office, "keeper") == []


def test_acts_tell_those_they_concern(office: Office, moved_clock: Move) -> None:
    moved_clock(MONDAY)
    task = in_progress(office, DEADLINE)
    tick_now()
    expected = (
        (Action.URGE, "clerk", "lead", "催办，12月31日前办结"),
        (Action.PUT_ON_LIST, "clerk", "deputy", "挂牌督办"),
        (Action.TAKE_OFF_LIST, "clerk", "lead", "摘牌"),
        (Action.SUSPEND, "secretary", "lead", "任务中止，不计时限"),
        (Action.RESUME, "secretary", "lead", "任务恢复，2026年1月30日前办结"),
        (Action.ASK_COORDINATION, "lead", "deputy", "提请协调，等您答复"),
        (Action.ANSWER_COORDINATION, "deputy", "lead", "协调已有答复"),
        (Action.TRANSFER, "clerk", "safety_lead", "转办到您的岗位，2026年1月30日前办结"),
    )
    for action, by, whom, words in expected:
        act(task, office, action, by)
        tick_now()
        assert words in told(member(office, whom))[-1].text, action
    assert told(office.lead)[-1].text.startswith("已转办到其他岗位")
    db.session.rollback()
