"""The steps of a review: what each changed, who took it, and how it is undone (撤销).

A step keeps the fields it changed as they were and as it left them. It can be undone as long as these
fields still stand as it left them, whoever took it and however long ago; so steps on different proposals do
not stand in each other's way. The steps go when the report is confirmed: the trail keeps who did what.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import joinedload

from tracker import clock
from tracker.audit.trail import record
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.periods import Period
from tracker.problems.models import Kinship
from tracker.refusals import OutOfDate
from tracker.reports.access import require_review
from tracker.reports.models import Clock, Decision, Proposal, ProposalKind, Report, ReviewStep
from tracker.reports.texts import title_of

UNDO = "undo"
REGROUPING = frozenset({"add", "split", "merge", "match", "unmatch", "period", "domain", UNDO})
"""After these, numbers, links or dates of other proposals are not what an open page shows."""
SHOWN = 30  # steps that a page lists
LONGEST_TITLE = 40
WHOLE = "0"  # the key of the report's own fields

FIELDS: dict[str, Callable[[Any], Any]] = {  # of a proposal; how each is read back from JSON
    **dict.fromkeys(
        (
            "start", "end", "more_places", "text", "measure", "measure_start", "measure_end", "answers",
            "standard", "standard_why", "post_id", "duty_id", "post_why", "deadline_why", "mark_reason",
            "suggested", "kin_id", "for_villages",
        ),
        lambda value: value,
    ),
    "kind": ProposalKind,
    "deadline": date.fromisoformat,
    "clock": Clock,
    "secrecy": Secrecy,
    "decision": Decision,
    "kinship": Kinship,
}  # fmt: skip
REPORT_FIELDS: dict[str, Callable[[Any], Any]] = {"period": Period.stored, "domain_id": int}
TAKEN_BACK = {"decision": Decision.ABSORBED.value}  # what a proposal becomes whose adding is undone

State = dict[str, dict[str, Any]]


@dataclass
class Kept:
    """What a step says of itself beside what it changed."""

    about: Proposal | None = None
    undoes: ReviewStep | None = None


@contextmanager
def step(report: Report, act: str, *, by: Actor, about: Proposal | None = None) -> Iterator[Kept]:
    """Keep what is changed inside as one step of a person; where nothing changes, none is kept.

    Each proposal that changed has a new version and says who changed it last.
    """
    db.session.flush()
    before, told = _state(report), Kept(about)
    yield told
    db.session.flush()
    old, new = _difference(before, _state(report))
    if not new:
        return
    changed = [row for row in report.proposals if str(row.id) in new]
    for row in changed:
        row.version += int(str(row.id) in before)
        row.changed_at, row.changed_by_id = clock.now(), by.person.id
    report.version += int(WHOLE in new)
    meant = told.about or (changed[0] if changed else None)
    db.session.add(
        ReviewStep(
            report_id=report.id,
            person_id=by.person.id,
            at=clock.now(),
            act=act,
            title="" if meant is None else title_of(meant.text)[:LONGEST_TITLE],
            old=old,
            new=new,
            undoes_id=None if told.undoes is None else told.undoes.id,
        )
    )
    db.session.flush()


def undo(report: Report, step_id: int, *, by: Actor) -> ReviewStep:
    """Take one step of a review back; the proposals it changed are what they were before it.

    Raises NotAllowed, or OutOfDate when there is no such step or what it changed was changed again since.
    """
    require_review(report, by)
    found = db.session.get(ReviewStep, step_id)
    if found is None or found.report_id != report.id or found.undone or found.act == UNDO:
        raise OutOfDate(_("这一步已经撤销，或不在这份报告里。刷新页面查看现在的内容。"))
    if not _stands(report, found):
        raise OutOfDate(
            _("这一步之后，同样的内容又改过，不能直接撤销。先撤销后面的改动，或直接改。没有撤销任何内容。")
        )
    rows = {str(row.id): row for row in report.proposals}
    about = next((rows[key] for key in found.old if key in rows), None)
    with step(report, UNDO, by=by, about=about) as told:
        told.undoes = found
        for key, fields in found.old.items():
            _write(report if key == WHOLE else rows[key], fields)
        found.undone = True
    record("report.undo", f"report:{report.id}", step=found.id, act=found.act)
    return found


def recent(report: Report) -> Sequence[ReviewStep]:
    """Return the last steps of a review, the newest first, each with its person."""
    return db.session.scalars(_steps(report).order_by(ReviewStep.id.desc()).limit(SHOWN)).all()


def since(report: Report, last_id: int) -> Sequence[ReviewStep]:
    """Return the steps after one, the newest first, at most as many as a page lists."""
    newer = _steps(report).where(ReviewStep.id > last_id)
    return db.session.scalars(newer.order_by(ReviewStep.id.desc()).limit(SHOWN)).all()


def _steps(report: Report) -> Select[ReviewStep]:
    loaded = (joinedload(ReviewStep.person), joinedload(ReviewStep.undoes))
    return select(ReviewStep).where(ReviewStep.report_id == report.id).options(*loaded)


def undoable(report: Report, steps: Sequence[ReviewStep]) -> list[ReviewStep]:
    """Return those of some steps that can be undone now."""
    state = _state(report, {key for one in steps for key in one.new})
    return [one for one in steps if one.act != UNDO and not one.undone and _is_as_left(state, one)]


def forget(report: Report) -> None:
    """Let the steps of a confirmed report go."""
    db.session.flush()
    db.session.execute(
        delete(ReviewStep).where(ReviewStep.report_id == report.id, ReviewStep.undoes_id.is_not(None))
    )
    db.session.execute(delete(ReviewStep).where(ReviewStep.report_id == report.id))


def _state(report: Report, only: Container[str] | None = None) -> State:
    """The fields of a report and of its proposals, or of some of them, as JSON has them."""
    found = {
        str(row.id): {name: _told(getattr(row, name)) for name in FIELDS}
        for row in report.proposals
        if only is None or str(row.id) in only
    }
    found[WHOLE] = {name: _told(getattr(report, name)) for name in REPORT_FIELDS}
    return found


def _difference(before: State, after: State) -> tuple[State, State]:
    """What changed, as it was and as it is; a new proposal was one that is not listed."""
    old: State = {}
    new: State = {}
    for key, fields in after.items():
        if key not in before:
            old[key], new[key] = dict(TAKEN_BACK), fields
            continue
        changed = [name for name, value in fields.items() if before[key][name] != value]
        if changed:
            old[key] = {name: before[key][name] for name in changed}
            new[key] = {name: fields[name] for name in changed}
    return old, new


def _stands(report: Report, one: ReviewStep) -> bool:
    return _is_as_left(_state(report, one.new), one)


def _is_as_left(state: State, one: ReviewStep) -> bool:
    """Whether everything that a step changed is still as the step left it."""
    return all(
        key in state and state[key].get(name) == value
        for key, fields in one.new.items()
        for name, value in fields.items()
    )


def _write(row: Report | Proposal, fields: dict[str, Any]) -> None:
    """Write fields back; relationships are read anew."""
    readers = REPORT_FIELDS if isinstance(row, Report) else FIELDS
    for name, value in fields.items():
        setattr(row, name, None if value is None else readers[name](value))
    db.session.flush()
    db.session.expire(row, ["domain"] if isinstance(row, Report) else ["post", "duty"])


def _told(value: Any) -> Any:
    """A value as JSON has it: enums by value, days and periods as written."""
    if isinstance(value, date | Period):
        return str(value)
    return value
