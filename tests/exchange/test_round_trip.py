"""The ledger goes out, is changed outside, and comes back as exactly what was changed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import ledger
from tests.exchange.tables import (
    AT,
    changed,
    converted,
    exported,
    handed_in,
    planned,
    row_of,
    told,
)
from tests.forms import token
from tests.ledger import TODAY
from tests.office import Member, Office
from tests.reports.steps import fields_of
from tracker.database import writing
from tracker.documents.returned_sheet import read_returned
from tracker.exchange.ledger_import import decide, find_import, given_back, hand_in, purge
from tracker.exchange.ledger_plan import CellState, RowState
from tracker.exchange.models import LedgerImport, LedgerImportRow
from tracker.extensions import db
from tracker.tasks import correcting, lifecycle
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.states import Action, TaskState

SignIn = Callable[[Member], FlaskClient]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def named(title: str) -> Task:
    return db.session.scalars(select(Task).where(Task.title == title)).one()


def task_of(title: str) -> Task:
    """Return a task as it stands in the database now."""
    db.session.rollback()
    return named(title)


def test_a_table_that_nobody_changed_asks_for_nothing(
    office: Office, signed_in: SignIn, tmp_path: Path
) -> None:
    with writing():
        ledger.a_bit_of_everything(office)
        late = ledger.in_progress(office, "  =1+1  \r\n_x0041_ 两端有空格 ", duty=office.safety_duty)
        lifecycle.report_progress(late, by=office.safety_lead.actor, text="+已做\n-还差", percent=40)
        ledger.make_overdue(late, date(2025, 10, 1))
    content = exported(signed_in(office.clerk))
    for sent in (content, converted(content, "xlsx", tmp_path)):
        found = planned(sent, office.clerk.actor)
        assert (found.rows, found.untouched) == ([], 8)


# --- both sides ------------------------------------------------------------------------------------


@pytest.mark.database
def test_a_table_changed_on_both_sides_shows_exactly_the_conflicts(office: Office, signed_in: SignIn) -> None:
    with writing():
        for title in ("甲", "乙", "丙", "丁"):
            ledger.assigned(office, title)
    clerk = signed_in(office.clerk)
    content = exported(clerk)

    def change(sheet: Any) -> None:
        for title, measure in (("甲", "表里改的甲"), ("乙", "表里改的乙"), ("丙", "两边改成一样")):
            sheet.cell(row_of(sheet, title), AT["measure"]).value = measure
        sheet.cell(row_of(sheet, "甲"), AT["goal"]).value = "只在表里改的标准"

    sent = changed(content, change)
    with writing():  # meanwhile in the office
        by, reason = office.clerk.actor, "口头核对"
        correcting.correct(named("甲"), by=by, reason=reason, measure="系统里改的甲", title="甲改名")
        correcting.correct(named("丙"), by=by, reason=reason, measure="两边改成一样")
        correcting.correct(named("丁"), by=by, reason=reason, measure="只在系统里改的丁")
    found = planned(sent, office.clerk.actor)
    numbers = {row.case_no for row in found.rows}
    assert told(found) == {
        ("ZG-2025Q3-001", "measure"): ("conflict", "系统里改的甲", "表里改的甲"),
        ("ZG-2025Q3-001", "goal"): ("change", "每月更新一次，抽查 3 处", "只在表里改的标准"),
        ("ZG-2025Q3-002", "measure"): ("change", "", "表里改的乙"),
    }
    assert numbers == {"ZG-2025Q3-001", "ZG-2025Q3-002"}
    address = handed_in(clerk, sent)
    page = clerk.get(address).text
    assert page.count("两边都改过") == 1
    first = next(row.number for row in found.rows if row.case_no == "ZG-2025Q3-001")
    fields = {"csrf_token": token(page), "reason": "按表", "shown": [str(row.number) for row in found.rows],
              "row": [str(row.number) for row in found.rows]}  # fmt: skip
    assert clerk.post(address, data=fields).status_code == 302
    assert task_of("甲改名").measure == "系统里改的甲"  # by default ours stays
    assert task_of("甲改名").standard == "只在表里改的标准"
    assert task_of("乙").measure == "表里改的乙"

    again = handed_in(clerk, sent)
    fields |= {"shown": [str(first)], "row": [str(first)], f"take-{first}-measure": "theirs"}
    assert clerk.post(again, data=fields).status_code == 302
    assert task_of("甲改名").measure == "表里改的甲"


def test_a_task_that_changed_after_the_preview_is_left_alone(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "甲")
        ledger.assigned(office, "乙")
    clerk = signed_in(office.clerk)

    def change(sheet: Any) -> None:
        for title in ("甲", "乙"):
            sheet.cell(row_of(sheet, title), AT["measure"]).value = f"表里改的{title}"

    address = handed_in(clerk, changed(exported(clerk), change))
    with writing():
        correcting.correct(named("甲"), by=office.clerk.actor, reason="核对", standard="新标准")
    fields = {
        "csrf_token": token(clerk.get(address).text),
        "reason": "按表",
        "shown": ["4", "5"],
        "row": ["4", "5"],
    }
    assert clerk.post(address, data=fields).status_code == 302
    assert (task_of("甲").measure, task_of("乙").measure) == ("", "表里改的乙")
    page = clerk.get(address).text
    assert "预览以后这件任务有了变化" in page
    left = clerk.get(f"{address}/left.xlsx")
    rows = read_returned("left.xlsx", left.data, most_rows=100).rows
    left.close()
    assert [row[AT["problem"] - 1] for row in rows[1:]] == ["甲"]
    assert "预览以后这件任务有了变化" in rows[1][-1]
    assert clerk.post(address, data=fields).status_code == 302  # decided rows are not decided again
    assert task_of("甲").measure == ""


# --- through the verbs -----------------------------------------------------------------------------


@pytest.mark.database
def test_each_column_goes_through_its_verb(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "转走的")
        ledger.in_progress(office, "反馈的")
        ledger.in_progress(office, "延期的")
    content = exported(signed_in(office.clerk))

    def of_the_clerk(sheet: Any) -> None:
        row = row_of(sheet, "转走的")
        sheet.cell(row, AT["person"]).value = "卫样（应急办主任）"
        sheet.cell(row, AT["verifier"]).value = "党委书记"
        sheet.cell(row, AT["category"]).value = "安全生产"
        sheet.cell(row, AT["due"]).value = "2026年1月31日"

    def of_the_lead(sheet: Any) -> None:
        for title, share in (("反馈的", "正在整改 60%"), ("延期的", "正在整改")):
            sheet.cell(row_of(sheet, title), AT["progress"]).value = f"{title}：已完成两处"
            sheet.cell(row_of(sheet, title), AT["done"]).value = share
        sheet.cell(row_of(sheet, "延期的"), AT["due"]).value = date(2026, 3, 7)

    for by, change, offered, rest in (
        (office.clerk, of_the_clerk, "更正", "1月31日是休息日，按前一个工作日2026年1月30日计。"),
        (office.lead, of_the_lead, "", "以前按原时限；2026年3月7日是休息日"),
    ):
        visitor = signed_in(by)
        preview = visitor.get(handed_in(visitor, changed(content, change))).text
        assert rest in preview
        assert fields_of(preview)["reason"].endswith(offered)  # whoever asks for more time says why
        assert bool(fields_of(preview)["reason"]) == bool(offered)
    refused = planned(changed(content, of_the_clerk), office.clerk.actor)
    assert [cell.name for row in refused.rows for cell in row.cells if cell.state == "wrong"] == []
    for by, change in ((office.clerk, of_the_clerk), (office.lead, of_the_lead)):
        found = planned(changed(content, change), by.actor)
        with writing():
            kept = hand_in("台账.xlsx", found, by=by.actor)
            became = decide(kept, {row.number for row in found.rows}, by=by.actor, reason="按表办理")
        assert became == {RowState.APPLIED: len(found.rows)}
    moved = task_of("转走的")
    assert moved.lead_post is not None
    assert moved.lead_post.title == "应急办主任"
    assert (moved.domain.name, moved.deadline) == ("安全生产", date(2026, 1, 31))
    assert [event.action for event in moved.events][-2:] == [Action.CORRECT, Action.TRANSFER]
    reported = task_of("反馈的")
    assert (reported.percent, reported.events[-1].text) == (60, "反馈的：已完成两处")
    longer = task_of("延期的")
    assert [event.action for event in longer.events][-2:] == [
        Action.REPORT_PROGRESS,
        Action.REQUEST_EXTENSION,
    ]
    assert longer.deadline == date(2025, 12, 31)  # until it is decided
    assert longer.requests[-1].wanted == date(2026, 3, 7)


WRONG: dict[str, tuple[str, Any, str]] = {  # what is typed → column, value, a word of the answer
    "a deadline that is none": ("due", "尽快", "不是日期"),
    "a deadline that is past": ("due", date(2025, 1, 1), "已过"),
    "an empty word for a deadline": ("due", "46022", "不是日期"),
    "an unknown post": ("person", "没有这个人", "没有“没有这个人”"),
    "a post without the duty": ("person", "党委书记", "没有“意识形态”领域的职责"),
    "an unknown verifier": ("verifier", "外星人（站长）", "没有“外星人（站长）”"),
    "an unknown domain": ("category", "航天", "没有“航天”这个领域"),
    "a title too long": ("problem", "长" * 501, "不能超过 500 字"),
    "a standard too long": ("goal", "长" * 501, "不能超过 500 字"),
    "progress of a task not signed for": ("progress", "已做", "不能反馈进展"),
    "a formula": ("measure", "=CONCATENATE(E4,F4)", "是公式"),
}


def test_what_cannot_be_done_is_said_by_row_and_column(office: Office, signed_in: SignIn) -> None:
    with writing():
        for title in WRONG:
            ledger.assigned(office, title)

    def change(sheet: Any) -> None:
        for title, (name, value, _said) in WRONG.items():
            sheet.cell(row_of(sheet, title), AT[name]).value = value

    found = planned(changed(exported(signed_in(office.clerk)), change), office.clerk.actor)
    assert {row.state for row in found.rows} == {RowState.WRONG}
    said = {row.given[AT["problem"] - 1]: row.cells[0] for row in found.rows}
    for title, (name, _value, words) in WRONG.items():
        shown = title if name != "problem" else "长" * 501
        assert (said[shown].name, said[shown].state) == (name, CellState.WRONG)
        assert words in said[shown].message, title
    with writing():
        kept = hand_in("台账.xlsx", found, by=office.clerk.actor)
        assert decide(kept, range(100), by=office.clerk.actor, reason="按表") == {}


def test_columns_that_no_verb_changes_keep_their_value(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "甲")

    def change(sheet: Any) -> None:
        row = row_of(sheet, "甲")
        for name in ("leader", "coop_unit", "closed", "closed_on", "remark", "done"):
            sheet.cell(row, AT[name]).value = "已改"
        sheet.cell(row, AT["goal"]).value = None
        sheet.cell(row, AT["measure"]).value = "唯一的改动"

    found = planned(changed(exported(signed_in(office.clerk)), change), office.clerk.actor)
    (row,) = found.rows
    assert row.state == RowState.READY
    assert {cell.name for cell in row.cells if cell.state == CellState.KEPT} == {
        "leader", "coop_unit", "closed", "closed_on", "remark", "done", "goal"
    }  # fmt: skip
    with writing():
        kept = hand_in("台账.xlsx", found, by=office.clerk.actor)
        decide(kept, {row.number}, by=office.clerk.actor, reason="按表")
    task = task_of("甲")
    assert (task.measure, task.standard, task.state) == (
        "唯一的改动",
        "每月更新一次，抽查 3 处",
        TaskState.ASSIGNED,
    )


def test_a_row_is_carried_out_whole_or_not_at_all(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "甲")

    def change(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "甲"), AT["measure"]).value = "新措施"
        sheet.cell(row_of(sheet, "甲"), AT["person"]).value = "卫样（应急办主任）"

    found = planned(changed(exported(signed_in(office.clerk)), change), office.clerk.actor)
    (row,) = found.rows
    with writing():  # the duty ends between the preview and the decision: the second verb refuses
        kept = hand_in("台账.xlsx", found, by=office.clerk.actor)
        duty_id = next(cell.wish.value for cell in row.cells if cell.wish and cell.name == "person")
        other = office.lead_duty.id
        assert duty_id != other
        stored = db.session.scalars(select(LedgerImportRow)).one()
        stored.cells = [
            cell | {"wish": cell["wish"] | {"value": other}} if cell["name"] == "person" else cell
            for cell in stored.cells
        ]
    before = db.session.scalars(select(TaskEvent.id)).all()
    with writing():
        kept = db.session.get_one(LedgerImport, kept.id)
        became = decide(kept, {row.number}, by=office.clerk.actor, reason="按表")
    assert became == {RowState.REFUSED: 1}
    assert db.session.scalars(select(TaskEvent.id)).all() == before
    assert task_of("甲").measure == ""


# --- which task a row is ---------------------------------------------------------------------------


def sheet_of(*rows: tuple[str, ...], header: tuple[str, ...] = ("编号", "具体问题", "整改措施")) -> bytes:
    from tracker.documents.sheet import Sheet, write_sheet

    return write_sheet(Sheet("台账", header, rows, notes=("青示镇整改台账", "截至2025年11月12日")))


def test_rows_are_found_by_number_and_foreign_ones_are_like_missing_ones(office: Office) -> None:
    with writing():
        ledger.assigned(office, "甲")
        ledger.assigned(office, "乙")
    content = sheet_of(
        ("ZG-2025Q3-001", "甲", "短号"),
        ("ZG-QS-2025Q3-002", "乙", "全号"),
        ("ZG-2025Q3-777", "没有的", "x"),
        ("ZG-BL-2025Q3-001", "别的镇的", "x"),
        ("", "没有编号", "x"),
        ("ZG-2025Q3-abc", "乱写", "x"),
    )
    found = planned(content, office.clerk.actor)
    assert told(found) == {
        ("ZG-2025Q3-001", "measure"): ("change", "", "短号"),
        ("ZG-2025Q3-002", "measure"): ("change", "", "全号"),
    }
    unplaced = [row.message for row in found.rows if row.state == RowState.UNPLACED]
    assert len(unplaced) == 4
    assert unplaced[0] == unplaced[1] == unplaced[3]
    assert "没有编号" in unplaced[2]
    foreign = planned(content, office.other_clerk.actor)
    assert [row.state for row in foreign.rows] == [RowState.UNPLACED] * 6
    assert not any(cell for row in foreign.rows for cell in row.cells)
    back = read_returned("x.xlsx", given_back(found.headers, found.rows[2:]), most_rows=50).rows
    assert back[0] == ["编号", "具体问题", "整改措施", "未导入原因"]
    assert back[1][:3] == ["ZG-2025Q3-777", "没有的", "x"]


def test_doubled_and_mixed_up_rows_are_not_read(office: Office, signed_in: SignIn) -> None:
    with writing():
        for title in ("甲", "乙", "丙", "丁"):
            ledger.assigned(office, title)

    def change(sheet: Any) -> None:
        one, two, three, four = (row_of(sheet, title) for title in ("甲", "乙", "丙", "丁"))
        for column in range(1, sheet.max_column + 1):
            sheet.cell(8, column).value = sheet.cell(one, column).value
        sheet.cell(one, AT["measure"]).value = "改了一行，又抄了一行"
        sheet.cell(two, AT["case_no"]).value = "ZG-2025Q3-003"  # as if only some columns had been sorted
        sheet.cell(three, AT["measure"]).value = "丙的措施"
        sheet.cell(four, AT["measure"]).value = "丁的措施"
        sheet.cell(9, AT["case_no"]).value = sheet.cell(four, AT["case_no"]).value  # written below by hand
        sheet.cell(9, AT["measure"]).value = "丁的另一项措施"

    found = planned(changed(exported(signed_in(office.clerk)), change), office.clerk.actor)
    said = {row.number: row.message for row in found.rows if row.state == RowState.UNPLACED}
    assert "第 8 行也是这件任务" in said[4]
    assert "对不上" in said[5]
    assert "第 9 行也是这件任务" in said[7]
    assert "第 7 行也是这件任务" in said[9]
    assert [row.number for row in found.rows if row.state == RowState.READY] == [6]


# --- kept, and for how long ------------------------------------------------------------------------


def test_what_was_handed_in_is_deleted_after_a_week(office: Office, moved_clock: Callable[..., None]) -> None:
    with writing():
        found = planned(sheet_of(("ZG-2025Q3-001", "没有的", "x")), office.clerk.actor)
    with writing():
        kept = hand_in("台账.xlsx", found, by=office.clerk.actor)
    from tracker import clock

    moved_clock(date(2025, 11, 19), 8)
    assert purge(clock.now()) == 0
    assert find_import(kept.id, office.clerk.actor) is not None
    assert find_import(kept.id, office.keeper.actor) is None
    db.session.rollback()
    moved_clock(date(2025, 11, 19), 10)
    assert purge(clock.now()) == 1
    assert db.session.scalars(select(LedgerImport)).all() == []
    assert db.session.scalars(select(LedgerImportRow)).all() == []
