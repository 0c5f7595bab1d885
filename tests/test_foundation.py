"""The ground that the other tests stand on: databases, mail, browser, clock."""

import smtplib
import urllib.request
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import text

from tests.mail import Sink
from tests.processes import Server
from tracker import clock
from tracker.extensions import db


@pytest.mark.database
def test_each_test_has_an_empty_migrated_database(app: Flask, database_kind: str) -> None:
    with app.app_context():
        assert db.engine.dialect.name == database_kind
        assert db.session.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
        assert db.session.execute(text("SELECT count(*) FROM units")).scalar_one() == 0


def test_an_empty_installation_answers(client: FlaskClient) -> None:
    assert client.get("/", follow_redirects=True).status_code == 200


def test_mail_reaches_the_sink(smtp_sink: Sink) -> None:
    message = EmailMessage()
    message["Subject"] = "整改提醒"
    message["To"] = "a@example.test"
    message["From"] = "b@example.test"
    message.set_content("正文")
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as link:
        link.send_message(message)
    assert [received["Subject"] for received in smtp_sink.messages] == ["整改提醒"]


def test_the_clock_can_be_moved_again(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 9))
    assert clock.today() == date(2025, 10, 9)
    moved_clock(date(2025, 12, 31), 23)
    assert clock.today() == date(2025, 12, 31)


@pytest.mark.browser
def test_the_browser_shows_chinese(browser: Browser) -> None:
    page = browser.new_page(locale="zh-CN")
    page.set_content("<p>一岗双责</p>")
    assert page.inner_text("p") == "一岗双责"
    page.close()


@pytest.mark.database
def test_a_real_server_answers_and_ends_in_good_order(live_server: Server) -> None:
    with urllib.request.urlopen(live_server.url, timeout=20) as answer:
        assert answer.status == 200
        assert "tracker account create" in answer.read().decode()
