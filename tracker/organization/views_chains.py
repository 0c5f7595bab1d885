"""The pages of chains of responsibility (责任链), and the duty list as a paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.documents.paper import MEDIA_TYPE, render
from tracker.extensions import db
from tracker.organization.access import find_post_seen, keeps
from tracker.organization.acting import Actor
from tracker.organization.chain_entries import MOST_LINKS, Link, chain_version, enter_chain, proposed
from tracker.organization.chain_people import Meant, meant_by
from tracker.organization.chain_templates import TEMPLATES, Template
from tracker.organization.chains import EARLIEST, links_in_force
from tracker.organization.charging import duties_of
from tracker.organization.duty_entries import domains_offered
from tracker.organization.duty_list import office_list, post_list
from tracker.organization.entering import require_pen
from tracker.organization.forms import required_day
from tracker.organization.known import Known
from tracker.organization.models import (
    Chain,
    ChainLink,
    ChainRole,
    ChainRule,
    DutyDomain,
    Post,
    Unit,
    UnitKind,
)
from tracker.organization.present import present_actor
from tracker.organization.queries import OFFICES, holder, office_of, posts_of_office
from tracker.organization.views import chosen_day, chosen_unit, units_below
from tracker.organization.words import ROLE_WORDS, RULE_WORDS
from tracker.refusals import Refused
from tracker.web import forms
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.filters import cnday
from tracker.web.incoming import plain_number
from tracker.web.language import in_chinese
from tracker.web.two_at_once import again, remembering

bp = Blueprint("organization_chains", __name__)


@dataclass(frozen=True)
class ChainBlock:
    """What holds for a domain (None: every domain without a chain of its own) in a unit."""

    domain: DutyDomain | None
    chain: Chain | None
    links: Sequence[tuple[ChainLink, list[Meant]]]  # with whom each means


@bp.get("/organization/chains")
def listing() -> ResponseReturnValue:
    """The chain of each domain in a unit today, its own or that of the unit above."""
    actor = present_actor()
    unit = chosen_unit(actor)
    known = Known([office_of(unit)], actor.day)
    return render_template(
        "organization/chains.html",
        unit=unit,
        units=[one for one in units_below(actor.office, actor.day) if _has_chains(one)],
        blocks=[_block(unit, domain, known) for domain in [None, *domains_offered(office_of(unit))]],
        kept=keeps(actor, unit),
        role_words=ROLE_WORDS,
        rule_words=RULE_WORDS,
        since=_since,
    )


@bp.route("/organization/chains/edit", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """The form of a unit's own chain for a domain; a template fills it in."""
    actor = present_actor()
    unit = chosen_unit(actor)
    domain = _domain(unit)
    require_pen(unit, actor)
    if request.method == "GET":
        kept = _form(unit, domain, actor)
        template = next((one for one in TEMPLATES if one.code == request.args.get("template")), None)
        return remembering(kept if template is None else _form(unit, domain, actor, template=template), kept)
    try:
        enter_chain(
            unit,
            domain,
            _sent(unit),
            by=actor,
            from_day=required_day("day", _("写明自哪一天起执行。")),
            document=forms.text("document"),
            version=forms.text("version"),
        )
    except Refused as refusal:
        note_refusal(refusal)
        return again(partial(_form, unit, domain, actor, refusal)), refusal.status
    flash(_("责任链已保存，自 %(day)s起执行。", day=cnday(forms.day("day"))))
    return redirect(url_for("organization_chains.listing", unit=unit.code))


@bp.get("/organization/duty-list.docx")
def duty_list() -> ResponseReturnValue:
    """The duty list of a post, or of a whole office, on a day as a paper."""
    actor, day = present_actor(), chosen_day()
    post_id = plain_number(request.args.get("post", ""))
    if post_id:
        post = find_post_seen(post_id, actor) or abort(404)
        duties = duties_of([post], day).get(post.id, [])
        subject = f"post:{post_id}"
        with in_chinese():
            paper = post_list(post, holder(post, day), duties, office_of(post.unit), day)
    else:
        office = office_of(chosen_unit(actor))
        subject = f"unit:{office.id}"
        posts, known = posts_of_office(office, day), Known([office], day)
        duties_by_post = duties_of(posts, day)
        with in_chinese():
            paper = office_list(office, posts, known.holder, duties_by_post, day)
    return given_out(
        f"{paper.title}.docx",
        MEDIA_TYPE,
        render(paper),
        action="organization.download_duty_list",
        subject=subject,
        made_here=True,
        day=str(day),
    )


