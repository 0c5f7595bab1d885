"""In which parts a person stands to one task today.

Rules: architecture, "Life cycle of a task", the paragraph on lead, deputy in charge and verifier.
Requester and endorser mean persons: nobody approves own work, not through a second post and not
for another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from tracker.organization import asked
from tracker.organization.acting import Actor
from tracker.organization.known import Organization
from tracker.organization.models import Person, Post
from tracker.organization.queries import office_of, upwards
from tracker.tasks.models import Task, TaskEvent
from tracker.tasks.requests import OF_THE_LEAD, waiting
from tracker.tasks.states import Action, Role


@dataclass(frozen=True)
class Decider:
    """The post that has to decide, who acts for it, and by which rule it was found."""

    post: Post
    person: Person
    rule: str
    stand_in: Person | None = None  # decides as well while the person is away; barred for own work, too

    def is_for(self, person: Person) -> bool:
        """Whether a person may take the decision."""
        return person.id == self.person.id or (self.stand_in is not None and person.id == self.stand_in.id)


def is_signed(task: Task) -> bool:
    """Whether a task was signed for in its present round: from then on its first deadline stays."""
    return last_event(task, Action.ACKNOWLEDGE) is not None


def last_event(task: Task, action: Action) -> TaskEvent | None:
    """Return the latest event of an action in the task's present round."""
    for event in reversed(task.events):
        if event.action == action and event.round_no == task.round_no:
            return event
    return None


def requesters(task: Task) -> tuple[Person, ...]:
    """Return whose closure request is on the table: who sent it, and for whom it was sent (AB岗)."""
    return _both(last_event(task, Action.REQUEST_CLOSURE))


def _both(event: TaskEvent | None) -> tuple[Person, ...]:
    """Return who did something and for whom: in approving, both count as one's own."""
    if event is None:
        return ()
    return (event.person,) if event.on_behalf_of is None else (event.person, event.on_behalf_of)


def standing_endorsement(task: Task) -> TaskEvent | None:
    """Return the endorsement that still counts: none after a later return for rework."""
    endorsed = last_event(task, Action.ENDORSE)
    returned = last_event(task, Action.RETURN_FOR_REWORK)
    if endorsed is None or (returned is not None and returned.id > endorsed.id):
        return None
    return endorsed


def standing_publicity(task: Task) -> TaskEvent | None:
    """Return the publicity (公示) of the result that is asked to be closed: none of an earlier request."""
    asked, publicity = last_event(task, Action.REQUEST_CLOSURE), last_event(task, Action.PUBLICISE)
    if asked is None or publicity is None or publicity.id < asked.id:
        return None
    return publicity


def endorser(task: Task, day: date, known: Organization = asked) -> Decider | None:
    """Return who endorses a closure request (初审), or None where nobody is left to.

    The deputy in charge of the lead post, else the next link upwards, else a first responsible;
    never the lead post itself and never the requester. `known` is asked who answers: the database,
    or an office loaded before.
    """
    asked_by = requesters(task)
    for post, rule in _endorsing_posts(task, day, known):
        decider = _decider(post, rule, day, known, barred=asked_by)
        if decider is not None and post.id not in (task.lead_post_id, task.verifier_post_id):
            return decider
    return None


def in_charge(task: Task, day: date, known: Organization = asked) -> Decider | None:
    """Return who decides what the lead asks for on the way, or None where nothing waits.

    Found like the endorser: never the lead post itself and never who asked.
    """
    requests = waiting(task, *OF_THE_LEAD)
    if not requests:
        return None
    barred = tuple(person for request in requests for person in _both(request.asked))
    for post, rule in _endorsing_posts(task, day, known):
        decider = _decider(post, rule, day, known, barred=barred)
        if decider is not None and post.id != task.lead_post_id:
            return decider
    return None


def verifier(task: Task, day: date, known: Organization = asked) -> Decider | None:
    """Return who verifies and accepts (验收): neither the requester nor the endorser.

    Where nobody requested a closure in the round (a long-term task, one closed at once), not the lead.
    """
    barred = requesters(task) + _both(standing_endorsement(task))
    if not barred and task.lead_post is not None:
        closed = _both(last_event(task, Action.CLOSE_AT_ONCE))
        barred = closed or known.answering(task.lead_post, day).people
    for post, rule in _verifying_posts(task, day, known):
        decider = _decider(post, rule, day, known, barred=barred)
        if decider is not None:
            return decider
    return None


