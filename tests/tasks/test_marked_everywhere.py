"""A marked task is reached from many rows of others; whoever is outside its circle reads no word of it there.

Every page and file that the application gives out is asked for, with every row there is, in the name of
people outside. Each address that may be asked stands in the application; a new one is walked by itself. Of
those with a number `make test` draws a share by chance.
"""

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, select
from werkzeug.routing import Rule

from tests import ledger
from tests.exchange.tables import exported, handed_in
from tests.forms import post
from tests.ledger import Q3, TODAY
from tests.office import Member, Office
from tests.plans.scene import content
from tests.tasks.steps import PHOTO, member
from tracker.database import writing
from tracker.documents.accepting import Upload
from tracker.documents.models import Secrecy
from tracker.duties.findings import take_in_findings
from tracker.duties.kinds import ensure_kinds, kinds
from tracker.duties.models import Act, ActFile, StandingDuty
from tracker.duties.recording import record_act
from tracker.exchange.models import LedgerImport
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.organization.acting import actor
from tracker.organization.holdings import release
from tracker.organization.models import Duty, Holding, Post
from tracker.periods import Period
from tracker.plans import doing, ending, starting
from tracker.plans.keeping import enter
from tracker.plans.models import Plan, PlanRun, RunStep
from tracker.problems.models import Kinship, Problem
from tracker.problems.recording import record_problem
from tracker.reminders.planning import plan_events
from tracker.reports.models import Report
from tracker.summaries.models import Summary
from tracker.summaries.rollup import roll_up
from tracker.tasks import correcting, leading, lifecycle
from tracker.tasks.from_report import create_from_report
from tracker.tasks.handover import confirm, digest_of, listed_on
from tracker.tasks.handover_models import Handover
from tracker.tasks.marking import mark
from tracker.tasks.models import Cooperation, Evidence, JointAct, SavedView, Task
from tracker.tasks.paper_kinds import PAPERS
from tracker.tasks.paper_matter import Asked
from tracker.tasks.paper_models import PaperKind, TaskPaper
from tracker.tasks.papers import make_paper
from tracker.tasks.saved import save_view
from tracker.tasks.states import Action

SignIn = Callable[[Member], FlaskClient]
SECRET = "龙脊坝旧账"  # in every text of the marked tasks, and in no other
OUTSIDE = (
    "vice_head",
    "safety_lead",
    "village_lead",
    "county_keeper",
    "other_clerk",
    "lead",
)  # lead: moved away
ALL = 1_000_000
YESTERDAY = TODAY - timedelta(days=1)
NOT_BUSINESS = re.compile(
    r"/(static|language|login|account|admin|audit|first-|forgot-)|.*<entry>$"
)  # nor forms of posts
ROWS: Mapping[str, tuple[ColumnElement[Any] | Any, ...]] = {
    "task_id": (Task.id,),
    "report_id": (Report.id,),
    "act_id": (Act.id,),
    "duty_id": (StandingDuty.id, Duty.id),
    "file_id": (ActFile.id,),
    "evidence_id": (Evidence.id,),
    "handover_id": (Handover.id,),
    "post_id": (Post.id,),
    "plan_id": (Plan.id,),
    "run_id": (PlanRun.id,),
    "step_id": (RunStep.id,),
    "summary_id": (Summary.id,),
    "paper_id": (TaskPaper.id,),
    "family_id": (Problem.family_id,),
    "import_id": (LedgerImport.id,),
    "key": (JointAct.key, SavedView.key),
}
GIVEN: Mapping[str, tuple[str, ...]] = {
    "number": ("1",),
    "action": (Action.CANCEL.value, Action.MARK.value, Action.URGE.value),
    "kind": tuple(kind.value for kind in PAPERS),
}
ASKED = {  # what is typed into the address of a list; the words themselves would be shown again
    "/search": f"?q={SECRET[1:4]}",
    "/tasks": f"?q={SECRET[1:4]}",
    "/api/v1/tasks": f"?q={SECRET[1:4]}",
    "/tasks/together": "?act=urge&scope=all",
}


@dataclass(frozen=True)
class Scene:
    """The marked tasks; pages of others that lead to them."""

    marked: list[Task]
    merged: Task
    run: PlanRun
    step: RunStep
    act: Act
    handover: Handover


@pytest.fixture(autouse=True)
def at_today(moved_clock: Callable[..., None]) -> None:
    """The office stands on TODAY."""
    moved_clock(TODAY)


