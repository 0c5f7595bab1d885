"""Two clerks in one review: they see each other's decisions, and neither overwrites the other."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from werkzeug.test import TestResponse

from tests.reports.steps import confirm, fields_of, proposals, report, review, steps_of
from tracker import clock
from tracker.accounts.models import SignIn
from tracker.database import writing
from tracker.extensions import db
from tracker.reports.models import Decision, ReportState


def send(visitor: FlaskClient, report_id: int, page: str, act: str, **changes: str) -> TestResponse:
    """Send the form of a page that was opened before, with one button pressed."""
    return visitor.post(f"/reports/{report_id}", data={**fields_of(page), **changes, "act": act})


@pytest.mark.database
def test_two_clerks_work_on_different_proposals_at_once_and_both_are_kept(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    first, second = proposals(under_review)[:2]
    pages = [visitor.get(f"/reports/{under_review}").text for visitor in (at_desk, beside)]
    one = send(at_desk, under_review, pages[0], f"take-{first.id}", **{f"p{first.id}-standard": "每月一次"})
    other = send(beside, under_review, pages[1], f"drop-{second.id}", **{f"p{second.id}-text": "队伍弱。"})
    assert (one.status_code, other.status_code) == (302, 302)
    rows = proposals(under_review)
    assert [(row.decision, row.standard) for row in rows[:1]] == [(Decision.TAKEN, "每月一次")]
    assert (rows[1].decision, rows[1].text) == (Decision.DROPPED, "队伍弱。")
    assert [row.changed_by.name for row in rows[:2] if row.changed_by] == ["陈演", "吴例"]


@pytest.mark.database
def test_a_conflict_on_the_same_one_keeps_what_was_typed_beside_the_others_change(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    first, second = proposals(under_review)[:2]
    page = at_desk.get(f"/reports/{under_review}").text
    review(
        beside,
        under_review,
        "save",
        **{f"p{first.id}-standard": "每月一次", f"p{first.id}-clock": "immediate"},
    )
    typed = {f"p{first.id}-standard": "每季一次", f"p{second.id}-deadline": "2025-11-20"}
    refused = send(at_desk, under_review, page, "save", **typed)
    assert refused.status_code == 409
    assert "吴例 在 09:00 改过“部分村干部学习浮于表面" in refused.text
    kept = fields_of(refused.text)
    assert kept[f"p{first.id}-standard"] == "每季一次"
    assert kept[f"p{second.id}-deadline"] == "2025-11-20"
    assert "吴例 改为：每月一次" in refused.text
    assert "吴例 改为：立行立改" in refused.text
    assert proposals(under_review)[0].standard == "每月一次"
    again = at_desk.post(f"/reports/{under_review}", data={**kept, "act": "save"})
    assert again.status_code == 302
    rows = proposals(under_review)
    assert (rows[0].standard, str(rows[1].deadline)) == ("每季一次", "2025-11-20")


def test_after_a_refusal_what_the_other_changed_elsewhere_is_shown_and_not_overwritten(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    first, second = proposals(under_review)[:2]
    page = at_desk.get(f"/reports/{under_review}").text
    review(beside, under_review, "save", **{f"p{second.id}-standard": "每月一次"})
    refused = send(at_desk, under_review, page, "save", **{f"p{first.id}-deadline": "31.12.2025"})
    assert refused.status_code == 422
    kept = fields_of(refused.text)
    assert (kept[f"p{first.id}-deadline"], kept[f"p{second.id}-standard"]) == ("31.12.2025", "每月一次")
    mended = {**kept, f"p{first.id}-deadline": "2025-12-31", "act": "save"}
    assert at_desk.post(f"/reports/{under_review}", data=mended).status_code == 302
    assert proposals(under_review)[1].standard == "每月一次"


@pytest.mark.parametrize("act", ["take", "drop", "split", "merge"])
def test_nobody_decides_on_what_the_other_has_changed_unseen(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int, act: str
) -> None:
    second = proposals(under_review)[1]
    page = at_desk.get(f"/reports/{under_review}").text
    review(beside, under_review, f"drop-{second.id}")
    refused = send(at_desk, under_review, page, f"{act}-{second.id}")
    assert refused.status_code == 409
    assert "吴例 在 09:00" in refused.text
    assert proposals(under_review)[1].decision == Decision.DROPPED
    assert len(steps_of(under_review)) == 1


@pytest.mark.database
def test_confirming_all_waits_until_the_others_steps_were_seen(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    page = fields_of(at_desk.get(f"/reports/{under_review}").text)
    review(beside, under_review, f"drop-{proposals(under_review)[0].id}")
    refused = at_desk.post(f"/tasks/from-report/{under_review}", data={**page, "assign": "1"})
    assert refused.status_code == 409
    assert "吴例 在 09:00 又有改动" in refused.text
    assert report(under_review).state == ReportState.REVIEW
    assert confirm(at_desk, under_review).status_code == 302


def test_period_and_domain_chosen_by_both_are_a_conflict_and_untouched_ones_are_none(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    page = at_desk.get(f"/reports/{under_review}").text
    review(beside, under_review, "period", period="2025Q2")
    untouched = send(at_desk, under_review, page, "save")
    assert untouched.status_code == 302
    assert str(report(under_review).period) == "2025Q2"
    refused = send(at_desk, under_review, page, "period", period="2025Q4")
    assert refused.status_code == 409
    assert "期间或领域刚被其他经办人员改过" in refused.text


@pytest.mark.database
def test_a_page_that_is_open_learns_what_was_decided_since(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    first, second = proposals(under_review)[:2]
    review(at_desk, under_review, f"take-{first.id}")
    since = steps_of(under_review)[-1].id
    asked = f"/reports/{under_review}/changes?since={since}"
    assert at_desk.get(asked).text == ""
    review(beside, under_review, f"drop-{second.id}")
    told = at_desk.get(asked).text
    assert "吴例 09:00 去掉“村级宣传员力量薄弱" in told
    assert f'id="p{second.id}"' in told
    assert f'id="p{first.id}"' not in told
    assert "读出 3 个问题，还有 5 条待确认" in told
    assert "data-regroups" not in told
    fresh = fields_of(told)[f"p{second.id}-seen"]
    assert fresh == fields_of(at_desk.get(f"/reports/{under_review}").text)[f"p{second.id}-seen"]
    review(beside, under_review, "add", added="台账不全", added_use="problem")
    assert "data-regroups" in at_desk.get(asked).text
    confirm(beside, under_review)
    assert "这份报告已经确认" in at_desk.get(asked).text


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30])
def test_a_place_in_the_history_that_is_none_does_no_harm(
    at_desk: FlaskClient, under_review: int, since: str
) -> None:
    review(at_desk, under_review, f"take-{proposals(under_review)[0].id}")
    assert at_desk.get(f"/reports/{under_review}/changes?since={since}").status_code == 200


def test_asking_again_and_again_keeps_no_session_alive(at_desk: FlaskClient, under_review: int) -> None:
    def seen() -> object:
        db.session.rollback()
        return db.session.scalar(select(func.max(SignIn.last_seen_at)))

    with writing():
        db.session.execute(update(SignIn).values(last_seen_at=clock.now() - timedelta(minutes=10)))
    before = seen()
    assert at_desk.get(f"/reports/{under_review}/changes?since=0").status_code == 200
    assert seen() == before
    at_desk.get(f"/reports/{under_review}")
    assert seen() != before


def test_asking_costs_as_many_queries_for_many_proposals_as_for_few(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    def queries(address: str) -> int:
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert at_desk.get(address).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    address = f"/reports/{under_review}/changes?since=0"
    review(beside, under_review, f"take-{proposals(under_review)[0].id}")
    few = queries(address)
    for row in proposals(under_review)[1:]:
        review(beside, under_review, f"take-{row.id}")
    assert queries(address) <= few
    assert queries(f"/reports/{under_review}/changes?since=99999") <= 8


def test_unfinished_reviews_are_listed_with_what_is_left_and_who_worked_on_them_last(
    at_desk: FlaskClient, beside: FlaskClient, under_review: int
) -> None:
    listed = at_desk.get("/reports").text
    assert "还没有核对完的报告" in listed
    assert "还有 7 条待确认，共 7 条" in listed
    assert "还没有人核对" in listed
    review(beside, under_review, f"drop-{proposals(under_review)[0].id}")
    review(beside, under_review, "add", added="台账不全", added_use="problem")
    listed = at_desk.get("/reports").text
    assert "还有 7 条待确认，共 8 条" in listed
    assert "吴例 10月14日 09:00 最后核对" in listed
    confirm(at_desk, under_review)
    assert "还没有核对完的报告" not in at_desk.get("/reports").text


def test_clicks_of_both_add_up(at_desk: FlaskClient, beside: FlaskClient, under_review: int) -> None:
    pages = [visitor.get(f"/reports/{under_review}").text for visitor in (at_desk, beside)]
    send(at_desk, under_review, pages[0], "save", clicks="3", typed="1")
    send(beside, under_review, pages[1], "save", clicks="2", typed="0")
    confirm(at_desk, under_review, clicks="1")
    assert (report(under_review).clicks, report(under_review).typed) == (6, 1)
    page = at_desk.get(f"/reports/{under_review}").text
    assert "平均每件点击 1.5 次（6 ÷ 4）" in page
    assert report(under_review).confirmed_at is not None
    assert date(2025, 10, 14).isoformat() in str(report(under_review).confirmed_at)
