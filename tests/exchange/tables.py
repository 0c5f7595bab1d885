"""Tables of the ledger for tests: many tasks at once, changed cells, handed in as a page or straight."""

import io
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select

from tests import ledger
from tests.forms import token
from tests.office import Office
from tracker import clock
from tracker.database import writing
from tracker.exchange.ledger_columns import COLUMNS
from tracker.exchange.ledger_import import read_file
from tracker.exchange.ledger_plan import Plan, plan
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.tasks.models import Task, TaskEvent

AT = {column.field: at for at, column in enumerate(COLUMNS, 1)}  # field → column of an export, from 1
FIRST_ROW = 4
ADDRESS = "/tasks/ledger/import"
BATCH = 2000


def many_tasks(office: Office, count: int) -> None:
    """Put assigned tasks into the ledger: one through the verbs, the others as copies of its rows."""
    with writing():
        made = ledger.assigned(office, "宣传栏更新不及时")
        db.session.flush()
        task = dict(db.session.execute(select(Task.__table__).where(Task.id == made.id)).mappings().one())
        events = [
            dict(row)
            for row in db.session.execute(
                select(TaskEvent.__table__).where(TaskEvent.task_id == made.id)
            ).mappings()
        ]
    for start in range(2, count + 1, BATCH):
        numbers = range(start, min(start + BATCH, count + 1))
        with writing():
            first = task["id"] - task["number"]
            db.session.execute(insert(Task), [_copy(task, number, first + number) for number in numbers])
            copies = [
                {name: value for name, value in row.items() if name != "id"} | {"task_id": first + number}
                for number in numbers
                for row in events
            ]
            db.session.execute(insert(TaskEvent), copies)


def _copy(task: Mapping[str, Any], number: int, task_id: int) -> dict[str, Any]:
    return dict(task) | {
        "id": task_id,
        "number": number,
        "uuid": f"00000000-0000-4000-8000-{number:012d}",
        "title": f"第{number}号宣传栏更新不及时，内容与实际脱节，群众看不到最新公开事项",
        "measure": f"由宣传办逐栏核对，第{number}栏十个工作日内换新，之后每月更新一次并留存照片",
        "deadline": date(2026, 2, 1) + timedelta(days=number % 500),
        "changed_at": clock.now(),
    }


def exported(visitor: FlaskClient, address: str = "/tasks/ledger.xlsx") -> bytes:
    """Return the ledger as a visitor gets it."""
    answer = visitor.get(address)
    assert answer.status_code == 200, answer.text
    content: bytes = answer.data
    answer.close()
    return content


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Return an export with cells changed in openpyxl."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    saved = io.BytesIO()
    book.save(saved)
    book.close()
    return saved.getvalue()


def row_of(sheet: Any, title: str) -> int:
    """Return the row of an export in which a task stands."""
    found = [row for row in range(FIRST_ROW, sheet.max_row + 1) if _says(sheet, row) == title]
    assert len(found) == 1, title
    return found[0]


def _says(sheet: Any, row: int) -> object:
    return sheet.cell(row, AT["problem"]).value


def planned(content: bytes, by: Actor, name: str = "台账.xlsx") -> Plan:
    """Hold a file against the ledger."""
    db.session.rollback()
    found = plan(read_file(name, content), by)
    db.session.rollback()
    return found


def told(found: Plan) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return what a plan says of each changed cell: (number, column) → state, old, new."""
    return {
        (row.case_no, cell.name): (cell.state.value, cell.old, cell.new)
        for row in found.rows
        for cell in row.cells
    }


def handed_in(visitor: FlaskClient, content: bytes, name: str = "台账.xlsx") -> str:
    """Hand a file in and return the address of its preview."""
    page = visitor.get(ADDRESS)
    fields = {"csrf_token": token(page.text), "file": (io.BytesIO(content), name)}
    answer = visitor.post(ADDRESS, data=fields)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def converted(content: bytes, kind: str, directory: Path) -> bytes:
    """Return a file as LibreOffice saves it in another format."""
    directory.mkdir(exist_ok=True)
    source = directory / "ledger.xlsx"
    source.write_bytes(content)
    target = directory / "out"
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{directory}/office", "--headless", "--convert-to", kind,
         "--outdir", str(target), str(source)],
        capture_output=True, check=True, timeout=300,
    )  # fmt: skip
    return (target / f"ledger.{kind.partition(':')[0]}").read_bytes()


@contextmanager
def asked() -> Iterator[list[str]]:
    """Collect what the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
