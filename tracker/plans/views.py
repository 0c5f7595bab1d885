"""The pages on which an office keeps its plans: list, plan, form, paper, drills and reviews."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker import clock
from tracker.accounts.trail_queries import last_person_on
from tracker.documents.paper import MEDIA_TYPE, render
from tracker.duties.access import records_for
from tracker.duties.kinds import DRILL, PLAN_REVIEW
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.models import Post, Unit
from tracker.organization.naming import name_of
from tracker.organization.present import present_actor
from tracker.organization.queries import domains_of, posts_of_office
from tracker.plans import keeping
from tracker.plans.access import find_plan, keeps_plans, starts_as
from tracker.plans.entries import plain_fields, rows_of, sent_content, typed_rows, with_spare
from tracker.plans.models import Plan
from tracker.plans.paper import plan_paper
from tracker.plans.queries import acts_of, kept, plans_seen, runs_of
from tracker.plans.words import RISKS, at, contacts, level, span, standing
from tracker.refusals import NotAllowed, Refused
from tracker.web import forms, once
from tracker.web.errors import note_refusal
from tracker.web.files import given_out
from tracker.web.language import in_chinese
from tracker.web.two_at_once import again, remembering, require_as_shown

CHANGING = ("plan.change", "plan.retire", "plan.record_upkeep")  # the acts after which a plan says otherwise

bp = Blueprint("plans", __name__)


@bp.context_processor
def _words() -> dict[str, Any]:
    """Give the pages of plans their words, and names of posts' holders."""
    return {"span": span, "step_level": level, "step_standing": standing, "name_of": name_of, "at": at}


@bp.get("/plans")
def listing() -> ResponseReturnValue:
    """The plans of the office, and of those below for whoever oversees it."""
    actor = present_actor()
    page = plans_seen(actor, request.args.get("after"))
    return render_template(
        "plans/list.html",
        rows=kept(page.rows, actor.day),
        next_url=page.after and url_for("plans.listing", after=page.after),
        office=actor.office,
        keeps=actor.office is not None and keeps_plans(actor, actor.office),
    )


@bp.get("/plans/new")
def new() -> ResponseReturnValue:
    """The form of a new plan."""
    return _form_page(None, _office_kept(present_actor()))


@bp.post("/plans/new")
def enter() -> ResponseReturnValue:
    """Enter a plan."""
    actor = present_actor()
    office = actor.office or abort(404)
    try:
        if not once.first_time():
            return redirect(url_for("plans.listing"))
        plan = keeping.enter(office, _sent(office), by=actor)
    except NotAllowed:
        raise
    except Refused as refusal:
        note_refusal(refusal)
        return _form_page(None, office, refusal, typed=True), refusal.status
    flash(_("已登记预案。直接责任岗位每年演练、评估各一次，已列入履责要求。"))
    return redirect(url_for("plans.show", plan_id=plan.id))


@bp.get("/plans/<int:plan_id>")
def show(plan_id: int) -> ResponseReturnValue:
    """One plan: who answers, the steps, contacts, how it is kept current, when it was started."""
    actor = present_actor()
    return _plan_page(find_plan(plan_id, actor) or abort(404), actor)


@bp.get("/plans/<int:plan_id>/edit")
def edit(plan_id: int) -> ResponseReturnValue:
    """The form of a plan."""
    actor = present_actor()
    plan = find_plan(plan_id, actor) or abort(404)
    return remembering(_form_page(plan, plan.unit)) if keeps_plans(actor, plan.unit) else abort(404)


@bp.post("/plans/<int:plan_id>/edit")
def change(plan_id: int) -> ResponseReturnValue:
    """Change what a plan says."""
    actor = present_actor()
    plan = find_plan(plan_id, actor, lock=True) or abort(404)
    try:
        require_as_shown(_form_page(plan, plan.unit))
        keeping.change(plan, _sent(plan.unit), by=actor, version=forms.whole_number("version"))
    except NotAllowed:
        raise
    except Refused as refusal:
        note_refusal(refusal)
        kept_now = find_plan(plan_id, actor) or abort(404)
        page = partial(_form_page, kept_now, kept_now.unit, refusal)
        return again(page, last_person_on(f"plan:{plan_id}", CHANGING)), refusal.status
    flash(_("已修改预案。"))
    return redirect(url_for("plans.show", plan_id=plan_id))


