"""The forms of a task in a real browser: what is too large is not sent, what another changed is seen."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page

from tests import ledger
from tests.browser.conftest import DESK, PHONE, Enter
from tests.office import Office
from tracker.database import writing
from tracker.extensions import db
from tracker.tasks import lifecycle
from tracker.tasks.models import Task

pytestmark = pytest.mark.browser
OUTLINE = 8  # pixels that the frame of the focus takes beside the box of errors
LARGE = 21 * 1024 * 1024


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    moved_clock(ledger.TODAY)


def chosen(name: str, size: int) -> Any:
    """Return a file as a browser takes it from the hands of somebody."""
    return {"name": name, "mimeType": "application/pdf", "buffer": b"%PDF-1.4" + b"0" * size}


def said(page: Page) -> list[str]:
    return page.locator("#evidence-size").all_inner_texts()


def test_a_file_that_is_too_large_is_not_sent(office: Office, enter: Enter) -> None:
    with writing():
        task = ledger.in_progress(office)
    sent: list[str] = []
    with enter(office.lead.account.username, PHONE) as page:
        page.on("request", lambda request: sent.append(request.method))
        page.goto(f"/tasks/{task.id}/report_progress")
        page.fill("[name=text]", "已更新两处")
        page.set_input_files("[name=evidence]", chosen("验收表.pdf", LARGE))
        assert "“验收表.pdf”有 21" in said(page)[0]
        page.get_by_role("button", name="提交反馈").click()
        assert "POST" not in sent
        files = [chosen(f"{number}.pdf", LARGE // 2) for number in (1, 2)]
        page.set_input_files("[name=evidence]", files)
        assert "一次不超过 20 MB" in said(page)[0]
        page.get_by_role("button", name="提交反馈").click()
        assert "POST" not in sent
        assert page.input_value("[name=text]") == "已更新两处"
        page.set_input_files("[name=evidence]", chosen("验收表.pdf", 100))
        assert said(page) == []
        page.get_by_role("button", name="提交反馈").click()
        page.wait_for_url(f"**/tasks/{task.id}")
    db.session.rollback()
    last = db.session.get_one(Task, task.id).events[-1]
    assert (last.text, [file.name for file in last.evidence]) == ("已更新两处", ["验收表.pdf"])


def test_what_the_server_does_not_take_leaves_the_form(office: Office, enter: Enter) -> None:
    with writing():
        task = ledger.in_progress(office)
    with enter(office.lead.account.username, DESK) as first:
        page = first.context.new_page()  # the browser may complain of the broken line here
        page.goto(f"/tasks/{task.id}/report_progress")
        page.route(f"**/tasks/{task.id}/report_progress", lambda route: route.abort())
        page.fill("[name=text]", "已更新两处")
        page.set_input_files("[name=evidence]", chosen("验收表.pdf", 100))
        page.get_by_role("button", name="提交反馈").click()
        page.wait_for_selector("#evidence-size")
        assert "没有发出去" in said(page)[0]
        assert page.input_value("[name=text]") == "已更新两处"
        page.unroute_all()
        page.get_by_role("button", name="提交反馈").click()
        page.wait_for_url(f"**/tasks/{task.id}")
    db.session.rollback()
    assert db.session.get_one(Task, task.id).events[-1].text == "已更新两处"


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_who_corrects_what_another_corrected_sees_both(office: Office, enter: Enter, size: object) -> None:
    with writing():
        task = ledger.assigned(office)
    name = office.clerk.account.username
    with enter(name, size, refusals=1) as mine, enter(name, DESK) as other:
        for page in (mine, other):
            page.goto(f"/tasks/{task.id}/correct")
            page.fill("[name=reason]", "核对后更正")
        other.fill("[name=deadline]", "2025-12-26")
        other.get_by_role("button", name="保存更正").click()
        other.wait_for_url(f"**/tasks/{task.id}")
        mine.fill("[name=standard]", "每周更新一次，抽查 5 处")
        mine.get_by_role("button", name="保存更正").click()
        mine.wait_for_selector(".other")
        assert mine.input_value("[name=deadline]") == "2025-12-26"
        box, light = mine.locator(".errsum").bounding_box(), mine.locator("main .light").first.bounding_box()
        assert box is not None
        assert light is not None
        assert light["y"] + light["height"] + OUTLINE <= box["y"]
        mine.get_by_role("button", name="保存更正").click()
        mine.wait_for_url(f"**/tasks/{task.id}")
    db.session.rollback()
    kept = db.session.get_one(Task, task.id)
    assert (str(kept.deadline), kept.standard) == ("2025-12-26", "每周更新一次，抽查 5 处")


def test_the_parts_of_others_are_in_sight_on_a_phone(office: Office, enter: Enter) -> None:
    with writing():
        task = ledger.drafted(office)
        lifecycle.register(task, by=office.clerk.actor, standard=task.standard)
        lifecycle.assign(
            task,
            by=office.clerk.actor,
            lead_post=office.lead.post,
            duty=office.lead_duty,
            deadline=date(2025, 12, 31),
            cooperating=[office.safety_lead.post],
            parts={office.safety_lead.post.id: "提供名单，并逐户核对联系方式"},
        )
    with enter(office.lead.account.username, PHONE) as page:
        page.goto(f"/tasks/{task.id}")
        place = page.locator(".parts").get_by_text("0%", exact=True).bounding_box()
        assert place is not None
        assert place["x"] + place["width"] <= 390
        assert page.locator(".parts").evaluate("table => table.scrollWidth") <= 390
