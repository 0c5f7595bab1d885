"""A table of problems is read row by row, whatever its headers are called."""

import docx

from tests.unit.documents_for_reading import saved
from tracker.reports.contract import ReportReading, read_report

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
