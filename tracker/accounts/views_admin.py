"""Pages of the system and the security administrator: accounts, grants, slips, the report of idle ones."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.accounts import administering as acts
from tracker.accounts import opening, queries
from tracker.accounts.access import find_account, grants_accounts, is_own, made_it, makes_accounts
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.present import granting_account, making_account, seeing_account
from tracker.accounts.queries import Asked
from tracker.accounts.sessions import living_sessions
from tracker.accounts.states import ADMINISTRATORS, AccountState, state
from tracker.accounts.words import KIND_WORDS, STATE_WORDS
from tracker.extensions import db
from tracker.organization.models import Person, Post, Unit
from tracker.organization.queries import OFFICES
from tracker.refusals import Refused
from tracker.web import forms, once
from tracker.web.errors import note_refusal
from tracker.web.incoming import plain_number

bp = Blueprint("administering", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class Line:
    """An account as the lists show it."""

    account: Account
    owner: str
    posts: str
    state: AccountState


# --- lists ---------------------------------------------------------------------------------------


@bp.get("/accounts")
def listing() -> ResponseReturnValue:
    """The accounts, by name; words, kind and state narrow the list. Those waiting can be granted together."""
    by, asked = seeing_account(), _asked()
    return _list_page(by, asked)


@bp.get("/idle")
def idle() -> ResponseReturnValue:
    """The report of accounts that nobody signed in with for queries.IDLE_DAYS days."""
    seeing_account()
    found = queries.idle_accounts(clock.now(), request.args.get("after"))
    return render_template(
        "accounts/admin_idle.html",
        lines=_lines(found.rows),
        after=found.after,
        days=queries.IDLE_DAYS,
        kinds=KIND_WORDS,
        states=STATE_WORDS,
    )


@bp.post("/grants")
def grant_several() -> ResponseReturnValue:
    """Grant the accounts that were ticked, all or none."""
    by = granting_account()
    ids = [plain_number(sent) for sent in request.form.getlist("account")][: queries.MOST_AT_ONCE]
    try:
        if not ids:
            raise Refused(_("没有勾选账号，没有授权。"))
        for account_id in ids:
            acts.grant(find_account(account_id, by) or abort(404), by=by)
    except Refused as refusal:
        note_refusal(refusal)
        return _list_page(by, Asked(state=AccountState.WAITING), refusal), refusal.status
    flash(_("已授权 %(count)s 个账号，设置密码后可以登录。", count=len(ids)))
    return redirect(url_for("administering.listing", state=AccountState.WAITING))


def _asked() -> Asked:
    kind, in_state = request.args.get("kind", ""), request.args.get("state", "")
    return Asked(
        word=request.args.get("q", "").strip()[: queries.LONGEST_WORD],
        kind=AccountKind(kind) if kind in KIND_WORDS else None,
        state=AccountState(in_state) if in_state in STATE_WORDS else None,
    )


def _list_page(by: Account, asked: Asked, refusal: Refused | None = None) -> str:
    found = queries.find_accounts(asked, request.args.get("after"))
    return render_template(
        "accounts/admin_list.html",
        lines=_lines(found.rows),
        after=found.after,
        asked=asked,
        count=queries.count_accounts(asked),
        waiting=queries.count_accounts(Asked(state=AccountState.WAITING)),
        may_make=makes_accounts(by),
        may_grant=grants_accounts(by) and asked.state is AccountState.WAITING,
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        refusal=refusal,
    )


def _lines(accounts: Iterable[Account]) -> list[Line]:
    rows = list(accounts)
    posts = queries.posts_of((row.person or row.keeper for row in rows), clock.today())
    return [_line(row, posts) for row in rows]


def _line(account: Account, posts: dict[int, list[Post]]) -> Line:
    owner = account.person or account.keeper
    held = [] if owner is None else posts.get(owner.id, [])
    titles = "、".join(f"{post.unit.name} {post.title}" for post in held)
    return Line(account, "" if owner is None else owner.name, titles, state(account))


# --- one account ---------------------------------------------------------------------------------


@bp.get("/accounts/<int:account_id>")
def show(account_id: int) -> ResponseReturnValue:
    """An account: whose it is, its state, its living sessions, and what this administrator may do."""
    by = seeing_account()
    return _account_page(find_account(account_id, by) or abort(404), by)


@bp.post("/accounts/<int:account_id>/disable")
def disable(account_id: int) -> ResponseReturnValue:
    """Disable an account."""
    return _act(account_id, making_account(), acts.disable, _("账号已停用，其登录已全部结束。"))


@bp.post("/accounts/<int:account_id>/enable")
def enable(account_id: int) -> ResponseReturnValue:
    """Enable a disabled account."""
    return _act(account_id, making_account(), acts.enable, _("账号已启用。"))


@bp.post("/accounts/<int:account_id>/end-sessions")
def end_sessions(account_id: int) -> ResponseReturnValue:
    """End the living sessions of an account."""
    return _act(account_id, making_account(), acts.end_sessions, _("这个账号的登录已全部结束。"))


@bp.post("/accounts/<int:account_id>/totp-off")
def totp_off(account_id: int) -> ResponseReturnValue:
    """Take the second factor off an account whose phone is lost."""
    said = _("手机验证码已解除，其登录已全部结束。")
    return _act(account_id, making_account(), acts.take_totp_off, said)


@bp.post("/accounts/<int:account_id>/release")
def release(account_id: int) -> ResponseReturnValue:
    """Take the keeper off a disabled administrator's account."""
    said = _("已解除保管人，此人可以另行担任管理员。")
    return _act(account_id, making_account(), acts.release_keeper, said)


