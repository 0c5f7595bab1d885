"""Where the steps of a started plan stand: declined by their post, and at the end of the plan."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.forms import post
from tests.office import Member, Office
from tests.plans.scene import flood_plan
from tests.reminders.steps import tick_now, told
from tracker.database import writing
from tracker.extensions import db
from tracker.plans import doing, ending, starting
from tracker.plans.models import PlanRun
from tracker.plans.progress import StepState, progress, progress_of
from tracker.refusals import OutOfDate
from tracker.reports.models import Report, ReportState
from tracker.tasks import lifecycle
from tracker.tasks.models import Task

DAY = date(2025, 10, 11)
SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture
def run(office: Office, moved_clock: Callable[..., None]) -> PlanRun:
    """A plan started by the secretary at nine; its third step is the lead's, within ten minutes."""
    moved_clock(DAY)
    with writing():
        return starting.start(flood_plan(office), by=office.secretary.actor, drill=False)


def task_of(run: PlanRun, number: int) -> Task:
    task = run.steps[number].task
    assert task is not None
    return task


def states(run: PlanRun) -> list[StepState]:
    db.session.rollback()
    return [one.state for one in progress_of(db.session.get_one(PlanRun, run.id))]


@pytest.mark.database
def test_a_step_that_was_declined_is_nobodys_and_said_at_once(
    office: Office, run: PlanRun, signed_in: SignedIn, moved_clock: Callable[..., None]
) -> None:
    tick_now()
    with writing():
        lifecycle.decline(task_of(run, 2), by=office.lead.actor, reason="广播设备在检修")
    assert states(run) == [StepState.TOLD, StepState.TOLD, StepState.REFUSED, StepState.TOLD, StepState.TOLD]
    tick_now()
    for member in (office.secretary, office.safety_lead):  # who started it, who is directly responsible
        (notice,) = [one for one in told(member) if one.anchor.startswith("refused:")]
        assert (notice.paper, notice.level) == ("不予接收", 3)
        assert "第 3 步（宣传办主任）不予接收，待重新交办" in notice.text
        assert notice.text.endswith("理由：广播设备在检修")
    assert tick_now().notices == 0

    watched = signed_in(office.secretary).get(f"/plans/runs/{run.id}").text
    assert '<span class="light l3">不予接收，待重新交办</span>' in watched
    assert "已完成 0，共 5" in watched
    lead = signed_in(office.lead)
    step = run.steps[2].id
    page = lead.get(f"/plans/steps/{step}").text
    assert "这一步已不予接收，等经办人员重新交办" in page
    assert "09:00不予接收" in page
    assert "签收，开始办理" not in page
    assert "登记完成" not in page
    sent = post(lead, f"/plans/steps/{step}/acknowledge", {}, page=f"/plans/runs/{run.id}")
    assert sent.status_code == 409
    assert "这一步已不予接收" in sent.text
    with writing(), pytest.raises(OutOfDate):
        doing.finish(run.steps[2], by=office.lead.actor, result="已发布")

    moved_clock(DAY, minute=26)  # ten minutes to acknowledge, fifteen more: nobody gave it to anybody
    tick_now()
    of_step = f"ack:{step}"
    assert [one.rung for one in told(office.secretary) if one.anchor == of_step] == ["+15m"]
    assert [one for one in told(office.lead) if one.anchor == of_step] == []
    with writing():
        to, duty = office.safety_lead.post, office.safety_duty
        lifecycle.assign(task_of(run, 2), by=office.clerk.actor, lead_post=to, duty=duty, deadline=DAY)
    assert states(run)[2] == StepState.TOLD
    tick_now()
    assert [one for one in told(office.safety_lead) if one.anchor.startswith(f"step:{step}:")]


@pytest.mark.database
def test_an_ended_plan_shows_how_it_stood_and_counts_no_time(
    office: Office, run: PlanRun, signed_in: SignedIn, moved_clock: Callable[..., None]
) -> None:
    with writing():
        doing.acknowledge(run.steps[0], by=office.safety_lead.actor)
        doing.finish(run.steps[1], by=office.village_lead.actor, result="转移 12 户 31 人")
    moved_clock(DAY, minute=12)
    with writing():
        ending.end(run, by=office.safety_lead.actor, note="水位回落")
    at_the_end = [StepState.BEGUN, StepState.DONE, StepState.TOLD, StepState.TOLD, StepState.TOLD]
    moved_clock(DAY, hour=11)
    with writing():  # what is not done stays a task
        doing.finish(run.steps[0], by=office.safety_lead.actor, result="值守到十一点")
    assert states(run) == at_the_end
    assert progress(run.steps[0]).state == StepState.DONE
    reader = signed_in(office.secretary)
    watched = reader.get(f"/plans/runs/{run.id}").text
    assert '<span class="light llong">结束时办理中</span>' in watched
    assert '<span class="light l3">结束时待签收</span>' in watched  # its ten minutes were over
    assert '<span class="light llong">结束时待签收</span>' in watched  # half an hour was not
    assert "结束时已完成 1，共 5；历时" in watched
    step = reader.get(f"/plans/steps/{run.steps[4].id}").text
    for page in (watched, step):
        assert not any(words in page for words in ("还剩", "超时", "应在", "Refresh"))
    assert "11:00" in reader.get(f"/plans/steps/{run.steps[0].id}").text


@pytest.mark.database
def test_nothing_is_done_in_a_drill_that_is_over(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(DAY)
    with writing():
        drill = starting.start(flood_plan(office), by=office.vice_head.actor, drill=True)
        doing.acknowledge(drill.steps[0], by=office.safety_lead.actor)
        ending.end(drill, by=office.vice_head.actor, note="演练结束")
    with writing(), pytest.raises(OutOfDate):
        doing.finish(drill.steps[0], by=office.safety_lead.actor, result="已到位")
    assert states(drill)[0] == StepState.BEGUN


def test_a_step_is_acknowledged_by_its_hour_at_the_latest(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(DAY)
    with writing():
        plan = flood_plan(office)
        plan.steps[0].minutes = 600  # as one could enter it once
        step = starting.start(plan, by=office.secretary.actor, drill=True).steps[0]
    assert step.acknowledge_by == step.due_at


@pytest.mark.database
def test_what_a_plan_found_waits_in_the_list_of_the_clerk(
    office: Office, run: PlanRun, signed_in: SignedIn
) -> None:
    with writing():
        ending.end(run, by=office.secretary.actor, note="水位回落", findings="村广播设备失修")
    clerk, keeper = signed_in(office.clerk), signed_in(office.keeper)
    waiting = clerk.get("/mine").text
    assert "1 份预案复盘发现的问题待核对" in waiting
    assert f'href="/reports/{run.report_id}"' in waiting
    assert "待办 2" in waiting  # with the own step
    assert "待办 2" in clerk.get("/plans").text  # counted alike where the list itself is not
    assert "复盘发现的问题待核对" not in keeper.get("/mine").text
    with writing():
        again = starting.start(run.plan, by=office.secretary.actor, drill=True)
        ending.end(again, by=office.secretary.actor, note="演练结束", findings="对讲机电量不足")
    waiting = clerk.get("/mine").text
    assert "2 份预案复盘发现的问题待核对" in waiting
    assert 'class="btn main" href="/reports">核对</a>' in waiting
    with writing():
        db.session.get_one(Report, again.report_id).state = ReportState.CONFIRMED
    assert "1 份预案复盘发现的问题待核对" in clerk.get("/mine").text
