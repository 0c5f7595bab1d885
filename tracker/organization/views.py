"""The pages of responsibilities (责任体系): the office as of a day, and each post with its history."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.extensions import db
from tracker.organization.access import find_post_seen, keeps
from tracker.organization.acting import Actor
from tracker.organization.history import changes_of, holdings_of, in_charge_of, portfolios_over_time
from tracker.organization.known import Known
from tracker.organization.models import DomainKind, Duty, Post, Unit
from tracker.organization.naming import name_of, named_for, post_person, who
from tracker.organization.present import present_actor
from tracker.organization.queries import (
    OFFICES,
    Answering,
    below,
    down_the_tree,
    find_unit,
    in_being,
    standing,
)
from tracker.organization.tabs import organization_tabs
from tracker.web.forms import office_day

bp = Blueprint("organization", __name__)
bp.add_app_template_global(organization_tabs)
bp.add_app_template_filter(who)
bp.add_app_template_filter(name_of)
bp.add_app_template_global(post_person)
bp.add_app_template_global(named_for)


@dataclass(frozen=True)
class PostLine:
    """A post with who answers on the day and its duties by kind."""

    post: Post
    answering: Answering
    business: list[Duty]
    second: list[Duty]


@dataclass(frozen=True)
class UnitBlock:
    """A unit with its posts; `kept` where the reader enters its organization."""

    unit: Unit
    kept: bool
    lines: list[PostLine]


@bp.get("/organization")
def show() -> ResponseReturnValue:
    """Units, posts, duties and portfolios of the reader's own office and below; 404 for any other unit."""
    actor = present_actor()
    office, unit, day = actor.office, chosen_unit(actor), chosen_day()
    known = Known([unit], day)
    return render_template(
        "organization/overview.html",
        office=office,
        unit=unit,
        units=units_below(office, day),
        blocks=_blocks(unit, known, actor),
        on=day,
        today=clock.today(),
    )


@bp.get("/organization/posts/<int:post_id>")
def show_post(post_id: int) -> ResponseReturnValue:
    """A post: who held it when, its superior, its deputy in charge and by which rule, its duties."""
    actor = present_actor()
    post, day = find_post_seen(post_id, actor) or abort(404), chosen_day()
    known = Known([post.unit], day)
    return render_template(
        "organization/post.html",
        post=post,
        on=day,
        today=clock.today(),
        kept=keeps(actor, post.unit),
        answering=known.answering(post, day),
        superior=None if post.superior is None else known.answering(post.superior, day),
        holdings=holdings_of(post),
        in_charge=in_charge_of(post, day),
        portfolios=portfolios_over_time(post),
        duties=_duties(post.unit, day).get(post.id, []),
        below=[known.answering(one, day) for one in _posts_under(post, day)],
        changes=changes_of(post),
    )


def chosen_day() -> date:
    """Return the day of the address, today for none or one that cannot be read."""
    return office_day(request.args.get("on", "")) or clock.today()


def chosen_unit(actor: Actor) -> Unit:
    """Return the unit of the address, the reader's office for none; 404 for a foreign one."""
    office = actor.office or abort(404)
    code = request.args.get("unit", "")
    unit = find_unit(code) if code else office
    if unit is None or not unit.path.startswith(office.path):
        abort(404)
    return unit


def chosen_office(actor: Actor) -> Unit:
    """Return the office of the address; 404 for a department or village, which have none of what is shown."""
    unit = chosen_unit(actor)
    return unit if unit.kind in OFFICES else abort(404)


def units_below(office: Unit | None, day: date) -> list[Unit]:
    """Return an office and the units below it that are there on a day."""
    if office is None:
        return []
    query = select(Unit).where(below(office), in_being(day, Unit))
    return sorted(db.session.scalars(query), key=down_the_tree)


def _blocks(unit: Unit, known: Known, actor: Actor) -> list[UnitBlock]:
    duties = _duties(unit, known.day)
    blocks = {one.id: UnitBlock(one, keeps(actor, one), []) for one in units_below(unit, known.day)}
    for post in sorted(known.posts, key=standing):
        if post.unit_id in blocks:
            blocks[post.unit_id].lines.append(_line(post, duties.get(post.id, []), known))
    return [block for block in blocks.values() if block.lines or block.kept]


def _duties(unit: Unit, day: date) -> dict[int, list[Duty]]:
    found: dict[int, list[Duty]] = {}
    query = select(Duty).join(Post).join(Unit, Unit.id == Post.unit_id)
    lasting = or_(Duty.ended_on.is_(None), Duty.ended_on >= day)
    query = query.where(below(unit), lasting).options(joinedload(Duty.domain)).order_by(Duty.id)
    for duty in db.session.scalars(query):
        found.setdefault(duty.post_id, []).append(duty)
    return found


def _line(post: Post, duties: list[Duty], known: Known) -> PostLine:
    return PostLine(
        post,
        known.answering(post, known.day),
        business=[duty for duty in duties if duty.domain.kind == DomainKind.BUSINESS],
        second=[duty for duty in duties if duty.domain.kind == DomainKind.SECOND],
    )


def _posts_under(post: Post, day: date) -> list[Post]:
    query = select(Post).where(Post.superior_id == post.id, in_being(day))
    return sorted(db.session.scalars(query), key=standing)
