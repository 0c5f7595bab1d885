"""The facts of a summary, gathered from problems, tasks, their events and the acts of standing duties.

The cohort is the problems registered for the last period, those carried over into it included; each
counts once, by the state of its origin's task on the day (domain rule 3.8).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.duties.models import OpeningFigure
from tracker.extensions import db
from tracker.figures import acts
from tracker.organization.known import Known
from tracker.organization.models import DutyDomain, Unit, UnitKind
from tracker.periods import Period
from tracker.problems.lineage import (
    closed_uncarried,
    found_in,
    left_behind,
    origin_of,
    outcome_of,
    problems_of,
)
from tracker.problems.models import Problem, ProblemOutcome
from tracker.settings.choices import chosen
from tracker.settings.keys import LONG_TERM_IN_BASE
from tracker.summaries.facts import (
    CohortFacts,
    DoneItem,
    NextStep,
    OpenProblem,
    StandingFact,
    SummaryFacts,
    without_words,
)
from tracker.summaries.phrases import own_and_linked
from tracker.tasks.again import again_in_papers
from tracker.tasks.lights import Lights
from tracker.tasks.marking import strictest
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.outcomes import answering, outcome_by
from tracker.tasks.states import Action, Remedy, TaskState
from tracker.web.paging import NO_DEADLINE

GOING_ON = {
    TaskState.DRAFT: "尚未交办",
    TaskState.REGISTERED: "尚未交办",
    TaskState.ASSIGNED: "已交办，待签收",
    TaskState.IN_PROGRESS: "正在推进",
    TaskState.CLOSURE_REQUESTED: "已申请销号，待初审",
    TaskState.ENDORSED: "已通过初审，待验收",
    TaskState.SUSPENDED: "已中止，待恢复",
}
"""How the summary says where an unfinished task stands."""


BEYOND_CARRIED = 3  # periods running: that what is carried over stood in two, the table itself says
TELLING = (Action.REPORT_PROGRESS, Action.REQUEST_CLOSURE, Action.CLOSE_AT_ONCE, Action.MAKE_STANDING)


@dataclass(frozen=True)
class Followed:
    """A problem with the tasks of its line: none yet, mostly one, several where one was split.

    A task that was merged into another (并案) is answered for by that one. `secrecy` is the strictest mark of
    all of them, those that were merged included: the words of a problem are the words of each.
    """

    problem: Problem
    tasks: tuple[Task, ...] = ()
    secrecy: Secrecy = Secrecy.OPEN

    @property
    def task(self) -> Task | None:
        """The one that tells how the problem stands: the next due of those going on, else the last ended."""
        going_on = [task for task in self.tasks if task.state in GOING_ON]
        if going_on:
            return min(going_on, key=lambda task: (task.deadline or NO_DEADLINE, task.id))
        return max(self.tasks, key=lambda task: (task.closed_on or date.min, -task.id), default=None)

    @property
    def outcome(self) -> ProblemOutcome:
        """What became of it: its tasks know, without any the problem."""
        return outcome_by(self.tasks) if self.tasks else outcome_of(self.problem)

    @property
    def unfinished(self) -> bool:
        """Whether it remains a problem."""
        return self.outcome in (ProblemOutcome.OPEN, ProblemOutcome.LONG_TERM)

    @property
    def number(self) -> str:
        """The case number, by which paragraphs keep their place over a new roll-up."""
        return self.tasks[0].short_no if self.tasks else f"WT-{origin_of(self.problem)}"

    @property
    def shared(self) -> str:
        """Of a problem whose task was split: how many it became, and how many of them are done."""
        counted = [task for task in self.tasks if task.state != TaskState.CANCELLED]
        if len(counted) < 2:
            return ""
        done = sum(task.state == TaskState.CLOSED for task in counted)
        return f"拆分为{len(counted)}件，已完成{done}件"


def gather(unit: Unit, period: Period, *, domain: DutyDomain | None = None, day: date) -> SummaryFacts:
    """Return all that the summary of a period says: tasks as they stand now, overdue as of the day.

    The day is the one the summary prints (截至), today for every caller that keeps the facts. Who answers
    is looked up for the last day of the period, or for the day where that comes first.
    """
    lights = Lights.on(day)
    cohort = follow(problems_of(unit, period.previous(), domain))
    earlier = {origin_of(followed.problem) for followed in cohort}
    present = [p for p in problems_of(unit, period, domain) if origin_of(p) not in earlier]
    found = follow(p for p in present if found_in(p) == period)
    directly = [p for p in present if found_in(p) != period]  # carried over past the last period
    older = follow(sorted([*left_behind(unit, period, domain), *directly], key=lambda p: (found_in(p), p.id)))
    closed = follow(closed_uncarried(unit, period, domain))
    others = _plain_tasks(unit, period, domain)
    followed = [*cohort, *older, *found, *closed]
    told = _Telling(unit, period, lights, [*(task for f in followed for task in f.tasks), *others])
    return SummaryFacts(
        unit=unit.name_on(told.known.day),
        period=period,
        as_of=day,
        subject="" if domain is None else domain.name,
        cohort=count_cohort(cohort, lights),
        standing=_standing(unit, period, domain, day),
        open=[
            *(told.open(f) for f in cohort if f.unfinished),
            *(
                told.open(f, carried_over=False, older=found_in(f.problem).label)
                for f in older
                if f.unfinished
            ),
            *(told.open(f, carried_over=False) for f in found if f.unfinished),
        ],
        done=told.ended(cohort, ProblemOutcome.CLOSED),
        withdrawn=told.ended(cohort, ProblemOutcome.WITHDRAWN),
        finished=[
            told.done(task.title, task)
            for task in _each_once([*(task for f in [*older, *found, *closed] for task in f.tasks), *others])
            if task.closed_on is not None and period.contains(task.closed_on)
        ],
        next_steps=[told.step(task) for task in others if task.state in GOING_ON],
        long_term_in_base=chosen(LONG_TERM_IN_BASE, unit, day),
    )


def follow(problems: Iterable[Problem]) -> list[Followed]:
    """Put each problem beside the tasks of its line."""
    rows = list(problems)
    tasks = db.session.scalars(
        select(Task)
        .where(Task.problem_id.in_([origin_of(problem) for problem in rows]))
        .options(
            joinedload(Task.lead_post),
            joinedload(Task.domain),
            joinedload(Task.merged_into),
            joinedload(Task.problem),
        )
        .order_by(Task.id)
    )
    by_origin: dict[int, dict[int, Task]] = {}
    marks: dict[int, list[Secrecy]] = {}
    for task in tasks:
        answers, line = answering(task), task.problem_id or 0
        by_origin.setdefault(line, {})[answers.id] = answers
        marks.setdefault(line, []).extend((task.secrecy, answers.secrecy))
    lines = ((problem, origin_of(problem)) for problem in rows)
    return [
        Followed(problem, tuple(by_origin.get(line, {}).values()), strictest(marks.get(line, ())))
        for problem, line in lines
    ]


def count_cohort(cohort: Sequence[Followed], lights: Lights) -> CohortFacts:
    """Count a cohort by state: N = done + running + long-term + withdrawn; overdue is part of running."""
    outcomes = [followed.outcome for followed in cohort]
    return CohortFacts(
        total=len(cohort),
        done=outcomes.count(ProblemOutcome.CLOSED),
        running=outcomes.count(ProblemOutcome.OPEN),
        long_term=outcomes.count(ProblemOutcome.LONG_TERM),
        withdrawn=outcomes.count(ProblemOutcome.WITHDRAWN),
        overdue=sum(f.task is not None and lights.is_overdue(f.task) for f in cohort),
        immediate_done=sum(
            f.outcome == ProblemOutcome.CLOSED and f.task is not None and f.task.remedy == Remedy.IMMEDIATE
            for f in cohort
        ),
    )


def _standing(unit: Unit, period: Period, domain: DutyDomain | None, day: date) -> list[StandingFact]:
    return [
        StandingFact(
            kind_label=row.kind.name,
            count=row.in_period,
            unit=row.kind.counted_in,
            domain="" if row.domain is None else row.domain.name,
            year_count=row.in_year,
            opening=_opening(row.opening),
            kind_code=row.kind.code,
            domain_code="" if row.domain is None else row.domain.code,
        )
        for row in acts.count(unit, period, on=day, domain=domain)
    ]


def _opening(figure: OpeningFigure | None) -> str:
    if figure is None:
        return ""
    until = f"{figure.until_day.month}月{figure.until_day.day}日"
    return f"{figure.count}{figure.kind.counted_in}，计到{until}，来源：{figure.source}"


def _plain_tasks(unit: Unit, period: Period, domain: DutyDomain | None) -> Sequence[Task]:
    """Return the work items that answer no problem: those going on, and those closed in the period."""
    told = or_(Task.state.in_(GOING_ON), Task.closed_on.between(period.first_day, period.last_day))
    query = (
        select(Task)
        .where(Task.unit_id == unit.id, Task.problem_id.is_(None), told)
        .options(joinedload(Task.lead_post), joinedload(Task.domain), joinedload(Task.problem))
        .order_by(Task.id)
    )
    if domain is not None:
        query = query.where(Task.domain_id == domain.id)
    return db.session.scalars(query).all()


class _Telling:
    """What is said of single tasks: who answers, how far they are, what came of them."""

    def __init__(self, unit: Unit, period: Period, lights: Lights, tasks: Sequence[Task]) -> None:
        self.period, self.lights = period, lights
        self.known = Known([unit], min(period.last_day, lights.day))
        self.events: dict[int, list[TaskEvent]] = {}
        for event in _telling_events(tasks):
            self.events.setdefault(event.task_id, []).append(event)

    def ended(self, cohort: Sequence[Followed], outcome: ProblemOutcome) -> list[DoneItem]:
        ended = [followed for followed in cohort if followed.outcome == outcome]
        return [self.done(followed.problem.text, followed.task, followed) for followed in ended]

    def open(self, followed: Followed, *, carried_over: bool = True, older: str = "") -> OpenProblem:
        problem, task = followed.problem, followed.task
        measure, plan = own_and_linked(problem.measure or (task.measure if task else ""))
        if task is None:
            return OpenProblem(
                number=followed.number,
                text=problem.text,
                measure=measure,
                plan=plan,
                state_word="尚未交办",
                carried_over=carried_over,
                older=older,
            )
        long_term = task.remedy == Remedy.LONG_TERM
        told = OpenProblem(
            number=followed.number,
            text=problem.text,
            measure=measure,
            plan=plan,
            leader=self._leader(task),
            unit=_responsible_unit(task, self.known.day),
            due=None if long_term else task.deadline,
            progress=self._progress(task, earlier=False),
            earlier_progress=self._progress(task, earlier=True),
            state_word=GOING_ON[task.state],
            note=_joined(self._note(task), followed.shared),
            long_term=long_term,
            overdue=self.lights.is_overdue(task),
            carried_over=carried_over,
            older=older,
            task_id=task.id,
        )
        return told if followed.secrecy == Secrecy.OPEN else without_words(told)

    def done(self, statement: str, task: Task | None, followed: Followed | None = None) -> DoneItem:
        if task is None:
            return DoneItem(statement, "")
        secrecy = followed.secrecy if followed else task.secrecy
        results = [self._result(one) for one in (followed.tasks if followed else (task,))]
        told = DoneItem(
            problem=statement,
            result=_joined(*results),
            closed_on=task.closed_on,
            number=task.short_no if followed is None else followed.number,
            measure=own_and_linked(task.measure)[0],
            leader=self._leader(task),
            unit=_responsible_unit(task, self.known.day),
            due=task.deadline,
            earlier_progress=self._progress(task, earlier=True),
            note=self._note(task),
            immediate=task.remedy == Remedy.IMMEDIATE,
            task_id=task.id,
        )
        return told if secrecy == Secrecy.OPEN else without_words(told)

    def step(self, task: Task) -> NextStep:
        told = NextStep(
            task.measure or task.title,
            due=task.deadline,
            post="" if task.lead_post is None else task.lead_post.title_on(self.known.day),
            id=task.short_no,
            task_id=task.id,
        )
        return told if task.secrecy == Secrecy.OPEN else without_words(told)

    def _leader(self, task: Task) -> str:
        """The deputy in charge as post and person (副镇长王范); a vacant post names who acts for it."""
        if task.lead_post is None:
            return ""
        post = self.known.deputy_in_charge(task.lead_post, task.domain, self.known.day).post
        if post is None:
            return ""
        acting = self.known.answering(post, self.known.day)
        title = post.title_on(self.known.day)
        if acting.person is None:
            return title
        name = acting.person.name
        if acting.for_vacant:
            return f"{title}（{name}代）"
        # 副镇长（安全、应急）stands in a sentence as 副镇长
        return re.sub(r"（[^（）]*）$", "", title) + name

    def _progress(self, task: Task, *, earlier: bool) -> str:
        """The last progress reported before the period, or since it began."""
        texts = [
            event.text
            for event in self.events.get(task.id, ())
            if event.action == Action.REPORT_PROGRESS
            and (clock.day_of(event.at) < self.period.first_day) == earlier
        ]
        return texts[-1] if texts else ""

    def _result(self, task: Task) -> str:
        """What the last closure request, or the closing on the spot, says was achieved."""
        texts = [
            event.text or "转为常态履责" if event.action == Action.MAKE_STANDING else event.text
            for event in self.events.get(task.id, ())
            if event.action != Action.REPORT_PROGRESS
        ]
        return texts[-1] if texts else ""

    def _note(self, task: Task) -> str:
        """What the table remarks: a rebound, an extension, and that it is overdue."""
        again = again_in_papers(task, least=BEYOND_CARRIED)
        remarks = [
            (task.round_no > 1, "反弹，重新整改"),
            (task.round_no == 1 and bool(again), again),
            (task.first_deadline is not None and task.first_deadline != task.deadline, "已延期"),
            (self.lights.is_overdue(task), "已逾期"),
        ]
        return "；".join(words for holds, words in remarks if holds)


def _telling_events(tasks: Sequence[Task]) -> Sequence[TaskEvent]:
    return db.session.scalars(
        select(TaskEvent)
        .where(
            TaskEvent.task_id.in_([task.id for task in tasks]),
            TaskEvent.action.in_(TELLING),
        )
        .order_by(TaskEvent.id)
    ).all()


def _each_once(tasks: Iterable[Task]) -> Iterable[Task]:
    return {task.id: task for task in tasks}.values()


def _joined(*remarks: str) -> str:
    return "；".join(remark.rstrip("。") for remark in dict.fromkeys(remarks) if remark)


def _responsible_unit(task: Task, day: date) -> str:
    """The unit of the lead post; a post of the office itself goes by its own title."""
    post = task.lead_post
    if post is None:
        return ""
    inside = post.unit.kind in (UnitKind.DEPARTMENT, UnitKind.VILLAGE)
    return post.unit.name_on(day) if inside else post.title_on(day)
