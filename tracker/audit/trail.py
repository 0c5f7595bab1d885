"""Writing the trail."""

from typing import Any

from flask import g, has_request_context, request
from flask_login import current_user

from tracker import clock
from tracker.audit.models import AuditRow, Outcome
from tracker.extensions import db

COMMAND_LINE = "命令行"  # who acts without a request: a command, or the worker


def record(
    action: str,
    subject: str,
    *,
    outcome: Outcome = Outcome.DONE,
    actor: tuple[int, str] | None = None,
    **details: Any,
) -> AuditRow:
    """Add one row to the trail in the transaction of the change: without the row, no change.

    `subject` is kind and id ("task:17"). The account and the address are those of the request;
    a command or the worker writes under its own name. `actor`: id and name of the account, for who is
    only just signing in.
    """
    row = AuditRow(
        at=clock.now(),
        account_id=None,
        name=str(g.get("actor_name", "")) if has_request_context() else COMMAND_LINE,
        action=action,
        subject=subject,
        outcome=outcome,
        address=(request.remote_addr or "") if has_request_context() else "",
        details=details,
    )
    if actor is not None:
        row.account_id, row.name = actor
    elif has_request_context() and current_user.is_authenticated:
        row.account_id, row.name = current_user.id, current_user.username
    db.session.add(row)
    return row
