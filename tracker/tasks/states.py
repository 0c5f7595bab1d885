"""The life cycle of a task: states, actions, and the ONE table of what leads where.

The table drives the guard of every verb, the buttons of the page and the test of every state with every
action. Source: architecture, "Life cycle of a task".
"""

from dataclasses import dataclass
from enum import StrEnum


class TaskState(StrEnum):
    """Where a task stands."""

    DRAFT = "draft"
    REGISTERED = "registered"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    CLOSURE_REQUESTED = "closure_requested"
    ENDORSED = "endorsed"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with a task."""

    REGISTER = "register"
    ASSIGN = "assign"
    CORRECT = "correct"
    SPLIT = "split"
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    REPORT_PROGRESS = "report_progress"
    TRANSFER = "transfer"
    REQUEST_EXTENSION = "request_extension"
    DECIDE_EXTENSION = "decide_extension"
    REQUEST_CLOSURE = "request_closure"
    WITHDRAW = "withdraw"
    WITHDRAW_EXTENSION = "withdraw_extension"
    ENDORSE = "endorse"
    ACCEPT = "accept"
    CLOSE_AT_ONCE = "close_at_once"
    RETURN_FOR_REWORK = "return_for_rework"
    REVIEW_LONG_TERM = "review_long_term"
    MAKE_STANDING = "make_standing"
    LOOK_BACK = "look_back"
    REOPEN = "reopen"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    INSTRUCT = "instruct"
    ANSWER_INSTRUCTION = "answer_instruction"
    ASK_COORDINATION = "ask_coordination"
    ANSWER_COORDINATION = "answer_coordination"
    URGE = "urge"
    PUT_ON_LIST = "put_on_list"
    TAKE_OFF_LIST = "take_off_list"
    MARK = "mark"
    SUMMON = "summon"
    PUBLICISE = "publicise"


class Role(StrEnum):
    """In which part someone stands to one task today (see `roles.py` for how each is found)."""

    CLERK = "clerk"
    LEAD = "lead"
    COOPERATING = "cooperating"
    REQUESTER = "requester"
    ENDORSER = "endorser"  # deputy in charge, or the next link where the lead is that deputy
    IN_CHARGE = "in_charge"  # the same, for what the lead asks on the way: more time, coordination
    VERIFIER = "verifier"
    FIRST_RESPONSIBLE = "first_responsible"
    LEADER = "leader"


class Remedy(StrEnum):
    """The kind of remedy fixes the clock."""

    IMMEDIATE = "immediate"  # 立行立改
    TIME_LIMITED = "time_limited"  # 限期整改
    LONG_TERM = "long_term"  # 长期坚持


class RequestKind(StrEnum):
    """What waits for somebody's answer while the work goes on."""

    EXTENSION = "extension"  # 申请延期
    INSTRUCTION = "instruction"  # 批示，待回复
    COORDINATION = "coordination"  # 提请协调


class RequestOutcome(StrEnum):
    """What became of it; open ones have none."""

    GRANTED = "granted"
    REFUSED = "refused"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the task moved on: transferred, suspended, its closure requested


