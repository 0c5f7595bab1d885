"""Words of the source become proposals or parts of them; one proposal becomes two, two become one."""

import pytest
from flask.testing import FlaskClient

from tests.reports.steps import as_they_are, confirm, proposals, report, review, steps_of
from tracker.database import writing
from tracker.extensions import db
from tracker.problems.models import Problem, ProblemPassage
from tracker.reports.models import Decision, Proposal, ProposalKind
from tracker.reports.places import Place, breaks, place_of

LINE = "现场反馈意见14条"


def take(visitor: FlaskClient, report_id: int, words: str, use: str, to: int = 0) -> Proposal:
    """Select words of the source and take them up, as the page does; return the proposal with them."""
    start = report(report_id).text.index(words)
    sent = review(
        visitor,
        report_id,
        "add",
        added="另一段话",  # the place goes before the words
        added_start=str(start),
        added_end=str(start + len(words)),
        added_use=use,
        added_to=str(to),
    )
    assert sent.status_code == 302, sent.text
    found = int(sent.location.rpartition("#p")[2])
    return next(row for row in proposals(report_id) if row.id == found)


@pytest.mark.database
@pytest.mark.parametrize("use", ["problem", "measure"])
def test_selected_words_become_a_new_one_at_their_place(
    at_desk: FlaskClient, under_review: int, use: str
) -> None:
    row = take(at_desk, under_review, LINE, use)
    text = report(under_review).text
    assert (row.kind.value, row.text, text[row.start : row.end]) == (use, LINE, LINE)
    assert row.post is not None
    assert row.decision == Decision.OPEN
    assert len(proposals(under_review)) == 8


def test_selected_words_join_the_present_one_with_a_further_place(
    at_desk: FlaskClient, under_review: int
) -> None:
    first = as_they_are(under_review)[0]
    row = take(at_desk, under_review, LINE, "join", first.id)
    assert (row.id, row.text) == (first.id, f"{first.text}；{LINE}")
    text = report(under_review).text
    assert [text[start:end] for start, end in row.more_places] == [LINE]
    assert (row.start, row.end) == (first.start, first.end)
    page = at_desk.get(f"/reports/{under_review}").text
    assert page.count(f'<mark data-of="p{first.id}"') >= 3  # its words, its measure, and what was joined
    confirm(at_desk, under_review)
    db.session.rollback()
    passage = db.session.query(ProblemPassage).one()
    assert (text[passage.start : passage.end], passage.report_id) == (LINE, under_review)


def test_words_right_behind_become_one_stretch_with_the_present_one(
    at_desk: FlaskClient, under_review: int
) -> None:
    first = as_they_are(under_review)[0]
    measure = report(under_review).text[first.measure_start : first.measure_end]
    row = take(at_desk, under_review, measure, "join", first.id)
    assert (row.start, row.end, row.more_places) == (first.start, first.measure_end, [])


@pytest.mark.database
def test_selected_words_become_the_statement_or_the_countermeasure_of_the_present_one(
    at_desk: FlaskClient, under_review: int
) -> None:
    first = as_they_are(under_review)[0]
    text = report(under_review).text
    stated = take(at_desk, under_review, "个别支部以传阅文件代替讨论", "statement", first.id)
    assert stated.text == text[stated.start : stated.end] == "个别支部以传阅文件代替讨论"
    answered = take(at_desk, under_review, "每周汇总办理情况", "remedy", first.id)
    assert answered.measure == text[answered.measure_start : answered.measure_end] == "每周汇总办理情况"


def test_a_measure_has_no_countermeasure_of_its_own(at_desk: FlaskClient, under_review: int) -> None:
    measure = proposals(under_review)[3]
    refused = review(at_desk, under_review, "add", added=LINE, added_use="remedy", added_to=str(measure.id))
    assert refused.status_code == 422
    assert "当前是一条措施" in refused.text
    assert LINE in refused.text


@pytest.mark.parametrize(("start", "end"), [("5", "5"), ("9", "5"), ("0", "99999999"), ("x", "y")])
def test_a_place_outside_the_text_counts_for_nothing(
    at_desk: FlaskClient, under_review: int, start: str, end: str
) -> None:
    sent = review(at_desk, under_review, "add", added=LINE, added_start=start, added_end=end)
    assert sent.status_code == 302
    row = proposals(under_review)[-1]
    assert (row.text, report(under_review).text[row.start : row.end]) == (LINE, LINE)


