"""Signing in: name and password, looked at slowly and told apart by nobody."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from tracker import clock
from tracker.accounts import hashing, sessions, totp
from tracker.accounts.changing import check_password
from tracker.accounts.models import Account, AccountKind
from tracker.accounts.names import spellings
from tracker.accounts.policy import present_policy
from tracker.accounts.queries import account_named
from tracker.accounts.throttling import take_back, take_back_last, take_try
from tracker.audit.models import Outcome
from tracker.audit.trail import record
from tracker.database import reading, writing
from tracker.extensions import db
from tracker.organization.models import Person
from tracker.refusals import Refused


def create_account(
    username: str, password: str, *, kind: AccountKind = AccountKind.PERSON, person: Person | None = None
) -> Account:
    """Create an account. Raises Refused for a name that is taken or a password that is too weak."""
    name = username.strip()
    if not name:
        raise Refused(_("账号名不能为空。"), field="username")
    if db.session.scalar(select(Account).where(Account.username == name)) is not None:
        raise Refused(_("账号“%(name)s”已存在，请换一个账号名。", name=name), field="username")
    check_password(password, username=name, person=person)
    now = clock.now()
    account = Account(
        username=name,
        kind=kind,
        person=person,
        password_hash=hashing.hash_of(password),
        made_at=now,
        granted_at=now,
        password_set_at=now,
    )
    db.session.add(account)
    db.session.flush()
    record("account.create", f"account:{account.id}", username=name, kind=kind.value)
    return account


@dataclass(frozen=True)
class Entrance:
    """The token of a new session, and whether it opens only the page that asks for a code."""

    token: str
    awaits_code: bool


def sign_in(username: str, password: str, *, address: str = "", user_agent: str = "") -> Entrance | None:
    """Check name and password and begin a session, or return None.

    The same work is done for a name that does not exist, so that neither answer nor time tells. Who tried
    too often waits (accounts/throttling); the reason is not told either.
    """
    account = right_account(username, password, address=address)
    if account is None:
        return None
    owed = totp.is_on(account)
    if not owed:
        who = (account.id, account.username)
        record("account.sign_in", f"account:{account.id}", actor=who, username=account.username)
    token = sessions.begin(account, address=address, user_agent=user_agent, awaits_code=owed)
    return Entrance(token, owed)


def give_code(token: str, code: str, *, address: str, user_agent: str) -> str | None:
    """Check the code after the password and return the token of a session, or None.

    Tries wait as those of passwords do. Raises Refused where the password was too long ago.
    """
    with reading():
        row = sessions.session_awaiting_code(token, address=address)
        name = None if row is None else spellings(row.account.username)[1]
    if name is None:
        raise Refused(_("离输入密码已过五分钟，或这次登录已结束。请重新登录。"))
    with writing():
        may_try = take_try(name, account_named(name), address)
    if not may_try:
        return None
    row = sessions.session_awaiting_code(token, address=address)
    if row is None or not totp.spend(row.account, code) or sessions.has_ended(row):
        _note_failure(None if row is None else row.account, "account.sign_in_code")
        return None
    take_back(name, address)
    row.ended_at = clock.now()
    who = (row.account_id, row.account.username)
    record("account.sign_in", f"account:{row.account_id}", actor=who, username=who[1], factor="totp")
    return sessions.begin(row.account, address=address, user_agent=user_agent)


def right_account(username: str, password: str, *, address: str) -> Account | None:
    """Return the account of a right name and password that may enter from an address; else None.

    A password that was looked at and is wrong has a row in the trail. A try that has to wait has none, only
    its line in the log: as many as a stranger likes would fill the trail. The account's row is locked, and
    a password changed while this one was looked at makes it wrong.
    """
    name = spellings(username)[1]
    with writing():
        may_try = take_try(name, account_named(username), address)
    if not may_try:
        hashing.wait_as_for_a_look()
        return None
    with reading():  # hashing takes a tenth of a second; nobody's writing waits for it
        right = _right_hash(account_named(username), password)
    account = account_named(username)
    if (
        account is None
        or not _holds(account.id, right)
        or not sessions.may_enter(account, address, present_policy())
    ):
        _note_failure(account)
        return None
    (take_back_last if totp.is_on(account) else take_back)(name, address)
    return account


def is_own_password(account: Account, password: str, *, address: str) -> bool:
    """Whether a password is the one of the account at the keyboard; guesses at it wait like others.

    Call it outside a transaction: it writes the try down by itself. Where it is, the account's row is locked
    for what follows, so that of two who change the password at once the second has a wrong one.
    """
    name, account_id = spellings(account.username)[1], account.id
    with writing():
        may_try = take_try(name, db.session.get_one(Account, account_id), address)
    if not may_try:
        hashing.wait_as_for_a_look()
        return False
    with reading():
        right = _right_hash(db.session.get_one(Account, account_id), password)
    if right is None:
        return False
    with writing():
        take_back(name, address)
    return _holds(account_id, right)


def _right_hash(account: Account | None, password: str) -> str | None:
    """Return the hash that a right password fits; a name unknown costs the same time and is never right."""
    stored = hashing.no_password() if account is None else account.password_hash
    right = hashing.matches(stored, password)
    return stored if right and account is not None else None


def _holds(account_id: int, right: str | None) -> bool:
    """Whether the hash that was looked at is still that of the account; locks the account's row."""
    present = select(Account.password_hash).where(Account.id == account_id).with_for_update()
    return right is not None and db.session.scalar(present) == right


def _note_failure(account: Account | None, action: str = "account.sign_in") -> None:
    subject = "account:-" if account is None else f"account:{account.id}"
    record(action, subject, outcome=Outcome.REFUSED)
