"""A table of problems is read row by row, whatever its headers are called."""

import docx
import pytest

from tests.unit.documents_for_reading import saved
from tracker.reports.reading.contract import ReportReading, read_report

LEDGER = """青示镇2025年第三季度问题整改台账
截至2025年9月30日
序号\t具体问题\t整改措施\t责任领导\t责任单位\t整改时限\t是否销号\t备注
1\t宣传栏更新不及时\t明确专人，每月更新\t郑样\t宣传办\t2025年10月底前\t否\t
2\t东示村台账不全\t补齐台账\t王范\t东示村、应急办\t长期坚持\t已销号\t
3\t学习记录缺签字\t\t郑样\t宣传办\t\t否\t整改时限：11月15日前
合计\t3\t\t\t\t\t\t
"""


def told(reading: ReportReading) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Each problem with its measure, who answers, and until when."""
    return [
        (
            reading.words(problem.span),
            "" if problem.measure is None else reading.words(problem.measure),
            problem.responsible,
            str(problem.deadline.due),
        )
        for problem in reading.problems
    ]


def test_each_open_row_is_a_problem_with_its_cells() -> None:
    assert told(read_report("台账.txt", LEDGER.encode())) == [
        ("宣传栏更新不及时", "明确专人，每月更新", ("郑样", "宣传办"), "2025-10-31"),
        ("学习记录缺签字", "", ("郑样", "宣传办"), "2025-11-15"),
    ]


def test_three_header_rows_are_one() -> None:
    rows = (
        "序号\t问题情况\t\t整改\t\t\t\t备注\n"
        "〃\t来源\t具体问题\t责任\t\t要求\t\t〃\n"
        "〃\t〃\t〃\t领导\t单位\t措施\t完成时限\t〃\n"
        "1\t自查\t宣传栏更新不及时\t郑样\t宣传办\t每月更新\t2025年10月底前\t\n"
        "2\t自查\t学习记录缺签字\t范演\t党建办\t\t\t整改时限：11月15日前\n"
    )
    assert told(read_report("台账.txt", f"2025年第三季度整改台账\n{rows}".encode())) == [
        ("宣传栏更新不及时", "每月更新", ("郑样", "宣传办"), "2025-10-31"),
        ("学习记录缺签字", "", ("范演", "党建办"), "2025-11-15"),
    ]


def test_a_table_in_word_with_merged_headers_reads_the_same() -> None:
    lines = [line.split("\t") for line in LEDGER.strip().split("\n")[2:]]
    document = docx.Document()
    for line in LEDGER.split("\n")[:2]:
        document.add_paragraph(line)
    table = document.add_table(rows=len(lines) + 1, cols=8)
    table.cell(0, 3).merge(table.cell(0, 4)).text = "责任"  # an upper header over two columns
    for row, cells in enumerate(lines, start=1):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    assert told(read_report("台账.docx", saved(document))) == told(read_report("台账.txt", LEDGER.encode()))


def test_a_problem_told_in_the_text_and_again_in_a_table_is_one() -> None:
    text = (
        "三、存在的问题\n1.宣传栏更新不及时。\n2.学习记录缺签字。\n附件\n"
        "问题\t整改措施\t责任单位\t整改时限\n宣传栏更新不及时\t每月更新\t宣传办\t2025年10月底前\n"
    )
    found = told(read_report("总结.txt", text.encode()))
    assert found[0] == ("宣传栏更新不及时", "每月更新", ("宣传办",), "2025-10-31")
    assert [problem for problem, *_rest in found] == ["宣传栏更新不及时", "学习记录缺签字"]


def test_a_table_of_anything_else_tells_no_problems() -> None:
    text = "序号\t姓名\t电话\n1\t郑样\t1390000\n2\t王范\t1390001\n"
    assert read_report("通讯录.txt", text.encode()).problems == ()


@pytest.mark.parametrize(
    "headers",
    [
        "序号|隐患点位|隐患情况|治理措施|治理责任人|治理期限|治理进展",
        "编号|问题来源|问题内容|整治举措|包案领导|预计完成时间|办结情况",
        "No.|类别|Issue 问题点|Action 措施|Owner 责任人|Due 时限|状态",
        "序号|地点|检查发现问题|整改建议|整改单位|整改时间要求|复查情况",
    ],
)
def test_headers_that_other_offices_use(headers: str) -> None:
    rows = ["1|东桥|护栏松动|加固|郑样|2025-10-20|正在办理", "2|西桥|路灯不亮|更换|王范|2025-10-31|已完成"]
    for parted in ("\t", "|"):
        edge = "" if parted == "\t" else "|"
        text = "\n".join(f"{edge}{line}{edge}".replace("|", parted) for line in (headers, *rows))
        reading = read_report("台账.txt", f"2025年第三季度台账\n{text}\n".encode())
        assert told(reading) == [("护栏松动", "加固", ("郑样",), "2025-10-20")]


def test_a_table_without_a_column_for_it_takes_the_day_from_the_measure() -> None:
    text = (
        "2025年第三季度台账\n存在的主要问题及原因\t下一步措施及时限\t责任人\n护栏松动\t10月底前加固\t郑样\n"
    )
    assert told(read_report("台账.txt", text.encode())) == [
        ("护栏松动", "10月底前加固", ("郑样",), "2025-10-31")
    ]
