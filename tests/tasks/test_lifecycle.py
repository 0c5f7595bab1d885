"""The life of a task: the table, and nothing beside the table."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.office import Office
from tests.tasks.steps import ACTS, DEADLINE, PERIOD, PHOTO, TODAY, draft, member, task_in
from tracker.database import writing
from tracker.documents import store
from tracker.extensions import db
from tracker.organization.models import Holding
from tracker.organization.setup import appoint, release
from tracker.problems.models import ProblemOutcome
from tracker.problems.words import GAP, LATER_STANDARD, LONGEST_STANDARD
from tracker.refusals import Refused
from tracker.tasks import lifecycle
from tracker.tasks.access import find_task, open_actions
from tracker.tasks.creation import create
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Cooperation, TaskEvent
from tracker.tasks.roles import endorser
from tracker.tasks.states import TRANSITIONS, Action, Remedy, TaskState, Verdict
from tracker.tasks.story import steps
from tracker.tasks.words import ACTION_WORDS, STATE_WORDS

pytestmark = pytest.mark.usefixtures("autumn")


@pytest.fixture
def autumn(moved_clock: Callable[..., None]) -> None:
    """Let it be a working day of the fourth quarter."""
    moved_clock(TODAY)


def test_every_state_and_action_has_its_word_and_a_row() -> None:
    assert set(STATE_WORDS) == set(TaskState)
    assert set(ACTION_WORDS) == set(Action)
    assert {row.action for row in TRANSITIONS} == set(Action)
    assert len({(row.source, row.action) for row in TRANSITIONS}) == len(TRANSITIONS)


@pytest.mark.database
def test_the_events_tell_the_whole_way(office: Office) -> None:
    task = task_in(TaskState.CLOSED, office)
    told = [(event.action, event.old_state, event.new_state, event.person.name) for event in task.events]
    assert told == [
        (Action.REGISTER, TaskState.DRAFT, TaskState.REGISTERED, "陈演"),
        (Action.ASSIGN, TaskState.REGISTERED, TaskState.ASSIGNED, "陈演"),
        (Action.ACKNOWLEDGE, TaskState.ASSIGNED, TaskState.IN_PROGRESS, "褚例"),
        (Action.REQUEST_CLOSURE, TaskState.IN_PROGRESS, TaskState.CLOSURE_REQUESTED, "褚例"),
        (Action.ENDORSE, TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED, "郑样"),
        (Action.ACCEPT, TaskState.ENDORSED, TaskState.CLOSED, "韩示"),
    ]
    assert (task.closed_on, task.verdict, task.first_deadline) == (TODAY, Verdict.GOOD, DEADLINE)
    assert task.problem is not None
    assert (task.problem.outcome, task.problem.outcome_on) == (ProblemOutcome.CLOSED, TODAY)
    evidence = task.events[3].evidence[0]
    assert (evidence.name, store.content(evidence.file)) == ("照片.png", PHOTO.content)


@pytest.mark.database
def test_numbers_count_on_per_unit_and_period(office: Office) -> None:
    with writing():
        numbers = [draft(office).case_no for _ in range(3)]
    assert numbers == ["ZG-QS-2025Q3-001", "ZG-QS-2025Q3-002", "ZG-QS-2025Q3-003"]


def test_closure_needs_evidence_unless_the_fix_is_immediate(office: Office) -> None:
    task = task_in(TaskState.IN_PROGRESS, office)
    by = office.lead.actor
    with pytest.raises(Refused, match="佐证材料") as refused, writing():
        lifecycle.request_closure(task, by=by, result="已完成")
    assert refused.value.field == "evidence"
    with writing():
        task.remedy = Remedy.IMMEDIATE
        lifecycle.request_closure(task, by=by, result="已完成")
    assert task.state == TaskState.CLOSURE_REQUESTED


@pytest.mark.parametrize(
    ("action", "field"),
    [("decline", "reason"), ("report", "text"), ("close", "result")],
)
def test_words_are_asked_for(office: Office, action: str, field: str) -> None:
    by = office.lead.actor
    state = TaskState.ASSIGNED if action == "decline" else TaskState.IN_PROGRESS
    task = task_in(state, office)
    calls = {
        "decline": lambda: lifecycle.decline(task, by=by, reason="  "),
        "report": lambda: lifecycle.report_progress(task, by=by, text=""),
        "close": lambda: lifecycle.request_closure(task, by=by, result=" ", evidence=[PHOTO]),
    }
    with pytest.raises(Refused) as refused, writing():
        calls[action]()
    assert refused.value.field == field
    assert task.state == state


def test_a_standard_left_open_is_fixed_at_acknowledgement(office: Office) -> None:
    with writing():
        task = draft(office)
        lifecycle.register(task, by=office.clerk.actor, standard=LATER_STANDARD)
        ACTS[Action.ASSIGN](task, office, office.clerk.actor)
    with pytest.raises(Refused, match="验收标准"), writing():
        lifecycle.acknowledge(task, by=office.lead.actor)
    with writing():
        lifecycle.acknowledge(task, by=office.lead.actor, standard="培训 1 期")
    assert task.standard == "培训 1 期"


def test_a_number_that_a_standard_lacks_is_filled_at_acknowledgement(office: Office) -> None:
    with writing():
        task = draft(office)
        lifecycle.register(task, by=office.clerk.actor, standard=f"培训{GAP}期、{GAP}人次")
        ACTS[Action.ASSIGN](task, office, office.clerk.actor)
    for given in ("", f"培训2期、{GAP}人次"):
        with pytest.raises(Refused) as refused, writing():
            lifecycle.acknowledge(task, by=office.lead.actor, standard=given)
        assert refused.value.field == "standard"
    with writing():
        lifecycle.acknowledge(task, by=office.lead.actor, standard="培训2期、80人次")
    assert task.standard == "培训2期、80人次"


def test_an_empty_file_is_no_evidence(office: Office) -> None:
    task = task_in(TaskState.IN_PROGRESS, office)
    with pytest.raises(Refused, match="空的"), writing():
        lifecycle.request_closure(
            task, by=office.lead.actor, result="完成", evidence=[Upload("a.pdf", "application/pdf", b"")]
        )
    assert task.state == TaskState.IN_PROGRESS


def test_an_assignment_names_what_is_wrong(office: Office) -> None:
    task = task_in(TaskState.REGISTERED, office)
    by, lead = office.clerk.actor, office.lead.post
    wrong: list[tuple[str, dict[str, object]]] = [
        ("deadline", {"lead_post": lead, "duty": office.lead_duty, "deadline": TODAY - timedelta(days=1)}),
        ("deadline", {"lead_post": lead, "duty": office.lead_duty, "deadline": None}),
        ("duty", {"lead_post": lead, "duty": office.safety_duty, "deadline": DEADLINE}),
    ]
    for field, given in wrong:
        with pytest.raises(Refused) as refused, writing():
            lifecycle.assign(task, by=by, **given)  # type: ignore[arg-type] # each case gives other arguments
        assert refused.value.field == field
        assert task.state == TaskState.REGISTERED


@pytest.mark.database
def test_nobody_endorses_or_accepts_own_work(office: Office) -> None:
    """The deputy in charge also holds the keeper's post: the next link of the chain has to verify."""
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.keeper.post.id)).one()
        release(holding, last_day=TODAY - timedelta(days=1))
        appoint(office.deputy.person, office.keeper.post, from_day=TODAY)
    task = task_in(TaskState.ENDORSED, office)
    own = open_actions(task, office.deputy.actor)
    assert Action.RETURN_FOR_REWORK in own
    assert not {Action.ENDORSE, Action.ACCEPT} & set(own)
    assert Action.ACCEPT in open_actions(task, office.secretary.actor)


