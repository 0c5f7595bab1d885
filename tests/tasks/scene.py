"""The objects of the ledger that the walk over the routes needs."""

from tests.office import Member
from tracker import clock
from tracker.extensions import db
from tracker.tasks.models import JointAct
from tracker.tasks.saved import save_view
from tracker.tasks.states import Action


def objects(clerk: Member) -> dict[str, str]:
    """Make an act on many tasks of a clerk, and two lists, of which one is shared."""
    key = f"{clerk.person.id:022d}"
    run = JointAct(key=key, person=clerk.person, action=Action.URGE, outcomes={}, made_at=clock.now())
    db.session.add(run)
    own, shared = (
        save_view(by=clerk.actor, name=name, address={"state": "overdue"}, shared=name == "逾期的")
        for name in ("自己看的", "逾期的")
    )
    return {"joint_act": key, "own_view": own.key, "shared_view": shared.key}
