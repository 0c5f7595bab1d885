"""The one notice of a standing duty: ten working days before its period ends, once, to whoever acts."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.forms import post
from tests.office import Office
from tests.reminders.steps import notices, tick_now, told
from tracker.database import writing
from tracker.duties.asking import Asked, ask
from tracker.duties.kinds import ensure_kinds, kinds
from tracker.duties.models import Every, StandingDuty
from tracker.duties.recording import record_act
from tracker.extensions import db
from tracker.organization.models import Holding
from tracker.organization.setup import release
from tracker.organization.standing_in import stand_in
from tracker.periods import Period
from tracker.reminders.models import Clock
from tracker.reminders.standing import day_of_notice
from tracker.workdays import shipped

Move = Callable[..., None]
START = date(2025, 10, 9)
NOTICE_DAY = date(2025, 12, 17)  # ten working days before 31 December 2025


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2025Q4", date(2025, 12, 17)),
        ("2025Y", date(2025, 12, 17)),
        ("2025H1", date(2025, 6, 16)),
        ("2025M11", date(2025, 11, 14)),  # ends on a Sunday: counted from Friday 28
        ("2025M09", date(2025, 9, 17)),  # Sunday 28 is a make-up day
        ("2026M02", date(2026, 2, 9)),  # Spring Festival 15 to 23, make-up days 14 and 28
        ("2026Q1", date(2026, 3, 17)),
    ],
)
def test_the_day_counts_working_days(period: str, day: date) -> None:
    days = shipped()
    found = day_of_notice(Period.parse(period), days)
    assert found == day
    assert days.workdays_between(found, days.on_or_before(Period.parse(period).last_day)) == 10


def asked(office: Office, times: int = 2, every: Every = Every.QUARTER, code: str = "study") -> StandingDuty:
    with writing():
        ensure_kinds()
        return ask(
            office.lead.post,
            next(kind for kind in kinds() if kind.code == code),
            Asked(times, every),
            by=office.keeper.actor,
            domain=office.ideology,
            from_day=START,
        )


def done(office: Office, standing: StandingDuty, day: date, count: int = 1) -> None:
    with writing():
        record_act(standing.kind, office.lead.post, by=office.lead.actor, day=day, count=count)


@pytest.mark.database
def test_short_of_its_number_it_gives_one_notice_and_nothing_climbs(
    office: Office, moved_clock: Move
) -> None:
    moved_clock(START)
    standing = asked(office)
    done(office, standing, START)
    for number in range((date(2026, 1, 5) - date(2025, 12, 10)).days):
        moved_clock(date(2025, 12, 10) + timedelta(days=number))
        tick_now()
        tick_now()
    (only,) = notices(of=Clock.STANDING_DUTY)
    assert (only.due_on, only.person_id, only.level, only.anchor) == (
        NOTICE_DAY,
        office.lead.person.id,
        0,
        "2025Q4",
    )
    assert only.text == ("专题学习（意识形态）本季度应开展 2 次，已登记 1 次，离季末还有 10 个工作日。")


@pytest.mark.database
def test_caught_up_after_days_without_a_worker_and_true_on_the_day(office: Office, moved_clock: Move) -> None:
    moved_clock(START)
    standing = asked(office)
    tick_now()
    moved_clock(date(2025, 12, 22))
    tick_now()
    (only,) = told(office.lead, of=Clock.STANDING_DUTY)
    assert only.due_on == NOTICE_DAY
    assert only.text.endswith("应开展 2 次，尚未登记，离季末还有 7 个工作日。")
    assert only.subject_id == standing.id


@pytest.mark.parametrize("done_on", [START, date(2025, 12, 19)])
def test_met_in_time_or_meanwhile_it_says_nothing(office: Office, moved_clock: Move, done_on: date) -> None:
    moved_clock(START)
    standing = asked(office)
    tick_now()
    moved_clock(date(2025, 12, 22))
    done(office, standing, done_on, 2)
    tick_now()
    assert notices(of=Clock.STANDING_DUTY) == []


def test_once_the_period_is_over_nothing_is_said(office: Office, moved_clock: Move) -> None:
    moved_clock(START)
    asked(office)
    tick_now()
    moved_clock(date(2026, 1, 5))
    tick_now()
    assert notices(of=Clock.STANDING_DUTY) == []


@pytest.mark.parametrize(
    ("every", "code", "day", "text"),
    [
        (
            Every.MONTH,
            "meeting",
            date(2025, 11, 14),
            "例会（意识形态）本月应召开 1 次，尚未登记，离月末还有 10 个工作日。",
        ),
        (
            Every.HALF_YEAR,
            "report_up",
            NOTICE_DAY,
            "向上级报告（意识形态）下半年应完成 1 次，尚未登记，离年末还有 10 个工作日。",
        ),
        (
            Every.YEAR,
            "training",
            NOTICE_DAY,
            "培训（意识形态）今年应开展 1 期，尚未登记，离年末还有 10 个工作日。",
        ),
    ],
)
def test_what_it_says_of_each_span(
    office: Office, moved_clock: Move, every: Every, code: str, day: date, text: str
) -> None:
    moved_clock(START)
    asked(office, 1, every, code)
    moved_clock(day)
    tick_now()
    assert [notice.text for notice in told(office.lead, of=Clock.STANDING_DUTY)] == [text]


def test_the_inbox_leads_to_the_page_that_records_it(office: Office, moved_clock: Move, signed_in) -> None:
    moved_clock(START)
    standing_id = asked(office).id
    moved_clock(NOTICE_DAY)
    tick_now()
    visitor = signed_in(office.lead)
    (only,) = told(office.lead, of=Clock.STANDING_DUTY)
    url = f"/inbox/{only.id}/open"
    db.session.rollback()
    assert "专题学习（意识形态）本季度应开展 2 次" in visitor.get("/inbox").text
    assert post(visitor, url, {}, page="/inbox").location == f"/duties?for={standing_id}"


@pytest.mark.database
def test_who_is_away_and_who_stands_in_are_both_told(office: Office, moved_clock: Move) -> None:
    moved_clock(NOTICE_DAY)
    asked(office)
    with writing():
        stand_in(
            office.lead.person,
            office.safety_lead.person,
            by=office.lead.actor,
            from_day=NOTICE_DAY,
            to_day=NOTICE_DAY + timedelta(days=3),
        )
    tick_now()
    moved_clock(NOTICE_DAY + timedelta(days=4))  # back again: nobody is told anew
    tick_now()
    told_people = {notice.person_id for notice in notices(of=Clock.STANDING_DUTY)}
    assert told_people == {office.lead.person.id, office.safety_lead.person.id}
    assert len(notices(of=Clock.STANDING_DUTY)) == 2


@pytest.mark.database
def test_for_a_vacant_post_its_superior_is_told_and_nobody_else(office: Office, moved_clock: Move) -> None:
    moved_clock(START)
    asked(office)
    with writing():
        held = select(Holding).where(Holding.post_id == office.lead.post.id)
        release(db.session.scalars(held).one(), last_day=NOTICE_DAY - timedelta(days=3))
    moved_clock(NOTICE_DAY)
    tick_now()
    (only,) = notices(of=Clock.STANDING_DUTY)
    assert only.person_id == office.deputy.person.id
    assert only.text.startswith("专题学习（意识形态）本季度应开展 2 次")
