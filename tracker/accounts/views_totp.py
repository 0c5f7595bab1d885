"""The second factor: setting it up on one's own account, and giving a code when signing in."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from tracker.accounts import signing_in, totp
from tracker.accounts.models import Account
from tracker.accounts.policy import present_policy
from tracker.accounts.present import AWAITS_CODE, TOKEN, enter_with, present_account
from tracker.accounts.states import ADMINISTRATORS
from tracker.extensions import db
from tracker.refusals import NotAllowed, Refused
from tracker.web.edge import public
from tracker.web.errors import note_refusal
from tracker.web.forms import text
from tracker.web.redirects import own_path

bp = Blueprint("account_totp", __name__)


# --- one's own account ---------------------------------------------------------------------------


@bp.get("/account/totp")
def show() -> ResponseReturnValue:
    """Whether signing in asks for a code; while it is being set up, the secret as a picture."""
    return _page()


@bp.post("/account/totp")
def begin() -> ResponseReturnValue:
    """Begin to set the second factor up; the password proves who is at the keyboard."""
    try:
        account = _proven()
        if totp.is_on(account):
            raise Refused(_("手机验证码已经设置，没有改动。换手机的，先解除再设置。"))
        totp.begin(account)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(refusal), refusal.status
    return redirect(url_for("account_totp.show"))


@bp.post("/account/totp/confirm")
def confirm() -> ResponseReturnValue:
    """Turn it on by a first code; the recovery codes are shown this once."""
    codes = totp.confirm(present_account(), text("code"))
    if codes is None:
        wrong = Refused(_("验证码不对。请等手机上换一个新的再输入，并核对手机的时间。"), field="code")
        note_refusal(wrong)
        return _page(wrong), wrong.status
    return _codes_page(codes)


@bp.post("/account/totp/codes")
def new_codes() -> ResponseReturnValue:
    """Show ten new recovery codes this once; the older ones are worth nothing."""
    try:
        account = _proven()
        if not totp.is_on(account):
            raise Refused(_("还没有设置手机验证码，没有备用码。"))
        codes = totp.new_recovery_codes(account)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(refusal), refusal.status
    return _codes_page(codes)


@bp.post("/account/totp/off")
def turn_off() -> ResponseReturnValue:
    """Take one's own second factor off, unless the policy asks for it."""
    try:
        account = _proven()
        if _is_required(account):
            raise NotAllowed(_("安全策略要求管理员用手机验证码登录，不能自己解除。换手机由系统管理员解除。"))
        totp.take_off(account)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(refusal), refusal.status
    flash(_("手机验证码已解除，今后登录只用密码。"))
    return redirect(url_for("account.show"))


def _proven() -> Account:
    """Return the account of the request after its password. Raises Refused for a wrong one."""
    account = present_account()
    db.session.rollback()  # hashing takes a tenth of a second; nobody's writing waits for it
    if not signing_in.is_own_password(
        account, request.form.get("current", ""), address=request.remote_addr or ""
    ):
        raise Refused(_("密码不对，或输错多次正在等待。没有改动。"), field="current")
    return account


def _is_required(account: Account) -> bool:
    return present_policy().totp_for_administrators and account.kind in ADMINISTRATORS


def _page(refusal: Refused | None = None) -> str:
    account = present_account()
    being_set_up = account.totp_salt is not None and not totp.is_on(account)
    return render_template(
        "accounts/totp.html",
        is_on=totp.is_on(account),
        is_required=_is_required(account),
        left=totp.codes_left(account),
        picture=Markup(totp.picture_of(account)) if being_set_up else None,
        secret=totp.secret_of(account) if being_set_up else "",
        refusal=refusal,
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("accounts/totp_codes.html", codes=codes)


# --- signing in ----------------------------------------------------------------------------------


@bp.get("/login/code")
@public
def ask() -> ResponseReturnValue:
    """The page that asks for the code after the password."""
    return _code_page()


@bp.post("/login/code")
@public
def give() -> ResponseReturnValue:
    """Check the code, and go where one was going."""
    sent = session.get(AWAITS_CODE)
    try:
        token = signing_in.give_code(
            sent if isinstance(sent, str) else "",
            text("code"),
            address=request.remote_addr or "",
            user_agent=request.user_agent.string,
        )
    except Refused as refusal:
        note_refusal(refusal)
        flash(refusal.message)
        return redirect(url_for("accounts.sign_in", next=own_path(text("next"), "") or None))
    if token is None:
        g.keep_changes = True  # the failed try is written down
        return _code_page(_("验证码不对或已用过，或输错多次正在等待。请等手机上换一个新的再输入。")), 422
    enter_with(token, key=TOKEN)
    return redirect(own_path(text("next"), url_for("home")))


def _code_page(error: str = "") -> str:
    return render_template(
        "accounts/login_code.html", next=own_path(request.values.get("next"), ""), error=error
    )
