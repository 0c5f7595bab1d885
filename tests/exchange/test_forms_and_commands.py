"""The ledger in a form of the unit, whose look stays; its headers and aliases; the command line."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from sqlalchemy import select

from tests import ledger
from tests.exchange.tables import AT, changed, exported, planned, row_of, told
from tests.forms import token
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.documents.returned_sheet import read_returned
from tracker.exchange.ledger_columns import COLUMNS, field_of
from tracker.exchange.ledger_in import find_header
from tracker.exchange.ledger_plan import MOST_ROWS
from tracker.extensions import db
from tracker.tasks import lifecycle, marking
from tracker.tasks.lists import LISTS
from tracker.tasks.models import Task

SignIn = Callable[[Member], FlaskClient]
FIRST_DAY = datetime(2025, 12, 1)  # noqa: DTZ001 - a day as openpyxl reads it
THIN = Side(style="thin")


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


# --- headers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("存在问题", "problem"),
        ("检查发现的主要隐患或问题", "problem"),
        ("重点工作", "problem"),
        ("整改举措", "measure"),
        ("工作任务安排", "measure"),
        ("已采取的整改措施", "progress"),
        ("攻坚目标任务", "goal"),
        ("责任\n领导", "leader"),
        ("领办领导", "leader"),
        ("整改第一责任人", "first_person"),
        ("主办单位", "lead_unit"),
        ("责任科室", "resp_unit"),
        ("承办单位", "resp_unit"),
        ("协办单位", "coop_unit"),
        ("主责责任人", "person"),
        ("办结时限", "due"),
        ("对应的完成时间", "due"),
        ("第二季度\n完成情况", "progress"),
        ("2025年第三季度完成情况", "progress"),
        ("完成情况", "done"),
        ("是否已完成整改", "closed"),
        ("整改验收时间", "closed_on"),
        ("核查单位", "verifier"),
        ("完成时限（年月日）", "due"),
        (" 备 注 *", "remark"),
        ("联系电话", None),
        ("", None),
        ("问题金额（万元）", None),
    ],
)
def test_a_header_is_known_by_the_names_that_offices_use(header: str, field: str | None) -> None:
    assert field_of(header) == field


def test_every_header_of_an_export_is_read_back_as_its_own_column() -> None:
    assert [field_of(column.header) for column in COLUMNS] == [column.field for column in COLUMNS]


def test_a_header_of_three_rows_is_one_header() -> None:
    rows = [
        ["青示镇审计整改清单", "", "", "", "", ""],
        ["截至2025年11月12日", "", "", "", "", ""],
        ["序号", "编号", "整改责任清单", "", "整改目标清单", ""],
        ["", "", "具体责任单位", "具体问题表述", "整改要求", "整改时限"],
        ["", "", "", "", "", "（年月日）"],
        ["1", "ZG-2025Q3-001", "宣传办公室", "问题", "要求", "2025-12-31"],
    ]
    header = find_header(rows)
    assert header is not None
    assert header.below == 5 or header.fields[5] == "due"
    assert {"no", "case_no", "resp_unit", "problem", "goal"} <= set(header.fields.values())


# --- a form of the unit ------------------------------------------------------------------------------


def form(blank: int, *, foot: bool = True) -> bytes:
    """Return a form as an office above sends it: title, day, header, ruled blank rows, a foot."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "整改清单"
    sheet.merge_cells("A1:H1")
    sheet["A1"] = "样川县专项整改清单"
    sheet["A1"].font = Font(name="方正小标宋简体", size=20)
    sheet["A2"] = "填报单位：          截至20XX年X月X日"
    headers = (
        "序号",
        "存在问题",
        "整改\n举措",
        "责任科室",
        "领办领导",
        "完成时限",
        "第三季度完成情况",
        "分管县领导签字",
    )
    for column, header in enumerate(headers, 1):
        cell = sheet.cell(3, column, header)
        cell.fill = PatternFill("solid", fgColor="DDEEFF")
    for row in range(4, 4 + blank):
        for column in range(1, 9):
            cell = sheet.cell(row, column)
            cell.border = Border(THIN, THIN, THIN, THIN)
            cell.alignment = Alignment(wrap_text=True)
            if column == 6:
                cell.number_format = "yyyy年m月d日"
        sheet.cell(row, 1).value = row - 3
        sheet.row_dimensions[row].height = 15
    if foot:
        at = 4 + blank
        sheet.merge_cells(f"A{at}:D{at}")
        sheet.cell(at, 1, "填报人：")
        sheet.cell(at, 5, "审核人：")
    sheet.column_dimensions["B"].width = 50
    sheet.page_setup.orientation = "landscape"
    sheet.print_area = f"A1:H{4 + blank}"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def filled(visitor: FlaskClient, content: bytes, address: str = "/tasks/ledger/form") -> Any:
    page = visitor.get(address)
    fields = {"csrf_token": token(page.text), "file": (io.BytesIO(content), "模板.xlsx")}
    answer = visitor.post(address, data=fields)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    answer.close()
    return book.active


