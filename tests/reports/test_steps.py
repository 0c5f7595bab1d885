"""The steps of a review are kept until it is confirmed, and undone one by one, by whom and whenever."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.office import Office
from tests.reports.steps import confirm, fields_of, proposals, read_in, report, review, steps_of
from tests.unit.documents_for_reading import sample_text
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db
from tracker.refusals import NotAllowed, OutOfDate
from tracker.reports.history import undo
from tracker.reports.models import Decision


def last_undo(page: str) -> tuple[str, str]:
    """Return what the button beside the title would undo, and its value."""
    found = re.search(r'value="(undo-\d+)"[^>]*>撤销：(.*?) <kbd>', page)
    assert found is not None, "nothing can be undone"
    return found[2], found[1]


@pytest.mark.database
def test_the_last_steps_are_undone_one_after_the_other_and_named(
    at_desk: FlaskClient, under_review: int
) -> None:
    first, second = proposals(under_review)[:2]
    review(at_desk, under_review, f"take-{first.id}", **{f"p{first.id}-standard": "每月一次"})
    review(at_desk, under_review, f"drop-{second.id}")
    title = second.text[:40].split("。")[0].replace(",", "，")
    for said in (f"去掉“{title}”", "确认“部分村干部学习浮于表面", "修改“部分村干部学习浮于表面"):
        words, act = last_undo(at_desk.get(f"/reports/{under_review}").text)
        assert words.startswith(said)
        undone = review(at_desk, under_review, act)
        assert undone.status_code == 302
        assert f"已撤销：{words}。" in at_desk.get(f"/reports/{under_review}").text
    rows = proposals(under_review)
    assert [row.decision for row in rows[:2]] == [Decision.OPEN] * 2
    assert (rows[0].standard, rows[0].standard_why) == (first.standard, first.standard_why)
    assert "撤销：" not in at_desk.get(f"/reports/{under_review}").text.split('id="news"')[0]


def test_a_step_is_undone_even_after_others_as_long_as_what_it_changed_stands(
    at_desk: FlaskClient, under_review: int
) -> None:
    first, second = proposals(under_review)[:2]
    review(at_desk, under_review, f"drop-{first.id}")
    review(at_desk, under_review, f"take-{second.id}")
    dropping = steps_of(under_review)[0]
    assert review(at_desk, under_review, f"undo-{dropping.id}").status_code == 302
    assert [row.decision for row in proposals(under_review)[:2]] == [Decision.OPEN, Decision.TAKEN]


@pytest.mark.parametrize("which", ["changed since", "undone before", "of another report", "none at all"])
def test_a_step_that_cannot_be_undone_is_refused_and_nothing_changes(
    at_desk: FlaskClient, under_review: int, which: str
) -> None:
    first = proposals(under_review)[0]
    review(at_desk, under_review, f"drop-{first.id}")
    step = steps_of(under_review)[0].id
    if which == "changed since":
        review(at_desk, under_review, f"take-{first.id}")
    elif which == "undone before":
        review(at_desk, under_review, f"undo-{step}")
    elif which == "of another report":
        other = read_in(at_desk, sample_text().encode() + b"\n1")
        review(at_desk, other, f"drop-{proposals(other)[0].id}")
        step = steps_of(other)[0].id
    else:
        step = 0
    before = [(row.decision, row.version) for row in proposals(under_review)]
    refused = review(at_desk, under_review, f"undo-{step}")
    assert refused.status_code == 409
    assert [(row.decision, row.version) for row in proposals(under_review)] == before


@pytest.mark.database
def test_choosing_a_period_is_undone_with_all_the_dates_it_moved(at_desk: FlaskClient) -> None:
    masked = sample_text().replace("2025年", "202x年").encode()
    report_id = read_in(at_desk, masked)
    chosen = review(at_desk, report_id, "", period_now="2025Q3")
    assert chosen.status_code == 302
    assert str(report(report_id).period) == "2025Q3"
    assert proposals(report_id)[0].deadline is not None
    words, act = last_undo(at_desk.get(f"/reports/{report_id}").text)
    assert words == "选定报告的期间"
    review(at_desk, report_id, act)
    assert report(report_id).period is None
    assert {row.deadline for row in proposals(report_id)[:2]} == {None}


@pytest.mark.database
def test_what_was_added_is_listed_no_more_once_it_is_undone(at_desk: FlaskClient, under_review: int) -> None:
    review(at_desk, under_review, "add", added="台账更新不及时", added_use="problem")
    added = proposals(under_review)[-1]
    page = at_desk.get(f"/reports/{under_review}").text
    assert f'id="p{added.id}"' in page
    review(at_desk, under_review, last_undo(page)[1])
    assert len(report(under_review).listed) == 7
    assert f'id="p{added.id}"' not in at_desk.get(f"/reports/{under_review}").text


def test_saving_what_nobody_changed_is_no_step(at_desk: FlaskClient, under_review: int) -> None:
    review(at_desk, under_review, "save")
    assert steps_of(under_review) == []
    assert {row.version for row in proposals(under_review)} == {1}


@pytest.mark.database
def test_the_steps_go_when_the_report_is_confirmed_and_the_trail_stays(
    at_desk: FlaskClient, under_review: int
) -> None:
    first = proposals(under_review)[0]
    review(at_desk, under_review, f"take-{first.id}")
    _words, act = last_undo(at_desk.get(f"/reports/{under_review}").text)
    review(at_desk, under_review, act)
    assert len(steps_of(under_review)) == 2
    assert confirm(at_desk, under_review).status_code == 302
    assert steps_of(under_review) == []
    acts = db.session.scalars(
        select(AuditRow.action).where(AuditRow.subject == f"report:{under_review}")
    ).all()
    assert {"report.decide", "report.undo", "report.confirm"} <= set(acts)


def test_undoing_asks_who_it_is_and_whether_the_review_goes_on(
    at_desk: FlaskClient, under_review: int, office: Office
) -> None:
    first = proposals(under_review)[0]
    review(at_desk, under_review, f"drop-{first.id}")
    step = steps_of(under_review)[0].id
    with writing(), pytest.raises(NotAllowed):
        undo(report(under_review), step, by=office.other_clerk.actor)
    confirm(at_desk, under_review)
    with writing(), pytest.raises(OutOfDate):
        undo(report(under_review), step, by=office.clerk.actor)


def test_enter_in_a_field_saves_and_undoes_nothing(at_desk: FlaskClient, under_review: int) -> None:
    first = proposals(under_review)[0]
    review(at_desk, under_review, f"drop-{first.id}")
    page = at_desk.get(f"/reports/{under_review}").text
    assert fields_of(page)["as_of"] == str(steps_of(under_review)[-1].id)
    form = page[page.index('id="review"') :]
    assert re.search(r'<button[^>]*name="act"[^>]*value="(\S+?)"', form)[1] == "save"  # type: ignore[index] # None fails, too
