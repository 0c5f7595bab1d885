"""The same report in each format gives the same problems, measures, links and deadlines."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.unit.documents_for_reading import sample_text
from tests.unit.test_tables import LEDGER, told
from tracker.reports.contract import ReportReading, Span, read_report
from tracker.reports.printed import paragraphs, without_furniture
from tracker.reports.reading import read_text
from tracker.reports.sandbox import read_in_child

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = sorted(SAMPLES.glob("township.*"))


def facts(reading: ReportReading) -> list[object]:
    """What a clerk would see, without the white space that formats differ in."""

    def words(span: Span | None) -> str | None:
        return None if span is None else re.sub(r"\s", "", reading.words(span))

    problems = [
        (words(one.span), words(one.measure), one.linked_measures, one.responsible, one.deadline.due)
        for one in reading.problems
    ]
    return [*problems, *(words(one.span) for one in reading.measures)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.suffix)
def test_every_format_reads_like_its_text(file: Path) -> None:
    wanted = facts(read_report("sample.txt", sample_text().encode()))
    assert len(wanted) == 7
    assert facts(read_report(file.name, file.read_bytes())) == wanted


def test_there_is_a_sample_of_every_format_that_no_test_builds() -> None:
    assert {file.suffix for file in FILES} == {".doc", ".docx", ".html", ".pdf", ".wps"}


@pytest.mark.parametrize("suffix", [".doc", ".pdf"])
def test_the_child_with_its_limits_reads_them_too(suffix: str) -> None:
    file = SAMPLES / f"township{suffix}"
    assert len(read_in_child(file.name, file.read_bytes()).problems) == 3


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
