"""What no page of ours sends: every answer is a page that says what to do, never an error of the program."""

import base64
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests import ledger
from tests.forms import post, token
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.setup import add_post
from tracker.periods import Period
from tracker.reports.models import Report
from tracker.summaries.rollup import roll_up
from tracker.web.incoming import MOST_FIELDS, MOST_FROM_STRANGERS, MOST_TEXT, MOST_URLENCODED, plain_number
from tracker.web.paging import read_cursor

SignIn = Callable[[Member], FlaskClient]

NUL_ADDRESSES = (
    "/tasks?unit=%00",
    "/tasks?q=a%00b",
    "/tasks?domain=%01",
    "/tasks?%00=1",
    "/overview?unit=Q%00S",
    "/organization?unit=%00",
    "/duties?kind=%1f",
    "/search?q=%00",
    "/api/v1/tasks?unit=%00",
    "/tasks/1/%00",
    "/tasks/1/%0a",
    "/%00",
    "/static/%00",
    "/language/en?next=%00",
)
TOO_LARGE = ("9223372036854775808", "9" * 30, "1" * 5000)
IMPOSSIBLE_TIMES = (
    "/overview?on=0001-01-01",
    "/overview?on=9999-12-31",
    "/overview?period=1949Q1",
    "/overview?period=2999Q4",
    "/overview?period=9999Y&on=20251301",
    "/tasks?state=overdue&on=0001-01-01",
    "/tasks?state=due_soon&on=1949-12-31",
    "/tasks?state=overdue&on=1950-01-01",
    "/tasks?period=2999Y",
    "/duties?period=1949Q1",
    "/duties?period=1949M01",
    "/duties?period=2999Q4",
    "/duties?period=2999H2",
    "/duties?period=0000Q1",
    "/api/v1/tasks?on=0001-01-01&state=overdue",
)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.mark.database
def test_control_characters_in_an_address_are_refused(office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.clerk)
    for address in NUL_ADDRESSES:
        answer = visitor.get(address)
        assert answer.status_code == 400, address
        assert "控制字符" in (answer.get_json()["error"]["message"] if answer.is_json else answer.text), (
            address
        )
    assert visitor.get("/search?q=%E5%AE%A3%09%E4%BC%A0").status_code == 200, (
        "a tab from a table is no attack"
    )


@pytest.mark.database
def test_characters_that_no_address_should_hold_are_read_as_they_can_be(
    office: Office, signed_in: SignIn
) -> None:
    visitor = signed_in(office.clerk)
    for raw in ("q=宣传".encode().decode("latin-1"), "q=\xff\xfe", "q=%ff%fe", "q=%ED%A0%80", "\xff=1"):
        answer = visitor.get("/search", environ_overrides={"QUERY_STRING": raw})
        assert answer.status_code == 200, raw
    asked = visitor.get("/search", environ_overrides={"QUERY_STRING": "q=宣传".encode().decode("latin-1")})
    assert 'value="宣传"' in asked.text


@pytest.mark.database
def test_control_characters_of_a_form_are_left_out(office: Office, signed_in: SignIn) -> None:
    with writing():
        summary = roll_up(office.town, Period.parse("2025Q4"), by=office.clerk.actor)
        paragraph, version = summary.paragraphs[-1].id, summary.version
    visitor = signed_in(office.clerk)
    written = {
        f"p-{paragraph}": "写的\x00字\x1b",
        f"was-{paragraph}": "0",
        "\x00": "\x00",
        "p-²": "no number",
        "p-" + "9" * 5000: "a number too long to be read",
        "version": version,
    }
    assert post(visitor, f"/summaries/{summary.id}", written).status_code == 302
    assert "写的字" in visitor.get(f"/summaries/{summary.id}").text
    sent = post(visitor, "/login", {"username": "a\x00b", "password": "x\x00y", "next": "/\x00"})
    assert sent.status_code == 422


@pytest.mark.database
def test_control_characters_of_a_file_name_are_left_out(office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.clerk)
    files = {"file": (io.BytesIO("一、存在问题\n（一）宣传不够。".encode()), "季\x00报\x1b.txt")}
    sent = post(visitor, "/reports", files, page="/reports/new")
    assert sent.status_code == 302
    db.session.rollback()
    assert db.session.scalars(select(Report.file_name)).one() == "季报.txt"


