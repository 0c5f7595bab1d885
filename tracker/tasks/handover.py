"""A post is handed over (离任交接): begun by the change of holder, confirmed by both, frozen by the second.

It reads tasks and changes none: a task belongs to its post, and whoever holds it is looked up. Source:
domain.md 2.5 and 5.3 (ten working days, a setting).

A signature stands for the list and the last day that were seen. Where one of them changes before the other
side has signed, it is taken back and both are told (`take_back_if_changed`).

Where somebody leaves a post that is theirs again as acting superior, or as holder after a while, both sides
are one person. There is nobody to hand over to, yet the office wants to know what was open on the day: one
signature puts the list on file and completes the record. Whoever is appointed later receives the post from
that person in a handover of its own.
"""

import json
from collections import Counter
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, or_, select

from tracker import clock
from tracker.audit.trail import record
from tracker.documents import store
from tracker.documents.paper import render
from tracker.extensions import db
from tracker.organization.access import keeps
from tracker.organization.acting import Actor, actor
from tracker.organization.models import Holding, Person, Post
from tracker.organization.queries import Answering, answering, office_of
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.settings.choices import chosen
from tracker.settings.keys import HANDOVER_DAYS
from tracker.tasks.handover_list import Listed, changes, list_of, stands
from tracker.tasks.handover_models import Handover
from tracker.tasks.handover_paper import Parties, handover_paper
from tracker.workdays import ONE_DAY, shipped

OPEN: ColumnElement[bool] = and_(Handover.completed_at.is_(None), Handover.withdrawn_on.is_(None))
GIVER, RECEIVER, WITNESS = "giver", "receiver", "witness"


def follow(post: Post, by: Actor | None) -> None:
    """Begin, move or withdraw the handovers of a post after its holders changed; asked twice it does it once.

    What was over before it was entered is history and begins none.
    """
    today = clock.today()
    spans = list(
        db.session.scalars(select(Holding).where(Holding.post_id == post.id).order_by(Holding.from_day))
    )
    known = list(
        db.session.scalars(select(Handover).where(Handover.post_id == post.id).order_by(Handover.id))
    )
    wanted = [*_leaving(spans), *_handing_on(spans, known)]
    for handover in known:
        if handover.is_open:
            _keep_up(handover, [day for person, day in wanted if person.id == handover.giver_id], today)
    begun = Counter((one.giver_id, one.last_day) for one in known if one.withdrawn_on is None)
    for person, last_day in wanted:  # the same twice: left to oneself, and handed on the day after
        if begun[person.id, last_day]:
            begun[person.id, last_day] -= 1
        elif due_day(post, last_day, last_day) >= today:
            begin(post, person, last_day, by=by)


def begin(post: Post, giver: Person, last_day: date, *, by: Actor | None) -> Handover:
    """Begin a handover: both sides and the ledger keeper are told, and the days count."""
    handover = Handover(
        post=post,
        giver=giver,
        last_day=last_day,
        due_on=due_day(post, last_day, clock.today()),
        begun_on=clock.today(),
        begun_by_id=None if by is None else by.person.id,
    )
    db.session.add(handover)
    db.session.flush()
    record("handover.begin", f"handover:{handover.id}", post=post.id, person=giver.id, last_day=str(last_day))
    return handover


def begin_by_hand(holding: Holding, *, by: Actor) -> Handover:
    """Begin the handover of somebody who left, as the keeper. Raises NotAllowed, OutOfDate for a second."""
    require_keeper(holding.post, by)
    if holding.to_day is None:
        raise Refused(_("先登记离任日期，交接随即开始。"))
    db.session.execute(select(Post.id).where(Post.id == holding.post_id).with_for_update())  # one at a time
    same = and_(Handover.post_id == holding.post_id, Handover.giver_id == holding.person_id)
    there = select(Handover.id).where(
        same, Handover.last_day == holding.to_day, Handover.withdrawn_on.is_(None)
    )
    if db.session.scalar(there.limit(1)) is not None:
        raise OutOfDate(_("这次离任已有交接，不用再办。"))
    return begin(holding.post, holding.person, holding.to_day, by=by)


def due_day(post: Post, last_day: date, begun_on: date) -> date:
    """Return until when both confirm: working days from the last day, or from its entry if that was later."""
    office = office_of(post.unit)
    return shipped().add_workdays(max(last_day, begun_on), chosen(HANDOVER_DAYS, office, clock.today()))


