"""The mark 内部 / 工作秘密: lead, chain and clerk see, nobody else by any way round; numbers stay whole."""

import json
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests import ledger
from tests.forms import post
from tests.ledger import Q3, TODAY
from tests.office import Member, Office, recall, remember
from tests.tasks.steps import REACHED, member, task_in
from tests.tasks.test_at_once import at_once
from tracker.audit.models import AuditRow
from tracker.database import writing
from tracker.documents import store
from tracker.documents.models import Secrecy
from tracker.exchange.outgoing import outgoing
from tracker.extensions import db
from tracker.figures.catalogue import PARTS, TOTAL, count
from tracker.organization.chains import link_chain
from tracker.organization.holdings import succeed
from tracker.organization.models import ChainRole
from tracker.organization.setup import add_person
from tracker.organization.standing_in import stand_in
from tracker.problems.models import ProblemSource
from tracker.refusals import NotAllowed, Refused
from tracker.reports.models import Report, ReportState
from tracker.tasks import lifecycle
from tracker.tasks.access import counted_for, find_task, is_in_circle, visible_to
from tracker.tasks.lights import Lights
from tracker.tasks.marking import mark, strictest
from tracker.tasks.models import Cooperation, Evidence, Task
from tracker.tasks.queries import Conditions, counting, counts_and_periods
from tracker.tasks.roles import endorser, verifier
from tracker.tasks.states import Action, TaskState
from tracker.tasks.stepping import take_turn

SignIn = Callable[[Member], FlaskClient]
WORDS = "干部个人事项核查"  # of the marked task; what must turn up nowhere it does not belong
PART = WORDS[2:6]  # what is typed is shown again; the whole of it is not
CIRCLE = ("lead", "deputy", "secretary", "keeper", "clerk")  # the keeper is the verifier
OUTSIDE = ("vice_head", "safety_lead", "village_lead", "county_keeper", "other_clerk")
EVERYBODY = (*CIRCLE, *OUTSIDE)


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


@pytest.fixture(params=[Secrecy.INTERNAL, Secrecy.WORK_SECRET])
def marked(request: pytest.FixtureRequest, office: Office) -> Task:
    """A task whose closure is requested, with a problem and a file, marked; 应急办 and 东示村 cooperate."""
    with writing():
        task = ledger.requested(office, WORDS, problem=ledger.problem(office, WORDS), measure=WORDS)
        db.session.flush()
        assert task.problem is not None
        task.problem.origin_id = task.problem.id
        for post_ in (office.safety_lead.post, office.village_lead.post):
            db.session.add(Cooperation(task=task, post=post_))
        mark(task, by=office.clerk.actor, secrecy=request.param, reason="依规定只限知悉范围内人员")
        ledger.assigned(office, "宣传栏更新不及时")
    return task


def evidence_of(task: Task) -> Evidence:
    return next(file for event in task.events for file in event.evidence)


# --- the act -------------------------------------------------------------------------------------


@pytest.mark.database
def test_marking_is_an_act_with_a_reason_and_a_trail(office: Office) -> None:
    task = task_in(TaskState.IN_PROGRESS, office)
    with pytest.raises(Refused, match="依据") as refused, writing():
        mark(task, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="  ")
    assert refused.value.field == "reason"
    with writing():
        event = mark(task, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="涉及案件线索")
    assert (event.action, event.text, event.person.name) == (Action.MARK, "涉及案件线索", "陈演")
    assert (event.old_state, event.new_state, event.facts["old"]) == (task.state, task.state, "open")
    with pytest.raises(Refused, match="没有改动"), writing():
        mark(task, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="再标一次")
    with writing():
        mark(task, by=office.clerk.actor, secrecy=Secrecy.OPEN, reason="线索已办结")
    assert task.secrecy == Secrecy.OPEN
    trail = db.session.scalars(select(AuditRow.action).where(AuditRow.action == "task.mark")).all()
    assert len(trail) == 2


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name != "clerk"])
def test_nobody_but_the_clerk_of_the_office_marks(office: Office, name: str) -> None:
    task = task_in(TaskState.IN_PROGRESS, office)
    with pytest.raises(NotAllowed), writing():
        mark(task, by=member(office, name).actor, secrecy=Secrecy.INTERNAL, reason="想标")
    assert task.secrecy == Secrecy.OPEN


