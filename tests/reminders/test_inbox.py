"""消息: a person's own notices, newest first, opened and marked as read."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post
from tests.mail import Sink
from tests.office import Member, Office
from tests.reminders.steps import assigned, notices, told
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.reminders.models import Notice
from tracker.reminders.planning import plan_events
from tracker.reminders.queries import unread_count
from tracker.web.paging import PAGE

SignedIn = Callable[[Member], FlaskClient]
DEADLINE = date(2099, 12, 31)


@pytest.fixture
def notice_id(office: Office) -> int:
    """The id of the notice by which the holder learns of a task."""
    assigned(office, DEADLINE, title="<script>基层</script>宣传力量薄弱")
    plan_events()
    return notices()[0].id


def test_it_shows_own_notices_as_text_and_says_that_there_is_no_mail(
    signed_in: SignedIn, office: Office, notice_id: int
) -> None:
    page = signed_in(office.lead).get("/inbox").text
    assert "&lt;script&gt;基层&lt;/script&gt;宣传力量薄弱" in page
    assert "未读 1 条" in page
    assert "本系统未配置邮件，提醒仅在此显示。" in page


def test_with_mail_it_says_when_mail_comes(
    smtp_sink: Sink, signed_in: SignedIn, office: Office, notice_id: int
) -> None:
    page = signed_in(office.lead).get("/inbox").text
    assert "本系统未配置邮件" not in page
    assert "每个工作日 08:30 起汇总为一封邮件" in page


def test_an_empty_inbox_says_what_will_come(signed_in: SignedIn, office: Office) -> None:
    assert "还没有消息" in signed_in(office.secretary).get("/inbox").text


def test_opening_marks_as_read_and_goes_to_the_task(
    signed_in: SignedIn, office: Office, notice_id: int
) -> None:
    visitor = signed_in(office.lead)
    sent = post(visitor, f"/inbox/{notice_id}/open", {})
    assert (sent.status_code, sent.location) == (302, f"/tasks/{notices()[0].subject_id}")
    db.session.rollback()
    first_read = notices()[0].read_at
    assert first_read is not None
    post(visitor, f"/inbox/{notice_id}/open", {})
    db.session.rollback()
    assert notices()[0].read_at == first_read


def test_a_foreign_notice_looks_like_none(signed_in: SignedIn, office: Office, notice_id: int) -> None:
    foreign = post(signed_in(office.deputy), f"/inbox/{notice_id}/open", {})
    missing = post(signed_in(office.lead), "/inbox/999999/open", {})
    assert (foreign.status_code, missing.status_code) == (404, 404)
    db.session.rollback()
    assert notices()[0].read_at is None


def test_marking_all_leaves_what_came_in_meanwhile_and_what_is_anothers(
    signed_in: SignedIn, office: Office, notice_id: int
) -> None:
    visitor = signed_in(office.lead)
    assigned(office, DEADLINE, title="页面打开之后来的")
    plan_events()
    with writing():
        kept = db.session.get_one(Notice, notice_id)
        columns = {key: value for key, value in vars(kept).items() if not key.startswith("_") and key != "id"}
        db.session.add(Notice(**columns | {"person_id": office.deputy.person.id}))
    sent = post(visitor, "/inbox/read", {"up_to": str(notice_id)})
    assert (sent.status_code, sent.location) == (302, "/inbox")
    db.session.rollback()
    assert [notice.read_at is not None for notice in told(office.lead)] == [True, False]
    assert [notice.read_at for notice in told(office.deputy)] == [None]
    assert unread_count(office.lead.person) == 1


def test_pages_follow_one_another_without_gap_or_double(
    app: Flask, signed_in: SignedIn, office: Office, notice_id: int
) -> None:
    with writing():
        for number in range(PAGE + 5):
            db.session.add(_notice(office.lead, number))
    visitor = signed_in(office.lead)
    first = visitor.get("/inbox").text
    assert first.count("查看任务") == PAGE
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert visitor.get(older).text.count("查看任务") == 6
    assert "99+" not in first
    newest = db.session.scalars(select(Notice.text).order_by(Notice.id.desc()).limit(1)).one()
    assert first.index(newest) < first.index("第 30 条")


def _notice(member: Member, number: int) -> Notice:
    told_already = notices()[0]
    return Notice(
        subject_kind="task",
        subject_id=told_already.subject_id,
        clock=told_already.clock,
        anchor=f"made {number}",
        rung="0w",
        person_id=member.person.id,
        level=1,
        paper="交办",
        text=f"第 {number} 条",
        due_on=told_already.due_on,
        collapsed=False,
        made_at=clock.now(),
    )
