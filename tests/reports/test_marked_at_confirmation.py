"""A mark chosen while a report is confirmed: its task is born marked, and nobody else ever read its words."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select, text

from tests.mail import Sink
from tests.office import Member, Office
from tests.reminders.steps import notices, tick_now
from tests.reports.steps import confirm, fields_of, proposals, read_in, report, review
from tests.tasks.steps import member
from tests.tasks.test_secrecy import OUTSIDE
from tests.unit.documents_for_reading import sample_text
from tracker.audit.models import AuditRow
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.problems.models import Problem
from tracker.reports.models import Proposal, ReportState
from tracker.tasks.access import find_task
from tracker.tasks.models import Task
from tracker.tasks.states import Action, TaskState

Enter = Callable[[Member], FlaskClient]
WORDS = "学习浮于表面"  # of the problem
MEASURE = "改进学习方式"  # of what answers it
REASON = "涉及个别干部的考评情况"
DEMANDED = "写明标注或取消标注的依据"


@pytest.fixture(autouse=True)
def in_october(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 14))


@pytest.fixture
def clerk(office: Office, signed_in: Enter) -> FlaskClient:
    return signed_in(office.clerk)


@pytest.fixture
def report_id(clerk: FlaskClient) -> int:
    return read_in(clerk, sample_text().encode())


@pytest.fixture
def open_at_commit(office: Office) -> Iterator[list[int]]:
    """How many unmarked tasks and reports with the words each commit of the test leaves behind."""
    found: list[int] = []
    looked = f"""SELECT (SELECT count(*) FROM tasks WHERE title LIKE '%{WORDS}%' AND secrecy = 'open')
        + (SELECT count(*) FROM reports WHERE state = 'confirmed' AND secrecy = 'open')"""

    def look(connection: Connection) -> None:
        found.append(int(connection.execute(text(looked)).scalar_one()))

    event.listen(db.engine, "commit", look)
    yield found
    event.remove(db.engine, "commit", look)


def chosen(row: Proposal, secrecy: str = "work_secret", reason: str = REASON) -> dict[str, str]:
    """Return the two fields that mark a proposal."""
    return {f"p{row.id}-secrecy": secrecy, f"p{row.id}-mark_reason": reason}


def tasks() -> list[Task]:
    db.session.rollback()
    return list(db.session.scalars(select(Task).order_by(Task.id)))


def tick() -> None:
    db.session.rollback()  # the test's own view of the database is from before
    tick_now()


def to_the_lead(office: Office, row: Proposal) -> dict[str, str]:
    return {f"p{row.id}-post": f"{office.lead.post.id}:{office.lead_duty.id}"}


@pytest.mark.database
def test_the_task_is_marked_before_it_is_registered_and_assigned(
    clerk: FlaskClient, report_id: int, open_at_commit: list[int]
) -> None:
    first = proposals(report_id)[0]
    assert confirm(clerk, report_id, **chosen(first)).status_code == 302
    marked, *others = tasks()
    assert WORDS in marked.title
    assert [one.action for one in marked.events] == [Action.MARK, Action.REGISTER, Action.ASSIGN]
    told = marked.events[0]
    assert (told.text, told.person.name, told.old_state, told.new_state) == (
        REASON,
        "陈演",
        TaskState.DRAFT,
        TaskState.DRAFT,
    )
    assert (told.facts["old"], told.facts["secrecy"]) == ("open", "work_secret")
    assert (marked.secrecy, marked.state) == (Secrecy.WORK_SECRET, TaskState.ASSIGNED)
    assert {one.secrecy for one in others} == {Secrecy.OPEN}
    assert report(report_id).secrecy == Secrecy.WORK_SECRET
    assert len(open_at_commit) >= 1
    assert set(open_at_commit) == {0}
    page = clerk.get(f"/tasks/{marked.id}").text
    assert "标注知悉范围" in page
    assert REASON in page
    db.session.rollback()
    trail = select(AuditRow).where(AuditRow.action == "task.mark", AuditRow.subject == f"task:{marked.id}")
    assert len(db.session.scalars(trail).all()) == 1


@pytest.mark.database
def test_nobody_outside_the_circle_ever_reads_it(
    clerk: FlaskClient, report_id: int, office: Office, signed_in: Enter, smtp_sink: Sink
) -> None:
    visitors = {name: signed_in(member(office, name)) for name in OUTSIDE}
    seen: list[str] = []

    def look_round() -> None:
        ids = [task.id for task in tasks()]
        for name, visitor in visitors.items():
            for address in (
                *(f"/tasks/{task_id}" for task_id in ids),
                f"/reports/{report_id}",
                "/reports",
                "/tasks",
                f"/tasks?q={WORDS[:3]}",
                f"/search?q={WORDS[:3]}",
                f"/search?q={MEASURE[2:]}",
                "/api/v1/tasks",
                "/overview",
                "/mine",
                "/inbox",
                "/summaries",
                "/duties",
            ):
                page = visitor.get(address).text
                seen.extend(
                    f"{name} {address} {words}" for words in (WORDS, MEASURE, REASON) if words in page
                )

    look_round()
    first = proposals(report_id)[0]
    review(clerk, report_id, f"take-{first.id}", **chosen(first))
    look_round()
    confirm(clerk, report_id, **to_the_lead(office, first))
    look_round()
    tick()
    assert smtp_sink.messages
    look_round()
    assert seen == []
    marked = tasks()[0]
    circle = [name for name in ("lead", "deputy", "secretary", "clerk", "keeper") if name not in OUTSIDE]
    assert all(find_task(marked.id, member(office, name).actor) for name in circle)
    assert all(find_task(marked.id, member(office, name).actor) is None for name in OUTSIDE)


@pytest.mark.database
def test_the_mail_of_the_assignment_says_the_number_alone(
    clerk: FlaskClient, report_id: int, office: Office, smtp_sink: Sink
) -> None:
    first = proposals(report_id)[0]
    confirm(clerk, report_id, **chosen(first, "internal"), **to_the_lead(office, first))
    tick()
    marked = tasks()[0]
    (mail,) = [one for one in smtp_sink.messages if one["To"].addresses[0].username == "lead"]
    body = str(mail.get_content())
    assert f"交办：{marked.short_no}\r\n" in body
    assert f"/tasks/{marked.id}" in body
    for one in smtp_sink.messages:
        said = str(one.get_content()) + one["Subject"]
        assert [words for words in (WORDS, MEASURE, REASON) if words in said] == []
    assert [row.text for row in notices() if WORDS in row.text or REASON in row.text] == []


@pytest.mark.database
def test_without_a_reason_nothing_is_made_and_the_page_keeps_what_was_typed(
    clerk: FlaskClient, report_id: int
) -> None:
    second = proposals(report_id)[1]
    refused = confirm(
        clerk, report_id, **chosen(second, reason="  "), **{f"p{second.id}-standard": "公示一次"}
    )
    assert refused.status_code == 422
    assert DEMANDED in refused.text
    assert f'href="#p{second.id}-mark_reason"' in refused.text
    kept = fields_of(refused.text)
    assert (kept[f"p{second.id}-secrecy"], kept[f"p{second.id}-standard"]) == ("work_secret", "公示一次")
    assert tasks() == []
    assert db.session.scalars(select(Problem)).all() == []
    assert report(report_id).state == ReportState.REVIEW


def test_a_reason_without_a_mark_is_refused(clerk: FlaskClient, report_id: int) -> None:
    first = proposals(report_id)[0]
    for sent in (review, confirm):
        refused = sent(clerk, report_id, **chosen(first, "open"))
        assert refused.status_code == 422
        assert "没有选“内部”或“工作秘密”" in refused.text
    assert tasks() == []


def test_what_was_chosen_is_kept_until_the_report_is_confirmed(clerk: FlaskClient, report_id: int) -> None:
    first, second = proposals(report_id)[:2]
    assert review(clerk, report_id, f"take-{first.id}", **chosen(first)).status_code == 302
    page = clerk.get(f"/reports/{report_id}").text
    assert (fields_of(page)[f"p{first.id}-secrecy"], fields_of(page)[f"p{first.id}-mark_reason"]) == (
        "work_secret",
        REASON,
    )
    assert "，工作秘密" in page
    review(clerk, report_id, "save", **chosen(second, "internal"))
    review(clerk, report_id, "save", **chosen(second, "open", ""))
    confirm(clerk, report_id)
    assert [task.secrecy for task in tasks()] == [Secrecy.WORK_SECRET, *[Secrecy.OPEN] * 3]


@pytest.mark.parametrize("how", ["registered", "draft"])
def test_it_is_marked_however_far_it_comes(clerk: FlaskClient, report_id: int, how: str) -> None:
    first = proposals(report_id)[0]
    more: dict[str, Any] = {"assign": "0"} if how == "registered" else {f"p{first.id}-standard": ""}
    confirm(clerk, report_id, **chosen(first), **more)
    marked = tasks()[0]
    assert (marked.state.value, marked.secrecy) == (how, Secrecy.WORK_SECRET)
    assert marked.events[0].action == Action.MARK


@pytest.mark.database
def test_a_measure_takes_its_mark_into_the_task_it_is_merged_with(clerk: FlaskClient, report_id: int) -> None:
    rows = proposals(report_id)
    first, plain = rows[0], rows[-1]
    review(clerk, report_id, "save", **chosen(plain, "internal"))
    review(clerk, report_id, f"match-{plain.id}-{first.id}")
    asked = fields_of(clerk.get(f"/reports/{report_id}").text)
    assert asked[f"p{plain.id}-secrecy"] == "internal"
    assert f"p{rows[3].id}-secrecy" not in asked  # merged and unmarked: nothing to ask
    confirm(clerk, report_id)
    assert plain.text in tasks()[0].measure
    assert [task.secrecy for task in tasks()] == [Secrecy.INTERNAL, Secrecy.OPEN, Secrecy.OPEN]
    assert tasks()[0].events[0].text == REASON


def test_a_measure_alone_is_marked_as_a_problem_is(clerk: FlaskClient, report_id: int) -> None:
    rows = proposals(report_id)
    confirm(clerk, report_id, **chosen(rows[-1], "internal"), **chosen(rows[1]))
    assert [task.secrecy.value for task in tasks()] == ["open", "work_secret", "open", "internal"]
    assert report(report_id).secrecy == Secrecy.WORK_SECRET  # the strictest


def test_a_page_that_does_not_ask_for_a_mark_changes_none(clerk: FlaskClient, report_id: int) -> None:
    first = proposals(report_id)[0]
    review(clerk, report_id, "save", **chosen(first))
    sent = fields_of(clerk.get(f"/reports/{report_id}").text)
    for name in (f"p{first.id}-secrecy", f"p{first.id}-mark_reason"):
        del sent[name]
    assert clerk.post(f"/reports/{report_id}", data={**sent, "act": "save"}).status_code == 302
    kept = proposals(report_id)[0]
    assert (kept.secrecy, kept.mark_reason) == (Secrecy.WORK_SECRET, REASON)