@pytest.mark.database
@pytest.mark.parametrize("number", TOO_LARGE, ids=len)
def test_an_id_beyond_every_column_answers_like_a_missing_one(
    app: Flask, number: str, office: Office, signed_in: SignIn
) -> None:
    visitor, stranger = signed_in(office.clerk), app.test_client()
    visitor.get("/mine")  # the session has its token now
    paths = (
        "/tasks/{}",
        "/tasks/{}/assign",
        "/evidence/{}",
        "/reports/{}",
        "/summaries/{}",
        "/summaries/{}.docx",
    )
    for path in paths:
        huge, missing = visitor.get(path.format(number)), visitor.get(path.format(999_999))
        assert (
            (huge.status_code, huge.headers)
            == (missing.status_code, missing.headers)
            == (404, missing.headers)
        )
        assert stranger.get(path.format(number)).status_code == 302
    form = {
        "csrf_token": token(visitor.get("/duties").text),
        "version": number,
        "up_to": number,
        "unit": number,
    }
    for path in ("/tasks/{}/assign", "/inbox/{}/open", "/reports/{}", "/tasks/from-report/{}"):
        assert visitor.post(path.format(number), data=form).status_code == 404
    for path in ("/inbox/read", "/reports", "/duties", "/summaries"):
        assert visitor.post(path, data=form).status_code == 422, path
    assert visitor.get(f"/tasks?post={number}").status_code == 200
    assert plain_number(number) == 0


# --- cursors -------------------------------------------------------------------------------------