@pytest.mark.database
def test_a_vacant_post_is_acted_for_by_its_superior(office: Office) -> None:
    task = task_in(TaskState.ASSIGNED, office)
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.lead.post.id)).one()
        release(holding, last_day=TODAY - timedelta(days=1))
    assert find_task(task.id, office.deputy.actor) is task
    assert Action.ACKNOWLEDGE in open_actions(task, office.deputy.actor)
    assert open_actions(task, office.lead.actor) == []


@pytest.mark.database
@pytest.mark.parametrize(
    ("name", "state", "seen"),
    [
        ("clerk", TaskState.DRAFT, True),
        ("keeper", TaskState.DRAFT, True),
        ("secretary", TaskState.REGISTERED, True),
        ("lead", TaskState.ASSIGNED, True),
        ("deputy", TaskState.ASSIGNED, True),
        ("county_keeper", TaskState.ASSIGNED, True),
        ("county_keeper", TaskState.DRAFT, False),
        ("county_keeper", TaskState.REGISTERED, False),
        ("safety_lead", TaskState.ASSIGNED, False),
        ("village_lead", TaskState.CLOSED, False),
        ("other_clerk", TaskState.CLOSED, False),
    ],
)
def test_who_sees_what(office: Office, name: str, state: TaskState, seen: bool) -> None:
    task = task_in(state, office)
    assert (find_task(task.id, member(office, name).actor) is not None) is seen


def test_a_former_holder_keeps_what_they_acted_on(office: Office) -> None:
    acted_on, untouched = task_in(TaskState.IN_PROGRESS, office), task_in(TaskState.ASSIGNED, office)
    with writing():
        holding = db.session.scalars(select(Holding).where(Holding.post_id == office.lead.post.id)).one()
        release(holding, last_day=TODAY - timedelta(days=1))
    former = office.lead.actor
    assert find_task(acted_on.id, former) is acted_on
    assert find_task(untouched.id, former) is None
    assert open_actions(acted_on, former) == []


