"""Whom a notice reaches: looked up for a day, remembered for one round of planning.

Nobody is stored with a task: after a change of holder the new one is reminded and the old one no more.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.chains import first_responsibles
from tracker.organization.models import DutyDomain, Person, Post, Unit
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import answering, office_of, posts_of_office
from tracker.settings.ladder import Recipient
from tracker.tasks.models import Task, TaskRequest
from tracker.tasks.requests import OF_THE_LEAD, waiting
from tracker.tasks.roles import endorser, in_charge, requesters, verifier
from tracker.tasks.states import RequestKind, TaskState

WAITING_FOR_DECISION = frozenset({TaskState.CLOSURE_REQUESTED, TaskState.ENDORSED})


class Recipients:
    """Who stands where on a day; each post is looked up once. A stand-in is told whatever the holder is."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._acting: dict[int, tuple[Person, ...]] = {}
        self._in_charge: dict[tuple[int, int], Sequence[Person]] = {}
        self._first: dict[tuple[int, int], list[Person]] = {}
        self._clerks: dict[int, list[Person]] = {}
        self._of: dict[Recipient, Callable[[Task], Sequence[Person]]] = {
            Recipient.HOLDER: self.who_acts,
            Recipient.DEPUTY_IN_CHARGE: self.deputy,
            Recipient.FIRST_RESPONSIBLE: self.first_responsible,
            Recipient.VERIFIER: self.verifying,
        }

    def reached(
        self, task: Task, to: Iterable[Recipient], request: TaskRequest | None = None
    ) -> list[Person]:
        """Return the persons a rung reaches for a task, each once; who has to act on a request answers it."""
        found: list[Person] = []
        for recipient in to:
            acts = recipient == Recipient.HOLDER and request is not None
            found += self.answering_request(request) if acts and request else self._of[recipient](task)
        return each_once(found)

    def who_acts(self, task: Task) -> Sequence[Person]:
        """Return who has to act: the lead or, while a closure request waits, whoever decides on it."""
        return self.decider(task) if task.state in WAITING_FOR_DECISION else self.lead(task)

    def lead(self, task: Task) -> Sequence[Person]:
        """Return who answers for the lead post."""
        return () if task.lead_post_id is None else self.acting(task.lead_post_id)

    def cooperating(self, task: Task) -> list[Person]:
        """Return who answers for the cooperating posts; nobody of a marked task, which they do not see."""
        if task.secrecy != Secrecy.OPEN:
            return []
        return [person for row in task.cooperations for person in self.acting(row.post_id)]

    def verifying(self, task: Task) -> Sequence[Person]:
        """Return who answers for the post that verifies and reviews."""
        return () if task.verifier_post_id is None else self.acting(task.verifier_post_id)

    def decider(self, task: Task) -> Sequence[Person]:
        """Return who decides on the closure request: the endorser, then (or without one) the verifier."""
        asked_by = requesters(task)
        if not asked_by:
            return ()
        found = endorser(task, self.day) if task.state == TaskState.CLOSURE_REQUESTED else None
        found = found or verifier(task, self.day)
        return [] if found is None else each_once((found.person, found.stand_in))

    def in_charge(self, task: Task) -> Sequence[Person]:
        """Return who decides what the lead asks for on the way: more time, coordination."""
        asked_by = waiting(task, *OF_THE_LEAD)
        found = in_charge(task, self.day) if asked_by else None
        return [] if found is None else each_once((found.person, found.stand_in))

    def answering_request(self, request: TaskRequest) -> Sequence[Person]:
        """Return who has to answer what waits: the lead an instruction, else who is in charge."""
        if request.kind == RequestKind.INSTRUCTION:
            return self.lead(request.task)
        return self.in_charge(request.task)

    def deputy(self, task: Task) -> Sequence[Person]:
        """Return the deputy in charge of the lead post in the task's domain."""
        if task.lead_post_id is None:
            return ()
        key = (task.lead_post_id, task.domain_id)
        if key not in self._in_charge:
            post = db.session.get_one(Post, task.lead_post_id)
            found = deputy_in_charge(post, db.session.get_one(DutyDomain, task.domain_id), self.day).post
            self._in_charge[key] = () if found is None else self.acting(found.id)
        return self._in_charge[key]

    def first_responsible(self, task: Task) -> list[Person]:
        """Return the first responsible persons of the task's unit and domain."""
        key = (task.unit_id, task.domain_id)
        if key not in self._first:
            unit, domain = (
                db.session.get_one(Unit, task.unit_id),
                db.session.get_one(DutyDomain, task.domain_id),
            )
            posts = first_responsibles(unit, domain, self.day)
            self._first[key] = each_once(person for post in posts for person in self.acting(post.id))
        return self._first[key]

    def clerks(self, task: Task) -> list[Person]:
        """Return who acts as clerk of the task's office."""
        if task.unit_id not in self._clerks:
            posts = posts_of_office(db.session.get_one(Unit, task.unit_id))
            own = [post for post in posts if post.is_clerk and office_of(post.unit).id == task.unit_id]
            self._clerks[task.unit_id] = each_once(person for post in own for person in self.acting(post.id))
        return self._clerks[task.unit_id]

    def acting(self, post_id: int) -> tuple[Person, ...]:
        """Return who answers for a post: its holder, of a vacant one the superior's; and a stand-in."""
        if post_id not in self._acting:
            self._acting[post_id] = answering(db.session.get_one(Post, post_id), self.day).people
        return self._acting[post_id]


def each_once(people: Iterable[Person | None]) -> list[Person]:
    """Return the persons in order, each once, without the gaps of vacant posts."""
    return list({person.id: person for person in people if person is not None}.values())
