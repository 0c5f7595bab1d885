"""Who may see a report and who works on it. Source: architecture, "Who sees what"."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.refusals import NotAllowed, OutOfDate
from tracker.reports.models import AssignmentHint, Report, ReportState


def is_clerk_of(actor: Actor, unit_id: int) -> bool:
    """Whether the actor takes in and reviews the reports of a unit."""
    return any(office.id == unit_id for office in actor.clerk_of)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a report may be read: its clerk always, its leadership once it is confirmed.

    What is under review stays with the clerk: neither the unit above nor a leader sees a guess. So does
    a report with the words of a marked task; who is of that task's circle reads its sentence on the task.
    """
    own = Report.unit_id.in_([office.id for office in actor.clerk_of])
    overseen = Report.unit_id.in_([office.id for office in actor.oversees])
    unmarked = Report.secrecy == Secrecy.OPEN
    return or_(own, and_(overseen, Report.state == ReportState.CONFIRMED, unmarked))


def find_report(report_id: int, actor: Actor) -> Report | None:
    """Return a report the actor may read, or None: a foreign report looks like one that does not exist."""
    return db.session.scalar(select(Report).where(Report.id == report_id, visible_to(actor)))


def tells_words_of(report: Report, actor: Actor) -> bool:
    """Whether what a report is called and what was found in it may be told to an actor.

    To everybody who reads of it elsewhere while it is unmarked; of a marked one to its clerk alone.
    """
    return report.secrecy == Secrecy.OPEN or find_report(report.id, actor) is not None


def find_report_to_review(report_id: int, actor: Actor) -> Report | None:
    """Return a report of which the actor is the clerk, or None; on PostgreSQL its row is held till the end.

    Two requests for the same report then follow one another, as they do on SQLite.
    """
    own = Report.unit_id.in_([office.id for office in actor.clerk_of])
    return db.session.scalar(
        select(Report)
        .where(Report.id == report_id, own)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    )


def find_report_of_clerk(report_id: int, actor: Actor) -> Report | None:
    """Return a report of which the actor is the clerk, or None; its row is not held."""
    own = Report.unit_id.in_([office.id for office in actor.clerk_of])
    return db.session.scalar(select(Report).where(Report.id == report_id, own))


def hints_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a hint may be seen and revoked: by the clerks of its unit alone."""
    return AssignmentHint.unit_id.in_([office.id for office in actor.clerk_of])


def find_hint(hint_id: int, actor: Actor) -> AssignmentHint | None:
    """Return a hint of a unit whose clerk the actor is, or None; its row is held where it is to change."""
    return db.session.scalar(
        select(AssignmentHint)
        .where(AssignmentHint.id == hint_id, hints_visible_to(actor))
        .with_for_update(of=AssignmentHint)
        .execution_options(populate_existing=True)
    )


def require_clerk(actor: Actor, unit: Unit) -> None:
    """Raise NotAllowed unless the actor is a clerk of the unit."""
    if not is_clerk_of(actor, unit.id):
        raise NotAllowed(_("只有本单位的经办人员可以导入和核对报告。"))


def require_review(report: Report, by: Actor) -> None:
    """Raise NotAllowed unless the actor is a clerk of the unit, OutOfDate unless it is under review."""
    require_clerk(by, report.unit)
    if report.state != ReportState.REVIEW:
        raise OutOfDate(_("这份报告已经确认过，任务已生成。刷新页面查看结果。"))
