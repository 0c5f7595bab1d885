"""What the papers of a task say, gathered on the day one is made; `paper_wording` makes sentences of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.documents.paper import day_text
from tracker.documents.words import SECRECY_WORDS
from tracker.organization.acting import Actor
from tracker.organization.models import Person, Post
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import OFFICES, answering, ledger_post
from tracker.problems.models import ProblemSource
from tracker.problems.words import LATER_STANDARD, SOURCE_WORDS
from tracker.tasks.lights import days_late
from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.paper_kinds import closure_request, extension_request
from tracker.tasks.requests import waiting
from tracker.tasks.roles import last_event, standing_endorsement, standing_publicity
from tracker.tasks.sources import documents_of, with_document
from tracker.tasks.states import Action, Remedy, RequestKind, TaskState
from tracker.tasks.words import REMEDY_WORDS
from tracker.workdays import shipped


@dataclass(frozen=True)
class Asked:
    """What whoever makes a paper adds: why it is urged (催办事由), what is required, when to answer."""

    reason: str = ""
    demand: str = ""
    reply_by: date | None = None


@dataclass(frozen=True)
class Contact:
    """Whom to ask."""

    name: str
    phone: str


@dataclass(frozen=True)
class Said:
    """Words of an act, with who said them and when."""

    text: str
    who: str
    day: date
    percent: int | None = None


@dataclass(frozen=True)
class Matter:
    """A task as its papers tell of it. Days are those of the office; '' is what nobody wrote."""

    office: str
    mark: str
    number: str
    source: str
    title: str
    problem: str
    measure: str
    standard: str
    remedy: str
    is_long_term: bool
    deadline: date | None
    first_deadline: date | None
    review_on: date | None
    unit: str
    post: str
    holder: str
    deputy: str
    verifier: str
    cooperating: Sequence[str]
    given_on: date | None
    signed: Said | None
    late: int  # working days over the deadline
    idle: int  # working days since the last progress, 0 without any
    progress: Said | None
    instructions: Sequence[Said]
    closure: "Closure | None"
    extension: "Extension | None"


@dataclass(frozen=True)
class Closure:
    """A closure as it was asked for, and how far the decision is."""

    asked: Said
    evidence: Sequence[str]
    marked_files: int
    endorsed: Said | None
    accepted: Said | None
    verdict: str
    publicity: str


@dataclass(frozen=True)
class Extension:
    """More time as it was asked for, and what was decided."""

    asked: Said
    progress: str
    old: date | None
    wanted: date | None
    decided: Said | None
    granted: date | None


def matter_of(task: Task, day: date) -> Matter:
    """Return what the papers of a task say on a day."""
    lead, problem = task.lead_post, task.problem
    progress = _said(last_event(task, Action.REPORT_PROGRESS))
    of_lead = None if lead is None else deputy_in_charge(lead, task.domain, day).post
    return Matter(
        office=task.unit.name_on(day),
        mark="" if task.secrecy == Secrecy.OPEN else SECRECY_WORDS[task.secrecy],
        number=task.short_no,
        source=source_of(task),
        title=task.title,
        problem="" if problem is None or _says_the_same(problem.text, task.title) else problem.text,
        measure="" if _says_the_same(task.measure, task.title) else task.measure,
        standard="" if task.standard == LATER_STANDARD else task.standard,
        remedy=REMEDY_WORDS[task.remedy],
        is_long_term=task.remedy == Remedy.LONG_TERM,
        deadline=task.deadline,
        first_deadline=task.first_deadline,
        review_on=task.review_on,
        unit="" if lead is None or lead.unit.kind in OFFICES else lead.unit.name_on(day),
        post="" if lead is None else lead.title_on(day),
        holder=_holder(lead, day),
        deputy=_named(of_lead, day),
        verifier=_named(task.verifier_post, day),
        cooperating=[_cooperating(row.post, row.part, day) for row in task.cooperations],
        given_on=_given_on(task),
        signed=_said(last_event(task, Action.ACKNOWLEDGE)),
        late=days_late(task, day),
        idle=0 if progress is None else shipped().workdays_between(progress.day, day),
        progress=progress,
        instructions=[_said_of(one.asked) for one in waiting(task, RequestKind.INSTRUCTION)],
        closure=_closure(task),
        extension=_extension(extension_request(task)),
    )


def source_of(task: Task) -> str:
    """Return where a task came from, as an office writes it: 2025年第三季度工作报告, or 自查发现."""
    origin = None if task.problem is None else task.problem.origin or task.problem
    if origin is None:
        return f"{task.period.label}工作任务"
    if origin.source == ProblemSource.REPORT:
        return f"{origin.period.label}工作报告"
    kind = f"{SOURCE_WORDS[origin.source]}（{origin.period.label}）"
    return with_document(kind, task, documents_of([task]))


def contact_for(task: Task, by: Actor) -> Contact:
    """Return whom a paper names to ask: who makes it in the office, else whoever keeps its ledger."""
    own = any(office.id == task.unit_id for office in (*by.clerk_of, *by.keeper_of))
    keeper = None if own else ledger_post(task.unit)
    person: Person | None = None if keeper is None else answering(keeper, by.day).person
    asked = person or by.person
    return Contact(asked.name, asked.phone or "")


def _says_the_same(text: str, other: str) -> bool:
    """Whether two texts differ in signs alone: a title is often the problem, with other commas."""
    return re.sub(r"\W", "", text) == re.sub(r"\W", "", other)


def _holder(post: Post | None, day: date) -> str:
    found = None if post is None else answering(post, day).person
    return "" if found is None else found.name


def _named(post: Post | None, day: date) -> str:
    return "" if post is None else f"{post.title_on(day)} {_holder(post, day)}".rstrip()


def _cooperating(post: Post, part: str, day: date) -> str:
    unit = "" if post.unit.kind in OFFICES else post.unit.name_on(day)
    name = unit or post.title_on(day)
    return f"{name}：{part}" if part else name


def _said_of(event: TaskEvent) -> Said:
    return Said(event.text, event.who, clock.day_of(event.at), event.facts.get("percent"))


def _said(event: TaskEvent | None) -> Said | None:
    return None if event is None else _said_of(event)


def _given_on(task: Task) -> date | None:
    given = [event for event in task.events if event.action in (Action.ASSIGN, Action.TRANSFER)]
    return clock.day_of(given[-1].at) if given else None


def _closure(task: Task) -> Closure | None:
    asked = closure_request(task)
    if asked is None:
        return None
    of_round = [event for event in task.events if event.round_no == task.round_no]
    files = [file for event in of_round for file in event.evidence if file.removed_at is None]
    closed = task.state == TaskState.CLOSED
    accepted = _said(last_event(task, Action.ACCEPT)) if closed else None
    return Closure(
        asked=_said_of(asked),
        evidence=[file.name for file in files if file.secrecy == Secrecy.OPEN],
        marked_files=sum(file.secrecy != Secrecy.OPEN for file in files),
        endorsed=_said(standing_endorsement(task)),
        accepted=accepted,
        verdict=task.verdict or "",
        publicity=_publicity(standing_publicity(task)),
    )


def _publicity(event: TaskEvent | None) -> str:
    if event is None:
        return ""
    first, last = (date.fromisoformat(event.facts[name]) for name in ("from_day", "to_day"))
    return f"{day_text(first)}至{day_text(last)}公示。{event.text}"


def _extension(request: TaskRequest | None) -> Extension | None:
    if request is None:
        return None
    decided = (
        request.answered if request.answered and request.answered.action == Action.DECIDE_EXTENSION else None
    )
    return Extension(
        asked=_said_of(request.asked),
        progress=str(request.asked.facts.get("progress", "")),
        old=request.old_deadline,
        wanted=request.wanted,
        decided=_said(decided),
        granted=request.deadline,
    )