@pytest.mark.parametrize(("blank", "foot"), [(2, True), (8, True), (1, False)])
def test_a_form_is_filled_by_its_own_header_and_keeps_its_look(
    office: Office, signed_in: SignIn, blank: int, foot: bool
) -> None:
    with writing():
        for number in range(4):
            ledger.in_progress(
                office, f"=问题{number}", measure=f"+措施{number}", deadline=date(2025, 12, 1 + number)
            )
        task = db.session.scalars(select(Task).where(Task.title == "=问题0")).one()
        lifecycle.report_progress(task, by=office.lead.actor, text="已换新两处")
    sheet = filled(signed_in(office.clerk), form(blank, foot=foot))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=7)]
    assert rows[0] == [
        1,
        "=问题0",
        "+措施0",
        "宣传办公室",
        "郑样（党委副书记）",
        FIRST_DAY,
        "已换新两处",
        None,
    ]
    assert [row[1] for row in rows] == [f"=问题{number}" for number in range(4)]
    assert {sheet.cell(row, 2).data_type for row in range(4, 8)} == {"s"}
    assert {sheet.cell(row, 8).border.left.style for row in range(4, 8)} == {"thin"}
    assert sheet["A1"].font.size == 20
    assert sheet["A2"].value == "填报单位：          截至2025年11月12日"
    assert sheet.column_dimensions["B"].width == 50
    assert sheet.page_setup.orientation == "landscape"
    end = max(4, blank) + 4
    if foot:
        assert (sheet.cell(end, 1).value, sheet.cell(end, 5).value) == ("填报人：", "审核人：")
        assert f"A{end}:D{end}" in {str(one) for one in sheet.merged_cells.ranges}
        assert sheet.print_area.endswith(f"$H${end}")


def test_a_form_that_is_not_empty_or_has_no_header_is_given_back(office: Office, signed_in: SignIn) -> None:
    clerk = signed_in(office.clerk)
    book = openpyxl.load_workbook(io.BytesIO(form(1, foot=False)))
    book.active.cell(4, 2).value, book.active.cell(4, 3).value = "上季度的问题", "上季度的措施"
    used = io.BytesIO()
    book.save(used)
    for content, words in ((used.getvalue(), "第 4 行已有内容"), (b"PK", "不是 .xlsx")):
        page = clerk.get("/tasks/ledger/form")
        fields = {"csrf_token": token(page.text), "file": (io.BytesIO(content), "模板.xlsx")}
        answer = clerk.post("/tasks/ledger/form", data=fields)
        assert answer.status_code == 422
        assert words in answer.text


# --- the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["ledger", "tasks"])
def test_the_ledger_goes_out_and_comes_back_on_the_command_line(
    app: Flask, office: Office, signed_in: SignIn, tmp_path: Path, group: str
) -> None:
    with writing():
        ledger.assigned(office, "甲")
        secret = ledger.assigned(office, "不外传的")
        marking.mark(secret, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="涉及未公开事项")
    run, file, left = app.test_cli_runner(), tmp_path / "台账.xlsx", tmp_path / "未导入.xlsx"
    out = run.invoke(args=[group, "export", str(file), "--unit", "QS"])
    assert out.exit_code == 0, out.output
    assert "共 1 件" in out.stderr  # what is marked is for whoever may see it
    assert "共 2 件" in run.invoke(args=[group, "export", str(file), "--unit", "QS", "--by", "clerk"]).stderr

    def change(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "甲"), AT["measure"]).value = "新措施"
        sheet.cell(row_of(sheet, "不外传的"), AT["due"]).value = "尽快"

    file.write_bytes(changed(file.read_bytes(), change))
    command = [group, "import", str(file), "--unit", "QS", "--by", "clerk"]
    looked = run.invoke(args=[*command, "--dry-run"])
    assert looked.exit_code == 1  # a row that cannot be carried out
    assert "'新措施'" in looked.stdout
    assert "将导入 1 行，不能导入 1 行" in looked.stderr
    db.session.rollback()
    assert db.session.scalars(select(Task.measure).where(Task.title == "甲")).one() == ""
    done = run.invoke(args=[*command, "-o", str(left)])
    assert done.exit_code == 1
    db.session.rollback()
    assert db.session.scalars(select(Task.measure).where(Task.title == "甲")).one() == "新措施"
    assert "尽快" in str([[cell.value for cell in row] for row in openpyxl.load_workbook(left).active])
    assert run.invoke(args=[group, "export", str(tmp_path / "台账.docx"), "--unit", "QS"]).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "{tmp}/a.xlsx", "--unit", "NO"],
        ["export", "{tmp}/a.pdf", "--unit", "QS"],
        ["export", "{tmp}/a.xlsx", "--unit", "QS", "--period", "soon"],
        ["export", "{tmp}/a.xlsx", "--unit", "QS", "--by", "nobody"],
        ["export", "{tmp}/none/a.xlsx", "--unit", "QS"],
        ["import", "{tmp}/bad.xlsx", "--unit", "QS", "--by", "clerk"],
        ["import", "{tmp}/bad.xlsx", "--unit", "BL", "--by", "clerk"],
        ["import", "{tmp}/bad.xlsx", "--unit", "QS", "--by", "nobody"],
        ["import", "{tmp}/none.xlsx", "--unit", "QS", "--by", "clerk"],
    ],
)
def test_a_command_that_cannot_be_done_changes_nothing(
    app: Flask, office: Office, tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"no table")
    given = [argument.replace("{tmp}", str(tmp_path)) for argument in arguments]
    assert app.test_cli_runner().invoke(args=["ledger", *given]).exit_code == 2


