"""A paper is made: numbered, written, kept with its task."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents import store
from tracker.documents.paper import render
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Post, Unit
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.settings.choices import chosen_here
from tracker.settings.keys import PAPER_PREFIX
from tracker.tasks.access import may_make_paper
from tracker.tasks.models import Task
from tracker.tasks.paper_kinds import PAPERS
from tracker.tasks.paper_matter import Asked, Matter, contact_for, matter_of
from tracker.tasks.paper_models import PaperKind, TaskPaper, document_number
from tracker.tasks.paper_wording import Issue, write
from tracker.tasks.roles import parts

LONGEST_WORDS = 500  # characters of a reason or a demand: a form keeps to its page


def make_paper(
    task: Task, kind: PaperKind, *, by: Actor, asked: Asked, again: bool = False
) -> tuple[TaskPaper, bool]:
    """Make a paper of a task and keep it under the next number of its office, kind and year.

    Returns the paper, and whether it is new: where a paper says the same already, that one is returned,
    unless a new number is asked for (`again`). Raises NotAllowed, OutOfDate where the task has no such paper
    now, Refused at the field that is wrong.
    """
    _check(task, kind, by, asked)
    _take_turn(task.unit)
    matter = matter_of(task, by.day)
    said = store.digest(render(write(kind, matter, asked, Issue())))
    known = None if again else _saying(task, kind, said)
    if known is not None:
        return known, False
    paper = _numbered(task, kind, by, matter, asked)
    paper.said = said
    db.session.add(paper)
    db.session.flush()
    record(
        "task.make_paper", f"task:{task.id}", paper=paper.id, kind=kind.value, number=paper.document_number
    )
    return paper, True


def letters_of(unit: Unit, day: date) -> str:
    """Return the letters of an office (机关代字): its own choice, else the first sign of its name."""
    return chosen_here(PAPER_PREFIX, unit, day) or unit.name_on(day)[:1]


def papers_of(task: Task) -> list[TaskPaper]:
    """Return the papers of a task, newest first."""
    return list(
        db.session.scalars(
            select(TaskPaper).where(TaskPaper.task_id == task.id).order_by(TaskPaper.id.desc())
        )
    )


def file_name(paper: TaskPaper) -> str:
    """Return the name under which a paper is saved; it says nothing of the matter."""
    return f"{PAPERS[paper.kind].name} {paper.document_number}.docx"


def _check(task: Task, kind: PaperKind, by: Actor, asked: Asked) -> None:
    rule = PAPERS[kind]
    if not may_make_paper(kind, task, by):
        raise NotAllowed(_("%(paper)s由经办、台账管理人员或相应岗位制发。", paper=_(rule.name)))
    if lacking := rule.lacks(task):
        raise OutOfDate(lacking)
    for field, words in (("reason", asked.reason), ("demand", asked.demand)):
        if len(words) > LONGEST_WORDS:
            raise Refused(_("不超过 %(most)s 字，请精简。", most=LONGEST_WORDS), field=field)
        if field in rule.asks - rule.optional and not words:
            raise Refused(_("这一项会印在公文上，请写明。"), field=field)
    if "reply_by" in rule.asks - rule.optional and asked.reply_by is None:
        raise Refused(_("写明在哪一天前反馈。"), field="reply_by")
    if asked.reply_by is not None and asked.reply_by < by.day:
        raise Refused(_("反馈时间已过，请改为今天或以后的日期。"), field="reply_by")


def _take_turn(unit: Unit) -> None:
    """Hold the row of the office: papers made at once follow one another, the same ones too."""
    db.session.execute(select(Unit.id).where(Unit.id == unit.id).with_for_update())


def _saying(task: Task, kind: PaperKind, said: str) -> TaskPaper | None:
    same = select(TaskPaper).where(
        TaskPaper.task_id == task.id, TaskPaper.kind == kind, TaskPaper.said == said
    )
    return db.session.scalar(same.order_by(TaskPaper.id.desc()).limit(1))


def _numbered(task: Task, kind: PaperKind, by: Actor, matter: Matter, asked: Asked) -> TaskPaper:
    letters = letters_of(task.unit, by.day) + PAPERS[kind].letters
    number = _next_number(task.unit, kind, by.day.year)
    post = _post_acted_as(task, kind, by)
    issue = Issue(document_number(letters, by.day.year, number), by.day, contact_for(task, by))
    return TaskPaper(
        task=task,
        unit=task.unit,
        kind=kind,
        year=by.day.year,
        number=number,
        letters=letters,
        day=by.day,
        reply_by=asked.reply_by,
        person=by.person,
        post=post,
        on_behalf_of=by.principal(post),
        made_at=clock.now(),
        file=store.keep(render(write(kind, matter, asked, issue))),
    )


def _next_number(unit: Unit, kind: PaperKind, year: int) -> int:
    last = db.session.scalar(
        select(func.max(TaskPaper.number)).where(
            TaskPaper.unit_id == unit.id, TaskPaper.kind == kind, TaskPaper.year == year
        )
    )
    return (last or 0) + 1


def _post_acted_as(task: Task, kind: PaperKind, by: Actor) -> Post:
    """Return the post in which somebody makes a paper: one of the office, else the part in the task."""
    for post in by.posts:
        if (post.is_clerk or post.keeps_ledger) and post.unit.path.startswith(task.unit.path):
            return post
    held = parts(task, by)
    return next(post for role, post in held.items() if role in PAPERS[kind].roles)
