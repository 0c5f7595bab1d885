"""The figures of a day are kept once it has ended, and stay what they were."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests import ledger
from tests.ledger import TODAY
from tests.office import Office
from tracker.database import writing
from tracker.extensions import db
from tracker.figures.keeping import keep_day, keep_days
from tracker.figures.models import FigureDay
from tracker.tasks import extending
from tracker.tasks.models import Task

TOMORROW = TODAY + timedelta(days=1)


def kept(day: date) -> list[dict[str, int]]:
    db.session.rollback()
    return list(db.session.scalars(select(FigureDay.counts).where(FigureDay.day == day)))


@pytest.mark.database
def test_yesterday_is_kept_once_and_no_later_change_moves_it(
    office: Office, moved_clock: Callable[..., None]
) -> None:
    moved_clock(TODAY)
    with writing():
        task: Task = ledger.in_progress(office, deadline=TODAY + timedelta(days=60))
        ledger.assigned(office)
        ledger.drafted(office)  # nothing was done with it yet: on a past day it stands in no group
    assert keep_days(TODAY) == 0  # nothing stood on the ledger yesterday
    moved_clock(TOMORROW)
    assert keep_days(TOMORROW) == 1
    before = kept(TODAY)
    assert [(row["all"], row["open"], row["waiting"], row["closed"]) for row in before] == [(2, 2, 0, 0)]
    with writing():
        extending.request_extension(
            task, by=office.lead.actor, wanted=date(2026, 6, 30), reason="改期", progress="一半"
        )
        extending.decide_extension(task, by=office.deputy.actor, granted=True)
    assert keep_days(TOMORROW) == 0
    assert not keep_day(TODAY)
    assert kept(TODAY) == before
    moved_clock(TOMORROW + timedelta(days=3))
    assert keep_days(TOMORROW + timedelta(days=3)) == 3
