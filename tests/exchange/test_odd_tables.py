"""Tables that are odd rather than hostile: bounds that hold however a file writes its cells, and shares."""

import io
import os
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import ledger
from tests.exchange.tables import ADDRESS, changed, exported, handed_in, planned, told
from tests.exchange.test_hostile_tables import MAIN, workbook
from tests.forms import token
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.documents.returned_sheet import ReturnedSheet, read_returned
from tracker.documents.sheet import Sheet, UnreadableSheetError, write_sheet
from tracker.documents.sheet_outline import MOST_CELLS, MOST_FORMULAS
from tracker.exchange.ledger_in import read_table
from tracker.exchange.ledger_plan import MOST_ROWS, MOST_UNPLACED, RowState
from tracker.exchange.ledger_wishes import Impossible, share_in
from tracker.exchange.models import LedgerImport, LedgerImportRow
from tracker.extensions import db
from tracker.tasks import lifecycle
from tracker.tasks.models import Task

SignIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def said(text: str, place: str = "") -> str:
    """Return a cell as XML, with its address or without."""
    return f'<c{place and f" r={place!r}"} t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows: str) -> bytes:
    """Return a workbook with rows of XML, and something beside them that does not shrink."""
    content = f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"
    return workbook(content, **{"xl/media/a.png": os.urandom(1 << 20)})


HEAD = f"<row r='1'>{said('编号', 'A1')}{said('具体问题', 'B1')}</row>"
NO_PLACES = f"<row>{said('编号')}{said('具体问题')}</row>"


def many(count: int) -> str:
    return "".join(f"<row>{said(f'ZG-2025Q3-{number}')}{said('x')}</row>" for number in range(count))


def with_formulas(count: int) -> str:
    return "".join(
        f'<row r="{row}"><c r="B{row}" t="str"><f>A{row}</f><v>x</v></c></row>' for row in range(2, count + 2)
    )


