"""The first report of a unit brings figures along: matched to kinds of act, entered by one press, once."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.office import Member, Office
from tests.reports.steps import confirm, fields_of, proposals, read_in
from tests.unit.documents_for_reading import sample_text
from tracker.database import writing
from tracker.duties.kinds import kinds
from tracker.duties.models import ActKind, OpeningFigure
from tracker.duties.opening import Before, enter_opening_figure
from tracker.duties.read_figures import kind_of
from tracker.extensions import db
from tracker.reports.reading.contract import read_report

SAMPLE = sample_text().encode()
SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def in_october(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 14))


@pytest.fixture
def clerk(office: Office, signed_in: SignedIn) -> FlaskClient:
    return signed_in(office.clerk)


@pytest.fixture
def confirmed(clerk: FlaskClient) -> int:
    found = read_in(clerk, SAMPLE)
    assert confirm(clerk, found).status_code == 302
    return found


def figures() -> list[OpeningFigure]:
    db.session.rollback()
    return list(db.session.scalars(select(OpeningFigure).order_by(OpeningFigure.id)))


def send(visitor: FlaskClient, report_id: int, ticked: list[str], **changes: str) -> TestResponse:
    """Press the button of the figures with these ticked and some fields changed."""
    page = visitor.get(f"/reports/{report_id}").text
    sent = {**fields_of(page), **changes, "figures": ticked}
    return visitor.post(f"/duties/opening/from-report/{report_id}", data=sent)


def ticked_on(page: str) -> list[str]:
    """Return the figures that the page has ticked."""
    rows = [part for part in page.split("<input") if 'name="figures"' in part.split(">")[0]]
    return [part.split('value="')[1].split('"')[0] for part in rows if "checked" in part.split(">")[0]]


@pytest.mark.database
def test_one_press_enters_what_is_surely_matched(clerk: FlaskClient, confirmed: int, office: Office) -> None:
    page = clerk.get(f"/reports/{confirmed}").text
    assert "报告里的数字，登记为期初数" in page
    assert len(ticked_on(page)) == 3
    sent = send(clerk, confirmed, ticked_on(page))
    assert sent.status_code == 302
    assert [(one.kind.code, one.count, str(one.until_day), one.domain_id) for one in figures()] == [
        ("analysis", 2, "2025-09-30", office.ideology.id),
        ("study", 12, "2025-09-30", office.ideology.id),
        ("discussion", 4, "2025-09-30", office.ideology.id),
    ]
    assert (
        figures()[0].source == f"《样川县青示镇2025年第三季度意识形态工作情况总结》（第 {confirmed} 号报告）"
    )
    page = clerk.get(f"/reports/{confirmed}").text
    assert "由这份报告登记" in page
    assert "登记勾选的数字" not in page
    assert send(clerk, confirmed, ["0"]).status_code == 409
    assert len(figures()) == 3


def test_a_later_report_offers_none(clerk: FlaskClient, confirmed: int) -> None:
    later = read_in(clerk, SAMPLE.replace("第三季度".encode(), "第四季度".encode()), period="2025Q4")
    said = {f"p{row.id}-kin": "new" for row in proposals(later) if row.suggested["kin"]}
    assert confirm(clerk, later, **said).status_code == 302
    assert "登记为期初数" not in clerk.get(f"/reports/{later}").text
    assert clerk.post(f"/duties/opening/from-report/{later}", data={"figures": "0"}).status_code in (400, 409)
    assert "登记为期初数" in clerk.get(f"/reports/{confirmed}").text  # until somebody has entered them


@pytest.mark.parametrize("wrong", ["none", "no kind", "a kind twice", "a day to come", "too many"])
def test_what_cannot_be_entered_is_refused_with_its_field_and_nothing_is_entered(
    clerk: FlaskClient, confirmed: int, wrong: str
) -> None:
    page = clerk.get(f"/reports/{confirmed}").text
    one, two = ticked_on(page)[:2]
    kind = fields_of(page)[f"figure{one}-kind"]
    given: tuple[list[str], dict[str, str]] = {
        "none": ([], {}),
        "no kind": ([one], {f"figure{one}-kind": ""}),
        "a kind twice": ([one, two], {f"figure{two}-kind": kind}),
        "a day to come": ([one], {"until_day": "2025-12-31"}),
        "too many": ([one], {f"figure{one}-count": "10000"}),
    }[wrong]
    refused = send(clerk, confirmed, given[0], **given[1])
    assert refused.status_code == 422
    assert 'class="errsum"' in refused.text
    assert ticked_on(refused.text) == given[0]
    for name, value in given[1].items():
        assert fields_of(refused.text)[name] == value
    assert figures() == []


def test_who_may_not_enter_opening_figures_is_offered_none(
    confirmed: int, office: Office, signed_in: SignedIn
) -> None:
    secretary = signed_in(office.secretary)
    page = secretary.get(f"/reports/{confirmed}")
    assert page.status_code == 200
    assert "登记为期初数" not in page.text
    assert "从导入到生成任务" not in page.text
    sent = secretary.post(f"/duties/opening/from-report/{confirmed}", data={"figures": "0"})
    assert sent.status_code in (400, 404)
    assert "登记为期初数" in signed_in(office.keeper).get(f"/reports/{confirmed}").text


def test_what_the_office_has_already_is_not_ticked(
    clerk: FlaskClient, confirmed: int, office: Office
) -> None:
    study = next(kind for kind in kinds() if kind.code == "study")
    with writing():
        before = Before(9, date(2025, 6, 30), "纸质台账")
        enter_opening_figure(office.town, study, before, by=office.clerk.actor, domain=office.ideology)
    page = clerk.get(f"/reports/{confirmed}").text
    assert len(ticked_on(page)) == 2
    assert "这个事项已有期初数，登记即更正" in page


@pytest.mark.parametrize(
    ("counted", "unit", "kind", "sure"),
    [
        ("专题学习", "次", "study", True),
        ("交流研讨", "次", "discussion", True),
        ("防汛演练", "次", "drill", True),
        ("例会", "次", "meeting", True),
        ("镇长带队检查", "次", "inspection", False),
        ("发放资料", "份", None, False),
        ("专题学习", "场", None, False),
    ],
)
def test_words_are_matched_to_kinds(
    office: Office, counted: str, unit: str, kind: str | None, sure: bool
) -> None:
    found, is_sure = kind_of(counted, unit, kinds())
    assert (None if found is None else found.code, is_sure) == (kind, sure)


def test_plans_and_faults_count_nothing_that_was_done(clerk: FlaskClient, office: Office) -> None:
    from tracker.duties.read_figures import read_figures

    text = (
        "青示镇2025年第三季度工作情况\n一、工作开展情况\n开展演练2次。培训3期，参加近40人次。\n"
        "二、存在问题\n全年只召开例会1次。\n三、下一步工作打算\n举办培训5期。\n"
    )
    reading = read_report("报.txt", text.encode())
    found = read_figures(reading.as_json(), text, kinds())
    assert [(one.count, one.kind and one.kind.code, one.is_sure) for one in found] == [
        (2, "drill", True),
        (3, "training", True),
        (40, None, False),
    ]
    with writing():
        twice = [ActKind(code="own", name="演练日", counted_in="次")]
        assert kind_of("演练", "次", [*kinds(), *twice])[0] is not twice[0]
