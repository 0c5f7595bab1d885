"""Where tasks came from (问题来源): the kind of source, and the document that told it.

Source: domain.md 1.3. A report is known by its period; what an inspection, a meeting or a letter is called
was entered with it. The title of a marked document is told to nobody here.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.problems.models import Problem
from tracker.reports.models import Report
from tracker.tasks.models import Task

Documents = Mapping[int, str]  # titles by the id of a task's problem


def documents_of(tasks: Iterable[Task]) -> Documents:
    """Return what the documents are called that told the problems of some tasks, by one query."""
    first = {
        task.problem.id: task.problem.origin_id or task.problem.id
        for task in tasks
        if task.problem is not None
    }
    rows = db.session.execute(
        select(Problem.id, Report.document)
        .join(Report, Report.id == Problem.report_id)
        .where(
            Problem.id.in_(set(first.values())),
            func.length(Report.document) > 0,
            Report.secrecy == Secrecy.OPEN,
        )
    ).all()
    titles = dict(rows)
    return {problem: titles[origin] for problem, origin in first.items() if origin in titles}


def with_document(source: str, task: Task, documents: Documents) -> str:
    """Return the word for a kind of source with the document that told a task's problem: 检查发现：…通报."""
    title = "" if task.problem is None else documents.get(task.problem.id, "")
    return f"{source}：{title}" if title else source
