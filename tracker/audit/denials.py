"""What a signed-in account was denied, and the alarm when it is denied too often."""

from datetime import datetime, timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy import func, select, text

from tracker import clock
from tracker.audit.models import AuditRow, Outcome, UntoldAlarm
from tracker.audit.trail import record
from tracker.extensions import db

ALARM = "access.alarm"
MOST_DENIALS = 10  # of one account within WITHIN before the alarm
WITHIN = timedelta(minutes=1)
_ONE_AT_A_TIME = 7_130_002  # class of PostgreSQL's locks; SQLite has one writer anyway


def record_denial(action: str, subject: str, **details: Any) -> AuditRow:
    """Add the row of a denial and, with the tenth of an account in a minute, the row of the alarm.

    An account that goes on being denied gives one alarm a minute, not one a denial.
    """
    row = record(action, subject[:64], outcome=Outcome.REFUSED, **details)
    account_id: int = current_user.id
    _take_turn(account_id)
    db.session.flush()
    since = clock.now() - WITHIN
    denied = _count(account_id, since, AuditRow.outcome == Outcome.REFUSED)
    if denied >= MOST_DENIALS and not _count(account_id, since, AuditRow.action == ALARM):
        alarm = record(ALARM, f"account:{account_id}", denied=denied)
        db.session.flush()
        db.session.add(UntoldAlarm(row_id=alarm.id))  # the worker writes the letters
    return row


def _count(account_id: int, since: datetime, condition: Any) -> int:
    of_account = AuditRow.account_id == account_id, AuditRow.at > since
    return db.session.scalar(select(func.count(AuditRow.id)).where(*of_account, condition)) or 0


def _take_turn(account_id: int) -> None:
    """Let two denials of an account at the same moment see each other."""
    if db.session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:kind, :account)")
        db.session.execute(lock, {"kind": _ONE_AT_A_TIME, "account": account_id % 2**31})