def roles(task: Task, actor: Actor, known: Organization = asked) -> frozenset[Role]:
    """Return every part in which an actor stands to a task today."""
    return frozenset(parts(task, actor, known))


def parts(task: Task, actor: Actor, known: Organization = asked) -> dict[Role, Post]:
    """Return every part in which an actor stands to a task today, with the post that gives it."""
    clerk = next((post for post in actor.posts if post.is_clerk and _is_of(post, task.unit_id)), None)
    found = {
        Role.CLERK: clerk,
        Role.LEAD: _own(actor, task.lead_post_id),
        Role.COOPERATING: _own(actor, *(row.post_id for row in task.cooperations)),
        Role.REQUESTER: _requesting_post(task, actor),
        Role.ENDORSER: _deciding_post(endorser(task, actor.day, known), actor),
        Role.IN_CHARGE: _deciding_post(in_charge(task, actor.day, known), actor),
        Role.VERIFIER: _deciding_post(verifier(task, actor.day, known), actor),
        Role.FIRST_RESPONSIBLE: _own(
            actor, *(post.id for post in known.first_responsibles(task.unit, task.domain, actor.day))
        ),
        Role.LEADER: _own(actor, *(post.id for post in _chain(task, actor.day, known))),
    }
    return {role: post for role, post in found.items() if post is not None}


def _endorsing_posts(task: Task, day: date, known: Organization) -> Iterator[tuple[Post, str]]:
    if task.lead_post is None:
        return
    deputy = known.deputy_in_charge(task.lead_post, task.domain, day)
    if deputy.post is not None:
        yield deputy.post, deputy.rule
        yield from _upwards(deputy.post, _("上一级岗位"))
    yield from _upwards(task.lead_post, _("上一级岗位"))
    for post in known.first_responsibles(task.unit, task.domain, day):
        yield post, _("第一责任人")


def _verifying_posts(task: Task, day: date, known: Organization) -> Iterator[tuple[Post, str]]:
    post = task.verifier_post
    if post is not None:
        yield post, _("交办时确定的验收岗位")
        yield from _upwards(post, _("上一级岗位"))
    for first in known.first_responsibles(task.unit, task.domain, day):
        yield first, _("第一责任人")
    above = office_of(task.unit).parent
    keeper = None if above is None else known.ledger_post(above)
    if keeper is not None:
        yield keeper, _("上级单位台账管理岗位")


def _upwards(post: Post, rule: str) -> Iterator[tuple[Post, str]]:
    return ((link, rule) for link in upwards(post))


def _chain(task: Task, day: date, known: Organization) -> Iterator[Post]:
    """Yield the leaders of the task's chain: deputy in charge and first responsible persons."""
    if task.lead_post is not None:
        deputy = known.deputy_in_charge(task.lead_post, task.domain, day).post
        if deputy is not None:
            yield deputy
    yield from known.first_responsibles(task.unit, task.domain, day)


def _decider(
    post: Post, rule: str, day: date, known: Organization, *, barred: tuple[Person, ...]
) -> Decider | None:
    acts = known.answering(post, day)
    ids = {person.id for person in barred}
    if acts.person is None or acts.person.id in ids:
        return None
    stand_in = None if acts.stand_in is None or acts.stand_in.id in ids else acts.stand_in
    return Decider(post, acts.person, rule, stand_in)


def _own(actor: Actor, *post_ids: int | None) -> Post | None:
    """Return the actor's first post among some, in their order."""
    mine = {post.id: post for post in actor.posts}
    return next((mine[post_id] for post_id in post_ids if post_id in mine), None)


def _is_of(post: Post, office_id: int) -> bool:
    return office_of(post.unit).id == office_id


def _requesting_post(task: Task, actor: Actor) -> Post | None:
    event = last_event(task, Action.REQUEST_CLOSURE)
    return event.post if event is not None and event.person_id == actor.person.id else None


def _deciding_post(decider: Decider | None, actor: Actor) -> Post | None:
    return decider.post if decider is not None and decider.is_for(actor.person) else None
