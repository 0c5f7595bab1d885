"""Who stands before the routes, and which part of the table of expectations each plays at which place.

The table (tests/routes.py) is written once, for a task led by the lead of one township. Elsewhere the same
routes meet other people in the same parts: before a task of the safety office the safety lead plays the
lead, and the lead plays somebody who merely works in the same township. Who plays no part at a place is a
stranger there: for them everything is as if it did not exist.
"""

from collections.abc import Mapping

from tests.authorization import ADMINISTRATORS, PERSONS, Row

Parts = tuple[str, ...]

COLLEAGUE = "village_lead"  # a holder of the township without a part in the lead's task
NOBODY: Parts = ()

# actors beside the ten of tests/office.py and the three administrators; see tests/matrix/places.py
STAND_IN, VERIFIER, COOPERATING = "stand_in", "verifier", "cooperating"
MOVED, WITHOUT_POST, DISABLED, ANONYMOUS = "moved", "without_post", "disabled", "anonymous"
MORE = (STAND_IN, VERIFIER, COOPERATING, MOVED, WITHOUT_POST)
SIGNED_IN = tuple(sorted(PERSONS | ADMINISTRATORS)) + MORE
TURNED_AWAY = (ANONYMOUS, DISABLED)

# what somebody is on pages that name no object: the person of a town, as long as a post is held
ANYWHERE: Mapping[str, Parts] = {
    **{name: (name,) for name in PERSONS | ADMINISTRATORS},
    **dict.fromkeys((STAND_IN, VERIFIER, COOPERATING, MOVED), (COLLEAGUE,)),
    WITHOUT_POST: ("person",),
}

OWN: Mapping[str, Parts] = {
    **{name: (name,) for name in PERSONS | ADMINISTRATORS},
    STAND_IN: ("stand_in", COLLEAGUE),
    VERIFIER: ("verifier", COLLEAGUE),
    COOPERATING: ("cooperating", COLLEAGUE),
}
_ABOVE = {name: (name,) for name in ("secretary", "clerk", "keeper", "county_keeper")}
_COLLEAGUES = dict.fromkeys((STAND_IN, VERIFIER, COOPERATING), (COLLEAGUE,))

# who sees a task marked 工作秘密: lead, chain, verifier and clerk
CIRCLE = {name: OWN[name] for name in ("lead", STAND_IN, "clerk", "deputy", "secretary", VERIFIER)}

# who reads the summaries of the office and is kept out of a draft older than a mark
LEADERS = ("secretary", "deputy", "vice_head", "keeper")

PLAYS: Mapping[str, Mapping[str, Parts]] = {
    "own": OWN,
    "beside": {
        **_ABOVE,
        **_COLLEAGUES,
        "safety_lead": ("lead",),
        "lead": ("safety_lead",),
        "vice_head": ("deputy",),
        "deputy": ("vice_head",),
        "village_lead": (COLLEAGUE,),
    },
    "below": {
        **_ABOVE,
        **_COLLEAGUES,
        "village_lead": ("lead",),
        "safety_lead": ("safety_lead",),
        "lead": (COLLEAGUE,),
        "deputy": ("deputy",),
        "vice_head": ("vice_head",),
    },
    "sibling": {"other_clerk": ("clerk",), MOVED: (COLLEAGUE,), "county_keeper": ("county_keeper",)},
    "above": {"county_keeper": ("clerk", "keeper"), "keeper": ("keeper_below",)},
    "past": {**OWN, VERIFIER: (COLLEAGUE,), COOPERATING: (COLLEAGUE,)},  # that task named others
    "ended": OWN,
    "marked": CIRCLE,
    "marked since": {"clerk": ("clerk",), **dict.fromkeys(LEADERS, ("reader_of_a_draft",))},
    "marked file": CIRCLE,
    # the keepers see the record, and not its paper
    "marked after the handover": {name: (name,) for name in ("deputy", "secretary")},
    "missing": {},
}


def wanted(row: Row, actor: str, place: str | None) -> int:
    """Return the answer of a row for an actor at a place; None: the row names no object."""
    parts = ANYWHERE[actor] if place is None else PLAYS[place].get(actor, NOBODY)
    answers = {row.wanted(part) for part in parts} or {404}
    return next(code for code in (row.answer, 200, 403, 404) if code in answers)
