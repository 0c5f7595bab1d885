"""Searching the trail: by whom, what, on what, when, from where and with what end; newest first.

A page costs the same at ten thousand rows and at ten million: every condition has an index that ends
with time and id, and several values of one (the acts of a group, the people of an office) are each
looked up by it and then merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, union_all
from sqlalchemy.orm import aliased

from tracker import clock
from tracker.accounts.models import Account
from tracker.audit.denials import ALARM
from tracker.audit.models import AuditRow, Outcome, Seal
from tracker.audit.words import GROUPS
from tracker.extensions import db
from tracker.organization.models import Holding, Person, Post, Unit
from tracker.organization.queries import OFFICES, below
from tracker.web.paging import PAGE, Page, beyond, page

NEWEST_FIRST = (AuditRow.at, AuditRow.id)
MOST_MERGED = (
    60  # values looked up one by one; the rows of more of them lie so close that reading on finds them
)
MOST_EXPORTED = 10_000  # rows of one file
ALARMS_SHOWN = timedelta(days=7)
MOST_ALARMS = 5
ONE_DAY = timedelta(days=1)

Values = list[ColumnElement[bool]]  # of which a row has to have one


@dataclass(frozen=True)
class Asked:
    """Which rows are asked for; everything empty: all of them."""

    who: str = ""  # an account or a person's name
    act: str = ""  # an act, or a group of acts
    unit: str = ""  # code: acts of its people, and acts on the unit itself
    subject: str = ""  # "task:17"
    first: date | None = None
    last: date | None = None
    address: str = ""
    outcome: Outcome | None = None


def find_rows(asked: Asked, after: str | None = None, *, size: int = PAGE) -> Page[AuditRow]:
    """Return a page of the rows asked for. Raises LostPlace for a cursor of another list."""
    merged, conditions = _conditions(asked)
    query = select(AuditRow).where(*conditions)
    if merged:
        ahead = beyond(NEWEST_FIRST, after, newest_first=True)
        newest = [_newest(one, [*conditions, ahead], size + 1) for one in merged]
        query = select(AuditRow).where(AuditRow.id.in_(union_all(*newest)))
    return page(query, NEWEST_FIRST, after, size=size, newest_first=True)


def rows_to_export(asked: Asked) -> tuple[Sequence[AuditRow], bool]:
    """Return the rows asked for, at most MOST_EXPORTED, and whether these are all."""
    found = find_rows(asked, size=MOST_EXPORTED)
    return found.rows, found.after is None


def find_row(row_id: int) -> AuditRow | None:
    """Return a row of the trail, or None."""
    return db.session.get(AuditRow, row_id)


def people_behind(rows: Sequence[AuditRow]) -> dict[int, str]:
    """Return the names of the people who use or keep the accounts of some rows, by the account's id."""
    ids = {row.account_id for row in rows if row.account_id is not None}
    owner = or_(Person.id == Account.person_id, Person.id == Account.keeper_id)
    found = select(Account.id, Person.name).join(Person, owner).where(Account.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(found)}


def last_person_on(subject: str, acts: Sequence[str]) -> str:
    """Return the name of who did the last of some acts on a subject, '' where no person did."""
    last = select(AuditRow).where(AuditRow.subject == subject, AuditRow.action.in_(acts))
    row = db.session.scalars(last.order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(1)).first()
    return "" if row is None else people_behind([row]).get(row.account_id or 0, "")


def recent_alarms() -> Sequence[AuditRow]:
    """Return the alarms of the last ALARMS_SHOWN, newest first, at most MOST_ALARMS."""
    lately = [AuditRow.action == ALARM, AuditRow.at > clock.now() - ALARMS_SHOWN]
    query = select(AuditRow).where(*lately).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    return db.session.scalars(query.limit(MOST_ALARMS)).all()


def last_seal() -> Seal | None:
    """Return the last seal over the trail, None before the first."""
    return db.session.scalar(select(Seal).order_by(Seal.id.desc()).limit(1))


