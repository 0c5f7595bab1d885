"""Figures: each equals the number of rows its address lists; the parts add up; few queries."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import event

from tests import ledger
from tests.kept import nothing_kept
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker import workdays
from tracker.database import writing
from tracker.extensions import db
from tracker.figures import catalogue
from tracker.figures.catalogue import (
    BY_DUTY,
    BY_OFFICE,
    BY_POST,
    BY_UNIT,
    CLOSED,
    IN_TIME,
    LEVEL,
    LONG_TERM,
    OPEN,
    OVERDUE,
    PARTS,
    TOTAL,
    Figure,
    completion_rate,
    count,
    total,
)
from tracker.organization.models import Post, Unit
from tracker.settings import ladder
from tracker.settings.choices import choose
from tracker.settings.keys import LADDER
from tracker.settings.ladder import DEFAULT_LADDER, Rung, write_ladder
from tracker.tasks import lifecycle
from tracker.tasks.access import visible_to
from tracker.tasks.lights import LEVELS, OVERDUE_LEVELS, Lights, bounds, deadline_words
from tracker.tasks.queries import Conditions, counting, counts_and_periods
from tracker.tasks.states import Verdict

FIGURES = (TOTAL, OPEN, IN_TIME, *PARTS, *LEVEL.values())
SignIn = Callable[[Member], FlaskClient]
MOST_QUERIES = {  # decisions wait for the deputy: every page loads their tasks, events and offices
    "deputy": {"/overview": 21, "/tasks": 13, "/mine": 14, "/search?q=第": 14, "/api/v1/tasks": 5},
    "lead": {"/tasks": 7, "/mine": 11, "/search?q=第": 8, "/api/v1/tasks": 4},
}
MOST_FOR_WHAT_IS_KEPT = 11  # more of the first ledger after a change of the organization


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.fixture
def busy(office: Office) -> Office:
    """The office with a task of every state and level."""
    with writing():
        ledger.a_bit_of_everything(office)
        for title, deadline in (("刚逾期", date(2025, 11, 11)), ("逾期较久", date(2025, 10, 20))):
            ledger.make_overdue(ledger.in_progress(office, title), deadline)
    return office


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Collect the statements sent to the database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def ledger_url(figure: Figure, conditions: Conditions, **narrowed: Any) -> str:
    """Return the address of a figure, as a page would."""
    with current_app.test_request_context():
        return catalogue.ledger_url(figure, conditions, **narrowed)


def rows_at(visitor: FlaskClient, address: str) -> int:
    """Return how many rows the ledger shows at an address."""
    page = visitor.get(address)
    assert page.status_code == 200
    return len(re.findall(r'href="/tasks/\d+"', page.text))


@pytest.mark.database
def test_every_figure_is_the_number_of_rows_behind_it(busy: Office, signed_in: SignIn) -> None:
    for member in (busy.secretary, busy.lead, busy.county_keeper):
        visitor, seen = signed_in(member), visible_to(member.actor)
        conditions, lights = Conditions(on=TODAY), Lights.on(TODAY)
        everything = count(FIGURES, conditions, seen, lights)[()]
        for figure in FIGURES:
            address = ledger_url(figure, conditions)
            assert rows_at(visitor, address) == everything[figure.key], (member.post.title, figure.key)
            shown = Conditions(on=TODAY, state=figure.key)
            assert counts_and_periods(counting(shown, [seen], lights, seen))[0] == [everything[figure.key]]


@pytest.mark.database
def test_a_split_adds_up_and_opens_its_rows(busy: Office, signed_in: SignIn) -> None:
    visitor, seen = signed_in(busy.secretary), visible_to(busy.secretary.actor)
    conditions, lights = Conditions(on=TODAY), Lights.on(TODAY)
    whole = count(FIGURES, conditions, seen, lights)[()]
    for split in ([BY_UNIT], [BY_OFFICE], [BY_POST], [BY_POST, BY_DUTY]):
        assert total(count(FIGURES, conditions, seen, lights, split)) == whole
    assert sum(whole[figure.key] for figure in PARTS) == whole[TOTAL.key]
    assert whole[CLOSED.key] + whole[IN_TIME.key] + whole[OVERDUE.key] == whole[TOTAL.key]
    for (unit_id,), counts in count([TOTAL, OVERDUE], conditions, seen, lights, [BY_UNIT]).items():
        unit = db.session.get(Unit, unit_id)
        for figure in (TOTAL, OVERDUE):
            address = ledger_url(figure, conditions, unit=unit, only=True)
            assert rows_at(visitor, address) == counts[figure.key]
    for (post_id, kind), counts in count([TOTAL], conditions, seen, lights, [BY_POST, BY_DUTY]).items():
        post = None if post_id is None else db.session.get(Post, post_id)
        if post is not None:
            address = ledger_url(TOTAL, conditions, post=post, duty=kind)
            assert rows_at(visitor, address) == counts[TOTAL.key]


@pytest.mark.database
def test_the_past_is_counted_from_the_events(
    office: Office, moved_clock: Callable[..., None], signed_in: SignIn
) -> None:
    with writing():
        task = ledger.requested(office)
    moved_clock(TODAY + timedelta(days=1))
    with writing():
        lifecycle.endorse(task, by=office.deputy.actor)
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    seen = visible_to(office.secretary.actor)
    for day, closed in ((TODAY - timedelta(days=1), None), (TODAY, 0), (TODAY + timedelta(days=1), 1)):
        counts = count([TOTAL, CLOSED], Conditions(on=day), seen, Lights.on(day))[()]
        assert counts[TOTAL.key] == (0 if closed is None else 1)
        assert counts[CLOSED.key] == (closed or 0)
        shown = rows_at(signed_in(office.secretary), ledger_url(CLOSED, Conditions(on=day)))
        assert shown == (closed or 0)


def test_the_completion_rate_has_its_base_and_none_without_one() -> None:
    counts = {TOTAL.key: 10, CLOSED.key: 4, LONG_TERM.key: 2}
    assert completion_rate(counts).base == 8
    assert completion_rate(counts, long_term_in_base=True).base == 10
    assert completion_rate({}).base == 0


@pytest.mark.parametrize("day", [TODAY, date(2025, 10, 4), date(2025, 9, 28), date(2026, 2, 17)])
def test_the_bounds_are_the_levels_of_every_deadline(day: date) -> None:
    latest = bounds(DEFAULT_LADDER, day)
    for distance in range(-60, 60):
        deadline = day + timedelta(days=distance)
        level = ladder.level(deadline, day, DEFAULT_LADDER, workdays.shipped())
        by_bounds = sum(1 for n in LEVELS if (last := latest[n - 1]) is not None and deadline <= last)
        assert by_bounds == level, deadline


@pytest.mark.database
def test_an_office_counts_by_its_own_ladder(office: Office) -> None:
    with writing():
        ledger.in_progress(office, deadline=date(2025, 11, 28))
        rungs = (Rung(-20, 1, DEFAULT_LADDER[0].to, "提示"), *DEFAULT_LADDER)
        choose(LADDER, office.county, write_ladder(rungs), valid_from=TODAY)
    seen, lights = visible_to(office.secretary.actor), Lights.on(TODAY)
    assert count(PARTS, Conditions(on=TODAY), seen, lights)[()]["due_soon"] == 1
    before = TODAY - timedelta(days=1)
    assert Lights.on(before).chosen == {}


def test_words_of_a_deadline_count_working_days() -> None:
    assert deadline_words(date(2025, 11, 12), TODAY) == "今天到期"
    assert deadline_words(date(2025, 11, 17), TODAY) == "还有 3 个工作日"
    assert deadline_words(date(2025, 11, 8), date(2025, 11, 9)) == "逾期 1 个工作日"
    assert deadline_words(date(2025, 11, 5), TODAY) == "逾期 5 个工作日"
    assert deadline_words(date(2025, 11, 22), date(2025, 11, 21)) == "今天是期限前最后一个工作日"
    assert deadline_words(date(2025, 11, 23), date(2025, 11, 22)) == "到期前已无工作日"


def test_the_words_of_a_deadline_agree_with_its_level() -> None:
    for distance in range(-40, 40):
        deadline = TODAY + timedelta(days=distance)
        level = ladder.level(deadline, TODAY, DEFAULT_LADDER, workdays.shipped())
        said = deadline_words(deadline, TODAY)
        assert said.startswith("逾期") == (level >= OVERDUE_LEVELS[0]) == (deadline < TODAY), deadline
        assert " 0 " not in said, deadline


@pytest.mark.parametrize("who", MOST_QUERIES)
def test_the_number_of_queries_does_not_grow_with_the_tasks(
    who: str, office: Office, signed_in: SignIn
) -> None:
    visitor = signed_in(getattr(office, who))
    visitor.get("/mine")  # what is asked once a process has been asked

    def queries(more: int) -> dict[str, int]:
        with writing():
            for number in range(more):
                make = (ledger.assigned, ledger.in_progress, ledger.requested)[number % 3]
                make(office, f"第{number}件")
        with nothing_kept():
            anew = _queries_of(visitor, "/tasks")
        visitor.get("/tasks")
        return {"anew": anew} | {address: _queries_of(visitor, address) for address in MOST_QUERIES[who]}

    few = queries(10)
    many = queries(50)
    assert all(many[address] <= asked for address, asked in few.items()), (few, many)  # a full page asks less
    assert all(few[address] <= most for address, most in MOST_QUERIES[who].items()), few
    assert few["anew"] <= few["/tasks"] + MOST_FOR_WHAT_IS_KEPT


def _queries_of(visitor: FlaskClient, address: str) -> int:
    with counted_queries() as sent:
        assert visitor.get(address).status_code == 200
    return len([statement for statement in sent if statement.startswith(("SELECT", "WITH"))])
