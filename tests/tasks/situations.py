"""Situations of one task: how it came there, what each member's part is in it, what it lacks for an action.

Written from the rules (architecture, "Life cycle of a task"), not asked of the code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from tests.office import Office
from tests.tasks.steps import ACTS, DEADLINE, LATER, TODAY, YESTERDAY, draft, member, task_in
from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.organization.holdings import appoint, release
from tracker.organization.models import Holding
from tracker.organization.standing_in import stand_in
from tracker.settings.choices import choose
from tracker.settings.keys import IMMEDIATE_CLOSE, PUBLICITY, Key
from tracker.tasks import lifecycle
from tracker.tasks.models import Task
from tracker.tasks.states import Action, Remedy, Role, TaskState

A, R, S = Action, Role, TaskState
Prepare = Callable[[Office], object]
Then = Callable[[Task, Office], object]
Parts = Mapping[str, frozenset[Role]]


def _parts(**given: set[Role]) -> Parts:
    """The parts of the office as it is built, with what a situation changes."""
    usual: dict[str, set[Role]] = {
        "clerk": {R.CLERK},
        "lead": {R.LEAD},
        "deputy": {R.ENDORSER, R.LEADER},
        "keeper": {R.VERIFIER},
        "secretary": {R.FIRST_RESPONSIBLE, R.LEADER},
        "safety_lead": set(),
        "village_lead": set(),
        "other_clerk": set(),
        "county_keeper": set(),
    }
    return {name: frozenset(roles) for name, roles in {**usual, **given}.items()}


NOTHING_ASKED = frozenset(
    {A.DECIDE_EXTENSION, A.WITHDRAW_EXTENSION, A.ANSWER_INSTRUCTION, A.ANSWER_COORDINATION}
)
ONLY_LONG_TERM = frozenset({A.REVIEW_LONG_TERM, A.MAKE_STANDING})
USUAL_LACKS = NOTHING_ASKED | ONLY_LONG_TERM | {A.CLOSE_AT_ONCE, A.TAKE_OFF_LIST, A.PUBLICISE}
ASKED = USUAL_LACKS - NOTHING_ASKED | {A.REQUEST_EXTENSION}


@dataclass(frozen=True)
class Situation:
    """One task among one office."""

    state: TaskState
    make: Callable[[Office], Task]
    parts: Parts
    lacks: frozenset[Action] = USUAL_LACKS
    has_endorser: bool = True
    resumed_to: TaskState | None = None


def in_situation(situation: Situation, office: Office) -> Task:
    """Return a committed task in a situation."""
    task = situation.make(office)
    db.session.expire_all()
    assert task.state == situation.state
    return task


# --- steps ---


def _act(task: Task, office: Office, action: Action, name: str) -> None:
    with writing():
        ACTS[action](task, office, member(office, name).actor)


def _a_day_earlier(make: Callable[[Office], Task]) -> Callable[[Office], Task]:
    """All of it the day before, so that what lasted to its evening is over."""

    def make_earlier(office: Office) -> Task:
        with clock.moved_to(YESTERDAY, 9):
            return make(office)

    return make_earlier


def _in(
    state: TaskState, *then: tuple[Action, str], before: Prepare | None = None
) -> Callable[[Office], Task]:
    """A task brought into a state through the verbs, then further acts."""

    def make(office: Office) -> Task:
        if before is not None:
            with writing():
                before(office)
        task = task_in(state, office)
        for action, name in then:
            _act(task, office, action, name)
        return task

    return make


def _of_kind(
    remedy: Remedy, *then: tuple[Action, str], before: Prepare | None = None
) -> Callable[[Office], Task]:
    def make(office: Office) -> Task:
        with writing():
            if before is not None:
                before(office)
            task = draft(office)
            task.remedy = remedy
            by = office.clerk.actor
            lifecycle.register(task, by=by, standard="每季一次")
            lifecycle.assign(
                task,
                by=by,
                lead_post=office.lead.post,
                duty=office.lead_duty,
                deadline=DEADLINE,
                review_on=LATER,
            )
            lifecycle.acknowledge(task, by=office.lead.actor)
        for action, name in then:
            _act(task, office, action, name)
        return task

    return make


def _with_parts(office: Office) -> Task:
    """Two cooperating posts: one with a part of its own that is not done, one without."""
    task = task_in(S.REGISTERED, office)
    with writing():
        lifecycle.assign(
            task,
            by=office.clerk.actor,
            lead_post=office.lead.post,
            duty=office.lead_duty,
            deadline=DEADLINE,
            cooperating=[office.safety_lead.post, office.village_lead.post],
            parts={office.village_lead.post.id: "换东示村的宣传栏"},
        )
        lifecycle.acknowledge(task, by=office.lead.actor)
    return task


def _late(office: Office) -> Task:
    task = task_in(S.IN_PROGRESS, office)
    with writing():
        task.deadline = YESTERDAY
    return task


def _chosen(key: Key[bool], value: bool) -> Prepare:
    return lambda office: choose(key, office.town, value, valid_from=YESTERDAY)


def _leaves(office: Office, name: str) -> None:
    post = member(office, name).post
    for holding in db.session.scalars(
        select(Holding).where(Holding.post_id == post.id, Holding.to_day.is_(None))
    ).all():
        release(holding, last_day=YESTERDAY)


def _vacant(*names: str) -> Prepare:
    def before(office: Office) -> None:
        for name in names:
            _leaves(office, name)

    return before


def _also_holds(name: str, other: str) -> Prepare:
    def before(office: Office) -> None:
        _leaves(office, other)
        appoint(member(office, name).person, member(office, other).post, from_day=TODAY)

    return before


def _away(office: Office) -> None:
    stand_in(
        office.lead.person,
        office.village_lead.person,
        by=office.lead.actor,
        from_day=TODAY,
        to_day=TODAY + timedelta(days=5),
    )


def _suspended_by_who_left(office: Office) -> Task:
    task = _in(S.IN_PROGRESS, (A.SUSPEND, "secretary"))(office)
    with writing():
        _leaves(office, "secretary")
    return task


# --- the situations ---

ALL_ASKED = ((A.REQUEST_EXTENSION, "lead"), (A.ASK_COORDINATION, "lead"), (A.INSTRUCT, "secretary"))
LISTED = ((A.PUT_ON_LIST, "clerk"), (A.INSTRUCT, "deputy"))
LISTED_LACKS = (USUAL_LACKS | {A.PUT_ON_LIST}) - {A.TAKE_OFF_LIST, A.ANSWER_INSTRUCTION}
IN_CHARGE = {R.ENDORSER, R.LEADER, R.IN_CHARGE}

SITUATIONS: dict[str, Situation] = {
    "draft": Situation(S.DRAFT, _in(S.DRAFT), _parts(lead=set(), deputy=set())),
    "registered": Situation(S.REGISTERED, _in(S.REGISTERED), _parts(lead=set(), deputy=set())),
    "cancelled": Situation(S.CANCELLED, _in(S.ASSIGNED, (A.CANCEL, "secretary")), _parts()),
    "assigned": Situation(S.ASSIGNED, _in(S.ASSIGNED), _parts()),
    "assigned, listed, instructed": Situation(S.ASSIGNED, _in(S.ASSIGNED, *LISTED), _parts(), LISTED_LACKS),
    "in progress": Situation(S.IN_PROGRESS, _in(S.IN_PROGRESS), _parts()),
    "in progress, listed, instructed": Situation(
        S.IN_PROGRESS, _in(S.IN_PROGRESS, *LISTED), _parts(), LISTED_LACKS
    ),
    "much asked": Situation(S.IN_PROGRESS, _in(S.IN_PROGRESS, *ALL_ASKED), _parts(deputy=IN_CHARGE), ASKED),
    "late": Situation(S.IN_PROGRESS, _late, _parts(), USUAL_LACKS | {A.REQUEST_EXTENSION}),
    "with open parts": Situation(
        S.IN_PROGRESS,
        _with_parts,
        _parts(safety_lead={R.COOPERATING}, village_lead={R.COOPERATING}),
        USUAL_LACKS | {A.REQUEST_CLOSURE},
    ),
    "immediate": Situation(
        S.IN_PROGRESS, _of_kind(Remedy.IMMEDIATE), _parts(), USUAL_LACKS - {A.CLOSE_AT_ONCE}
    ),
    "immediate, to be accepted": Situation(
        S.IN_PROGRESS, _of_kind(Remedy.IMMEDIATE, before=_chosen(IMMEDIATE_CLOSE, False)), _parts()
    ),
    "long-term": Situation(
        S.IN_PROGRESS,
        _of_kind(Remedy.LONG_TERM),
        _parts(),
        USUAL_LACKS - ONLY_LONG_TERM | {A.REQUEST_EXTENSION},
    ),
    "closure requested": Situation(S.CLOSURE_REQUESTED, _in(S.CLOSURE_REQUESTED), _parts()),
    "closure requested, listed, instructed": Situation(
        S.CLOSURE_REQUESTED, _in(S.CLOSURE_REQUESTED, *LISTED), _parts(), LISTED_LACKS
    ),
    "closure requested, nobody to endorse": Situation(
        S.CLOSURE_REQUESTED,
        _in(S.CLOSURE_REQUESTED, before=_vacant("deputy", "secretary")),
        _parts(deputy=set(), secretary=set()),
        has_endorser=False,
    ),
    "closure requested, to be publicised": Situation(
        S.CLOSURE_REQUESTED,
        _in(S.CLOSURE_REQUESTED, before=_chosen(PUBLICITY, True)),
        _parts(),
        USUAL_LACKS - {A.PUBLICISE} | {A.ACCEPT},
    ),
    "endorsed": Situation(S.ENDORSED, _in(S.ENDORSED), _parts()),
    "endorsed, listed, instructed": Situation(S.ENDORSED, _in(S.ENDORSED, *LISTED), _parts(), LISTED_LACKS),
    "endorsed, to be publicised": Situation(
        S.ENDORSED,
        _in(S.ENDORSED, before=_chosen(PUBLICITY, True)),
        _parts(),
        USUAL_LACKS - {A.PUBLICISE} | {A.ACCEPT},
    ),
    "endorsed, publicised": Situation(
        S.ENDORSED,
        _a_day_earlier(_in(S.ENDORSED, (A.PUBLICISE, "clerk"), before=_chosen(PUBLICITY, True))),
        _parts(),
        USUAL_LACKS - {A.PUBLICISE},
    ),
    "suspended": Situation(
        S.SUSPENDED, _in(S.IN_PROGRESS, (A.SUSPEND, "secretary")), _parts(), resumed_to=S.IN_PROGRESS
    ),
    "suspended before it was signed for": Situation(
        S.SUSPENDED, _in(S.ASSIGNED, (A.SUSPEND, "secretary")), _parts(), resumed_to=S.ASSIGNED
    ),
    "suspended, listed, instructed": Situation(
        S.SUSPENDED,
        _in(S.IN_PROGRESS, (A.SUSPEND, "secretary"), *LISTED),
        _parts(),
        LISTED_LACKS,
        resumed_to=S.IN_PROGRESS,
    ),
    "closed": Situation(S.CLOSED, _in(S.CLOSED), _parts()),
    "closed, looked back": Situation(
        S.CLOSED, _in(S.CLOSED, (A.LOOK_BACK, "keeper")), _parts(), USUAL_LACKS | {A.LOOK_BACK}
    ),
    "closed at once": Situation(S.CLOSED, _of_kind(Remedy.IMMEDIATE, (A.CLOSE_AT_ONCE, "lead")), _parts()),
    "reopened": Situation(S.IN_PROGRESS, _in(S.CLOSED, (A.REOPEN, "keeper")), _parts()),
    "lead away": Situation(S.IN_PROGRESS, _in(S.IN_PROGRESS, before=_away), _parts(village_lead={R.LEAD})),
    "lead away, closure requested": Situation(
        S.CLOSURE_REQUESTED, _in(S.CLOSURE_REQUESTED, before=_away), _parts(village_lead={R.LEAD})
    ),
    "lead vacant": Situation(
        S.ASSIGNED, _in(S.ASSIGNED, before=_vacant("lead")), _parts(lead=set(), deputy={R.LEAD, R.LEADER})
    ),
    "clerk leads": Situation(
        S.IN_PROGRESS,
        _in(S.REGISTERED, (A.ASSIGN, "clerk"), (A.ACKNOWLEDGE, "clerk"), before=_also_holds("clerk", "lead")),
        _parts(clerk={R.CLERK, R.LEAD}, lead=set()),
    ),
    "deputy in charge leads, more time asked": Situation(
        S.IN_PROGRESS,
        _in(
            S.REGISTERED,
            (A.ASSIGN, "clerk"),
            (A.ACKNOWLEDGE, "deputy"),
            (A.REQUEST_EXTENSION, "deputy"),
            before=_also_holds("deputy", "lead"),
        ),
        _parts(
            lead=set(),
            deputy={R.LEAD, R.LEADER},
            secretary={R.FIRST_RESPONSIBLE, R.LEADER, R.IN_CHARGE},
        ),
        USUAL_LACKS - {A.DECIDE_EXTENSION, A.WITHDRAW_EXTENSION} | {A.REQUEST_EXTENSION},
    ),
    "deputy in charge leads, closure requested": Situation(
        S.CLOSURE_REQUESTED,
        _in(
            S.REGISTERED,
            (A.ASSIGN, "clerk"),
            (A.ACKNOWLEDGE, "deputy"),
            (A.REQUEST_CLOSURE, "deputy"),
            before=_also_holds("deputy", "lead"),
        ),
        _parts(
            lead=set(),
            deputy={R.LEAD, R.LEADER},
            secretary={R.FIRST_RESPONSIBLE, R.LEADER, R.ENDORSER},
        ),
    ),
    "deputy in charge keeps the ledger, endorsed": Situation(
        S.ENDORSED,
        _in(S.ENDORSED, before=_also_holds("deputy", "keeper")),
        _parts(keeper=set(), secretary={R.FIRST_RESPONSIBLE, R.LEADER, R.VERIFIER}),
    ),
    "keeper vacant, endorsed": Situation(
        S.ENDORSED,
        _in(S.ENDORSED, before=_vacant("keeper")),
        _parts(keeper=set(), secretary={R.FIRST_RESPONSIBLE, R.LEADER, R.VERIFIER}),
    ),
    "first responsible vacant, suspended before": Situation(
        S.SUSPENDED,
        _suspended_by_who_left,
        _parts(secretary=set()),
    ),
}