def receiving(handover: Handover, day: date) -> Answering:
    """Return who receives: the holder after the last day or, while there is none, the acting superior."""
    return answering(handover.post, max(day, handover.last_day + ONE_DAY))


def side_of(handover: Handover, by: Actor) -> str | None:
    """Return in which part somebody has still to confirm, or None."""
    if by.person.id == handover.witness_id and handover.witness_signed_at is None:
        return WITNESS if handover.withdrawn_on is None else None
    if not handover.is_open:
        return None
    if by.person.id == handover.giver_id and handover.giver_signed_at is None:
        return GIVER
    receiver = receiving(handover, by.day).person
    receives = receiver is not None and receiver.id == by.person.id
    return RECEIVER if receives and handover.receiver_signed_at is None else None


def is_to_oneself(handover: Handover, day: date) -> bool:
    """Whether giver and receiver are one person, who then signs once."""
    if handover.receiver_signed_at is not None:
        return handover.receiver_id == handover.giver_id
    receiver = receiving(handover, day).person
    return receiver is not None and receiver.id == handover.giver_id


def to_confirm(by: Actor) -> list[Handover]:
    """Return the handovers that somebody has still to confirm, the most urgent first."""
    me = by.person.id
    unwatched = and_(Handover.witness_id == me, Handover.witness_signed_at.is_(None))
    mine = or_(Handover.giver_id == me, Handover.post_id.in_(by.post_ids))
    query = select(Handover).where(Handover.withdrawn_on.is_(None), or_(unwatched, and_(OPEN, mine)))
    found = db.session.scalars(query.order_by(Handover.due_on, Handover.id)).all()
    return [handover for handover in found if side_of(handover, by) is not None]


def confirm(handover: Handover, *, by: Actor, seen: str) -> str:
    """Confirm the list as one of the parties; `seen` is the digest of the list on the page.

    The second confirmation freezes the list and the paper; where both sides are one person the first does.
    Returns the part. Raises NotAllowed for anybody else, OutOfDate where the list or the last day has changed
    since the page was made.
    """
    db.session.refresh(handover, with_for_update=True)
    take_back_if_changed(handover, by.day)
    side = side_of(handover, by)
    if side is None:
        raise NotAllowed(_("这次交接由移交人、接收人和监交人本人确认，或您已经确认。"))
    if side == WITNESS:
        handover.witness_signed_at = clock.now()
    else:
        _sign(handover, side, by, seen)
    record("handover.confirm", f"handover:{handover.id}", part=side)
    return side


def signed_for_another_list(day: date) -> list[Handover]:
    """Return the open handovers that one side has signed and whose list or last day changed since."""
    signed = or_(Handover.giver_signed_at.is_not(None), Handover.receiver_signed_at.is_not(None))
    found = db.session.scalars(select(Handover).where(OPEN, signed).order_by(Handover.id)).all()
    return [handover for handover in found if _has_changed(handover, day)]


def take_back_if_changed(handover: Handover, day: date) -> bool:
    """Take the signatures of an open handover back where they no longer stand; return whether they were."""
    if not handover.is_open or not _has_changed(handover, day):
        return False
    _take_back(handover)
    return True


def name_witness(handover: Handover, person: Person | None, *, by: Actor) -> None:
    """Name who watches over the handover (监交人), or nobody, as the keeper and before both confirmed."""
    require_keeper(handover.post, by)
    if not handover.is_open:
        raise OutOfDate(_("交接已经办结，不能再改监交人。"))
    parties = {handover.giver_id, handover.receiver_id}
    receiver = receiving(handover, by.day).person
    if person is not None and person.id in parties | {None if receiver is None else receiver.id}:
        raise Refused(_("监交人不能是移交人或接收人，请另选一人。"), field="witness")
    handover.witness, handover.witness_signed_at = person, None
    db.session.flush()
    record("handover.name_witness", f"handover:{handover.id}", person=None if person is None else person.id)


def require_keeper(post: Post, by: Actor) -> None:
    """Raise NotAllowed unless the actor keeps the organization of a post."""
    if not keeps(by, post.unit):
        raise NotAllowed(_("交接由台账管理岗位发起和安排监交。没有改动任何内容。"))


def listed_on(handover: Handover, day: date) -> dict[str, Any]:
    """Return the list of a handover with its last day: the frozen one, else that of a day."""
    return handover.final_list or _list_now(handover, day)


