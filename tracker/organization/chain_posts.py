"""Which links of the chains of responsibility an actor stands at today."""

from collections.abc import Iterator

from tracker.organization.acting import Actor
from tracker.organization.chains import links_in_force, posts_in
from tracker.organization.models import ChainLink, ChainRole, ChainRule, Unit


def links_held(actor: Actor) -> Iterator[tuple[ChainLink, Unit]]:
    """Yield the links at which an actor stands, each with the unit it makes the actor answer for.

    A supervising link stands outside the chain (domain.md 2.2): it answers for nothing.
    """
    above = {int(part) for post in actor.posts for part in post.unit.path.strip("/").split("/")}
    for link in links_in_force(above, actor.day):
        if link.role == ChainRole.SUPERVISING or link.chain.unit is None:
            continue
        if link.rule == ChainRule.POST and link.post_id in actor.post_ids:
            yield link, link.chain.unit
        if link.rule == ChainRule.BODY:
            yield from ((link, unit) for unit in _bodies_led(actor, link))


def _bodies_led(actor: Actor, link: ChainLink) -> Iterator[Unit]:
    """Yield the units for which a link names the body itself and which the actor leads."""
    for unit in {post.unit_id: post.unit for post in actor.posts}.values():
        meant = link.body_id in (None, unit.id) and unit.path.startswith(link.chain.unit.path)  # type: ignore[union-attr] # a chain in force has a unit
        if meant and any(post.id in actor.post_ids for post in posts_in(unit, actor.day)[:1]):
            yield unit
