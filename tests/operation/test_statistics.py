"""SQLite is told how its tables are filled; asked again, or elsewhere, nothing is the worse."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.exchange.tables import many_tasks
from tests.ledger import TODAY
from tests.office import Office
from tracker.database import keep_statistics
from tracker.extensions import db


@pytest.mark.database
def test_the_planner_knows_a_table_that_has_grown(office: Office, moved_clock: Callable[..., None]) -> None:
    moved_clock(TODAY)
    many_tasks(office, 500)
    keep_statistics()
    keep_statistics()
    if db.engine.dialect.name == "sqlite":
        known = db.session.scalars(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'tasks'")).all()
        assert max(int(stat.split()[0]) for stat in known) >= 500
    else:
        assert db.session.scalar(text("SELECT count(*) FROM tasks")) == 500
