"""Counts in a report: number, unit, about or not, what is counted, and parts that do not make their whole."""

import time

import pytest

from tracker.reports.reading.characters import normalised, with_tabs
from tracker.reports.reading.contract import read_report
from tracker.reports.reading.counts import Count, counts
from tracker.reports.reading.sub_counts import MOST_SAID, part_lists, sums_in_doubt, with_parts


def read(said: str) -> tuple[tuple[Count, ...], list[str]]:
    """The counts of a text with their parts, and what is doubted."""
    text = with_tabs(normalised(said), said)
    found = counts(text, len(text))
    lists = part_lists(text, found)
    return with_parts(found, lists), sums_in_doubt(found, lists)


@pytest.mark.parametrize(
    ("text", "value", "unit", "approx", "of"),
    [
        ("专题学习12次", 12, "次", False, "专题学习"),
        ("开展研讨交流5次", 5, "次", False, "研讨交流"),
        ("覆盖320人次", 320, "人次", False, "覆盖"),
        ("培训干部500余人次", 500, "人次", True, "培训干部"),
        ("巡查30余次", 30, "次", True, "巡查"),
        ("发放资料近2000份", 2000, "份", True, "资料"),
        ("入户走访约40户", 40, "户", True, "入户走访"),
        ("排查隐患不少于3处", 3, "处", True, "排查隐患"),
        ("每季度巡查2-3次", 3, "次", True, "每季度巡查"),
        ("走访群众1.2万人次", 12000, "人次", False, "走访群众"),
        ("走访群众3万余人次", 30000, "人次", True, "走访群众"),
        ("制发文件1,523件", 1523, "件", False, "文件"),
        ("制发文件1，523件", 1523, "件", False, "文件"),
        ("门急诊20\xa0416人次", 20416, "人次", False, "门急诊"),
        ("化解债务1352.5万元", 1352.5, "万元", False, "化解债务"),
        ("检查学校８所", 8, "所", False, "检查学校"),
        ("培训党员120名左右", 120, "名", True, "培训党员"),
        ("下降3.5个百分点", 3.5, "个百分点", False, "下降"),
        ("组织了6期冬训课堂", 6, "期", False, "冬训课堂"),
        ("同比增长6.2%", 6.2, "%", False, "同比增长"),
    ],
)  # fmt: skip
def test_one_count(text: str, value: float, unit: str, approx: bool, of: str) -> None:
    (found,), doubts = read(text)
    assert (found.value, found.unit, found.approx, found.of) == (value, unit, approx, of)
    assert normalised(text)[found.start : found.end].endswith(unit)
    assert doubts == []


@pytest.mark.parametrize(
    "text", ["第3次会议", "10日内完成", "x次", "2025年9月30日", "3个工作日", "2个月", "XX件", "1.问题"]
)
def test_what_is_no_count(text: str) -> None:
    assert read(text) == ((), [])


WHOLE_AND_PARTS = [
    ("开展检查22次，其中专项12次、联合6次、夜间4次。", 22, [12, 6, 4]),
    ("开展检查22次。其中，专项检查12次，联合检查6次，夜间检查4次。", 22, [12, 6, 4]),
    ("开展检查22次，其中：专项12次；联合6次；夜间4次。", 22, [12, 6, 4]),
    ("组织学习18次，其中8/4/2/2/2次", 18, [8, 4, 2, 2, 2]),
    ("组织学习22次，其中12次、6次和4次为夜间。", 22, [12, 6, 4]),
    ("制发文件1523件，其中512件（占33.6%）为代拟稿。", 1523, [512]),
    ("受理信访事项23件（其中网上12件、来访11件），均已答复。", 23, [12, 11]),
    ("受理信访事项23件（网上12件、来访11件），均已答复。", 23, [12, 11]),
    ("排查企业18家，发现隐患41处，其中一般隐患38处、重大隐患3处。", 41, [38, 3]),
    ("开展检查22次、出动60人次，其中专项12次、联合6次、夜间4次。", 22, [12, 6, 4]),
    ("组织学习22次、研讨5次，其中班子学习12次、支部学习10次。", 22, [12, 10]),
    ("检查22次：专项12次、联合6次、夜间4次。", 22, [12, 6, 4]),
    ("会议32场，其中调度13场；交办问题23件。", 32, [13]),
    ("债务4300万元，其中镇级1352.5万元、村级2947.5万元。", 4300, [1352.5, 2947.5]),
    ("开展检查22次，其中专项12次，联合6次，夜间4次，整改隐患30处。", 22, [12, 6, 4]),
    ("集中学习22次，其中集中学习12次，开展宣讲15次。", 22, [12]),
    ("检查22次，其中专项12次、联合6次等。", 22, [12, 6]),
]