@pytest.mark.database
def test_a_second_assignment_takes_other_cooperating_posts(office: Office) -> None:
    """After a refusal the clerk assigns again: posts that stay, posts that go, posts that come."""
    task = task_in(TaskState.REGISTERED, office)
    for name in (("safety_lead", "village_lead"), ("safety_lead", "keeper"), ()):
        cooperating = [member(office, one).post for one in name]
        with writing():
            lifecycle.assign(
                task,
                by=office.clerk.actor,
                lead_post=office.lead.post,
                duty=office.lead_duty,
                deadline=DEADLINE,
                cooperating=cooperating,
            )
        db.session.refresh(task)
        assert {row.post_id for row in task.cooperations} == {post.id for post in cooperating}
        assert db.session.scalar(select(func.count(Cooperation.id))) == len(cooperating)
        with writing():
            lifecycle.decline(task, by=office.lead.actor, reason="不属本岗位职责")


@pytest.mark.database
def test_a_standard_is_no_longer_than_its_column(office: Office) -> None:
    longest = "标" * LONGEST_STANDARD
    with writing():
        task = draft(office)
    with pytest.raises(Refused, match="500") as refused, writing():
        lifecycle.register(task, by=office.clerk.actor, standard=longest + "准")
    assert refused.value.field == "standard"
    with writing():
        lifecycle.register(task, by=office.clerk.actor, standard=LATER_STANDARD)
        ACTS[Action.ASSIGN](task, office, office.clerk.actor)
    with pytest.raises(Refused, match="500"), writing():
        lifecycle.acknowledge(task, by=office.lead.actor, standard=longest + "准")
    with writing():
        lifecycle.acknowledge(task, by=office.lead.actor, standard=longest)
    assert task.standard == longest


def test_a_task_stays_in_its_domain_whatever_the_duty(office: Office) -> None:
    with writing():
        task = create(office.town, PERIOD, by=office.clerk.actor, title="办一期培训", domain=office.ideology)
        lifecycle.register(task, by=office.clerk.actor, standard="培训 1 期")
        lifecycle.assign(
            task,
            by=office.clerk.actor,
            lead_post=office.safety_lead.post,
            duty=office.safety_duty,
            deadline=DEADLINE,
        )
    assert (task.domain, task.duty) == (office.ideology, office.safety_duty)


@pytest.mark.parametrize(
    ("holder", "second", "state", "action", "post"),
    [
        ("clerk", "keeper", TaskState.REGISTERED, Action.ASSIGN, "clerk"),
        ("clerk", "lead", TaskState.REGISTERED, Action.ASSIGN, "clerk"),
        ("clerk", "lead", TaskState.ASSIGNED, Action.ACKNOWLEDGE, "lead"),
        ("deputy", "keeper", TaskState.CLOSURE_REQUESTED, Action.ENDORSE, "deputy"),
        ("clerk", "keeper", TaskState.ENDORSED, Action.ACCEPT, "keeper"),
    ],
)
def test_an_act_is_recorded_with_the_post_that_allows_it(
    office: Office, holder: str, second: str, state: TaskState, action: Action, post: str
) -> None:
    """Who holds two posts acts in the one whose part the table asks for."""
    task = task_in(state, office)
    person = member(office, holder)
    with writing():
        held = member(office, second).post
        holding = db.session.scalars(select(Holding).where(Holding.post_id == held.id)).one()
        release(holding, last_day=TODAY - timedelta(days=1))
        appoint(person.person, held, from_day=TODAY)
        task.verifier_post = office.keeper.post
        event = ACTS[action](task, office, person.actor)
    assert isinstance(event, TaskEvent)
    assert event.post is member(office, post).post


def test_a_loop_of_superiors_does_not_hang_a_decision(office: Office) -> None:
    task = task_in(TaskState.CLOSURE_REQUESTED, office)
    with writing():
        office.secretary.post.superior = office.deputy.post
        for name in ("deputy", "secretary"):
            post = member(office, name).post
            holding = db.session.scalars(select(Holding).where(Holding.post_id == post.id)).one()
            release(holding, last_day=TODAY - timedelta(days=1))
    assert endorser(task, office.clerk.actor.day) is None


def test_a_cancelled_task_passed_no_step_it_did_not_take(office: Office) -> None:
    task = task_in(TaskState.REGISTERED, office)
    with writing():
        task.state = TaskState.CANCELLED
    assert [step.state for step in steps(task)] == ["past", "", "", "", "", "", ""]
