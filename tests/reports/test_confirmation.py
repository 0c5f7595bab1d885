"""Reviewing proposals and confirming the report: problems and tasks, all or none."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.office import Member, Office
from tests.reports.steps import confirm, fields_of, proposals, read_in, report, review
from tests.unit.documents_for_reading import sample_text
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Holding, Post
from tracker.organization.setup import release
from tracker.problems.models import Problem, ProblemOutcome, ProblemSource
from tracker.refusals import NotAllowed, OutOfDate
from tracker.reports.confirmation import whole_measure
from tracker.reports.deciding import decide
from tracker.reports.earlier import known_to
from tracker.reports.models import Decision, ReportState
from tracker.reports.review import shown
from tracker.reports.saving import Review, save_review
from tracker.reports.source import numbered
from tracker.reports.wording import Use, Words, take_words
from tracker.tasks import from_report
from tracker.tasks.lifecycle import assign
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, TaskState

SAMPLE = sample_text().encode()
SignedIn = Callable[[Member], FlaskClient]


@pytest.fixture(autouse=True)
def in_october(moved_clock: Callable[..., None]) -> None:
    moved_clock(date(2025, 10, 14))


@pytest.fixture
def clerk(office: Office, signed_in: SignedIn) -> FlaskClient:
    return signed_in(office.clerk)


@pytest.fixture
def report_id(clerk: FlaskClient) -> int:
    return read_in(clerk, SAMPLE)


def all_tasks() -> list[Task]:
    db.session.rollback()
    return list(db.session.scalars(select(Task).order_by(Task.id)))


def all_problems() -> list[Problem]:
    db.session.rollback()
    return list(db.session.scalars(select(Problem).order_by(Problem.id)))


@pytest.mark.database
def test_one_press_makes_three_problems_and_four_tasks(clerk: FlaskClient, report_id: int) -> None:
    made = confirm(clerk, report_id)
    assert (made.status_code, made.location) == (302, f"/reports/{report_id}")
    problems, tasks = all_problems(), all_tasks()
    assert [task.problem_id for task in tasks] == [*(problem.id for problem in problems), None]
    assert [(p.origin_id, p.source, p.outcome) for p in problems] == [
        (p.id, ProblemSource.REPORT, ProblemOutcome.OPEN) for p in problems
    ]
    assert {task.state for task in tasks} == {TaskState.ASSIGNED}
    assert {task.deadline for task in tasks} == {date(2025, 12, 31)}
    assert [task.number for task in tasks] == [1, 2, 3, 4]
    assert tasks[0].title == "部分村干部学习浮于表面，笔记抄得多、联系实际少，个别支部以传阅文件代替讨论"
    assert tasks[3].title == "办好文化活动，方便群众参与"
    text = report(report_id).text
    assert [text[problem.start : problem.end] for problem in problems] == [
        problem.text for problem in problems
    ]


@pytest.mark.database
def test_a_linked_measure_is_part_of_the_task_of_its_problem(clerk: FlaskClient, report_id: int) -> None:
    confirm(clerk, report_id)
    own, linked = all_tasks()[0].measure.split("\n")
    assert own.startswith("对此,")
    assert linked.startswith("改进学习方式,提高学习质量")
    assert all_problems()[0].measure == all_tasks()[0].measure


@pytest.mark.database
def test_pressing_twice_makes_the_tasks_once(clerk: FlaskClient, report_id: int) -> None:
    sent = {**fields_of(clerk.get(f"/reports/{report_id}").text), "assign": "1"}
    for _ in range(2):
        assert clerk.post(f"/tasks/from-report/{report_id}", data=sent).status_code == 302
    assert len(all_tasks()) == 4
    assert report(report_id).state == ReportState.CONFIRMED


def test_without_assigning_they_are_registered(clerk: FlaskClient, report_id: int) -> None:
    confirm(clerk, report_id, assign="0")
    assert {task.state for task in all_tasks()} == {TaskState.REGISTERED}


def test_what_is_missing_decides_how_far_a_task_comes(clerk: FlaskClient, report_id: int) -> None:
    first, second, third = proposals(report_id)[:3]
    missing = {f"p{first.id}-standard": "", f"p{second.id}-post": "", f"p{third.id}-deadline": ""}
    confirm(clerk, report_id, **missing)
    assert [task.state for task in all_tasks()] == [
        TaskState.DRAFT,
        TaskState.REGISTERED,
        TaskState.REGISTERED,
        TaskState.ASSIGNED,
    ]


def test_what_the_clerk_typed_goes_into_the_task(clerk: FlaskClient, report_id: int, office: Office) -> None:
    first = proposals(report_id)[0]
    changed = {
        f"p{first.id}-text": "学习流于形式。个别支部只传阅文件。",
        f"p{first.id}-measure": "每次学习定一个议题。",
        f"p{first.id}-post": f"{office.lead.post.id}:{office.lead_duty.id}",
        f"p{first.id}-deadline": "2025-11-28",
        f"p{first.id}-clock": "immediate",
        f"p{first.id}-standard": "每个支部有议题记录",
    }
    confirm(clerk, report_id, **changed)
    task = all_tasks()[0]
    assert task.title == "学习流于形式"
    assert task.measure.startswith("每次学习定一个议题。")
    assert (task.lead_post_id, task.duty_id) == (office.lead.post.id, office.lead_duty.id)
    assert (task.deadline, task.remedy, task.standard) == (
        date(2025, 11, 28),
        Remedy.IMMEDIATE,
        "每个支部有议题记录",
    )


def test_a_long_term_problem_is_reviewed_and_counts_so(clerk: FlaskClient, report_id: int) -> None:
    first = proposals(report_id)[0]
    confirm(clerk, report_id, **{f"p{first.id}-clock": "long_term"})
    task = all_tasks()[0]
    assert (task.state, task.deadline, task.review_on) == (TaskState.ASSIGNED, None, date(2025, 12, 31))
    assert all_problems()[0].outcome == ProblemOutcome.LONG_TERM


def test_a_review_day_that_is_past_is_refused(clerk: FlaskClient, report_id: int) -> None:
    first = proposals(report_id)[0]
    past = {f"p{first.id}-clock": "long_term", f"p{first.id}-deadline": "2025-10-13"}
    refused = confirm(clerk, report_id, **past)
    assert refused.status_code == 422
    assert "下次评估日期 2025-10-13 已过" in refused.text


def test_decisions_are_taken_one_by_one_and_taken_back(clerk: FlaskClient, report_id: int) -> None:
    first, second, third = proposals(report_id)[:3]
    taken = review(clerk, report_id, f"take-{first.id}")
    assert taken.location.endswith(f"#p{second.id}")
    review(clerk, report_id, f"drop-{second.id}")
    assert [row.decision for row in proposals(report_id)[:3]] == [
        Decision.TAKEN,
        Decision.DROPPED,
        Decision.OPEN,
    ]
    page = clerk.get(f"/reports/{report_id}").text
    assert "还有 5 条待确认" in page
    back = review(clerk, report_id, f"reopen-{second.id}")
    assert back.location.endswith(f"#p{second.id}")
    assert proposals(report_id)[1].decision == Decision.OPEN
    assert third.id != second.id


def test_what_is_dropped_becomes_nothing_and_its_measure_a_plain_item(
    clerk: FlaskClient, report_id: int
) -> None:
    second = proposals(report_id)[1]
    review(clerk, report_id, f"drop-{second.id}")
    assert "并入问题 1" in clerk.get(f"/reports/{report_id}").text
    assert proposals(report_id)[4].answers == [second.id]  # so that taking it back restores the link
    confirm(clerk, report_id)
    assert len(all_problems()) == 2
    assert [task.title for task in all_tasks() if task.problem_id is None] == [
        "配强宣传队伍，提升稿件水平",
        "办好文化活动，方便群众参与",
    ]


def test_a_dropped_measure_answers_nothing_on_the_page_either(clerk: FlaskClient, report_id: int) -> None:
    first, measure = proposals(report_id)[0], proposals(report_id)[3]
    review(clerk, report_id, f"drop-{measure.id}", **{f"p{first.id}-measure": ""})
    kept = report(report_id)
    assert whole_measure(kept, kept.proposals[0]) == ""
    with clerk.application.test_request_context():
        row = shown(kept, {}, {}, known_to(kept), set(), numbered(kept), ())[0]
    assert (row.linked, row.tags) == ([], ["缺措施"])


@pytest.mark.parametrize("confirmed", [False, True], ids=["by somebody else", "after the confirmation"])
def test_a_verb_of_the_review_does_not_trust_its_caller(
    clerk: FlaskClient, report_id: int, office: Office, confirmed: bool
) -> None:
    if confirmed:
        confirm(clerk, report_id)
    by, refusal = (office.clerk.actor, OutOfDate) if confirmed else (office.other_clerk.actor, NotAllowed)
    kept = report(report_id)
    answers, version = Review((), (), None, None, None, "", 0, 0), kept.version
    first = kept.proposals[0]
    decision = first.decision
    for act in (
        lambda: save_review(kept, answers, by=by),
        lambda: decide(kept, first.id, Decision.DROPPED, by=by),
        lambda: take_words(kept, Words("台账不全"), Use.PROBLEM, by=by),
    ):
        with pytest.raises(refusal):
            act()
    assert (first.decision, len(kept.proposals), kept.version) == (decision, 7, version)


def test_a_measure_is_linked_with_another_problem_by_hand(clerk: FlaskClient, report_id: int) -> None:
    rows = proposals(report_id)
    matched = review(clerk, report_id, f"match-{rows[6].id}-{rows[1].id}")
    assert matched.location.endswith("#matrix")
    confirm(clerk, report_id)
    assert len(all_tasks()) == 3
    assert "办好文化活动" in all_tasks()[1].measure


def test_a_problem_added_from_the_source_keeps_its_place(clerk: FlaskClient, report_id: int) -> None:
    words = "排查苗头性线索9条"
    added = review(clerk, report_id, "add", added=words, added_use="problem")
    row = proposals(report_id)[-1]
    assert added.location.endswith(f"#p{row.id}")
    assert report(report_id).text[row.start : row.end] == words
    assert row.post is not None
    review(clerk, report_id, "add", added="台账更新不及时", added_use="measure")
    assert proposals(report_id)[-1].start is None
    refused = review(clerk, report_id, "add", added="  ")
    assert refused.status_code == 422


def test_a_stale_page_keeps_what_was_typed(clerk: FlaskClient, report_id: int) -> None:
    first = proposals(report_id)[0]
    stale = fields_of(clerk.get(f"/reports/{report_id}").text)
    review(clerk, report_id, "save", **{f"p{first.id}-standard": "每月一次"})
    changed = {**stale, f"p{first.id}-standard": "有记录、有照片", "act": "save"}
    refused = clerk.post(f"/reports/{report_id}", data=changed)
    assert refused.status_code == 409
    assert "您输入的内容还在下面" in refused.text
    assert 'value="有记录、有照片"' in refused.text
    assert "陈演 改为：每月一次" in refused.text
    assert proposals(report_id)[0].standard == "每月一次"


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("deadline", "2025-13-40", "不是有效日期"),
        ("deadline", "2025-10-13", "已过"),
        ("text", "", "内容不能为空"),
        ("standard", "长" * 501, "不超过 500 字"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    clerk: FlaskClient, report_id: int, part: str, value: str, said: str
) -> None:
    name = f"p{proposals(report_id)[1].id}-{part}"
    refused = confirm(clerk, report_id, **{name: value})
    assert refused.status_code == 422
    assert f'href="#{name}"' in refused.text
    assert said in refused.text
    assert (all_tasks(), all_problems()) == ([], [])
    assert report(report_id).state == ReportState.REVIEW


@pytest.mark.database
def test_a_failure_in_the_middle_leaves_nothing_half(
    clerk: FlaskClient, report_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_at_the_third(task: Task, **given: object) -> object:
        if task.number == 3:
            raise RuntimeError("the power went out")
        return assign(task, **given)  # type: ignore[arg-type] # whatever the verb takes

    monkeypatch.setattr(from_report, "assign", fails_at_the_third)
    with pytest.raises(RuntimeError):
        confirm(clerk, report_id)
    assert (all_tasks(), all_problems()) == ([], [])
    assert report(report_id).state == ReportState.REVIEW
    monkeypatch.undo()
    assert confirm(clerk, report_id).status_code == 302
    assert [task.number for task in all_tasks()] == [1, 2, 3, 4]


def leave(post: Post) -> None:
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == post.id)).one()
        release(holding, last_day=date(2025, 9, 30))


def test_a_vacant_post_says_who_acts(clerk: FlaskClient, office: Office) -> None:
    leave(office.lead.post)
    report_id = read_in(clerk, SAMPLE)
    second = proposals(report_id)[1]
    assert second.post_id == office.lead.post.id
    assert second.post_why.endswith("无人任职，由上级岗位的郑样代行")
    assert confirm(clerk, report_id).status_code == 302


def test_a_post_for_which_nobody_acts_cannot_be_assigned(clerk: FlaskClient, office: Office) -> None:
    for member in (office.lead, office.deputy, office.secretary):
        leave(member.post)
    report_id = read_in(clerk, SAMPLE)
    refused = confirm(clerk, report_id)
    assert refused.status_code == 422
    assert "宣传办主任无人任职，上级岗位也无人任职" in refused.text
    assert all_tasks() == []
    assert confirm(clerk, report_id, assign="0").status_code == 302
    assert len(all_tasks()) == 4


def test_a_post_of_another_unit_is_refused(clerk: FlaskClient, report_id: int, office: Office) -> None:
    first = proposals(report_id)[0]
    name = f"p{first.id}-post"
    refused = review(clerk, report_id, "save", **{name: f"{office.other_clerk.post.id}:"})
    assert refused.status_code == 422
    assert "责任岗位不在本单位" in refused.text
    refused = review(clerk, report_id, "save", **{name: f"{office.lead.post.id}:{office.safety_duty.id}"})
    assert "所选职责不属于该责任岗位" in refused.text


def test_the_standard_is_made_of_the_words_of_the_report(clerk: FlaskClient, report_id: int) -> None:
    second, third = proposals(report_id)[1:3]
    assert second.standard == "年底对稿件采用情况作一次通报"
    assert third.standard == "建立留言登记和转办制度；建立公众号留言台账"


def test_a_domain_is_chosen_and_the_posts_follow(clerk: FlaskClient, report_id: int, office: Office) -> None:
    review(clerk, report_id, "period", domain=str(office.business.id))
    assert report(report_id).domain_id == office.business.id
    assert {row.duty and row.duty.domain_id for row in proposals(report_id)[:2]} == {office.business.id}


def test_what_a_new_period_or_domain_changes_is_seen_before_it_is_confirmed(
    clerk: FlaskClient, report_id: int, office: Office
) -> None:
    page = confirm(clerk, report_id, domain=str(office.business.id))
    assert page.location == f"/reports/{report_id}"
    assert all_tasks() == []
    assert report(report_id).domain_id == office.business.id
    assert "请核对后再确认" in clerk.get(page.location).text
    assert confirm(clerk, report_id).status_code == 302
    assert len(all_tasks()) == 4


def test_how_many_queries_the_review_needs_does_not_grow(
    clerk: FlaskClient, report_id: int, office: Office
) -> None:
    few = queries_of(clerk, report_id)
    for number in range(12):
        review(clerk, report_id, "add", added=f"第{number}项台账没有及时更新", added_use="problem")
    assert queries_of(clerk, report_id) <= few


def queries_of(clerk: FlaskClient, report_id: int) -> int:
    from sqlalchemy import event

    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert clerk.get(f"/reports/{report_id}").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_the_trail_says_who_confirmed_and_what_it_cost(clerk: FlaskClient, report_id: int) -> None:
    from tracker.audit.models import AuditRow

    confirm(clerk, report_id, clicks="1", typed="0")
    db.session.rollback()
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "report.confirm")).one()
    assert row.name == "clerk"
    assert (row.details["clicks"], len(row.details["tasks"])) == (1, 4)
    assert db.session.scalar(select(func.count(AuditRow.id)).where(AuditRow.action == "task.create")) == 4
