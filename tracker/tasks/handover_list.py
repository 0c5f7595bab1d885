"""What is handed over with a post: a list of rows in words, computed for a day, as it is signed and printed.

Of a marked task only its number stands in it: the list goes round on paper, and more people read the record
than belong to the task's circle.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.documents.paper import day_text
from tracker.documents.words import SECRECY_WORDS
from tracker.duties.owing import asked_of, owed
from tracker.duties.words import EVERY_WORDS
from tracker.extensions import db
from tracker.organization.acting import Actor, Held
from tracker.organization.models import Person, Post, StandIn
from tracker.organization.queries import answering
from tracker.organization.standing_in import days_of
from tracker.tasks.access import visible_to
from tracker.tasks.lights import days_late
from tracker.tasks.models import Cooperation, Evidence, Task, TaskRequest
from tracker.tasks.queries import row_parts
from tracker.tasks.requests import waiting
from tracker.tasks.roles import endorser, in_charge, verifier
from tracker.tasks.states import OPEN_STATES, Action, RequestKind, TaskState
from tracker.tasks.todo import Decision, todo
from tracker.tasks.words import ACTION_WORDS, DECIDE_WORDS, STATE_WORDS
from tracker.web.language import in_chinese
from tracker.words import N_

MOST = 500  # rows of one section; no post leads more


@dataclass(frozen=True)
class Section:
    """One part of the list: its name, its columns, and how wide they are to one another.

    `signed`: the columns for which a signature stands. The others move by themselves while the work goes on
    (progress, files, what was done of a duty), and so does what waits for a decision of the day.
    `words`: the column with the words of a task, if any.
    """

    key: str
    name: str
    columns: tuple[str, ...]
    widths: tuple[float, ...]
    signed: tuple[int, ...] = ()
    words: int | None = None


NUMBER, TASK = N_("编号"), N_("任务")
CAME, WENT, CHANGED = N_("增加"), N_("减少"), N_("有变化")
SECTIONS: tuple[Section, ...] = (
    Section(
        "tasks",
        N_("在办任务"),
        (NUMBER, TASK, N_("环节"), N_("整改时限"), N_("进展"), N_("佐证")),
        (2.8, 3.9, 1.1, 3.0, 1.8, 1.0),
        signed=(0, 1, 3),
        words=1,
    ),
    Section(
        "requests",
        N_("等待答复的请求"),
        (NUMBER, N_("请求"), N_("内容"), N_("提出"), N_("答复期限")),
        (2.7, 1.7, 4.0, 2.2, 2.2),
        signed=(0, 1, 2, 4),
        words=2,
    ),
    Section(
        "decisions",
        N_("等待本岗位决定的事项"),
        (NUMBER, TASK, N_("要决定的事项")),
        (2.3, 5.0, 2.4),
        words=1,
    ),
    Section(
        "parts",
        N_("配合任务"),
        (NUMBER, N_("分给本岗位的任务"), N_("进展")),
        (2.3, 5.5, 1.5),
        signed=(0, 1),
        words=1,
    ),
    Section(
        "duties",
        N_("常态履责"),
        (N_("事项"), N_("领域"), N_("要求"), N_("本期"), N_("已登记"), N_("还差")),
        (2.6, 1.8, 2.0, 2.4, 1.4, 1.2),
        signed=(0, 1, 2),
    ),
    Section(
        "stand_ins",
        N_("AB岗代理"),
        (N_("代理"), N_("起止"), N_("范围")),
        (3.0, 3.5, 2.5),
        signed=(0, 1, 2),
    ),
    Section(
        "look_backs",
        N_("待回头看的已销号任务"),
        (NUMBER, TASK, N_("回头看期限")),
        (2.3, 5.5, 2.2),
        signed=(0, 1, 2),
        words=1,
    ),
)
REQUEST_WORDS = {
    RequestKind.EXTENSION: "延期申请",
    RequestKind.INSTRUCTION: "领导批示",
    RequestKind.COORDINATION: "提请协调",
}

Rows = list[list[str]]
Listed = Mapping[str, Any]  # {"day": …, "rows": {section: Rows}, "tasks": {section: ids}, "counts": {…}}
Lines = list[tuple[int, list[str]]]  # the id of the task a row is about, and the row
LATE = "，逾期"  # grows by itself: no part of what is signed
WITHHELD = "（内容不在知悉范围内）"


def list_of(post: Post, giver: Person, day: date) -> dict[str, Any]:
    """Return what is handed over with a post on a day, as it is kept: words alone."""
    with in_chinese():
        tasks = _led(post, Task.state.in_(OPEN_STATES))
        files = _files([task.id for task in tasks])
        of_tasks: dict[str, Lines] = {
            "tasks": [(task.id, _task(task, files.get(task.id, 0), day)) for task in tasks],
            "requests": [(task.id, _request(one)) for task in tasks for one in waiting(task)],
            "decisions": _decisions(post, day),
            "parts": [(part.task_id, _part(part)) for part in _parts(post)],
            "look_backs": list(_look_backs(post)),
        }
        others = {"duties": list(_duties(post, day)), "stand_ins": list(_stand_ins(post, giver, day))}
        counts = {"files": sum(files.values()), "late": sum(days_late(task, day) > 0 for task in tasks)}
    return {
        "day": day.isoformat(),
        "rows": {key: [row for _task_id, row in lines] for key, lines in of_tasks.items()} | others,
        "tasks": {key: [task_id for task_id, _row in lines] for key, lines in of_tasks.items()},
        "counts": counts,
    }


def tasks_in(listed: Listed) -> set[int]:
    """Return the ids of the tasks that a list is about."""
    return {task_id for ids in listed.get("tasks", {}).values() for task_id in ids}


def without_words_of(listed: Listed, withheld: Collection[int]) -> Listed:
    """Return a list without the words of some tasks: a frozen one may be older than the mark of a task."""
    if not withheld:
        return listed
    rows = {key: [list(row) for row in found] for key, found in listed["rows"].items()}
    for section in SECTIONS:
        for row, task_id in zip(rows[section.key], listed["tasks"].get(section.key, ()), strict=False):
            if section.words is not None and task_id in withheld:
                row[section.words] = WITHHELD
    return {**listed, "rows": rows}


def stands(signed: Listed, listed: Listed) -> bool:
    """Whether what somebody signed for is still what there is to hand over: the same things, words and days.

    How far the work is may have moved on.
    """
    return _binding(signed) == _binding(listed)


def _binding(listed: Listed) -> list[Any]:
    found = [
        sorted([row[column].partition(LATE)[0] for column in section.signed] for row in rows)
        for section in SECTIONS
        if section.signed
        for rows in [listed["rows"].get(section.key, [])]
    ]
    return [listed.get("last_day"), *found]


def sections_of(listed: Listed) -> list[tuple[Section, Rows]]:
    """Return the sections of a list that have rows."""
    return [(section, listed["rows"][section.key]) for section in SECTIONS if listed["rows"].get(section.key)]


def changes(before: Listed, after: Listed) -> list[tuple[str, str, str]]:
    """Return what came, went or changed between two lists: name of the section, first column, word."""
    found = []
    for section in SECTIONS:
        old, new = (_by_key(listed["rows"].get(section.key, [])) for listed in (before, after))
        for key in dict.fromkeys((*old, *new)):
            if old.get(key) != new.get(key):
                word = CAME if key not in old else WENT if key not in new else CHANGED
                found.append((section.name, key, word))
    return found


def _by_key(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _led(post: Post, *conditions: Any) -> Sequence[Task]:
    query = select(Task).where(Task.lead_post_id == post.id, *conditions)
    query = query.options(*row_parts(), selectinload(Task.requests).joinedload(TaskRequest.asked))
    return db.session.scalars(query.order_by(Task.period, Task.number).limit(MOST)).all()


def _files(task_ids: Iterable[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Evidence.task_id, func.count())
        .where(Evidence.task_id.in_(list(task_ids)), Evidence.removed_at.is_(None))
        .group_by(Evidence.task_id)
    )
    return dict(rows.all())


def _task(task: Task, files: int, day: date) -> list[str]:
    progress = "" if task.percent is None else f"{task.percent}%"
    if progress and task.last_progress_on:
        progress = f"{progress}（{task.last_progress_on.month}月{task.last_progress_on.day}日）"
    return [
        task.short_no,
        title_of(task),
        STATE_WORDS[task.state],
        _deadline(task, day),
        progress,
        f"{files}份",
    ]


def title_of(task: Task) -> str:
    """Return a task's title; of a marked one only that it is marked."""
    if task.secrecy == Secrecy.OPEN:
        return task.title
    return f"（{SECRECY_WORDS[task.secrecy]}，题目不列）"