@pytest.mark.parametrize(("text", "whole", "parts"), WHOLE_AND_PARTS)
def test_a_whole_and_its_parts(text: str, whole: float, parts: list[float]) -> None:
    found, doubts = read(text)
    (owner,) = [count for count in found if count.parts]
    assert (owner.value, [found[place].value for place in owner.parts]) == (whole, parts)
    assert doubts == []


def test_cells_are_no_thousands() -> None:
    reading = read_report("台账.txt", "序号\t制发\n3\t120件\n4\t1 120件\n".encode())
    assert [figure.value for figure in reading.figures] == [120, 1120]


def test_parts_of_a_part() -> None:
    found, doubts = read("检查22次，其中专项12次（其中夜间5次）、联合10次。")
    assert {count.value: [found[place].value for place in count.parts] for count in found} == {
        22: [12, 10], 12: [5], 5: [], 10: [],
    }  # fmt: skip
    assert doubts == []


def test_a_part_without_words_counts_what_its_whole_does() -> None:
    found, _ = read("制发文件1523件，其中512件（占33.6%）为代拟稿。")
    assert [count.of for count in found[:2]] == ["文件", "文件"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("开展检查22次，其中专项12次、联合6次、夜间5次。", "“检查22次”，分项12+6+5合计23次，超过总数"),
        ("开展检查22次，其中专项12次、联合6次、夜间3次。", "“检查22次”，分项12+6+3合计21次，与总数不一致"),
        ("开展检查22次，其中专项12次，联合6次，夜间3次，整改隐患30处。",
         "“检查22次”，分项12+6+3合计21次，与总数不一致"),
        ("开展检查2次，其中专项12次。", "“检查2次”，其中写了12次，超过总数"),
        ("受理信访23件（网上12件、来访15件）。", "“受理信访23件”，分项12+15合计27件，超过总数"),
        ("检查22次：专项12次、联合6次、夜间3次。", "“检查22次”，分项12+6+3合计21次，与总数不一致"),
        ("组织学习18次，其中8/4/2/2/1次。", "“学习18次”，分项8+4+2+2+1合计17次，与总数不一致"),
    ],
)  # fmt: skip
def test_parts_that_do_not_make_their_whole(text: str, said: str) -> None:
    assert read(text)[1] == [f"{said}，请核对原文。"]
    assert f"{said}，请核对原文。" in read_report("总结.txt", text.encode()).warnings


@pytest.mark.parametrize(
    "text",
    [
        "开展检查22次，其中专项12次、联合6次、夜间3次等。",  # not all are named
        "开展检查22次，其中包括专项12次、联合6次、夜间3次。",
        "开展检查22次，其中专项12次、联合6次。",  # two are seldom all
        "开展检查30余次，其中专项12次、联合16次、夜间9次。",  # about thirty
        "开展检查22次，其中专项约12次、联合6次、夜间9次。",
        "开展检查22次，其中专项12次、联合6次、夜间3次，其余为抽查。",
        "开展检查22次，其中专项12次、联合6次、夜间3次，抽查1次。",
        "组织学习22次、研讨10次，其中班子12次、支部10次、小组9次。",  # of both together
        "开展检查22次，其中检查企业30家。",  # another thing
        "增长10%，其中工业增长12%。",
        "开展检查22次。\n其中专项30次。",  # another paragraph
        "完成征兵任务7人，其中大学毕业生5人，基干民兵整组158人。",
        "收入完成4.27亿元，其中税收2.38亿元，占比55.7%；支出完成21.6亿元。",
        "全县有学校163所（含教学点31个），其中中学50所、小学51所、幼儿园31所。",
        "投入经费2 160万元，其中彩票公益金890万元。",
        "储备干部46名，其中35岁以下30名，大专以上学历27名。",
        "5\t检查2次\t其中专项3次\n",  # cells
        "会议3次，其中1次由主要领导主持，第2次研究12件事项，到会30人次。",
    ],
)
def test_what_is_not_doubted(text: str) -> None:
    assert read(text)[1] == []


def test_many_doubts_are_summed_up() -> None:
    text = "检查2次，其中专项3次。\n" * 20
    said = read(text)[1]
    assert len(said) == MOST_SAID + 1
    assert said[-1] == f"另有 {20 - MOST_SAID} 处分项数字与总数对不上，请核对原文。"


@pytest.mark.parametrize(
    "line", ["其中1次、", "其中", "1次（1次：", "其中1/1/", "1个1个其中1个", "，其中", "1，000，"]
)
def test_no_text_keeps_the_counting_busy(line: str) -> None:
    begun = time.process_time()
    read(line * (50_000 // len(line)))
    assert time.process_time() - begun < 2  # a quadratic rule would take a minute
