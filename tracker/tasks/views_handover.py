"""The pages of handovers: which there are, one with its list, and confirming it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from tracker.documents import store
from tracker.documents.paper import MEDIA_TYPE
from tracker.extensions import db
from tracker.organization.access import find_holding_seen, find_post_seen, keeps
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Holding, Person, Post
from tracker.organization.present import present_actor
from tracker.organization.queries import office_of, people_of
from tracker.refusals import Refused
from tracker.tasks import handover as verbs
from tracker.tasks.access import find_handover, handovers_visible_to, seen_among, withheld_among
from tracker.tasks.handover_list import changes, sections_of, tasks_in, without_words_of
from tracker.tasks.handover_models import Handover
from tracker.web import forms
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.incoming import plain_number

bp = Blueprint("handovers", __name__)

MOST = 100  # listed, the newest first
CONFIRMED = {
    verbs.GIVER: lambda: _("已确认移交。"),
    verbs.RECEIVER: lambda: _("已确认接收。"),
    verbs.WITNESS: lambda: _("已确认监交。"),
}


@bp.get("/handovers")
def listing() -> ResponseReturnValue:
    """The handovers the reader sees, of one post where the address names it."""
    actor = present_actor()
    post = _chosen_post(actor)
    query = select(Handover).where(handovers_visible_to(actor))
    if post is not None:
        query = query.where(Handover.post_id == post.id)
    found = db.session.scalars(
        query.options(
            joinedload(Handover.post).joinedload(Post.unit),
            joinedload(Handover.giver),
            joinedload(Handover.receiver),
        )
        .order_by(Handover.completed_at.is_not(None), Handover.id.desc())
        .limit(MOST)
    ).all()
    offices = {office.id: office for one in found if one.is_open for office in [office_of(one.post.unit)]}
    known = Known(list(offices.values()), actor.day)
    gone = [one for one in found if one.is_open and one.last_day < actor.day]
    may_begin = post is not None and keeps(actor, post.unit)
    return render_template(
        "tasks/handovers.html",
        post=post,
        handovers=found,
        receiving={one.id: known.answering(one.post, actor.day).person for one in gone},
        left=_without(post) if post is not None and may_begin else [],
        today=actor.day,
    )


@bp.get("/handovers/<int:handover_id>")
def show(handover_id: int) -> ResponseReturnValue:
    """One handover: the list of today or the frozen one, who has confirmed."""
    actor = present_actor()
    return _page(_found(handover_id, actor), actor)


@bp.post("/handovers/<int:handover_id>/confirm")
def confirm(handover_id: int) -> ResponseReturnValue:
    """Confirm the list as one of the parties."""
    actor = present_actor()
    handover = _found(handover_id, actor)
    try:
        side = verbs.confirm(handover, by=actor, seen=forms.text("seen"))
    except Refused as refusal:
        note_refusal(refusal)
        return _page(_found(handover_id, actor), actor, refusal), refusal.status
    done = _("双方都已确认，清单已存档。") if handover.completed_at and side != verbs.WITNESS else ""
    flash(f"{CONFIRMED[side]()}{done}", "toast")
    return redirect(url_for("handovers.show", handover_id=handover_id))


@bp.post("/handovers/<int:handover_id>/witness")
def name_witness(handover_id: int) -> ResponseReturnValue:
    """Name who watches over it, or nobody."""
    actor = present_actor()
    handover = _found(handover_id, actor)
    verbs.require_keeper(handover.post, actor)
    try:
        verbs.name_witness(handover, _chosen_witness(handover), by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        return _page(_found(handover_id, actor), actor, refusal), refusal.status
    flash(_("监交人已登记。"), "toast")
    return redirect(url_for("handovers.show", handover_id=handover_id))


@bp.post("/handovers/begin/<int:holding_id>")
def begin(holding_id: int) -> ResponseReturnValue:
    """Begin the handover of somebody who left."""
    actor = present_actor()
    holding = find_holding_seen(holding_id, actor) or abort(404)
    verbs.require_keeper(holding.post, actor)
    try:
        handover = verbs.begin_by_hand(holding, by=actor)
    except Refused as refusal:
        note_refusal(refusal)
        flash(refusal.message, "fix")
        return redirect(url_for("handovers.listing", post=holding.post_id))
    flash(_("已发起交接，双方会收到通知。"), "toast")
    return redirect(url_for("handovers.show", handover_id=handover.id))


@bp.get("/handovers/<int:handover_id>.docx")
def download(handover_id: int) -> ResponseReturnValue:
    """The paper of a handover that both confirmed."""
    actor = present_actor()
    handover = _found(handover_id, actor)
    file = handover.file or abort(404)
    if _withheld(handover, actor):
        abort(404)
    return given_out(
        f"{handover.post_title}工作交接书.docx",
        MEDIA_TYPE,
        store.content(file),
        action="handover.download",
        subject=f"handover:{handover.id}",
        made_here=True,
    )


def _chosen_post(actor: Actor) -> Post | None:
    """Return the post of the address, None where it names none; 404 for a foreign one."""
    named = request.args.get("post", "")
    return find_post_seen(plain_number(named) or 0, actor) or abort(404) if named else None


def _found(handover_id: int, actor: Actor) -> Handover:
    return find_handover(handover_id, actor) or abort(404)


def _withheld(handover: Handover, actor: Actor) -> frozenset[int]:
    """Return the tasks of a frozen list that were marked since and are not the reader's to know."""
    return withheld_among(tasks_in(handover.final_list), actor) if handover.final_list else frozenset()


def _page(handover: Handover, actor: Actor, refusal: Refused | None = None) -> str:
    listed, withheld = verbs.listed_on(handover, actor.day), _withheld(handover, actor)
    first, shown = handover.first_list, without_words_of(listed, withheld)
    return render_template(
        "tasks/handover.html",
        handover=handover,
        receiving=verbs.receiving(handover, actor.day),
        listed=listed,
        sections=sections_of(shown),
        withheld=bool(withheld),
        opens=seen_among(tasks_in(listed), actor),
        alone=verbs.is_to_oneself(handover, actor.day),
        changed=changes(first, listed) if first else [],
        seen=verbs.digest_of(listed),
        side=verbs.side_of(handover, actor),
        kept=keeps(actor, handover.post.unit),
        offered=people_of(handover.post.unit),
        refusal=refusal,
        today=actor.day,
    )


def _chosen_witness(handover: Handover) -> Person | None:
    """Return the person chosen, None for nobody. Raises Refused for anybody who was not offered."""
    wanted = forms.whole_number("witness")
    if wanted is None:
        return None
    found = next((one for one in people_of(handover.post.unit) if one.id == wanted), None)
    if found is None:
        raise Refused(_("请在本单位人员中选择监交人。"), field="witness")
    return found


def _without(post: Post) -> list[Holding]:
    """Return who left a post without a handover, the latest first."""
    same = and_(
        Handover.post_id == Holding.post_id,
        Handover.giver_id == Holding.person_id,
        Handover.last_day == Holding.to_day,
        Handover.withdrawn_on.is_(None),
    )
    query = select(Holding).where(Holding.post_id == post.id, Holding.to_day.is_not(None))
    query = query.where(~select(Handover.id).where(same).exists()).options(joinedload(Holding.person))
    return list(db.session.scalars(query.order_by(Holding.to_day.desc()).limit(MOST)))