@bp.post("/accounts/<int:account_id>/grant")
def grant(account_id: int) -> ResponseReturnValue:
    """Grant an account."""
    return _act(account_id, granting_account(), acts.grant, _("已授权，设置密码后可以登录。"))


@bp.post("/accounts/<int:account_id>/revoke")
def revoke(account_id: int) -> ResponseReturnValue:
    """Revoke an account's grant."""
    return _act(account_id, granting_account(), acts.revoke, _("授权已收回，其登录已全部结束。"))


@bp.post("/accounts/<int:account_id>/secret")
def issue_secret(account_id: int) -> ResponseReturnValue:
    """Show a new one-time secret, this once."""
    by = making_account()
    account = find_account(account_id, by) or abort(404)
    try:
        if not once.first_time():
            flash(_("这张表单已经办过，没有再签发；一次性密码只显示一次，遗失时重新签发。"))
            return redirect(url_for("administering.show", account_id=account.id))
        slip = acts.issue_secret(account, by=by, valid_for=opening.SCREEN_LASTS)
    except Refused as refusal:
        note_refusal(refusal)
        return _account_page(account, by, refusal), refusal.status
    return _slips_page([slip])


def _act(account_id: int, by: Account, act: Callable[..., None], said: str) -> ResponseReturnValue:
    """Carry out one act on an account and come back to its page."""
    account = find_account(account_id, by) or abort(404)
    try:
        act(account, by=by)
    except Refused as refusal:
        note_refusal(refusal)
        return _account_page(account, by, refusal), refusal.status
    flash(said)
    return redirect(url_for("administering.show", account_id=account.id))


def _account_page(account: Account, by: Account, refusal: Refused | None = None) -> str:
    return render_template(
        "accounts/admin_account.html",
        line=_lines([account])[0],
        is_administrator=account.kind in ADMINISTRATORS,
        is_self=account.id == by.id,
        may_make=makes_accounts(by),
        may_grant=grants_accounts(by) and not is_own(account, by) and not made_it(account, by),
        may_revoke=grants_accounts(by) and account.id != by.id,
        grants=grants_accounts(by),
        sessions=living_sessions(account),
        kinds=KIND_WORDS,
        states=STATE_WORDS,
        refusal=refusal,
    )


# --- making accounts -----------------------------------------------------------------------------


@bp.get("/accounts/new")
def new() -> ResponseReturnValue:
    """The form of a new account, with the people found by a word."""
    making_account()
    return _new_page()


