"""The ledger's rows as cells: what each column says of a task. Data first, format second.

Read page by page with a constant number of queries a page: 20,000 tasks cost the memory of one page.
The words are those of the office's papers and the same in every language of the pages: a table that went
out is read again when it comes back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.database import BATCH
from tracker.documents.models import Secrecy
from tracker.documents.sheet import printed
from tracker.documents.words import SECRECY_WORDS
from tracker.extensions import db
from tracker.organization.known import Known
from tracker.organization.models import Post, Unit
from tracker.problems.words import SOURCE_WORDS
from tracker.tasks.again import again_in_papers
from tracker.tasks.lights import Light, Lights
from tracker.tasks.models import Cooperation, Task, TaskEvent, TaskRequest
from tracker.tasks.queries import Conditions, ledger, row_parts
from tracker.tasks.sources import Documents, documents_of, with_document
from tracker.tasks.states import Action, Remedy, RequestKind, RequestOutcome, TaskState
from tracker.tasks.words import REMEDY_WORDS

Cell = str | date
LONGEST_CELL = 32_000  # characters; a spreadsheet holds 32,767
CUT = "……（全文见系统）"
VACANT = "空缺"

DONE_WORDS: Mapping[TaskState, str] = {
    TaskState.DRAFT: "拟办",
    TaskState.REGISTERED: "已立项，未交办",
    TaskState.ASSIGNED: "已交办，未签收",
    TaskState.IN_PROGRESS: "正在整改",
    TaskState.CLOSURE_REQUESTED: "已申请销号",
    TaskState.ENDORSED: "已初审，待验收",
    TaskState.CLOSED: "已完成整改",
    TaskState.SUSPENDED: "已中止",
    TaskState.CANCELLED: "已撤销",
}


@dataclass(frozen=True)
class Line:
    """A task as a row: its cells by field, and what finds it again and tells its level."""

    task_id: int
    uuid: str
    version: int
    level: int | str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Told:
    """What is asked of the tasks of a page in one go: last words, how often extended, source documents."""

    progress: Mapping[int, str]
    extended: Mapping[int, int]
    documents: Documents


class Lines:
    """Turns tasks into rows for a reader: names of the day, numbers as the reader's office shows them."""

    def __init__(self, lights: Lights, home: Unit | None) -> None:
        self.lights, self.home, self.day = lights, home, lights.day
        self._known: Known | None = None
        self._light: dict[tuple[object, ...], Light] = {}

    def of(self, tasks: Sequence[Task]) -> Iterator[Line]:
        """Yield the rows of some tasks that were loaded with `line_parts`."""
        told, known = _told(tasks), self.known(tasks)
        for task in tasks:
            level = self.light(task).level
            yield Line(task.id, task.uuid, task.version, level, self._cells(task, known, told))

    def light(self, task: Task) -> Light:
        """Return the light of a task, counted once for all alike: counting working days takes long."""
        alike = task.unit_id, task.state, task.remedy, task.deadline
        if alike not in self._light:
            self._light[alike] = self.lights.light(task)
        return self._light[alike]

    def known(self, tasks: Iterable[Task]) -> Known:
        """Return the organization of the offices of some tasks and of those before."""
        units = {task.unit_id: task.unit for task in tasks}
        had = [] if self._known is None else list(self._known.offices)
        new = [unit for unit in units.values() if unit.id not in {one.id for one in had}]
        if new or self._known is None:
            self._known = Known([*had, *new], self.day)
        return self._known

    def _cells(self, task: Task, known: Known, told: Told) -> dict[str, Cell]:
        post, day = task.lead_post, self.day
        charge = known.deputy_in_charge(post, task.domain, day).post if post else None
        first = known.first_responsibles(task.unit, task.domain, day)
        sharing = [row for row in task.cooperations if row.part]
        found: dict[str, Cell] = {
            "case_no": self.number(task),
            "source": with_document(_source(task), task, told.documents),
            "category": task.domain.name,
            "problem": task.title,
            "measure": task.measure,
            "goal": task.standard,
            "leader": self.who(charge, known),
            "lead_unit": self.unit(task, post),
            "resp_unit": self._units(task, [post, *(row.post for row in sharing)]),
            "person": self.who(post, known),
            "coop_unit": self._units(task, [row.post for row in task.cooperations if not row.part]),
            "due": _due(task),
            "progress": told.progress.get(task.id, ""),
            "done": _done(task),
            "closed": "已销号" if task.state == TaskState.CLOSED else "未销号",
            "closed_on": task.closed_on or "",
            "verifier": self.who(task.verifier_post, known),
            "remark": self._remark(task, told),
            "first_person": "、".join(self.who(one, known) for one in first),
        }
        return {
            field: _cut(printed(cell)) if isinstance(cell, str) else cell for field, cell in found.items()
        }

    def number(self, task: Task) -> str:
        """Return the case number as it is shown to the reader: short inside the own office."""
        return task.short_no if self.home is not None and task.unit_id == self.home.id else task.case_no

    def who(self, post: Post | None, known: Known) -> str:
        """Return a post as a cell names it: 褚例（宣传办主任）."""
        if post is None:
            return ""
        person = known.holder(post)
        return f"{VACANT if person is None else person.name}（{post.title_on(self.day)}）"

    def unit(self, task: Task, post: Post | None) -> str:
        """Return the unit of a post; for a reader of another office with that of the task before it."""
        if post is None:
            return ""
        name = post.unit.name_on(self.day)
        is_home = self.home is not None and task.unit_id == self.home.id
        return name if is_home or post.unit_id == task.unit_id else f"{task.unit.name_on(self.day)}{name}"

    def _units(self, task: Task, posts: Iterable[Post | None]) -> str:
        return "、".join(dict.fromkeys(self.unit(task, post) for post in posts if post is not None))

    def _remark(self, task: Task, told: Told) -> str:
        light = self.light(task)
        said = [
            f"〔{SECRECY_WORDS[task.secrecy]}〕" if task.secrecy != Secrecy.OPEN else "",
            light.word if light.level in (1, 2, 3, 4) else "",
            REMEDY_WORDS[task.remedy] if task.remedy != Remedy.TIME_LIMITED else "",
            f"下次评估 {task.review_on}" if task.remedy == Remedy.LONG_TERM and task.review_on else "",
            f"延期{told.extended[task.id]}次，原时限 {task.first_deadline}"
            if task.id in told.extended
            else "",
            _stated(task),
            again_in_papers(task),
            f"第{task.round_no}轮" if task.round_no > 1 else "",
            f"{task.listed_on}起挂牌督办" if task.listed_on else "",
        ]
        return "；".join(filter(None, said))


