"""A step that is expected next and not open yet: page and list say why, and from when it will be."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests import ledger
from tests.ledger import LETTER, TODAY
from tests.office import Member, Office
from tests.tasks.test_pages import made, send
from tracker.database import writing
from tracker.settings.choices import choose
from tracker.settings.keys import PUBLICITY
from tracker.tasks import lifecycle
from tracker.tasks.models import Task

SignIn = Callable[[Member], FlaskClient]
UNTIL = date(2025, 12, 3)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)


@pytest.fixture
def endorsed(office: Office) -> Task:
    """A task that waits for its acceptance in an office that demands publicity."""
    task = made(ledger.requested, office)
    with writing():
        choose(PUBLICITY, office.town, True, valid_from=TODAY)
        lifecycle.endorse(task, by=office.deputy.actor, opinion="同意")
    return task


def test_the_verifier_reads_why_a_task_cannot_be_accepted_yet(
    office: Office, endorsed: Task, signed_in: SignIn, moved_clock: Callable[..., None]
) -> None:
    keeper, page = signed_in(office.keeper), f"/tasks/{endorsed.id}"
    assert "<b>现在还不能验收销号。</b>本单位规定验收前要公示，请先登记公示。" in keeper.get(page).text
    days = {"from_day": "2025-11-12", "to_day": UNTIL.isoformat(), "place": "政务公开栏"}
    assert send(signed_in(office.clerk), endorsed, "publicise", days).status_code == 302
    said = "公示到 2025年12月3日，2025年12月4日起可以验收。"
    shown, listed = keeper.get(page).text, keeper.get("/mine").text
    assert f"<b>现在还不能验收销号。</b>{said}" in shown
    assert "退回整改" in shown
    assert said in listed
    assert f'href="{page}/accept' not in listed
    assert "现在还不能" not in signed_in(office.lead).get(page).text  # whose turn it is not
    moved_clock(date(2025, 12, 4))
    keeper = signed_in(office.keeper)  # the session lapsed meanwhile
    assert "现在还不能" not in keeper.get(page).text
    assert f'href="{page}/accept' in keeper.get("/mine").text


def test_the_lead_reads_which_posts_are_not_done(office: Office, signed_in: SignIn) -> None:
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
            parts={office.safety_lead.post.id: "提供名单"},
        )
        lifecycle.acknowledge(task, by=office.lead.actor)
    page = signed_in(office.lead).get(f"/tasks/{task.id}").text
    assert "现在还不能申请销号。" in page
    assert f"配合岗位的任务还没有全部完成：{office.safety_lead.post.title}" in page
    with writing():
        lifecycle.report_progress(task, by=office.safety_lead.actor, text="已给", percent=100)
    assert "现在还不能" not in signed_in(office.lead).get(f"/tasks/{task.id}").text


def test_evidence_alone_is_no_reason(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    with writing():
        lifecycle.report_progress(task, by=office.lead.actor, text="已办", evidence=[LETTER])
    assert "现在还不能" not in signed_in(office.lead).get(f"/tasks/{task.id}").text
