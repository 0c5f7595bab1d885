"""No way round: what is asked for cannot be had by the order in which things are done."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests import ledger
from tests.ledger import TODAY
from tests.office import Office
from tracker.database import writing
from tracker.documents.accepting import Upload
from tracker.extensions import db
from tracker.periods import Period
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.settings.choices import choose
from tracker.settings.keys import PUBLICITY
from tracker.tasks import closing, correcting, leading, lifecycle, suspending
from tracker.tasks.access import open_actions
from tracker.tasks.creation import create
from tracker.tasks.evidence import remove
from tracker.tasks.merging import task_of_number
from tracker.tasks.models import Evidence, Task
from tracker.tasks.states import Action, Remedy, TaskState, Verdict
from tracker.tasks.told import told

pytestmark = pytest.mark.usefixtures("autumn")
PHOTO = Upload("照片.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"0" * 32)
DUE, TOMORROW = date(2025, 12, 31), TODAY + timedelta(days=1)


@pytest.fixture
def autumn(moved_clock: Callable[..., None]) -> None:
    """Let it be a working day of the fourth quarter."""
    moved_clock(TODAY)


def _files(task: Task) -> list[Evidence]:
    return [file for event in task.events for file in event.evidence]


def test_a_file_that_was_removed_proves_nothing(office: Office) -> None:
    with writing():
        task = ledger.in_progress(office)
        lifecycle.report_progress(task, by=office.lead.actor, text="已换", evidence=[PHOTO])
        remove(_files(task)[0], by=office.lead.actor, reason="传错了")
    with pytest.raises(Refused, match="佐证材料"), writing():
        lifecycle.request_closure(task, by=office.lead.actor, result="已完成")
    assert task.state == TaskState.IN_PROGRESS


@pytest.mark.database
def test_what_a_closure_is_decided_on_stays(office: Office) -> None:
    with writing():
        task = ledger.requested(office)
    with pytest.raises(NotAllowed, match="等待审核"), writing():
        remove(_files(task)[0], by=office.lead.actor, reason="换一份")
    with writing():
        remove(_files(task)[0], by=office.clerk.actor, reason="含个人信息")
    with pytest.raises(OutOfDate, match="全部移除"), writing():
        lifecycle.endorse(task, by=office.deputy.actor)
    assert Action.RETURN_FOR_REWORK in open_actions(task, office.deputy.actor)
    with writing():
        lifecycle.return_for_rework(task, by=office.deputy.actor, reason="补材料")
        lifecycle.request_closure(task, by=office.lead.actor, result="已完成", evidence=[PHOTO])
        lifecycle.endorse(task, by=office.deputy.actor)
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    assert task.state == TaskState.CLOSED


def _handed_back(task: Task, office: Office) -> None:
    correcting.transfer(
        task,
        by=office.clerk.actor,
        reason="分工调整",
        lead_post=office.safety_lead.post,
        duty=office.safety_duty,
    )
    lifecycle.decline(task, by=office.safety_lead.actor, reason="不属本岗位")


def _given_back(task: Task, office: Office, **given: object) -> None:
    lifecycle.assign(task, by=office.clerk.actor, lead_post=office.lead.post, duty=office.lead_duty, **given)  # type: ignore[arg-type] # whatever the verb takes


def _half_done(office: Office) -> Task:
    """Return a task with a part of the village, which is done, and one of the safety office."""
    village, safety = office.village_lead.post, office.safety_lead.post
    task = ledger.drafted(office)
    lifecycle.register(task, by=office.clerk.actor, standard=task.standard)
    both = {"cooperating": [village, safety], "parts": {village.id: "排查本村", safety.id: "复核"}}
    _given_back(task, office, deadline=DUE, **both)
    lifecycle.acknowledge(task, by=office.lead.actor)
    lifecycle.report_progress(task, by=office.village_lead.actor, text="查完", percent=100)
    return task


def test_a_part_that_is_given_anew_begins_anew(office: Office) -> None:
    village = office.village_lead.post
    with writing():
        task = _half_done(office)
    assert task.percent == 50
    with writing():
        _handed_back(task, office)
    assert [(row.post_id, row.percent) for row in task.cooperations] == [(village.id, 100)]
    assert task.percent == 100  # the only part that is left
    with writing():
        _given_back(task, office, deadline=DUE, cooperating=[village], parts={village.id: "装好警示牌"})
    assert [(row.percent, row.done_on) for row in task.cooperations] == [(None, None)]
    assert task.percent == 0


def test_the_whole_is_done_when_every_part_is(office: Office) -> None:
    with writing():
        task = _half_done(office)
        lifecycle.report_progress(task, by=office.safety_lead.actor, text="快了", percent=99)
    assert task.percent == 99
    with pytest.raises(Refused, match="平均数") as refused, writing():
        lifecycle.report_progress(task, by=office.lead.actor, text="都好了", percent=100)
    assert (refused.value.field, task.percent) == ("percent", 99)


def test_a_deadline_that_was_signed_for_is_not_lost(office: Office) -> None:
    with writing():
        task = ledger.in_progress(office, deadline=TOMORROW)
        _handed_back(task, office)
    with pytest.raises(Refused, match="不能改为长期坚持") as refused, writing():
        correcting.correct(
            task, by=office.clerk.actor, reason="办不完", remedy=Remedy.LONG_TERM, review_on=DUE
        )
    assert refused.value.field == "remedy"
    db.session.refresh(task)
    assert (task.remedy, task.deadline, task.first_deadline) == (Remedy.TIME_LIMITED, TOMORROW, TOMORROW)


def test_a_long_term_task_that_gets_a_deadline_has_it_as_its_first(office: Office) -> None:
    with writing():
        task = ledger.in_progress(office, deadline=None, review_on=DUE)
        _handed_back(task, office)
        correcting.correct(task, by=office.clerk.actor, reason="能定时限", remedy=Remedy.TIME_LIMITED)
        _given_back(task, office, deadline=DUE)
    assert (task.deadline, task.first_deadline, task.requests) == (DUE, DUE, [])


def test_a_transferred_long_term_task_is_corrected_with_its_deadline(office: Office) -> None:
    with writing():
        task = ledger.in_progress(office, deadline=None, review_on=DUE)
        correcting.transfer(
            task,
            by=office.clerk.actor,
            reason="分工调整",
            lead_post=office.safety_lead.post,
            duty=office.safety_duty,
        )
        correcting.correct(
            task, by=office.clerk.actor, reason="能定时限", remedy=Remedy.TIME_LIMITED, deadline=DUE
        )
    assert (task.deadline, task.first_deadline) == (DUE, DUE)


def test_a_resumed_task_has_no_less_time(office: Office) -> None:
    with writing():
        task = ledger.in_progress(office, deadline=DUE)
        suspending.suspend(task, by=office.secretary.actor, reason="等批复")
    with pytest.raises(Refused, match="不能早于") as refused, writing():
        suspending.resume(task, by=office.secretary.actor, deadline=TOMORROW)
    assert refused.value.field == "deadline"
    with writing():
        suspending.resume(task, by=office.secretary.actor, deadline=DUE)
    assert (task.deadline, task.requests) == (DUE, [])


def test_publicity_is_of_the_result_that_is_accepted(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    with writing():
        choose(PUBLICITY, office.town, True, valid_from=TODAY)
        task = ledger.requested(office)
    with pytest.raises(Refused, match="不能早于") as refused, writing():
        closing.publicise(
            task, by=office.clerk.actor, from_day=date(1990, 1, 1), to_day=date(1990, 1, 2), place="公开栏"
        )
    assert refused.value.field == "from_day"
    with writing():
        closing.publicise(task, by=office.clerk.actor, from_day=TODAY, to_day=TODAY, place="公开栏")
        lifecycle.return_for_rework(task, by=office.deputy.actor, reason="缺一处")
        lifecycle.request_closure(task, by=office.lead.actor, result="补齐", evidence=[PHOTO])
        lifecycle.endorse(task, by=office.deputy.actor)
    moved_clock(TOMORROW)
    with pytest.raises(OutOfDate, match="先登记公示"), writing():
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)


def test_what_is_closed_is_no_longer_listed(office: Office) -> None:
    with writing():
        task = ledger.requested(office)
        leading.put_on_list(task, by=office.secretary.actor, reason="多次催办")
        lifecycle.endorse(task, by=office.deputy.actor)
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    assert task.listed_on is None


def test_a_task_that_is_split_hands_on_its_post_and_keeps_its_words(office: Office) -> None:
    with writing():
        task = ledger.drafted(office, measure="逐项整改")
        lifecycle.register(task, by=office.clerk.actor, standard=task.standard)
        task.lead_post, task.duty = office.lead.post, office.lead_duty  # as a report proposes them
        first, second = correcting.split(task, by=office.clerk.actor, titles=["办培训班", "配宣传员"])
    assert (second.lead_post_id, second.duty_id) == (first.lead_post_id, first.duty_id)
    assert ("原来的措施", "逐项整改") in told(first.events[-1])


def test_a_number_of_half_a_year_names_its_task(office: Office) -> None:
    with writing():
        half = Period.parse("2025H1")
        task = create(office.town, half, by=office.clerk.actor, title="半年的事", domain=office.ideology)
    for written in (task.short_no, task.case_no, task.case_no.lower()):
        assert task_of_number(written, office.town, office.clerk.actor) == task
    assert task_of_number("ZG-NSH-2025H1-001", office.town, office.clerk.actor) is None
