"""One step of a task: held against the table before, written down with its event after.

Every verb begins with `check` and ends with `happen`; page, API, command line and jobs call the verbs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from tracker import clock
from tracker.audit.trail import record
from tracker.documents import store
from tracker.documents.accepting import Upload
from tracker.extensions import db
from tracker.organization import asked
from tracker.organization.acting import Actor
from tracker.organization.known import Organization
from tracker.organization.models import Post
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.tasks.access import may
from tracker.tasks.conditions import hindrance
from tracker.tasks.evidence import require_room
from tracker.tasks.models import Evidence, Task, TaskEvent
from tracker.tasks.roles import parts
from tracker.tasks.states import Action, Role, TaskState, Transition, transition
from tracker.tasks.words import ACTION_WORDS, state_word

LONGEST_WORDS = 2000  # characters of a reason, an opinion, a report of progress: what is longer is a document


def check(task: Task, action: Action, by: Actor, known: Organization = asked) -> None:
    """Hold an act against the table, the actor's part in the task, and what the task stands in need of.

    `known` answers who holds which post: the database, or an office loaded before for many tasks.

    Raises OutOfDate where the table has no arrow from the task's state or nothing is there to act on,
    NotAllowed where the act belongs to another part.
    """
    if transition(task.state, action) is None:
        raise OutOfDate(
            _(
                "这件任务现在是“%(state)s”，不能%(action)s。刷新页面查看最新办理情况。",
                state=state_word(task.state),
                action=_(ACTION_WORDS[action]),
            )
        )
    if not may(action, task, by, known):
        raise NotAllowed(
            _("您不能对这件任务%(action)s：此环节由其他岗位办理。", action=_(ACTION_WORDS[action]))
        )
    if hindered := hindrance(action, task, by.day):
        raise OutOfDate(hindered)


def take_turn(task: Task, version: int | None) -> None:
    """Lock a task to the end of the transaction and read it anew, for an act that somebody decided on.

    Raises OutOfDate where the task is no longer in the version that the person saw.
    """
    db.session.refresh(task, with_for_update=True)
    if version == task.version:
        return
    last = task.events[-1] if task.events else None
    if last is None:  # a draft has no event yet: the page sent no version, or not its own
        raise OutOfDate(_("这件任务已有变化。您输入的内容还在下面，没有保存；核对后可再次提交。"))
    raise OutOfDate(
        _(
            "%(person)s在 %(time)s 办理了“%(action)s”，这件任务已有变化。"
            "您输入的内容还在下面，没有保存；核对后可再次提交。",
            person=last.who,
            time=f"{clock.office_time(last.at):%H:%M}",
            action=_(ACTION_WORDS[last.action]),
        )
    )


def who_changed(task: Task, version: int) -> str:
    """Return who alone acted on a task since it was in a version; '' where nobody or several did."""
    since = task.events[-(task.version - version) :] if task.version > version else []
    names = {event.who for event in since}
    return names.pop() if len(names) == 1 else ""


def happen(
    task: Task,
    action: Action,
    by: Actor,
    *,
    text: str = "",
    evidence: Sequence[Upload] = (),
    back_to: TaskState | None = None,
    acted_as: Post | None = None,
    **facts: Any,
) -> TaskEvent:
    """Change the state as the table says and leave the event, its evidence and the trail.

    `back_to` is the state to go back to, where the table leaves it to the act (resume); `acted_as` the post,
    where another rule than the table let the person act (a plan that was started).
    """
    row = transition(task.state, action)
    assert row is not None  # checked at the start of the verb
    require_short(text, "text")
    old, acting_post = task.state, acted_as or _post_acted_as(row, task, by)
    task.state = back_to or row.target or old
    task.version += 1
    task.changed_at = clock.now()
    event = TaskEvent(
        task=task,
        round_no=task.round_no,
        action=action,
        old_state=old,
        new_state=task.state,
        person=by.person,
        on_behalf_of=by.principal(acting_post),
        post=acting_post,
        at=task.changed_at,
        text=text.strip(),
        facts={name: _as_written(value) for name, value in facts.items()},
    )
    db.session.add(event)
    if evidence:
        require_room(task.unit, sum(len(file.content) for file in evidence), by)
    _attach(event, evidence)
    db.session.flush()
    stood_in: dict[str, Any] = {} if event.on_behalf_of is None else {"on_behalf_of": event.on_behalf_of.name}
    record(f"task.{action.value}", f"task:{task.id}", event=event.id, **stood_in)
    return event


def require(text: str, message: str, field: str) -> None:
    """Refuse where words are missing, or too many."""
    if not text.strip():
        raise Refused(message, field=field)
    require_short(text, field)


def require_short(answer: object, field: str) -> None:
    """Refuse words of more than LONGEST_WORDS characters; also where several were given at once."""
    for text in answer.values() if isinstance(answer, Mapping) else [answer]:
        if isinstance(text, str) and len(text.strip()) > LONGEST_WORDS:
            raise Refused(
                _(
                    "写了 %(count)s 字，不能超过 %(most)s 字，没有保存。请精简，详细内容可作为佐证材料上传。",
                    count=len(text.strip()),
                    most=LONGEST_WORDS,
                ),
                field=field,
            )


def require_not_past(day: date, today: date, field: str) -> None:
    """Refuse a day that has gone by."""
    if day < today:
        raise Refused(_("%(day)s 已过，请改为今天或以后的日期。", day=day), field=field)


def _as_written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _attach(event: TaskEvent, uploads: Sequence[Upload]) -> None:
    for upload in uploads:
        if not upload.content:
            raise Refused(
                _("文件“%(name)s”是空的，请重新选择文件。其余内容仍保留在页面上。", name=upload.name),
                field="evidence",
            )
        event.evidence.append(
            Evidence(
                task=event.task,
                file=store.keep(upload.content),
                name=upload.name,
                media_type=upload.media_type,
                own_day=upload.own_day,
            )
        )


def _post_acted_as(row: Transition, task: Task, by: Actor) -> Post:
    """Return the post in which the person acted: the first whose part may act; `check` found one."""
    held = parts(task, by)
    return next(held[role] for role in Role if role in row.roles and role in held)