def _since(chain: Chain) -> str:
    """Return from when a chain holds, '' for one that was there before the first entry."""
    return "" if chain.from_day == EARLIEST else str(_("自 %(day)s起执行", day=cnday(chain.from_day)))


def _has_chains(unit: Unit) -> bool:
    return unit.kind in OFFICES or unit.kind == UnitKind.VILLAGE


def _block(unit: Unit, domain: DutyDomain | None, known: Known) -> ChainBlock:
    """Return the chain a unit follows, with whom each link means there."""
    links = _links(unit, domain, known.day)
    chain = links[0].chain if links else None
    return ChainBlock(domain, chain, [(link, meant_by(link, unit, known)) for link in links])


def _links(unit: Unit, domain: DutyDomain | None, day: date) -> Sequence[ChainLink]:
    """Return the links of the nearest chain with the domain, going up; the general one apart."""
    here: Unit | None = unit
    while here is not None:
        links = [
            link
            for link in links_in_force([here.id], day)
            if link.chain.domain_id == (None if domain is None else domain.id)
        ]
        if links:
            return links
        here = here.parent
    return ()


def _domain(unit: Unit) -> DutyDomain | None:
    """Return the domain of the address; none for the general chain, 404 for a foreign one."""
    named = request.args.get("domain", "")
    offered = {domain.code: domain for domain in domains_offered(office_of(unit))}
    return (offered.get(named) or abort(404)) if named else None


def _posts(unit: Unit) -> list[Post]:
    return posts_of_office(office_of(unit))


def _bodies(unit: Unit) -> list[Unit]:
    office = office_of(unit)
    below = Unit.path.startswith(office.path, autoescape=True)
    return list(db.session.scalars(select(Unit).where(below).order_by(Unit.path)))


def _sent(unit: Unit) -> list[Link]:
    """Return the links of the form; a row without a role is none."""
    posts = {post.id: post for post in _posts(unit)}
    bodies = {body.id: body for body in _bodies(unit)}
    rows = [(forms.text(f"role-{n}"), n) for n in range(MOST_LINKS)]
    return [
        Link(
            ChainRole(role),
            ChainRule(forms.text(f"rule-{n}"))
            if forms.text(f"rule-{n}") in set(ChainRule)
            else ChainRule.POST,
            posts.get(plain_number(forms.text(f"post-{n}"))),
            bodies.get(plain_number(forms.text(f"body-{n}"))),
        )
        for role, n in rows
        if role in set(ChainRole)
    ]


def _blank_rows(used: int) -> int:
    """Return how many empty rows follow the links: two or three, and a refused form does not grow."""
    if request.method == "GET":
        return min(3, MOST_LINKS - used)
    sent = sum(f"role-{number}" in request.form for number in range(MOST_LINKS))
    return max(sent - used, 0)


def _form(
    unit: Unit,
    domain: DutyDomain | None,
    actor: Actor,
    refusal: Refused | None = None,
    typed: bool = False,
    template: Template | None = None,
) -> str:
    """The form with what was typed, with what a template proposes, or with the chain as it is."""
    if typed:
        links, sought = _sent(unit), [""] * MOST_LINKS
    elif template is not None:
        found = proposed(template, _posts(unit))
        links, sought = [link for link, _titles in found], [titles for _link, titles in found]
    else:
        present = _links(unit, domain, actor.day)
        links = [Link(link.role, link.rule, link.post, link.body) for link in present]
        sought = [""] * len(links)
    return render_template(
        "organization/chain_form.html",
        unit=unit,
        domain=domain,
        rows=[*zip(links, sought, strict=False)],
        blank=_blank_rows(len(links)),
        templates=[
            one for one in TEMPLATES if domain is None or not one.domains or domain.code in one.domains
        ],
        template=template,
        posts=_posts(unit),
        bodies=_bodies(unit),
        role_words=ROLE_WORDS,
        rule_words=RULE_WORDS,
        version=chain_version(unit, domain),
        typed=dict(request.form) if typed else {"day": clock.today()},
        refusal=refusal,
    )