def test_a_file_of_another_task_is_refused(office: Office) -> None:
    with writing():
        one, other = ledger.requested(office), ledger.requested(office)
    with pytest.raises(Refused, match="不属于"), writing():
        mark(
            one,
            by=office.clerk.actor,
            secrecy=Secrecy.INTERNAL,
            reason="错选",
            evidence=evidence_of(other),
        )
    assert evidence_of(other).secrecy == Secrecy.OPEN


def test_the_clerk_marks_on_the_page_and_everybody_reads_the_badge(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.requested(office, WORDS)
    clerk = signed_in(office.clerk)
    asked = clerk.get(f"/tasks/{task.id}/mark").text
    assert "涉密内容不得" in asked
    assert "说明.txt" in asked
    fields = {"version": task.version, "subject": "", "secrecy": "work_secret", "reason": "涉及案件线索"}
    assert post(clerk, f"/tasks/{task.id}/mark", fields).status_code == 302
    for name in CIRCLE:
        visitor = signed_in(member(office, name))
        assert "工作秘密" in visitor.get(f"/tasks/{task.id}").text
        if name != "lead":
            assert "工作秘密" in visitor.get("/tasks").text
    wrong = fields | {"version": task.version + 1, "secrecy": "top_secret"}
    assert post(clerk, f"/tasks/{task.id}/mark", wrong).status_code == 422


def test_the_strictest_mark_counts() -> None:
    assert strictest([]) == Secrecy.OPEN
    assert strictest([Secrecy.WORK_SECRET, Secrecy.OPEN, Secrecy.INTERNAL]) == Secrecy.WORK_SECRET


# --- who sees -----------------------------------------------------------------------------------


@pytest.mark.database
@pytest.mark.parametrize("state", REACHED)
def test_in_every_state_the_circle_sees_and_nobody_else(office: Office, state: TaskState) -> None:
    task = task_in(state, office)
    before = {name for name in EVERYBODY if find_task(task.id, member(office, name).actor)}
    with writing():
        db.session.add(Cooperation(task=task, post=office.safety_lead.post))
        mark(task, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="只限知悉范围")
    seen = {name for name in EVERYBODY if find_task(task.id, member(office, name).actor)}
    given = state not in (TaskState.DRAFT, TaskState.REGISTERED)
    assert seen == (set(CIRCLE) if given else {"clerk"})
    assert seen <= before


@pytest.mark.database
def test_a_stand_in_sees_what_the_absent_would(office: Office, marked: Task) -> None:
    assert find_task(marked.id, office.safety_lead.actor) is None
    with writing():
        stand_in(
            office.lead.person,
            office.safety_lead.person,
            from_day=TODAY,
            to_day=TODAY,
            by=office.keeper.actor,
        )
    assert find_task(marked.id, office.safety_lead.actor) is not None


def test_a_former_holder_keeps_nothing_of_a_marked_task(
    office: Office, marked: Task, moved_clock: Callable[..., None]
) -> None:
    with writing():
        succeed(add_person("尤例", email="you@qs.invalid"), office.lead.post, from_day=date(2025, 11, 13))
    moved_clock(date(2025, 11, 13))
    assert find_task(marked.id, office.lead.actor) is None


def test_the_first_responsible_of_an_office_above_is_of_no_circle_where_there_is_a_nearer_one(
    office: Office, marked: Task
) -> None:
    with writing():
        link_chain(office.county, office.county_keeper.post, ChainRole.FIRST_RESPONSIBLE)
    assert find_task(marked.id, office.county_keeper.actor) is None


@pytest.mark.database
def test_whoever_has_to_decide_sees_the_task(office: Office) -> None:
    """However the posts are filled: nobody is asked to decide on what they cannot see."""
    tried = 0
    for vacant in ("", "deputy", "keeper", "secretary"):
        for state in (TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED):
            task = task_in(TaskState.CLOSURE_REQUESTED, office)
            with writing():
                mark(task, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="只限知悉范围")
                if vacant:
                    task.events[3].person = member(office, vacant).person  # as if they had asked themselves
            if state == TaskState.ENDORSED:
                first = endorser(task, office.clerk.actor.day)
                assert first is not None
                by = next(m for n in EVERYBODY if (m := member(office, n)).person.id == first.person.id)
                assert find_task(task.id, by.actor) is not None
                with writing():
                    lifecycle.endorse(task, by=by.actor)
            decider = (endorser if state == TaskState.CLOSURE_REQUESTED else verifier)(
                task, office.clerk.actor.day
            )
            assert decider is not None
            who = next(m for n in EVERYBODY if (m := member(office, n)).person.id == decider.person.id)
            assert find_task(task.id, who.actor) is not None, (vacant, state, who.person.name)
            tried += 1
    assert tried == 8


# --- side channels ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_way_round_leads_to_a_marked_task(
    office: Office, signed_in: SignIn, marked: Task, name: str
) -> None:
    visitor = signed_in(member(office, name))
    file = evidence_of(marked)
    for address in (
        f"/tasks/{marked.id}",
        f"/tasks/{marked.id}/mark",
        f"/tasks/{marked.id}/report_progress",
        f"/evidence/{file.id}",
    ):
        assert visitor.get(address).status_code == 404, address
    for address in (
        f"/search?q={PART}",
        f"/search?q={PART[0]}",
        f"/search?q={marked.short_no}",
        "/tasks",
        f"/tasks?q={PART}",
        f"/tasks?q={marked.short_no}",
        f"/tasks?post={office.lead.post.id}&domain=ideology&period={Q3}&state=closure_requested",
        "/tasks?sort=changed",
        "/mine",
        "/inbox",
        "/overview",
        "/api/v1/tasks",
        f"/api/v1/tasks?q={PART}",
        "/organization",
        "/duties",
        "/reports",
        "/summaries",
    ):
        page = visitor.get(address).text
        assert WORDS not in page, address
        assert f"/tasks/{marked.id}" not in page, address


