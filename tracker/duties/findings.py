"""What an inspection found and a meeting decided (议定事项) become problems, confirmed like a report's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.audit.trail import record
from tracker.duties.access import records_for
from tracker.duties.kinds import INSPECTION, MEETINGS
from tracker.duties.models import Act
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.problems.models import Problem, ProblemSource
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.reports.intake import Given, take_in_from
from tracker.reports.models import Report, ReportState
from tracker.words import N_

LONGEST_LINES = 20_000  # characters


@dataclass(frozen=True)
class Finds:
    """What comes of acts of a kind: its source, and how the office calls it."""

    source: ProblemSource
    called: str


FINDS: Mapping[str, Finds] = {
    INSPECTION: Finds(ProblemSource.INSPECTION, N_("检查发现")),
    **dict.fromkeys(MEETINGS, Finds(ProblemSource.MEETING, N_("议定事项"))),
}
"""By the code of the kind of act."""


def may_enter(actor: Actor, act: Act) -> bool:
    """Whether an actor may now enter what an act found or decided."""
    return _open(act) and records_for(actor, act.post)


def take_in_findings(
    act: Act, *, by: Actor, lines: str = "", file_name: str = "", content: bytes = b""
) -> Report:
    """Take in the lines or the file of an act; entered before, the report it gave is returned.

    Raises NotAllowed unless the actor records for the post, OutOfDate after withdrawal, Refused when there
    are no words or the kind of act finds nothing, KnownAlready when the file came in before.
    """
    if not records_for(by, act.post):
        raise NotAllowed(_("检查发现和议定事项由履责岗位或经办人员录入。"))
    known = report_of(act)
    if known is not None and known.state != ReportState.UNREADABLE:
        return known
    if not _open(act):
        raise OutOfDate(_("这次登记已经撤回，或这类事项没有检查发现和议定事项可录。"))
    lines = lines.replace("\r\n", "\n").strip()
    if not lines and not content:
        raise Refused(_("逐条写出，或选择一个文件。"), field="lines")
    if len(lines) > LONGEST_LINES:
        raise Refused(_("内容超过 %(most)s 字，请改为上传文件。", most=LONGEST_LINES), field="lines")
    finds = FINDS[act.kind.code]
    given = Given(
        file_name=file_name or f"{act.kind.name}{_outcome(act)}.txt",
        content=content or f"{headline(act)}\n{lines}\n".encode(),
        day=act.day,
        domain=act.domain,
        by_lines=not content,
    )
    report = take_in_from(finds.source, db.session.get_one(Unit, act.unit_id), by=by, given=given)
    act.report_id = report.id
    db.session.flush()
    record("duty.enter_findings", f"act:{act.id}", report=report.id, source=finds.source.value)
    return report


def headline(act: Act) -> str:
    """Return what heads the lines of an act: 应急办主任2025年11月12日专项检查发现的问题."""
    day = f"{act.day.year}年{act.day.month}月{act.day.day}日"
    return f"{act.post_title}{day}{act.kind.name}{_outcome(act)}"


def report_of(act: Act) -> Report | None:
    """Return the report that holds what an act found or decided, or None."""
    return None if act.report_id is None else db.session.get(Report, act.report_id)


def findings_of(act: Act) -> Sequence[Problem]:
    """Return the problems that came of an act, in the order of its lines."""
    if act.report_id is None:
        return []
    query = select(Problem).where(Problem.report_id == act.report_id, Problem.origin_id == Problem.id)
    return db.session.scalars(query.order_by(Problem.id)).all()


def act_behind(report: Report) -> Act | None:
    """Return the act whose findings or decisions a report holds, or None."""
    if report.source not in (ProblemSource.INSPECTION, ProblemSource.MEETING):
        return None
    return db.session.scalar(select(Act).where(Act.report_id == report.id).limit(1))


def _outcome(act: Act) -> str:
    return "发现的问题" if act.kind.code == INSPECTION else "议定事项"


def _open(act: Act) -> bool:
    if act.withdrawn_at is not None or act.kind.code not in FINDS:
        return False
    known = report_of(act)
    return known is None or known.state == ReportState.UNREADABLE
