"""The page of the security administrator: who the three are, the policy, denials, deviations."""

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.accounts import queries
from tracker.accounts.models import AuditLeft
from tracker.accounts.passwords import Profile
from tracker.accounts.policy import (
    LONGEST_IDLE,
    SHORTEST_IDLE,
    Policy,
    audits_left,
    begin_choosing,
    end_leaving,
    last_choice,
    leave_audit_with_county,
    present_policy,
    set_policy,
)
from tracker.accounts.present import granting_account
from tracker.accounts.states import state
from tracker.accounts.words import KIND_WORDS, PROFILE_WORDS, STATE_WORDS
from tracker.extensions import db
from tracker.organization.models import Unit, UnitKind
from tracker.refusals import Refused
from tracker.web import forms
from tracker.web.errors import note_refusal
from tracker.web.two_at_once import again, remembering, require_as_shown

bp = Blueprint("policy", __name__, url_prefix="/admin/security")

DENIALS = timedelta(days=7)


@bp.get("")
def show() -> ResponseReturnValue:
    """The three administrators, the policy in force, recent denials, deviations."""
    granting_account()
    return remembering(_page())


@bp.post("")
def choose() -> ResponseReturnValue:
    """Put the policy of the form in force."""
    by = granting_account()
    try:
        begin_choosing()
        require_as_shown(_page())
        minutes = forms.whole_number("idle_minutes")
        wanted = Policy(
            minutes or 0,
            tuple(forms.text("admin_networks").splitlines()),
            profile=_profile(forms.text("profile")),
            totp_for_administrators=bool(forms.text("totp_for_administrators")),
        )
        set_policy(wanted, by=by, address=request.remote_addr or "")
    except Refused as refusal:
        note_refusal(refusal)
        return again(partial(_page, refusal)), refusal.status
    flash(_("安全策略已保存，即时生效。"))
    return redirect(url_for("policy.show"))


@bp.post("/small-office")
def leave_audit() -> ResponseReturnValue:
    """Write down that the county holds the audit role for a township."""
    by = granting_account()
    try:
        unit = db.session.scalar(select(Unit).where(Unit.code == forms.text("unit")))
        if unit is None:
            raise Refused(_("选择一个乡镇。"), field="unit")
        leave_audit_with_county(unit, by=by, reason=forms.text("reason"))
    except Refused as refusal:
        note_refusal(refusal)
        return again(partial(_page, refusal)), refusal.status
    flash(_("已登记：%(unit)s由县里代行审计。", unit=unit.name))
    return redirect(url_for("policy.show"))


@bp.post("/small-office/<int:row_id>/end")
def end_deviation(row_id: int) -> ResponseReturnValue:
    """Write down that a township has an audit administrator of its own again."""
    by = granting_account()
    row = db.session.get(AuditLeft, row_id) or abort(404)
    end_leaving(row, by=by)
    flash(_("已登记：%(unit)s不再由县里代行审计。", unit=row.unit.name))
    return redirect(url_for("policy.show"))


def _profile(sent: str) -> Profile:
    if sent not in list(Profile):
        raise Refused(_("选择密码规则。"), field="profile")
    return Profile(sent)


def _page(refusal: Refused | None = None, typed: bool = False) -> str:
    policy = present_policy()
    towns = select(Unit).where(Unit.kind == UnitKind.TOWNSHIP, Unit.ended_on.is_(None)).order_by(Unit.path)
    filled: dict[str, Any] = {
        "idle_minutes": policy.idle_minutes,
        "admin_networks": "\n".join(policy.admin_networks),
        "profile": policy.profile.value,
    }
    if typed:
        filled |= request.form.to_dict()
    else:
        filled["totp_for_administrators"] = policy.totp_for_administrators
    return render_template(
        "accounts/admin_security.html",
        administrators=[(one, state(one)) for one in queries.administrators()],
        missing=queries.missing_administrators(),
        choice=last_choice(),
        typed=filled,
        bounds=(SHORTEST_IDLE, LONGEST_IDLE),
        address=request.remote_addr,
        denials=queries.denials_since(clock.now() - DENIALS),
        left=audits_left(),
        towns=db.session.scalars(towns).all(),
        profiles=PROFILE_WORDS.items(),
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        refusal=refusal,
    )