class Verdict(StrEnum):
    """How an accepted result was found."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASSED = "passed"


SAME = None  # the action leaves the state as it is

S, A, R = TaskState, Action, Role
OPEN_STATES = frozenset({S.ASSIGNED, S.IN_PROGRESS, S.CLOSURE_REQUESTED, S.ENDORSED, S.SUSPENDED})
RUNNING_STATES = OPEN_STATES - {S.SUSPENDED}  # those whose deadline clock runs
NOT_YET_GIVEN = (S.DRAFT, S.REGISTERED)
REQUESTED = (S.CLOSURE_REQUESTED, S.ENDORSED)  # a closure waits for a decision


@dataclass(frozen=True)
class Transition:
    """One row of the life cycle: an action from one state, where it leads, and who may."""

    action: Action
    source: TaskState
    target: TaskState | None
    roles: frozenset[Role]


def _rows(
    action: Action,
    sources: "tuple[TaskState, ...] | frozenset[TaskState]",
    target: TaskState | None,
    *roles: Role,
) -> list[Transition]:
    return [Transition(action, source, target, frozenset(roles)) for source in sorted(sources)]


TRANSITIONS: tuple[Transition, ...] = (
    *_rows(A.REGISTER, (S.DRAFT,), S.REGISTERED, R.CLERK),
    *_rows(A.ASSIGN, (S.REGISTERED,), S.ASSIGNED, R.CLERK),
    *_rows(A.CORRECT, (S.DRAFT, S.REGISTERED, S.ASSIGNED), SAME, R.CLERK),
    *_rows(A.SPLIT, (S.REGISTERED,), S.REGISTERED, R.CLERK),
    *_rows(A.ACKNOWLEDGE, (S.ASSIGNED,), S.IN_PROGRESS, R.LEAD),
    *_rows(A.DECLINE, (S.ASSIGNED,), S.REGISTERED, R.LEAD),
    *_rows(A.REPORT_PROGRESS, (S.IN_PROGRESS,), SAME, R.LEAD, R.COOPERATING),
    *_rows(A.TRANSFER, (S.ASSIGNED, S.IN_PROGRESS), S.ASSIGNED, R.CLERK),
    *_rows(A.REQUEST_EXTENSION, (S.IN_PROGRESS,), SAME, R.LEAD),
    *_rows(A.DECIDE_EXTENSION, (S.IN_PROGRESS,), SAME, R.IN_CHARGE),
    *_rows(A.REQUEST_CLOSURE, (S.IN_PROGRESS,), S.CLOSURE_REQUESTED, R.LEAD),
    *_rows(A.WITHDRAW, (S.CLOSURE_REQUESTED,), S.IN_PROGRESS, R.LEAD),
    *_rows(A.WITHDRAW_EXTENSION, (S.IN_PROGRESS,), SAME, R.LEAD),
    *_rows(A.ENDORSE, (S.CLOSURE_REQUESTED,), S.ENDORSED, R.ENDORSER),
    *_rows(A.ACCEPT, (S.ENDORSED,), S.CLOSED, R.VERIFIER),
    *_rows(A.ACCEPT, (S.CLOSURE_REQUESTED,), S.CLOSED, R.VERIFIER),  # only where nobody is left to endorse
    *_rows(A.CLOSE_AT_ONCE, (S.IN_PROGRESS,), S.CLOSED, R.LEAD),
    *_rows(A.RETURN_FOR_REWORK, (S.CLOSURE_REQUESTED,), S.IN_PROGRESS, R.ENDORSER, R.VERIFIER),
    *_rows(A.RETURN_FOR_REWORK, (S.ENDORSED,), S.IN_PROGRESS, R.ENDORSER, R.VERIFIER),
    *_rows(A.REVIEW_LONG_TERM, (S.IN_PROGRESS,), SAME, R.VERIFIER),
    *_rows(A.MAKE_STANDING, (S.IN_PROGRESS,), S.CLOSED, R.VERIFIER),
    *_rows(A.LOOK_BACK, (S.CLOSED,), SAME, R.VERIFIER),
    *_rows(A.REOPEN, (S.CLOSED,), S.IN_PROGRESS, R.VERIFIER),
    *_rows(A.SUSPEND, (S.ASSIGNED, S.IN_PROGRESS), S.SUSPENDED, R.FIRST_RESPONSIBLE),
    *_rows(
        A.RESUME, (S.SUSPENDED,), SAME, R.FIRST_RESPONSIBLE
    ),  # the verb restores the state before the suspension
    *_rows(A.CANCEL, (S.DRAFT, S.REGISTERED), S.CANCELLED, R.CLERK),
    *_rows(A.CANCEL, (S.ASSIGNED, S.IN_PROGRESS, S.SUSPENDED), S.CANCELLED, R.FIRST_RESPONSIBLE),
    *_rows(A.INSTRUCT, OPEN_STATES, SAME, R.LEADER),
    *_rows(A.ANSWER_INSTRUCTION, OPEN_STATES, SAME, R.LEAD),
    *_rows(A.ASK_COORDINATION, (S.IN_PROGRESS,), SAME, R.LEAD),
    *_rows(A.ANSWER_COORDINATION, (S.IN_PROGRESS,), SAME, R.IN_CHARGE),
    *_rows(A.URGE, OPEN_STATES, SAME, R.CLERK, R.LEADER),
    *_rows(A.PUT_ON_LIST, OPEN_STATES, SAME, R.CLERK, R.LEADER),
    *_rows(A.TAKE_OFF_LIST, OPEN_STATES, SAME, R.CLERK, R.LEADER),
    *_rows(A.MARK, tuple(TaskState), SAME, R.CLERK),
    *_rows(A.SUMMON, OPEN_STATES, SAME, R.CLERK, R.LEADER),
    *_rows(A.PUBLICISE, REQUESTED, SAME, R.CLERK, R.VERIFIER),
)

_BY_STEP = {(row.source, row.action): row for row in TRANSITIONS}


def transition(state: TaskState, action: Action) -> Transition | None:
    """Return the row of the table for an action in a state, or None where the table has no arrow."""
    return _BY_STEP.get((state, action))
