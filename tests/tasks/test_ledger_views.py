"""The ledger narrowed by everything the office asks for, in its columns, under names that people keep."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests import ledger
from tests.forms import post
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.extensions import db
from tracker.problems.models import ProblemSource
from tracker.problems.recording import record_problem
from tracker.tasks import leading, lifecycle
from tracker.tasks.access import visible_to
from tracker.tasks.columns import COLUMNS
from tracker.tasks.lights import Lights
from tracker.tasks.lists import LISTS
from tracker.tasks.models import SavedView
from tracker.tasks.queries import ledger as page_of
from tracker.tasks.queries import read_conditions

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.mark.database
def test_conditions_combine(office: Office) -> None:
    with writing():
        found_there = record_problem(
            office.town, ledger.Q3, domain=office.ideology, text="检查", source=ProblemSource.INSPECTION
        )
        inspected = ledger.in_progress(office, "检查发现的", problem=found_there, deadline=date(2025, 11, 18))
        ledger.in_progress(office, "临期的", deadline=date(2025, 11, 18), duty=office.safety_duty)
        ledger.assigned(office, "长期的", deadline=None, review_on=date(2025, 12, 15))
        stalled = ledger.in_progress(office, "没有进展的", deadline=date(2026, 3, 31))
        stalled.last_progress_on = date(2025, 9, 1)
        leading.put_on_list(inspected, by=office.clerk.actor, reason="重点")

    def shown(**asked: str) -> list[str]:
        actor = office.clerk.actor
        conditions = read_conditions(MultiDict(asked), actor)
        assert {name: conditions.address()[name] for name in asked} == asked
        return [task.title for task in page_of(conditions, visible_to(actor), Lights.on(TODAY)).page().rows]

    assert shown(level="1") == ["检查发现的", "临期的"]
    assert shown(level="1", source="inspection") == shown(listed="1") == ["检查发现的"]
    assert shown(level="1", domain=office.safety_duty.domain.code, state="open", unit="QS-YJ") == ["临期的"]
    assert shown(source="plain", remedy="long_term") == ["长期的"]
    assert shown(stalled="1") == ["没有进展的"]
    assert shown(stalled="1", listed="1") == []


def test_chips_take_away_one_condition_each_and_what_is_unknown_is_left_out(
    office: Office, signed_in: SignIn
) -> None:
    address = "/tasks?source=meeting&remedy=immediate&level=9&listed=yes&cols=due"
    page = signed_in(office.clerk).get(address).text
    for rest in ("remedy=immediate&amp;cols=due", "source=meeting&amp;cols=due"):
        assert f'href="/tasks?{rest}"' in page
    assert "level=9" not in page


@pytest.mark.database
def test_every_column_says_what_the_ledger_of_the_office_does(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.in_progress(office, "宣传栏更新不及时", measure="逐栏更换", deadline=date(2025, 12, 31))
        lifecycle.report_progress(task, by=office.lead.actor, text="已换两处", percent=60)
        closed = ledger.closed(office, "已经办完的")
    clerk = signed_in(office.clerk)
    page = clerk.get("/tasks?cols=all").text
    people = ("褚例（宣传办主任）", "郑样（党委副书记）", "韩示（督查办主任）")
    said = ("逐栏更换", "已换两处", "60%", "12月31日", "宣传办公室", "良好", "未销号", *people)
    assert [one for one in said if one not in page] == []
    few = clerk.get("/tasks?cols=due.measure&cols=nonsense").text
    assert "逐栏更换" in few
    assert "已换两处" not in few
    secretary = signed_in(office.secretary)
    for name, row in LISTS.items():
        shown = secretary.get("/tasks", query_string=row.address(name)).text
        assert all(f'data-l="{COLUMNS[column].label}"' in shown for column in row.columns)
        assert (closed.title in shown) == (name in ("problems", "tasks", "results"))


@pytest.mark.database
def test_a_list_is_kept_shared_changed_and_deleted(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "宣传栏更新不及时")
        ledger.assigned(office, "宣传车未年检", duty=office.safety_duty)
    clerk, lead = signed_in(office.clerk), signed_in(office.lead)
    shown = {"state": "open", "cols": "due.problem", "sort": "post", "unit": "QS", "junk": "1"}
    sent = post(clerk, "/tasks/views", shown | {"name": " 在办 清单 ", "shared": "1"}, page="/tasks")
    link = sent.headers["Location"]
    db.session.rollback()  # nothing older is read
    view = db.session.scalars(select(SavedView)).one()
    assert view.name == "在办 清单"
    assert view.address == {name: shown[name] for name in ("state", "cols", "sort", "unit")}
    for visitor, sees in ((clerk, True), (lead, False)):
        opened = visitor.get(link, follow_redirects=True).text
        assert "宣传栏更新不及时" in opened
        assert ("宣传车未年检" in opened) == sees
    other, missing = signed_in(office.other_clerk), "/tasks/views/" + "x" * 22
    assert (other.get(link).status_code, other.get(missing).status_code) == (404, 404)
    again = post(clerk, "/tasks/views", shown | {"name": "在办 清单"}, page="/tasks")
    assert "您已有一份叫“在办 清单”的清单" in clerk.get(again.headers["Location"]).text
    change = {"version": "1", "name": "在办", "shared": ""}
    assert post(lead, link, change, page="/tasks").status_code == 403
    assert post(clerk, link, change, page="/tasks").status_code == 302
    assert post(clerk, link, change, page="/tasks").status_code == 409  # changed in between
    assert lead.get(link).status_code == 404  # no longer shared
    replace = {"version": "2", "replace": "1", "state": "overdue"}
    assert post(clerk, link, replace, page="/tasks").headers["Location"] == link
    assert clerk.get(link).headers["Location"] == f"/tasks?state=overdue&view={view.key}"
    assert post(clerk, f"{link}/delete", {"version": "3"}, page="/tasks").status_code == 302
    assert clerk.get(link).status_code == 404