def test_the_ledger_page_leads_to_its_files_under_its_conditions(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "甲")
        ledger.closed(office, "乙")
    clerk = signed_in(office.clerk)
    page = clerk.get("/tasks?state=closed&sort=number").text
    for address in ("/tasks/ledger.xlsx", "/tasks/ledger.docx", "/tasks/ledger/form"):
        assert f'href="{address}?state=closed&amp;sort=number"' in page
    assert 'href="/tasks/ledger/import"' in page
    sheet = openpyxl.load_workbook(io.BytesIO(exported(clerk, "/tasks/ledger.xlsx?state=closed"))).active
    assert row_of(sheet, "乙") == sheet.max_row == 4
    assert "状态：已销号" in sheet["A2"].value
    assert sheet.cell(4, AT["closed_on"]).value == datetime(2025, 11, 12)  # noqa: DTZ001 - a day as openpyxl reads it
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == "A3:U4"
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$3:$3")
    assert sheet.column_dimensions["T"].hidden


def hidden_in(sheet: Any) -> set[int]:
    """Return the columns that a sheet hides, from 1."""
    hidden = (one for one in sheet.column_dimensions.values() if one.hidden)
    return {at for one in hidden for at in range(one.min, one.max + 1)}


def test_a_list_goes_out_with_its_columns_and_comes_back_like_any_other(
    office: Office, signed_in: SignIn
) -> None:
    with writing():
        ledger.assigned(office, "甲", measure="逐户走访")
        pick = ledger.assigned(office, "乙").id
    clerk = signed_in(office.clerk)
    list_of_duties = LISTS["duties"].address("duties")
    sent = clerk.get("/tasks/ledger.xlsx", query_string=list_of_duties)
    assert sent.headers["Content-Disposition"].endswith(quote("青示镇责任清单20251112.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(sent.data)).active
    seen = {one.field for one in COLUMNS if AT[one.field] not in hidden_in(sheet)}
    assert (sheet["A1"].value, seen) == ("青示镇责任清单", {"no", *LISTS["duties"].columns})

    def change(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "甲"), AT["measure"]).value = "逐户走访，造册登记"

    found = told(planned(changed(sent.data, change), office.clerk.actor))
    assert [name for _number, name in found] == ["measure"]
    paper = clerk.get("/tasks/ledger.docx", query_string=list_of_duties)
    header = [cell.text for cell in Document(io.BytesIO(paper.data)).tables[0].rows[0].cells]
    assert ("责任人" in header, "整改措施" in header) == (True, False)
    picked = clerk.get("/tasks/ledger/picked", query_string=list_of_duties | {"pick": pick})
    assert "1 件，按清单的各栏导出" in picked.text
    whole = openpyxl.load_workbook(io.BytesIO(exported(clerk, "/tasks/ledger.xlsx"))).active
    assert (whole["A1"].value, hidden_in(whole)) == ("青示镇整改台账", {len(COLUMNS) + 1, len(COLUMNS) + 2})
    assert (
        sheet.column_dimensions["E"].width > whole.column_dimensions["E"].width
    )  # what is left has more room


def test_the_tasks_that_are_ticked_go_out_as_a_file(office: Office, signed_in: SignIn) -> None:
    with writing():
        first, second, third = (ledger.assigned(office, title) for title in ("甲", "乙", "丙"))
        ids = [task.id for task in (first, second, third)]
    clerk = signed_in(office.clerk)
    assert 'formaction="/tasks/ledger/picked"' in clerk.get("/tasks").text
    preview = clerk.get(f"/tasks/ledger/picked?scope=picked&pick={ids[0]}&pick={ids[2]}").text
    assert "2 件，按台账各栏导出" in preview
    assert clerk.get("/tasks/ledger/picked?scope=all&q=乙").text.count('name="pick"') == 1
    sent = clerk.post(
        "/tasks/ledger/picked", data={"csrf_token": token(preview), "pick": [ids[0], ids[2]], "kind": "xlsx"}
    )
    rows = read_returned("x.xlsx", sent.data, most_rows=MOST_ROWS).rows
    titles = [cell for row in rows for cell in row if cell in ("甲", "乙", "丙")]
    assert set(titles) == {"甲", "丙"}
    paper = clerk.post(
        "/tasks/ledger/picked", data={"csrf_token": token(preview), "pick": [ids[1]], "kind": "docx"}
    )
    assert (paper.mimetype or "").endswith("wordprocessingml.document")
    nothing = clerk.get("/tasks/ledger/picked")
    assert (nothing.status_code, nothing.location) == (302, "/tasks")
    assert signed_in(office.other_clerk).get(f"/tasks/ledger/picked?pick={ids[0]}").status_code == 404