@bp.post("/accounts/new")
def add() -> ResponseReturnValue:
    """Make an account, with a one-time secret shown this once."""
    by = making_account()
    try:
        if not once.first_time():
            flash(_("这张表单已经办过，没有重复建立。"))
            return redirect(url_for("administering.listing"))
        slip = _open(by)
    except Refused as refusal:
        note_refusal(refusal)
        return _new_page(refusal), refusal.status
    return _slips_page([slip])


@bp.get("/accounts/office")
def office() -> ResponseReturnValue:
    """The people of an office without an account, to make one for each."""
    making_account()
    return _office_page()


@bp.post("/accounts/office")
def open_office() -> ResponseReturnValue:
    """Make accounts for the ticked people of an office; their slips are shown this once."""
    by = making_account()
    unit = _unit(forms.text("unit")) or abort(404)
    try:
        if not once.first_time():
            flash(_("这张表单已经办过，没有重复建立；一次性密码遗失的，在账号页面重新签发。"))
            return redirect(url_for("administering.listing"))
        slips = opening.open_accounts(_ticked(unit), by=by, naming=_naming(forms.text("naming")))
    except Refused as refusal:
        note_refusal(refusal)
        return _office_page(refusal), refusal.status
    return _slips_page(slips)


def _open(by: Account) -> acts.Slip:
    sent, person = forms.text("kind"), db.session.get(Person, plain_number(forms.text("person")))
    if sent not in KIND_WORDS:
        raise Refused(_("选择账号的种类。"), field="kind")
    if person is None:
        raise Refused(_("先查找并选定一个人。"), field="person")
    kind = AccountKind(sent)
    name = forms.text("username") or opening.propose_names([person], opening.Naming.NAME)[person.id]
    account = acts.open_account(name, by=by, kind=kind, person=person)
    return acts.issue_secret(account, by=by, valid_for=opening.SCREEN_LASTS)


def _new_page(refusal: Refused | None = None) -> str:
    word = request.values.get("q", "").strip()[: queries.LONGEST_WORD]
    people = queries.find_people(word) if word else []
    return render_template(
        "accounts/admin_new.html",
        word=word,
        people=people,
        posts=queries.posts_of(people, clock.today()),
        most=queries.MOST_PEOPLE,
        kinds=KIND_WORDS,
        typed=request.form,
        refusal=refusal,
    )


def _ticked(unit: Unit) -> list[Person]:
    sent = set(request.form.getlist("person"))
    found = [one for one in queries.people_without_account(unit, clock.today()) if str(one.id) in sent]
    if not found:
        raise Refused(_("没有勾选要建账号的人，没有建立。"), field="person")
    return found


def _unit(code: str) -> Unit | None:
    return db.session.scalar(select(Unit).where(Unit.code == code))


def _naming(sent: str) -> opening.Naming:
    return opening.Naming(sent) if sent in list(opening.Naming) else opening.Naming.NAME


def _office_page(refusal: Refused | None = None) -> str:
    offices = db.session.scalars(select(Unit).where(Unit.kind.in_(OFFICES)).order_by(Unit.path)).all()
    unit = _unit(request.values.get("unit", "")) or (offices[0] if offices else None)
    people = queries.people_without_account(unit, clock.today()) if unit else []
    naming = _naming(request.values.get("naming", ""))
    return render_template(
        "accounts/admin_office.html",
        offices=offices,
        unit=unit,
        people=people,
        names=opening.propose_names(people, naming),
        posts=queries.posts_of(people, clock.today()),
        naming=naming,
        most=queries.MOST_AT_ONCE,
        ticked=request.form.getlist("person"),
        refusal=refusal,
    )


def _slips_page(slips: list[acts.Slip]) -> str:
    people = (slip.account.person or slip.account.keeper for slip in slips)
    return render_template(
        "accounts/admin_slips.html",
        slips=slips,
        where=current_app.config["ENVIRONMENT"].base_url + url_for("accounts.first_password"),
        posts=queries.posts_of(people, clock.today()),
        kinds=KIND_WORDS,
    )
