"""S23 and S25: what people type stays text, in the paper of the next quarter and in the heads of mails."""

import io
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from docx import Document

from tests.attacks.client import Client
from tests.mail import Sink
from tests.office import PASSWORD, Office
from tests.processes import Server
from tests.reminders.steps import assigned, tick_now
from tests.summaries.quarter import add_task
from tracker import clock
from tracker.database import writing

# What is typed, and what of it stands in the paper: control characters have no place there, and the wording
# of a sentence sets its own stops at a semicolon or a broken line.
INTO_A_PAPER = {
    "end of a CDATA section": ("甲]]>乙", "甲]]>乙"),
    "markup of the format": ("甲<w:br/><w:t>乙", "甲<w:br/><w:t>乙"),
    "an entity": ("甲&lt;乙&#x41;", "甲&lt；乙&#x41"),
    "control characters": ("甲\x07\x0b乙\x1b[31m", "甲。乙[31m"),
    "a field code": ("{ DATE } { INCLUDETEXT a.docx }", "{ DATE } { INCLUDETEXT a.docx }"),
    "a template": ("{{7*7}}{% include x %}${7*7}", "{{7*7}}{% include x %}${7*7}"),
    "a link": ('HYPERLINK "http://h.invalid"', 'HYPERLINK "http://h.invalid"'),
    "not a character": ("甲\ufffe乙\uffff", "甲乙"),
    "another plane": ("甲𠀀乙", "甲𠀀乙"),
    "a comment": ("甲<!-- 乙 --><?xml?>", "甲<!-- 乙 --><?xml?>"),
}


def test_what_was_typed_stands_literally_in_the_paper(
    office: Office, live_server: Server, tmp_path: Path
) -> None:
    with writing():
        for typed, _kept in INTO_A_PAPER.values():
            add_task(office, f"问题{typed}", deadline=clock.today() + timedelta(days=90))
    clerk = Client(live_server)
    assert clerk.sign_in(office.clerk.account.username, PASSWORD) == 302
    fields = {"unit": str(office.town.id), "period": "2025Q3"}
    drafted = clerk.post("/summaries", fields, page="/summaries")
    assert drafted.status == 302
    paper = clerk.get(f"{drafted.headers['Location']}.docx")
    assert paper.status == 200
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(paper.body)).paragraphs)
    missing = [name for name, (_typed, kept) in INTO_A_PAPER.items() if f"问题{kept}" not in text]
    assert missing == [], text
    (tmp_path / "paper.docx").write_bytes(paper.body)
    opened = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "paper.docx")],
        capture_output=True, check=True, timeout=180,
    )  # fmt: skip
    assert (tmp_path / "paper.pdf").stat().st_size > 1000, opened.stdout


# names of people and titles of tasks with which somebody tries to write heads of their own
INTO_A_MAIL = {
    "a second recipient": "褚例\r\nBcc: all@h.invalid",
    "a line feed alone": "褚例\nBcc: all@h.invalid",
    "a carriage return alone": "褚例\rBcc: all@h.invalid",
    "a body": "褚例\r\n\r\n<b>新正文</b>",
    "a comma": "褚例, all@h.invalid",
    "an address": '"褚例" <all@h.invalid>',
    "a semicolon": "褚例; all@h.invalid;",
    "an encoded word": "=?utf-8?q?=0ABcc:_all=40h.invalid?=",
    "a separator of Unicode": "褚例\u2028Bcc: all@h.invalid\x85Cc: b@h.invalid",
    "NUL and others": "褚例\x00\x0bBcc: all@h.invalid",
}


@pytest.mark.parametrize("typed", INTO_A_MAIL.values(), ids=INTO_A_MAIL.keys())
def test_nothing_typed_writes_a_head_of_a_mail(
    smtp_sink: Sink, office: Office, moved_clock: Callable[..., None], typed: str
) -> None:
    moved_clock(date(2025, 10, 9))
    with writing():
        office.lead.person.name = typed[:50]
    assigned(office, date(2025, 11, 18), title=f"整改{typed}")
    tick_now()
    (message,) = smtp_sink.messages
    assert [address.addr_spec for address in message["To"].addresses] == ["lead@qs.invalid"]
    assert (message["Bcc"], message["Cc"]) == (None, None)
    assert message["Subject"] == "一岗双责跟踪：10月9日有 1 条提醒"
    assert message.get_content_type() == "text/plain"
    assert len(message.keys()) == len(set(message.keys()))
