"""Long work: begun once, tried again after an error or a dead worker, given up at last."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tracker import clock
from tracker.database import begin_writing, end_writing, writing
from tracker.extensions import db
from tracker.jobs import running
from tracker.jobs.models import Job, JobState
from tracker.jobs.running import LEASE, MOST_ATTEMPTS, Work, enqueue, job_kind, run_waiting
from tracker.refusals import Refused

pytestmark = pytest.mark.database


class Worked:
    """What a kind of work did, and what it does next: nothing, or raise."""

    def __init__(self) -> None:
        self.seen: list[Work] = []
        self.error: Exception | None = None
        self.failures: list[tuple[int, str]] = []

    def __call__(self, work: Work) -> None:
        self.seen.append(work)
        if self.error is not None:
            raise self.error

    def failed(self, subject_id: int, message: str) -> None:
        self.failures.append((subject_id, message))


@pytest.fixture
def worked(app: Flask) -> Iterator[Worked]:
    """A kind of work named "try"."""
    made = Worked()
    job_kind("try", on_failure=made.failed)(made)
    with app.app_context():
        yield made
    del running._kinds["try"]


def put_down(subject_id: int = 7, **arguments: str) -> None:
    with writing():
        enqueue("try", subject_id, **arguments)


def job() -> Job:
    return db.session.scalars(select(Job).where(Job.kind == "try", Job.subject_id == 7)).one()


def let_lease_run_out() -> None:
    with writing():
        job().leased_until = clock.now() - timedelta(seconds=1)


def test_work_is_done_once_with_its_arguments(worked: Worked) -> None:
    put_down(period="2025Q3")
    assert run_waiting(10) == 1
    assert run_waiting(10) == 0
    assert [(work.subject_id, work.arguments) for work in worked.seen] == [(7, {"period": "2025Q3"})]
    assert (job().state, job().message) == (JobState.DONE, "")


def test_work_is_begun_oldest_first_up_to_the_limit(worked: Worked) -> None:
    for subject_id in (3, 1, 2):
        put_down(subject_id)
    assert run_waiting(2) == 2
    assert [work.subject_id for work in worked.seen] == [3, 1]


def test_uncommitted_work_does_not_exist(worked: Worked) -> None:
    token = begin_writing()
    enqueue("try", 7)
    end_writing(token)
    assert run_waiting() == 0


def test_a_refusal_ends_the_job_with_its_message(worked: Worked) -> None:
    worked.error = Refused("文件打不开，请重新导出后上传。")
    put_down()
    run_waiting()
    assert (job().state, job().message) == (JobState.FAILED, "文件打不开，请重新导出后上传。")
    assert worked.failures == [(7, "文件打不开，请重新导出后上传。")]


def test_an_error_is_tried_again_and_given_up_at_last(worked: Worked) -> None:
    worked.error = OSError("disk")
    put_down()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert run_waiting() == 1
        assert run_waiting() == 0, "not again before its time"
        assert job().attempts == attempt
        if attempt < MOST_ATTEMPTS:
            assert worked.failures == []
            let_lease_run_out()
    assert (job().state, job().message) == (JobState.FAILED, running.GIVEN_UP)
    assert worked.failures == [(7, running.GIVEN_UP)]


def test_the_work_of_a_dead_worker_is_taken_over_when_its_lease_ends(worked: Worked) -> None:
    put_down()
    assert running._claim_next() is not None  # this worker dies here
    assert run_waiting() == 0
    assert job().leased_until > clock.now() + LEASE / 2  # type: ignore[operator] # a leased job has its end
    let_lease_run_out()
    assert run_waiting() == 1
    assert (job().state, job().attempts) == (JobState.DONE, 2)


def test_work_over_which_workers_die_is_given_up(worked: Worked) -> None:
    put_down()
    for _ in range(MOST_ATTEMPTS):
        assert running._claim_next() is not None
        let_lease_run_out()
    assert run_waiting() == 0
    assert (job().state, job().message) == (JobState.FAILED, running.GIVEN_UP)
    assert worked.failures == [(7, running.GIVEN_UP)]


def test_a_worker_that_wakes_too_late_changes_nothing(worked: Worked) -> None:
    put_down()
    late = running._claim_next()
    assert late is not None
    let_lease_run_out()
    run_waiting()
    running._fail(late, "too late")
    assert (job().state, job().message) == (JobState.DONE, "")
    assert worked.failures == []


def test_a_claim_that_somebody_else_won_is_none(worked: Worked) -> None:
    put_down()
    waiting = job().id
    assert running._claim(waiting) is not None
    assert running._claim(waiting) is None
    db.session.rollback()
    assert job().attempts == 1
