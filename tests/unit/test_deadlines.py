"""The table of time expressions: what each says in a third-quarter report written on 9 October 2025."""

from datetime import date

import pytest

from tracker.periods import Period
from tracker.reports.deadlines import Calendar, DeadlineKind, deadline, default_deadline
from tracker.reports.outline import normalised
from tracker.workdays import shipped

AT = Calendar(Period.parse("2025Q3"), date(2025, 10, 9), shipped())
MASKED = Calendar(None, None, shipped())

DATES = [
    ("12月底前完成整改", "2025-12-31"),
    ("9月底前完成", "2025-09-30"),
    ("3月底前完成", "2026-03-31"),
    ("七月底前", "2025-07-31"),
    ("十二月底前", "2025-12-31"),
    ("10月15日前完成", "2025-10-15"),
    ("2026年3月15日前", "2026-03-15"),
    ("月底前办结", "2025-10-31"),
    ("本月底", "2025-10-31"),
    ("下月底前", "2025-11-30"),
    ("年底前全部完成", "2025-12-31"),
    ("2026年底前", "2026-12-31"),
    ("明年上半年完成", "2026-06-30"),
    ("10月上旬", "2025-10-10"),
    ("8月中旬", "2025-08-20"),
    ("2月下旬", "2026-02-28"),
    ("11月初", "2025-11-05"),
    ("第四季度完成", "2025-12-31"),
    ("第一季度", "2026-03-31"),
    ("下季度完成", "2025-12-31"),
    ("年内", "2025-12-31"),
    ("一周内整改到位", "2025-10-16"),
    ("15日内完成", "2025-10-24"),
    ("5个工作日内答复", "2025-10-15"),
    ("3个月内", "2026-01-09"),
    ("限期一个月", "2025-11-10"),
    ("半年内", "2026-04-09"),
    ("当日办结", "2025-10-09"),
    ("国庆节前", "2025-09-30"),
    ("“十四五”末", "2025-12-31"),
]


@pytest.mark.parametrize(("words", "due"), DATES)
def test_dates(words: str, due: str) -> None:
    found = deadline(normalised(words), AT)
    assert found is not None
    assert (found.kind, str(found.due)) == (DeadlineKind.DATE, due)
    assert found.text in normalised(words)
    assert found.source == "text"


@pytest.mark.parametrize(
    ("words", "kind", "every"),
    [
        ("立行立改", DeadlineKind.IMMEDIATE, None),
        ("即知即改", DeadlineKind.IMMEDIATE, None),
        ("长期坚持", DeadlineKind.ONGOING, None),
        ("常态化开展", DeadlineKind.ONGOING, None),
        ("每月5日前报送", DeadlineKind.RECURRING, "month"),
        ("每周五前报送", DeadlineKind.RECURRING, "week"),
        ("每季度末通报", DeadlineKind.RECURRING, "quarter"),
        ("每半年评估", DeadlineKind.RECURRING, "half_year"),
        ("每年检查", DeadlineKind.RECURRING, "year"),
        ("x月x日前完成整改", DeadlineKind.ASK, None),
        ("限期整改", DeadlineKind.ASK, None),
        ("汛期前完成", DeadlineKind.ASK, None),
        ("春节前完成", DeadlineKind.ASK, None),
        ("按序时进度", DeadlineKind.ASK, None),
        ("反馈后1个月内", DeadlineKind.ASK, None),
        ("适时开展", DeadlineKind.VAGUE, None),
        ("尽快落实", DeadlineKind.VAGUE, None),
    ],
)
def test_other_kinds(words: str, kind: DeadlineKind, every: str | None) -> None:
    found = deadline(words, AT)
    assert found is not None
    assert (found.kind, found.every) == (kind, every)
    assert found.why


@pytest.mark.parametrize(
    "words", ["截至9月14日已办结6件", "截至目前", "加强学习，落到实处", "第三批", "前期工作"]
)
def test_no_deadline(words: str) -> None:
    assert deadline(words, AT) is None


@pytest.mark.parametrize(
    "words", ["12月底前", "年底前", "一周内", "下季度", "10月15日前", "第四季度", "月底前"]
)
def test_what_needs_a_year_or_a_day_asks_when_it_is_masked(words: str) -> None:
    found = deadline(words, MASKED)
    assert found is not None
    assert (found.kind, found.due) == (DeadlineKind.ASK, None)


def test_a_written_year_needs_no_period() -> None:
    found = deadline("2026年3月底前", MASKED)
    assert found is not None
    assert found.due == date(2026, 3, 31)


def test_an_ambiguous_month_asks_and_proposes_the_strict_reading() -> None:
    found = deadline("2026年8月前", AT)
    assert found is not None
    assert (found.kind, found.due) == (DeadlineKind.ASK, date(2026, 7, 31))


def test_of_several_dates_the_last_is_due() -> None:
    found = deadline("10月20日前拿出方案，12月1日前完成", AT)
    assert found is not None
    assert (found.due, found.milestones) == (date(2025, 12, 1), (date(2025, 10, 20),))


def test_a_range_ends_with_its_last_month() -> None:
    found = deadline("10月—12月集中整治", AT)
    assert found is not None
    assert (found.start, found.due) == (date(2025, 10, 1), date(2025, 12, 31))


def test_soft_words_and_long_persistence_are_kept() -> None:
    found = deadline("力争年底前完成整改，今后长期坚持", AT)
    assert found is not None
    assert found.soft
    assert found.then_ongoing
    assert found.due == date(2025, 12, 31)


def test_a_day_already_past_is_said() -> None:
    found = deadline("8月20日前完成", AT)
    assert found is not None
    assert "已经过去" in found.why


def test_impossible_days_ask() -> None:
    found = deadline("2月30日前", AT)
    assert found is not None
    assert (found.kind, found.due) == (DeadlineKind.ASK, None)


def test_the_default_is_the_last_working_day_of_the_next_quarter() -> None:
    found = default_deadline(Calendar(Period.parse("2024H1"), None, shipped()))
    assert (found.due, found.source) == (date(2024, 9, 30), "default")
    assert default_deadline(MASKED).kind is DeadlineKind.ASK
