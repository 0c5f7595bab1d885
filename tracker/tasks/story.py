"""What the page of one task tells: its steps, who answers, where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from tracker.documents.models import Secrecy
from tracker.duties.access import find_act
from tracker.duties.findings import act_behind
from tracker.duties.models import Act
from tracker.extensions import db
from tracker.organization import asked
from tracker.organization.acting import Actor
from tracker.organization.known import Organization
from tracker.organization.models import Post
from tracker.organization.portfolios import InCharge
from tracker.organization.queries import Answering
from tracker.periods import Period
from tracker.problems.models import Problem, ProblemPassage
from tracker.reports.access import find_report, tells_words_of
from tracker.reports.access import visible_to as opens
from tracker.reports.models import Report
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.roles import Decider, endorser, last_event, verifier
from tracker.tasks.states import Action, RequestKind, TaskState

MOST_AGAIN = 20  # further passages that a page shows
STEPS = (
    (_l("立项"), Action.REGISTER),
    (_l("交办"), Action.ASSIGN),
    (_l("签收"), Action.ACKNOWLEDGE),
    (_l("办理"), Action.REPORT_PROGRESS),
    (_l("申请销号"), Action.REQUEST_CLOSURE),
    (_l("初审"), Action.ENDORSE),
    (_l("验收销号"), Action.ACCEPT),
)
PRESENT_STEP: Mapping[TaskState, int] = {
    TaskState.DRAFT: 0,
    TaskState.REGISTERED: 1,
    TaskState.ASSIGNED: 2,
    TaskState.IN_PROGRESS: 3,
    TaskState.SUSPENDED: 3,
    TaskState.CLOSURE_REQUESTED: 5,
    TaskState.ENDORSED: 6,
    TaskState.CLOSED: 7,
}
TURNING = frozenset(
    {
        Action.ASSIGN,
        Action.TRANSFER,
        Action.DECLINE,
        Action.DECIDE_EXTENSION,
        Action.SUSPEND,
        Action.RESUME,
        Action.REOPEN,
        Action.CANCEL,
    }
)


ANSWERED_BY: Mapping[RequestKind, tuple[Action, ...]] = {
    RequestKind.EXTENSION: (Action.DECIDE_EXTENSION, Action.WITHDRAW_EXTENSION),
    RequestKind.INSTRUCTION: (Action.ANSWER_INSTRUCTION,),
    RequestKind.COORDINATION: (Action.ANSWER_COORDINATION,),
}


@dataclass(frozen=True)
class Step:
    """A step as the page shows it; `state` is past, now or empty, `at` when it was last taken."""

    label: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class Responsibility:
    """Who answers for a task today."""

    lead: Answering | None
    in_charge: InCharge | None
    in_charge_acting: Answering | None
    verifier: Answering | None
    first: list[Answering]
    endorses: Decider | None  # who decides next, while a closure is requested
    accepts: Decider | None


@dataclass(frozen=True)
class Origin:
    """The sentence of the report a task came from; `may_open` where the reader may open the report.

    `name` is what the report is called, '' where it is marked for another task and so not the reader's.
    """

    report: Report
    name: str
    sentence: str
    may_open: bool
    act: Act | None = None  # the inspection or meeting whose findings or decisions the report holds


def steps(task: Task) -> list[Step]:
    """Return the steps of the present round, with what is done and where the task stands.

    A cancelled task stands at no step; past are those it took.
    """
    present = PRESENT_STEP.get(task.state)
    found = []
    for number, (label, action) in enumerate(STEPS):
        event = last_event(task, action) if present is None or number < present else None
        past = event is not None if present is None else number < present
        state = "past" if past else "now" if number == present else ""
        found.append(Step(str(label), state, None if event is None else event.at))
    return found


def responsibility(task: Task, actor: Actor, known: Organization = asked) -> Responsibility:
    """Return who answers for a task on the actor's day, with the rules by which they were found."""
    day, lead_post = actor.day, task.lead_post
    in_charge = None if lead_post is None else known.deputy_in_charge(lead_post, task.domain, day)
    requested = task.state in (TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED)

    def acting(post: Post | None) -> Answering | None:
        return None if post is None else known.answering(post, day)

    return Responsibility(
        lead=acting(lead_post),
        in_charge=in_charge,
        in_charge_acting=acting(None if in_charge is None else in_charge.post),
        verifier=acting(task.verifier_post),
        first=[known.answering(post, day) for post in known.first_responsibles(task.unit, task.domain, day)],
        endorses=endorser(task, day, known) if task.state == TaskState.CLOSURE_REQUESTED else None,
        accepts=verifier(task, day, known) if requested else None,
    )


def origin(task: Task, actor: Actor) -> Origin | None:
    """Return the sentence a task came from, or None for a task that came from no report.

    Who sees the task reads the sentence; the report itself opens for those who may read it.
    """
    report = None if task.report_id is None else db.session.get(Report, task.report_id)
    if report is None:
        return None
    sentence = "" if task.start is None or task.end is None else report.text[task.start : task.end]
    name = report.file_name if _names(task, report, actor) else ""
    may_open = find_report(report.id, actor) is not None
    return Origin(report, name, sentence.strip(), may_open, _act(report, actor))


@dataclass(frozen=True)
class Again:
    """A later passage that says the task's problem again; `may_open`: its report, for the reader."""

    report: Report
    name: str
    period: Period
    sentence: str
    may_open: bool


def said_again(task: Task, actor: Actor) -> list[Again]:
    """Return the further passages of a task's problem, the latest first; who sees the task reads them."""
    if task.problem_id is None:
        return []
    rows = db.session.execute(
        select(ProblemPassage, Problem.period, Report, Report.id.in_(select(Report.id).where(opens(actor))))
        .join(Problem, Problem.id == ProblemPassage.problem_id)
        .join(Report, Report.id == ProblemPassage.report_id)
        .where(Problem.origin_id == task.problem_id)
        .order_by(ProblemPassage.id.desc())
        .limit(MOST_AGAIN)
    )
    return [
        Again(report, report.file_name if _names(task, report, actor) else "", period, passage.text, may)
        for passage, period, report, may in rows
    ]


def _names(task: Task, report: Report, actor: Actor) -> bool:
    """Whether a reader of a task is told what a report is called: its name tells of all that stands in it."""
    return task.secrecy != Secrecy.OPEN or tells_words_of(report, actor)


def _act(report: Report, actor: Actor) -> Act | None:
    found = act_behind(report)
    return None if found is None else find_act(found.id, actor)


def history(task: Task) -> list[TaskEvent]:
    """Return the events of a task, newest first."""
    return list(reversed(task.events))
