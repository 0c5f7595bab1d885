"""Entering the organization: units, people, posts, holders, portfolios, duties, chains."""

from datetime import date

from flask_babel import gettext as _

from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import (
    DutyDomain,
    Holding,
    Person,
    Portfolio,
    Post,
    Unit,
    UnitKind,
)
from tracker.organization.queries import holder
from tracker.refusals import Refused


def add_unit(*, code: str, name: str, kind: UnitKind, parent: Unit | None = None) -> Unit:
    """Add a unit below another; its path makes the subtree one indexed range."""
    unit = Unit(code=code, name=name, kind=kind, parent=parent)
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    record("organization.add_unit", f"unit:{unit.id}", name=name)
    return unit


def add_post(
    unit: Unit,
    title: str,
    *,
    superior: Post | None = None,
    in_leadership: bool = False,
    is_clerk: bool = False,
    keeps_ledger: bool = False,
) -> Post:
    """Add a post to a unit."""
    post = Post(
        unit=unit,
        title=title,
        superior=superior,
        in_leadership=in_leadership,
        is_clerk=is_clerk,
        keeps_ledger=keeps_ledger,
    )
    db.session.add(post)
    db.session.flush()
    record("organization.add_post", f"post:{post.id}", title=title)
    return post


def add_person(name: str, *, email: str | None = None) -> Person:
    """Add a person."""
    person = Person(name=name, email=email)
    db.session.add(person)
    db.session.flush()
    record("organization.add_person", f"person:{person.id}", name=name)
    return person


def appoint(person: Person, post: Post, *, from_day: date) -> Holding:
    """Let a person hold a post from a day on. Raises Refused while somebody else holds it."""
    present = holder(post, from_day)
    if present is not None:
        raise Refused(
            _(
                "%(post)s由%(person)s任职，先登记其离任日期，再任命新的任职人。",
                post=post.title,
                person=present.name,
            ),
            field="post",
        )
    holding = Holding(person=person, post=post, from_day=from_day)
    db.session.add(holding)
    db.session.flush()
    record("organization.appoint", f"post:{post.id}", person=person.id, from_day=str(from_day))
    return holding


def release(holding: Holding, *, last_day: date) -> None:
    """End a holding with its last day; the history keeps who held the post."""
    if last_day < holding.from_day:
        raise Refused(_("离任日期早于任职日期，请核对。"), field="to_day")
    holding.to_day = last_day
    record(
        "organization.release", f"post:{holding.post_id}", person=holding.person_id, last_day=str(last_day)
    )


def divide_work(
    leader_post: Post,
    *,
    from_day: date,
    unit: Unit | None = None,
    domain: DutyDomain | None = None,
    document: str = "",
) -> Portfolio:
    """Enter a line of the division of work (分工). Raises Refused when it covers nothing."""
    if unit is None and domain is None:
        raise Refused(_("分工至少写明一个单位或一个领域。"), field="unit")
    portfolio = Portfolio(
        leader_post=leader_post, unit=unit, domain=domain, from_day=from_day, document=document
    )
    db.session.add(portfolio)
    db.session.flush()
    record("organization.divide_work", f"portfolio:{portfolio.id}", leader=leader_post.id)
    return portfolio
