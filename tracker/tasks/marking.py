"""The clerk marks a task or one of its files 内部 or 工作秘密, and takes the mark off again.

Source: architecture, "Who sees what"; reliability.md 3.2, security labels. What a mark does stands in
`access.py`; every page, list, export and mail follows from there.
"""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.problems.models import Problem, ProblemPassage
from tracker.refusals import Refused
from tracker.reports.models import Report
from tracker.tasks.models import Evidence, Task, TaskEvent
from tracker.tasks.states import Action
from tracker.tasks.stepping import check, happen

STRICTER = (Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.WORK_SECRET)  # each narrows at least as the one before


def mark(
    task: Task, *, by: Actor, secrecy: Secrecy, reason: str, evidence: Evidence | None = None
) -> TaskEvent:
    """Mark a task, or one file of it; `Secrecy.OPEN` takes the mark off. The state stays.

    The report a task was read from holds the same words: it takes the strictest mark of its tasks.
    Raises Refused without a reason, for a file of another task, and where nothing would change.
    """
    check(task, Action.MARK, by)
    if not reason.strip():
        raise Refused(_("写明标注或取消标注的依据，经过里会留下记录。"), field="reason")
    if evidence is not None and evidence.task_id != task.id:
        raise Refused(_("这个文件不属于这件任务，请重新选择。"), field="subject")
    marked = task if evidence is None else evidence
    if marked.secrecy == secrecy:
        raise Refused(_("已经是“%(word)s”，没有改动。", word=_(SECRECY_WORDS[secrecy])), field="secrecy")
    old, marked.secrecy = marked.secrecy, secrecy
    event = happen(
        task,
        Action.MARK,
        by,
        text=reason,
        old=old.value,
        secrecy=secrecy.value,
        evidence_id=None if evidence is None else evidence.id,
    )
    mark_reports(task)
    return event


def strictest(marks: Iterable[Secrecy]) -> Secrecy:
    """Return the strictest of some marks; of none, that nothing is marked."""
    return max(marks, key=STRICTER.index, default=Secrecy.OPEN)


def mark_reports(task: Task) -> None:
    """Let every report with words of a task take the strictest mark of all tasks it has words of.

    Two tasks of a report may be marked at the same moment: its row is held, so that the second reads the
    mark of the first.
    """
    db.session.flush()
    for report in _reports_of(task):
        of_report = select(Task.secrecy).where(or_(Task.report_id == report.id, _said_again_in(report)))
        report.secrecy = strictest(db.session.scalars(of_report.distinct()))
    db.session.flush()


def _reports_of(task: Task) -> Sequence[Report]:
    """The report a task was read from, and those whose passages were added to its problem."""
    lines = select(Problem.id).where(Problem.origin_id == task.problem_id)
    again = select(ProblemPassage.report_id).where(ProblemPassage.problem_id.in_(lines))
    query = select(Report).where(or_(Report.id == task.report_id, Report.id.in_(again))).order_by(Report.id)
    held = query.with_for_update(key_share=True)  # a task that was changed holds the key of its report
    return db.session.scalars(held.execution_options(populate_existing=True)).all()


def _said_again_in(report: Report) -> ColumnElement[bool]:
    """The condition that a report holds a further passage of a task's problem."""
    row = aliased(Problem)
    passages = select(row.origin_id).join(ProblemPassage, ProblemPassage.problem_id == row.id)
    return Task.problem_id.in_(passages.where(ProblemPassage.report_id == report.id))
