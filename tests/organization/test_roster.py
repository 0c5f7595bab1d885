"""The roster out and in: what comes back is what went out; errors by row; hostile files; the commands."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.forms import token
from tests.office import START, Member, Office
from tracker.audit.models import AuditRow
from tracker.columns import Base
from tracker.database import writing
from tracker.documents.sheet import Sheet, UnreadableSheetError, read_sheet, write_sheet
from tracker.extensions import db
from tracker.organization.division import divide_anew, division_of
from tracker.organization.models import DutyDomain, Person, Post, Unit, UnitKind
from tracker.organization.posts import add_post
from tracker.organization.queries import find_unit, holder
from tracker.organization.roster import COLUMNS, header_of, read_roster
from tracker.organization.roster_export import empty_form, roster_file
from tracker.organization.roster_import import enter_roster, rehearse
from tracker.organization.roster_outcome import Outcome
from tracker.organization.setup import add_person, appoint

TODAY = date(2025, 10, 9)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def sheet(header: Sequence[str], *rows: Sequence[str], notes: Sequence[str] = ()) -> bytes:
    return write_sheet(Sheet("花名册", header, rows, notes=notes))


def entered(office: Office, content: bytes) -> Outcome:
    """Enter a file as the ledger keeper, keeping it where nothing is wrong."""
    roster = read_roster(read_sheet("花名册.xlsx", content))
    assert roster.problems == []
    with writing():
        outcome = enter_roster(office.town, roster, day=TODAY, by=office.keeper.actor)
        if outcome.problems:
            db.session.rollback()
    return outcome


def problems(office: Office, content: bytes) -> list[tuple[int, str]]:
    roster = read_roster(read_sheet("花名册.xlsx", content))
    with writing():
        found = rehearse(office.town, roster, day=TODAY, by=office.keeper.actor).problems
    return [(one.row, one.column) for one in found]


def counts() -> dict[str, int]:
    db.session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ("sign_ins", "sessions")]
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def several_of_one_title(office: Office) -> None:
    """Add what makes a roster hard: posts of one title, a vacant one, fields, a title with a comma in it."""
    with writing():
        for name in ("施范", "孔拟", ""):
            post = add_post(office.town, "副镇长", superior=office.secretary.post, in_leadership=True)
            if name:
                appoint(add_person(name, phone="138 0000 0000"), post, from_day=START, acting=name == "孔拟")
        head = add_post(office.town, "党委副书记、镇长", superior=office.secretary.post, in_leadership=True)
        below = add_post(office.village, "村委会主任", superior=post)
        appoint(office.village_lead.person, below, from_day=START)
        division = division_of(office.town, TODAY)
        lines = {(line.leader_post_id, line.unit_id, line.domain_id) for line in division.lines}
        lines |= {(post.id, office.village.id, None), (head.id, None, office.safety.id)}
        lines |= {(head.id, office.village.id, None), (head.id, office.village.id, office.ideology.id)}
        divide_anew(
            office.town, lines, from_day=TODAY, document="", version=division.version, by=office.keeper.actor
        )


@pytest.mark.database
def test_what_went_out_changes_nothing_when_it_comes_back(office: Office) -> None:
    several_of_one_title(office)
    content = roster_file(office.town, TODAY)
    outcome = entered(office, content)
    assert (outcome.problems, outcome.changes, outcome.unchanged) == ([], [], outcome.rows)
    assert outcome.rows == 13


@pytest.mark.database
def test_a_roster_makes_a_whole_office_on_an_empty_database(app: Flask, tmp_path: Path) -> None:
    header = ("单位", "职务", "姓名", "上级岗位", "分管领导", "班子成员", "台账管理", "联系电话")
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(
        sheet(
            header,
            ("青示镇", "党委书记", "周示", "", "", "是", "", ""),
            ("", "副镇长", "王范", "党委书记", "", "√", "", "138 0000 0000"),
            ("督查办公室", "督查办主任", "韩示", "党委书记", "", "", "是", ""),
            ("应急管理办公室", "应急办主任", "空缺", "副镇长", "王范", "否", "", ""),
            ("东示村", "支部书记", "冯演", "副镇长·王范", "副镇长", "", "", ""),
            notes=("青示镇花名册", "填表说明"),
        )
    )
    run = app.test_cli_runner()
    command = ["roster", "import", str(file), "--unit", "QS"]
    looked = run.invoke(args=[*command, "--dry-run"])
    assert looked.exit_code == 0, looked.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == 0
    assert run.invoke(args=command).exit_code == 0
    assert run.invoke(args=command).exit_code == 1  # nothing left to change
    with app.app_context():
        town = find_unit("QS")
        assert town is not None
        assert town.kind == UnitKind.TOWNSHIP
        kinds = dict(db.session.execute(select(Unit.name, Unit.kind)).all())
        domains = db.session.scalars(select(DutyDomain.code).order_by(DutyDomain.id)).all()
        assert domains == ["business", "ideology", "safety", "conduct", "environment"]
        assert kinds["东示村"] == UnitKind.VILLAGE
        covered = {
            (line.leader_post.title, line.unit.name) for line in division_of(town, TODAY).lines if line.unit
        }
        assert covered == {("副镇长", "应急管理办公室"), ("副镇长", "东示村")}
    out = tmp_path / "导出.xlsx"
    assert run.invoke(args=["roster", "export", str(out), "--unit", "QS"]).exit_code == 0
    assert run.invoke(args=["roster", "import", str(out), "--unit", "QS"]).exit_code == 1
    assert run.invoke(args=["roster", "export", str(out), "--unit", "NO"]).exit_code == 2
    file.write_bytes(b"no sheet")
    assert run.invoke(args=command).exit_code == 2


def test_another_name_takes_over_from_its_day(office: Office) -> None:
    header = ("单位代码", "岗位", "姓名", "任职日期", "电话")
    outcome = entered(
        office, sheet(header, ("QS-XC", "宣传办主任", "施范", "2025年10月13日", "138 0000 0000"))
    )
    assert [change.row for change in outcome.changes] == [2]
    assert holder(office.lead.post, date(2025, 10, 12)) == office.lead.person
    successor = holder(office.lead.post, date(2025, 10, 13))
    assert successor is not None
    assert (successor.name, successor.phone) == ("施范", "138 0000 0000")


def test_a_second_person_of_one_name_is_told_apart_by_telephone(office: Office) -> None:
    with writing():
        for phone in ("138 0000 0001", "138 0000 0002"):
            post = add_post(office.town, f"科员{phone[-1]}")
            appoint(add_person("施范", phone=phone), post, from_day=START)
    header = ("单位", "岗位", "姓名", "电话")
    assert problems(office, sheet(header, ("宣传办公室", "宣传办主任", "施范", ""))) == [(2, "姓名")]
    entered(office, sheet(header, ("宣传办公室", "宣传办主任", "施范", "138 0000 0002")))
    found = holder(office.lead.post, TODAY)
    assert found is not None
    assert found.phone == "138 0000 0002"
    assert db.session.scalar(select(func.count()).select_from(Person).where(Person.name == "施范")) == 2


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"班子成员": "也许"}, "班子成员"),
    ({"任职日期": "去年"}, "任职日期"),
    ({"排序": "第一"}, "排序"),
    ({"单位类型": "公司"}, "单位类型"),
    ({"岗位": ""}, "岗位"),
    ({"上级岗位": "县长"}, "上级岗位"),
    ({"上级岗位": "宣传办主任"}, "上级岗位"),
    ({"分管领导": "党政办经办人"}, "分管领导"),
    ({"分管领域": "航天"}, "分管领域"),
    ({"单位代码": "办公室 1", "单位": "新办"}, "单位代码"),
    ({"电话": "没有"}, "电话"),
    ({"任职日期": "2024-12-31", "姓名": "施范"}, "岗位"),
)


@pytest.mark.parametrize(("cells", "column"), WRONG)
def test_what_is_wrong_is_named_by_row_and_column_and_nothing_is_kept(
    office: Office, cells: dict[str, str], column: str
) -> None:
    right = {"单位": "宣传办公室", "岗位": "宣传办主任", "姓名": "褚例"}
    row = right | cells
    before = counts()
    assert problems(office, sheet(list(row), list(row.values()))) == [(2, column)]
    assert counts() == before


def test_what_cannot_be_read_and_what_cannot_be_entered_are_told_at_once(office: Office) -> None:
    header = ("单位代码", "单位", "岗位", "姓名", "上级岗位", "任职日期", "经办", "分管领域")
    rows = (
        ("", "宣传办公室", "宣传办主任", "施范", "县长", "去年", "", ""),
        ("办 1", "新办", "新办主任", "孔拟", "", "", "", ""),  # a code that is none: its post is not there
        ("", "青示镇", "副镇长", "王范", "", "2025-01-02", "也许", "航天"),
        ("", "应急管理办公室", "应急办主任", "卫样", "新办主任", "", "", ""),  # no problem of its own
        ("", "东示村", "", "曹例", "", "", "", ""),
        ("", "东示村", "东示村党支部书记", "冯演", "", "昨天", "", "统计"),
    )
    before = counts()
    assert problems(office, sheet(header, *rows)) == [
        (2, "任职日期"),
        (2, "上级岗位"),
        (3, "单位代码"),
        (4, "经办"),
        (4, "分管领域"),
        (6, "岗位"),
        (7, "任职日期"),
        (7, "分管领域"),
    ]
    assert counts() == before


def test_a_row_without_a_unit_is_told_with_the_rest(office: Office) -> None:
    rows = (("", "某岗位", "", ""), ("宣传办公室", "宣传办主任", "褚例", "县长"))
    assert problems(office, sheet(("单位", "岗位", "姓名", "上级岗位"), *rows)) == [
        (2, "单位"),
        (3, "上级岗位"),
    ]


def test_without_a_header_nothing_is_read(office: Office) -> None:
    assert problems(office, sheet(("甲", "乙"), ("1", "2"))) == [(0, "")]


def upload(visitor: FlaskClient, content: bytes, name: str = "花名册.xlsx") -> TestResponse:
    address = "/organization/roster?unit=QS"
    sent = {"csrf_token": token(visitor.get(address).text), "file": (io.BytesIO(content), name)}
    return visitor.post(address, data=sent, content_type="multipart/form-data")


def test_the_page_shows_first_and_enters_then(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    keeper = signed_in(office.keeper)
    before = counts()
    content = sheet(("单位", "岗位", "姓名"), ("宣传办公室", "宣传专干", "施范"))
    shown = upload(keeper, content)
    assert shown.status_code == 200
    assert "增设岗位宣传专干" in shown.text
    assert counts() == before
    assert shown.text.index("增设岗位宣传专干") < shown.text.index("施范自 ")
    assert shown.text.count("第 2 行") == 1  # what a row changes stands together
    digest = shown.text.split('name="digest" value="')[1].split('"')[0]
    fields = {
        "csrf_token": token(shown.text),
        "cells": json.dumps(read_sheet("x.xlsx", content)),
        "digest": digest,
    }
    address = "/organization/roster/enter?unit=QS"
    assert keeper.post(address, data=fields | {"digest": "0"}).status_code == 409
    assert counts()["posts"] == before["posts"]
    assert keeper.post(address, data=fields).status_code == 302
    db.session.rollback()
    assert db.session.scalar(select(Post.title).where(Post.title == "宣传专干"))
    exported = keeper.get("/organization/roster.xlsx")
    assert "施范" in str(read_sheet("x.xlsx", exported.data))
    db.session.rollback()
    assert db.session.scalar(
        select(func.count()).select_from(AuditRow).where(AuditRow.action == "organization.export_roster")
    )


def bomb(unpacked: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * unpacked)
    return content.getvalue()


def of_many_parts() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for number in range(2100):
            archive.writestr(f"part{number}", b"")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "不是 .xlsx"),
        (b"PK\x03\x04" + b"0" * 100, "不是 .xlsx"),
        (b"0" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
        (bomb(20 * 1024 * 1024), "解开后过大"),
        (of_many_parts(), "解开后过大"),
        (bomb(100), "已经停下"),
    ],
)
def test_a_hostile_file_is_refused_with_one_message(content: bytes, message: str) -> None:
    with pytest.raises(UnreadableSheetError, match=message):
        read_sheet("花名册.xlsx", content)


def test_the_page_says_why_a_file_is_not_read(
    office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    keeper, before = signed_in(office.keeper), counts()
    answer = upload(keeper, bomb(20 * 1024 * 1024))
    assert answer.status_code == 422
    assert "解开后过大" in answer.text
    assert counts() == before


def test_a_hundred_thousand_rows_are_refused() -> None:
    content = sheet(("单位", "岗位"), *([("宣传办", "干事")] * 100_000))
    with pytest.raises(UnreadableSheetError, match="超过 5000 行"):
        read_sheet("大表.xlsx", content)


def test_no_cell_runs_as_a_formula(tmp_path: Path) -> None:
    starts = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "\x00=1")
    content = sheet(("甲",), *((text,) for text in starts))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert page.count('t="s"') == len(starts) + 1
    assert [row[0] for row in read_sheet("x.xlsx", content)][1] == "=1+1"


def test_the_empty_form_is_understood_by_the_import() -> None:
    roster = read_roster(read_sheet("空表.xlsx", empty_form()))
    assert roster.problems == []
    assert [row["name"] for row in roster.rows] == ["褚例"]
    assert len({header_of(field) for field in COLUMNS}) == len(COLUMNS)
