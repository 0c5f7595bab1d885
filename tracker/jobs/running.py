"""Putting long work down as rows, and doing it: claim by lease, run, note the result.

A worker that dies keeps its lease until it runs out; then another takes the work over. Each kind of
work must therefore bear being begun again (at-least-once).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.jobs.models import Job, JobState
from tracker.refusals import Refused

LEASE = timedelta(minutes=2)  # longer than any one piece of work takes
RETRY_AFTER = timedelta(seconds=10)  # times the number of attempts made
MOST_ATTEMPTS = 3
LONGEST_MESSAGE = 500
GIVEN_UP = f"试了 {MOST_ATTEMPTS} 次没有完成，已停止。原文件仍在，可重新提交；仍然不行时联系系统管理员。"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """What a function of a kind is told: which job, about which row, with what."""

    id: int
    kind: str
    subject_id: int
    arguments: dict[str, Any]
    attempt: int


Function = Callable[[Work], None]
Failure = Callable[[int, str], None]  # told the subject's id and the message


@dataclass(frozen=True)
class Kind:
    """How a kind of work is done, and what becomes of its subject when it fails for good."""

    function: Function
    on_failure: Failure | None


_kinds: dict[str, Kind] = {}


def job_kind(kind: str, *, on_failure: Failure | None = None) -> Callable[[Function], Function]:
    """Register the function that does work of a kind; it writes in its own `writing()` transactions.

    A Refused it raises ends the job with its message; any other error is tried again. `on_failure` is
    called in the transaction that ends the job as failed, so that nothing waits for it any longer.
    """

    def register(function: Function) -> Function:
        _kinds[kind] = Kind(function, on_failure)
        return function

    return register


def enqueue(kind: str, subject_id: int, **arguments: Any) -> Job:
    """Put work down in the caller's transaction: no commit, no work."""
    job = Job(
        kind=kind, subject_id=subject_id, arguments=arguments, state=JobState.WAITING, made_at=clock.now()
    )
    db.session.add(job)
    db.session.flush()
    return job


def run_waiting(limit: int = 10) -> int:
    """Do waiting work, oldest first, and return how many pieces were begun."""
    begun = 0
    while begun < limit:
        work = _claim_next()
        if work is None:
            break
        begun += 1
        _run(work)
    return begun


def _claim_next() -> Work | None:
    """Take a lease on the oldest free job; the row count tells who of several was first."""
    oldest = select(Job.id).order_by(Job.id).limit(1)
    while (job_id := db.session.scalar(oldest.where(_free(clock.now())))) is not None:
        work = _claim(job_id)
        if work is not None:
            return work
    db.session.rollback()  # an idle look holds no transaction open
    return None


def _claim(job_id: int) -> Work | None:
    now = clock.now()
    with writing():
        taken = db.session.execute(
            update(Job)
            .where(Job.id == job_id, _free(now))
            .values(state=JobState.RUNNING, attempts=Job.attempts + 1, leased_until=now + LEASE)
            .execution_options(synchronize_session=False)
        )
        job = db.session.get(Job, job_id, populate_existing=True) if _rows(taken) == 1 else None
        if job is None:
            return None
        if job.attempts > MOST_ATTEMPTS:  # the last holder of the lease died over it
            job.state, job.ended_at, job.message = JobState.FAILED, now, GIVEN_UP
            _tell_failure(job.kind, job.subject_id, GIVEN_UP)
            return None
        return Work(job.id, job.kind, job.subject_id, job.arguments, job.attempts)


def _run(work: Work) -> None:
    try:
        _kinds[work.kind].function(work)
    except Refused as refusal:
        _fail(work, refusal.message)
    except Exception:
        log.exception("job %s (%s %s) failed, attempt %s", work.id, work.kind, work.subject_id, work.attempt)
        _try_again(work)
    else:
        with writing():
            _note(work, state=JobState.DONE, ended_at=clock.now(), leased_until=None)


def _fail(work: Work, message: str) -> None:
    with writing():
        if _note(
            work,
            state=JobState.FAILED,
            ended_at=clock.now(),
            leased_until=None,
            message=message[:LONGEST_MESSAGE],
        ):
            _tell_failure(work.kind, work.subject_id, message)


def _tell_failure(kind: str, subject_id: int, message: str) -> None:
    known = _kinds.get(kind)
    if known is not None and known.on_failure is not None:
        known.on_failure(subject_id, message)


def _try_again(work: Work) -> None:
    if work.attempt >= MOST_ATTEMPTS:
        _fail(work, GIVEN_UP)
        return
    with writing():
        _note(work, leased_until=clock.now() + RETRY_AFTER * work.attempt)


def _note(work: Work, **values: Any) -> bool:
    """Write the result; False when the lease ran out meanwhile and somebody else holds the job."""
    written = db.session.execute(
        update(Job)
        .where(Job.id == work.id, Job.state == JobState.RUNNING, Job.attempts == work.attempt)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return _rows(written) == 1


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(Job.state == JobState.WAITING, and_(Job.state == JobState.RUNNING, Job.leased_until < now))


def _rows(result: Any) -> int:
    """Return how many rows an UPDATE changed; SQLAlchemy types only the cursor's result with it."""
    return int(result.rowcount)
