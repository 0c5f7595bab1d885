"""Signing in and out."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from tracker.accounts import forgotten, one_time, sessions, signing_in, throttling
from tracker.accounts.models import Account
from tracker.accounts.policy import present_policy
from tracker.accounts.present import AWAITS_CODE, enter_with, present_token
from tracker.accounts.words import PASSWORD_HINTS
from tracker.extensions import db
from tracker.outbox import sends_mail
from tracker.refusals import NotAllowed, Refused
from tracker.web.edge import public
from tracker.web.errors import note_refusal
from tracker.web.forms import text
from tracker.web.redirects import own_path

bp = Blueprint("accounts", __name__)

FIRST_COMMANDS = (
    (_l("建立或升级数据库"), "tracker upgrade"),
    (
        _l("建三个管理员账号，由三个人分别保管，密码由各人输入"),
        "tracker account create NAME --kind system_admin --person 姓名\n"
        "tracker account create NAME --kind security_admin --person 姓名\n"
        "tracker account create NAME --kind audit_admin --person 姓名",
    ),
    (_l("导入花名册：单位、岗位、人员一次登记"), "tracker roster import FILE.xlsx"),
)


@bp.get("/login")
@public
def sign_in() -> ResponseReturnValue:
    """The page to sign in; on an empty installation the page that says how to begin."""
    if db.session.scalar(select(Account.id).limit(1)) is None:
        return render_template("accounts/first_run.html", commands=FIRST_COMMANDS)
    return _sign_in_page()


@bp.post("/login")
@public
def enter() -> ResponseReturnValue:
    """Sign in and go where one was going."""
    entrance = signing_in.sign_in(
        text("username"),
        request.form.get("password", ""),
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
    )
    if entrance is None:
        g.keep_changes = True  # the failed try counts
        return _sign_in_page([("username", _("账号或密码不对，或账号正在等待解锁。"))]), 422
    going = own_path(text("next"), "")
    if entrance.awaits_code:
        enter_with(entrance.token, key=AWAITS_CODE)
        return redirect(url_for("account_totp.ask", next=going or None))
    enter_with(entrance.token)
    return redirect(going or url_for("home"))


@bp.get("/first-password")
@public
def first_password() -> ResponseReturnValue:
    """The page on which somebody sets the own password by a one-time secret."""
    return _first_password_page()


@bp.post("/first-password")
@public
def redeem() -> ResponseReturnValue:
    """Set the password and go to sign in."""
    password = request.form.get("password", "")
    wrong = _("账号或一次性密码不对，或一次性密码已用过、已过期。请核对，或请系统管理员重新签发。")
    try:
        if password != request.form.get("again", ""):
            raise Refused(_("两次输入的新密码不一样，请重新输入。"), field="again")
        db.session.rollback()  # hashing takes a tenth of a second; nobody's writing waits for it
        if not one_time.redeem(text("username"), text("secret"), password):
            note_refusal(NotAllowed(wrong))  # a row where somebody is signed in
            return _first_password_page([("secret", wrong)]), 422
    except Refused as refusal:
        note_refusal(refusal)
        return _first_password_page([(refusal.field, refusal.message)]), refusal.status
    flash(_("密码已设置，请用新密码登录。新建的账号要等安全管理员授权后才能登录。"))
    return redirect(url_for("accounts.sign_in"))


@bp.get("/forgot-password")
@public
def forgot() -> ResponseReturnValue:
    """The page on which somebody asks for a code by mail; without a mail server, whom to ask instead."""
    return _forgot_page()


@bp.post("/forgot-password")
@public
def ask_for_code() -> ResponseReturnValue:
    """Write the request down and go where the code is typed; the answer is the same for every name."""
    try:
        forgotten.ask(text("username"), address=request.remote_addr or "")
    except Refused as refusal:
        return _forgot_page(refusal), refusal.status
    flash(
        _(
            "申请已收到。账号可用、邮箱经本人确认的，几分钟内会收到邮件，内有一次性密码。"
            "同一账号一天最多 %(times)s 封。没有收到，请联系系统管理员。",
            times=forgotten.A_DAY,
        )
    )
    return redirect(url_for("accounts.first_password"))


@bp.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session for good."""
    token = present_token()
    if token is not None:
        sessions.sign_out(token)
    session.clear()
    response = redirect(url_for("accounts.sign_in"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _sign_in_page(errors: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "accounts/login.html",
        username=text("username"),
        next=own_path(request.values.get("next"), ""),
        errors=errors or [],
        lock_after=throttling.FREE,
        lock_minutes=int(throttling.WAIT.total_seconds() // 60),
    )


def _forgot_page(refusal: Refused | None = None) -> str:
    return render_template("accounts/forgot.html", mails_codes=sends_mail(), refusal=refusal)


def _first_password_page(errors: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "accounts/first_password.html",
        username=text("username"),
        secret=text("secret"),
        errors=errors or [],
        hint=PASSWORD_HINTS[present_policy().profile],
    )
