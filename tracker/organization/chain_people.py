"""Whom a link of a chain means on a day: who acts for which posts, each with its fields. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from tracker.organization.known import Known
from tracker.organization.models import ChainLink, ChainRole, ChainRule, Portfolio, Post, Unit, UnitKind
from tracker.organization.portfolios import choose_in_charge
from tracker.organization.queries import Answering, office_of, standing


@dataclass(frozen=True)
class Meant:
    """A post that a link means and who acts for it; `fields` are what it answers for, none: all."""

    answering: Answering
    fields: tuple[str, ...] = ()


def meant_by(link: ChainLink, unit: Unit, known: Known) -> list[Meant]:
    """Return whom a link of a chain that a unit follows means there, on the day of `known`.

    Empty where the rule finds nobody: the body has no post, the division of work names no leader.
    """
    return _MEANT[link.rule](link, unit, known)


def _named(link: ChainLink, _unit: Unit, known: Known) -> list[Meant]:
    return [] if link.post is None else [Meant(known.answering(link.post, known.day))]


def _deputies(link: ChainLink, unit: Unit, known: Known) -> list[Meant]:
    """By the division of work: who is in charge of the posts of the unit and of the units of its office.

    The head of a department stands above its staff and is no deputy in charge; where the division names
    nobody, the superior post answers, and the page says so.
    """
    fields: dict[int, list[str]] = {}
    leaders: dict[int, Post] = {}
    for post in _posts_at(unit, known):
        found = choose_in_charge(post, link.chain.domain, known.portfolios, known.day)
        leader = found.post
        if leader is None or post.in_leadership or not (found.divided or leader.in_leadership):
            continue
        leaders[leader.id] = leader
        name = post.unit.name_on(known.day)
        said = name if found.divided else str(_("%(unit)s（分工未写明）", unit=name))
        if said not in fields.setdefault(leader.id, []):
            fields[leader.id].append(said)
    several = len(leaders) > 1
    return [
        Meant(known.answering(leader, known.day), tuple(fields[leader.id]) if several else ())
        for leader in sorted(leaders.values(), key=standing)
    ]


def _each(link: ChainLink, unit: Unit, known: Known) -> list[Meant]:
    """The other members of the leadership, each for what the division of work gives them."""
    office = office_of(unit)
    named = {one.post_id for one in link.chain.links if one.rule == ChainRule.POST}
    found = []
    for post in sorted(known.posts, key=standing):
        if not post.in_leadership or post.unit_id != office.id or post.id in named:
            continue
        lines = [line for line in known.portfolios if line.leader_post_id == post.id]
        if unit.id != office.id:
            lines = [line for line in lines if line.unit_id in (None, unit.id)]
        if lines or unit.id == office.id:
            fields = tuple(_covered(line, known) for line in lines)
            found.append(Meant(known.answering(post, known.day), fields))
    return found


def _bodies(link: ChainLink, unit: Unit, known: Known) -> list[Meant]:
    """A body by the post that leads it; the body that bears 主体责任 by its whole leadership.

    Without a body named it is the unit itself, in an office each of its villages.
    """
    body = link.body or unit
    if link.role == ChainRole.MAIN:
        posts = [post for post in known.posts if post.unit_id == office_of(body).id and post.in_leadership]
        return [Meant(known.answering(post, known.day)) for post in sorted(posts, key=standing)]
    leading: dict[int, Post] = {}
    for post in sorted(_posts_at(body, known), key=standing):
        leading.setdefault(post.unit_id, post)
    if link.body is None and unit.id == office_of(unit).id:
        leading = {key: post for key, post in leading.items() if post.unit.kind == UnitKind.VILLAGE}
    else:
        leading = {key: post for key, post in leading.items() if key == body.id}
    return [
        Meant(known.answering(post, known.day), (post.unit.name_on(known.day),)) for post in leading.values()
    ]


def _posts_at(unit: Unit, known: Known) -> list[Post]:
    """Return the posts of a unit; of an office with those of its departments and villages."""
    return [post for post in known.posts if post.unit_id == unit.id or office_of(post.unit).id == unit.id]


def _covered(line: Portfolio, known: Known) -> str:
    unit = "" if line.unit is None else line.unit.name_on(known.day)
    return unit + ("" if line.domain is None else str(_(line.domain.name)))


_MEANT: Mapping[ChainRule, Callable[[ChainLink, Unit, Known], list[Meant]]] = {
    ChainRule.POST: _named,
    ChainRule.DEPUTY_IN_CHARGE: _deputies,
    ChainRule.EACH_IN_FIELD: _each,
    ChainRule.BODY: _bodies,
}
