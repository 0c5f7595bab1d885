"""Which papers a task can have: ONE table of what each is called, who makes it, when, and what it asks for.

Source: domain.md 5.4 (fields), 1.5 (closure and extension), 5.3 (which paper at which rung).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from tracker.tasks.models import Task, TaskEvent, TaskRequest
from tracker.tasks.paper_models import PaperKind
from tracker.tasks.roles import last_event
from tracker.tasks.states import OPEN_STATES, REQUESTED, Action, RequestKind, Role, TaskState
from tracker.words import N_

ANSWERED_BY_LEAD = (TaskState.ASSIGNED, TaskState.IN_PROGRESS)  # later on others decide: nobody to urge


@dataclass(frozen=True)
class PaperRule:
    """One paper: its name, the letters of its numbers, who makes it beside clerk and ledger keeper."""

    name: str
    letters: str
    roles: frozenset[Role]
    lacks: Callable[[Task], str | None]
    asks: frozenset[str] = frozenset()  # of reason (事由), demand (办理要求), reply_by (反馈时间)
    optional: frozenset[str] = frozenset()


def _is_given(task: Task) -> str | None:
    given = task.state in OPEN_STATES and task.lead_post is not None
    return None if given else str(_("任务交办后、销号前可以制发交办通知单。"))


def _waits_for_lead(task: Task) -> str | None:
    if task.state in ANSWERED_BY_LEAD:
        return None
    return str(_("任务在责任岗位手中时可以催办、督办；现在的环节由其他岗位办理。"))


def _closure_is_requested(task: Task) -> str | None:
    if task.state in (*REQUESTED, TaskState.CLOSED) and closure_request(task) is not None:
        return None
    return str(_("责任岗位申请销号后可以制作销号审批表。"))


def _extension_is_requested(task: Task) -> str | None:
    return None if extension_request(task) else str(_("先申请延期，再制作延期申请表。"))


def closure_request(task: Task) -> TaskEvent | None:
    """Return the act by which the lead asked for closure, or closed at once, in the present round."""
    return last_event(task, Action.REQUEST_CLOSURE) or last_event(task, Action.CLOSE_AT_ONCE)


def extension_request(task: Task) -> TaskRequest | None:
    """Return the latest request for more time in the present round that the lead made, or None."""
    for request in reversed(task.requests):
        own = request.kind == RequestKind.EXTENSION and request.asked.action == Action.REQUEST_EXTENSION
        if own and request.round_no == task.round_no:
            return request
    return None


ALL_ASKED = frozenset({"reason", "demand", "reply_by"})
OF_LEADERS = frozenset({Role.LEADER, Role.FIRST_RESPONSIBLE})
OF_THE_LEAD = frozenset({Role.LEAD})

PAPERS: Mapping[PaperKind, PaperRule] = {
    PaperKind.ASSIGNMENT: PaperRule(
        N_("交办通知单"),
        "交办",
        frozenset(),
        _is_given,
        frozenset({"demand", "reply_by"}),
        frozenset({"reply_by"}),
    ),
    PaperKind.URGE_NOTICE: PaperRule(N_("催办单"), "催办", frozenset(), _waits_for_lead, ALL_ASKED),
    PaperKind.SUPERVISION_LETTER: PaperRule(
        N_("督办函"), "督函", OF_LEADERS, _waits_for_lead, ALL_ASKED, frozenset({"reason"})
    ),
    PaperKind.CLOSURE_APPROVAL: PaperRule(N_("整改销号审批表"), "销审", OF_THE_LEAD, _closure_is_requested),
    PaperKind.EXTENSION_REQUEST: PaperRule(N_("延期申请表"), "延申", OF_THE_LEAD, _extension_is_requested),
}
