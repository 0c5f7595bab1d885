"""What each of the three administrators may do: one predicate a question, used by verbs, pages and tests.

Source: GB/T 22239, 安全管理中心, and what offices mean by 三员: the system administrator makes accounts, the
security administrator grants them, the audit administrator reads what both did. None grants what he made
or what he uses himself, nobody keeps two of the accounts, and none sees business data.
"""

from tracker.accounts.models import Account, AccountKind
from tracker.extensions import db


def makes_accounts(account: Account) -> bool:
    """Whether an account makes, disables and opens other accounts."""
    return account.kind == AccountKind.SYSTEM_ADMIN


def grants_accounts(account: Account) -> bool:
    """Whether an account grants and revokes, and sets the policy."""
    return account.kind == AccountKind.SECURITY_ADMIN


def sees_accounts(account: Account) -> bool:
    """Whether an account sees the list of accounts and the page of each."""
    return makes_accounts(account) or grants_accounts(account)


def reads_trail(account: Account) -> bool:
    """Whether an account searches, reads and exports the trail."""
    return account.kind == AccountKind.AUDIT_ADMIN


def is_own(account: Account, by: Account) -> bool:
    """Whether an account is the administrator's own: this one, or his account of the business."""
    own_person = by.keeper_id is not None and by.keeper_id in (account.person_id, account.keeper_id)
    return account.id == by.id or own_person


def made_it(account: Account, by: Account) -> bool:
    """Whether an administrator made an account, with whichever account he did it."""
    return by.keeper_id is not None and account.made_by_id == by.keeper_id


def find_account(account_id: int, by: Account) -> Account | None:
    """Return an account an administrator sees, or None."""
    return db.session.get(Account, account_id) if sees_accounts(by) else None
