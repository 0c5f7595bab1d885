"""A plan is started in one act, watched in minutes, and ended with a note whose findings become problems."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.office import Member, Office
from tests.plans.scene import STEPS, content, flood_plan
from tests.reminders.steps import notices, tick_now, told
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.acting import actor
from tracker.organization.models import Person
from tracker.organization.setup import add_post
from tracker.organization.standing_in import stand_in
from tracker.plans import doing, ending, keeping, starting
from tracker.plans.models import Plan, PlanRun
from tracker.plans.progress import StepState, progress_of
from tracker.problems.models import ProblemSource
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.reminders.models import Clock
from tracker.reports.confirmation import problems as problems_in
from tracker.reports.models import Report
from tracker.settings.choices import choose
from tracker.settings.keys import IMMEDIATE_CLOSE
from tracker.tasks import lifecycle
from tracker.tasks.closing import close_at_once
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState

DAY = date(2025, 10, 11)  # a Saturday: a plan does not wait for a working day


@pytest.fixture
def plan(office: Office, moved_clock: Callable[..., None]) -> Plan:
    moved_clock(DAY)
    with writing():
        return flood_plan(office)


def started(plan: Plan, by: Member, *, drill: bool = False) -> PlanRun:
    with writing():
        return starting.start(plan, by=by.actor, drill=drill, occasion="河水上涨")


def task_of(run: PlanRun, number: int) -> Task:
    task = run.steps[number].task
    assert task is not None
    return task


def states(run: PlanRun) -> list[StepState]:
    db.session.rollback()
    return [one.state for one in progress_of(db.session.get_one(PlanRun, run.id))]


@pytest.mark.database
def test_everybody_is_told_in_one_tick_and_what_lies_goes_up_in_minutes(
    office: Office, plan: Plan, moved_clock: Callable[..., None]
) -> None:
    run = started(plan, office.secretary)
    tick_now()
    members = [getattr(office, who) for who, *_rest in STEPS]
    for member, (_who, what, *_rest) in zip(members, STEPS, strict=True):
        (notice,) = told(member)
        assert notice.paper == "预案启动"
        assert what in notice.text
    assert "09:15前签收，11:00前完成" in told(office.safety_lead)[0].text
    assert told(office.secretary) == []  # who started it knows
    tasks = db.session.scalars(select(Task).order_by(Task.id)).all()
    assert [(task.state, task.deadline, task.lead_post_id) for task in tasks] == [
        (TaskState.ASSIGNED, DAY, member.post.id) for member in members
    ]
    assert tick_now().notices == 0

    with writing():
        doing.acknowledge(run.steps[0], by=office.safety_lead.actor)
        doing.acknowledge(run.steps[0], by=office.safety_lead.actor)  # pressed twice
    moved_clock(DAY, minute=16)
    tick_now()
    raised = [
        notice for notice in notices(of=Clock.PLAN_STEP) if notice.rung != "0m" or "ack" in notice.anchor
    ]
    to_deputy = {notice.anchor for notice in raised if notice.person_id == office.deputy.person.id}
    assert to_deputy == {f"ack:{run.steps[number].id}" for number in (1, 2, 3)}  # vice head has half an hour
    assert told(office.secretary) == []
    moved_clock(DAY, minute=31)
    tick_now()
    last = f"ack:{run.steps[4].id}"  # the vice head's own, whose superior the secretary is
    assert {(one.anchor, one.rung) for one in told(office.secretary)} == {
        *((f"ack:{run.steps[number].id}", "+15m") for number in (1, 2, 3)),
        (last, "0m"),
    }
    moved_clock(DAY, hour=11, minute=1)
    tick_now()
    (late,) = [one for one in told(office.vice_head) if one.anchor == f"due:{run.steps[0].id}"]
    assert (late.rung, "11:00前应完成" in late.text) == ("0m", True)
    assert notices(of=Clock.DEADLINE) == []  # the ladder of days leaves the day itself to the plan
    moved_clock(date(2025, 10, 14))
    tick_now()
    assert {one.rung for one in notices(of=Clock.DEADLINE)} >= {"+1w"}


@pytest.mark.database
def test_a_drill_is_the_same_and_counts_nowhere(
    office: Office, plan: Plan, moved_clock: Callable[..., None]
) -> None:
    run = started(plan, office.vice_head, drill=True)
    tick_now()
    assert all("【演练】" in told(getattr(office, who))[0].text for who, *_rest in STEPS[:4])
    with writing():
        doing.acknowledge(run.steps[0], by=office.safety_lead.actor)
        doing.finish(run.steps[1], by=office.village_lead.actor, result="转移 12 户 31 人")
        with pytest.raises(NotAllowed):
            doing.finish(run.steps[2], by=office.clerk.actor, result="已发布")
    assert states(run)[:3] == [StepState.BEGUN, StepState.DONE, StepState.TOLD]
    moved_clock(DAY, minute=16)
    tick_now()
    assert any("【演练】" in one.text and one.level == 3 for one in told(office.deputy))
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0  # what there is not, nothing counts
    real = started(plan, office.secretary)  # the real thing does not wait for a drill
    db.session.refresh(run)
    assert (run.ended_at is None, real.drill) == (False, False)
    with writing(), pytest.raises(OutOfDate):
        doing.acknowledge(run.steps[2], by=office.lead.actor)


@pytest.mark.database
def test_the_steps_are_tasks_and_the_note_gives_problems(office: Office, plan: Plan) -> None:
    run = started(plan, office.secretary)
    with writing():  # on the page of the task or on that of the plan: the same act
        lifecycle.acknowledge(task_of(run, 0), by=office.safety_lead.actor)
        doing.finish(run.steps[0], by=office.safety_lead.actor, result="值守 6 小时，水位回落")
        doing.acknowledge(run.steps[1], by=office.village_lead.actor)
        close_at_once(task_of(run, 1), by=office.village_lead.actor, result="转移 12 户 31 人")
        lifecycle.decline(task_of(run, 2), by=office.lead.actor, reason="设备故障")
        choose(IMMEDIATE_CLOSE, office.town, False, valid_from=DAY)  # such an office has all of it accepted
        doing.finish(run.steps[4], by=office.vice_head.actor, result="险情解除")
    assert states(run) == [StepState.DONE, StepState.DONE, StepState.REFUSED, StepState.TOLD, StepState.DONE]
    assert task_of(run, 4).state == TaskState.CLOSURE_REQUESTED
    with writing():
        with pytest.raises(NotAllowed):
            ending.end(run, by=office.lead.actor, note="已结束")
        with pytest.raises(Refused):
            ending.end(run, by=office.safety_lead.actor, note=" ")
        ending.end(
            run,
            by=office.safety_lead.actor,  # directly responsible
            note="转移及时，广播没有响",
            findings="村广播设备失修\r\n抢险物资登记与实物不符",
        )
        ending.end(run, by=office.safety_lead.actor, note="又按一次", findings="另一行")
    assert run.note == "转移及时，广播没有响"
    report = db.session.scalars(select(Report)).one()
    assert report.source == ProblemSource.AFTER_ACTION
    assert [row.text for row in problems_in(report)] == ["村广播设备失修", "抢险物资登记与实物不符"]
    tick_now()
    tick_now()
    ended = [one for one in notices(of=Clock.PLAN_STEP) if one.anchor == "end"]
    assert len(ended) == len({one.person_id for one in ended}) == 5  # six concerned, but for who ended it
    with writing():
        assert run.settled_at is not None
        assert starting.running(plan) is None


@pytest.mark.database
def test_who_may_start_it_and_why_it_may_not_be_started(office: Office, plan: Plan) -> None:
    for other in (office.deputy, office.safety_lead, office.clerk, office.keeper, office.county_keeper):
        with writing(), pytest.raises(NotAllowed):
            starting.start(plan, by=other.actor, drill=True)
    with writing():
        stand_in(
            office.secretary.person, office.deputy.person, by=office.secretary.actor,
            from_day=DAY, to_day=DAY,
        )  # fmt: skip
        run = starting.start(plan, by=office.deputy.actor, drill=True)
    assert run.who_started == "郑样（代周示）"
    with writing(), pytest.raises(starting.RunningAlready) as known:
        starting.start(plan, by=office.vice_head.actor, drill=True)
    assert known.value.run_id == run.id
    assert "郑样（代周示）已在 09:00 启动" in known.value.message
    with writing():
        ending.end(run, by=office.safety_lead.actor, note="演练结束")
        alone = add_post(office.safety_office, "值班岗（演示）")
        below = add_post(office.safety_office, "巡河岗（演示）", superior=office.safety_lead.post)
        first, *rest = content(office).steps
        steps = [keeping.Step(alone, first.what, 1, 5), keeping.Step(below, "巡河", 2, 5), *rest]
        keeping.change(plan, content(office, steps=steps), by=office.clerk.actor, version=plan.version)
    with writing(), pytest.raises(Refused, match="值班岗（演示）”及其上级岗位都无人任职"):
        starting.start(plan, by=office.secretary.actor, drill=False)
    with writing():
        steps.reverse()
        keeping.change(plan, content(office, steps=steps), by=office.clerk.actor, version=plan.version)
        again = starting.start(plan, by=office.secretary.actor, drill=False)
        vacant = next(step for step in again.steps if step.planned_post.id == below.id)
        doing.acknowledge(vacant, by=office.safety_lead.actor)  # a vacant post is acted for by its superior
    assert StepState.BEGUN in states(again)


@pytest.mark.database
def test_of_two_leaders_at_once_one_starts_it(app: Flask, office: Office, plan: Plan) -> None:
    plan_id = plan.id
    outcomes: list[int | None] = []
    leaders = (office.secretary.person.id, office.vice_head.person.id)
    ready = threading.Barrier(len(leaders))
    db.session.rollback()

    def press(person_id: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                with writing():
                    by = actor(db.session.get_one(Person, person_id), clock.today())
                    outcomes.append(starting.start(db.session.get_one(Plan, plan_id), by=by, drill=False).id)
            except starting.RunningAlready:
                outcomes.append(None)

    threads = [threading.Thread(target=press, args=(person_id,)) for person_id in leaders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in outcomes) == 1
    assert len(outcomes) == len(leaders)
    assert db.session.scalar(select(func.count()).select_from(Task)) == len(STEPS)
