"""The columns of the ledger's wide view, and what each says of a task.

Source: domain.md 1.3. The page asks for all rows of a page at once, so that the number of queries does not
grow with rows or columns.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.extensions import db
from tracker.organization.known import Known
from tracker.organization.models import Post, Unit
from tracker.problems.words import SOURCE_WORDS
from tracker.tasks.again import again_tags
from tracker.tasks.lights import Lights
from tracker.tasks.models import Cooperation, Task, TaskEvent, TaskRequest
from tracker.tasks.queries import row_parts
from tracker.tasks.sources import Documents, documents_of, with_document
from tracker.tasks.states import Action, Remedy, RequestKind, RequestOutcome, TaskState
from tracker.tasks.words import REMEDY_WORDS, VERDICT_WORDS, state_word
from tracker.web.filters import cndate, word

TOLD = (
    Action.REPORT_PROGRESS,
    Action.REQUEST_CLOSURE,
    Action.CLOSE_AT_ONCE,
)  # how the lead says it went


@dataclass(frozen=True)
class Around:
    """What is known beside the tasks themselves: names of the day, last words, how often extended."""

    lights: Lights
    known: Known
    home: Unit | None
    progress: Mapping[int, str]
    extended: Mapping[int, int]
    documents: Documents

    def number(self, task: Task) -> str:
        """Return the case number: short inside the reader's own office."""
        return task.short_no if self.home is not None and task.unit_id == self.home.id else task.case_no

    def who(self, post: Post | None) -> str:
        """Return a post with who holds it: 褚例（宣传办主任）."""
        if post is None:
            return ""
        person = self.known.holder(post)
        name = person.name if person else _("空缺")
        return f"{name}（{post.title_on(self.lights.day)}）"

    def units(self, posts: Iterable[Post | None]) -> str:
        """Return the units of some posts, each once."""
        return "、".join(dict.fromkeys(post.unit.name_on(self.lights.day) for post in posts if post))

    def leader(self, task: Task) -> Post | None:
        """Return the post in charge (责任领导)."""
        post = task.lead_post
        return post and self.known.deputy_in_charge(post, task.domain, self.lights.day).post


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it says of a task, and whether its text is long."""

    label: Any
    cell: Callable[[Task, Around], str]
    long: bool = False


def _sharing(task: Task, *, parts: bool) -> list[Post]:
    """The posts that work along: with a part of their own they answer for it, without one they only help."""
    return [row.post for row in task.cooperations if bool(row.part) == parts]


def _source(task: Task, around: Around) -> str:
    kind = str(_(SOURCE_WORDS[task.problem.source]) if task.problem else _("工作任务"))
    return with_document(kind, task, around.documents)


def _problem(task: Task, _around: Around) -> str:
    return task.problem.text if task.problem and task.problem.text != task.title else task.title


def _due(task: Task, _around: Around) -> str:
    if task.remedy == Remedy.LONG_TERM:
        return str(_(REMEDY_WORDS[Remedy.LONG_TERM]))
    return cndate(task.deadline) if task.deadline else ""


def _done(task: Task, _around: Around) -> str:
    share = "" if task.percent is None or task.state == TaskState.CLOSED else f" {task.percent}%"
    return state_word(task.state) + share


def _remark(task: Task, around: Around) -> str:
    idle, times = around.lights.idle_days(task), around.extended.get(task.id, 0)
    said = [
        *(word for word, _kind in again_tags(task)),
        _(REMEDY_WORDS[task.remedy]) if task.remedy == Remedy.IMMEDIATE else "",
        _("下次评估 %(day)s", day=cndate(task.review_on)) if task.review_on else "",
        _("延期 %(times)s 次，原定 %(day)s", times=times, day=cndate(task.first_deadline))
        if times and task.first_deadline
        else "",
        _("第 %(round)s 轮", round=task.round_no) if task.round_no > 1 else "",
        _("停滞 %(days)s 个工作日", days=idle) if idle else "",
        _("%(day)s起挂牌督办", day=cndate(task.listed_on)) if task.listed_on else "",
    ]
    return "；".join(str(part) for part in said if part)


COLUMNS: Mapping[str, Column] = {
    "case_no": Column(_l("编号"), lambda task, around: around.number(task)),
    "source": Column(_l("问题来源"), _source),
    "category": Column(_l("问题类别"), lambda task, _around: word(task.domain.name)),
    "problem": Column(_l("具体问题"), _problem, long=True),
    "measure": Column(_l("整改措施"), lambda task, _around: task.measure, long=True),
    "goal": Column(_l("整改目标"), lambda task, _around: word(task.standard), long=True),
    "leader": Column(_l("责任领导"), lambda task, around: around.who(around.leader(task))),
    "lead_unit": Column(_l("牵头单位"), lambda task, around: around.units([task.lead_post])),
    "resp_unit": Column(
        _l("责任单位"),
        lambda task, around: around.units([task.lead_post, *_sharing(task, parts=True)]),
    ),
    "person": Column(_l("责任人"), lambda task, around: around.who(task.lead_post)),
    "coop_unit": Column(_l("配合单位"), lambda task, around: around.units(_sharing(task, parts=False))),
    "light": Column(_l("期限"), lambda task, around: around.lights.light(task).word),
    "due": Column(_l("整改时限"), _due),
    "first_due": Column(
        _l("原定时限"), lambda task, _: cndate(task.first_deadline) if task.first_deadline else ""
    ),
    "progress": Column(_l("整改进展"), lambda task, around: around.progress.get(task.id, ""), long=True),
    "done": Column(_l("完成情况"), _done),
    "closed": Column(
        _l("是否销号"), lambda task, _around: _("已销号") if task.state == TaskState.CLOSED else _("未销号")
    ),
    "closed_on": Column(_l("销号时间"), lambda task, _: cndate(task.closed_on) if task.closed_on else ""),
    "verifier": Column(_l("验收人"), lambda task, around: around.who(task.verifier_post)),
    "verdict": Column(
        _l("验收结论"), lambda task, _around: _(VERDICT_WORDS[task.verdict]) if task.verdict else ""
    ),
    "remark": Column(_l("备注"), _remark),
}
ALL = "all"


def read_columns(sent: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that an address names, in its order; one that there is not is left out.

    `sent` are the values of `cols`: names with points between them, as links hold them, or one name each, as
    the boxes of the choice send them. None: the view in two lines.
    """
    names = [name for value in sent for name in value.split(".")]
    if ALL in names:
        return tuple(COLUMNS)
    return tuple(dict.fromkeys(name for name in names if name in COLUMNS))


def column_parts() -> tuple[Any, ...]:
    """Return the loading options for all that the columns show."""
    cooperating = selectinload(Task.cooperations).joinedload(Cooperation.post).joinedload(Post.unit)
    return (*row_parts(), joinedload(Task.verifier_post), cooperating)


def around(tasks: Sequence[Task], lights: Lights, known: Known, home: Unit | None) -> Around:
    """Return what the columns need beside some tasks: three queries, however many there are."""
    ids = [task.id for task in tasks]
    last = select(func.max(TaskEvent.id)).where(TaskEvent.task_id.in_(ids), TaskEvent.action.in_(TOLD))
    progress = db.session.execute(
        select(TaskEvent.task_id, TaskEvent.text).where(TaskEvent.id.in_(last.group_by(TaskEvent.task_id)))
    ).all()
    granted = select(TaskRequest.task_id, func.count()).where(
        TaskRequest.task_id.in_(ids),
        TaskRequest.kind == RequestKind.EXTENSION,
        TaskRequest.outcome == RequestOutcome.GRANTED,
    )
    extended = db.session.execute(granted.group_by(TaskRequest.task_id)).all()
    return Around(lights, known, home, dict(progress), dict(extended), documents_of(tasks))
