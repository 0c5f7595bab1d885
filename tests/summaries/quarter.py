"""A third quarter of the test office: the problems of the sample report as tasks, one of them closed."""

from dataclasses import dataclass
from datetime import date

from tests.office import Office
from tracker import clock
from tracker.database import writing
from tracker.periods import Period
from tracker.places import samples_dir
from tracker.problems.recording import record_problem
from tracker.reports.reading.contract import read_report
from tracker.tasks import lifecycle
from tracker.tasks.creation import create
from tracker.tasks.lifecycle import Upload
from tracker.tasks.models import Task
from tracker.tasks.states import Remedy, Verdict

Q3, Q4 = Period.parse("2025Q3"), Period.parse("2025Q4")
DEADLINE = date(2025, 12, 31)
PHOTO = Upload("照片.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"0" * 32)


@dataclass(frozen=True)
class Quarter:
    """The tasks of the three problems and of the measure that answers none."""

    closed: Task
    running: Task
    waiting: Task  # assigned, not signed for
    plain: Task


def add_task(
    office: Office,
    text: str,
    measure: str = "",
    *,
    period: Period = Q3,
    problem: bool = True,
    deadline: date = DEADLINE,
    remedy: Remedy = Remedy.TIME_LIMITED,
) -> Task:
    """Record a problem (or none), create its task and assign it to the lead of the office."""
    row = None
    if problem:
        row = record_problem(office.town, period, domain=office.ideology, text=text, measure=measure)
    clerk = office.clerk.actor
    task = create(
        office.town,
        period,
        by=clerk,
        title=text,
        domain=office.ideology,
        problem=row,
        measure=measure,
        remedy=remedy,
    )
    lifecycle.register(task, by=clerk, standard="台账在案")
    long_term = remedy == Remedy.LONG_TERM
    lifecycle.assign(
        task,
        by=clerk,
        lead_post=office.lead.post,
        duty=office.lead_duty,
        deadline=None if long_term else deadline,
        review_on=deadline if long_term else None,
    )
    return task


def close(task: Task, office: Office, result: str = "已办结，资料归档") -> None:
    """Bring an assigned task to its end."""
    lifecycle.acknowledge(task, by=office.lead.actor)
    lifecycle.request_closure(task, by=office.lead.actor, result=result, evidence=[PHOTO])
    lifecycle.endorse(task, by=office.deputy.actor)
    lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)


def build_quarter(office: Office) -> Quarter:
    """Take the sample report's problems in on 9 October; close the first in November."""
    sample = read_report("sample.txt", (samples_dir() / "township-q3.txt").read_bytes())
    with clock.moved_to(date(2025, 10, 9)), writing():
        tasks = [
            add_task(office, sample.words(found.span), sample.words(found.measure) if found.measure else "")
            for found in sample.problems
        ]
        plain = add_task(office, sample.words(sample.measures[3].span), problem=False)
    with clock.moved_to(date(2025, 11, 5)), writing():
        close(tasks[0], office, "六个村均按议题开展学习讨论，包村领导到场12人次。")
        lifecycle.acknowledge(tasks[1], by=office.lead.actor)
        lifecycle.report_progress(
            tasks[1], by=office.lead.actor, text="已确定4名专职宣传员,1人正在跟班学习", percent=60
        )
    closed, running, waiting = tasks
    return Quarter(closed, running, waiting, plain)
