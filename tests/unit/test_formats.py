"""The same report in each format gives the same problems, measures, links and deadlines."""

import io
import os
import random
import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.proof import at_full_length
from tests.unit.documents_for_reading import sample_text
from tests.unit.test_tables import LEDGER, told
from tracker.reports.formats.document_text import READERS, read_text
from tracker.reports.formats.printed import paragraphs, without_furniture
from tracker.reports.reading.contract import ReportReading, Span, read_report
from tracker.reports.reading.sandbox import read_in_child

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = sorted(file for file in SAMPLES.glob("*.*") if file.suffix not in {".py", ".txt"})
# What a .txt of the same words tells: problems and measures.
TOLD = {"township": 7, "ledger": 6, "awkward": 11}
PROGRAMS = {".doc", ".odt", ".rtf", ".wps"}  # what LibreOffice reads, in seconds


def facts(reading: ReportReading) -> list[object]:
    """What a clerk would see, without the white space that formats differ in."""

    def words(span: Span | None) -> str | None:
        return None if span is None else re.sub(r"\s", "", reading.words(span))

    problems = [
        (words(one.span), words(one.measure), one.linked_measures, one.responsible, one.deadline.due)
        for one in reading.problems
    ]
    return [*problems, *(words(one.span) for one in reading.measures)]


def twin(name: str) -> str:
    """The words of a sample, as a .txt keeps them."""
    return sample_text() if name == "township" else (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")


def sampled(files: list[Path]) -> list[Path]:
    """What other programs read takes seconds each: three of them by chance, all at full length."""
    slow = [file for file in files if file.suffix in PROGRAMS]
    if at_full_length():
        return files
    chosen = random.Random(os.environ["TRACKER_SEED"]).sample(slow, 3)
    return [file for file in files if file not in slow or file in chosen]


@pytest.mark.proof
@pytest.mark.parametrize("file", sampled(FILES), ids=lambda file: file.name)
def test_every_format_reads_like_its_text(file: Path) -> None:
    """Problems, measures, links, who answers, deadlines; older formats in the child, as in earnest."""
    wanted = facts(read_report("sample.txt", twin(file.stem).encode()))
    assert len(wanted) == TOLD[file.stem]
    read = read_in_child if file.suffix in PROGRAMS else read_report
    assert facts(read(file.name, file.read_bytes())) == wanted


def test_two_reports_are_there_in_every_format() -> None:
    kinds = {name: {file.suffix for file in FILES if file.stem == name} for name in TOLD}
    assert kinds["township"] == {".doc", ".docx", ".html", ".odt", ".pdf", ".rtf", ".wps"}
    assert kinds["ledger"] == {".doc", ".docx", ".html", ".odt", ".pdf", ".rtf", ".xls", ".xlsx"}
    assert kinds["awkward"] == {".doc", ".docx", ".odt", ".pdf"}
    assert {suffix for suffixes in kinds.values() for suffix in suffixes} | {".txt", ".htm", ".et"} == set(
        READERS
    )


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
def test_nothing_but_the_words_of_the_paper_is_read(suffix: str) -> None:
    file = SAMPLES / f"awkward{suffix}"
    said = re.sub(r"\s", "", read_text(file.name, file.read_bytes()))
    for unread in ("不公开", "领导定", "白天", "划去", "传达到村", "第1页", "example"):
        assert unread not in said, unread
    assert said.count("来源查不清") == 1  # it was moved
    assert said.count("小餐饮店燃气报警器") == 1  # the text box is kept twice, for older programs too
    assert "注1：培训学时" in said or suffix == ".pdf"


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8-sig"])
def test_encodings_of_plain_text(encoding: str) -> None:
    assert read_text("a.txt", sample_text().encode(encoding)) == sample_text()


def test_big5_is_told_from_gb18030() -> None:
    text = "三、存在的問題\n一是學習不夠深入，個別幹部對工作要求瞭解不清。\n"
    assert read_text("a.txt", text.encode("big5")) == text


def workbook(rows: list[list[object]]) -> bytes:
    """An .xlsx with these rows, and a hidden sheet that is nobody's business."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet, hidden = book.add_worksheet("台账"), book.add_worksheet("隐藏")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value, day if isinstance(value, date) else None)
        hidden.write(0, 0, "草稿")
        hidden.hide()
    return stream.getvalue()


def test_a_workbook_reads_like_the_table_in_a_text() -> None:
    rows: list[list[object]] = [[*line.split("\t")] for line in LEDGER.strip().split("\n")]
    rows[3][5] = date(2025, 10, 31)
    content = workbook(rows)
    assert told(read_report("台账.xlsx", content)) == told(read_report("台账.txt", LEDGER.encode()))
    assert "草稿" not in read_text("台账.xlsx", content)


def test_an_endless_workbook_is_refused() -> None:
    with pytest.raises(Exception, match="行或"):
        read_text("台账.xlsx", workbook([["甲"] for _row in range(5001)]))


def test_lines_that_the_paper_broke_are_joined() -> None:
    lines = [
        "三、存在问题",
        "学习不够深入，个别支部以传",
        "阅文件代替讨论。",
        "（一）台账不全。",
        "共 12 次",
    ]
    assert paragraphs(lines) == ["三、存在问题", "学习不够深入，个别支部以传阅文件代替讨论。", *lines[3:]]


def test_heads_feet_and_page_numbers_are_left_out() -> None:
    pages = [["青示镇文件", f"第{n}页的话。", f"— {n} —"] for n in range(1, 5)]
    assert without_furniture(pages) == [f"第{n}页的话。" for n in range(1, 5)]


def test_a_web_page_gives_its_text_and_its_tables() -> None:
    page = (
        "<html><head><meta charset=gb2312><title>x</title></head><body><nav>首页</nav><script>1</script>"
        "<p>三、存在的<b>问题</b></p><table><tr><th>问题<th>整改措施</tr><tr><td><p>台账不全</p><td>补齐</table>"
        "<img src=http://192.0.2.1/x.png></body></html>"
    )
    said = read_text("a.html", page.encode("gb18030"))
    assert [line for line in said.split("\n") if line] == [
        "三、存在的问题", "问题\t整改措施", "台账不全\t补齐",
    ]  # fmt: skip