@bp.post("/plans/<int:plan_id>/retire")
def retire(plan_id: int) -> ResponseReturnValue:
    """Use a plan no longer."""
    actor = present_actor()
    plan = find_plan(plan_id, actor, lock=True) or abort(404)
    try:
        keeping.retire(plan, by=actor, version=forms.whole_number("version"))
    except Refused as refusal:
        return _refused(plan_id, actor, refusal)
    flash(_("已停用预案，启动过的记录保留备查。"))
    return redirect(url_for("plans.listing"))


@bp.post("/plans/<int:plan_id>/upkeep")
def upkeep(plan_id: int) -> ResponseReturnValue:
    """Record a drill or a review of a plan."""
    actor = present_actor()
    plan = find_plan(plan_id, actor, lock=True) or abort(404)
    try:
        if once.first_time():
            keeping.record_upkeep(
                plan,
                forms.text("kind"),
                by=actor,
                day=forms.day("day") or clock.today(),
                participants=forms.whole_number("participants"),
                note=forms.text("note"),
                review_on=forms.day("review_on"),
            )
    except Refused as refusal:
        return _refused(plan_id, actor, refusal)
    flash(_("已登记，计入直接责任岗位的履责。"))
    return redirect(url_for("plans.show", plan_id=plan_id))


@bp.get("/plans/<int:plan_id>.docx")
def paper(plan_id: int) -> Response:
    """The plan as the office files it."""
    actor = present_actor()
    plan = find_plan(plan_id, actor) or abort(404)
    known = Known([plan.unit], actor.day)

    def named(post: Post) -> str:  # a paper that is filed names the holder, not who stands in today
        person = known.holder(post)
        return str(_("空缺")) if person is None else person.name

    last_drill = _kept(plan, actor).last_drill
    with in_chinese():
        content = render(plan_paper(plan, named, last_drill=last_drill, today=actor.day))
    name = f"{plan.title}.docx"
    return given_out(
        name, MEDIA_TYPE, content, action="plan.download", subject=f"plan:{plan_id}", made_here=True
    )


def _office_kept(actor: Actor) -> Unit:
    """Return the own office where the actor keeps its plans; 404 for anybody else."""
    office = actor.office
    return office if office is not None and keeps_plans(actor, office) else abort(404)


def _sent(office: Unit) -> keeping.Content:
    return sent_content(posts_of_office(office), domains_of(office, clock.today()))


def _kept(plan: Plan, actor: Actor) -> Any:
    return kept([plan], actor.day)[0]


def _refused(plan_id: int, actor: Actor, refusal: Refused) -> ResponseReturnValue:
    if isinstance(refusal, NotAllowed):
        raise refusal
    note_refusal(refusal)
    return _plan_page(find_plan(plan_id, actor) or abort(404), actor, refusal), refusal.status


def _plan_page(plan: Plan, actor: Actor, refusal: Refused | None = None) -> str:
    return render_template(
        "plans/plan.html",
        plan=plan,
        kept=_kept(plan, actor),
        known=Known([plan.unit], actor.day),
        contacts=list(contacts(plan.contacts)),
        acts=acts_of(plan),
        runs=runs_of(plan),
        keeps=keeps_plans(actor, plan.unit),
        starts=starts_as(actor, plan) is not None,
        records=records_for(actor, plan.direct_post) and plan.ended_on is None,
        kinds=[(DRILL, _("演练")), (PLAN_REVIEW, _("评估"))],
        day=actor.day,
        typed=request.form,
        refusal=refusal,
    )


def _form_page(plan: Plan | None, office: Unit, refusal: Refused | None = None, typed: bool = False) -> str:
    rows = typed_rows() if typed else [] if plan is None else rows_of(plan)
    return render_template(
        "plans/form.html",
        plan=plan,
        office=office,
        posts=posts_of_office(office),
        domains=domains_of(office, clock.today()),
        risks=[_(risk) for risk in RISKS],
        rows=with_spare(rows),
        typed=plain_fields(plan, typed=typed),
        refusal=refusal,
    )