def of_children() -> float:
    """Return the processor seconds of the programs that were started and have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


TOO_MUCH: dict[str, tuple[str, str]] = {
    "rows without addresses": (NO_PLACES + many(100_000), f"超过 {MOST_ROWS} 行"),
    "rows that bear one number": ("<row r='1'><c><v>1</v></c></row>" * (MOST_ROWS + 100), f"{MOST_ROWS} 行"),
    "a cell in the last row": (
        f"{HEAD}<row r='1048576'>{said('x', 'A1048576')}</row>",
        "单元格 A1048576 有内容，离表格太远",
    ),
    "a cell far below and to the right": (
        f"{HEAD}<row r='500000'>{said('x', 'AD500000')}</row>",
        "单元格 AD500000 有内容，离表格太远",
    ),
    "a cell in the last column of a long table": (
        f"<row r='1'>{said('编号', 'A1')}{said('x', 'XFD1')}</row><row r='9000'>{said('x', 'A9000')}</row>",
        "单元格 XFD1 有内容，离表格太远",
    ),
    "blank cells without end": (
        ("<row>" + "<c s='0'/>" * 100 + "</row>") * (MOST_CELLS // 100 + 1),
        f"单元格超过 {MOST_CELLS // 10_000} 万个",
    ),
    "formulas": (HEAD + with_formulas(MOST_FORMULAS + 1), f"公式超过 {MOST_FORMULAS} 个"),
    "one formula for all": (
        f"{HEAD}<row r='2'><c r='B2'><f t='array' ref='B2:B30000'>A1</f><v>1</v></c></row>",
        f"公式超过 {MOST_FORMULAS} 个",
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_is_too_much_is_found_out_before_it_is_read(name: str) -> None:
    rows, words = TOO_MUCH[name]
    content = sheet(rows)
    begun = of_children()
    with pytest.raises(UnreadableSheetError, match=words):
        read_returned("台账.xlsx", content, most_rows=MOST_ROWS)
    assert of_children() - begun < (1 if "离表格太远" in words else 5)


def test_a_page_says_which_cell_lies_astray(office: Office, signed_in: SignIn) -> None:
    clerk = signed_in(office.clerk)
    rows = TOO_MUCH["a cell in the last row"][0]
    content = workbook(f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>")
    sent = {"csrf_token": token(clerk.get(ADDRESS).text), "file": (io.BytesIO(content), "台账.xlsx")}
    answer = clerk.post(ADDRESS, data=sent)
    assert answer.status_code == 422
    assert "单元格 A1048576 有内容，离表格太远" in answer.text


def test_cells_without_an_address_stand_one_after_the_other() -> None:
    rows = (
        "<row r='3'><c r='B3'><v>1</v></c><c><f>B3</f><v>2</v></c><c r='F3'><v>3</v></c></row>"
        "<row><c><v>4</v></c></row><row r='9'><c><f>B3</f><v>5</v></c></row>"
    )
    read = read_returned("x.xlsx", sheet(rows), most_rows=10)
    assert read.rows == [[], [], ["", "1", "2", "", "", "3"], ["4"], [], [], [], [], ["5"]]
    assert read.formulas == {(2, 2), (8, 0)}


def test_every_cell_that_a_formula_fills_is_one() -> None:
    rows = (
        f"{HEAD}<row r='2'><c r='B2'><f t='array' ref='B2:B3'>A1</f><v>1</v></c></row>"
        "<row r='3'><c r='B3'><v>1</v></c></row><row r='4'><c r='B4'><v>1</v></c></row>"
    )
    assert read_returned("x.xlsx", sheet(rows), most_rows=10).formulas == {(1, 1), (2, 1)}


def test_rows_without_a_task_are_kept_up_to_a_bound_and_counted(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "甲")
    more = MOST_UNPLACED + 30
    strange = [(f"ZG-2025Q1-{number}", "没有的") for number in range(more)]
    content = write_sheet(Sheet("台账", ("编号", "具体问题"), [*strange, ("ZG-2025Q3-001", "改过的")]))
    clerk = signed_in(office.clerk)
    page = clerk.get(handed_in(clerk, content)).text
    assert f"找不到任务的有 {more} 行，只列出、给回前 {MOST_UNPLACED} 行，另外 30 行没有保留" in page
    db.session.rollback()
    states = db.session.scalars(select(LedgerImportRow.state)).all()
    assert states.count(RowState.UNPLACED) == MOST_UNPLACED
    assert states.count(RowState.READY) == 1
    assert db.session.scalars(select(LedgerImport.untouched)).one() == 0


def test_a_column_that_stands_twice_is_said_and_the_first_read() -> None:
    cells = [
        ["编号", "具体问题", "问题", "第二季度完成情况", "整改进展", "没见过的"],
        ["1", "甲", "乙", "丙", "丁", "戊"],
    ]
    table = read_table(ReturnedSheet(cells))
    assert table is not None
    assert (table.rows[0]["problem"], table.rows[0]["progress"]) == ("甲", "丙")
    assert table.remarks[:3] == [
        "不认识这些列，没有读：第F列“没见过的”。",
        "“具体问题”不止一列，只读第B列“具体问题”，没有读：第C列“问题”。",
        "“整改进展”不止一列，只读第D列“第二季度完成情况”，没有读：第E列“整改进展”。",
    ]


# --- shares ------------------------------------------------------------------------------------------

WRITTEN: dict[str, int | None] = {
    "60": 60, "60%": 60, "60 ％": 60, "１２％": 12, "0": 0, "1": 1, "100%": 100, "正在整改 60%": 60,
    "约60%。": 60, "已完成60%，其余待验收": 60, "正在整改": None, "完成3处": None, "": None, "。": None,
}  # fmt: skip
WRONG = (
    "60.5%", "150.5%", "1000%", "-40%", "- 40%", "−40", "101", "0.6", "0.605", ".5%", "60..5%", "1,000%",
    "由30%提高到80%", "30%-80%", "第2处完成60%", "60.5", "9" * 5000 + "%", "6e1%",
)  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_one_whole_number_is_a_share(text: str) -> None:
    assert share_in(text) == WRITTEN[text]


@pytest.mark.parametrize("text", WRONG)
def test_any_other_number_is_none(app: Any, text: str) -> None:
    with app.test_request_context(), pytest.raises(Impossible):
        share_in(text)


def filled(progress: str, share: object, number_format: str = "@") -> Callable[[Any], None]:
    """Return a change that fills progress and share in of the first row of an export."""

    def change(page: Any) -> None:
        names = [str(cell.value).replace("\n", "") for cell in page[3]]
        page.cell(4, names.index("整改进展") + 1).value = progress
        cell = page.cell(4, names.index("完成情况") + 1)
        cell.value, cell.number_format = share, number_format

    return change


def test_a_cell_with_the_format_of_a_percentage_says_what_it_shows(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.in_progress(office, "甲")
    lead = signed_in(office.lead)
    content = exported(lead)
    for number, format_, new in ((0.6, "0%", "60%"), (1, "0%", "100%"), (0.29, '0"成"%', "29%"),
                                 (0.605, "0.0%", "60.5%"), (0.6, "0.00", "0.6")):  # fmt: skip
        found = told(planned(changed(content, filled("已换新", number, format_)), office.lead.actor))
        state = "wrong" if "." in new else "change"
        assert found["ZG-2025Q3-001", "done"] == (state, "正在整改", new)


def test_a_wrong_share_is_told_at_its_cell_and_changes_nothing(office: Office, signed_in: SignIn) -> None:
    with writing():
        task_id = ledger.in_progress(office, "甲").id
    lead = signed_in(office.lead)
    page = lead.get(handed_in(lead, changed(exported(lead), filled("已换新", "由30%提高到80%")))).text
    assert "“由30%提高到80%”里不止一个数，请只写一个 0 到 100 的整数，如 60%。" in page
    assert "待导入 0 行" in page
    assert db.session.get_one(Task, task_id).percent is None


def test_the_share_of_a_cooperating_post_is_held_against_its_own_part(
    office: Office, signed_in: SignIn
) -> None:
    village, safety = office.village_lead, office.safety_lead
    with writing():
        task = ledger.drafted(office, "分村办理")
        lifecycle.register(task, by=office.clerk.actor, standard="每村一处")
        lifecycle.assign(
            task,
            by=office.clerk.actor,
            lead_post=office.lead.post,
            duty=office.lead_duty,
            deadline=date(2025, 12, 31),
            cooperating=[village.post, safety.post],
            parts={village.post.id: "一处", safety.post.id: "两处"},
        )
        lifecycle.acknowledge(task, by=office.lead.actor)
        lifecycle.report_progress(task, by=safety.actor, text="已做一处", percent=80)
        task_id = task.id
        assert task.percent == 40
    visitor = signed_in(village)
    address = handed_in(visitor, changed(exported(visitor), filled("已选址", "40%")))
    sent = {"csrf_token": token(visitor.get(address).text), "shown": "4", "row": "4", "reason": "按表"}
    assert visitor.post(address, data=sent).status_code == 302
    db.session.rollback()
    task = db.session.get_one(Task, task_id)
    assert {row.post_id: row.percent for row in task.cooperations} == {
        village.post.id: 40,
        safety.post.id: 80,
    }
    assert task.percent == 60
    lead = signed_in(office.lead)
    found = planned(changed(exported(lead), filled("三处都在做", "90%")), office.lead.actor)
    kept = "各配合岗位有自己的任务，完成比例按它们的平均数计算，不用填写。"
    assert {cell.name: cell.message for cell in found.rows[0].cells} == {"progress": "", "done": kept}
