"""Where a step of a started plan stands: from the events of its task, of a drill from its own row. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tracker.organization.models import Post
from tracker.plans.models import PlanRun, RunStep
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.states import NOT_YET_GIVEN, REQUESTED, Action, TaskState


class StepState(StrEnum):
    """How far a step is."""

    TOLD = "told"  # nobody acknowledged it yet
    REFUSED = "refused"  # its post declined it: until it is assigned anew nobody has it
    BEGUN = "begun"
    DONE = "done"
    STOPPED = "stopped"  # its task was cancelled or suspended


DONE_BY = frozenset(
    {Action.REQUEST_CLOSURE, Action.CLOSE_AT_ONCE, Action.MAKE_STANDING, Action.ENDORSE, Action.ACCEPT}
)
GIVEN_BY = frozenset({Action.ASSIGN, Action.TRANSFER, Action.DECLINE})
STOPPED_STATES = frozenset({TaskState.CANCELLED, TaskState.SUSPENDED})
DONE_STATES = frozenset({TaskState.CLOSED, *REQUESTED})
NOT_BEGUN = frozenset({StepState.TOLD, StepState.REFUSED})


@dataclass(frozen=True)
class Progress:
    """A step with what became of it, until now or until its plan was ended."""

    step: RunStep
    state: StepState
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    result: str = ""
    refusal: TaskEvent | None = None  # by which its post declined it, while nobody has it
    withheld: bool = False  # the task is marked, and the reader is not of its circle

    @property
    def post(self) -> Post:
        """The post that has the step; who may not see its task is told the one of the plan."""
        return self.step.planned_post if self.withheld else self.step.post

    def without_words(self) -> "Progress":
        """Return the same for whoever may not see the task: it counts, and nothing of it is told."""
        return replace(self, acknowledged_by="", done_by="", result="", refusal=None, withheld=True)

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.is_held or self.state == StepState.REFUSED

    @property
    def is_held(self) -> bool:
        """Whether a post has it and still has to do it."""
        return self.state in (StepState.TOLD, StepState.BEGUN)

    def is_unacknowledged(self, now: datetime) -> bool:
        """Whether it waits for an acknowledgement for longer than its minutes."""
        return self.state in NOT_BEGUN and now >= self.step.acknowledge_by

    def is_late(self, now: datetime) -> bool:
        """Whether its hour has gone by without it being done."""
        return self.is_open and now >= self.step.due_at


def progress_of(run: PlanRun) -> list[Progress]:
    """Return every step of a started plan in their order, as it stands; of an ended one, as it stood then."""
    return [progress(step, run.ended_at) for step in run.steps]


def progress(step: RunStep, until: datetime | None = None) -> Progress:
    """Return what became of a step up to a moment, up to now without one."""
    if step.task is not None:
        return _of_task(step, step.task, until)
    state = StepState.DONE if step.done_at else StepState.BEGUN if step.acknowledged_at else StepState.TOLD
    return Progress(
        step, state, step.acknowledged_at, step.acknowledged_by, step.done_at, step.done_by, step.result
    )


def _of_task(step: RunStep, task: Task, until: datetime | None) -> Progress:
    events = [event for event in task.events if until is None or event.at <= until]
    stands = task.state if until is None or not events else events[-1].new_state
    signed, done = _signed(events), _done(events, stands)
    if stands in STOPPED_STATES:
        state = StepState.STOPPED
    elif done is not None:
        state = StepState.DONE
    elif stands in NOT_YET_GIVEN:
        state = StepState.REFUSED
    else:
        state = StepState.TOLD if signed is None else StepState.BEGUN
    return Progress(
        step,
        state,
        None if signed is None else signed.at,
        "" if signed is None else signed.who,
        None if done is None else done.at,
        "" if done is None else done.who,
        "" if done is None else done.text,
        _refusal(events) if state == StepState.REFUSED else None,
    )


def _refusal(events: Sequence[TaskEvent]) -> TaskEvent | None:
    """Return the act by which the post that last had the task declined it."""
    return next((event for event in reversed(events) if event.action == Action.DECLINE), None)


def _signed(events: Sequence[TaskEvent]) -> TaskEvent | None:
    """Return the acknowledgement by the post that has the task."""
    for event in reversed(events):
        if event.action == Action.ACKNOWLEDGE:
            return event
        if event.action in GIVEN_BY:
            return None
    return None


def _done(events: Sequence[TaskEvent], stands: TaskState) -> TaskEvent | None:
    """Return the first act of the last run of acts that say that it is done."""
    found = None
    for event in reversed(events) if stands in DONE_STATES else ():
        if event.action in DONE_BY:
            found = event
        elif found is not None and event.new_state not in DONE_STATES:
            break
    return found
