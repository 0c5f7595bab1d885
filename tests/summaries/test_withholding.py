"""A marked task in a summary: counted in every number, told in no sentence."""

import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from docx import Document
from flask.testing import FlaskClient

from tests.office import Member, Office
from tests.summaries.quarter import Q4, add_task, build_quarter
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.summaries import document
from tracker.summaries.gathering import gather
from tracker.summaries.rollup import roll_up
from tracker.tasks.marking import mark
from tracker.tasks.models import Task

SignIn = Callable[[Member], FlaskClient]
TODAY = date(2025, 12, 20)


@pytest.fixture(autouse=True)
def in_december(moved_clock: Callable[..., None]) -> None:
    """Let the fourth quarter come to its end."""
    moved_clock(TODAY)


def mark_it(office: Office, task: Task, secrecy: Secrecy = Secrecy.WORK_SECRET) -> None:
    with writing():
        mark(task, by=office.clerk.actor, secrecy=secrecy, reason="只限知悉范围")


def paper_text(content: bytes) -> str:
    """Return every word of a .docx file, its tables included."""
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


@pytest.mark.database
@pytest.mark.parametrize("secrecy", [Secrecy.INTERNAL, Secrecy.WORK_SECRET])
def test_words_are_left_out_and_numbers_are_not(office: Office, secrecy: Secrecy) -> None:
    quarter = build_quarter(office)
    marked = (quarter.closed, quarter.running, quarter.plain)
    before = gather(office.town, Q4, domain=office.ideology, day=TODAY)
    for task in marked:
        mark_it(office, task, secrecy)
    after = gather(office.town, Q4, domain=office.ideology, day=TODAY)
    assert after.cohort == before.cohort
    assert [len(part) for part in (after.open, after.done, after.next_steps)] == [
        len(part) for part in (before.open, before.done, before.next_steps)
    ]
    assert len(after.withheld) == 3
    with writing():
        summary = roll_up(office.town, Q4, office.ideology, by=office.clerk.actor)
    kept = json.dumps(summary.facts, ensure_ascii=False) + document.as_text(summary)
    kept += paper_text(document.docx(summary))
    for task in marked:
        for words in (task.title, task.measure):
            assert not words or words[:12] not in kept
    assert quarter.waiting.title[:8] in kept
    assert f"共梳理问题{before.cohort.total}个" in kept
    assert "另有2个问题计入总数、不在表中列出" in kept


def test_where_all_is_marked_no_sentence_waits_for_a_list(office: Office) -> None:
    with writing():
        task = add_task(office, "干部个人事项核查")
    mark_it(office, task)
    with writing():
        summary = roll_up(office.town, Q4, office.ideology, by=office.clerk.actor)
    text = document.as_text(summary)
    assert "问题共1个，内容不在此列出。" in text
    assert "主要表现" not in text
    assert "继续抓好各项工作落实" in text


def test_a_draft_older_than_the_mark_is_closed_to_all_but_the_clerk(
    office: Office, signed_in: SignIn
) -> None:
    quarter = build_quarter(office)
    with writing():
        summary = roll_up(office.town, Q4, office.ideology, by=office.clerk.actor)
    leader, clerk = signed_in(office.vice_head), signed_in(office.clerk)
    address = f"/summaries/{summary.id}"
    assert quarter.running.title[:8] in leader.get(address).text
    mark_it(office, quarter.running)
    for path in (address, f"{address}.docx"):
        refused = leader.get(path)
        assert refused.status_code == 403
        assert quarter.running.title[:8] not in refused.get_data(as_text=True)
    assert quarter.running.short_no in clerk.get(address).text
    with writing():
        roll_up(office.town, Q4, office.ideology, by=office.clerk.actor)
    page = leader.get(address)
    assert page.status_code == 200
    assert quarter.running.title[:8] not in page.text
    assert "有 1 项标注了内部或工作秘密" in clerk.get(address).text
