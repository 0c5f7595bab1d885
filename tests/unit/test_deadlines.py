"""Time expressions: every row of domain.md 4.2, further phrasings, and what holds beside them.

Unless a case says otherwise the report is of the third quarter of 2025, written on 9 October.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tracker.periods import Period
from tracker.reports.reading.characters import normalised
from tracker.reports.reading.deadlines import Deadline, deadline, default_deadline
from tracker.reports.reading.time_rules import Calendar, DeadlineKind
from tracker.workdays import shipped

AT = Calendar(Period.parse("2025Q3"), date(2025, 10, 9), shipped())
MASKED = Calendar(None, None, shipped())
PHRASINGS = json.loads(Path(__file__).with_name("phrasings.json").read_text("utf-8"))


def read(words: str, at: Calendar = AT) -> Deadline | None:
    """Read a passage as it stands in a report."""
    return deadline(normalised(words), at)


# The table of domain.md 4.2: row, expression, kind, and what else the rule gives.
DATE, ASK, VAGUE, RECURRING, ONGOING, NOW = "date", "ask", "vague", "recurring", "ongoing", "immediate"
ROWS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("1", "9月底前", DATE, {"date": "2025-09-30"}),
    ("2", "3月底前", DATE, {"date": "2026-03-31"}),
    ("2", "8月底前", DATE, {"date": "2025-08-31"}),
    ("3", "七月底前", DATE, {"date": "2025-07-31"}),
    ("4", "预计12月底前", DATE, {"date": "2025-12-31", "soft": True}),
    ("5", "10月底", DATE, {"date": "2025-10-31"}),
    ("6", "月底前", DATE, {"date": "2025-10-31"}),
    ("7", "本月底前", DATE, {"date": "2025-10-31"}),
    ("7", "本月底", DATE, {"date": "2025-10-31"}),
    ("8", "下月底前", DATE, {"date": "2025-11-30"}),
    ("9", "每个月末", RECURRING, {"every": "month"}),
    ("10", "年底前", DATE, {"date": "2025-12-31"}),
    ("11", "争取年底", DATE, {"date": "2025-12-31", "soft": True}),
    ("12", "2026年底前", DATE, {"date": "2026-12-31"}),
    ("13", "计划2024年底前", DATE, {"date": "2024-12-31", "soft": True}),
    ("14", "2025年底", DATE, {"date": "2025-12-31"}),
    ("15", "2024年8月前", ASK, {"date": "2024-07-31"}),
    ("16", "2027年前", ASK, {"date": "2026-12-31"}),
    ("17", "7月15日前", DATE, {"date": "2025-07-15"}),
    ("17", "10月15日前", DATE, {"date": "2025-10-15"}),
    ("18", "2021年3月15日前", DATE, {"date": "2021-03-15"}),
    ("18", "3月15日前", DATE, {"date": "2026-03-15"}),
    ("19", "x月x日前完成整改，今后长期坚持", ASK, {"date": None}),
    ("19", "11月15日前完成整改，今后长期坚持", DATE, {"date": "2025-11-15", "then_ongoing": True}),
    ("20", "7月10日、12月1日前", DATE, {"date": "2025-12-01", "milestones": ["2025-07-10"]}),
    ("22", "10月上旬", DATE, {"date": "2025-10-10"}),
    ("23", "8月中旬", DATE, {"date": "2025-08-20"}),
    ("24", "12月中旬", DATE, {"date": "2025-12-20"}),
    ("24", "1月中旬", DATE, {"date": "2026-01-20"}),
    ("25", "2月下旬—3月上旬", DATE, {"date": "2026-03-10", "start": "2026-02-21"}),
    ("26", "9月下旬", DATE, {"date": "2025-09-30"}),
    ("27", "7月—10月", DATE, {"date": "2025-10-31", "start": "2025-07-01"}),
    ("28", "11月", DATE, {"date": "2025-11-30"}),
    ("29", "2月底结束", DATE, {"date": "2026-02-28"}),
    ("30", "月初", DATE, {"date": "2025-11-05"}),
    ("30", "12月初", DATE, {"date": "2025-12-05"}),
    ("31", "上半年完成", DATE, {"date": "2026-06-30"}),
    ("31", "上半年", DATE, {"date": "2026-06-30"}),
    ("32", "下半年完成", DATE, {"date": "2025-12-31"}),
    ("32", "下半年", DATE, {"date": "2025-12-31"}),
    ("33", "第四季度", DATE, {"date": "2025-12-31"}),
    ("33", "四季度", DATE, {"date": "2025-12-31"}),
    ("35", "二季度末", DATE, {"date": "2026-06-30"}),
    ("35", "三季度末", DATE, {"date": "2025-09-30"}),
    ("36", "下季度", DATE, {"date": "2025-12-31"}),
    ("36", "下一季度", DATE, {"date": "2025-12-31"}),
    ("37", "本季度内", ASK, {"date": "2025-12-31"}),
    ("38", "每季度", RECURRING, {"every": "quarter"}),
    ("38", "每季度末", RECURRING, {"every": "quarter"}),
    ("39", "每季至少3项", RECURRING, {"every": "quarter"}),
    ("40", "每月", RECURRING, {"every": "month"}),
    ("40", "每月5日前", RECURRING, {"every": "month"}),
    ("41", "每周五12点前", RECURRING, {"every": "week"}),
    ("41", "每周五", RECURRING, {"every": "week"}),
    ("42", "每周二前", RECURRING, {"every": "week"}),
    ("43", "每半年", RECURRING, {"every": "half_year"}),
    ("43", "每年至少两次", RECURRING, {"every": "half_year"}),
    ("44", "自3月份开始，每周五下午", RECURRING, {"every": "week", "start": "2026-03-01"}),
    ("45", "全年", DATE, {"date": "2025-12-31"}),
    ("45", "年内", DATE, {"date": "2025-12-31"}),
    ("45", "年度内", DATE, {"date": "2025-12-31"}),
    ("46", "今年内", DATE, {"date": "2025-12-31"}),
    ("46", "明年上半年", DATE, {"date": "2026-06-30"}),
    ("47", "“十四五”末", DATE, {"date": "2025-12-31"}),
    ("48", "一周内", DATE, {"date": "2025-10-16"}),
    ("48", "7日内", DATE, {"date": "2025-10-16"}),
    ("48", "会后7日内", ASK, {"date": None}),
    ("49", "3天内", DATE, {"date": "2025-10-13"}),  # the 12th is a Sunday: it ends on the Monday
    ("50", "5日内", DATE, {"date": "2025-10-14"}),
    ("50", "1—5日内", DATE, {"date": "2025-10-14"}),
    ("51", "10日内", DATE, {"date": "2025-10-20"}),
    ("52", "15日内", DATE, {"date": "2025-10-24"}),
    ("53", "20日内", DATE, {"date": "2025-10-29"}),
    ("53", "30日内", DATE, {"date": "2025-11-10"}),
    ("54", "5个工作日内", DATE, {"date": "2025-10-15"}),  # the 11th is worked (补班)
    ("55", "7个工作日内", DATE, {"date": "2025-10-17"}),
    ("56", "10个工作日内", DATE, {"date": "2025-10-22"}),
    ("57", "15个工作日内", DATE, {"date": "2025-10-29"}),
    ("58", "30个工作日内", DATE, {"date": "2025-11-19"}),
    ("60", "1个月内", DATE, {"date": "2025-11-10"}),
    ("60", "反馈后1个月内", ASK, {"date": None}),
    ("61", "限期一个月", DATE, {"date": "2025-11-10"}),
    ("62", "3个月集中整改", DATE, {"date": "2026-01-09"}),
    ("63", "半年内", DATE, {"date": "2026-04-09"}),
    ("63", "短期（6个月内）", DATE, {"date": "2026-04-09"}),
    ("64", "一年内", DATE, {"date": "2026-10-09"}),
    ("64", "不超过1年", DATE, {"date": "2026-10-09"}),
    ("65", "中期1–2年", DATE, {"date": "2027-10-11", "every": "year"}),
    ("65", "长期3–5年", DATE, {"date": "2030-10-09", "every": "year"}),
    ("66", "48小时", DATE, {"date": "2025-10-11"}),
    ("67", "24小时内", DATE, {"date": "2025-10-10"}),
    ("68", "当日", DATE, {"date": "2025-10-09"}),
    ("68", "当天", DATE, {"date": "2025-10-09"}),
    ("69", "第一时间", NOW, {"date": "2025-10-16"}),
    ("70", "立行立改", NOW, {"date": "2025-10-16"}),
    ("70", "立即整改", NOW, {"date": "2025-10-16"}),
    ("70", "立查立改", NOW, {"date": "2025-10-16"}),
    ("71", "即知即改", NOW, {"date": "2025-10-16"}),
    ("71", "即查即改", NOW, {"date": "2025-10-16"}),
    ("72", "马上改、立即改、迅速改", NOW, {"date": "2025-10-16"}),
    ("73", "边审边改", NOW, {"date": "2025-10-16"}),
    ("73", "边查边改", NOW, {"date": "2025-10-16"}),
    ("74", "立行立改，长期坚持", NOW, {"date": "2025-10-16", "then_ongoing": True}),
    ("75", "长期坚持", ONGOING, {"date": None}),
    ("76", "持续推进", ONGOING, {"date": None}),
    ("76", "持续整改", ONGOING, {"date": None}),
    ("77", "常态化开展", ONGOING, {"date": None}),
    ("77", "常态长效", ONGOING, {"date": None}),
    ("78", "按序时进度", ASK, {"date": None}),
    ("78", "按照时间节点", ASK, {"date": None}),
    ("79", "适时", VAGUE, {"date": "2025-12-31"}),
    ("79", "尽快", VAGUE, {"date": "2025-12-31"}),
    ("79", "抓紧整改", VAGUE, {"date": "2025-12-31"}),
    ("80", "限期整改", VAGUE, {"date": "2025-12-31"}),
    ("80", "限期办结", VAGUE, {"date": "2025-12-31"}),
    ("81", "在整改方案明确的时限前", ASK, {"date": None}),
    ("82", "10月10日", DATE, {"date": "2025-10-10"}),
    ("83", "开学第一周内", ASK, {"date": None}),
    ("83", "9月开学第一周", ASK, {"date": None}),
    ("84", "春节前", DATE, {"date": "2026-02-14"}),
    ("85", "元旦前", DATE, {"date": "2025-12-31"}),
    ("85", "五一前", DATE, {"date": "2026-04-30"}),
    ("85", "国庆前", DATE, {"date": "2025-09-30"}),
    ("85", "中秋前", DATE, {"date": "2025-09-30"}),
    ("86", "两节期间", ASK, {}),
    ("87", "汛期前", ASK, {"date": None}),
    ("87", "主汛期前", ASK, {"date": None}),
    ("88", "入冬前", ASK, {"date": None}),
    ("88", "供暖季前", ASK, {"date": None}),
    ("89", "换届前", ASK, {"date": None}),
    ("89", "任期内", ASK, {"date": None}),
    ("89", "年终考核前", ASK, {"date": None}),
    ("90", "民主生活会后", ASK, {"date": None}),
    ("90", "会后", ASK, {"date": None}),
    ("91", "春耕前", ASK, {"date": None}),
    ("91", "秋收后", ASK, {"date": None}),
    ("91", "农忙前", ASK, {"date": None}),
]
NO_LIMIT = [("21", "截至9月14日"), ("21", "截至目前"), ("59", "届满前20个工作日")]
# Said in talk rather than in papers; 9 October 2025 is a Thursday.
IN_TALK = [
    ("今天下班前清掉", "2025-10-09"),
    ("周末之前划线", "2025-10-12"),
    ("本周五前报", "2025-10-10"),
    ("下周三前补齐", "2025-10-15"),
    ("周二前交", "2025-10-14"),
]
IN_A_FOURTH_QUARTER = ("34", "第一季度", date(2026, 3, 31))


def test_every_row_of_the_table_is_here() -> None:
    rows = {int(row) for row, *_ in ROWS} | {int(row) for row, _ in NO_LIMIT} | {int(IN_A_FOURTH_QUARTER[0])}
    assert rows == set(range(1, 92))


@pytest.mark.parametrize(("row", "words", "kind", "more"), ROWS, ids=lambda value: str(value)[:20])
def test_a_row_of_the_table(row: str, words: str, kind: str, more: dict[str, Any]) -> None:
    found = read(words)
    assert found is not None
    got = found.as_json()
    assert got["kind"] == kind
    assert {key: got[key] for key in more} == more
    assert found.text in normalised(words)
    assert found.source == "text"
    assert found.why


@pytest.mark.parametrize(("words", "due"), IN_TALK)
def test_days_of_the_week_count_from_the_report(words: str, due: str) -> None:
    found = read(words)
    assert found is not None
    assert (found.kind, str(found.due)) == (DeadlineKind.DATE, due)


@pytest.mark.parametrize(("row", "words"), NO_LIMIT)
def test_a_row_that_is_no_limit(row: str, words: str) -> None:
    assert read(words) is None


def test_the_first_quarter_in_a_report_of_the_fourth_is_next_years() -> None:
    _row, words, due = IN_A_FOURTH_QUARTER
    found = read(words, Calendar(Period.parse("2025Q4"), date(2026, 1, 6), shipped()))
    assert found is not None
    assert found.due == due


@pytest.mark.parametrize("case", PHRASINGS, ids=lambda case: case["sentence"][:16])
def test_a_further_phrasing(case: dict[str, Any]) -> None:
    """Phrasings beside the table, written down with their answers before the rules were."""
    at = Calendar(Period.parse(case["report_period"]), date.fromisoformat(case["report_date"]), shipped())
    found, wanted = read(case["sentence"], at), case["expect"]
    if wanted is None:
        assert found is None
        return
    assert found is not None
    got = found.as_json()
    compared = wanted.keys() - {"text", *case.get("ignore", ())}
    assert {key: got[key] for key in compared} == {key: wanted[key] for key in compared}


@pytest.mark.parametrize("words", ["加强学习，落到实处", "第三批", "前期工作", "24小时值班"])
def test_what_is_no_time_at_all(words: str) -> None:
    assert read(words) is None


@pytest.mark.parametrize(
    "words", ["12月底前", "年底前", "一周内", "下季度", "10月15日前", "第四季度", "月底前", "春节前"]
)
def test_what_needs_a_year_or_a_day_asks_when_it_is_masked(words: str) -> None:
    found = read(words, MASKED)
    assert found is not None
    assert (found.kind, found.due) == (DeadlineKind.ASK, None)


def test_a_written_year_needs_no_period() -> None:
    found = read("2026年3月底前", MASKED)
    assert found is not None
    assert found.due == date(2026, 3, 31)


def test_a_day_that_only_tells_when_something_was_is_no_limit() -> None:
    assert read("三季度抽查了14个村，9月20日通报了结果") is None
    cell = read("9月20日")  # of a table, nothing beside it
    assert cell is not None
    assert cell.due == date(2025, 9, 20)


def test_a_day_already_past_is_said() -> None:
    found = read("8月20日前完成")
    assert found is not None
    assert "已经过去" in found.why


def test_impossible_days_ask() -> None:
    found = read("2月30日前")
    assert found is not None
    assert (found.kind, found.due) == (DeadlineKind.ASK, None)


def test_a_holiday_of_a_year_without_notice_asks_but_for_those_fixed_by_law() -> None:
    at = Calendar(Period.parse("2026Q4"), date(2027, 1, 6), shipped())
    lunar, fixed = read("端午节前", at), read("五一前", at)
    assert lunar is not None
    assert fixed is not None
    assert (lunar.kind, lunar.due) == (DeadlineKind.ASK, None)
    assert (fixed.due, fixed.provisional) == (date(2027, 4, 30), True)


def test_the_default_is_the_last_working_day_of_the_next_quarter() -> None:
    found = default_deadline(Calendar(Period.parse("2024H1"), None, shipped()))
    assert (found.due, found.source) == (date(2024, 9, 30), "default")
    assert default_deadline(MASKED).kind is DeadlineKind.ASK
