"""The division of work: entered as one table, its history, its gaps, its paper, and a change in mid-task."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.forms import token
from tests.office import START, Member, Office
from tests.reminders.steps import PHOTO, in_progress, notices, tick_now
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.division import divide_anew, division_of
from tracker.organization.models import Portfolio
from tracker.organization.portfolios import deputy_in_charge
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.reminders.models import Clock
from tracker.tasks import lifecycle
from tracker.tasks.models import Task
from tracker.tasks.roles import endorser
from tracker.tasks.states import Action, TaskState

TODAY = date(2025, 10, 9)
CHANGE = date(2025, 11, 10)
DEADLINE = date(2025, 11, 18)
NEW = "青委〔2025〕9号"


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def lines(office: Office, day: date) -> set[tuple[str, str]]:
    """Return who is in charge of what on a day, in words."""
    return {
        (line.leader_post.title, (line.unit or line.domain).name)  # type: ignore[union-attr] # has one of the two
        for line in division_of(office.town, day).lines
    }


def save(visitor: FlaskClient, ticked: list[str], **fields: str) -> TestResponse:
    """Send the table with these boxes ticked, as its page stands."""
    page = visitor.get("/organization/portfolio/edit?unit=QS").text
    version = page.split('name="version" value="')[1].split('"')[0]
    sent = {"csrf_token": token(page), "version": version, "line": ticked} | fields
    return visitor.post("/organization/portfolio/edit?unit=QS", data=sent)


def both_to_the_vice_head(office: Office) -> list[str]:
    """Return the boxes that put the publicity office beside the safety office."""
    leader = office.vice_head.post.id
    return [f"{leader}:{office.publicity.id}:", f"{leader}:{office.safety_office.id}:"]


@pytest.mark.database
def test_a_division_that_changes_in_mid_task(
    office: Office, moved_clock: Callable[..., None], signed_in: Callable[[Member], FlaskClient]
) -> None:
    first, second = in_progress(office, DEADLINE), in_progress(office, DEADLINE, "网评员配备不足")
    with writing():
        lifecycle.request_closure(first, by=office.lead.actor, result="已培训 1 期", evidence=[PHOTO])
        lifecycle.endorse(first, by=office.deputy.actor, opinion="同意")
    table = Task.__table__
    rows = db.session.execute(select(table).order_by(table.c.id)).mappings().all()
    db.session.rollback()
    saved = save(signed_in(office.keeper), both_to_the_vice_head(office), day=str(CHANGE), document=NEW)
    assert saved.status_code == 302
    db.session.rollback()
    assert db.session.execute(select(table).order_by(table.c.id)).mappings().all() == rows

    before = deputy_in_charge(office.lead.post, office.ideology, date(2025, 11, 9))
    after = deputy_in_charge(office.lead.post, office.ideology, CHANGE)
    assert (before.post, after.post) == (office.deputy.post, office.vice_head.post)
    assert NEW in after.rule

    for day in (date(2025, 11, 7), date(2025, 11, 17)):  # seven and one working days before the deadline
        moved_clock(day)
        tick_now()
    of_second = [notice for notice in notices(of=Clock.DEADLINE) if notice.subject_id == second.id]
    reminded = {notice.person_id for notice in of_second if notice.rung == "-1w"}
    assert reminded == {office.lead.person.id, office.vice_head.person.id}

    with writing():
        lifecycle.request_closure(second, by=office.lead.actor, result="已配齐", evidence=[PHOTO])
    decider = endorser(second, office.lead.actor.day)
    assert decider is not None
    assert decider.person == office.vice_head.person
    with pytest.raises(NotAllowed), writing():
        lifecycle.endorse(second, by=office.deputy.actor, opinion="同意")
    with writing():
        lifecycle.endorse(second, by=office.vice_head.actor, opinion="同意")
    who = [
        next(event.person.name for event in task.events if event.action == Action.ENDORSE)
        for task in (first, second)
    ]
    assert who == ["郑样", "王范"]
    assert {task.state for task in (first, second)} == {TaskState.ENDORSED}


@pytest.mark.database
def test_lines_that_go_end_and_those_that_stay_are_untouched(office: Office) -> None:
    leader, stays = office.vice_head.post.id, office.safety_office.id
    with writing():
        done = divide_anew(
            office.town,
            [(leader, stays, None), (leader, None, office.safety.id)],
            from_day=CHANGE,
            document=NEW,
            version=division_of(office.town, CHANGE).version,
            by=office.keeper.actor,
        )
    assert done == (1, 1)
    assert lines(office, date(2025, 11, 9)) == {("党委副书记", "宣传办公室"), ("副镇长", "应急管理办公室")}
    assert lines(office, CHANGE) == {("副镇长", "应急管理办公室"), ("副镇长", "安全生产")}
    kept = db.session.scalars(select(Portfolio).where(Portfolio.unit_id == stays)).one()
    assert (kept.from_day, kept.to_day, kept.document) == (START, None, "青委〔2025〕1号")


def test_a_table_that_somebody_changed_is_out_of_date(office: Office) -> None:
    version = division_of(office.town, CHANGE).version
    wanted = [(office.deputy.post.id, office.village.id, None)]
    given: dict[str, Any] = {"from_day": CHANGE, "document": NEW, "by": office.keeper.actor}
    with writing():
        divide_anew(office.town, wanted, version=version, **given)
    with pytest.raises(OutOfDate), writing():
        divide_anew(office.town, [], version=version, **given)
    earlier = {**given, "from_day": TODAY, "version": division_of(office.town, TODAY).version}
    with pytest.raises(Refused, match="不能早于"), writing():
        divide_anew(office.town, wanted, **earlier)


def test_gaps_and_double_lines_are_named(office: Office, signed_in: Callable[[Member], FlaskClient]) -> None:
    leader = office.deputy.post.id
    present = division_of(office.town, TODAY)
    ids = [(line.leader_post_id, line.unit_id, line.domain_id) for line in present.lines]
    with writing():
        divide_anew(
            office.town,
            [*ids, (leader, office.safety_office.id, None)],
            from_day=TODAY,
            document=NEW,
            version=present.version,
            by=office.keeper.actor,
        )
    division = division_of(office.town, TODAY)
    assert [(gap.covered.name, [post.title for post in gap.instead]) for gap in division.gaps] == [
        ("东示村", ["党委副书记"]),
        ("意识形态", []),
        ("安全生产", []),
    ]
    assert [(one.covered.name, len(one.posts)) for one in division.doubled] == [("应急管理办公室", 2)]
    page = signed_in(office.lead).get("/organization/portfolio").text
    assert "没有写明分管的" in page
    assert "重复写明分管的" in page


def test_the_paper_reads_as_a_clerk_writes_it(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    keeper = signed_in(office.keeper)
    deputy = office.deputy.post.id
    boxes = [f"{deputy}:{unit.id}:" for unit in (office.publicity, office.village)]
    pair = {f"unit-{deputy}": str(office.safety_office.id), f"domain-{deputy}": str(office.safety.id)}
    boxes.append(f"{deputy}::{office.ideology.id}")
    assert save(keeper, boxes, day="2025-10-09", document=NEW, **pair).status_code == 302
    answer = keeper.get("/organization/portfolio.docx")
    words = [one.text for one in docx.Document(io.BytesIO(answer.data)).paragraphs if one.text.strip()]
    assert words[0] == "青示镇领导班子成员工作分工"
    assert words[1] == f"根据{NEW}，领导班子成员工作分工如下，自2025年10月9日起执行。"
    assert (
        "郑样（党委副书记）：负责意识形态工作；分管宣传办公室；分管应急管理办公室安全生产工作；包东示村。"
        in words
    )


def test_a_paper_is_chinese_whatever_language_its_reader_reads(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    keeper = signed_in(office.keeper)
    boxes = [f"{office.deputy.post.id}:{office.publicity.id}:"]
    assert save(keeper, boxes, day="2025-10-09", document=NEW).status_code == 302
    keeper.set_cookie("lang", "en")
    assert "Portfolios of the leaders" in keeper.get("/organization/portfolio").text
    for address in ("/organization/portfolio.docx", "/organization/duty-list.docx?unit=QS"):
        answer = keeper.get(address)
        words = "".join(one.text for one in docx.Document(io.BytesIO(answer.data)).paragraphs)
        assert re.findall("[A-Za-z]{3,}", words) == []
    assert "郑样（党委副书记）：分管宣传办公室。" in keeper.get("/organization/portfolio").text


def test_boxes_nobody_offered_are_refused(office: Office, signed_in: Callable[[Member], FlaskClient]) -> None:
    keeper = signed_in(office.keeper)
    for box in (
        f"{office.other_clerk.post.id}:{office.village.id}:",
        f"{office.deputy.post.id}:{office.county.id}:",
    ):
        assert save(keeper, [box], day="2025-10-09", document="").status_code == 422
    assert save(keeper, ["x:y:z"], day="2025-10-09", document="").status_code == 422
    db.session.rollback()
    assert len(division_of(office.town, TODAY).lines) == 2


def test_a_change_planned_for_a_later_day_can_be_changed_again(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    keeper = signed_in(office.keeper)
    deputy, vice = office.deputy.post.id, office.vice_head.post.id
    assert save(keeper, [f"{deputy}:{office.publicity.id}:"], day="2025-12-01").status_code == 302
    form = keeper.get("/organization/portfolio/edit").text
    assert "已登记自 12月1日起执行的调整" in form
    assert re.search(rf'value="{deputy}:{office.publicity.id}:"\s+checked', form)
    early = save(keeper, [f"{vice}:{office.publicity.id}:"], day="2025-11-01")
    assert early.status_code == 422
    assert "已登记自 2025年12月1日起执行的分工，新的不能早于这一天。" in early.text
    assert save(keeper, [f"{vice}:{office.publicity.id}:"], day="2025-12-01").status_code == 302
    assert save(keeper, [], day="2025-12-10").status_code == 302  # it only ends what there was
    db.session.rollback()
    names = [lines(office, date(2025, 12, day)) for day in (1, 9, 10)]
    assert [len(found) for found in names] == [1, 1, 0]
    assert save(keeper, [f"{deputy}:{office.publicity.id}:"], day="2025-12-10").status_code == 302
