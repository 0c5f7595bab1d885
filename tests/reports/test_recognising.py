"""A problem that resembles earlier ones: shown side by side, decided by a person, never merged by itself."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.office import Member, Office
from tests.reports.steps import as_they_are, confirm, fields_of, proposals, read_in, report, review
from tests.tasks.steps import member
from tests.unit.documents_for_reading import sample_text
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.periods import Period
from tracker.problems.models import Kinship, Problem, ProblemOutcome, ProblemPassage, ProblemSource
from tracker.reports.models import ReportState
from tracker.reports.recognising import LIKELY, POSSIBLE
from tracker.tasks.marking import mark
from tracker.tasks.models import Task

Q4 = sample_text().replace("第三季度", "第四季度").replace("笔记抄得多", "笔记抄写多")
LATER = Q4.encode()


def problems() -> list[Problem]:
    db.session.rollback()
    return list(db.session.scalars(select(Problem).order_by(Problem.id)))


def tasks() -> list[Task]:
    db.session.rollback()
    return list(db.session.scalars(select(Task).order_by(Task.id)))


def proposes(page: str, value: str, key: str, label: str) -> bool:
    """Whether a page proposes a word about the first problem, and shows the key that chooses it."""
    answer = rf'value="{value}:1"[^>]*>\s*<span><kbd>{key}</kbd> {label} <span class="tag">建议'
    return re.search(answer, page) is not None


def end(problem: Problem, outcome: ProblemOutcome) -> None:
    """Let a problem have come to an end, as its task would say."""
    with writing():
        row = db.session.get_one(Problem, problem.id)
        row.outcome, row.outcome_on = outcome, date(2025, 11, 20)


@pytest.fixture
def later(at_desk: FlaskClient, under_review: int) -> int:
    """The report of the next quarter, under review, while the three problems of the first are open."""
    confirm(at_desk, under_review)
    return read_in(at_desk, LATER, period="2025Q4")


def said(report_id: int, kinship: str) -> dict[str, str]:
    """Return the fields that say the same of all three problems."""
    return {
        f"p{row.id}-kin": kinship if kinship == "new" else f"{kinship}:{row.suggested['kin'][0]['problem']}"
        for row in proposals(report_id)
        if row.suggested["kin"]
    }


def test_both_texts_stand_side_by_side_with_what_differs(at_desk: FlaskClient, later: int) -> None:
    page = at_desk.get(f"/reports/{later}").text
    assert '笔记抄<b class="differs">写</b>多' in page
    assert '笔记抄<b class="differs">得</b>多' in page
    assert "ZG-2025Q3-001" in page
    assert "仍在整改" in page
    assert "2025年第三季度" in page
    assert page.count("建议</span>") == 3
    assert proposes(page, "carried", "C", "结转（同一问题，未办结）")


@pytest.mark.database
def test_nothing_is_confirmed_before_somebody_has_said_what_it_is(at_desk: FlaskClient, later: int) -> None:
    first = proposals(later)[0]
    for refused in (confirm(at_desk, later), review(at_desk, later, f"take-{first.id}")):
        assert refused.status_code == 422
        assert f'href="#p{first.id}-kin"' in refused.text
    assert "先选定 3 个像旧问题的" in at_desk.get(f"/reports/{later}").text
    assert (len(problems()), len(tasks()), report(later).state) == (3, 4, ReportState.REVIEW)
    taken = review(at_desk, later, f"take-{first.id}", **{f"p{first.id}-kin": "new"})
    assert taken.status_code == 302
    assert "先选定 2 个像旧问题的" in at_desk.get(f"/reports/{later}").text
    review(at_desk, later, f"drop-{proposals(later)[1].id}")
    assert "先选定 1 个像旧问题的" in at_desk.get(f"/reports/{later}").text


@pytest.mark.database
def test_carried_over_is_a_row_of_the_period_in_the_old_line_without_a_second_task(
    at_desk: FlaskClient, later: int
) -> None:
    made = confirm(at_desk, later, **said(later, "carried"))
    assert made.status_code == 302
    rows = problems()
    assert [(row.origin_id, str(row.period), row.source) for row in rows[3:]] == [
        (row.id, "2025Q4", ProblemSource.CARRIED_OVER) for row in rows[:3]
    ]
    assert len(tasks()) == 5  # the plain item of each report, and the three of the first
    assert rows[3].text.startswith("部分村干部学习浮于表面,笔记抄写多")
    text = report(later).text
    passages = db.session.scalars(select(ProblemPassage).order_by(ProblemPassage.id)).all()
    assert [(one.problem_id, text[one.start : one.end]) for one in passages] == [
        (row.id, row.text) for row in rows[3:]
    ]
    page = at_desk.get(f"/reports/{later}").text
    assert "已生成 1 件任务，其中 1 件已交办。3 个问题并入原任务。" in page
    assert "结转 ZG-2025Q3-001" in page
    task = at_desk.get(f"/tasks/{tasks()[0].id}").text
    assert "2025年第四季度的报告又提到" in task
    assert "笔记抄写多" in task
    assert "连续 2 季" in task


def test_what_the_line_has_for_the_period_is_left_and_the_passage_is_kept(
    at_desk: FlaskClient, later: int, office: Office
) -> None:
    from tracker.problems.lineage import carry_over

    with writing():
        carry_over(office.town, Period.parse("2025Q3"), by=office.clerk.actor)
    before = [row.text for row in problems()]
    confirm(at_desk, later, **said(later, "carried"))
    assert [row.text for row in problems()] == before
    assert db.session.query(ProblemPassage).count() == 3


@pytest.mark.database
@pytest.mark.parametrize("kinship", ["recurring", "rebound"])
def test_what_comes_back_is_a_problem_and_task_of_its_own_with_its_lineage(
    at_desk: FlaskClient, later: int, kinship: str
) -> None:
    for row in problems():
        end(row, ProblemOutcome.CLOSED)
    page = at_desk.get(f"/reports/{later}").text
    assert "已销号（11月20日）" in page
    assert proposes(page, "rebound", "F", "反弹（已销号后再次出现）")
    assert 'value="carried:1"' not in page
    confirm(at_desk, later, **said(later, kinship))
    old, new = problems()[:3], problems()[3:]
    assert [(row.kinship, row.kin_id) for row in new] == [(Kinship(kinship), row.id) for row in old]
    assert [row.origin_id for row in new] == [row.id for row in new]
    assert {row.outcome for row in old} == {ProblemOutcome.CLOSED}
    assert len(tasks()) == 8
    task = at_desk.get(f"/tasks/{tasks()[4].id}").text
    assert ("反弹" if kinship == "rebound" else "再次发生") in task
    assert "连续 2 季" in task
    assert "ZG-2025Q3-001" in task
    third = read_in(at_desk, Q4.replace("第四季度", "第三季度").encode() + b"\n\n", period="2026Q1")
    assert "连续 2 季" in at_desk.get(f"/reports/{third}").text


def test_a_new_problem_has_nothing_to_do_with_the_old_one(at_desk: FlaskClient, later: int) -> None:
    confirm(at_desk, later, **said(later, "new"))
    assert [(row.kinship, row.kin_id) for row in problems()[3:]] == [(None, None)] * 3
    assert len(tasks()) == 8


@pytest.mark.parametrize(
    ("outcome", "kinship"),
    [
        (ProblemOutcome.OPEN, "rebound"),
        (ProblemOutcome.CLOSED, "carried"),
        (ProblemOutcome.WITHDRAWN, "rebound"),
        (ProblemOutcome.OPEN, "carried:999"),
        (ProblemOutcome.OPEN, "recurring:x"),
    ],
)
def test_what_does_not_fit_the_earlier_outcome_is_refused(
    at_desk: FlaskClient, later: int, outcome: ProblemOutcome, kinship: str
) -> None:
    first = proposals(later)[0]
    if outcome != ProblemOutcome.OPEN:
        end(problems()[0], outcome)
    value = kinship if ":" in kinship else f"{kinship}:{first.suggested['kin'][0]['problem']}"
    refused = review(at_desk, later, "save", **{f"p{first.id}-kin": value})
    assert refused.status_code == 422
    assert f'href="#p{first.id}-kin"' in refused.text
    assert proposals(later)[0].kinship is None


def test_a_problem_closed_between_the_word_and_the_confirmation_is_asked_again(
    at_desk: FlaskClient, later: int
) -> None:
    review(at_desk, later, "save", **said(later, "carried"))
    before = fields_of(at_desk.get(f"/reports/{later}").text)
    end(problems()[0], ProblemOutcome.CLOSED)
    refused = at_desk.post(f"/tasks/from-report/{later}", data={**before, "assign": "1"})
    assert refused.status_code == 422
    assert "以前的问题已经办结，不能结转" in refused.text
    asked = confirm(at_desk, later)
    assert asked.status_code == 422
    assert "先选定是新问题、结转、再次发生还是反弹" in asked.text
    assert len(problems()) == 3


def test_every_outcome_has_a_likely_word_that_is_possible() -> None:
    for outcome in ProblemOutcome:
        assert LIKELY[outcome] in (Kinship.NEW, *POSSIBLE[outcome])


def test_the_word_is_a_step_that_is_undone(at_desk: FlaskClient, later: int) -> None:
    first = proposals(later)[0]
    review(at_desk, later, "save", **{f"p{first.id}-kin": "new"})
    page = at_desk.get(f"/reports/{later}").text
    undo = re.search(r'value="(undo-\d+)"', page)
    assert undo is not None
    review(at_desk, later, undo[1])
    assert proposals(later)[0].kinship is None
    db.session.rollback()
    acts = db.session.scalars(select(AuditRow.action).where(AuditRow.subject == f"report:{later}")).all()
    assert "report.recognise" in acts


def test_problems_of_a_later_period_are_no_earlier_ones(at_desk: FlaskClient, later: int) -> None:
    review(at_desk, later, "save", **said(later, "carried"))
    review(at_desk, later, "period", period="2025Q2")
    assert {row.kinship for row in proposals(later)} == {None}
    page = at_desk.get(f"/reports/{later}").text
    assert "像以前的问题，请选定" not in page
    assert confirm(at_desk, later).status_code == 302
    assert len(problems()) == 6


def test_problems_of_another_unit_are_never_shown(
    at_desk: FlaskClient, later: int, office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    elsewhere = signed_in(office.other_clerk)
    other = read_in(elsewhere, LATER, period="2025Q4")
    assert "像以前的问题" not in elsewhere.get(f"/reports/{other}").text
    assert [row.suggested["kin"] for row in proposals(other)] == [[]] * 7
    first = proposals(other)[0]
    stolen = {f"p{first.id}-kin": f"carried:{problems()[0].id}"}
    assert review(elsewhere, other, "save", **stolen).status_code == 422


def test_three_at_most_are_shown_the_most_alike_first(at_desk: FlaskClient, later: int) -> None:
    confirm(at_desk, later, **said(later, "new"))
    for number in range(2):
        again = read_in(at_desk, LATER + b"\n" * (number + 2), period="2026Q1")
        confirm(at_desk, again, **said(again, "new"))
    last = read_in(at_desk, LATER + b"\n" * 9, period="2026Q2")
    kin = proposals(last)[0].suggested["kin"]
    assert len(kin) == 3
    assert [one["likeness"] for one in kin] == sorted((one["likeness"] for one in kin), reverse=True)
    assert "还有 2 个相近的" in at_desk.get(f"/reports/{last}").text


@pytest.mark.database
def test_the_mark_of_the_old_task_closes_the_new_report_and_the_other_way_round(
    at_desk: FlaskClient, later: int, office: Office, signed_in: Callable[[Member], FlaskClient]
) -> None:
    with writing():
        mark(tasks()[0], by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="涉及考评")
    second = as_they_are(later)[1]
    chosen = {f"p{second.id}-secrecy": "internal", f"p{second.id}-mark_reason": "涉及个人"}
    assert confirm(at_desk, later, **said(later, "carried"), **chosen).status_code == 302
    assert [task.secrecy.value for task in tasks()] == ["work_secret", "internal", "open", "open", "open"]
    assert report(later).secrecy == Secrecy.WORK_SECRET
    secretary = signed_in(member(office, "secretary"))
    assert secretary.get(f"/reports/{later}").status_code == 404
    with writing():
        for task in tasks()[:2]:
            mark(task, by=office.clerk.actor, secrecy=Secrecy.OPEN, reason="已公开")
    assert report(later).secrecy == Secrecy.OPEN
    assert secretary.get(f"/reports/{later}").status_code == 200


def test_how_many_queries_the_page_needs_does_not_grow_with_what_is_recognised(
    at_desk: FlaskClient, later: int
) -> None:
    from tests.reports.test_confirmation import queries_of

    few = queries_of(at_desk, later)
    many = read_in(at_desk, (Q4 + "\n").encode() * 2, period="2026Q1")
    assert queries_of(at_desk, many) <= few + 1
    assert fields_of(at_desk.get(f"/reports/{many}").text)["as_of"] == "0"