def line_parts() -> tuple[Any, ...]:
    """Return the loading options for all that a row of the table shows."""
    cooperating = selectinload(Task.cooperations).joinedload(Cooperation.post).joinedload(Post.unit)
    verifying = joinedload(Task.verifier_post).joinedload(Post.unit)
    return (*row_parts(), verifying, cooperating)


def ledger_lines(
    conditions: Conditions, seen: ColumnElement[bool], lines: Lines, *, order: str = "deadline"
) -> Iterator[Line]:
    """Yield every row of the ledger under some conditions, in its order, among what the reader sees."""
    asked = select(Task).options(*line_parts())
    pages = ledger(conditions, seen, lines.lights, asked=asked, order=order, size=BATCH)
    after: str | None = None
    while True:
        page = pages.page(after)
        yield from lines.of(page.rows)
        after = page.after
        if after is None:
            return


def plain(cell: Cell) -> str:
    """Return what a cell says as text: days as 2025-11-30, line ends alike, no blanks around."""
    if isinstance(cell, date):
        return cell.isoformat()
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


def _told(tasks: Sequence[Task]) -> Told:
    ids = [task.id for task in tasks]
    last = (
        select(func.max(TaskEvent.id))
        .where(TaskEvent.task_id.in_(ids), TaskEvent.action == Action.REPORT_PROGRESS)
        .group_by(TaskEvent.task_id)
    )
    progress = db.session.execute(
        select(TaskEvent.task_id, TaskEvent.text).where(TaskEvent.id.in_(last))
    ).all()
    extended = db.session.execute(
        select(TaskRequest.task_id, func.count())
        .where(
            TaskRequest.task_id.in_(ids),
            TaskRequest.kind == RequestKind.EXTENSION,
            TaskRequest.outcome == RequestOutcome.GRANTED,
        )
        .group_by(TaskRequest.task_id)
    ).all()
    return Told(dict(progress), dict(extended), documents_of(tasks))


def _source(task: Task) -> str:
    return SOURCE_WORDS[task.problem.source] if task.problem else "工作任务"


def _stated(task: Task) -> str:
    """Return the problem where the task is only a part of it, or says it in other words."""
    stated = "" if task.problem is None else task.problem.text
    return "" if task.title in stated or not stated else f"对应问题：{stated}"


def _due(task: Task) -> Cell:
    if task.remedy == Remedy.LONG_TERM:
        return REMEDY_WORDS[Remedy.LONG_TERM]
    return task.deadline or ""


def _done(task: Task) -> str:
    share = f" {task.percent}%" if task.percent is not None and task.state != TaskState.CLOSED else ""
    return DONE_WORDS[task.state] + share


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
