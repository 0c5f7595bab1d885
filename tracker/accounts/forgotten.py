"""A forgotten password: who asks for a code by mail, and to which address it may go.

Asking writes the same row for every name; the worker finds out whose it is (`mailed`). A code goes to no
address but the one its owner confirmed while signed in: who keeps the roster may enter any address for
anybody, and would otherwise open every account.
"""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select

from tracker import clock
from tracker.accounts.models import Account, AccountKind, PasswordRequest
from tracker.accounts.names import LONGEST_NAME, spellings
from tracker.accounts.throttling import EVERYWHERE, NETWORK, SHORT, network_of, take_turn
from tracker.audit.trail import record
from tracker.extensions import db
from tracker.outbox import sends_mail
from tracker.refusals import Refused

A_DAY = 3  # codes asked for under one name, whoever asks
REMEMBERED = timedelta(days=1)
CODE_LASTS = timedelta(minutes=30)


def ask(username: str, *, address: str) -> None:
    """Write down that somebody forgot the password of a name; beyond the limits nothing is written.

    No account is looked up, so that neither the answer nor its time tells of one. Raises Refused without
    a mail server, and without a name.
    """
    if not sends_mail():
        raise Refused(_("本系统没有开通邮件，不能自己找回密码，没有提交。请联系系统管理员领取一次性密码。"))
    typed, name = spellings(username)
    if not name:
        raise Refused(_("请填写账号名。"), field="username")
    now, network = clock.now(), network_of(address)
    take_turn()
    db.session.execute(delete(PasswordRequest).where(PasswordRequest.asked_at < now - REMEMBERED))
    lately = PasswordRequest.asked_at > now - SHORT
    of_network = PasswordRequest.network == network
    too_often = (
        _count(PasswordRequest.name == name[:LONGEST_NAME]) >= A_DAY
        or _count(of_network, lately) >= NETWORK
        or _count(lately) >= EVERYWHERE
    )
    if not too_often:
        db.session.add(
            PasswordRequest(
                name=name[:LONGEST_NAME],
                typed=typed[:LONGEST_NAME],
                network=network,
                asked_at=now,
                next_try_at=now,
            )
        )


def goes_to(account: Account) -> str | None:
    """Return the address a code for an account may be mailed to: registered, and confirmed by its owner."""
    registered = None if account.person is None else account.person.email
    return registered if registered and registered == account.reset_address else None


def confirm_address(account: Account, *, by: Account) -> None:
    """Let codes for one's own account go to the address that is registered today.

    Raises Refused for anybody else, for an administrator's account and where no address is registered.
    """
    if account.id != by.id or account.kind is not AccountKind.PERSON or account.person is None:
        raise Refused(_("只能为自己的业务账号开通邮件找回，没有改动。"))
    if not account.person.email:
        raise Refused(_("您还没有登记邮箱，没有开通。请本单位台账管理岗位登记。"))
    account.reset_address = account.person.email
    record("account.mail_reset_on", f"account:{account.id}")


def withdraw_address(account: Account, *, by: Account) -> None:
    """Let no more codes for one's own account be mailed. Raises Refused for anybody else."""
    if account.id != by.id:
        raise Refused(_("只能为自己的业务账号开通邮件找回，没有改动。"))
    if account.reset_address is not None:
        account.reset_address = None
        record("account.mail_reset_off", f"account:{account.id}")


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count(PasswordRequest.id)).where(*conditions)) or 0