def _deadline(task: Task, day: date) -> str:
    if task.deadline is None:
        return "长期坚持" + (f"，{day_text(task.review_on)}评估" if task.review_on else "")
    late = days_late(task, day)
    return day_text(task.deadline) + (f"{LATE}{late}个工作日" if late else "")


def _request(request: TaskRequest) -> list[str]:
    task, asked = request.task, request.asked
    open_one = task.secrecy == Secrecy.OPEN
    wanted = f"申请延期到{day_text(request.wanted)}。" if request.wanted else ""
    asked_on = f"{asked.who}，{day_text(clock.day_of(asked.at))}"
    due = day_text(request.due_on) if request.due_on else "未定"
    words = wanted + asked.text if open_one else "（内容不列）"
    return [task.short_no, REQUEST_WORDS[request.kind], words, asked_on, due]


def _decisions(post: Post, day: date) -> Lines:
    """Return what waits for a decision of the post, by the same rules as the list of whoever acts there."""
    person = answering(post, day).person
    if person is None:
        return []
    there = Actor(person.id, day, held=Held(person, (post,)))
    return [
        (one.task.id, [one.task.short_no, title_of(one.task), _asked(one.action)])
        for one in todo(there, visible_to(there)).decisions
        if _deciding_post(one, there) == post.id  # the person may decide other things in another post
    ]


