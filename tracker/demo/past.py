"""The demo's past: two reports, and what became of their problems, through the same verbs as real work.

The clock is moved while the past is made, since every verb writes the day on which it was used.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker import clock
from tracker.database import writing
from tracker.demo.county import County
from tracker.demo.standing import ask_of_posts, enter_opening_figures
from tracker.duties.kinds import ensure_kinds
from tracker.duties.models import ActKind
from tracker.duties.recording import record_act
from tracker.extensions import db
from tracker.organization.acting import Actor, actor
from tracker.organization.queries import answering
from tracker.periods import Period
from tracker.places import samples_dir
from tracker.problems.lineage import carry_over
from tracker.problems.words import GAP, LATER_STANDARD, is_open
from tracker.reminders.ticking import plan
from tracker.reports.intake import read_taken_in, take_in
from tracker.reports.models import Report
from tracker.tasks import lifecycle, roles
from tracker.tasks.from_report import create_from_report
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Task
from tracker.tasks.states import TaskState, Verdict
from tracker.workdays import shipped

SAFETY, IDEOLOGY = "safety-quarter.txt", "township-q3.txt"
WRITTEN_FOR = Period.parse("2025Q3")  # the quarter of which the samples speak
ROOM_AFTER_QUARTER = timedelta(days=20)  # so much of a quarter must be over for its story to have happened
RECORD = Upload("整改记录.txt", "text/plain", "整改记录（演示）：检查表、照片目录、签到名单。\n".encode())

ACTS = (  # days after the quarter began, post, kind of act, domain, how often, participants, note
    (5, "secretary", "analysis", "ideology", 1, 12, "意识形态工作分析研判会（演示）"),
    (6, "party_office", "study", "ideology", 2, 46, "党委理论学习中心组学习（演示）"),
    (8, "head", "inspection", "safety", 2, 8, "节后带队安全检查（演示）"),
    (9, "publicity", "discussion", "ideology", 1, 24, "意识形态工作研讨（演示）"),
    (11, "discipline", "meeting", "conduct", 1, 30, "党风廉政建设例会（演示）"),
    (12, "safety_office", "inspection", "safety", 3, 9, "重点场所安全检查（演示）"),
    (13, "deputy", "study", "ideology", 1, 46, "领学研讨（演示）"),
    (15, "publicity_office", "culture", "ideology", 2, 210, "文化广场群众演出（演示）"),
    (16, "safety_head", "inspection", "safety", 2, 7, "沿街商铺消防检查（演示）"),
    (17, "safety_office", "drill", "safety", 1, 60, "消防疏散演练（演示）"),
)


@dataclass(frozen=True)
class Step:
    """So many days after its report a task is taken on by one more act."""

    days: int
    task: int  # place in the report, from 0
    act: str
    words: str = ""
    percent: int | None = None


SAFETY_STEPS = (
    Step(1, 0, "acknowledge"),
    Step(1, 1, "acknowledge"),
    Step(2, 2, "acknowledge"),
    Step(2, 3, "acknowledge"),
    Step(9, 0, "report", "已划线立牌，物流园签订承诺书；夜间仍有堆放", 50),
    Step(15, 1, "report", "照明已更换6处，灭火器已更换，等待检测", 80),
    Step(20, 3, "report", "已举办培训班1期，22名安全员参加，统一了检查表", 100),
    Step(21, 3, "close", "培训班1期已办，测试全部合格，检查表已统一启用"),
    Step(23, 3, "endorse", "同意报验"),
    Step(24, 3, "accept", "现场抽查3个村，记录规范"),
    Step(30, 1, "close", "照明、灭火器更换完毕，检测合格"),
    Step(32, 1, "endorse", "同意"),
    Step(34, 1, "accept", "核对检测报告，情况属实"),
    Step(40, 2, "report", "已登记餐饮店38户，更换软管21户", 55),
)
IDEOLOGY_STEPS = (
    Step(1, 0, "acknowledge"),
    Step(1, 2, "acknowledge"),
    Step(5, 2, "report", "留言登记表已建，安排专人每个工作日查看", 60),
    Step(8, 0, "report", "已确定四季度学习议题清单，两个支部先行试用", 30),
    Step(9, 2, "close", "登记和转办制度已印发，三周来留言均在两个工作日内答复"),
)


def make_past(county: County, today: date) -> None:
    """Make the demo's past up to today."""
    period = _told_quarter(today)
    reported, before = period.previous(), period.previous().previous()
    with clock.moved_to(period.first_day), writing():
        ensure_kinds()
        ask_of_posts(county, period.first_day)
        enter_opening_figures(county, period.first_day)
    safety_day, ideology_day = _report_day(reported), _report_day(period)
    safety = _report(county, SAFETY, safety_day, before)
    _live(safety, SAFETY_STEPS, safety_day, today)
    with clock.moved_to(ideology_day), writing():
        carry_over(county.units["QS"], before, by=county.actor("clerk"))
    ideology = _report(county, IDEOLOGY, ideology_day, reported)
    _live(ideology, IDEOLOGY_STEPS, ideology_day, today)
    _record_acts(county, period.first_day, today)


