"""A plan in a real browser: two clicks start it, the phones show the steps, the note gives two problems."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.browser.conftest import PHONE, Enter
from tests.office import Office
from tests.plans.scene import STEPS, flood_plan
from tests.reminders.steps import notices, tick_now, told
from tracker.database import writing
from tracker.extensions import db
from tracker.problems.models import Problem, ProblemSource
from tracker.reminders.models import Clock

pytestmark = pytest.mark.browser

DAY = date(2025, 10, 11)


def test_two_clicks_start_a_plan_and_its_note_gives_two_problems(
    app: Flask, office: Office, enter: Enter, moved_clock: Callable[..., None]
) -> None:
    moved_clock(DAY)
    with writing():
        flood_plan(office)
    with enter("secretary", PHONE) as page:
        page.goto("/plans")
        page.get_by_role("link", name="防汛应急预案").click()
        page.get_by_role("link", name="启动预案").click()  # the first click
        page.get_by_role("button", name="立即启动，通知 5 人").click()  # the second
        page.get_by_role("heading", name="防汛应急预案").wait_for()
        assert page.locator("#steps tbody tr").count() == len(STEPS)
    tick_now()
    assert all(told(getattr(office, who)) for who, *_rest in STEPS)

    with enter("safety", PHONE) as page:
        page.goto("/inbox")
        page.get_by_role("button", name="查看预案").click()
        page.get_by_role("button", name="签收，开始办理").click()
        page.fill("[name=result]", "值守到位，水位回落")
        page.get_by_role("button", name="登记完成").click()
        assert "已完成 1，共 5" in page.content()
    moved_clock(DAY, minute=16)
    tick_now()
    raised = [one for one in notices(of=Clock.PLAN_STEP) if one.person_id == office.deputy.person.id]
    assert {one.rung for one in raised} == {"0m"}
    assert all("尚未签收" in one.text for one in raised)

    with enter("safety") as page:
        page.goto("/plans")
        page.get_by_role("link", name="已启动").click()
        assert (
            page.locator("#steps .light.l3").count() == 3
        )  # ten and fifteen minutes are over, thirty are not
        page.get_by_role("link", name="结束并复盘").click()
        page.fill("[name=note]", "转移及时，广播没有响")
        page.fill("[name=findings]", "村广播设备失修\n抢险物资登记与实物不符")
        page.get_by_role("button", name="结束预案").click()
        page.get_by_text("等经办人员核对").wait_for()
    with enter("clerk") as page:
        page.goto("/reports")
        page.get_by_role("link", name="复盘发现的问题").first.click()
        page.get_by_role("button", name="2 件").click()
        page.get_by_role("link", name="在台账中查看任务").wait_for()
    db.session.rollback()
    found = db.session.scalars(select(Problem).order_by(Problem.id)).all()
    assert [problem.text for problem in found] == ["村广播设备失修", "抢险物资登记与实物不符"]
    assert {problem.source for problem in found} == {ProblemSource.AFTER_ACTION}
