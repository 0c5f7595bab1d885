"""The pages on which the ledger keeper enters units, posts, holders and people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker import clock
from tracker.extensions import db
from tracker.organization.access import (
    find_chain_seen,
    find_duty_seen,
    find_holding_seen,
    find_person_seen,
    find_post_seen,
    find_unit_seen,
    keeps_person,
)
from tracker.organization.acting import Actor
from tracker.organization.chain_entries import CHAIN_ENTRIES
from tracker.organization.domain_entries import DOMAIN_ENTRIES
from tracker.organization.domains import find_domain_known, require_own
from tracker.organization.duty_entries import DUTY_ENTRIES
from tracker.organization.entering import begin_entry, require_pen
from tracker.organization.forms import Entry
from tracker.organization.models import Chain, Duty, DutyDomain, Holding, Person, Post, Unit
from tracker.organization.naming import named_for
from tracker.organization.post_entries import HOLDING_ENTRIES, PERSON_ENTRIES, POST_ENTRIES
from tracker.organization.present import present_actor
from tracker.organization.unit_entries import UNIT_ENTRIES
from tracker.refusals import NotAllowed, Refused
from tracker.web import once
from tracker.web.errors import note_refusal
from tracker.web.two_at_once import again, remembering, require_as_shown

bp = Blueprint("organization_entering", __name__)


@dataclass(frozen=True)
class Kind:
    """A kind of row that entries are about: its forms, who may fill them in, its name, its page."""

    entries: Mapping[str, Entry[Any]]
    find: Callable[[int, Actor], Any]
    require: Callable[[Any, Actor], object]
    name: Callable[[Any], str]
    page: Callable[[Any], str]


def _page_of_post(post: Post) -> str:
    return url_for("organization.show_post", post_id=post.id)


def _post_held(holding: Holding) -> str:
    return holding.post.title_on(named_for(holding.from_day, holding.to_day, clock.today()))


def _require_keeps_person(person: Person, by: Actor) -> None:
    if not keeps_person(by, person):
        raise NotAllowed(_("人员信息由台账管理岗位登记，请联系台账管理岗位。没有改动任何内容。"))


def _name_of_chain(chain: Chain) -> str:
    general = _("各领域通用")
    return f"{chain.unit.name if chain.unit else ''} · {_(chain.domain.name) if chain.domain else general}"


UNITS = Kind(
    UNIT_ENTRIES,
    find_unit_seen,
    require_pen,
    lambda unit: unit.name,
    lambda unit: url_for("organization.show", _anchor=f"unit-{unit.id}"),
)
POSTS = Kind(
    POST_ENTRIES,
    find_post_seen,
    lambda post, by: require_pen(post.unit, by),
    lambda post: post.title,
    _page_of_post,
)
HOLDINGS = Kind(
    HOLDING_ENTRIES,
    find_holding_seen,
    lambda holding, by: require_pen(holding.post.unit, by),
    lambda holding: f"{_post_held(holding)} · {holding.person.name}",
    lambda holding: _page_of_post(holding.post),
)
DUTIES = Kind(
    DUTY_ENTRIES,
    find_duty_seen,
    lambda duty, by: require_pen(duty.post.unit, by),
    lambda duty: f"{duty.post.title} · {_(duty.domain.name)}",
    lambda duty: _page_of_post(duty.post),
)
DOMAINS = Kind(
    DOMAIN_ENTRIES,
    find_domain_known,
    require_own,
    lambda domain: str(_(domain.name)),
    lambda domain: url_for("organization_domains.listing", _anchor=f"domain-{domain.id}"),
)
CHAINS = Kind(
    CHAIN_ENTRIES,
    find_chain_seen,
    lambda chain, by: require_pen(chain.unit, by),
    _name_of_chain,
    lambda chain: url_for("organization_chains.listing", unit=chain.unit.code),
)
PEOPLE = Kind(
    PERSON_ENTRIES,
    find_person_seen,
    _require_keeps_person,
    lambda person: person.name,
    lambda _person: url_for("organization.show"),
)


@bp.route("/organization/units/<int:unit_id>/<entry>", methods=["GET", "POST"])
def unit(unit_id: int, entry: str) -> ResponseReturnValue:
    """A form about a unit, and carrying it out."""
    return _answer(UNITS, unit_id, entry)


@bp.route("/organization/posts/<int:post_id>/<entry>", methods=["GET", "POST"])
def post(post_id: int, entry: str) -> ResponseReturnValue:
    """A form about a post, and carrying it out."""
    return _answer(POSTS, post_id, entry)


@bp.route("/organization/holdings/<int:holding_id>/<entry>", methods=["GET", "POST"])
def holding(holding_id: int, entry: str) -> ResponseReturnValue:
    """A form about who held a post, and carrying it out."""
    return _answer(HOLDINGS, holding_id, entry)


@bp.route("/organization/duties/<int:duty_id>/<entry>", methods=["GET", "POST"])
def duty(duty_id: int, entry: str) -> ResponseReturnValue:
    """A form about a duty, and carrying it out."""
    return _answer(DUTIES, duty_id, entry)


@bp.route("/organization/domains/<int:domain_id>/<entry>", methods=["GET", "POST"])
def domain(domain_id: int, entry: str) -> ResponseReturnValue:
    """A form about a duty domain, and carrying it out."""
    return _answer(DOMAINS, domain_id, entry)


@bp.route("/organization/chains/<int:chain_id>/<entry>", methods=["GET", "POST"])
def chain(chain_id: int, entry: str) -> ResponseReturnValue:
    """A form about a chain of responsibility, and carrying it out."""
    return _answer(CHAINS, chain_id, entry)


@bp.route("/organization/people/<int:person_id>/<entry>", methods=["GET", "POST"])
def person(person_id: int, entry: str) -> ResponseReturnValue:
    """A form about a person, and carrying it out."""
    return _answer(PEOPLE, person_id, entry)


def _answer(kind: Kind, subject_id: int, name: str) -> ResponseReturnValue:
    """Show a form, or carry it out: load and check, one verb, redirect."""
    actor = present_actor()
    subject, entry = kind.find(subject_id, actor), kind.entries.get(name)
    if subject is None or entry is None:
        abort(404)
    kind.require(subject, actor)
    if request.method == "GET":
        return remembering(_form(kind, subject, entry))
    back = kind.page(subject)
    try:
        if entry.makes_new and not once.first_time():
            flash(_("这张表单已经登记过，没有重复登记。"))
            return redirect(back)
        if entry.edits:
            begin_entry(actor.office or abort(404), None)  # nobody else may change it from here on
            db.session.refresh(subject)
            require_as_shown(_form(kind, subject, entry))
        flash(entry.carry_out(subject, actor))
    except Refused as refusal:
        note_refusal(refusal)
        return again(partial(_form, kind, kind.find(subject_id, actor), entry, refusal)), refusal.status
    return redirect(back.partition("#")[0])  # to the top, where it stands what was entered


def _form(
    kind: Kind,
    subject: Unit | Post | Holding | Person | Duty | DutyDomain | Chain,
    entry: Entry[Any],
    refusal: Refused | None = None,
    typed: bool = False,
) -> str:
    return render_template(
        "organization/entry.html",
        entry=entry,
        questions=entry.questions(subject),
        typed=dict(request.form) if typed else entry.typed(subject),
        name=kind.name(subject),
        back=kind.page(subject),
        refusal=refusal,
    )
