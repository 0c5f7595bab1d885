"""The daily snapshot of the figures: yesterday is counted once, soon after it ended, and never again.

What was published of a day stays true, whatever deadlines are moved to later (architecture, "Persistence").
"""

from datetime import date, timedelta

from sqlalchemy import func, select, true
from sqlalchemy.exc import IntegrityError

from tracker.database import writing
from tracker.extensions import db
from tracker.figures.catalogue import (
    BY_DOMAIN,
    BY_OFFICE,
    LASTING,
    OPEN,
    PARTS,
    REBOUND,
    STALLED,
    TOTAL,
    count,
)
from tracker.figures.models import FigureDay
from tracker.tasks.lights import Lights
from tracker.tasks.queries import Conditions
from tracker.workdays import ONE_DAY

KEPT = (TOTAL, OPEN, STALLED, REBOUND, LASTING, *PARTS)
LONGEST_CATCH_UP = timedelta(days=400)


def keep_days(today: date) -> int:
    """Keep the figures of every day since the last one kept, up to yesterday; return how many days.

    The first call keeps yesterday. Of days missed the states are those of the day, the deadlines today's.
    """
    last = db.session.scalar(select(func.max(FigureDay.day)))
    day = today - ONE_DAY if last is None else max(last + ONE_DAY, today - LONGEST_CATCH_UP)
    kept = 0
    while day < today:
        kept += keep_day(day)
        day += ONE_DAY
    db.session.rollback()  # an idle look holds no transaction open
    return kept


def keep_day(day: date) -> bool:
    """Keep the figures of a day; False where there is nothing, or another worker has kept them."""
    rows = count(KEPT, Conditions(on=day), true(), Lights.on(day), by=(BY_OFFICE, BY_DOMAIN))
    try:
        with writing():
            db.session.add_all(
                FigureDay(day=day, unit_id=unit_id, domain_id=domain_id, counts=dict(counts))
                for (unit_id, domain_id), counts in rows.items()
            )
    except IntegrityError:
        return False
    return bool(rows)
