"""A report with very many problems: its page stays light, and nothing is lost by what the page leaves out."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.reports.steps import as_they_are, fields_of, proposals, read_in, report, review
from tracker.extensions import db
from tracker.reports.models import Decision
from tracker.reports.pages import MOST_WHOLE
from tracker.reports.portions import MOST_AT_ONCE

COUNT = MOST_WHOLE + 20


def told(count: int) -> str:
    """A report with so many problems."""
    return "青示镇2025年第三季度意识形态工作情况总结\n一、存在的问题\n" + "\n".join(
        f"{number}.第{number}处宣传栏内容陈旧，更换不及时。下一步，由宣传文化办公室于12月底前更换。"
        for number in range(1, count + 1)
    )


@pytest.fixture
def endless_report(at_desk: FlaskClient) -> int:
    """The id of a report under review with more problems than one page shows."""
    return read_in(at_desk, told(MOST_AT_ONCE + 20).encode())


@pytest.fixture
def long_report(at_desk: FlaskClient) -> int:
    """The id of a report under review with more problems than a page shows with all their fields."""
    return read_in(at_desk, told(COUNT).encode())


def test_only_the_one_that_is_worked_on_has_its_fields(at_desk: FlaskClient, long_report: int) -> None:
    rows = proposals(long_report)
    assert len(rows) == COUNT
    page = at_desk.get(f"/reports/{long_report}").text
    assert whole_in(page) == [rows[0].id]
    assert page.count("data-short") == COUNT - 1
    assert f"open-{rows[30].id}" in page
    assert whole_in(at_desk.get(f"/reports/{long_report}?at={rows[30].id}").text) == [rows[30].id]
    assert whole_in(at_desk.get(f"/reports/{long_report}?at=x").text) == [rows[0].id]


def test_what_was_typed_is_kept_when_another_is_opened(at_desk: FlaskClient, long_report: int) -> None:
    before = as_they_are(long_report)[1:]
    first, other = proposals(long_report)[0], proposals(long_report)[30]
    opened = review(at_desk, long_report, f"open-{other.id}", **{f"p{first.id}-standard": "逐处更换"})
    assert opened.location.endswith(f"/reports/{long_report}?at={other.id}#p{other.id}")
    assert proposals(long_report)[0].standard == "逐处更换"
    assert as_they_are(long_report)[1:] == before


def test_deciding_goes_on_with_the_next_that_waits(at_desk: FlaskClient, long_report: int) -> None:
    rows = proposals(long_report)
    page = fields_of(at_desk.get(f"/reports/{long_report}?at={rows[30].id}").text)
    taken = at_desk.post(f"/reports/{long_report}", data={**page, "act": f"take-{rows[30].id}"})
    assert taken.location.endswith(f"?at={rows[31].id}#p{rows[31].id}")
    decided = [row.decision for row in report(long_report).listed]
    assert decided == [Decision.TAKEN if at == 30 else Decision.OPEN for at in range(COUNT)]


def test_what_was_refused_is_open_with_what_was_typed(at_desk: FlaskClient, long_report: int) -> None:
    rows = proposals(long_report)
    page = fields_of(at_desk.get(f"/reports/{long_report}?at={rows[5].id}").text)
    wrong = {**page, f"p{rows[5].id}-deadline": "年底", "act": f"take-{rows[5].id}"}
    refused = at_desk.post(f"/reports/{long_report}", data=wrong)
    assert refused.status_code == 422
    assert whole_in(refused.text) == [rows[5].id]
    assert fields_of(refused.text)[f"p{rows[5].id}-deadline"] == "年底"


def test_a_page_shows_a_portion_and_leads_on(at_desk: FlaskClient, endless_report: int) -> None:
    rows = proposals(endless_report)
    first = at_desk.get(f"/reports/{endless_report}").text
    assert listed_in(first) == [row.id for row in rows[:MOST_AT_ONCE]]
    assert f'value="open-{rows[MOST_AT_ONCE].id}"' in first
    assert f'href="?at={rows[-1].id}#p{rows[-1].id}"' in first  # from its mark in the source
    opened = review(at_desk, endless_report, f"open-{rows[MOST_AT_ONCE].id}")
    following = at_desk.get(opened.location).text
    assert listed_in(following) == [row.id for row in rows[MOST_AT_ONCE:]]
    assert whole_in(following) == [rows[MOST_AT_ONCE].id]
    assert f'value="open-{rows[MOST_AT_ONCE - 1].id}"' in following
    assert f'href="#p{rows[-1].id}"' in following


def test_the_last_of_a_portion_is_followed_by_the_next(at_desk: FlaskClient, endless_report: int) -> None:
    last, following = proposals(endless_report)[MOST_AT_ONCE - 1 : MOST_AT_ONCE + 1]
    page = fields_of(at_desk.get(f"/reports/{endless_report}?at={last.id}").text)
    taken = at_desk.post(f"/reports/{endless_report}", data={**page, "act": f"take-{last.id}"})
    assert taken.location.endswith(f"?at={following.id}#p{following.id}")
    assert following.id in listed_in(at_desk.get(taken.location).text)


def test_a_page_asks_no_more_questions_for_more_proposals(
    at_desk: FlaskClient, long_report: int, endless_report: int
) -> None:
    few, many = (statements_of(at_desk, f"/reports/{one}") for one in (long_report, endless_report))
    assert many <= few


def statements_of(client: FlaskClient, address: str) -> int:
    """How many questions a page asks the database."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def listed_in(page: str) -> list[int]:
    """The ids of the proposals that a page shows."""
    return [int(found) for found in re.findall(r'data-proposal="(\d+)"', page)]


def whole_in(page: str) -> list[int]:
    """The ids of the proposals that a page shows with all their fields."""
    found = [name for name in fields_of(page) if name.startswith("p") and name.endswith("-standard")]
    return [int(name[1:].partition("-")[0]) for name in found]