def cursor(value: object) -> str:
    """Return any JSON value in the form of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


KINDS = ([int], [date, int], [str, int, int], [datetime, int])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("tdx"), inner),
    max_leaves=6,
)
NEARLY = st.lists(
    st.integers(-(2**70), 2**70)
    | st.booleans()
    | st.text(st.characters())
    | st.builds(lambda day: {"d": day.isoformat()}, st.dates())
    | st.builds(lambda moment: {"t": moment.isoformat()}, st.datetimes(timezones=st.none() | st.timezones()))
    | st.builds(lambda moment: {"d": moment.isoformat()}, st.datetimes()),
    min_size=1,
    max_size=3,
)


@given(st.text() | st.builds(cursor, JSON | NEARLY), st.sampled_from(KINDS))
@settings(max_examples=300, deadline=None)
def test_a_cursor_is_read_or_refused(given_cursor: str, kinds: list[type]) -> None:
    try:
        values = read_cursor(given_cursor, kinds)
    except ValueError:
        return
    assert values is None or [type(value) for value in values] == kinds


ODD_CURSORS = (
    "nonsense",
    "宣传",
    cursor(5),
    cursor([2**63]),
    cursor([True]),
    cursor([{"d": "2025-11-30"}, 2**70]),
    cursor([{"t": "2025-11-30T08:00:00"}, 1]),
    cursor([{"t": "0001-01-01T00:00:00+23:59"}, 1]),
    cursor([{"d": "2025-11-30T08:00:00+08:00"}, 1]),
    cursor(["\x00", 1, 1]),
    cursor(["\ud800", 1, 1]),
    base64.urlsafe_b64encode(b"[" * 200_000).decode(),
)


@pytest.mark.database
def test_a_garbled_place_in_a_list_is_said_to_be_lost(office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.clerk)
    for address in (
        "/tasks?",
        "/tasks?sort=number&",
        "/tasks?sort=changed&",
        "/reports?",
        "/search?q=a&",
        "/duties?",
    ):
        for odd in ODD_CURSORS:
            answer = visitor.get(f"{address}after={odd}")
            assert answer.status_code == 404, (address, odd[:40])
            assert "翻页位置无法识别" in answer.text
    answer = visitor.get("/api/v1/tasks?after=nonsense")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, 404)


@pytest.mark.database
@given(after=st.builds(cursor, NEARLY), sort=st.sampled_from(["deadline", "number", "changed"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_takes_any_cursor_without_an_error(
    after: str, sort: str, office: Office, signed_in: SignIn
) -> None:
    assert signed_in(office.clerk).get("/tasks", query_string={"after": after, "sort": sort}).status_code in (
        200,
        404,
    )


# --- days and periods ----------------------------------------------------------------------------


@pytest.mark.database
def test_times_that_never_were_do_no_harm(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.a_bit_of_everything(office)
    visitor = signed_in(office.clerk)
    for address in IMPOSSIBLE_TIMES:
        assert visitor.get(address).status_code == 200, address
    for period in ("1949Q1", "2999Q4", "9999Y"):
        assert post(visitor, "/summaries", {"unit": office.town.id, "period": period}).status_code in (
            302,
            422,
        )


def test_the_overview_says_what_it_could_not_take_over(office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.secretary)
    for address, said in (
        ("on=0001-01-01", "“0001-01-01”不是可以查看的日期"),
        ("on=2025-02-30", "“2025-02-30”不是可以查看的日期"),
        ("on=2026-01-01", "“2026-01-01”不是可以查看的日期"),
        ("period=2025Q5", "“2025Q5”不是一个期间"),
        ("period=1949", "“1949”不是一个期间"),
    ):
        assert said in visitor.get(f"/overview?{address}").text
    assert "不是" not in visitor.get("/overview?on=2025-11-01&period=2025Q3").text


# --- what is not one's own -----------------------------------------------------------------------


def test_a_foreign_unit_or_post_is_none(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.a_bit_of_everything(office)
        foreign = add_post(office.other_town, "别处的岗位")
    for who, pages in ((office.clerk, ("/tasks", "/overview")), (office.lead, ("/tasks",))):
        visitor = signed_in(who)
        visitor.get("/mine")
        for page in pages:
            for asked, none in (("unit=BL", "unit=XX"), (f"post={foreign.id}", "post=999999")):
                one, other = visitor.get(f"{page}?{asked}"), visitor.get(f"{page}?{none}")
                assert one.status_code == other.status_code
                assert "别处的岗位" not in one.text
                assert same(one.text, asked) == same(other.text, none)
    county = signed_in(office.county_keeper)
    assert "别处的岗位" in county.get("/tasks?unit=BL").text
    assert "别处的岗位" in county.get(f"/tasks?post={foreign.id}").text


def same(page: str, asked: str) -> str:
    """Return a page without what differs from request to request: its own address, the tokens."""
    name, _equals, value = asked.partition("=")
    plain = re.sub(r'[0-9a-f]{12}|name="(?:csrf_token|once)" value="[^"]*"', "", page)
    return plain.replace(f"{name}%3D{value}", "").replace(f"{name}={value}", "")


# --- how much ------------------------------------------------------------------------------------


def test_a_form_has_bounds(app: Flask, office: Office, signed_in: SignIn) -> None:
    visitor = signed_in(office.clerk)
    secret = {"csrf_token": token(visitor.get("/duties").text)}
    report = "汉" * 500_000
    taken = visitor.post("/reports", data=secret | {"pasted": report})
    assert taken.status_code == 302, (
        "the longest report fits although its encoded form is three times as long"
    )
    for too_much in (
        secret | {"pasted": "x" * MOST_URLENCODED},
        MultiDict([("a", "")] * (MOST_FIELDS + 1) + list(secret.items())),
        secret | {"pasted": "x" * (MOST_TEXT + 1), "file": (io.BytesIO(b"x"), "")},
        secret | {"file": (io.BytesIO(b"x" * 21 * 1024 * 1024), "a.txt")},
        MultiDict([(f"a{number}", "") for number in range(1001)] + [("file", (io.BytesIO(b"x"), "a.txt"))]),
    ):
        answer = visitor.post("/reports", data=too_much)
        answer.request.environ["wsgi.input"].close()  # the visitor's own copy of what was sent
        assert answer.status_code == 413
        assert "不超过 20 MB" in answer.text
        assert "选的文件和填写的文字都没有收下" in answer.text
    large = secret | {"file": (io.BytesIO(b"x" * 21 * 1024 * 1024), "a.txt")}
    back = visitor.post("/reports", data=large, headers={"Referer": "http://localhost/reports/new"})
    back.request.environ["wsgi.input"].close()
    assert 'href="/reports/new">回到表单</a>' in back.text
    stranger = app.test_client()
    large = {"csrf_token": token(stranger.get("/login").text), "username": "x" * MOST_FROM_STRANGERS}
    assert stranger.post("/login", data=large).status_code == 413
