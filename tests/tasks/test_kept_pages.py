"""A page of the ledger that was put together from what is kept says what one written anew says."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup

from tests import ledger
from tests.kept import nothing_kept
from tests.ledger import TODAY
from tests.office import Member, Office
from tests.tasks.steps import member
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization import renaming, standing_in
from tracker.organization.posts import end_post
from tracker.organization.setup import add_post, divide_work
from tracker.settings.choices import choose
from tracker.settings.keys import LADDER
from tracker.tasks import correcting, ledger_rows, lifecycle, marking
from tracker.tasks.models import Task

SignIn = Callable[[Member], FlaskClient]
READERS = ("clerk", "deputy", "county_keeper")
ADDRESSES = ("/tasks", "/tasks?sort=changed&on=2025-11-05")
SOONER = [{"offset": -40, "level": 2, "to": ["holder"], "paper": "催办提示"}]
SECRETS = re.compile(r'name="(csrf_token|once)" value="[^"]*"|\d\d:\d\d')


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.mark.database
def test_a_kept_page_says_what_a_new_one_says(
    office: Office, signed_in: SignIn, moved_clock: Callable[..., None]
) -> None:
    with writing():
        ledger.a_bit_of_everything(office)
        task = ledger.in_progress(office, "一直在变的", deadline=date(2025, 11, 14))
        draft = ledger.drafted(office, "题目有误的")
        marked = ledger.in_progress(office, "标注过的", deadline=date(2025, 11, 17))
    visitors = {name: signed_in(member(office, name)) for name in READERS}
    english = signed_in(office.clerk)
    english.set_cookie("lang", "en")
    visitors["clerk, in English"] = english
    by = office.clerk.actor

    changes: dict[str, Callable[[], Any]] = {
        "title": lambda: correcting.correct(draft, by=by, title="改过题目的", reason="笔误"),
        "progress": lambda: lifecycle.report_progress(task, by=office.lead.actor, text="过半", percent=60),
        "mark": lambda: marking.mark(marked, by=by, secrecy=Secrecy.INTERNAL, reason="不宜公开"),
        "name of a post": lambda: renaming.rename_post(office.lead.post, "宣传文化办主任"),
        "name of a unit": lambda: renaming.correct_name(office.publicity, "宣传文化办公室"),
        "stand-in": lambda: standing_in.stand_in(
            office.lead.person,
            office.safety_lead.person,
            by=office.lead.actor,
            from_day=TODAY,
            to_day=TODAY + timedelta(days=30),
        ),
        "portfolio": lambda: divide_work(
            office.vice_head.post, unit=office.publicity, domain=office.ideology, from_day=TODAY
        ),
        "ladder": lambda: choose(LADDER, office.town, SOONER, valid_from=TODAY),
        "closure": lambda: lifecycle.request_closure(
            task, by=office.lead.actor, result="都更新了", evidence=[ledger.LETTER]
        ),
    }
    before = compared(visitors)
    for change, act in changes.items():
        with writing():
            act()
        now = compared(visitors)
        assert now != before, change
        before = now
    moved_clock(TODAY + timedelta(days=8))
    assert compared({"clerk": signed_in(office.clerk)}) != {}
    assert "改过题目的" in before["clerk", "/tasks"]
    assert "标注过的" not in before["county_keeper", "/tasks"]
    assert db.session.get_one(Task, task.id).case_no in before["county_keeper", "/tasks"]


def compared(visitors: dict[str, FlaskClient], *addresses: str) -> dict[tuple[str, str], str]:
    """Return the pages of some readers, once each was asked twice and once with nothing kept."""
    found = {}
    for name, visitor in visitors.items():
        for address in addresses or ADDRESSES:
            first, again = page(visitor, address), page(visitor, address)
            with nothing_kept():
                anew = page(visitor, address)
            assert first == again == anew, (name, address)
            found[name, address] = anew
    return found


def page(visitor: FlaskClient, address: str) -> str:
    """Return a page without what is new each time it is asked."""
    answer = visitor.get(address)
    assert answer.status_code == 200
    return SECRETS.sub("", answer.text)


def test_what_is_made_anew_takes_no_row_that_is_kept(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.in_progress(office, "宣传栏更新不及时")
    visitor = signed_in(office.clerk)
    page(visitor, "/tasks")
    kept_rows = ledger_rows.ROWS._kept
    kept_rows |= dict.fromkeys(kept_rows, Markup("别处的一行"))
    assert "别处的一行" in page(visitor, "/tasks")
    with nothing_kept():
        assert "别处的一行" not in page(visitor, "/tasks")
    kept_rows.clear()


def test_a_look_at_an_earlier_day_goes_by_the_day_it_is_taken(
    office: Office, signed_in: SignIn, moved_clock: Callable[..., None]
) -> None:
    """A date says its year in another one; a post is offered as long as it is there."""
    last, earlier = date(2025, 12, 31), "/tasks?on=2025-12-30"
    moved_clock(last - timedelta(days=1))
    with writing():
        ledger.in_progress(office, "跨年的", deadline=date(2026, 1, 20))
        ended = add_post(office.publicity, "年底结束的岗位", superior=office.deputy.post)
        end_post(ended, last_day=last, by=office.keeper.actor)
    moved_clock(last)
    before = compared({"clerk": signed_in(office.clerk)}, earlier)["clerk", earlier]
    moved_clock(last + timedelta(days=1))
    after = compared({"clerk": signed_in(office.clerk)}, earlier)["clerk", earlier]
    shown = [(">1月20日<" in one, "年底结束的岗位" in one) for one in (before, after)]
    assert shown == [(False, True), (True, False)]


def test_a_row_keeps_percent_and_day_apart(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.in_progress(office)
        lifecycle.report_progress(task, by=office.lead.actor, text="过半", percent=60)
    assert ">60% 11月12日办理<" in page(signed_in(office.clerk), "/tasks")
