"""Accounts for a whole office in one act: names proposed from the roster, a slip of paper a person."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum

from tracker.accounts.administering import Slip, issue_secret, open_account
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.names import plain_name
from tracker.accounts.queries import usernames_taken
from tracker.organization.models import Person
from tracker.refusals import Refused

SLIP_LASTS = timedelta(days=7)  # a slip is carried to a village and typed in some days later
SCREEN_LASTS = timedelta(hours=24)  # a secret told to one person


class Naming(StrEnum):
    """Where a user name comes from."""

    NAME = "name"  # 姓名，重名的加序号
    PHONE = "phone"  # 手机号，没有登记的用姓名


def propose_names(people: Sequence[Person], naming: Naming) -> dict[int, str]:
    """Return a free user name for each person, by the person's id; namesakes are numbered."""
    wanted = {person.id: _wanted(person, naming) for person in people}
    numbered = {f"{name}{number}" for name in wanted.values() for number in range(2, len(people) + 2)}
    taken = usernames_taken(set(wanted.values()) | numbered)
    chosen: dict[int, str] = {}
    for person_id, name in wanted.items():
        chosen[person_id] = next(free for free in _numbered(name) if free not in taken)
        taken.add(chosen[person_id])
    return chosen


def open_accounts(people: Sequence[Person], *, by: Account | None, naming: Naming) -> list[Slip]:
    """Make an account of the business for each person, with a one-time secret on a slip."""
    names = propose_names(people, naming)
    made = [
        open_account(names[person.id], by=by, kind=AccountKind.PERSON, person=person) for person in people
    ]
    return [issue_secret(account, by=by, valid_for=SLIP_LASTS) for account in made]


def _wanted(person: Person, naming: Naming) -> str:
    for source in (person.phone if naming is Naming.PHONE else None, person.name):
        try:
            return plain_name("".join((source or "").split()))
        except Refused:
            continue
    return f"u{person.id}"


def _numbered(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1
