"""Plans are kept current: entered by form, filed as a paper, reviewed and drilled; all of it traced."""

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post
from tests.office import Member, Office
from tests.plans.scene import CONTACTS, STEPS, content, flood_plan
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.duties.kinds import DRILL, PLAN_REVIEW
from tracker.duties.models import StandingDuty
from tracker.duties.owing import asked_of, owed
from tracker.duties.recording import withdraw
from tracker.extensions import db
from tracker.organization.ties import open_in
from tracker.plans import ending, keeping, starting
from tracker.plans.models import Plan, PlanRun
from tracker.plans.queries import Kept, acts_of, kept
from tracker.plans.words import Contact, contacts, span
from tracker.refusals import OutOfDate, Refused

DAY = date(2025, 10, 9)
SignedIn = Callable[[Member], FlaskClient]


def upkeep(plan: Plan, today: date = DAY) -> Kept:
    return kept([plan], today)[0]


@pytest.mark.database
def test_reviews_and_drills_keep_a_plan_current(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(DAY)
    with writing():
        plan = flood_plan(office)
        again = flood_plan(office, title="第二份")  # what is asked of the post already stays as it is
        asked = db.session.scalars(select(StandingDuty).order_by(StandingDuty.id)).all()
        assert [(row.kind.code, row.times, row.post_id) for row in asked] == [
            (code, 1, office.safety_lead.post.id) for code in keeping.KEPT_UP_BY
        ]
        assert open_in(office.safety)[-2:] == [plan.title, again.title]
    assert (upkeep(plan).last_drill, upkeep(plan).review_past) == (None, False)
    moved_clock(DAY + timedelta(days=366))
    with writing():
        later = DAY + timedelta(days=366)
        assert upkeep(plan, later).review_past
        lead = office.safety_lead.actor
        drill = keeping.record_upkeep(plan, DRILL, by=lead, day=later, participants=12)
        keeping.record_upkeep(plan, PLAN_REVIEW, by=lead, day=later)
        assert upkeep(plan, later).last_drill == upkeep(plan, later).last_review == later
        assert plan.review_on == later + timedelta(days=365)
        withdraw(drill, by=lead, reason="另一份预案的")
        assert upkeep(plan, later).last_drill is None
        with pytest.raises(OutOfDate):
            keeping.change(plan, content(office), by=office.clerk.actor, version=7)
        for wrong, field in (
            ({"title": " "}, "title"),
            ({"steps": []}, "what-1"),
            ({"steps": [keeping.Step(office.lead.post, "巡查", 0, 5)]}, "hours-1"),
            ({"steps": [keeping.Step(office.lead.post, "巡查", 2, 121)]}, "minutes-1"),
            ({"steps": [keeping.Step(office.other_clerk.post, "巡查", 1, 5)]}, "post-1"),
            ({"review_on": DAY}, "review_on"),
        ):
            with pytest.raises(Refused) as refusal:
                keeping.change(plan, content(office, **wrong), by=office.clerk.actor, version=plan.version)
            assert refusal.value.field == field
        db.session.rollback()
    with writing():
        keeping.retire(again, by=office.clerk.actor, version=again.version)
    with writing(), pytest.raises(OutOfDate):
        keeping.retire(again, by=office.clerk.actor, version=again.version)


@pytest.mark.database
def test_a_drill_that_ended_is_the_last_drill_and_counts_once(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(DAY)
    duty_of = office.safety_lead.post.id
    with writing():
        plan = flood_plan(office)
        drill = starting.start(plan, by=office.vice_head.actor, drill=True)
    moved_clock(DAY + timedelta(days=1))  # ended the next morning: drilled the day before
    with writing():
        for _press in range(2):  # by a leader, who does not act for the post that answers for it
            ending.end(drill, by=office.vice_head.actor, note="演练结束", participants=12)
    later = DAY + timedelta(days=1)
    assert upkeep(plan, later).last_drill == DAY

    def drilled() -> list[int]:
        return [one.done for one in owed(asked_of([duty_of], later), later) if one.duty.kind.code == DRILL]

    assert drilled() == [1]
    (act,) = acts_of(plan)
    assert (act.post_id, act.participants, act.domain) == (duty_of, 12, office.safety)
    with writing(), pytest.raises(Refused) as refusal:  # once more by hand
        keeping.record_upkeep(plan, DRILL, by=office.safety_lead.actor, day=DAY)
    assert refusal.value.field == "day"

    with writing():
        second = starting.start(plan, by=office.vice_head.actor, drill=True)
        keeping.record_upkeep(plan, DRILL, by=office.safety_lead.actor, day=later)  # while it ran
        ending.end(second, by=office.safety_lead.actor, note="演练结束")
    assert drilled() == [2]
    with writing():
        broken_off = starting.start(plan, by=office.vice_head.actor, drill=True)
        run = starting.start(plan, by=office.secretary.actor, drill=False)
        ending.end(run, by=office.secretary.actor, note="险情解除")
    assert broken_off.ended_at is not None
    assert drilled() == [2]  # in earnest is no drill, nor is one that was broken off


def test_the_form_the_page_and_the_paper_of_a_plan(
    office: Office, signed_in: SignedIn, moved_clock: Callable[..., None]
) -> None:
    moved_clock(DAY)
    clerk = signed_in(office.clerk)
    fields = {"title": "防汛应急预案", "risk": "防汛", "domain": office.safety.id, "contacts": CONTACTS}
    fields |= {"first_post": office.secretary.post.id, "direct_post": office.safety_lead.post.id}
    for row, (who, what, hours, minutes) in enumerate(STEPS, start=1):
        post_id = getattr(office, who).post.id
        fields |= {
            f"post-{row}": post_id,
            f"what-{row}": what,
            f"hours-{row}": hours,
            f"minutes-{row}": minutes,
        }
    refused = post(clerk, "/plans/new", fields | {"hours-2": "两"})
    assert refused.status_code == 422
    assert "第 2 步：“两”不能用，完成时限填 1 到 720 小时的整数。" in refused.text
    refused = post(clerk, "/plans/new", fields | {"minutes-3": "-5"})
    assert "第 3 步：“-5”不能用，签收时限填 1 到 1440 分钟的整数。" in refused.text
    refused = post(clerk, "/plans/new", fields | {"minutes-1": "600"})
    assert refused.status_code == 422
    assert "签收时限 600 分钟长于完成时限 2 小时" in refused.text
    assert STEPS[4][1] in refused.text  # what was typed stays
    made = post(clerk, "/plans/new", fields | {"order-5": "1", "order-1": "2", "order-2": "3"})
    db.session.rollback()
    plan = db.session.scalars(select(Plan)).one()
    assert made.location == f"/plans/{plan.id}"
    assert [step.what for step in plan.steps[:2]] == [STEPS[4][1], STEPS[0][1]]
    page = clerk.get(made.location).text
    assert 'href="tel:00001234567"' in page
    assert "启动预案" not in page
    paper = (
        zipfile.ZipFile(BytesIO(clerk.get(f"/plans/{plan.id}.docx").data)).read("word/document.xml").decode()
    )
    assert all(
        words in paper for words in (STEPS[4][1], "副镇长 王范", "0000-1234567", "30分钟", "2026年10月9日")
    )

    leader, colleague = signed_in(office.secretary), signed_in(office.village_lead)
    started = post(leader, f"/plans/{plan.id}/start", {"drill": "1"})
    again = leader.post(f"/plans/{plan.id}/start", data={"drill": "1", "csrf_token": "x"})
    assert again.status_code == 400
    twice = post(leader, f"/plans/{plan.id}/start", {"drill": "1"})
    assert started.location == twice.location == "/plans/runs/1"
    assert "没有重复启动" in leader.get(twice.location).text
    db.session.rollback()
    assert len(db.session.scalars(select(PlanRun)).all()) == 1
    watched = colleague.get(started.location)
    assert watched.headers["Refresh"] == "20"
    assert "Refresh" not in colleague.get(f"{started.location}?pause=1").headers
    assert "这是演练" in watched.text
    assert "预案演练" in colleague.get("/mine").text  # every page leads to what runs
    english = leader.get("/plans/runs/1", headers={"Accept-Language": "en"})
    assert english.status_code == 200
    ended = post(leader, "/plans/runs/1/end", {"note": ""})
    assert ended.status_code == 422
    db.session.rollback()
    acts = set(db.session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("plan."))))
    assert acts == {"plan.enter", "plan.download", "plan.start"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("县应急值班室 0000-1234567", Contact("县应急值班室", "0000-1234567")),
        ("抢险队，000 0000 0001", Contact("抢险队", "000 0000 0001")),
        ("村广播室", Contact("村广播室", "")),
        ("第 3 组", Contact("第 3 组", "")),
    ],
)
def test_a_line_of_contacts_is_read(line: str, found: Contact) -> None:
    assert list(contacts(f"\n{line}\n")) == [found]


def test_spans_are_said_to_the_minute(office: Office) -> None:
    said = [span(timedelta(minutes=minutes)) for minutes in (-1, 35, 60, 125, 3 * 1440 + 60)]
    assert said == ["0 分钟", "35 分钟", "1 小时", "2 小时 5 分钟", "3 天 1 小时"]
