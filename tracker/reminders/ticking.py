"""One tick of the reminders: plan what is owed, make the digests, deliver them.

A tick computes from rows and may be repeated at any time by anybody. The claim of a slot only spares
several schedulers the same work.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from tracker import clock
from tracker.database import writing
from tracker.extensions import db
from tracker.outbox import Delivered, deliver
from tracker.reminders.delivery import DIGESTS, make_digests
from tracker.reminders.handing_over import take_signatures_back
from tracker.reminders.models import TickClaim
from tracker.reminders.planning import plan_days, plan_events, plan_runs

CLAIMS_KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class TickReport:
    """What a tick did, in numbers."""

    events: int
    notices: int
    digests: int
    delivered: Delivered = field(default_factory=Delivered)


def tick(now: datetime) -> TickReport:
    """Plan the events and the days up to now, make the digests that are due, and deliver."""
    events, notices, digests = plan(now)
    return TickReport(events, notices, digests, deliver(DIGESTS))


def plan(now: datetime) -> tuple[int, int, int]:
    """Plan without delivering; return how many events, notices of rungs and digests there were."""
    take_signatures_back(clock.day_of(now))
    return plan_events(), plan_days(clock.day_of(now)) + plan_runs(now), make_digests(now)


def claim_slot(job: str, now: datetime, every: timedelta) -> bool:
    """Claim the slot of a job that is scheduled at the full multiples of a time; False if it is taken.

    The slot is the scheduled time, not the moment of the claim: a late tick claims the same slot.
    """
    seconds = int(every.total_seconds())
    slot = str(int(now.timestamp()) // seconds * seconds)
    try:
        with writing():
            db.session.add(TickClaim(job=job, slot=slot, claimed_at=now))
            db.session.flush()
            db.session.execute(delete(TickClaim).where(TickClaim.claimed_at < now - CLAIMS_KEPT))
    except IntegrityError:
        return False
    return True
