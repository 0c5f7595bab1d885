"""The language of the pages: what the browser asks for, and what a visitor chose."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.office import Member, Office
from tracker.tasks.states import TaskState
from tracker.tasks.words import state_word

Enter = Callable[[Member], FlaskClient]
ENGLISH = {"Accept-Language": "en-GB,en;q=0.8"}


def language_of(page: str) -> str:
    found = re.search(r'<html lang="([^"]+)"', page)
    assert found
    return found.group(1)


def other_language(page: str) -> str:
    """Return the address of the link to the other language."""
    found = re.search(r'href="([^"]+)"\s+lang="(?:en|zh-CN)"', page)
    assert found
    return unescape(found.group(1))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", "zh-CN"), ("zh-TW,zh;q=0.9", "zh-CN"), ("en-US,en;q=0.9", "en"), ("fr", "zh-CN"), ("*", "zh-CN")],
)
def test_without_a_choice_the_browser_decides(client: FlaskClient, asked: str, shown: str) -> None:
    assert language_of(client.get("/login", headers={"Accept-Language": asked}).text) == shown


def test_a_choice_goes_before_the_browser_and_lasts(client: FlaskClient) -> None:
    page = client.get("/login", headers=ENGLISH).text
    chosen = client.get(other_language(page))
    cookie = client.get_cookie("lang")
    assert (chosen.status_code, chosen.location) == (302, "/login")
    assert cookie is not None
    assert (cookie.value, cookie.same_site, cookie.http_only) == ("zh", "Lax", True)
    assert language_of(client.get("/login", headers=ENGLISH).text) == "zh-CN"


def test_the_link_leads_back_to_the_same_page(office: Office, signed_in: Enter) -> None:
    visitor = signed_in(office.clerk)
    there = "/tasks?state=overdue&q=%E6%B6%88%E9%98%B2"
    answer = visitor.get(other_language(visitor.get(there).text))
    assert answer.location == there
    assert language_of(visitor.get(there).text) == "en"


@pytest.mark.parametrize("next_", ["//elsewhere.example/", "https://elsewhere.example/", "", "tasks"])
def test_the_link_leads_nowhere_else(client: FlaskClient, next_: str) -> None:
    assert client.get("/language/en", query_string={"next": next_}).location == "/"


@pytest.mark.parametrize("value", ["fr", "en-GB", "'><script>"])
def test_a_cookie_that_names_no_language_counts_for_nothing(client: FlaskClient, value: str) -> None:
    client.set_cookie("lang", value)
    assert language_of(client.get("/login").text) == "zh-CN"
    assert client.get("/language/fr").status_code in (302, 404)


def test_outside_a_request_words_are_chinese(app: Flask) -> None:
    with app.app_context():
        assert state_word(TaskState.ASSIGNED) == "交办"
