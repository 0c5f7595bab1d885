"""The acts of the administrators on accounts: making, granting, revoking, disabling, a new secret.

`by` is the administrator's own account; None means the command line, which only somebody who holds the
server has. Rules: see `access`. An act on an account ends its sessions where it takes something away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from tracker import clock
from tracker.accounts import hashing, sessions, totp
from tracker.accounts.access import grants_accounts, is_own, made_it, makes_accounts
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.names import plain_name
from tracker.accounts.one_time import issue
from tracker.accounts.states import ADMINISTRATORS, CONDITIONS, INDISPENSABLE, AccountState
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.refusals import NotAllowed, Refused


@dataclass(frozen=True)
class Slip:
    """What is handed to somebody once, on paper or by mail: a secret that sets the password."""

    account: Account
    secret: str
    expires_at: datetime


def open_account(username: str, *, by: Account | None, kind: AccountKind, person: Person | None) -> Account:
    """Make an account without a password; it waits for its grant and for a one-time secret.

    `person` uses it, or, for an administrator's account, keeps it. Raises NotAllowed for anybody but a
    system administrator and where one person would keep two of the three; Refused for a name taken.
    """
    _require(by is None or makes_accounts(by), _("账号由系统管理员建立。"))
    name = plain_name(username)
    if db.session.scalar(select(Account.id).where(func.lower(Account.username) == name)) is not None:
        raise Refused(_("账号“%(name)s”已存在，请换一个账号名。", name=name), field="username")
    is_administrator = kind in ADMINISTRATORS
    _require_free(person, kind)
    account = Account(
        username=name,
        kind=kind,
        person=None if is_administrator else person,
        keeper=person if is_administrator else None,
        password_hash=hashing.no_password(),
        made_at=clock.now(),
        made_by_id=None if by is None else by.keeper_id,
    )
    db.session.add(account)
    db.session.flush()
    record(
        "account.create",
        f"account:{account.id}",
        username=name,
        kind=kind.value,
        person=None if person is None else person.name,
    )
    return account


def name_keeper(account: Account, person: Person, *, by: Account | None) -> None:
    """Write down who keeps an administrator's account that was made without a person."""
    _require(by is None or makes_accounts(by), _("保管人由系统管理员登记。"))
    if account.kind not in ADMINISTRATORS or account.keeper_id is not None:
        raise Refused(_("这个账号已登记归谁，没有改动。"), field="person")
    _require_free(person, account.kind)
    account.keeper = person
    record("account.name_keeper", f"account:{account.id}", person=person.name)


def release_keeper(account: Account, *, by: Account | None) -> None:
    """Take the keeper off a disabled administrator's account, so that the person may keep another."""
    _require(by is None or makes_accounts(by), _("保管人由系统管理员登记。"))
    if account.keeper is None or account.disabled_at is None:
        raise Refused(_("先停用账号，再解除保管人。没有改动。"))
    record("account.release_keeper", f"account:{account.id}", person=account.keeper.name)
    account.keeper = None


def grant(account: Account, *, by: Account | None) -> None:
    """Allow an account to sign in.

    Raises NotAllowed for anybody but a security administrator, for his own account and for one he made.
    """
    _require(by is None or grants_accounts(by), _("账号由安全管理员授权。"))
    if by is not None:
        _require(not is_own(account, by), _("不能给自己授权，请由另一名安全管理员授权。"))
        _require(not made_it(account, by), _("您建立的账号不能再由您授权，请由另一名安全管理员授权。"))
    if account.granted_at is None:
        account.granted_at = clock.now()
        record("account.grant", f"account:{account.id}", username=account.username)


def revoke(account: Account, *, by: Account | None) -> None:
    """Take the grant back; the sessions of the account end at once. The last administrator keeps it."""
    _require(by is None or grants_accounts(by), _("授权由安全管理员收回。"))
    _require(by is None or account.id != by.id, _("不能收回自己的授权，请由另一名安全管理员办理。"))
    require_another(account)
    if account.granted_at is not None:
        account.granted_at = None
        sessions.end_sessions(account)
        record("account.revoke", f"account:{account.id}", username=account.username)