def _asked(action: Action) -> str:
    return str(DECIDE_WORDS.get(action) or ACTION_WORDS[action])


def _deciding_post(decision: Decision, there: Actor) -> int | None:
    finds = {
        Action.ENDORSE: endorser,
        Action.DECIDE_EXTENSION: in_charge,
        Action.ANSWER_COORDINATION: in_charge,
    }
    found = finds.get(decision.action, verifier)(decision.task, there.day)
    return None if found is None else found.post.id


def _parts(post: Post) -> Sequence[Cooperation]:
    query = (
        select(Cooperation)
        .join(Task, Cooperation.task_id == Task.id)
        .where(Cooperation.post_id == post.id, Task.state.in_(OPEN_STATES))
        .where(or_(Cooperation.part == "", Cooperation.done_on.is_(None)))
        .options(joinedload(Cooperation.task).joinedload(Task.unit))
        .order_by(Task.period, Task.number)
    )
    return db.session.scalars(query.limit(MOST)).all()


def _part(part: Cooperation) -> list[str]:
    task = part.task
    words = (part.part or task.title) if task.secrecy == Secrecy.OPEN else title_of(task)
    return [task.short_no, words, f"{part.percent or 0}%" if part.part else "配合"]


def _duties(post: Post, day: date) -> Iterator[list[str]]:
    for one in owed(asked_of([post.id], day), day):
        kind, unit = one.duty.kind, one.duty.kind.counted_in
        asked = f"{EVERY_WORDS[one.duty.every]}{one.duty.times}{unit}"
        short = f"{one.short}{unit}" if one.short else "已完成"
        yield [kind.name, one.duty.domain.name, asked, one.period.label, f"{one.done}{unit}", short]


def _stand_ins(post: Post, giver: Person, day: date) -> Iterator[list[str]]:
    runs = and_(StandIn.to_day >= day, or_(StandIn.ended_on.is_(None), StandIn.ended_on > day))
    either = or_(StandIn.principal_id == giver.id, StandIn.deputy_id == giver.id)
    for row in db.session.scalars(select(StandIn).where(runs, either).order_by(StandIn.from_day, StandIn.id)):
        own = row.principal_id == giver.id
        if own and row.post_id not in (None, post.id):
            continue
        scope = "全部岗位" if row.post is None else row.post.title_on(day)
        yield [f"{row.deputy.name}代{row.principal.name}", days_of(row), scope]


def _look_backs(post: Post) -> Iterator[tuple[int, list[str]]]:
    for task in _led(post, Task.state == TaskState.CLOSED, Task.look_back_on.is_not(None)):
        assert task.look_back_on is not None
        yield task.id, [task.short_no, title_of(task), day_text(task.look_back_on)]