def test_offsets_are_code_points_and_blanks_around_words_are_left_out() -> None:
    text = "一、 𠀀村台账不全 。"
    assert place_of(text, "", 2, 10) == Place("𠀀村台账不全", 3, 9)
    assert text[3:9] == "𠀀村台账不全"


@pytest.mark.database
def test_a_proposal_is_cut_in_two_at_a_place_and_both_keep_their_own(
    at_desk: FlaskClient, under_review: int
) -> None:
    first, measure = as_they_are(under_review)[0], as_they_are(under_review)[3]
    sent = review(at_desk, under_review, f"split-{first.id}", **{f"p{first.id}-split": "个别支部"})
    assert sent.status_code == 302
    rows = report(under_review).listed
    one, two = rows[:2]
    text = report(under_review).text
    assert (one.id, two.kind, two.decision) == (first.id, ProposalKind.PROBLEM, Decision.OPEN)
    assert one.text == text[one.start : one.end] == "部分村干部学习浮于表面,笔记抄得多、联系实际少,"
    assert two.text == text[two.start : two.end] == "个别支部以传阅文件代替讨论"
    assert (two.measure, two.deadline) == (first.measure, first.deadline)
    assert [row.answers for row in rows if row.id == measure.id] == [[first.id, two.id]]
    assert sent.location.endswith(f"#p{two.id}")
    confirm(at_desk, under_review)
    db.session.rollback()
    problems = db.session.query(Problem).order_by(Problem.id).all()
    assert [problem.text for problem in problems[:2]] == [one.text, two.text]
    assert measure.text in problems[1].measure


def test_a_split_counts_in_the_words_as_the_clerk_left_them(at_desk: FlaskClient, under_review: int) -> None:
    first = as_they_are(under_review)[0]
    changed = {f"p{first.id}-text": "学习不深。讨论不够。", f"p{first.id}-split": "讨论不够"}
    review(at_desk, under_review, f"split-{first.id}", **changed)
    one, two = report(under_review).listed[:2]
    assert [row.text for row in (one, two)] == ["学习不深。", "讨论不够。"]
    assert (one.start, one.end) == (two.start, two.end) == (first.start, first.end)


@pytest.mark.parametrize("words", ["", "部分村干部", "没有这几个字"])
def test_where_it_cannot_be_cut_nothing_happens(at_desk: FlaskClient, under_review: int, words: str) -> None:
    first = as_they_are(under_review)[0]
    refused = review(at_desk, under_review, f"split-{first.id}", **{f"p{first.id}-split": words})
    assert refused.status_code == 422
    assert f'href="#p{first.id}-split"' in refused.text
    assert len(proposals(under_review)) == 7


def test_the_places_to_cut_at_are_offered_and_tell_one_from_the_other() -> None:
    text = "记录不全，记录不全，有的村没有台账；记录不全。"
    found = breaks(text)
    assert len(found) == 3
    for words, at in zip(found, (5, 10, 18), strict=True):
        assert text.find(words, 1) == at


@pytest.mark.database
def test_two_become_one_with_what_answered_both(at_desk: FlaskClient, under_review: int) -> None:
    first, second, _third, to_first, to_second = as_they_are(under_review)[:5]
    sent = review(at_desk, under_review, f"merge-{second.id}", **{f"p{second.id}-into": str(first.id)})
    assert sent.location.endswith(f"#p{first.id}")
    row = report(under_review).listed[0]
    assert row.text == f"{first.text}；{second.text}"
    assert row.more_places == [[second.start, second.end]]
    assert row.measure == f"{first.measure}；{second.measure}"
    assert [measure.id for measure in report(under_review).answering(row)] == [to_first.id, to_second.id]
    assert "读出 2 个问题" in at_desk.get(f"/reports/{under_review}").text
    confirm(at_desk, under_review)
    db.session.rollback()
    assert db.session.query(Problem).count() == 2


