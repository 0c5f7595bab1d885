"""An account that is denied ten times within a minute gives one alarm, which the audit administrator sees."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post
from tests.office import PASSWORD, Member, Office
from tracker import clock
from tracker.accounts.models import AccountKind
from tracker.accounts.signing_in import create_account
from tracker.audit.denials import ALARM, MOST_DENIALS
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db

SignIn = Callable[[Member], FlaskClient]


def alarms() -> list[AuditRow]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditRow).where(AuditRow.action == ALARM).order_by(AuditRow.id)))


@contextmanager
def later(time: timedelta) -> Iterator[None]:
    """Let the program's clock run on from later."""
    before = clock._shift
    clock._shift = before + time
    try:
        yield
    finally:
        clock._shift = before


@pytest.mark.database
def test_the_tenth_denial_of_a_minute_raises_one_alarm(office: Office, signed_in: SignIn) -> None:
    visitor, other = signed_in(office.village_lead), signed_in(office.lead)
    for _ in range(MOST_DENIALS - 1):
        assert visitor.get("/tasks/999").status_code == 404
        assert other.get("/audit").status_code == 404
    assert alarms() == []
    for _ in range(MOST_DENIALS):
        visitor.get("/admin/accounts")
    found = alarms()
    assert [(row.name, row.details["denied"]) for row in found] == [("village", MOST_DENIALS)]
    with later(timedelta(seconds=61)):
        for _ in range(MOST_DENIALS - 1):
            visitor.get("/tasks/999")
        assert len(alarms()) == 1
        visitor.get("/tasks/999")
        assert len(alarms()) == 2


@pytest.mark.database
def test_denials_at_the_same_moment_raise_one_alarm(app: Flask, office: Office, signed_in: SignIn) -> None:
    visitors = [signed_in(office.village_lead) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        answers = pool.map(lambda visitor: [visitor.get("/tasks/9").status_code for _ in range(8)], visitors)
    assert [set(one) for one in answers] == [{404}] * 3
    assert len(alarms()) == 1


def test_strangers_raise_none(app: Flask, office: Office) -> None:
    stranger = app.test_client()
    for _ in range(MOST_DENIALS + 2):
        stranger.get("/tasks/999")
        post(stranger, "/login", {"username": "village", "password": "wrong"})
    assert alarms() == []


def test_the_page_shows_the_alarm_first(app: Flask, office: Office, signed_in: SignIn) -> None:
    with writing():
        create_account("auditor", PASSWORD, kind=AccountKind.AUDIT_ADMIN)
    visitor = signed_in(office.village_lead)
    for _ in range(MOST_DENIALS):
        visitor.get("/tasks/999")
    auditor = app.test_client()
    post(auditor, "/login", {"username": "auditor", "password": PASSWORD})
    page = auditor.get("/audit").text
    assert page.index("在一分钟内多次被拒绝，可能") < page.index("<table")
    listed = auditor.get("/audit?q=village&outcome=refused").text
    assert listed.count("查看不存在或无权查看的页面</b>") == MOST_DENIALS