def unsealed_since(seal: Seal | None) -> datetime | None:
    """Return when the oldest row without a seal was written, None where every row has its seal."""
    query = select(AuditRow.at).where(AuditRow.id > (0 if seal is None else seal.last_id))
    return db.session.scalar(query.order_by(AuditRow.id).limit(1))


def last_anchored_at() -> datetime | None:
    """Return when the last seal was printed to be kept elsewhere, None before the first time."""
    query = select(AuditRow.at).where(AuditRow.action == "trail.anchor")
    return db.session.scalar(query.order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(1))


def offices() -> Sequence[Unit]:
    """Return the offices to choose from, those that ended too: the trail outlives them."""
    return db.session.scalars(select(Unit).where(Unit.kind.in_(OFFICES)).order_by(Unit.path)).all()


def _conditions(asked: Asked) -> tuple[Values, list[ColumnElement[bool]]]:
    """Return the values of one condition to look up and merge, and the conditions that all have to hold."""
    merged: Values = []
    conditions = _plain_conditions(asked)
    for values in _several(asked):
        if not merged and len(values) <= MOST_MERGED:
            merged = values
        else:
            conditions.append(or_(*values))
    return merged, conditions


def _plain_conditions(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[tuple[Any, ColumnElement[bool]]] = [
        (asked.subject, AuditRow.subject == asked.subject),
        (asked.address, AuditRow.address == asked.address),
    ]
    if asked.outcome == Outcome.DONE:  # nearly every row; a plan must not begin with it
        found.append((True, AuditRow.outcome.not_in((Outcome.REFUSED, Outcome.FAILED))))
    elif asked.outcome is not None:
        found.append((True, AuditRow.outcome == asked.outcome))
    if asked.first is not None:
        found.append((True, AuditRow.at >= clock.midnight(asked.first)))
    if asked.last is not None:
        found.append((True, AuditRow.at < clock.midnight(asked.last + ONE_DAY)))
    return [condition for given, condition in found if given]


def _several(asked: Asked) -> list[Values]:
    """Return the values that fit who, unit and act."""
    found: list[Values] = []
    if asked.who:
        found.append([AuditRow.name == name for name in _names_like(asked.who)])
    if asked.unit:
        found.append(_of_unit(asked.unit))
    if asked.act:
        acts = GROUPS[asked.act][1] if asked.act in GROUPS else (asked.act,)
        found.append([AuditRow.action == act for act in acts])
    return found


def _names_like(word: str) -> list[str]:
    """Return the names in the trail that a word means: the word itself, and accounts by name or person."""
    person = aliased(Person)
    held = or_(person.id == Account.person_id, person.id == Account.keeper_id)
    like = or_(
        Account.username.icontains(word, autoescape=True), person.name.icontains(word, autoescape=True)
    )
    query = select(Account.username).outerjoin(person, held).where(like).order_by(Account.username)
    return [word, *db.session.scalars(query.limit(MOST_MERGED - 1))]


def _of_unit(code: str) -> Values:
    """Return the values that rows on a unit have, and rows of those who ever held a post in or below it."""
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        return [false()]
    names = (
        select(Account.username)
        .join(Holding, Holding.person_id == Account.person_id)
        .join(Post, Post.id == Holding.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(below(unit))
        .distinct()
    )
    found = db.session.scalars(names).all()
    return [AuditRow.subject == f"unit:{unit.id}", *(AuditRow.name == name for name in found)]


def _newest(one: ColumnElement[bool], conditions: list[ColumnElement[bool]], size: int) -> Select[Any]:
    """Return the ids of the newest rows of one value, as deep as a page could need them."""
    found = select(AuditRow.id).where(one, *conditions)
    newest = found.order_by(AuditRow.at.desc(), AuditRow.id.desc()).limit(size).subquery()
    return select(newest.c.id)
