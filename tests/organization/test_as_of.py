"""Whatever names a post, unit or person for a past day says it as of that day."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post as send
from tests.office import Member, Office
from tests.tasks.steps import task_in
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.duties.kinds import ensure_kinds, kinds
from tracker.duties.recording import record_act
from tracker.extensions import db
from tracker.organization import holdings, renaming
from tracker.organization.models import Unit
from tracker.organization.people import add_person
from tracker.organization.posts import add_post, set_first_day
from tracker.organization.queries import posts_of_office
from tracker.periods import Period
from tracker.refusals import Refused
from tracker.summaries.gathering import gather
from tracker.tasks.states import TaskState

THEN, NOW = date(2025, 12, 10), date(2026, 1, 20)
CHANGED = date(2026, 1, 12)
Q4 = Period.parse("2025Q4")
SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def then(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(THEN)


def words(page: str) -> str:
    """Return what a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def reorganize(office: Office) -> None:
    """Another title, another name of the unit and another holder, from one day on."""
    with writing():
        renaming.rename_post(office.lead.post, "宣传文化办主任", since=CHANGED, by=office.keeper.actor)
        renaming.rename_unit(office.publicity, "宣传文化中心", since=CHANGED, by=office.keeper.actor)
        renaming.rename_post(office.deputy.post, "专职副书记", since=CHANGED, by=office.keeper.actor)
        new = add_person("施范")
        holdings.succeed(new, office.lead.post, from_day=CHANGED, by=office.keeper.actor)


@pytest.mark.database
def test_the_past_keeps_its_names_and_today_has_the_new_ones(
    office: Office, signed_in: SignIn, moved_clock: Callable[..., None]
):
    task = task_in(TaskState.IN_PROGRESS, office)
    with writing():
        ensure_kinds()
        study = next(kind for kind in kinds() if kind.code == "study")
        act = record_act(study, office.lead.post, by=office.lead.actor, day=THEN)
    task_page, act_page = f"/tasks/{task.id}", f"/duties/acts/{act.id}"
    moved_clock(NOW)
    reorganize(office)
    keeper = signed_in(office.keeper)
    today, before = keeper.get("/organization").text, keeper.get(f"/organization?on={THEN}").text
    assert "宣传文化办主任 施范" in words(today)
    assert "宣传文化中心" in today
    assert "宣传办主任 褚例" in words(before)
    assert "宣传办公室" in before
    assert "宣传文化" not in before
    shown = words(keeper.get(f"/organization/posts/{office.lead.post.id}?on={THEN}").text)
    assert "宣传办主任 · 褚例" in shown
    assert "党委副书记 · 郑样" in shown
    assert "宣传办公室，按 2025年12月10日（星期三）的任职" in shown
    assert "按分工：宣传办公室" in shown
    told = words(keeper.get(task_page).text)
    assert "签收 ，褚例（宣传办主任）" in told
    assert "宣传文化办主任 · 施范" in told
    assert "宣传办主任" in words(keeper.get(act_page).text)
    listed = words(keeper.get("/duties?period=2025Q4").text)
    assert "宣传办主任" in listed
    assert "宣传文化办主任" not in listed
    facts = gather(office.town, Q4, day=NOW)
    assert [(row.unit, row.leader) for row in facts.open] == [("宣传办公室", "党委副书记郑样")]
    chart = keeper.get(f"/organization/chart.svg?on={THEN}").text
    assert "宣传办主任" in chart
    assert "褚例" in chart
    assert "宣传文化" not in chart
    division = words(keeper.get(f"/organization/portfolio?on={THEN}").text)
    assert "党委副书记 · 郑样" in division
    assert "专职副书记" not in division
    assert "专职副书记 · 郑样" in words(keeper.get("/organization/portfolio").text)


