"""A clerk's correction of who takes such problems is kept as a hint for the same unit, and can be revoked.

Source: features.md, "confirmed corrections are kept per unit and shown". A hint never leaves its unit, and
it only changes what is suggested: a person still confirms.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.audit.trail import record
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.refusals import OutOfDate
from tracker.reports.access import require_clerk
from tracker.reports.models import AssignmentHint, Decision, Proposal, Report

COMPARED = 200  # hints of a unit that are compared, the latest ones


def keep_hints(report: Report, *, by: Actor) -> list[AssignmentHint]:
    """Keep a hint for every proposal that goes to another post than was suggested first.

    None where the words are marked: they are to stand in as few places as possible. Raises NotAllowed unless
    the actor is a clerk of the unit.
    """
    require_clerk(by, report.unit)
    corrected = [row for row in report.listed if row.decision != Decision.DROPPED and _is_corrected(row)]
    hints = [
        AssignmentHint(
            unit_id=report.unit_id,
            words=row.text,
            post_id=row.post_id,
            duty_id=row.duty_id,
            instead_of_id=_suggested_first(row),
            person_id=by.person.id,
            at=clock.now(),
        )
        for row in corrected
    ]
    db.session.add_all(hints)
    db.session.flush()
    for hint in hints:
        record("report.keep_hint", f"assignment_hint:{hint.id}", post=hint.post_id, report=report.id)
    return hints


def revoke_hint(hint: AssignmentHint, *, by: Actor) -> None:
    """Use a hint no longer.

    Raises NotAllowed unless the actor is a clerk of the unit, OutOfDate when it was revoked before.
    """
    require_clerk(by, hint.unit)
    if hint.revoked_at is not None:
        raise OutOfDate(_("这条提示已经撤销，不再使用。"))
    hint.revoked_at, hint.revoked_by_id = clock.now(), by.person.id
    db.session.flush()
    record("report.revoke_hint", f"assignment_hint:{hint.id}", post=hint.post_id)


def hints_of(unit: Unit) -> Sequence[AssignmentHint]:
    """Return the latest hints of a unit that are in use, the newest first, with their people."""
    query = select(AssignmentHint).where(_in_use(), AssignmentHint.unit_id == unit.id)
    query = query.options(joinedload(AssignmentHint.person)).order_by(AssignmentHint.id.desc())
    return db.session.scalars(query.limit(COMPARED)).all()


def hints_in_use() -> Select[AssignmentHint]:
    """Return the query of the hints in use, with everything that a list of them shows."""
    return (
        select(AssignmentHint)
        .where(_in_use())
        .options(
            joinedload(AssignmentHint.person),
            joinedload(AssignmentHint.unit),
            joinedload(AssignmentHint.post),
            joinedload(AssignmentHint.duty),
            joinedload(AssignmentHint.instead_of),
        )
    )


def _in_use() -> ColumnElement[bool]:
    return AssignmentHint.revoked_at.is_(None)


def _is_corrected(row: Proposal) -> bool:
    first = _suggested_first(row)
    return (
        row.post_id is not None and first is not None and row.post_id != first and row.secrecy == Secrecy.OPEN
    )


def _suggested_first(row: Proposal) -> int | None:
    offered = row.suggested.get("posts") or []
    return int(offered[0]["post"]) if offered else None