def digest_of(listed: Listed) -> str:
    """Return the digest by which somebody says which list, for which last day, they saw."""
    seen = [listed.get("last_day"), listed["rows"]]
    return store.digest(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode())


def _list_now(handover: Handover, day: date) -> dict[str, Any]:
    return list_of(handover.post, handover.giver, day) | {"last_day": handover.last_day.isoformat()}


def _has_changed(handover: Handover, day: date) -> bool:
    return bool(handover.first_list) and not stands(handover.first_list, _list_now(handover, day))


def _take_back(handover: Handover) -> None:
    handover.giver_signed_at = handover.receiver_signed_at = handover.witness_signed_at = None
    handover.receiver, handover.for_vacant = None, False
    handover.first_list, handover.changed_at = {}, clock.now()
    db.session.flush()
    record("handover.take_back", f"handover:{handover.id}")


def _keep_up(handover: Handover, left_on: list[date], today: date) -> None:
    """Follow a last day that was moved; withdraw the handover of somebody who does not leave after all.

    Who has signed did so for another day, and signs anew.
    """
    if handover.last_day in left_on:
        return
    if left_on:
        handover.last_day = left_on[-1]
        handover.due_on = due_day(handover.post, handover.last_day, handover.begun_on)
        handover.changed_at = clock.now()
        record("handover.move", f"handover:{handover.id}", last_day=str(handover.last_day))
        if handover.giver_signed_at or handover.receiver_signed_at:
            _take_back(handover)
    else:
        handover.withdrawn_on = today
        record("handover.withdraw", f"handover:{handover.id}")
    db.session.flush()


def _leaving(spans: list[Holding]) -> list[tuple[Person, date]]:
    """Return who left when; not who goes on in the same post the day after (acting, then appointed)."""
    goes_on = {(one.person_id, one.from_day - ONE_DAY) for one in spans}
    return [
        (one.person, one.to_day)
        for one in spans
        if one.to_day is not None and (one.person_id, one.to_day) not in goes_on
    ]


def _handing_on(spans: list[Holding], known: list[Handover]) -> list[tuple[Person, date]]:
    """Return the superior who received a vacant post and now hands it on to a new holder."""
    found = []
    for handover in known:
        if handover.completed_at is None or not handover.for_vacant or handover.receiver is None:
            continue
        after = next((one for one in spans if one.from_day > handover.last_day), None)
        if after is not None and after.person_id != handover.receiver_id:
            found.append((handover.receiver, after.from_day - ONE_DAY))
    return found


def _sign(handover: Handover, side: str, by: Actor, seen: str) -> None:
    listed = _list_now(handover, by.day)
    if seen != digest_of(listed):
        raise OutOfDate(_("清单在您打开页面后有变化，没有确认。请核对最新的清单后再确认。"))
    now = clock.now()
    alone = is_to_oneself(handover, by.day)
    if side == GIVER:
        handover.giver_signed_at = now
    if side == RECEIVER or alone:
        found = receiving(handover, by.day)
        handover.receiver, handover.for_vacant, handover.receiver_signed_at = by.person, found.for_vacant, now
    if handover.giver_signed_at is None or handover.receiver_signed_at is None:
        handover.first_list = listed
    else:
        _freeze(handover, listed, now)
    db.session.flush()


def _freeze(handover: Handover, listed: dict[str, Any], now: datetime) -> None:
    assert handover.receiver is not None
    assert handover.giver_signed_at is not None
    assert handover.receiver_signed_at is not None
    parties = Parties(
        office=office_of(handover.post.unit).name_on(handover.last_day),
        post=handover.post_title,
        giver=handover.giver.name,
        receiver=handover.receiver.name,
        receiver_post=_title_of(handover.receiver) if handover.for_vacant else "",
        witness="" if handover.witness is None else handover.witness.name,
        last_day=handover.last_day,
        giver_signed_at=handover.giver_signed_at,
        receiver_signed_at=handover.receiver_signed_at,
        alone=handover.receiver_id == handover.giver_id,
    )
    since = [f"{name}“{key}”{word}" for name, key, word in changes(handover.first_list or listed, listed)]
    handover.final_list, handover.completed_at = listed, now
    handover.file = store.keep(render(handover_paper(parties, listed, since)))


def _title_of(person: Person) -> str:
    main_post = actor(person, clock.today()).main_post
    return "" if main_post is None else main_post.title
