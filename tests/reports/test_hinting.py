"""A corrected post is kept as a hint for the same unit, used with its reason, and revoked by its clerks."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.forms import post, token
from tests.office import Member, Office
from tests.reports.steps import as_they_are, confirm, proposals, read_in, review
from tests.unit.documents_for_reading import sample_text
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.extensions import db
from tracker.refusals import NotAllowed, OutOfDate
from tracker.reports.hinting import hints_of, revoke_hint
from tracker.reports.models import AssignmentHint

SignedIn = Callable[[Member], FlaskClient]
LATER = sample_text().replace("第三季度", "第四季度").encode()


def hints() -> list[AssignmentHint]:
    db.session.rollback()
    return list(db.session.scalars(select(AssignmentHint).order_by(AssignmentHint.id)))


def new_to_all(report_id: int) -> dict[str, str]:
    """Say of every problem that it is a new one."""
    return {f"p{row.id}-kin": "new" for row in proposals(report_id) if row.suggested["kin"]}


@pytest.fixture
def corrected(at_desk: FlaskClient, under_review: int, office: Office) -> int:
    """The first report, confirmed with its third problem given to the safety office."""
    third = proposals(under_review)[2]
    to_safety = f"{office.safety_lead.post.id}:{office.safety_duty.id}"
    assert confirm(at_desk, under_review, **{f"p{third.id}-post": to_safety}).status_code == 302
    return under_review


@pytest.mark.database
def test_the_next_report_suggests_first_whom_the_clerk_chose_and_says_why(
    corrected: int, office: Office, moved_clock: Callable[..., None], signed_in: SignedIn
) -> None:
    (hint,) = hints()
    assert (hint.post_id, hint.duty_id) == (office.safety_lead.post.id, office.safety_duty.id)
    assert hint.instead_of_id not in (None, hint.post_id)
    moved_clock(date(2026, 1, 12))
    at_desk = signed_in(office.clerk)
    again = read_in(at_desk, LATER, period="2025Q4")
    first, _second, third = as_they_are(again)[:3]
    assert (third.post_id, third.duty_id) == (office.safety_lead.post.id, office.safety_duty.id)
    assert third.post_why == "经办人员陈演2025年10月14日曾把类似问题改派给这个岗位，相近 1.00"
    assert first.post_id != office.safety_lead.post.id
    assert [one["post"] for one in third.suggested["posts"]][1] == hint.instead_of_id
    assert "经办人员陈演2025年10月14日曾把类似问题改派" in at_desk.get(f"/reports/{again}").text
    confirm(at_desk, again, **new_to_all(again))
    assert len(hints()) == 1  # what was suggested and taken is no correction


def test_what_is_left_as_suggested_or_marked_leaves_no_hint(
    at_desk: FlaskClient, under_review: int, office: Office
) -> None:
    first = proposals(under_review)[0]
    changed = {
        f"p{first.id}-post": f"{office.safety_lead.post.id}:{office.safety_duty.id}",
        f"p{first.id}-secrecy": "internal",
        f"p{first.id}-mark_reason": "涉及考评",
    }
    confirm(at_desk, under_review, **changed)
    assert hints() == []


def test_a_hint_never_leaves_its_unit(
    corrected: int, office: Office, signed_in: SignedIn, at_desk: FlaskClient
) -> None:
    elsewhere = signed_in(office.other_clerk)
    other = read_in(elsewhere, LATER, period="2025Q4")
    assert all("改派" not in row.post_why for row in proposals(other))
    with writing():
        assert hints_of(office.other_town) == []
        assert len(hints_of(office.town)) == 1
    assert "网上留言办理不够及时" not in elsewhere.get("/reports/hints").text
    assert "网上留言办理不够及时" in at_desk.get("/reports/hints").text


@pytest.mark.database
def test_a_revoked_hint_is_used_no_more_and_the_trail_says_so(at_desk: FlaskClient, corrected: int) -> None:
    (hint,) = hints()
    page = at_desk.get("/reports/hints").text
    assert "应急办主任" in page
    assert "陈演，10月14日" in page
    sent = post(at_desk, f"/reports/hints/{hint.id}/revoke", {}, page="/reports/hints")
    assert sent.status_code == 302
    assert "没有改派提示" in at_desk.get("/reports/hints").text
    again = read_in(at_desk, LATER, period="2025Q4")
    assert "改派" not in proposals(again)[2].post_why
    db.session.rollback()
    subject = f"assignment_hint:{hint.id}"
    acts = db.session.scalars(select(AuditRow.action).where(AuditRow.subject == subject)).all()
    assert acts == ["report.keep_hint", "report.revoke_hint"]
    refused = post(at_desk, f"/reports/hints/{hint.id}/revoke", {}, page="/reports/hints")
    assert refused.status_code == 409


def test_only_a_clerk_of_the_unit_revokes_a_hint(corrected: int, office: Office, signed_in: SignedIn) -> None:
    (hint,) = hints()
    stranger = signed_in(office.other_clerk)
    form = {"csrf_token": token(stranger.get("/reports/hints").text)}
    assert stranger.post(f"/reports/hints/{hint.id}/revoke", data=form).status_code == 404
    with writing(), pytest.raises(NotAllowed):
        revoke_hint(hints_of(office.town)[0], by=office.other_clerk.actor)
    with writing():
        revoke_hint(hints_of(office.town)[0], by=office.clerk.actor)
    with writing(), pytest.raises(OutOfDate):
        revoke_hint(db.session.get_one(AssignmentHint, hint.id), by=office.clerk.actor)


@pytest.mark.database
def test_a_later_correction_goes_before_an_earlier_one(
    at_desk: FlaskClient, corrected: int, office: Office
) -> None:
    again = read_in(at_desk, LATER, period="2025Q4")
    third = proposals(again)[2]
    to_village = {f"p{third.id}-other": f"{office.village_lead.post.id}:"}
    confirm(at_desk, again, **new_to_all(again), **to_village)
    assert [hint.post_id for hint in hints()] == [office.safety_lead.post.id, office.village_lead.post.id]
    last = read_in(at_desk, LATER + b"\n", period="2026Q1")
    offered = [one["post"] for one in proposals(last)[2].suggested["posts"]]
    assert offered[:2] == [office.village_lead.post.id, office.safety_lead.post.id]


def test_a_correction_of_whom_the_report_names_counts_more_than_the_name(
    at_desk: FlaskClient, office: Office
) -> None:
    def text(quarter: str) -> bytes:
        return (
            f"青示镇2025年{quarter}意识形态工作总结\n三、存在的问题\n"
            "（一）村级宣传栏内容陈旧。责任单位：宣传办公室。\n"
        ).encode()

    one = read_in(at_desk, text("第三季度"))
    row = proposals(one)[0]
    assert row.post_why.startswith("原文写明由“宣传办公室”负责")
    confirm(at_desk, one, **{f"p{row.id}-post": f"{office.safety_lead.post.id}:{office.safety_duty.id}"})
    two = read_in(at_desk, text("第四季度"), period="2025Q4")
    assert proposals(two)[0].post_id == office.safety_lead.post.id


def test_a_post_chosen_from_all_goes_before_the_suggested_ones(
    at_desk: FlaskClient, under_review: int, office: Office
) -> None:
    first = proposals(under_review)[0]
    page = at_desk.get(f"/reports/{under_review}").text
    village = re.findall(rf'<option value="({office.village_lead.post.id}:\d+)"', page)[0]
    review(at_desk, under_review, "save", **{f"p{first.id}-other": village})
    assert proposals(under_review)[0].post_id == office.village_lead.post.id
    page = at_desk.get(f"/reports/{under_review}").text
    assert (
        page.count(f'name="p{first.id}-post"') == 4
    )  # three that were suggested, and the one that was chosen
    review(at_desk, under_review, "save", **{f"p{first.id}-other": "none"})
    assert proposals(under_review)[0].post_id is None
    assert "未选择，暂不交办" in at_desk.get(f"/reports/{under_review}").text
