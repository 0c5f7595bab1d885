"""The ledger, the page of a task, its actions and its evidence, through the web."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests import ledger
from tests.forms import post, token
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db
from tracker.problems.words import LATER_STANDARD
from tracker.tasks import correcting, lifecycle
from tracker.tasks.models import Evidence, Task
from tracker.tasks.states import TaskState

SignIn = Callable[[Member], FlaskClient]
MOST_QUERIES = 17  # of the page of one task
HOSTILE = "<script>alert(1)</script>'\"&{{7*7}}"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 16


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def made(make: Callable[..., Task], office: Office, **more: object) -> Task:
    """Make a task in a transaction of its own."""
    with writing():
        return make(office, **more)


def send(visitor: FlaskClient, task: Task, action: str, fields: Mapping[str, object]) -> TestResponse:
    """Open the form of an action and send it with what the form itself holds."""
    address = f"/tasks/{task.id}/{action}"
    page = visitor.get(address)
    assert page.status_code == 200, page.text
    sent = {"csrf_token": token(page.text), "version": str(task.version)} | dict(fields)
    return visitor.post(address, data=sent, content_type="multipart/form-data")


def fresh(task: Task) -> Task:
    """Read a task again as it stands in the database."""
    db.session.rollback()
    db.session.refresh(task)
    return task


WHO = ("lead", "deputy", "clerk", "keeper", "secretary", "village_lead", "other_clerk", "county_keeper")
SEES_A_GIVEN_TASK = {"lead", "deputy", "clerk", "keeper", "secretary", "county_keeper"}


@pytest.mark.parametrize("who", WHO)
def test_a_task_is_seen_by_its_own_people_and_by_nobody_else(
    who: str, office: Office, signed_in: SignIn
) -> None:
    task = made(ledger.assigned, office)
    visitor = signed_in(getattr(office, who))
    expected = 200 if who in SEES_A_GIVEN_TASK else 404
    assert visitor.get(f"/tasks/{task.id}").status_code == expected
    listed = task.title in visitor.get("/tasks").text
    assert listed == (expected == 200)


def test_the_county_does_not_see_a_draft(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.drafted, office)
    assert signed_in(office.clerk).get(f"/tasks/{task.id}").status_code == 200
    assert signed_in(office.county_keeper).get(f"/tasks/{task.id}").status_code == 404


def test_an_action_of_another_post_is_refused(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.assigned, office)
    visitor = signed_in(office.keeper)
    assert visitor.get(f"/tasks/{task.id}/acknowledge").status_code == 403
    sent = post(visitor, f"/tasks/{task.id}/acknowledge", {"version": task.version}, page="/mine")
    assert sent.status_code == 403
    assert fresh(task).state == TaskState.ASSIGNED
    assert visitor.get(f"/tasks/{task.id}/no_such_action").status_code == 404


@pytest.mark.database
def test_the_way_of_a_task_through_its_pages(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.drafted, office, standard="")
    clerk, lead, deputy, keeper = map(signed_in, (office.clerk, office.lead, office.deputy, office.keeper))

    assert send(clerk, task, "register", {"later": "1"}).status_code == 302
    assert fresh(task).standard == LATER_STANDARD
    sent = send(clerk, task, "assign", {"duty": str(office.lead_duty.id), "deadline": "2025-12-31"})
    assert sent.status_code == 302
    assert fresh(task).lead_post_id == office.lead.post.id
    assert task.deadline == date(2025, 12, 31)
    assert task.verifier_post_id == office.keeper.post.id

    assert "请签收" in lead.get("/mine").text
    assert send(lead, task, "decline", {"reason": "不属于本办职责"}).status_code == 302
    assert fresh(task).state == TaskState.REGISTERED
    again = {"duty": str(office.lead_duty.id), "deadline": "2025-12-31"}
    assert send(clerk, task, "assign", again).status_code == 302
    fresh(task)
    assert send(lead, task, "acknowledge", {"standard": "三处宣传栏每月更新"}).status_code == 302

    picture = (BytesIO(PNG), "宣传栏 1.png")
    fresh(task)
    told = {"text": "已更新两处", "percent": "60", "evidence": picture}
    assert send(lead, task, "report_progress", told).status_code == 302
    assert fresh(task).percent == 60
    assert send(lead, task, "request_closure", {"result": "三处均已更新"}).status_code == 302
    fresh(task)
    assert task.title in deputy.get("/mine").text
    assert send(deputy, task, "endorse", {"opinion": "同意"}).status_code == 302
    fresh(task)
    assert task.title in keeper.get("/mine").text
    assert send(keeper, task, "return_for_rework", {"reason": "补第三处照片"}).status_code == 302
    fresh(task)
    assert send(lead, task, "request_closure", {"result": "第三处已补"}).status_code == 302
    fresh(task)
    assert send(deputy, task, "endorse", {}).status_code == 302
    fresh(task)
    assert send(keeper, task, "accept", {"verdict": "good"}).status_code == 302
    assert fresh(task).state == TaskState.CLOSED
    story = keeper.get(f"/tasks/{task.id}").text
    for word in ("立项", "不予接收", "已更新两处", "宣传栏 1.png", "补第三处照片", "良好"):
        assert word in story


def test_what_was_typed_stays_after_an_error(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.drafted, office)
    clerk = signed_in(office.clerk)
    send(clerk, task, "register", {"standard": "每月更新"})
    fresh(task)
    sent = send(clerk, task, "assign", {"duty": str(office.lead_duty.id), "deadline": "2025-11-1x"})
    assert sent.status_code == 422
    assert "2025-11-1x" in sent.text
    assert f'value="{office.lead_duty.id}" selected' in sent.text
    assert "有误：" in sent.text
    assert fresh(task).state == TaskState.REGISTERED


def test_a_stale_page_says_so_and_keeps_what_was_typed(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    lead = signed_in(office.lead)
    opened = task.version
    send(lead, task, "report_progress", {"text": "第一次"})
    sent = send(lead, task, "report_progress", {"text": "第二次，旧页面", "version": str(opened)})
    assert sent.status_code == 409
    assert "第二次，旧页面" in sent.text
    assert "没有保存" in sent.text
    assert office.lead.person.name in sent.text
    assert [event.text for event in fresh(task).events][-1] == "第一次"


def test_a_form_sent_twice_acts_once(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.assigned, office)
    lead = signed_in(office.lead)
    fields = {"csrf_token": token(lead.get("/mine").text), "version": str(task.version)}
    assert lead.post(f"/tasks/{task.id}/acknowledge", data=fields).status_code == 302
    again = lead.post(f"/tasks/{task.id}/acknowledge", data=fields)
    assert again.status_code == 409
    assert len(fresh(task).events) == 3


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("页面.html", b"<script>", "不能接收"),
        ("图.png", b"GIF89a", "不符"),
        ("空.txt", b"", "是空的"),
        ("旧.doc", b"\xd0\xcf\x11\xe0", "另存为"),
    ],
)
def test_a_refused_file_leaves_nothing(
    name: str, content: bytes, said: str, office: Office, signed_in: SignIn
) -> None:
    task = made(ledger.in_progress, office)
    before = task.version
    sent = send(
        signed_in(office.lead),
        task,
        "report_progress",
        {"text": "有附件", "evidence": (BytesIO(content), name)},
    )
    assert sent.status_code == 422
    assert said in sent.text
    assert "有附件" in sent.text
    assert fresh(task).version == before


def test_evidence_is_handed_out_as_a_file_to_those_who_see_the_task(
    office: Office, signed_in: SignIn
) -> None:
    task = made(ledger.requested, office)
    found = db.session.query(Evidence).one()
    answer = signed_in(office.secretary).get(f"/evidence/{found.id}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E8%AF%B4%E6%98%8E.txt" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    subject = f"evidence:{found.id}"
    fresh(task)
    assert db.session.query(AuditRow).filter_by(action="evidence.download", subject=subject).count() == 1
    for stranger in (office.other_clerk, office.village_lead):
        assert signed_in(stranger).get(f"/evidence/{found.id}").status_code == 404


def test_hostile_text_is_shown_as_text(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office, title=HOSTILE, measure=HOSTILE)
    lead, secretary = signed_in(office.lead), signed_in(office.secretary)
    send(lead, task, "report_progress", {"text": HOSTILE})
    for visitor, address in (
        (secretary, "/tasks"),
        (secretary, f"/tasks/{task.id}"),
        (secretary, "/overview"),
        (secretary, "/search?q=%3Cscript"),
        (secretary, "/tasks?q=%3Cscript%3Ealert(1)"),
        (lead, "/mine"),
        (lead, f"/tasks/{task.id}/report_progress"),
    ):
        page = visitor.get(address)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script" in page.text or address == "/overview"
        assert "49" not in page.text.split("<main", 1)[1].split("alert(1)", 1)[-1][:60]


@pytest.mark.database
def test_the_ledger_filters_by_every_condition(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.a_bit_of_everything(office)
        late = ledger.in_progress(office, "逾期的")
        ledger.make_overdue(late, date(2025, 11, 3))
    clerk = signed_in(office.clerk)

    def titles(address: str) -> set[str]:
        text = clerk.get(f"/tasks?{address}").text
        return set(re.findall(r'class="two">([^<]*)</a>', text))

    assert titles("state=overdue") == {"逾期的"}
    assert titles("state=due_soon") == {"临期", "很快到期"}
    assert titles("state=long_term") == {"长期坚持"}
    assert titles("state=closed") == {"已经销号"}
    assert titles("state=waiting") == {"拟办的"}
    assert titles("state=closure_requested") == {"等初审"}
    assert titles("unit=QS-YJ") == {"很快到期"}
    assert titles(f"post={office.safety_lead.post.id}") == {"很快到期"}
    assert titles("domain=business") == {"很快到期"}
    assert titles("duty=second&state=open") == {"按计划", "临期", "长期坚持", "等初审", "逾期的"}
    assert titles("q=销号") == {"已经销号"}
    assert titles("q=%25") == set()
    assert titles("q=ZG-2025Q3-002") == {"按计划"}
    assert titles("period=2025Q2") == set()
    assert len(titles("unit=BL")) == 8, "a foreign unit is left out like one that does not exist"
    assert len(titles("state=nonsense&period=nonsense&unit=nonsense&post=9x&on=nonsense")) == 8


@pytest.mark.database
@pytest.mark.parametrize("order", ["deadline", "number", "changed"])
def test_pages_of_the_ledger_follow_one_another(order: str, office: Office) -> None:
    from sqlalchemy import true

    from tracker.tasks.lights import Lights
    from tracker.tasks.queries import Conditions
    from tracker.tasks.queries import ledger as pages

    with writing():
        for number in range(7):
            ledger.assigned(office, f"第{number}件", deadline=date(2025, 12, 1 + number % 3))
        ledger.drafted(office, "没有时限的")
    found: list[int] = []
    after = None
    for _ in range(4):
        page = pages(Conditions(on=TODAY), true(), Lights.on(TODAY), order=order, size=3).page(after)
        found += [task.id for task in page.rows]
        after = page.after
        if after is None:
            break
    assert len(found) == len(set(found)) == 8


def test_mine_is_empty_without_tasks_and_says_so(office: Office, signed_in: SignIn) -> None:
    assert "没有待办" in signed_in(office.lead).get("/mine").text


def test_the_frame_counts_what_waits(office: Office, signed_in: SignIn) -> None:
    made(ledger.assigned, office)
    assert "待办 1" in signed_in(office.lead).get("/tasks").text
    assert "待办 0" in signed_in(office.deputy).get("/tasks").text


def test_a_form_without_a_version_is_refused_and_not_an_error(office: Office, signed_in: SignIn) -> None:
    """A draft has no event that could be named as the change in between."""
    task = made(ledger.drafted, office, standard="")
    sent = post(signed_in(office.clerk), f"/tasks/{task.id}/register", {"standard": "每月更新"})
    assert sent.status_code == 409
    assert "没有保存" in sent.text
    assert "每月更新" in sent.text


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "²"])
def test_a_number_beyond_every_column_is_refused(number: str, office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    sent = send(signed_in(office.lead), task, "report_progress", {"text": "做了", "percent": number})
    assert sent.status_code == 422
    assert fresh(task).percent is None


def test_the_form_of_an_act_that_is_past_leads_back_to_the_task(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    clerk = signed_in(office.clerk)
    sent = clerk.get(f"/tasks/{task.id}/register", follow_redirects=True)
    assert sent.request.path == f"/tasks/{task.id}"
    assert "不能立项" in sent.text


@contextmanager
def asked() -> Iterator[list[str]]:
    """Collect what the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_the_page_of_a_task_asks_as_often_for_a_long_history(office: Office, signed_in: SignIn) -> None:
    task = made(ledger.in_progress, office)
    lead = signed_in(office.lead)
    page = f"/tasks/{task.id}"
    lead.get(page)  # what is asked once a process
    counted = []
    for _ in range(2):
        for _progress in range(8):
            with writing():
                lifecycle.report_progress(task, by=office.lead.actor, text="有进展", evidence=[ledger.LETTER])
        db.session.rollback()
        with asked() as statements:
            assert lead.get(page).status_code == 200
        counted.append(len(statements))
    assert counted[0] == counted[1]
    assert counted[0] <= MOST_QUERIES


