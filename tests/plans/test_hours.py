"""A step of a started plan has its hours wherever its task is listed, and its page names what set it off."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.office import Member, Office
from tests.plans.scene import flood_plan
from tracker.database import writing
from tracker.plans import doing, ending, starting
from tracker.plans.models import PlanRun
from tracker.tasks import lifecycle
from tracker.tasks.models import Task

DAY = date(2025, 10, 11)
BOTH = "09:15前签收，11:00前完成"
SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture
def run(office: Office, moved_clock: Callable[..., None]) -> PlanRun:
    """A plan started by the secretary at nine; its first step is the safety lead's, within 15 minutes."""
    moved_clock(DAY)
    with writing():
        return starting.start(flood_plan(office), by=office.secretary.actor, drill=False)


def task_of(run: PlanRun) -> Task:
    task = run.steps[0].task
    assert task is not None
    return task


def in_one_line(page: str) -> str:
    """Return a page without the line breaks of its templates."""
    return " ".join(page.split())


@pytest.mark.database
def test_a_step_has_its_hours_wherever_it_is_listed(
    office: Office, run: PlanRun, signed_in: SignedIn
) -> None:
    safety, keeper = signed_in(office.safety_lead), signed_in(office.keeper)
    page = f"/tasks/{task_of(run).id}"
    assert f"，{BOTH}</p>" in safety.get("/mine").text
    rows = in_one_line(keeper.get("/tasks").text)
    assert '<span class="sm soft">09:15前签收</span> <br> <span class="sm soft">11:00前完成</span>' in rows
    assert f"10月11日 {BOTH}" in in_one_line(keeper.get("/tasks?cols=case_no.due").text)
    shown = safety.get(page).text
    assert BOTH in shown
    assert f'<a class="nb" href="/plans/runs/{run.id}">查看处置进度</a>' in shown
    cause = f'<a href="/plans/runs/{run.id}">预案“防汛应急预案”，10月11日 09:00启动</a>'
    assert cause in shown
    assert "不是从报告导入" not in shown
    assert f'<span class="soft">{BOTH}</span>' in safety.get(f"{page}/acknowledge").text

    with writing():
        doing.acknowledge(run.steps[0], by=office.safety_lead.actor)
    waiting = safety.get("/mine").text
    assert "，11:00前完成" in waiting
    assert '<span class="soft">11:00前完成</span>' in safety.get(f"{page}/report_progress").text
    assert "09:15前签收" not in waiting
    with writing():  # then it counts in days, and its page still says what it came of
        ending.end(run, by=office.secretary.actor, note="水位回落")
    assert "，10月11日到期" in safety.get("/mine").text
    shown = safety.get(page).text
    assert "前完成" not in shown
    assert cause in shown


def test_who_may_not_open_the_run_reads_what_it_was_without_a_link(
    office: Office, run: PlanRun, signed_in: SignedIn
) -> None:
    task = task_of(run)
    with writing():
        task.verifier_post = office.other_clerk.post  # of another office, for whom no plan of this one is
    shown = signed_in(office.other_clerk).get(f"/tasks/{task.id}").text
    assert "预案“防汛应急预案”，10月11日 09:00启动" in shown
    assert f"/plans/runs/{run.id}" not in shown


def test_a_step_that_was_declined_has_no_hour_until_it_is_assigned_anew(
    office: Office, run: PlanRun, signed_in: SignedIn
) -> None:
    with writing():
        lifecycle.decline(task_of(run), by=office.safety_lead.actor, reason="值班人员在外")
    assert "前签收" not in signed_in(office.clerk).get(f"/tasks/{task_of(run).id}").text