def test_a_search_does_not_tell_that_there_was_something_to_find(
    office: Office, signed_in: SignIn, marked: Task
) -> None:
    outside, circle = signed_in(office.vice_head), signed_in(office.deputy)
    nothing = outside.get("/search?q=不存在的词").text.replace("不存在的词", "")
    hidden = outside.get(f"/search?q={WORDS}").text.replace(WORDS, "")
    assert _without_keys(hidden) == _without_keys(nothing)
    assert circle.get(f"/search?q={WORDS}").text.count(WORDS) >= 2
    assert "共 0 条" in outside.get(f"/tasks?q={WORDS}").text
    assert "另有" not in outside.get(f"/tasks?q={WORDS}").text
    assert json.loads(outside.get(f"/api/v1/tasks?q={WORDS}").text)["tasks"] == []


def test_numbers_stay_whole_and_rows_obey(office: Office, signed_in: SignIn, marked: Task) -> None:
    conditions, lights = Conditions(on=TODAY, unit=office.town), Lights.on(TODAY)
    counted = {}
    for name in ("deputy", "vice_head", "county_keeper"):
        by = member(office, name).actor
        counted[name] = count((TOTAL, *PARTS), conditions, counted_for(by), lights)[()]
        ((rows,), _periods) = counts_and_periods(
            counting(conditions, [visible_to(by)], lights, visible_to(by))
        )
        assert counted[name]["all"] == 2
        assert rows == (2 if name == "deputy" else 1)
    assert counted["deputy"] == counted["vice_head"] == counted["county_keeper"]
    page = signed_in(office.vice_head).get("/overview").text
    assert "共 2 件" in page
    assert WORDS not in page
    rows_page = signed_in(office.vice_head).get("/tasks").text
    assert "另有 1 件标注了内部或工作秘密" in rows_page
    assert "另有" not in signed_in(office.deputy).get("/tasks").text