def _told_quarter(today: date) -> Period:
    """Return the quarter in which the story ends: the present one, once enough of it is over."""
    present = Period.of(today)
    return present if today - present.first_day > ROOM_AFTER_QUARTER else present.previous()


def _report_day(period: Period) -> date:
    """Return the working day on which the report on the quarter before was handed in."""
    return shipped().on_or_after(period.first_day + timedelta(days=8))


def _report(county: County, sample: str, day: date, period: Period) -> list[int]:
    """Take a report in, confirm what was read, and return the ids of its tasks."""
    with clock.moved_to(day):
        with writing():
            report = take_in(
                county.units["QS"],
                by=county.actor("clerk"),
                file_name=sample,
                content=_text_for(sample, period).encode(),
                period=period,
                report_day=day,
            )
            report_id = report.id
        read_taken_in(report_id)
        with writing():
            read = db.session.get_one(Report, report_id)
            for proposal in read.proposals:
                proposal.standard = proposal.standard or LATER_STANDARD
            tasks = create_from_report(read, by=county.actor("clerk"), assign_at_once=True)
            ids = [task.id for task in tasks]
        plan(clock.now())
    return ids


def _text_for(sample: str, period: Period) -> str:
    """Return a sample as if it had been written for another quarter."""
    text = (samples_dir() / sample).read_text(encoding="utf-8")
    words = {
        WRITTEN_FOR.label: period.label,
        "第三季度": period.label[5:],
        "三季度": period.label[6:],
        "四季度": period.next().label[6:],
        "7月": f"{period.first_day.month}月",
    }
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _live(task_ids: list[int], steps: tuple[Step, ...], start: date, today: date) -> None:
    for step in steps:
        day = shipped().on_or_after(start + timedelta(days=step.days))
        if day > today:
            return
        with clock.moved_to(day):
            with writing():
                _take(db.session.get_one(Task, task_ids[step.task]), step)
            plan(clock.now())


def _take(task: Task, step: Step) -> None:
    """Do one step as whoever has to do it that day."""
    if task.state == TaskState.REGISTERED:
        return
    assert task.lead_post is not None
    holder = answering(task.lead_post, clock.today()).person
    assert holder is not None
    lead = actor(holder, clock.today())
    match step.act:
        case "acknowledge":
            agreed = task.standard.replace(GAP, "2") if GAP in task.standard else "按措施逐项完成，记录可查"
            lifecycle.acknowledge(task, by=lead, standard=agreed if is_open(task.standard) else "")
        case "report":
            lifecycle.report_progress(task, by=lead, text=step.words, percent=step.percent)
        case "close":
            lifecycle.request_closure(task, by=lead, result=step.words, evidence=[RECORD])
        case "endorse":
            lifecycle.endorse(task, by=_decider(roles.endorser(task, lead.day)), opinion=step.words)
        case "accept":
            by = _decider(roles.verifier(task, lead.day))
            lifecycle.accept(task, by=by, verdict=Verdict.GOOD, opinion=step.words)


def _decider(found: roles.Decider | None) -> Actor:
    assert found is not None
    return actor(found.person, clock.today())


def _record_acts(county: County, first: date, today: date) -> None:
    kinds = {kind.code: kind for kind in db.session.query(ActKind)}
    for days, key, kind, domain, count, participants, note in ACTS:
        day = shipped().on_or_after(first + timedelta(days=days))
        if day > today:
            continue
        with clock.moved_to(day), writing():
            record_act(
                kinds[kind],
                county.posts[key],
                by=county.actor(key),
                day=day,
                count=count,
                participants=participants,
                domain=county.domains[domain],
                note=note,
            )