def build(office: Office, signed_in: SignIn) -> Scene:
    """Make a task and whatever can lead to it, and only then mark it."""
    with writing():
        ensure_kinds()
        task = ledger.requested(office, SECRET, problem=_problem(office), measure=SECRET)
        file = Upload(f"{SECRET}.txt", "text/plain", SECRET.encode())
        lifecycle.return_for_rework(task, by=office.deputy.actor, reason=SECRET)
        lifecycle.report_progress(task, by=office.lead.actor, text=SECRET, percent=30, evidence=[file])
        for colleague in (office.safety_lead, office.village_lead):
            db.session.add(Cooperation(task=task, post=colleague.post, part=SECRET, percent=0))
        leading.instruct(task, by=office.secretary.actor, text=SECRET)
        make_paper(task, PaperKind.ASSIGNMENT, by=office.clerk.actor, asked=Asked(demand=SECRET))
        merged = _registered(office, "合并的小事")
        whole = _registered(office, "两件事合在一起")
        halves = correcting.split(whole, by=office.clerk.actor, titles=["一半", f"{SECRET}另一半"])
        correcting.cancel(merged, by=office.clerk.actor, merged_into=task)
        again = record_problem(
            office.town, Period.parse("2025Q4"), domain=office.ideology, text="同类情况又有",
            kinship=Kinship.RECURRING, kin=task.problem,
        )  # fmt: skip
        ledger.assigned(office, "同类情况又有", problem=again)
        run, step = _plan(office)
        act = _act(office)
    run_waiting()
    found = _confirmed(office, run, act)
    table = exported(signed_in(office.safety_lead))
    handed_in(signed_in(office.safety_lead), table)
    with writing():
        save_view(by=office.clerk.actor, name="没有办完的", address={"state": "open"}, shared=True)
    _urged_together(signed_in(office.vice_head), task)
    with writing():
        for period in (Q3, Period.parse("2025Q4")):
            roll_up(office.town, period, by=office.clerk.actor)
    plan_events()
    handover = _handed_over(office)
    marked = [task, halves[1], *([] if step.task is None else [step.task]), *found]
    with writing():
        for one in marked:
            mark(one, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason=SECRET)
    db.session.rollback()
    return Scene(marked, merged, run, step, act, handover)


def _problem(office: Office) -> Problem:
    return record_problem(office.town, Q3, domain=office.ideology, text=SECRET)


def _registered(office: Office, title: str) -> Task:
    task = ledger.drafted(
        office, title, problem=record_problem(office.town, Q3, domain=office.ideology, text=title)
    )
    lifecycle.register(task, by=office.clerk.actor, standard=task.standard)
    return task


def _plan(office: Office) -> tuple[PlanRun, RunStep]:
    """Start a plan in earnest; the lead's step is corrected, done, and will be marked."""
    plan = enter(office.town, content(office, domain=office.ideology), by=office.keeper.actor)
    run = starting.start(plan, by=office.secretary.actor, drill=False, occasion="连日大雨")
    step = next(one for one in run.steps if one.post.id == office.lead.post.id)
    assert step.task is not None
    correcting.correct(step.task, by=office.clerk.actor, reason="写明对象", title=SECRET)
    doing.finish(step, by=office.lead.actor, result=SECRET)
    ending.end(
        run, by=office.secretary.actor, note="处置及时", findings=f"沙袋仓库钥匙无人保管，起因见{SECRET}"
    )
    return run, step


def _act(office: Office) -> Act:
    kind = next(kind for kind in kinds() if kind.code == "inspection")
    act = record_act(
        kind,
        office.safety_lead.post,
        by=office.safety_lead.actor,
        day=TODAY,
        domain=office.ideology,
        evidence=[PHOTO],
    )
    take_in_findings(act, by=office.safety_lead.actor, lines=f"灭火器过期未换，采购手续牵涉{SECRET}")
    return act


def _confirmed(office: Office, run: PlanRun, act: Act) -> list[Task]:
    found = []
    for report_id in (run.report_id, act.report_id):
        assert report_id is not None
        with writing():
            report = db.session.get_one(Report, report_id)
            found += create_from_report(report, by=office.clerk.actor, assign_at_once=False)
    return found


def _urged_together(visitor: FlaskClient, task: Task) -> None:
    page = f"/tasks/together?act=urge&pick={task.id}"
    fields = {"row": f"{task.id}-{task.version}", "text": "请抓紧"}
    assert post(visitor, "/tasks/together/urge", fields, page=page).status_code == 302


