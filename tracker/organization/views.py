"""The page of responsibilities (责任体系): units, posts with their holders and duties, division of work."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tracker.extensions import db
from tracker.organization.known import Known
from tracker.organization.models import DomainKind, Duty, Portfolio, Post, Unit
from tracker.organization.present import present_actor
from tracker.organization.queries import below, find_unit
from tracker.organization.tabs import organization_tabs

bp = Blueprint("organization", __name__)
bp.add_app_template_global(organization_tabs)


@dataclass(frozen=True)
class PostLine:
    """A post with who answers today and its duties by kind."""

    post: Post
    holder: str
    acting: str  # who acts while the post is vacant
    business: list[Duty]
    second: list[Duty]


@dataclass(frozen=True)
class UnitBlock:
    """A unit with its posts."""

    unit: Unit
    lines: list[PostLine]


@bp.get("/organization")
def show() -> ResponseReturnValue:
    """Units, posts, duties and portfolios of the reader's own office and below; 404 for any other unit."""
    actor = present_actor()
    office = actor.office or abort(404)
    code = request.args.get("unit", "")
    unit = find_unit(code) if code else office
    if unit is None or not unit.path.startswith(office.path):
        abort(404)
    known = Known([unit], actor.day)
    blocks = _blocks(unit, known)
    return render_template(
        "organization/overview.html",
        office=office,
        unit=unit,
        units=db.session.scalars(select(Unit).where(below(office)).order_by(Unit.path)).all(),
        blocks=blocks,
        portfolios=_by_leader(known),
        known=known,
    )


def _blocks(unit: Unit, known: Known) -> list[UnitBlock]:
    duties: dict[int, list[Duty]] = {}
    query = select(Duty).join(Post).join(Unit, Unit.id == Post.unit_id).where(below(unit))
    for duty in db.session.scalars(query.options(joinedload(Duty.domain)).order_by(Duty.id)):
        duties.setdefault(duty.post_id, []).append(duty)
    blocks: dict[int, UnitBlock] = {}
    for post in sorted(known.posts, key=lambda post: (post.unit.path, not post.in_leadership, post.id)):
        if post.unit.path.startswith(unit.path):
            block = blocks.setdefault(post.unit_id, UnitBlock(post.unit, []))
            block.lines.append(_line(post, duties.get(post.id, []), known))
    return list(blocks.values())


def _line(post: Post, duties: list[Duty], known: Known) -> PostLine:
    answering = known.answering(post, known.day)
    name = "" if answering.person is None else answering.person.name
    return PostLine(
        post,
        holder="" if answering.for_vacant else name,
        acting=name if answering.for_vacant else "",
        business=[duty for duty in duties if duty.domain.kind == DomainKind.BUSINESS],
        second=[duty for duty in duties if duty.domain.kind == DomainKind.SECOND],
    )


def _by_leader(known: Known) -> list[tuple[Post, list[Portfolio]]]:
    found: dict[int, tuple[Post, list[Portfolio]]] = {}
    for row in known.portfolios:
        found.setdefault(row.leader_post_id, (row.leader_post, []))[1].append(row)
    return list(found.values())
