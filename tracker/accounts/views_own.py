"""Everybody's own account: the password, and where one is signed in."""

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker.accounts import forgotten, sessions, signing_in
from tracker.accounts.changing import days_left, make_ready, set_password
from tracker.accounts.models import Account, SignIn
from tracker.accounts.policy import present_policy
from tracker.accounts.present import enter_with, present_account, present_token
from tracker.accounts.words import KIND_WORDS, PASSWORD_HINTS, device_word
from tracker.audit.trail import record
from tracker.database import reading
from tracker.extensions import db
from tracker.outbox import sends_mail
from tracker.refusals import Refused
from tracker.web.errors import note_refusal

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
def show() -> ResponseReturnValue:
    """One's own account: the password's age, and every place where one is signed in."""
    account, policy = present_account(), present_policy()
    return render_template(
        "accounts/own.html",
        account=account,
        kinds=KIND_WORDS,
        days_left=days_left(account, policy.profile),
        living=sessions.living_sessions(account),
        here=sessions.digest(present_token() or ""),
        device_word=device_word,
        mails_codes=sends_mail(),
        goes_to=forgotten.goes_to(account),
    )


@bp.get("/password")
def password() -> ResponseReturnValue:
    """The page to change one's own password."""
    return _password_page()


@bp.post("/password")
def renew_password() -> ResponseReturnValue:
    """Change one's own password; this browser gets a new session, every other one ends."""
    account = present_account()
    try:
        _renew(request.form.get("current", ""), request.form.get("password", ""))
    except Refused as refusal:
        note_refusal(refusal)
        return _password_page(refusal), refusal.status
    enter_with(
        sessions.begin(account, address=request.remote_addr or "", user_agent=request.user_agent.string)
    )
    flash(_("密码已修改，其他地方的登录已全部结束。"))
    return redirect(url_for("account.show"))


def _renew(current: str, wanted: str) -> None:
    """Set the password of the form. Raises Refused for a wrong one, two that differ, and a weak one."""
    account = present_account()
    account_id, proven = account.id, account.password_hash
    if wanted != request.form.get("again", ""):
        raise Refused(_("两次输入的新密码不一样，请重新输入。"), field="again")
    db.session.rollback()  # hashing takes a tenth of a second; nobody's writing waits for it
    if not signing_in.is_own_password(account, current, address=request.remote_addr or ""):
        raise Refused(_("现在的密码不对，或输错多次正在等待。密码没有改动。"), field="current")
    db.session.rollback()
    with reading():
        ready = make_ready(db.session.get_one(Account, account_id), wanted)
    set_password(account, replace(ready, instead_of=proven))


@bp.post("/sessions/<int:row_id>/end")
def end_session(row_id: int) -> ResponseReturnValue:
    """End one of one's own sessions; that of somebody else is none."""
    row = db.session.get(SignIn, row_id)
    if row is None or row.account_id != present_account().id:
        abort(404)
    sessions.end_one(row)
    flash(_("这处登录已结束。"))
    return redirect(url_for("account.show"))


@bp.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End every session of one's own but this one."""
    account = present_account()
    ended = sessions.end_sessions(account, keep=present_token())
    record("account.end_sessions", f"account:{account.id}", username=account.username, ended=ended)
    flash(_("其他 %(count)s 处登录已结束。", count=ended))
    return redirect(url_for("account.show"))


@bp.post("/mail-reset")
def mail_reset() -> ResponseReturnValue:
    """Confirm the own address for codes after a forgotten password, or take that back."""
    account = present_account()
    if request.form.get("on"):
        forgotten.confirm_address(account, by=account)
        flash(_("已开通。忘记密码时，一次性密码发到这个邮箱；邮箱改了要重新开通。"))
    else:
        forgotten.withdraw_address(account, by=account)
        flash(_("已停用，忘记密码时不再发邮件。"))
    return redirect(url_for("account.show"))


def _password_page(refusal: Refused | None = None) -> str:
    account, policy = present_account(), present_policy()
    return render_template(
        "accounts/own_password.html",
        username=account.username,
        hint=PASSWORD_HINTS[policy.profile],
        refusal=refusal,
    )
