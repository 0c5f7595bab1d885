"""Several people at one summary at the same moment: nobody's words are lost, nothing is done twice."""

import threading
import time
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.office import Office
from tests.summaries.quarter import Q4, add_task, build_quarter
from tests.summaries.test_summary_pages import field, fields_of
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.periods import Period
from tracker.problems import lineage
from tracker.problems.lineage import problems_of
from tracker.problems.models import Problem
from tracker.summaries import editing, rollup
from tracker.summaries.models import Summary
from tracker.summaries.rollup import roll_up

pytestmark = pytest.mark.database

TODAY = date(2025, 12, 20)
PATIENCE = 10.0  # seconds a thread waits for another before the test fails
HEAD_START = 0.4  # seconds the first is kept inside its transaction, time for the second to run into it


@pytest.fixture(autouse=True)
def in_december(moved_clock):
    moved_clock(TODAY)


@pytest.fixture
def drafted(office: Office) -> Summary:
    build_quarter(office)
    with clock.moved_to(date(2025, 10, 9)), writing():
        add_task(office, "一季度漏报的问题", period=Period.parse("2025Q1"))
    with writing():
        return roll_up(office.town, Q4, by=office.clerk.actor)


class Meeting:
    """Keeps the first who comes to a place inside it until another had time to run into the transaction."""

    def __init__(self) -> None:
        self.inside = threading.Event()
        self.first = threading.Lock()

    def at(self, place: Callable) -> Callable:
        def slowly(*given, **named):
            answer = place(*given, **named)
            if self.first.acquire(blocking=False):
                self.inside.set()
                time.sleep(HEAD_START)
            return answer

        return slowly


def one_inside_the_other(meeting: Meeting, sends: list[Callable[[], int]]) -> list[int]:
    """Send the second while the first stands inside its transaction; return both answers in order."""
    db.session.rollback()
    answers: dict[int, int] = {}

    def send(number: int) -> None:
        answers[number] = sends[number]()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(2)]
    threads[0].start()
    assert meeting.inside.wait(PATIENCE)
    threads[1].start()
    for thread in threads:
        thread.join(PATIENCE)
    return [answers[number] for number in range(2)]


def posting(visitor: FlaskClient, address: str, data: dict[str, str]) -> Callable[[], int]:
    return lambda: visitor.post(address, data=data).status_code


def test_of_two_who_save_the_same_version_the_second_is_told(office, drafted, signed_in, monkeypatch):
    meeting, address = Meeting(), f"/summaries/{drafted.id}"
    rate, lead = field(drafted, "carry-over/rate"), field(drafted, "next/lead")
    visitors = [signed_in(office.clerk), signed_in(office.clerk)]
    opened = [fields_of(visitor.get(address).text) for visitor in visitors]
    monkeypatch.setattr(editing, "_check", meeting.at(editing._check))
    pages: list[str] = []

    def second() -> int:
        answer = visitors[1].post(address, data=opened[1] | {lead: "后写的话。", rate: "后写的数。"})
        pages.append(answer.text)
        return int(answer.status_code)

    first = posting(visitors[0], address, opened[0] | {rate: "先写的数。"})
    assert one_inside_the_other(meeting, [first, second]) == [302, 409]
    kept = {f"p-{row.id}": row.text for row in drafted.paragraphs}
    assert (kept[rate], drafted.version) == ("先写的数。", 2)
    again = fields_of(pages[0])
    assert (again[lead], again[rate]) == ("后写的话。", "后写的数。")
    assert "先写的数。" in pages[0]


def test_a_roll_up_waits_for_who_saves_and_keeps_the_words(office, drafted, signed_in, monkeypatch):
    meeting, address = Meeting(), f"/summaries/{drafted.id}"
    lead = field(drafted, "next/lead")
    visitors = [signed_in(office.clerk), signed_in(office.clerk)]
    opened = fields_of(visitors[0].get(address).text)
    also = fields_of(visitors[1].get(address).text)
    monkeypatch.setattr(editing, "_check", meeting.at(editing._check))
    save = posting(visitors[0], address, opened | {lead: "着力做好："})
    refresh = posting(visitors[1], f"{address}/roll-up", also)
    assert one_inside_the_other(meeting, [save, refresh]) == [302, 302]
    row = next(row for row in drafted.paragraphs if f"p-{row.id}" == lead)
    assert (row.text, drafted.version) == ("着力做好：", 3)


def test_two_who_carry_over_at_once_carry_each_problem_once(office, drafted, signed_in, monkeypatch):
    meeting, address = Meeting(), f"/summaries/{drafted.id}"
    visitors = [signed_in(office.clerk), signed_in(office.clerk)]
    sent = [fields_of(visitor.get(address).text) for visitor in visitors]
    monkeypatch.setattr(lineage, "to_carry_over", meeting.at(lineage.to_carry_over))
    sends = [
        posting(visitor, f"{address}/carry-over", data) for visitor, data in zip(visitors, sent, strict=True)
    ]
    assert one_inside_the_other(meeting, sends) == [302, 302]
    assert "已转入 3 个问题" in visitors[0].get(address).text
    assert "没有需要转入的问题" in visitors[1].get(address).text
    assert len(problems_of(office.town, Q4)) == 3
    assert len(db.session.scalars(select(Problem)).all()) == 7


def test_two_who_draft_the_same_period_at_once_make_one_draft(office, signed_in, monkeypatch):
    build_quarter(office)
    meeting = Meeting()
    visitors = [signed_in(office.clerk), signed_in(office.clerk)]
    form = {"unit": str(office.town.id), "period": "2025Q4"}
    sent = [fields_of(visitor.get("/summaries").text) | form for visitor in visitors]
    monkeypatch.setattr(rollup, "find", meeting.at(rollup.find))
    sends = [posting(visitor, "/summaries", data) for visitor, data in zip(visitors, sent, strict=True)]
    assert one_inside_the_other(meeting, sends) == [302, 302]
    assert [row.version for row in db.session.scalars(select(Summary))] == [2]
