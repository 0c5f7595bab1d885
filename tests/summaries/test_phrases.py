"""Texts from typed titles and reports inside sentences: marks, blanks, and nothing said twice."""

from dataclasses import replace
from datetime import date

import pytest

from tracker.periods import Period
from tracker.summaries.facts import CohortFacts, OpenProblem, StandingFact, SummaryFacts
from tracker.summaries.phrases import own_and_linked, phrase
from tracker.summaries.wording import draft

OPEN = OpenProblem(
    "ZG-2025Q3-001",
    "值班记录不够规范",
    "统一登记格式，每周抽查一次",
    leader="副镇长王范",
    unit="应急管理办公室",
    due=date(2025, 12, 31),
)


def said(*problems: OpenProblem, standing: tuple[StandingFact, ...] = ()) -> dict[str, str]:
    total = len(problems)
    facts = SummaryFacts(
        "青示镇",
        Period.parse("2025Q4"),
        date(2025, 12, 20),
        CohortFacts(total, 0, total),
        open=problems,
        standing=standing,
    )
    return {paragraph.key: paragraph.text for paragraph in draft(facts)}


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("记录不规范,个别村漏登.", "记录不规范，个别村漏登"),
        ("已更换12,其中3个延期;另见附件", "已更换12，其中3个延期；另见附件"),
        ("完成率60%,进展偏慢", "完成率60%，进展偏慢"),
        ("党委书记 王范", "党委书记王范"),
        ("留言办理不够及时 公众号后台无人查看", "留言办理不够及时，公众号后台无人查看"),
        ("记录不规范， 个别村漏登", "记录不规范，个别村漏登"),
        ("使用 OA 系统 3.5 版,登录慢", "使用 OA 系统 3.5 版，登录慢"),
        ("一.机制不完善.", "机制不完善"),
        ("共3,200人,见http://a.b/c,d", "共3,200人，见http://a.b/c,d"),
    ],
)
def test_typed_chinese_takes_the_marks_of_a_paper(typed, wanted):
    assert phrase(typed) == wanted


@pytest.mark.parametrize(
    ("written", "own", "linked"),
    [
        ("", "", ""),
        ("加强业务培训。", "加强业务培训。", ""),
        ("加强业务培训。\n配强宣传队伍。", "加强业务培训。", "配强宣传队伍。"),
        ("一是加强培训；\n二是充实人员。\n配强队伍。", "一是加强培训；\n二是充实人员。", "配强队伍。"),
        ("对此，我们将加强业务培训。\n加强业务培训。", "对此，我们将加强业务培训。", ""),
        ("加强培训。\n配强宣传队伍。\n配强宣传队伍。", "加强培训。", "配强宣传队伍。"),
    ],
)
def test_a_countermeasure_is_told_from_the_measures_linked_with_it(written, own, linked):
    assert own_and_linked(written) == (own, linked)


def test_a_countermeasure_inside_the_statement_is_said_once():
    text = "值班记录不够规范。对此，我们将统一登记格式，每周抽查一次。"
    texts = said(replace(OPEN, text=text, plan="统一登记格式，每周抽查一次。"))
    assert texts["problems/ZG-2025Q3-001"] == (
        f"{text}该项整改由副镇长王范牵头、应急管理办公室负责，2025年12月31日前完成。"
    )
    assert texts["next/ZG-2025Q3-001"].startswith("继续抓好“值班记录不够规范”问题整改。")
    assert "".join(texts.values()).count("统一登记格式") == 1


def test_a_plan_that_only_repeats_the_countermeasure_is_no_step():
    texts = said(replace(OPEN, plan="统一登记格式，每周抽查一次。"))
    assert "".join(texts.values()).count("统一登记格式") == 1


def test_one_word_in_common_is_no_repetition():
    texts = said(replace(OPEN, text="整改不够彻底", measure="整改"))
    assert "对此，我们将整改。" in texts["problems/ZG-2025Q3-001"]


def test_who_leads_is_said_once():
    texts = said(replace(OPEN, measure="由应急管理办公室牵头，每周巡查并建立记录"))
    assert texts["problems/ZG-2025Q3-001"] == (
        "值班记录不够规范。对此，由应急管理办公室牵头，每周巡查并建立记录。"
        "该项整改由副镇长王范负责，2025年12月31日前完成。"
    )


def test_meetings_are_held_and_the_rest_is_carried_out():
    acts = (StandingFact("例会", 2, "次"), StandingFact("专题学习", 1, "次"), StandingFact("演练", 1, "次"))
    assert said(standing=acts)["work/standing/"] == "本季度，开展专题学习1次、演练1次，召开例会2次。"