@pytest.mark.database
def test_a_correction_leaves_no_former_title(office: Office, signed_in: SignIn):
    post = office.lead.post
    with writing():
        renaming.rename_post(post, "宣传办主佳", since=date(2025, 6, 1), by=office.keeper.actor)
        renaming.correct_title(post, "宣传办公室主任", by=office.keeper.actor)
    assert [(row.name, row.to_day) for row in post.former_titles] == [("宣传办主任", date(2025, 5, 31))]
    assert post.title_on(date(2025, 5, 31)) == "宣传办主任"
    assert post.title_on(date(2025, 6, 1)) == "宣传办公室主任"
    keeper = signed_in(office.keeper)
    page = f"/organization/posts/{post.id}/change"
    fields = {"title": "宣传办室主任", "superior": office.deputy.post.id, "misspelt": "1"}
    assert send(keeper, page, fields).status_code == 302
    db.session.rollback()
    assert post.title == "宣传办室主任"
    assert len(post.former_titles) == 1
    page = f"/organization/units/{post.unit_id}/change"
    fields = {"name": "宣传科", "parent": post.unit.parent_id, "since": "2025-07-01"}
    assert send(keeper, page, fields).status_code == 302
    db.session.rollback()
    unit = db.session.get_one(Unit, post.unit_id)
    assert (unit.name_on(date(2025, 6, 30)), unit.name_on(date(2025, 7, 1))) == ("宣传办公室", "宣传科")


def test_several_renames_each_have_their_days(office: Office):
    unit = office.publicity
    days = (date(2025, 3, 1), date(2025, 6, 1), date(2025, 9, 1))
    with writing():
        for number, day in enumerate(days):
            renaming.rename_unit(unit, f"名称{number}", since=day)
    on = (date(2025, 2, 28), days[0], date(2025, 5, 31), days[1], days[2])
    assert [unit.name_on(day) for day in on] == ["宣传办公室", "名称0", "名称0", "名称1", "名称2"]
    with writing():  # a second name for the same day replaces the first, which never stood
        renaming.rename_unit(unit, "名称3", since=days[2])
    assert (unit.name_on(date(2025, 8, 31)), unit.name) == ("名称1", "名称3")


@pytest.mark.parametrize("since", [date(2025, 12, 11), date(2025, 2, 28)])
def test_no_rename_for_a_day_to_come_or_before_the_present_name(office: Office, since: date):
    with writing():
        renaming.rename_post(office.lead.post, "主任甲", since=date(2025, 3, 1))
        with pytest.raises(Refused, match="更名日期"):
            renaming.rename_post(office.lead.post, "主任乙", since=since)
    assert office.lead.post.title == "主任甲"


@pytest.mark.database
def test_a_post_is_not_there_before_its_first_day(office: Office, signed_in: SignIn):
    keeper = signed_in(office.keeper)
    page = f"/organization/units/{office.town.id}/new-post"
    assert send(keeper, page, {"title": "统战委员", "from_day": "2025-06-01"}).status_code == 302
    db.session.rollback()
    post = next(one for one in posts_of_office(office.town) if one.title == "统战委员")
    assert "统战委员" in keeper.get("/organization?on=2025-06-01").text
    assert "统战委员" not in keeper.get("/organization?on=2025-05-31").text
    with writing():
        person = add_person("施范")
        with pytest.raises(Refused, match="自 2025年6月1日起设立"):
            holdings.appoint(person, post, from_day=date(2025, 5, 31))
        holdings.appoint(person, post, from_day=date(2025, 6, 1))
        with pytest.raises(Refused, match="2025年6月1日已有登记"):
            set_first_day(post, date(2025, 6, 2))
        with pytest.raises(Refused, match="设立日期还没有到"):
            add_post(office.town, "人大主席", from_day=date(2025, 12, 11))
        assert set_first_day(post, None)
    assert "统战委员" in keeper.get("/organization?on=2025-05-31").text


def test_the_trail_tells_rename_and_correction_apart(office: Office, signed_in: SignIn):
    with writing():
        renaming.rename_post(office.lead.post, "主任甲", since=date(2025, 3, 1))
        renaming.correct_title(office.lead.post, "主任乙")
    about = select(AuditRow).where(AuditRow.subject == f"post:{office.lead.post.id}")
    rows = db.session.scalars(about.order_by(AuditRow.id.desc())).all()
    assert [row.action for row in rows[:2]] == ["organization.correct_title", "organization.rename_post"]
    shown = words(signed_in(office.keeper).get(f"/organization/posts/{office.lead.post.id}").text)
    assert "更名 ，“宣传办主任”改为“主任甲”，自 2025年3月1日起" in shown
    assert "更正名称 ，“主任甲”改为“主任乙”" in shown
