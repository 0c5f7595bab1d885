"""The states of an account, computed from its dates, never stored."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_

from tracker.accounts.models import Account, AccountKind

ADMINISTRATORS = (AccountKind.SYSTEM_ADMIN, AccountKind.SECURITY_ADMIN, AccountKind.AUDIT_ADMIN)
INDISPENSABLE = frozenset({AccountKind.SYSTEM_ADMIN, AccountKind.SECURITY_ADMIN})  # the last one stays


class AccountState(StrEnum):
    """Whether an account can be signed in with, and if not, what is missing."""

    DISABLED = "disabled"  # 停用
    WAITING = "waiting"  # 待授权：the security administrator has not granted it
    UNOPENED = "unopened"  # 待启用：granted, its password was never set
    USABLE = "usable"  # 正常


_ENABLED = Account.disabled_at.is_(None)
_GRANTED = and_(_ENABLED, Account.granted_at.is_not(None))

CONDITIONS: dict[AccountState, ColumnElement[bool]] = {
    AccountState.DISABLED: Account.disabled_at.is_not(None),
    AccountState.WAITING: and_(_ENABLED, Account.granted_at.is_(None)),
    AccountState.UNOPENED: and_(_GRANTED, Account.password_set_at.is_(None)),
    AccountState.USABLE: and_(_GRANTED, Account.password_set_at.is_not(None)),
}
"""The same states as conditions of a query."""


def state(account: Account) -> AccountState:
    """Return the state of an account."""
    if account.disabled_at is not None:
        return AccountState.DISABLED
    if account.granted_at is None:
        return AccountState.WAITING
    return AccountState.UNOPENED if account.password_set_at is None else AccountState.USABLE