def test_a_marked_file_of_an_open_task_is_narrowed_alone(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.requested(office)
        file = evidence_of(task)
        mark(task, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="含个人信息", evidence=file)
    for name in ("vice_head", "county_keeper"):
        visitor = signed_in(member(office, name))
        page = visitor.get(f"/tasks/{task.id}")
        assert page.status_code == 200
        assert file.name not in page.text
        assert file.file.sha256[:4] not in page.text
        assert "一个文件，不在您的知悉范围内" in page.text
        assert visitor.get(f"/evidence/{file.id}").status_code == 404
    for name in CIRCLE:
        visitor = signed_in(member(office, name))
        assert file.name in visitor.get(f"/tasks/{task.id}").text
        assert visitor.get(f"/evidence/{file.id}").status_code == 200
        assert is_in_circle(task, member(office, name).actor)


def test_the_trail_names_no_file_that_somebody_sent(office: Office, marked: Task, signed_in: SignIn) -> None:
    file = evidence_of(marked)
    assert signed_in(office.clerk).get(f"/evidence/{file.id}").status_code == 200
    db.session.rollback()
    rows = list(db.session.scalars(select(AuditRow).where(AuditRow.action == "evidence.download")))
    assert [row.subject for row in rows] == [f"evidence:{file.id}"]
    assert file.name not in str([row.details for row in rows])


@pytest.mark.database
def test_the_file_for_the_county_carries_no_words(office: Office, marked: Task) -> None:
    with writing():
        sent = outgoing(office.town)
    assert WORDS not in json.dumps(sent, ensure_ascii=False)
    row = next(row for row in sent["tasks"] if row["uuid"] == marked.uuid)
    assert (row["state"], row["secrecy"], row["title"]) == ("closure_requested", marked.secrecy.value, "")
    assert len(sent["tasks"]) == 2


def test_the_report_of_a_marked_task_is_for_the_clerk(office: Office, signed_in: SignIn) -> None:
    with writing():
        task = ledger.requested(office, WORDS)
        report = _report(office, task, b"words")
        task.report_id = report.id
    deputy, clerk = signed_in(office.deputy), signed_in(office.clerk)
    assert "三季度报告" in deputy.get("/reports").text
    with writing():
        mark(task, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="只限知悉范围")
    assert report.secrecy == Secrecy.INTERNAL
    assert "三季度报告" not in deputy.get("/reports").text
    assert deputy.get(f"/reports/{report.id}").status_code == 404
    assert "三季度报告" in clerk.get("/reports").text
    with writing():
        mark(task, by=office.clerk.actor, secrecy=Secrecy.OPEN, reason="已公开")
    assert "三季度报告" in deputy.get("/reports").text


@pytest.mark.database
def test_a_report_takes_the_stricter_of_two_marks_set_at_the_same_moment(app: Flask, office: Office) -> None:
    where = remember(office)

    def mark_one(task_id: int, version: int, secrecy: Secrecy) -> str:
        with app.app_context(), writing():
            task = db.session.get_one(Task, task_id)
            take_turn(task, version)
            mark(task, by=recall(where).clerk.actor, secrecy=secrecy, reason="只限知悉范围")
        return "done"

    for number in range(6):
        with writing():
            one, other = ledger.requested(office), ledger.requested(office)
            report = _report(office, one, f"{number}".encode())
            one.report_id = other.report_id = report.id
            mark(other, by=office.clerk.actor, secrecy=Secrecy.INTERNAL, reason="只限知悉范围")
        both = ((one, Secrecy.WORK_SECRET), (other, Secrecy.OPEN))
        acts: list[Callable[[], str]] = [
            partial(mark_one, task.id, task.version, secrecy) for task, secrecy in both
        ]
        report_id = report.id
        db.session.rollback()
        assert at_once(acts) == ["done", "done"]
        db.session.rollback()
        assert db.session.get_one(Report, report_id).secrecy == Secrecy.WORK_SECRET


def _report(office: Office, task: Task, content: bytes) -> Report:
    """A confirmed report of the town."""
    report = Report(
        unit=office.town,
        file=store.keep(content),
        file_name="三季度报告.docx",
        source=ProblemSource.REPORT,
        state=ReportState.CONFIRMED,
        period=Q3,
        text=WORDS,
        reading={"sections": [], "problems": [], "measures": [], "figures": []},
        taken_in_at=task.changed_at,
        confirmed_at=task.changed_at,
    )
    db.session.add(report)
    db.session.flush()
    return report


def _without_keys(page: str) -> list[str]:
    """Return the lines of a page without what each answer has of its own."""
    return [line for line in page.splitlines() if "csrf" not in line and "/language/" not in line]