def _handed_over(office: Office) -> Handover:
    """The lead moves away, and both sides have signed the list with the words of what is marked later."""
    with writing():
        span = db.session.scalars(select(Holding).where(Holding.post_id == office.lead.post.id)).one()
        release(span, last_day=YESTERDAY, by=office.keeper.actor)
        handover = db.session.scalars(select(Handover)).one()
        for person in (office.lead.person, office.deputy.person):
            seen = digest_of(listed_on(handover, TODAY))
            confirm(handover, by=actor(person, TODAY), seen=seen)
    assert SECRET in str(handover.final_list)
    return handover


def addresses(app: Flask) -> list[str]:
    """Return every address that shows something of the business, with every row there is."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return [address for rule in rules if not NOT_BUSINESS.match(rule.rule) for address in _addresses(rule)]


def _addresses(rule: Rule) -> Iterator[str]:
    paths = [rule.rule]
    for name in sorted(rule.arguments):
        values = [
            *GIVEN.get(name, ()),
            *(str(value) for column in ROWS.get(name, ()) for value in _all(column)),
        ]
        assert values, f"{rule.rule}: nothing to put in for {name}"
        part = re.compile(rf"<(?:[^<>]*:)?{name}>")
        paths = [part.sub(value, path) for path in paths for value in values]
    for path in paths:
        yield path
        if path in ASKED:
            yield path + ASKED[path]


def _all(column: Any) -> list[Any]:
    return list(db.session.scalars(select(column).where(column.is_not(None)).distinct()))


def words(body: bytes) -> str:
    """Return what stands in an answer, that of a packed file (.docx, .xlsx, .zip) unpacked."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return "".join(name + words(package.read(name)) for name in package.namelist())


def telling(visitor: FlaskClient, asked: Iterable[str]) -> set[str]:
    """Return the addresses at which somebody reads a word of the marked tasks."""
    found = set()
    for address in asked:
        answer = visitor.get(address)
        assert answer.status_code < 500, address
        if SECRET in words(answer.data):
            found.add(address)
        answer.close()
    return found


@pytest.mark.proof
def test_nobody_outside_reads_a_word_of_a_marked_task_on_any_page(
    app: Flask, office: Office, signed_in: SignIn, dice: random.Random, trials: Callable[[int, int], int]
) -> None:
    scene = build(office, signed_in)
    leads_there = {
        f"/tasks/{scene.merged.id}",
        f"/plans/runs/{scene.run.id}",
        f"/plans/steps/{scene.step.id}",
        f"/duties/acts/{scene.act.id}",
        f"/handovers/{scene.handover.id}",
        f"/handovers/{scene.handover.id}.docx",
        *(f"/tasks/{task.id}" for task in scene.marked),
    }
    by_circle = (telling(signed_in(one), leads_there) for one in (office.deputy, office.clerk))
    assert set().union(*by_circle) == leads_there
    every = addresses(app)
    plain = {address for address in every if not re.search(r"\d", address.removeprefix("/api/v1"))}
    for name in OUTSIDE:
        chosen = dice.sample(every, min(len(every), trials(10, ALL)))
        asked = sorted(leads_there | plain | set(chosen))
        assert telling(signed_in(member(office, name)), asked) == set(), name


def test_what_leads_to_a_marked_task_says_that_there_is_something(office: Office, signed_in: SignIn) -> None:
    scene = build(office, signed_in)
    county = signed_in(office.county_keeper)
    assert county.get(f"/tasks/{scene.marked[0].id}").status_code == 404
    merged = county.get(f"/tasks/{scene.merged.id}").text
    assert f'/tasks/{scene.marked[0].id}"' not in merged
    assert "内容不在您的知悉范围内" in merged
    step = county.get(f"/plans/steps/{scene.step.id}").text
    assert "内容不在您的知悉范围内" in step
    assert office.lead.person.name not in step
    assert "由经办人员保管" in county.get(f"/plans/runs/{scene.run.id}").text
    handed = county.get(f"/handovers/{scene.handover.id}").text
    assert "后来标注了内部或工作秘密" in handed
    assert scene.marked[0].short_no in handed
    assert county.get(f"/handovers/{scene.handover.id}.docx").status_code == 404
    assert signed_in(office.deputy).get(f"/handovers/{scene.handover.id}.docx").status_code == 200
