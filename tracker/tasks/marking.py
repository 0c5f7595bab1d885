"""The clerk marks a task or one of its files 内部 or 工作秘密, and takes the mark off again.

Source: architecture, "Who sees what"; reliability.md 3.2, security labels. What a mark does stands in
`access.py`; every page, list, export and mail follows from there.
"""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from tracker.documents.models import Secrecy
from tracker.documents.words import SECRECY_WORDS
from tracker.extensions import db
from tracker.organization.acting import Actor
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
    _mark_report(task)
    return event


def strictest(marks: Iterable[Secrecy]) -> Secrecy:
    """Return the strictest of some marks; of none, that nothing is marked."""
    return max(marks, key=STRICTER.index, default=Secrecy.OPEN)


def _mark_report(task: Task) -> None:
    report = None if task.report_id is None else db.session.get(Report, task.report_id)
    if report is not None:
        report.secrecy = strictest(
            db.session.scalars(select(Task.secrecy).where(Task.report_id == report.id).distinct())
        )