def test_a_merge_is_undone_whole(at_desk: FlaskClient, under_review: int) -> None:
    before = [(row.text, row.measure, row.answers, row.decision) for row in proposals(under_review)]
    first, second = as_they_are(under_review)[:2]
    review(at_desk, under_review, f"merge-{first.id}", **{f"p{first.id}-into": str(second.id)})
    assert report(under_review).listed[0].text == f"{first.text}；{second.text}"
    review(at_desk, under_review, f"undo-{steps_of(under_review)[-1].id}")
    assert [(row.text, row.measure, row.answers, row.decision) for row in proposals(under_review)] == before


@pytest.mark.parametrize("into", ["itself", "a measure", "nothing", "one that is gone"])
def test_only_two_of_a_kind_that_are_there_become_one(
    at_desk: FlaskClient, under_review: int, into: str
) -> None:
    first, second, third, measure = as_they_are(under_review)[:4]
    if into == "one that is gone":
        review(at_desk, under_review, f"merge-{third.id}", **{f"p{third.id}-into": str(second.id)})
    other = {"itself": first.id, "a measure": measure.id, "nothing": 0, "one that is gone": third.id}[into]
    refused = review(at_desk, under_review, f"merge-{first.id}", **{f"p{first.id}-into": str(other)})
    assert refused.status_code in (409, 422)
    assert proposals(under_review)[0].text == first.text


@pytest.mark.database
def test_a_measure_is_matched_with_problems_and_the_matrix_says_what_lacks(
    at_desk: FlaskClient, under_review: int
) -> None:
    rows = as_they_are(under_review)
    first, second, alone = rows[0], rows[1], rows[6]
    page = at_desk.get(f"/reports/{under_review}").text
    assert "3 个问题，4 条措施；1 条措施没有对应的问题" in page
    for problem in (first, second):
        review(at_desk, under_review, f"match-{alone.id}-{problem.id}")
    assert proposals(under_review)[6].answers == [first.id, second.id]
    review(at_desk, under_review, f"match-{rows[3].id}-{first.id}")
    review(at_desk, under_review, f"match-{alone.id}-{first.id}")
    review(at_desk, under_review, "save", **{f"p{first.id}-measure": ""})
    page = at_desk.get(f"/reports/{under_review}").text
    assert "3 个问题，4 条措施；1 个问题缺措施；1 条措施没有对应的问题" in page
    confirm(at_desk, under_review)
    db.session.rollback()
    problems = db.session.query(Problem).order_by(Problem.id).all()
    assert problems[0].measure == ""
    assert alone.text in problems[1].measure


def test_a_vague_remedy_is_flagged_in_the_matrix_and_a_standard_follows_what_is_matched(
    at_desk: FlaskClient, under_review: int
) -> None:
    rows = as_they_are(under_review)
    review(at_desk, under_review, f"match-{rows[3].id}-{rows[0].id}")
    review(at_desk, under_review, "save", **{f"p{rows[0].id}-measure": "加大力度。"})
    page = at_desk.get(f"/reports/{under_review}").text
    assert "1 个措施笼统" in page
    assert (rows[0].standard, proposals(under_review)[0].standard) == ("制定支部学习议题清单", "签收时商定")
    review(at_desk, under_review, f"match-{rows[3].id}-{rows[0].id}")
    assert proposals(under_review)[0].standard == rows[0].standard


def test_by_two_lists_a_measure_is_matched_where_the_table_would_be_too_large(
    at_desk: FlaskClient, under_review: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.reports.matrix.MOST_CELLS", 3)
    rows = as_they_are(under_review)
    page = at_desk.get(f"/reports/{under_review}").text
    assert 'name="match_measure"' in page
    assert f'value="match-{rows[6].id}-{rows[0].id}"' not in page
    given = {"match_measure": str(rows[6].id), "match_problem": str(rows[1].id)}
    assert review(at_desk, under_review, "match", **given).status_code == 302
    assert proposals(under_review)[6].answers == [rows[1].id]


@pytest.mark.parametrize("pair", ["two problems", "nothing"])
def test_only_a_measure_and_a_problem_are_matched(at_desk: FlaskClient, under_review: int, pair: str) -> None:
    first, second = as_they_are(under_review)[:2]
    act = f"match-{first.id}-{second.id}" if pair == "two problems" else "match-0-0"
    assert review(at_desk, under_review, act).status_code in (409, 422)
    with writing():
        assert all(row.answers == [] for row in report(under_review).listed[:3])
