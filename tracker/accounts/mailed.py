"""The worker's part of a forgotten password: whose name it is, a new code, the letter with it.

A code is made with the letter and kept as a digest alone. A letter that did not go out is written anew with
another code; a death between sending and noting it means a second letter, whose code is then the good one.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from tracker import clock
from tracker.accounts.forgotten import CODE_LASTS, goes_to
from tracker.accounts.models import Account, AccountKind, PasswordRequest
from tracker.accounts.one_time import issue
from tracker.accounts.queries import account_named
from tracker.accounts.states import AccountState, state
from tracker.audit.models import Outcome
from tracker.audit.trail import record
from tracker.database import writing
from tracker.extensions import db
from tracker.mail import Connection, Failure, Letter, MailServer, NotSent
from tracker.outbox import LEASE, installation, message_id

GIVEN_UP = timedelta(minutes=30)  # whoever asked waits no longer; asking again is easy
SUBJECT = "一岗双责跟踪：重设密码"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Claim:
    """A request held by a lease, with the letter that answers it."""

    id: int
    letter: Letter


def send_asked(going_on: Callable[[], bool] = lambda: True) -> int:
    """Answer the requests that are due, oldest first, until none is; return how many letters went out."""
    url = installation().smtp_url
    if url is None or not _is_due():
        return 0
    sent, server = 0, MailServer.read(url)
    connection = Connection(server)
    try:
        while going_on() and _is_due():
            claim = _claim_next()
            if claim is None:
                continue
            if not _send(connection, server, claim):
                break  # the next tick tries the others
            sent += 1
    finally:
        connection.close()
    return sent


def _is_due() -> bool:
    found = db.session.scalar(_due(clock.now()).limit(1)) is not None
    db.session.rollback()  # nothing stays open while the server is spoken to
    return found


def _due(now: datetime) -> Select[PasswordRequest]:
    waits = (PasswordRequest.settled_at.is_(None), PasswordRequest.next_try_at <= now)
    return select(PasswordRequest).where(*waits).order_by(PasswordRequest.next_try_at, PasswordRequest.id)


def _claim_next() -> _Claim | None:
    """Take the next request; write the letter and lease it, or settle it where there is none to write."""
    with writing():
        now = clock.now()
        row = db.session.scalar(_due(now).limit(1).with_for_update(skip_locked=True))
        if row is None:  # another worker took it
            return None
        account = account_named(row.typed)
        reason = _why_not(account, row, now)
        if account is None or reason is not None:
            _settle(row, account, reason or "", now)
            return None
        row.next_try_at = now + LEASE
        return _Claim(row.id, _letter(account, row))


def _why_not(account: Account | None, row: PasswordRequest, now: datetime) -> str | None:
    """Return why no code is mailed, in words for the trail; None when it may be."""
    if account is None:
        return "没有这个账号"
    changed = account.password_set_at
    for holds, reason in (
        (account.kind is not AccountKind.PERSON, "管理员账号不发邮件"),
        (state(account) is not AccountState.USABLE, "账号停用、待授权或还没有设过密码"),
        (goes_to(account) is None, "本人没有确认邮箱，或邮箱已改"),
        (changed is not None and changed > row.asked_at, "申请后密码已改"),
        (now - row.asked_at > GIVEN_UP, "邮件服务器一直没有收下"),
    ):
        if holds:
            return reason
    return None


def _settle(row: PasswordRequest, account: Account | None, reason: str, now: datetime) -> None:
    row.settled_at = now
    subject = "account:-" if account is None else f"account:{account.id}"
    outcome = Outcome.FAILED if reason else Outcome.DONE
    record("account.mail_secret", subject, outcome=outcome, network=row.network, reason=reason or None)


def _letter(account: Account, row: PasswordRequest) -> Letter:
    secret, expires_at = issue(account, CODE_LASTS)
    base_url, until = installation().base_url, clock.office_time(expires_at)
    name = "" if account.person is None else account.person.name
    body = [
        f"{name}：",
        "",
        f"有人从网络 {row.network} 为您的账号申请重设密码。",
        "",
        f"一次性密码：{secret}",
        f"{until:%H:%M} 前有效，用一次即作废；再次申请，这一个也作废。",
        "",
        f"请打开 {base_url}/first-password ，填写账号名、一次性密码和新密码。",
        "",
        "不是您申请的，不必理会，现在的密码没有变；一次性密码不要告诉任何人。",
        "请勿直接回复本邮件。",
    ]
    return Letter(
        message_id=message_id(),
        at=clock.office_time(clock.now()),
        name=name,
        address=goes_to(account) or "",
        subject=SUBJECT,
        body="\n".join(body) + "\n",
    )


def _send(connection: Connection, server: MailServer, claim: _Claim) -> bool:
    """Send one letter and note the result; return whether the server has it."""
    try:
        connection.send(claim.letter.from_(server.sender), claim.letter.address)
    except (NotSent, ValueError) as problem:  # ValueError: an address that is none
        _note_failure(claim, problem)
        return False
    _note(claim, "")
    return True


def _note_failure(claim: _Claim, problem: NotSent | ValueError) -> None:
    log.warning("request %s for a new password was not mailed: %s", claim.id, problem)
    if isinstance(problem, ValueError) or problem.failure is Failure.NEVER:
        _note(claim, f"地址被拒：{problem}"[:200])


def _note(claim: _Claim, reason: str) -> None:
    with writing():
        row = db.session.get(PasswordRequest, claim.id)
        if row is not None and row.settled_at is None:
            _settle(row, account_named(row.typed), reason, clock.now())