def test_the_frame_counts_without_loading_histories(office: Office, signed_in: SignIn) -> None:
    """The number beside the name is counted in the database; no event of a running task is read for it."""
    with writing():
        for number in range(3):
            ledger.in_progress(office, f"第{number}件")
        ledger.assigned(office)
    lead = signed_in(office.lead)
    with asked() as statements:
        assert "待办 4" in lead.get("/tasks").text
    assert not any(
        "FROM task_events" in statement and "task_events.text" in statement for statement in statements
    )
    assert sum("count(notices.id)" in statement for statement in statements) <= 1


def test_a_task_tells_what_was_merged_into_it(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    with writing():
        kept, other = ledger.assigned(office, "甲事"), ledger.drafted(office, "乙事")
        lifecycle.register(other, by=office.clerk.actor, standard=other.standard)
        correcting.cancel(other, by=office.clerk.actor, merged_into=kept)
        number, ids = other.short_no, (kept.id, other.id)
    clerk = signed_in(office.clerk)
    assert "并入本件的</dt>" in clerk.get(f"/tasks/{ids[0]}").text
    assert f"{number} 乙事" in clerk.get(f"/tasks/{ids[0]}").text
    assert "并入本件的" not in clerk.get(f"/tasks/{ids[1]}").text


@pytest.mark.database
@pytest.mark.parametrize("few", [500, 1])  # candidates that are named; with more of them they are joined
def test_the_search_shows_tasks_and_problems_and_leads_to_them(
    few: int, office: Office, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.tasks.finding.FEW", few)
    with writing():
        behind = ledger.problem(office, "三处宣传栏破损")
        alone = ledger.problem(office, "宣传栏缺少灯光")
        db.session.add_all([behind, alone])
        db.session.flush()
        behind.origin_id, alone.origin_id = behind.id, alone.id
        first = ledger.in_progress(office, "修好三处宣传栏", problem=behind)
        second = ledger.in_progress(office, "宣传栏更新不及时")
        ledger.in_progress(office, "消防通道被占用")
    visitor = signed_in(office.clerk)
    page = visitor.get("/search?q=宣传栏").text
    found = re.findall(r'href="/tasks/(\d+)"(?: class="two")?>([^<]*)</a>', page)
    assert set(found) == {
        (str(first.id), "修好三处宣传栏"),
        (str(second.id), "宣传栏更新不及时"),
        (str(first.id), "三处宣传栏破损"),
    }
    assert "宣传栏缺少灯光" in page
    assert f'<span class="sm soft n">{first.short_no}</span>' in page
    assert office.lead.post.title in page
    assert f'href="/tasks?{urlencode({"q": "宣传栏"})}"' in page
    ledger_of_the_word = visitor.get("/tasks?q=宣传栏").text
    assert "共 2 条" in ledger_of_the_word
    assert re.findall(r'class="two">([^<]*)</a>', ledger_of_the_word) == [
        "修好三处宣传栏",
        "宣传栏更新不及时",
    ]
    assert "没有找到" in visitor.get("/search?q=宣传栏井盖").text
