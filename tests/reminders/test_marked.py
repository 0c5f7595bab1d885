"""What is told of a marked task: its number and the way to it, by mail and in the inbox."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient

from tests.mail import Sink
from tests.office import Member, Office
from tests.reminders.steps import assigned, closure_requested, notices, tick_now, told
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.reminders.planning import plan_events
from tracker.tasks import lifecycle
from tracker.tasks.marking import mark
from tracker.tasks.models import Cooperation, Task

Move = Callable[..., None]
DAY = date(2025, 10, 9)
DEADLINE = date(2025, 11, 18)
WORDS = "干部个人事项核查"
REASON = "名单第三人情况不实"


@pytest.fixture(autouse=True)
def autumn(moved_clock: Move) -> None:
    """Let it be a working day of the fourth quarter."""
    moved_clock(DAY)


def mark_it(office: Office, task: Task) -> None:
    with writing():
        mark(task, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="涉及案件线索")


@pytest.mark.database
def test_a_mail_for_a_marked_task_says_number_and_link(smtp_sink: Sink, office: Office) -> None:
    task = assigned(office, DEADLINE, WORDS)
    mark_it(office, task)
    tick_now()
    (message,) = smtp_sink.messages
    body = str(message.get_content())
    assert WORDS not in body + message["Subject"]
    assert task.short_no in body
    assert f"/tasks/{task.id}" in body
    assert all(WORDS not in notice.text for notice in notices())


@pytest.mark.database
def test_a_task_marked_after_its_notice_was_written_keeps_its_words_in_the_house(
    smtp_sink: Sink, office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    task = assigned(office, DEADLINE, WORDS)
    plan_events()
    assert WORDS in told(office.lead)[0].text
    mark_it(office, task)
    tick_now()
    (message,) = smtp_sink.messages
    assert WORDS not in str(message.get_content())
    page = signed_in(office.lead).get("/inbox").text
    assert WORDS not in page
    assert f"交办：{task.short_no}" in page


def test_the_reason_of_a_return_is_no_part_of_a_notice(office: Office) -> None:
    task = closure_requested(office, DEADLINE)
    mark_it(office, task)
    with writing():
        lifecycle.return_for_rework(task, by=office.deputy.actor, reason=REASON)
    plan_events()
    returned = [notice for notice in told(office.lead) if "退回" in notice.text]
    assert len(returned) == 1
    assert REASON not in returned[0].text


def test_cooperating_posts_hear_nothing_of_a_marked_task(office: Office) -> None:
    task = assigned(office, DEADLINE)
    with writing():
        db.session.add(Cooperation(task=task, post=office.safety_lead.post))
    mark_it(office, task)
    plan_events()
    assert told(office.lead)
    assert told(office.safety_lead) == []
