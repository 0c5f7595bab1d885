"""The duty domains of an office: those of every office, and the own ones that its ledger keeper keeps."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.organization.access import keeps
from tracker.organization.acting import Actor
from tracker.organization.domain_entries import KIND_WORDS
from tracker.organization.domains import add_own_domain, domains_known
from tracker.organization.entering import require_pen
from tracker.organization.models import DomainKind, Unit
from tracker.organization.present import present_actor
from tracker.refusals import Refused
from tracker.web import forms, once
from tracker.web.errors import note_refusal

bp = Blueprint("organization_domains", __name__)


@bp.get("/organization/domains")
def listing() -> ResponseReturnValue:
    """The domains of the office."""
    actor = present_actor()
    return _page(actor, actor.office or abort(404))


@bp.post("/organization/domains")
def add() -> ResponseReturnValue:
    """Add an own domain."""
    actor = present_actor()
    office = actor.office or abort(404)
    require_pen(office, actor)
    try:
        if once.first_time():
            add_own_domain(office, by=actor, name=forms.text("name"), kind=_kind())
    except Refused as refusal:
        note_refusal(refusal)
        return _page(actor, office, refusal), refusal.status
    flash(_("已增加领域，登记职责、分工和责任链时可以选用。"))
    return redirect(url_for("organization_domains.listing"))


def _kind() -> DomainKind:
    try:
        return DomainKind(forms.text("kind"))
    except ValueError:
        raise Refused(_("选择属于业务还是第二职责。"), field="kind") from None


def _page(actor: Actor, office: Unit, refusal: Refused | None = None) -> str:
    return render_template(
        "organization/domains.html",
        office=office,
        domains=domains_known(office),
        keeps=keeps(actor, office),
        kinds=[(kind.value, word) for kind, word in KIND_WORDS.items()],
        kind_words=KIND_WORDS,
        typed=request.form,
        refusal=refusal,
    )
