"""The files that prove results (佐证材料): how much an office may keep, removal, all of a task as one."""

import io
import zipfile
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import func, select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents import store
from tracker.documents.accepting import portable
from tracker.documents.models import StoredFile
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Unit
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.settings.choices import chosen
from tracker.settings.keys import EVIDENCE_QUOTA
from tracker.tasks.models import Evidence, Task
from tracker.tasks.roles import roles
from tracker.tasks.states import OPEN_STATES, REQUESTED, Remedy, Role

MEGABYTE = 1024 * 1024
LONGEST_REASON = 200
MOST_TOGETHER = 300 * MEGABYTE  # of one archive, which is made in memory


def require_room(office: Unit, more: int, by: Actor) -> None:
    """Refuse files that take an office beyond its quota; `more` in bytes."""
    most = chosen(EVIDENCE_QUOTA, office, by.day) * MEGABYTE
    if used_by(office) + more > most:
        raise Refused(
            _(
                "本单位的佐证材料已接近上限 %(most)s MB，这次的文件没有保存；请联系台账管理岗位。",
                most=most // MEGABYTE,
            ),
            field="evidence",
        )


def used_by(office: Unit) -> int:
    """Return how many bytes an office's evidence takes; what was removed still lies there and counts."""
    query = (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(Evidence, Evidence.file_id == StoredFile.id)
        .join(Task, Task.id == Evidence.task_id)
        .where(Task.unit_id == office.id)
    )
    return int(db.session.scalar(query) or 0)


def lacks_evidence(task: Task) -> bool:
    """Whether no file stands with the present round of a task whose closure needs one (domain.md 1.5)."""
    if task.remedy == Remedy.IMMEDIATE:
        return False
    of_round = (event for event in task.events if event.round_no == task.round_no)
    return all(file.removed_at is not None for event in of_round for file in event.evidence)


def may_remove(evidence: Evidence, held: frozenset[Role]) -> bool:
    """Whether who holds some roles may remove a file now: while its round goes on, see `_removers`."""
    task = evidence.task
    goes_on = task.state in OPEN_STATES and evidence.event.round_no == task.round_no
    return goes_on and evidence.removed_at is None and bool(held & _removers(task))


def _removers(task: Task) -> frozenset[Role]:
    """Return who removes files: the clerk, and the lead while no closure was asked for."""
    at_work = task.state in OPEN_STATES and task.state not in REQUESTED
    return frozenset({Role.CLERK, Role.LEAD} if at_work else {Role.CLERK})


def require_removal(evidence: Evidence, by: Actor) -> None:
    """Raise NotAllowed but for whom `_removers` names, OutOfDate once a file is gone or the round ended."""
    held = roles(evidence.task, by)
    if not held & _removers(evidence.task):
        raise NotAllowed(
            _("已申请销号，佐证材料等待审核，只由经办人员移除；要换材料，请先撤回申请。")
            if Role.LEAD in held and evidence.task.state in REQUESTED
            else _("佐证材料由责任岗位或经办人员移除。")
        )
    if not may_remove(evidence, held):
        raise OutOfDate(_("这个文件已经移除，或它所在的一轮已经销号，不能再移除。"))


def remove(evidence: Evidence, *, by: Actor, reason: str) -> None:
    """Take a file out of sight for a reason; name, digest, who and why stay in the history.

    Raises what `require_removal` does, Refused without a reason. The task is held to the end, so that no
    closure is decided meanwhile.
    """
    db.session.refresh(evidence.task, with_for_update={"of": Task})
    db.session.refresh(evidence)
    require_removal(evidence, by)
    reason = reason.strip()
    if not reason:
        raise Refused(_("写明移除的理由。"), field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("理由不超过 %(most)s 字。", most=LONGEST_REASON), field="reason")
    evidence.removed_at, evidence.removed_by, evidence.removal_reason = clock.now(), by.person, reason
    record("evidence.remove", f"evidence:{evidence.id}", task=evidence.task_id, sha256=evidence.file.sha256)


def together(files: Iterable[Evidence]) -> bytes:
    """Return files as one archive, each under its number and name. Raises Refused beyond MOST_TOGETHER."""
    kept = list(files)
    if sum(file.file.size for file in kept) > MOST_TOGETHER:
        most = MOST_TOGETHER // MEGABYTE
        raise Refused(_("全部材料超过 %(most)s MB，请逐个下载。", most=most))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for number, file in enumerate(kept, 1):
            archive.writestr(f"{number:02d}_{portable(file.name)}", store.content(file.file))
    return packed.getvalue()
