"""Titles, marks in the source, standards and suggestions: the pure parts of the review."""

import pytest

from tracker.organization.models import DomainKind, DutyDomain
from tracker.problems.words import LATER_STANDARD
from tracker.reports.staff import guess_domain
from tracker.reports.standard import is_vague, propose_standard
from tracker.reports.texts import LONGEST_TITLE, Mark, paragraphs, title_of


@pytest.mark.parametrize(
    ("statement", "title"),
    [
        ("台账更新慢。有的村半年没有填。", "台账更新慢"),
        ("  台账更新慢；记录不全  ", "台账更新慢"),
        ("台账更新慢", "台账更新慢"),
        ("长" * 200, "长" * (LONGEST_TITLE - 1) + "…"),
    ],
)
def test_the_title_is_the_first_sentence(statement: str, title: str) -> None:
    assert title_of(statement) == title


def test_a_mark_over_two_lines_gets_its_number_once() -> None:
    mark = Mark(2, 8, "problem", "1", "p1")
    first, second = paragraphs("ab一二三\n四五cd", [mark], [], 99)
    assert [(piece.text, piece.opens) for piece in first.pieces] == [("ab", False), ("一二三", True)]
    assert [(piece.text, piece.mark is mark, piece.opens) for piece in second.pieces] == [
        ("四五", True, False),
        ("cd", False, False),
    ]


def test_of_marks_that_overlap_the_earlier_counts_and_no_text_is_lost() -> None:
    text = "甲乙丙丁戊己"
    marks = [
        Mark(1, 4, "problem", "1", "p1"),
        Mark(3, 6, "measure", "2", "p2"),
        Mark(5, 5, "measure", "3", "p3"),
    ]
    (line,) = paragraphs(text, marks, [], 99)
    assert "".join(piece.text for piece in line.pieces) == text
    assert [piece.mark.number for piece in line.pieces if piece.mark] == ["1"]


def test_headings_and_what_lies_outside_are_told_apart() -> None:
    lines = paragraphs("一、问题\n正文\n上一篇", [], [(0, 4)], 8)
    assert [(line.heading, line.outside) for line in lines] == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize(
    ("measure", "standard"),
    [
        ("对此，我们将建立一阵地一责任人清单，不断提升水平。", "建立一阵地一责任人清单"),
        (
            "由应急办牵头，11月底前组织演练2次；完成全镇隐患排查登记。",
            "11月底前组织演练2次；完成全镇隐患排查登记",
        ),
        # what the kind of remedy leaves behind, in the report's words; a number it does not give is a gap
        (
            "为此，我们将加大对宣传队伍的培训力度，引进一批高素质的专业人才。",
            "宣传队伍培训＿＿期、＿＿人次，附通知和签到表；专业人才到岗＿＿名，附名单或任职文件",
        ),
        ("今后,我们将积极探索建立更加科学合理的舆情应对机制。", "舆情应对机制成文印发并执行，附文件"),
        ("修订完善防汛应急预案，提高处置效率。", "防汛应急预案印发，演练＿＿次，附预案和演练记录"),
        ("开展夜间巡查，保持高压态势。", "夜间巡查＿＿次，发现的问题逐项销号，附记录"),
        ("及时更换老化线路，杜绝隐患。", "更换老化线路完成，附前后照片和验收单"),
        ("今后，我们将提高站位，不断提升应对水平。", LATER_STANDARD),
        ("", LATER_STANDARD),
    ],
)
def test_a_standard_says_only_what_the_measure_says(measure: str, standard: str) -> None:
    assert propose_standard(measure)[0] == standard


def test_a_measure_that_names_nothing_to_check_is_vague() -> None:
    assert is_vague("加大培训力度，提升水平。")  # a standard is proposed all the same, with gaps
    assert not is_vague("12月底前全部追回。")
    assert not is_vague("举办培训2期。")
    assert not is_vague(" ")  # none at all is another matter


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("青示镇安全生产工作总结\n意识形态、意识形态、意识形态", "safety"),
        ("青示镇工作总结\n意识形态工作、意识形态责任、意识形态阵地，安全生产", "ideology"),
        ("青示镇工作总结\n意识形态、安全生产", None),
        ("", None),
    ],
)
def test_the_domain_is_guessed_from_the_title_or_from_what_is_named_often(
    text: str, code: str | None
) -> None:
    domains = [
        DutyDomain(id=1, code="ideology", name="意识形态", kind=DomainKind.SECOND),
        DutyDomain(id=2, code="safety", name="安全生产", kind=DomainKind.SECOND),
    ]
    found = guess_domain(text, domains)
    assert (None if found is None else found.code) == code
