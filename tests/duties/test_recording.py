"""Recording what standing duties ask for, and counting it."""

from datetime import date

import pytest
from sqlalchemy import select

from tests.forms import post
from tests.office import Office
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.duties.kinds import KINDS, ensure_kinds, kinds
from tracker.duties.models import Act
from tracker.duties.queries import counted
from tracker.duties.recording import record_act
from tracker.extensions import db
from tracker.periods import Period
from tracker.refusals import NotAllowed, Refused

TODAY = date(2025, 11, 12)
Q4 = Period.parse("2025Q4")


@pytest.fixture(autouse=True)
def known_kinds(office: Office, moved_clock):
    moved_clock(TODAY)
    with writing():
        ensure_kinds()


def kind(code):
    return next(row for row in kinds() if row.code == code)


@pytest.mark.database
def test_kinds_are_added_once(office: Office):
    with writing():
        ensure_kinds()
    assert [(row.code, row.name, row.counted_in) for row in kinds()] == list(KINDS)


@pytest.mark.database
def test_counts_of_the_quarter_and_of_the_year(office: Office):
    study, lead = kind("study"), office.lead
    with writing():
        for day, count in (
            (date(2025, 2, 10), 4),
            (date(2025, 10, 1), 2),
            (TODAY, 1),
            (date(2024, 12, 31), 9),
        ):
            record_act(study, lead.post, by=lead.actor, day=day, count=count, domain=office.ideology)
        record_act(study, office.safety_lead.post, by=office.clerk.actor, day=TODAY)
    rows = counted(office.town, Q4, until=TODAY)
    assert [(row.domain and row.domain.name, row.in_period, row.in_year) for row in rows] in (
        [(None, 1, 1), ("意识形态", 3, 7)],
        [("意识形态", 3, 7), (None, 1, 1)],
    )
    (only,) = counted(office.town, Q4, until=date(2025, 10, 31), domain=office.ideology)
    assert (only.in_period, only.in_year) == (2, 6)
    assert counted(office.other_town, Q4, until=TODAY) == []


def test_an_act_counts_for_the_office_and_leaves_a_trail(office: Office):
    with writing():
        act = record_act(kind("training"), office.village_lead.post, by=office.village_lead.actor, day=TODAY)
    assert (act.unit_id, act.count) == (office.town.id, 1)
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "duty.record_act")).one()
    assert row.subject == f"act:{act.id}"


@pytest.mark.parametrize("who", ["secretary", "deputy", "other_clerk", "county_keeper"])
def test_others_do_not_record_for_a_post(office: Office, who):
    with pytest.raises(NotAllowed), writing():
        record_act(kind("study"), office.lead.post, by=getattr(office, who).actor, day=TODAY)
    assert db.session.scalars(select(Act)).all() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": date(2025, 11, 13)}, "day"),
        ({"day": date(2023, 12, 31)}, "day"),
        ({"count": 0}, "count"),
        ({"count": 1000}, "count"),
        ({"participants": 0}, "participants"),
        ({"note": "说" * 501}, "note"),
    ],
)
def test_impossible_numbers_are_refused(office: Office, wrong, field):
    given = {"day": TODAY} | wrong
    with pytest.raises(Refused) as refused, writing():
        record_act(kind("study"), office.lead.post, by=office.lead.actor, **given)
    assert refused.value.field == field


def test_holder_records_in_the_page_and_sees_the_count(office: Office, signed_in):
    visitor = signed_in(office.lead)
    page = visitor.get("/duties").text
    assert 'value="2025-11-12"' in page
    assert "登记一次" in page
    sent = post(
        visitor, "/duties", {"kind": kind("study").id, "post": office.lead.post.id, "day": "", "count": ""}
    )
    assert sent.location == "/duties?period=2025Q4"
    shown = visitor.get(sent.location).text
    assert "已登记：专题学习 1 次（宣传办主任）。" in shown
    assert "1 次" in shown


def test_before_eight_in_the_morning_it_is_the_offices_day(office: Office, signed_in, moved_clock):
    moved_clock(date(2026, 1, 1), hour=7)  # in UTC still the year before
    page = signed_in(office.lead).get("/duties?period=2025Q4").text
    assert 'href="/duties?period=2026Q1"' in page


def test_what_was_typed_stays_after_an_error(office: Office, signed_in):
    fields = {
        "kind": kind("drill").id,
        "post": office.lead.post.id,
        "day": "2025-13-01",
        "count": "2",
        "note": "<b>消防</b>演练",
    }
    sent = post(signed_in(office.lead), "/duties", fields)
    assert sent.status_code == 422
    assert "“2025-13-01”不是有效日期" in sent.text
    assert 'value="2025-13-01"' in sent.text
    assert "&lt;b&gt;消防&lt;/b&gt;演练" in sent.text
    assert db.session.scalars(select(Act)).all() == []


def test_a_foreign_post_cannot_be_chosen(office: Office, signed_in):
    fields = {"kind": kind("study").id, "post": office.lead.post.id, "day": "2025-11-12", "count": "1"}
    sent = post(signed_in(office.other_clerk), "/duties", fields)
    assert sent.status_code == 422
    assert "只能选本人岗位" in sent.text


def test_acts_of_another_office_are_not_shown(office: Office, signed_in):
    with writing():
        record_act(kind("culture"), office.lead.post, by=office.lead.actor, day=TODAY, note="东示村巡演")
    assert "东示村巡演" in signed_in(office.secretary).get("/duties").text
    assert "东示村巡演" not in signed_in(office.other_clerk).get("/duties").text
    assert "东示村巡演" not in signed_in(office.clerk).get("/duties?kind=study").text
    assert "东示村巡演" in signed_in(office.clerk).get("/duties?period=rubbish").text
