"""The draft of a summary: sentences for every mix of counts, phrases that are not doubled, stable keys."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document

from tracker.documents.paper import Table, chinese_number, render
from tracker.periods import Period
from tracker.reports.reading.contract import read_report
from tracker.summaries.facts import (
    CohortFacts,
    DoneItem,
    NextStep,
    OpenProblem,
    StandingFact,
    SummaryFacts,
)
from tracker.summaries.phrases import bare_measure, full_width, phrase, remedy, short_name, titled
from tracker.summaries.provenance import values_under
from tracker.summaries.wording import (
    DraftParagraph,
    carry_over_annex,
    cohort_sentence,
    completion_rate,
    draft,
    numbered,
    paper,
    title,
)

FIRST = OpenProblem(
    "ZG-2025Q3-001",
    "一是值班值守记录不够规范,个别村漏登补登的现象时有发生。",
    "对此,我们将统一登记格式,每周抽查一次。",
    "分管副镇长",
    "应急办",
    date(2026, 3, 31),
    progress="已印发登记格式",
    earlier_progress="已开展摸底",
)
SECOND = OpenProblem(
    "ZG-2025Q3-003",
    "应急物资更新不及时。部分灭火器已过有效期",
    "补齐物资；",
    "",
    "应急办",
    date(2025, 11, 30),
    overdue=True,
)
DONE = DoneItem(
    "宣传力量薄弱,缺少专业人员", "新配备宣传员2名。", date(2025, 11, 20), "ZG-2025Q3-002", "配备宣传员"
)
FACTS = SummaryFacts(
    "青示镇",
    Period.parse("2025Q4"),
    date(2025, 12, 31),
    CohortFacts(3, 1, 2, overdue=1),
    "安全生产",
    standing=[StandingFact("专题学习", 3, "次"), StandingFact("应急演练", 0, "次")],
    open=[FIRST, SECOND],
    done=[DONE],
    next_steps=[NextStep("开展冬春火灾防控", date(2026, 2, 28), "应急办")],
)


def table_of(facts):
    annex = carry_over_annex(facts)
    assert annex is not None
    (table,) = annex.blocks
    assert isinstance(table, Table)
    return table


def said(facts):
    return {paragraph.key: paragraph.text for paragraph in draft(facts)}


def test_whole_draft_reads_as_an_office_writes_it():
    assert list(numbered(draft(FACTS))) == [
        "一、工作开展情况",
        "本季度，开展专题学习3次。",
        "对照整改台账，本季度跟踪督办问题3个，销号1个。",
        "二、上季度问题整改情况",
        "截至2025年12月31日，上季度共梳理问题3个，已完成整改1个、正在推进2个（其中逾期1个），"
        "整改完成率33.3%（未完成问题见附件，转入本季度继续整改）。",
        "（一）关于“宣传力量薄弱”问题的整改。新配备宣传员2名。已于2025年11月20日销号。",
        "（二）关于“值班值守记录不够规范”问题的整改。目前正在推进。已印发登记格式。",
        "（三）关于“应急物资更新不及时”问题的整改。目前正在推进，已超过原定完成时间（2025年11月30日）。",
        "三、存在的问题与不足",
        "截至2025年12月31日，尚需继续整改的问题共2个，主要表现在以下方面：",
        "（一）值班值守记录不够规范，个别村漏登补登的现象时有发生。对此，我们将统一登记格式，每周抽查一次。"
        "该项整改由分管副镇长牵头、应急办负责，2026年3月31日前完成。",
        "（二）应急物资更新不及时。部分灭火器已过有效期。对此，我们将补齐物资。"
        "该项整改由应急办负责，原定2025年11月30日前完成，目前已逾期。",
        "四、下一步工作打算",
        "针对以上问题，重点抓好以下工作：",
        "（一）继续抓好“值班值守记录不够规范”问题整改。由应急办负责，2026年3月31日前完成，办结后按程序申请销号。",
        "（二）加快推进“应急物资更新不及时”问题整改。由应急办负责，查明逾期原因，重新明确完成时间，"
        "办结后按程序申请销号。",
        "（三）开展冬春火灾防控。由应急办负责，2026年2月28日前完成。",
    ]


@pytest.mark.parametrize(
    ("cohort", "in_base", "rate"),
    [
        (CohortFacts(3, 1, 2), False, "33.3%"),
        (CohortFacts(3, 2, 1), False, "66.7%"),
        (CohortFacts(2, 1, 1), False, "50%"),
        (CohortFacts(2, 2, 0), False, "100%"),
        (CohortFacts(2, 0, 2), False, "0%"),
        (CohortFacts(8, 1, 7), False, "12.5%"),
        (CohortFacts(2000, 1, 1999), False, "0.1%"),
        (CohortFacts(0, 0, 0), False, "—"),
        (CohortFacts(2, 0, 0, long_term=1, withdrawn=1), False, "—"),
        (CohortFacts(4, 1, 1, long_term=1, withdrawn=1), False, "50%"),
        (CohortFacts(4, 1, 1, long_term=1, withdrawn=1), True, "33.3%"),
    ],
)
def test_completion_rate(cohort, in_base, rate):
    assert completion_rate(cohort, long_term_in_base=in_base) == rate


HEAD = "截至2025年12月31日，上季度共梳理问题"


@pytest.mark.parametrize(
    ("cohort", "sentence"),
    [
        (CohortFacts(0, 0, 0), "上季度没有登记的问题，本季度无结转的整改事项。"),
        (CohortFacts(3, 3, 0), f"{HEAD}3个，已全部完成整改，整改完成率100%。"),
        (
            CohortFacts(3, 3, 0, immediate_done=2),
            f"{HEAD}3个，已全部完成整改（其中立行立改2个），整改完成率100%。",
        ),
        (
            CohortFacts(2, 0, 2),
            f"{HEAD}2个，均在推进，整改完成率0%（未完成问题见附件，转入本季度继续整改）。",
        ),
        (
            CohortFacts(2, 0, 0, long_term=2),
            f"{HEAD}2个，均需长期坚持，整改完成率—（没有计入基数的问题）（长期坚持问题见附件，本季度继续落实）。",
        ),
        (CohortFacts(1, 0, 0, withdrawn=1), f"{HEAD}1个，均已撤销，整改完成率—（没有计入基数的问题）。"),
        (
            CohortFacts(6, 2, 2, overdue=1, long_term=1, withdrawn=1, immediate_done=1),
            f"{HEAD}6个，已完成整改2个（其中立行立改1个）、正在推进2个（其中逾期1个）、长期坚持1个、撤销1个，"
            "整改完成率50%（未完成问题见附件，转入本季度继续整改）。",
        ),
    ],
)
def test_sentence_on_the_last_period(cohort, sentence):
    assert cohort_sentence(replace(FACTS, cohort=cohort)) == sentence


@pytest.mark.parametrize("counts", [(3, 1, 1), (2, 3, -1)])
def test_counts_that_do_not_add_up_are_refused(counts):
    with pytest.raises(ValueError, match="对不上"):
        CohortFacts(*counts)


def test_overdue_cannot_exceed_running():
    with pytest.raises(ValueError, match="逾期"):
        CohortFacts(2, 1, 1, overdue=2)


def test_draft_without_any_fact_is_still_a_text():
    texts = said(SummaryFacts("青示镇", Period.parse("2025Q4"), date(2025, 12, 31), CohortFacts(0, 0, 0)))
    assert texts["work/none"] == "本季度没有登记的学习、会议、检查和整改事项。"
    assert texts["problems/lead"] == "暂无。"
    assert texts["next/lead"] == "按照全年工作安排，继续抓好各项工作落实。"


@pytest.mark.parametrize(
    ("code", "last", "this"),
    [("2025Q4", "上季度", "本季度"), ("2025M11", "上月", "本月"), ("2025Y", "上年度", "本年度")],
)
def test_other_periods_call_themselves_rightly(code, last, this):
    facts = replace(FACTS, period=Period.parse(code))
    assert said(facts)["carry-over"] == f"{last}问题整改情况"
    assert f"转入{this}继续整改" in cohort_sentence(facts)


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("", ""),
        ("对此，", ""),
        ("加强培训", "对此，我们将加强培训。"),
        ("为此，我们将加强培训。", "对此，我们将加强培训。"),
        ("今后,我们将加强培训；", "对此，我们将加强培训。"),
        ("下一步，将加强培训", "对此，我们将加强培训。"),
        ("下一步我镇将加强培训", "对此，我们将加强培训。"),
        ("对此，为此，要加强培训", "对此，我们将加强培训。"),
        ("要求各村每周报送", "对此，我们将要求各村每周报送。"),
        ("（一）加强培训。", "对此，我们将加强培训。"),
        ("一是加强培训；二是充实人员。", "对此，我们将采取以下措施：一是加强培训；二是充实人员。"),
        ("由党建办每月培训一次", "对此，由党建办每月培训一次。"),
        ("镇党委将每季度研究一次", "对此，镇党委将每季度研究一次。"),
        ("为切实解决这一问题，我们将增配人员", "对此，为切实解决这一问题，我们将增配人员。"),
        ("已制定培训计划，按月实施", "对此，我们已制定培训计划，按月实施。"),
        ("整改措施：加强培训\n充实人员", "对此，我们将加强培训。充实人员。"),
        ("加强培训。该项整改由党建办负责，2025年12月31日前完成。", "对此，我们将加强培训。"),
    ],
)
def test_countermeasure_is_embedded_once(measure, wanted):
    assert remedy(measure) == wanted


def test_embedding_twice_changes_nothing():
    once = remedy("一是加强培训；二是充实人员")
    assert remedy(remedy("加强培训")) == remedy("加强培训")
    assert remedy(once).count("对此") == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("三是机制不完善。", "机制不完善"),
        ("1. 机制不完善", "机制不完善"),
        ("2025年以来机制不完善；", "2025年以来机制不完善"),
        ("机制不完善：一是缺人；二是缺钱。", "机制不完善：一是缺人；二是缺钱"),
        ("机制不完善\n部分村未落实。", "机制不完善。部分村未落实"),
        ("", ""),
    ],
)
def test_phrase_loses_number_and_closing_mark(text, wanted):
    assert phrase(text) == wanted


def test_punctuation_becomes_full_width_only_in_chinese():
    assert full_width("共3,200人(含党员),另见http://a.b,c") == "共3,200人（含党员），另见http://a.b,c"


def test_short_name_is_long_enough_and_quotes_within_quotes():
    assert short_name("目前，落实“三会一课”不够到位，质量不高") == "目前，落实‘三会一课’不够到位"


def test_keys_stay_when_another_problem_is_closed():
    before = {p.key: p for p in draft(FACTS)}
    after = {p.key: p for p in draft(replace(FACTS, open=[SECOND], cohort=CohortFacts(3, 2, 1, overdue=1)))}
    assert len(before) == len(draft(FACTS))
    assert before["problems/ZG-2025Q3-003"] == after["problems/ZG-2025Q3-003"]
    assert "problems/ZG-2025Q3-001" not in after


def test_every_named_fact_has_a_value_and_a_change_shows():
    moved = replace(FACTS, open=[replace(FIRST, progress="已完成一半"), SECOND], finished=[DONE])
    for paragraph in draft(moved):
        named = [key for key in paragraph.fact_keys if key != "as_of"]
        assert all(values_under([key], moved) for key in named)
        changed = values_under(named, moved) != values_under(named, FACTS)
        assert changed == (paragraph.key.endswith("Q3-001") or paragraph.key == "work/finished")


def test_new_problems_are_told_from_old_ones():
    new = replace(SECOND, number="ZG-2025Q4-001", carried_over=False)
    facts = replace(FACTS, open=[FIRST, new], cohort=CohortFacts(2, 1, 1))
    texts = said(facts)
    assert texts["problems/lead"].startswith(
        "截至2025年12月31日，尚需继续整改的问题共2个，其中本季度新登记1个，"
    )
    assert "carry-over/ZG-2025Q4-001" not in texts
    assert [row[1] for row in table_of(facts).rows] == [
        "值班值守记录不够规范，个别村漏登补登的现象时有发生",
        "宣传力量薄弱，缺少专业人员",
    ]


def test_long_term_is_never_called_overdue():
    facts = replace(
        FACTS,
        open=[replace(SECOND, long_term=True, overdue=False, due=None)],
        cohort=CohortFacts(2, 1, 0, long_term=1),
    )
    texts = " ".join(said(facts).values())
    assert "逾期" not in texts
    assert "该项整改由应急办负责，长期坚持。" in texts


def test_annex_has_ten_columns_and_defines_the_rate():
    annex = carry_over_annex(FACTS)
    table = table_of(FACTS)
    assert annex is not None
    assert annex.landscape
    assert annex.title == "上季度问题整改情况表"
    assert list(table.columns) == [
        "序号", "问题", "整改措施", "责任领导", "责任单位", "整改时限",
        "上季度进展", "本季度完成情况", "是否销号", "备注",
    ]  # fmt: skip
    assert table.rows[0] == [
        "1", "值班值守记录不够规范，个别村漏登补登的现象时有发生", "统一登记格式，每周抽查一次",
        "分管副镇长", "应急办", "2026年3月31日", "已开展摸底", "正在推进。已印发登记格式", "否", "",
    ]  # fmt: skip
    assert "（梳理问题总数－长期坚持数－撤销数）" in table.note
    in_base = table_of(replace(FACTS, long_term_in_base=True)).note
    assert "（梳理问题总数－撤销数）" in in_base


def test_withdrawn_problems_stand_in_the_table_as_such():
    gone = DoneItem("宣传栏破损", "", number="ZG-2025Q3-009", note="并入ZG-2025Q3-001")
    facts = replace(FACTS, withdrawn=[gone], cohort=CohortFacts(4, 1, 2, overdue=1, withdrawn=1))
    last = table_of(facts).rows[-1]
    assert (last[1], last[7], last[8], last[9]) == ("宣传栏破损", "已撤销", "撤销", "并入ZG-2025Q3-001")


def test_work_of_the_year_and_other_finished_work_are_told():
    study = StandingFact("专题学习", 3, "次", "宣传工作", year_count=12)
    texts = said(replace(FACTS, standing=[study], finished=[DoneItem("冬春防火巡查，每周一次", "已完成")]))
    assert texts["work/standing/宣传工作"] == "本季度，宣传工作方面开展专题学习3次（今年以来12次）。"
    assert texts["work/finished"] == "另办结工作事项1项：冬春防火巡查。"


def test_no_annex_without_problems_of_the_last_period():
    assert carry_over_annex(replace(FACTS, open=[], done=[])) is None


def test_edited_paragraphs_are_printed_and_emptied_ones_leave_no_gap():
    edited = [
        DraftParagraph("a", 1, "甲"),
        DraftParagraph("b", 2, "  "),
        DraftParagraph("c", 2, "（九）乙。丙"),
        DraftParagraph("d", 1, "丁"),
        DraftParagraph("e", 2, "戊"),
    ]
    document = Document(io.BytesIO(render(paper(FACTS, edited, signature="青示镇", day=date(2026, 1, 5)))))
    read = [p.text for p in document.paragraphs if p.text]
    assert read[:2] == ["青示镇2025年第四季度", "安全生产工作情况总结"]
    assert read[2:6] == ["一、甲", "（一）乙。丙", "二、丁", "（一）戊"]


LISTED = replace(
    SECOND,
    number="ZG-2025Q3-004",
    text="阵地管理不到位：一是人员不固定；二是设备老化",
    measure="由宣传办每月督促",
)
UNANSWERED = replace(FIRST, number="ZG-2025Q3-005", measure="")
SOLVED = replace(DONE, result="一是新配宣传员3名；二是村级仍有短板的已逐村补齐")


@pytest.mark.parametrize(
    "facts",
    [
        FACTS,
        replace(FACTS, open=[FIRST], done=[SOLVED], cohort=CohortFacts(2, 1, 1)),
        replace(FACTS, open=[LISTED], cohort=CohortFacts(2, 1, 1, overdue=1)),
        replace(FACTS, open=[UNANSWERED], cohort=CohortFacts(2, 1, 1)),
        replace(
            FACTS,
            open=[replace(SECOND, long_term=True, overdue=False, due=None)],
            cohort=CohortFacts(2, 1, 0, long_term=1),
        ),
        replace(FACTS, open=[replace(FIRST, carried_over=False)], done=[], cohort=CohortFacts(0, 0, 0)),
        replace(FACTS, open=[], cohort=CohortFacts(1, 1, 0)),
        replace(FACTS, open=[], done=[], next_steps=[], cohort=CohortFacts(0, 0, 0)),
    ],
)
def test_reading_the_paper_again_finds_exactly_the_open_problems(facts):
    made = render(paper(facts, draft(facts), signature="中共青示镇委员会", day=date(2026, 1, 5)))
    reading: Any = read_report("总结.docx", made, facts.period, date(2026, 1, 5)).as_json()
    text = reading["text"]
    found = [text[p["start"] : p["end"]] for p in reading["problems"]]
    assert [phrase(statement) for statement in found] == [
        phrase(titled(problem.text)) for problem in facts.open
    ]
    if facts.open:
        assert len(reading["measures"]) == len(facts.open) + len(facts.next_steps)
    for read, problem in zip(reading["problems"], facts.open, strict=True):
        assert bare_measure(text[read["measure"]["start"] : read["measure"]["end"]]) == bare_measure(
            problem.measure
        )


def test_title_does_not_say_work_twice():
    assert title(replace(FACTS, subject="")) == "青示镇2025年第四季度工作情况总结"
    assert (
        title(replace(FACTS, subject="宣传工作", period=Period.parse("2025Y")))
        == "青示镇2025年度宣传工作情况总结"
    )


@pytest.mark.parametrize(
    ("number", "wanted"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")]
)
def test_chinese_numbers(number, wanted):
    assert chinese_number(number) == wanted
