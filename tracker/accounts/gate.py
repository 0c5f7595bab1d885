"""What an account owes before anything else: nothing but its page opens until it is done."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from tracker.accounts import totp
from tracker.accounts.changing import has_run_out
from tracker.accounts.sessions import SignedIn
from tracker.accounts.states import ADMINISTRATORS


@dataclass(frozen=True)
class Owed:
    """Something that must be done first: when, on which page, with which requests, and why."""

    is_owed: Callable[[SignedIn], bool]
    page: str
    answers: frozenset[str]
    why: str


OWED: tuple[Owed, ...] = (
    Owed(
        is_owed=lambda who: has_run_out(who, who.policy.profile),
        page="account.password",
        answers=frozenset({"account.password", "account.renew_password"}),
        why=_l("密码已到期。设置新密码后，才能继续办理；数据都在。"),
    ),
    Owed(
        is_owed=lambda who: (
            who.policy.totp_for_administrators and who.kind in ADMINISTRATORS and not totp.is_on(who)
        ),
        page="account_totp.show",
        answers=frozenset({"account_totp.show", "account_totp.begin", "account_totp.confirm"}),
        why=_l("安全策略要求管理员用手机验证码登录。设置好后，才能继续办理。"),
    ),
)
ALWAYS_OPEN = frozenset({"static", "accounts.sign_out", "language.choose"})


def add_gate(app: Flask) -> None:
    """Let nobody pass who owes something; behind the edge, which knows the account."""
    app.before_request(_lead_to_what_is_owed)


def _lead_to_what_is_owed() -> ResponseReturnValue | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "public", False) or request.endpoint in ALWAYS_OPEN:
        return None
    owed = first_owed(current_user)
    if owed is None or request.endpoint in owed.answers:
        return None
    if request.path.startswith("/api/"):
        return {"error": {"code": "owed", "message": str(owed.why)}}, 403
    flash(str(owed.why), "fix")
    return redirect(url_for(owed.page))


def first_owed(who: SignedIn) -> Owed | None:
    """Return what an account owes first, None when nothing."""
    return next((one for one in OWED if one.is_owed(who)), None)
