"""Large tables: thousands of rows go out within bounds, and come back as exactly what was changed."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.exchange.tables import AT, FIRST_ROW, asked, changed, converted, exported, many_tasks, planned
from tests.ledger import TODAY
from tests.office import Member, Office
from tracker.database import writing
from tracker.documents.returned_sheet import read_returned
from tracker.exchange.ledger_import import decide, hand_in
from tracker.exchange.ledger_plan import MOST_ROWS, CellState, RowState
from tracker.extensions import db
from tracker.tasks.models import Task
from tracker.tasks.word_index import fill

SignIn = Callable[[Member], FlaskClient]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


CHANGES: dict[str, Callable[[int], Any]] = {
    "problem": lambda number: f"改过的第{number}件：=SUM(A1) 与“引号”\n第二行",
    "measure": lambda number: f"+每周核对一次（{number}）",
    "goal": lambda number: f"@第{number}栏在{number}月内更新",
    "due": lambda number: date(2026, 1, 1 + number % 28),
}


def some_changes(dice: random.Random, rows: int, cells: int) -> dict[tuple[int, str], Any]:
    """Return cells of an export, by row and field, with what they are changed to."""
    places = [(row, name) for row in range(FIRST_ROW, FIRST_ROW + rows) for name in CHANGES]
    return {(row, name): CHANGES[name](row) for row, name in dice.sample(places, cells)}


def in_openpyxl(content: bytes, wanted: dict[tuple[int, str], Any], _directory: Path) -> bytes:
    def change(sheet: Any) -> None:
        for (row, name), value in wanted.items():
            cell = sheet.cell(row, AT[name])
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # as somebody types it into a cell of text

    return changed(content, change)


def in_libreoffice(content: bytes, wanted: dict[tuple[int, str], Any], directory: Path) -> bytes:
    """Let LibreOffice write the whole file anew."""
    return converted(in_openpyxl(content, wanted, directory), "xlsx", directory / "resaved")


@pytest.mark.proof
@pytest.mark.parametrize("edit", [in_openpyxl, in_libreoffice])
def test_an_edited_table_comes_back_as_exactly_what_was_changed(
    office: Office,
    signed_in: SignIn,
    tmp_path: Path,
    dice: random.Random,
    trials: Callable[[int, int], int],
    proof_figure: Callable[[str, Any], None],
    edit: Callable[[bytes, dict[tuple[int, str], Any], Path], bytes],
) -> None:
    rows, cells = trials(40, 5000), trials(20, 200)
    many_tasks(office, rows)
    content = exported(signed_in(office.clerk))
    wanted = some_changes(dice, rows, cells)
    sent = edit(content, wanted, tmp_path)
    begun = time.monotonic()
    found = planned(sent, office.clerk.actor)
    proof_figure(f"{rows} rows with {cells} cells changed, read and compared ({edit.__name__}), s",
                 round(time.monotonic() - begun, 2))  # fmt: skip
    plain = {
        (row, name): value.isoformat() if isinstance(value, date) else value
        for (row, name), value in wanted.items()
    }
    back = {(row.number, cell.name): cell.new for row in found.rows for cell in row.cells}
    assert back == plain
    assert {cell.state for row in found.rows for cell in row.cells} == {CellState.CHANGE}
    assert found.untouched == rows - len({row for row, _name in wanted})
    with writing():
        kept = hand_in("台账.xlsx", found, by=office.clerk.actor)
        became = decide(kept, {row.number for row in found.rows}, by=office.clerk.actor, reason="按表更正")
    assert became == {RowState.APPLIED: len(found.rows)}
    once_more = planned(exported(signed_in(office.clerk)), office.clerk.actor)
    assert (once_more.rows, once_more.untouched) == ([], rows)
    row = found.rows[0]
    task = db.session.get_one(Task, row.task_id)
    attributes = {"problem": "title", "measure": "measure", "goal": "standard", "due": "deadline"}
    for cell in row.cells:
        assert str(getattr(task, attributes[cell.name])) == cell.new


def test_an_export_asks_as_often_for_many_tasks(office: Office, signed_in: SignIn) -> None:
    many_tasks(office, 60)
    fill()
    clerk = signed_in(office.clerk)
    exported(clerk)
    with asked() as for_one:
        content = exported(clerk, "/tasks/ledger.xlsx?q=第7号")
    assert len(read_returned("x.xlsx", content, most_rows=MOST_ROWS).rows) == 3 + 1
    with asked() as for_all:
        content = exported(clerk, "/tasks/ledger.xlsx?q=ZG")
    assert len(read_returned("x.xlsx", content, most_rows=MOST_ROWS).rows) == 3 + 60
    assert len(for_all) == len(for_one)


MEASURED = """
import re, sys, time
from pathlib import Path
from tests.conftest import environment
from tracker import create_app
data, url, target = sys.argv[1:]
app = create_app(environment(Path(data), url))
begun = time.process_time()
answer = app.test_cli_runner().invoke(args=["ledger", "export", target, "--unit", "QS"])
assert answer.exit_code == 0, answer.output
# of this program alone: ru_maxrss would begin with the size of whoever started it
kilobytes = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
print(time.process_time() - begun, kilobytes / 1024)
"""


@pytest.mark.proof
def test_a_large_ledger_goes_out_within_bounds(
    office: Office,
    data_dir: Path,
    database_url: str,
    tmp_path: Path,
    trials: Callable[[int, int], int],
    proof_figure: Callable[[str, Any], None],
) -> None:
    rows = trials(300, MOST_ROWS)
    many_tasks(office, rows)
    target = tmp_path / "台账.xlsx"
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(data_dir), database_url, str(target)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds, megabytes = map(float, done.stdout.split())
    proof_figure(f"export of {rows} tasks, processor seconds", round(seconds, 1))
    proof_figure(f"export of {rows} tasks, largest resident memory, MiB", round(megabytes))
    assert seconds <= 15  # of the processor: how many others use the machine does not count
    assert megabytes <= 200
    begun = time.monotonic()
    found = planned(target.read_bytes(), office.clerk.actor)
    proof_figure(f"{rows} rows unchanged, read and compared, s", round(time.monotonic() - begun, 1))
    assert (found.rows, found.untouched) == ([], rows)
