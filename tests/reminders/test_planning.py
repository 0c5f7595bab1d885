"""Who is told what on which day: at once of events, by the ladder of deadlines, once each."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests import ledger
from tests.office import Office
from tests.reminders.steps import assigned, closure_requested, in_progress, notices, tick_now, told
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.models import Holding
from tracker.organization.setup import add_person, appoint, release
from tracker.reminders.models import Clock
from tracker.settings.choices import choose
from tracker.settings.keys import LADDER
from tracker.tasks import lifecycle
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState, Verdict
from tracker.workdays import shipped

pytestmark = pytest.mark.database

Move = Callable[..., None]
FIRST_DAY = date(2025, 10, 9)
DEADLINE = date(2025, 11, 18)  # a Tuesday


def every_day(move: Move, start: date, end: date) -> list[date]:
    """Tick twice on each day of a stretch, as a worker would."""
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    for day in days:
        move(day, 9)
        tick_now()
        move(day, 15)
        tick_now()
    return days


def test_over_a_quarter_each_rung_reaches_the_right_person_once(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    every_day(moved_clock, FIRST_DAY, date(2025, 12, 31))
    holder, deputy, first = office.lead.person.id, office.deputy.person.id, office.secretary.person.id
    found: dict[tuple[str, date, int, str], list[int]] = {}
    for notice in notices(of=Clock.DEADLINE):
        found.setdefault((notice.rung, notice.due_on, notice.level, notice.paper), []).append(
            notice.person_id
        )
    assert found == {
        ("-7w", date(2025, 11, 7), 1, "提示"): [holder],
        ("-3w", date(2025, 11, 13), 2, "催办提示"): [holder],
        ("-1w", date(2025, 11, 17), 2, "催办单"): [holder, deputy],
        ("0w", date(2025, 11, 18), 2, "催办单"): [holder, deputy],
        ("+1w", date(2025, 11, 19), 3, "督查催办通知"): [holder, deputy],
        ("+3w", date(2025, 11, 21), 4, "督办函"): [holder, deputy, first],
        ("+7w", date(2025, 11, 27), 4, "通报"): [holder, deputy, first],
        ("+12w", date(2025, 12, 4), 4, "督查催办通知"): [holder, deputy],
        ("+17w", date(2025, 12, 11), 4, "督查催办通知"): [holder, deputy],
        ("+22w", date(2025, 12, 18), 4, "督查催办通知"): [holder, deputy],
        ("+27w", date(2025, 12, 25), 4, "督查催办通知"): [holder, deputy],
    }
    assert not any(notice.collapsed for notice in notices())


def test_what_the_notices_say(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = in_progress(office, DEADLINE, title="基层宣传力量薄弱，\n缺乏<b>专业</b>人才")
    for day in (date(2025, 11, 13), DEADLINE, date(2025, 11, 21)):
        moved_clock(day)
        tick_now()
    about = f"：基层宣传力量薄弱， 缺乏<b>专业</b>人才（{task.short_no}）"
    assert [n.text for n in told(office.lead, of=Clock.DEADLINE) if n.rung in ("-3w", "0w", "+3w")] == [
        f"还有 3 个工作日（时限11月18日）{about}",
        f"今天到期（时限11月18日）{about}",
        f"逾期 3 个工作日（时限11月18日）{about}",
    ]


def test_ticking_twice_in_a_day_tells_once(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    moved_clock(date(2025, 11, 18))
    assert tick_now().notices == 2
    before = len(notices())
    again = tick_now()
    assert (again.events, again.notices, len(notices())) == (0, 0, before)


def test_a_friday_evening_task_does_not_burn_its_ladder_over_the_weekend(
    office: Office, moved_clock: Move
) -> None:
    friday = date(2025, 11, 14)
    moved_clock(friday, 18)
    in_progress(office, date(2025, 11, 17))
    told_on = {}
    for number in range(4):
        moved_clock(friday + timedelta(days=number))
        tick_now()
        told_on[friday + timedelta(days=number)] = len(told(office.lead, of=Clock.DEADLINE))
    assert list(told_on.values()) == [1, 1, 1, 2]  # a working day before it, and on the day itself


def test_a_deadline_on_a_rest_day_counts_as_the_working_day_before(office: Office, moved_clock: Move) -> None:
    saturday, friday = date(2025, 11, 22), date(2025, 11, 21)
    moved_clock(FIRST_DAY)
    in_progress(office, saturday)
    moved_clock(friday)
    tick_now()
    notice = told(office.lead, of=Clock.DEADLINE)[-1]
    assert notice.rung == "0w"
    assert notice.text.startswith("今天是期限前最后一个工作日（时限11月22日）")
    for day in (saturday, date(2025, 11, 23)):
        moved_clock(day)
        tick_now()
    assert told(office.lead, of=Clock.DEADLINE)[-1].id == notice.id
    moved_clock(date(2025, 11, 24))
    tick_now()
    assert told(office.lead, of=Clock.DEADLINE)[-1].rung == "+1w"


def test_a_make_up_day_is_a_working_day(office: Office, moved_clock: Move) -> None:
    saturday = date(2025, 10, 11)
    assert shipped().is_workday(saturday), "补班 after the October holidays of 2025"
    moved_clock(FIRST_DAY)
    in_progress(office, date(2025, 10, 15))
    moved_clock(date(2025, 10, 10))
    tick_now()
    assert told(office.lead, of=Clock.DEADLINE) == []
    moved_clock(saturday)
    tick_now()
    assert [notice.rung for notice in told(office.lead, of=Clock.DEADLINE)] == ["-3w"]


def test_missed_days_are_caught_up_and_only_the_latest_is_shown(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    tick_now()
    moved_clock(date(2025, 11, 24))  # the worker was down from -7 to +4
    tick_now()
    for member, latest in ((office.lead, "+3w"), (office.deputy, "+3w"), (office.secretary, "+3w")):
        assert [notice.rung for notice in told(member, of=Clock.DEADLINE)] == [latest]
    assert told(office.lead, of=Clock.DEADLINE)[0].text.startswith("逾期 4 个工作日")
    collapsed = [notice.rung for notice in notices(of=Clock.DEADLINE, collapsed=True)]
    assert collapsed == ["-7w", "-3w", "-1w", "-1w", "0w", "0w", "+1w", "+1w"]
    assert tick_now().notices == 0


def test_a_moved_deadline_is_reminded_of_by_its_new_date(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = in_progress(office, DEADLINE)
    moved_clock(date(2025, 11, 17))
    tick_now()
    with writing():
        db.session.get_one(Task, task.id).deadline = date(2025, 11, 20)
    tick_now()
    assert [notice.rung for notice in told(office.lead, of=Clock.DEADLINE)] == ["-1w", "-3w"]
    moved_clock(DEADLINE)
    tick_now()
    assert [notice.rung for notice in told(office.lead, of=Clock.DEADLINE)] == ["-1w", "-3w"]


def test_after_a_change_of_holder_only_the_new_one_is_reminded(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    moved_clock(date(2025, 11, 7))
    tick_now()
    with writing():
        holding = db.session.query(Holding).filter_by(post_id=office.lead.post.id).one()
        release(holding, last_day=date(2025, 11, 9))
        successor = add_person("尤例")
        appoint(successor, office.lead.post, from_day=date(2025, 11, 10))
    for day in (date(2025, 11, 10), date(2025, 11, 13)):
        moved_clock(day)
        tick_now()
    by_person = {(notice.rung, notice.person_id) for notice in notices(of=Clock.DEADLINE)}
    assert by_person == {("-7w", office.lead.person.id), ("-3w", successor.id)}


def test_a_vacant_post_is_reminded_through_its_superior(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    with writing():
        holding = db.session.query(Holding).filter_by(post_id=office.lead.post.id).one()
        release(holding, last_day=date(2025, 11, 1))
    moved_clock(date(2025, 11, 13))
    tick_now()
    assert [notice.person_id for notice in notices(of=Clock.DEADLINE)] == [office.deputy.person.id]


@pytest.mark.parametrize(
    "stopped", [TaskState.SUSPENDED, TaskState.CLOSED, TaskState.CANCELLED, TaskState.REGISTERED]
)
def test_a_task_that_does_not_run_reminds_nobody(
    office: Office, moved_clock: Move, stopped: TaskState
) -> None:
    moved_clock(FIRST_DAY)
    task = in_progress(office, DEADLINE)
    with writing():
        db.session.get_one(Task, task.id).state = stopped
    for day in (date(2025, 11, 13), DEADLINE, date(2025, 11, 21)):
        moved_clock(day)
        tick_now()
    assert notices(of=Clock.DEADLINE) == []


def test_while_closure_waits_whoever_decides_is_reminded(office: Office, moved_clock: Move) -> None:
    moved_clock(date(2025, 11, 12))
    task = closure_requested(office, DEADLINE)
    moved_clock(date(2025, 11, 13))
    tick_now()
    assert told(office.lead, of=Clock.DEADLINE) == []
    assert [notice.rung for notice in told(office.deputy, of=Clock.DEADLINE)] == ["-3w"]
    with writing():
        lifecycle.endorse(db.session.get_one(Task, task.id), by=office.deputy.actor)
    moved_clock(DEADLINE)
    tick_now()
    assert [notice.rung for notice in told(office.keeper, of=Clock.DEADLINE)] == ["0w"]
    assert told(office.lead, of=Clock.DEADLINE) == []


def test_a_decision_that_waits_too_long_goes_up(office: Office, moved_clock: Move) -> None:
    moved_clock(date(2025, 10, 10), 17)
    closure_requested(office, date(2025, 12, 31))
    every_day(moved_clock, date(2025, 10, 10), date(2025, 10, 31))
    assert [(n.rung, n.due_on) for n in told(office.deputy, of=Clock.ACCEPTANCE)] == [
        ("+3w", date(2025, 10, 14)),
        ("+5w", date(2025, 10, 16)),
        ("+6w", date(2025, 10, 17)),
        ("+11w", date(2025, 10, 24)),
        ("+16w", date(2025, 10, 31)),
    ]
    assert [n.rung for n in told(office.secretary, of=Clock.ACCEPTANCE)] == ["+6w", "+11w", "+16w"]
    assert told(office.lead, of=Clock.ACCEPTANCE) == []


def test_an_assignment_not_signed_for_is_reminded_of(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = assigned(office, date(2025, 12, 31))
    every_day(moved_clock, FIRST_DAY, date(2025, 10, 17))
    assert [n.rung for n in told(office.lead, of=Clock.ACKNOWLEDGEMENT)] == ["+3w", "+5w"]
    assert [n.rung for n in told(office.deputy, of=Clock.ACKNOWLEDGEMENT)] == ["+5w"]
    with writing():
        lifecycle.acknowledge(db.session.get_one(Task, task.id), by=office.lead.actor)
    every_day(moved_clock, date(2025, 10, 18), date(2025, 10, 31))
    assert len(notices(of=Clock.ACKNOWLEDGEMENT)) == 3


def test_a_task_without_progress_is_reminded_of(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = in_progress(office, date(2025, 12, 31))
    moved_clock(date(2025, 10, 15))
    with writing():
        lifecycle.report_progress(db.session.get_one(Task, task.id), by=office.lead.actor, text="已摸底")
    every_day(moved_clock, date(2025, 11, 3), date(2025, 11, 13))
    found = [(n.rung, n.due_on, n.level, n.person_id) for n in notices(of=Clock.PROGRESS)]
    lead, deputy = office.lead.person.id, office.deputy.person.id
    assert found == [
        ("+15w", date(2025, 11, 5), 2, lead),
        ("+20w", date(2025, 11, 12), 2, lead),
        ("+20w", date(2025, 11, 12), 2, deputy),
    ]
    assert notices(of=Clock.PROGRESS)[0].text.startswith("已等待 15 个工作日，未反馈新进展")


def test_the_review_of_a_long_term_task_is_reminded_of(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    with writing():
        task = ledger.assigned(office, deadline=None, review_on=DEADLINE)
        lifecycle.acknowledge(task, by=office.lead.actor)
    every_day(moved_clock, date(2025, 11, 12), date(2025, 11, 21))
    lead, keeper = office.lead.person.id, office.keeper.person.id
    assert [(n.rung, n.due_on, n.person_id) for n in notices(of=Clock.REVIEW)] == [
        ("-3w", date(2025, 11, 13), lead),
        ("-3w", date(2025, 11, 13), keeper),
        ("0w", DEADLINE, lead),
        ("0w", DEADLINE, keeper),
    ]
    said = [notice.text.split("：")[0] for notice in told(office.keeper, of=Clock.REVIEW)]
    assert said == ["长期坚持任务11月18日评估", "长期坚持任务今天评估"]
    assert notices(of=Clock.PROGRESS) == notices(of=Clock.DEADLINE) == []


def test_an_office_may_choose_its_own_ladder(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    with writing():
        stored = [{"offset": -2, "level": 2, "to": ["first_responsible"], "paper": "提示"}]
        choose(LADDER, office.town, stored, valid_from=date(2025, 11, 1))
    in_progress(office, DEADLINE)
    every_day(moved_clock, date(2025, 11, 3), date(2025, 11, 28))
    found = [(n.rung, n.person_id) for n in notices(of=Clock.DEADLINE)]
    assert found == [("-2w", office.secretary.person.id)]


def test_events_tell_at_once_whom_they_concern(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task_id = closure_requested(office, DEADLINE).id
    tick_now()

    def act(verb: Callable[..., object], member: str, **named: object) -> None:
        with writing():
            verb(db.session.get_one(Task, task_id), by=getattr(office, member).actor, **named)
        tick_now()

    act(lifecycle.endorse, "deputy")
    act(lifecycle.return_for_rework, "keeper", reason="缺签到表")
    act(lifecycle.request_closure, "lead", result="已补签到表")
    act(lifecycle.endorse, "deputy")
    act(lifecycle.accept, "keeper", verdict=Verdict.GOOD)
    found = [(n.paper, n.person_id, n.text.split("：")[0]) for n in notices(of=Clock.EVENT)]
    lead, deputy, keeper = office.lead.person.id, office.deputy.person.id, office.keeper.person.id
    assert found == [
        ("交办", lead, "交办，11月18日前办结"),
        ("申请销号", deputy, "褚例申请销号，等您审核"),
        ("初审同意", keeper, "初审同意，等您验收"),
        ("退回整改", lead, "退回整改"),
        ("申请销号", deputy, "褚例申请销号，等您审核"),
        ("初审同意", keeper, "初审同意，等您验收"),
        ("验收销号", lead, "验收通过，已销号"),
    ]
    assert told(office.lead, of=Clock.EVENT)[1].text.endswith("理由：缺签到表")


def test_a_declined_task_tells_the_clerk_who_assigned_it(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    task = assigned(office, DEADLINE)
    with writing():
        lifecycle.decline(task, by=office.lead.actor, reason="不属本岗位职责")
    tick_now()
    notice = told(office.clerk)[0]
    assert notice.text.startswith("褚例不予接收：基层宣传力量薄弱")
    assert notice.text.endswith("理由：不属本岗位职责")


def test_the_clock_set_back_tells_nothing_twice(office: Office, moved_clock: Move) -> None:
    moved_clock(FIRST_DAY)
    in_progress(office, DEADLINE)
    for day in (DEADLINE, date(2025, 11, 17), DEADLINE):
        moved_clock(day)
        tick_now()
    keys = [(n.subject_id, n.clock, n.anchor, n.rung, n.person_id) for n in notices()]
    assert len(keys) == len(set(keys))
    assert clock.today() == DEADLINE