def disable(account: Account, *, by: Account | None) -> None:
    """Disable an account; its sessions end at once. The last administrator of a kind is not disabled."""
    _require(by is None or makes_accounts(by), _("账号由系统管理员停用。"))
    _require(by is None or account.id != by.id, _("不能停用自己的账号，请由另一名系统管理员办理。"))
    require_another(account)
    if account.disabled_at is None:
        account.disabled_at = clock.now()
        sessions.end_sessions(account)
        record("account.disable", f"account:{account.id}", username=account.username)


def enable(account: Account, *, by: Account | None) -> None:
    """Let a disabled account be used again; whether it may sign in is still the grant's matter."""
    _require(by is None or makes_accounts(by), _("账号由系统管理员启用。"))
    if account.disabled_at is not None:
        account.disabled_at = None
        record("account.enable", f"account:{account.id}", username=account.username)


def end_sessions(account: Account, *, by: Account | None) -> None:
    """End every living session of an account."""
    _require(by is None or makes_accounts(by), _("登录由系统管理员结束。"))
    ended = sessions.end_sessions(account)
    record("account.end_sessions", f"account:{account.id}", username=account.username, ended=ended)


def take_totp_off(account: Account, *, by: Account | None) -> None:
    """Take the second factor off an account whose owner lost the phone; its sessions end at once."""
    _require(by is None or makes_accounts(by), _("手机验证码由系统管理员解除。"))
    _require(by is None or account.id != by.id, _("不能解除自己的手机验证码，请由另一名系统管理员办理。"))
    if not totp.is_on(account):
        raise Refused(_("这个账号没有设置手机验证码，没有改动。"))
    totp.take_off(account)
    sessions.end_sessions(account)


def issue_secret(account: Account, *, by: Account | None, valid_for: timedelta) -> Slip:
    """Give out a secret that sets a new password once; the sessions of the account end at once.

    An administrator's account that was open already waits for a new grant: otherwise the system
    administrator could take over the security administrator's account by a secret of it.
    """
    _require(by is None or makes_accounts(by), _("一次性密码由系统管理员签发。"))
    if account.disabled_at is not None:
        raise Refused(_("账号已停用，先启用再签发一次性密码。"))
    if by is not None and account.kind in ADMINISTRATORS and account.password_set_at is not None:
        _require(account.id != by.id, _("不能给自己签发一次性密码，请在“我的账号”里修改密码。"))
        require_another(account)
        account.granted_at = None
    sessions.end_sessions(account)
    secret, expires_at = issue(account, valid_for)
    record("account.issue_secret", f"account:{account.id}", username=account.username)
    return Slip(account, secret, expires_at)


def require_another(account: Account) -> None:
    """Raise NotAllowed for the last usable system or security administrator.

    The rows are locked first: of two who take each other's rights at the same moment, one stays.
    """
    if account.kind not in INDISPENSABLE:
        return
    usable = (
        select(Account.id)
        .where(Account.kind == account.kind, CONDITIONS[AccountState.USABLE])
        .order_by(Account.id)
        .with_for_update()
    )
    found = set(db.session.scalars(usable))
    _require(
        account.id not in found or len(found) > 1,
        _("这是最后一个可用的同类管理员账号，不能停用。先建立并授权另一个，再停用这一个。"),
    )


def _require_free(person: Person | None, kind: AccountKind) -> None:
    """Raise where a person has an account of the business, or keeps one of an administrator, already."""
    if person is None:
        if kind not in ADMINISTRATORS:
            raise Refused(_("业务账号要选定使用人。"), field="person")
        return
    if kind not in ADMINISTRATORS:
        if db.session.scalar(select(Account.id).where(Account.person_id == person.id)) is not None:
            raise Refused(_("%(name)s已有业务账号，没有再建。", name=person.name), field="person")
        return
    kept = db.session.scalar(select(Account).where(Account.keeper_id == person.id))
    if kept is not None:
        raise NotAllowed(
            _(
                "%(name)s已保管管理员账号“%(username)s”。系统、安全、审计三个管理员由三个人分别担任，请另选一人。",
                name=person.name,
                username=kept.username,
            ),
            field="person",
        )


def _require(allowed: bool, message: str) -> None:
    if not allowed:
        raise NotAllowed(message)
