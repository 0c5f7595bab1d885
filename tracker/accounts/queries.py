"""What the administrators look up: accounts, people without one, accounts nobody uses, denials."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from tracker import clock
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.names import spellings
from tracker.accounts.states import ADMINISTRATORS, CONDITIONS, AccountState
from tracker.audit.models import AuditRow, Outcome
from tracker.extensions import db
from tracker.organization.models import Holding, Person, Post, Unit
from tracker.organization.queries import below, lasts_on
from tracker.web.paging import Page, page

LONGEST_WORD = 50
IDLE_DAYS = 90
MOST_PEOPLE = 20  # offered to choose from; a longer word finds the others
MOST_AT_ONCE = 100  # accounts made or granted in one act


@dataclass(frozen=True)
class Asked:
    """Which accounts a list shows; everything empty: all of them."""

    word: str = ""
    kind: AccountKind | None = None
    state: AccountState | None = None


def find_accounts(asked: Asked, after: str | None) -> Page[Account]:
    """Return a page of the accounts asked for, by user name."""
    return page(_chosen(asked), (Account.username, Account.id), after)


def count_accounts(asked: Asked) -> int:
    """Return how many accounts are asked for."""
    return db.session.scalar(select(func.count()).select_from(_chosen(asked).subquery())) or 0


def idle_accounts(now: datetime, after: str | None, days: int = IDLE_DAYS) -> Page[Account]:
    """Return a page of the enabled accounts that nobody signed in with for so many days."""
    return page(_with_people().where(is_idle(now, days)), (Account.username, Account.id), after)


def is_idle(now: datetime, days: int = IDLE_DAYS) -> ColumnElement[bool]:
    """Return the condition that an enabled account lay unused for so many days, or was never used so long."""
    since = now - timedelta(days=days)
    never = and_(Account.last_seen_on.is_(None), Account.made_at <= since)
    return and_(Account.disabled_at.is_(None), or_(Account.last_seen_on <= clock.day_of(since), never))


def account_named(username: str) -> Account | None:
    """Return the account of a name, however it was typed; one kept as typed comes first."""
    typed, _plain = names = spellings(username)
    exactly_first = (Account.username != typed).label("other")
    named = select(Account).where(Account.username.in_(names)).order_by(exactly_first)
    return db.session.scalar(named.limit(1))


def posts_of(people: Iterable[Person | None], day: date) -> dict[int, list[Post]]:
    """Return the posts that people hold on a day, by the person's id, in one query."""
    ids = {person.id for person in people if person is not None}
    rows = db.session.execute(
        select(Holding.person_id, Post)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.person_id.in_(ids), lasts_on(day))
        .options(joinedload(Post.unit))
        .order_by(Holding.from_day, Holding.id)
    )
    found: dict[int, list[Post]] = {}
    for person_id, post in rows:
        found.setdefault(person_id, []).append(post)
    return found


def find_people(word: str) -> Sequence[Person]:
    """Return people whose name or phone holds a word, at most MOST_PEOPLE."""
    holds = or_(Person.name.icontains(word, autoescape=True), Person.phone.icontains(word, autoescape=True))
    return db.session.scalars(
        select(Person).where(holds).order_by(Person.name, Person.id).limit(MOST_PEOPLE)
    ).all()


def people_without_account(office: Unit, day: date) -> Sequence[Person]:
    """Return who holds a post in an office or below it on a day and has no account, at most MOST_AT_ONCE."""
    holds = (
        select(Holding.person_id)
        .join(Post, Post.id == Holding.post_id)
        .join(Unit, Unit.id == Post.unit_id)
        .where(below(office), lasts_on(day))
    )
    has_one = select(Account.id).where(Account.person_id == Person.id).exists()
    query = select(Person).where(Person.id.in_(holds), ~has_one)
    return db.session.scalars(query.order_by(Person.name, Person.id).limit(MOST_AT_ONCE)).all()


def usernames_taken(names: Collection[str]) -> set[str]:
    """Return which of some plain names an account has already."""
    return set(
        db.session.scalars(
            select(func.lower(Account.username)).where(func.lower(Account.username).in_(names))
        )
    )


def missing_administrators() -> list[AccountKind]:
    """Return of which kinds no account is usable yet."""
    usable = set(
        db.session.scalars(
            select(Account.kind)
            .where(Account.kind.in_(ADMINISTRATORS), CONDITIONS[AccountState.USABLE])
            .distinct()
        )
    )
    return [kind for kind in ADMINISTRATORS if kind not in usable]


def administrators() -> Sequence[Account]:
    """Return the administrators' accounts that are not disabled, by kind and name, at most MOST_AT_ONCE."""
    query = _with_people().where(Account.kind.in_(ADMINISTRATORS), Account.disabled_at.is_(None))
    return db.session.scalars(query.order_by(Account.kind, Account.username).limit(MOST_AT_ONCE)).all()


def denials_since(moment: datetime) -> list[tuple[str, int]]:
    """Return which names were denied something since a moment and how often, the most first, at most 20."""
    count = func.count()
    rows = db.session.execute(
        select(AuditRow.name, count)
        .where(AuditRow.at >= moment, AuditRow.outcome == Outcome.REFUSED)
        .group_by(AuditRow.name)
        .order_by(count.desc(), AuditRow.name)
        .limit(20)
    )
    return [(name, number) for name, number in rows]


def _with_people() -> Select[Account]:
    return select(Account).options(joinedload(Account.person), joinedload(Account.keeper))


def _chosen(asked: Asked) -> Select[Account]:
    query = _with_people()
    if asked.kind is not None:
        query = query.where(Account.kind == asked.kind)
    if asked.state is not None:
        query = query.where(CONDITIONS[asked.state])
    if asked.word:
        owner = aliased(Person)
        named = select(owner.id).where(
            owner.id.in_((Account.person_id, Account.keeper_id)),
            owner.name.icontains(asked.word, autoescape=True),
        )
        query = query.where(or_(Account.username.icontains(asked.word, autoescape=True), named.exists()))
    return query
