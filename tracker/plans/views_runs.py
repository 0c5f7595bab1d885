"""The pages of a started plan, phone first: starting, watching step by step, the own step, ending."""

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from tracker import clock
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.known import Known
from tracker.organization.present import present_actor
from tracker.plans import doing, ending, starting
from tracker.plans.access import as_seen, does, ends_as, find_plan, find_run, find_step, starts_as
from tracker.plans.models import Plan, PlanRun, RunStep
from tracker.plans.progress import progress, progress_of
from tracker.plans.views import bp as bp
from tracker.refusals import NotAllowed, Refused
from tracker.reports.access import find_report, tells_words_of
from tracker.reports.models import Report
from tracker.web import forms
from tracker.web.errors import note_refusal

REFRESH = 20  # seconds after which a browser asks again how the steps stand; ?pause=1 stops it


@bp.get("/plans/<int:plan_id>/start")
def ask_start(plan_id: int) -> ResponseReturnValue:
    """Who will be told what; two buttons, in earnest and as a drill."""
    actor = present_actor()
    plan = find_plan(plan_id, actor) or abort(404)
    if starts_as(actor, plan) is None:
        abort(404)
    run = starting.running(plan)
    if run is not None and not run.drill:
        return redirect(url_for("plans.show_run", run_id=run.id))
    return _start_page(plan, actor)


@bp.post("/plans/<int:plan_id>/start")
def start(plan_id: int) -> ResponseReturnValue:
    """Start a plan; pressed again, or by another leader meanwhile, it leads to what runs already."""
    actor = present_actor()
    plan = find_plan(plan_id, actor, lock=True) or abort(404)
    try:
        run = starting.start(
            plan, by=actor, drill=forms.text("drill") == "1", occasion=forms.text("occasion")
        )
    except starting.RunningAlready as known:
        flash(known.message)
        return redirect(url_for("plans.show_run", run_id=known.run_id))
    except NotAllowed:
        raise
    except Refused as refusal:
        note_refusal(refusal)
        return _start_page(find_plan(plan_id, actor) or abort(404), actor, refusal), refusal.status
    flash(_("演练已启动，正在通知各责任岗位。") if run.drill else _("预案已启动，正在通知各责任岗位。"))
    return redirect(url_for("plans.show_run", run_id=run.id))


@bp.get("/plans/runs/<int:run_id>")
def show_run(run_id: int) -> Response:
    """Step by step who has begun, who has not, and how much time is left; asks again by itself."""
    actor = present_actor()
    run = find_run(run_id, actor) or abort(404)
    answer = make_response(_run_page(run, actor))
    if run.ended_at is None and "pause" not in request.args:
        answer.headers["Refresh"] = str(REFRESH)
    return answer


@bp.get("/plans/steps/<int:step_id>")
def show_step(step_id: int) -> ResponseReturnValue:
    """The own step: what to do, until when, and the two answers to it."""
    actor = present_actor()
    return _step_page(find_step(step_id, actor) or abort(404), actor)


@bp.post("/plans/steps/<int:step_id>/acknowledge")
def acknowledge(step_id: int) -> ResponseReturnValue:
    """Acknowledge a step and begin with it."""
    actor = present_actor()
    step = find_step(step_id, actor, lock=True) or abort(404)
    try:
        doing.acknowledge(step, by=actor)
    except Refused as refusal:
        return _step_refused(step_id, actor, refusal)
    return redirect(url_for("plans.show_step", step_id=step_id))


@bp.post("/plans/steps/<int:step_id>/finish")
def finish(step_id: int) -> ResponseReturnValue:
    """Say that a step is done, and how."""
    actor = present_actor()
    step = find_step(step_id, actor, lock=True) or abort(404)
    try:
        doing.finish(step, by=actor, result=forms.text("result"))
    except Refused as refusal:
        return _step_refused(step_id, actor, refusal)
    flash(_("已登记完成。"))
    return redirect(url_for("plans.show_run", run_id=step.run_id))


@bp.get("/plans/runs/<int:run_id>/end")
def ask_end(run_id: int) -> ResponseReturnValue:
    """The form of the after-action note."""
    actor = present_actor()
    run = find_run(run_id, actor) or abort(404)
    return _end_page(run, actor) if ends_as(actor, run.plan) is not None else abort(404)


@bp.post("/plans/runs/<int:run_id>/end")
def end(run_id: int) -> ResponseReturnValue:
    """End a plan; its findings go to the clerk, who confirms them like a report's."""
    actor = present_actor()
    run = find_run(run_id, actor, lock=True) or abort(404)
    try:
        ending.end(
            run,
            by=actor,
            note=forms.text("note"),
            findings=forms.text("findings"),
            participants=forms.whole_number("participants"),
        )
    except NotAllowed:
        raise
    except Refused as refusal:
        note_refusal(refusal)
        return _end_page(find_run(run_id, actor) or abort(404), actor, refusal), refusal.status
    flash(_("已结束。发现的问题由经办人员核对后立项交办。") if run.report_id else _("已结束。"))
    if run.drill:
        flash(_("已登记演练，计入直接责任岗位的履责。"))
    return redirect(url_for("plans.show_run", run_id=run_id))


def _step_refused(step_id: int, actor: Actor, refusal: Refused) -> ResponseReturnValue:
    if isinstance(refusal, NotAllowed):
        raise refusal
    note_refusal(refusal)
    return _step_page(find_step(step_id, actor) or abort(404), actor, refusal), refusal.status


def _start_page(plan: Plan, actor: Actor, refusal: Refused | None = None) -> str:
    known = Known([plan.unit], actor.day)
    people = {one.id for step in plan.steps for one in known.answering(step.post, actor.day).people}
    return render_template(
        "plans/start.html",
        plan=plan,
        known=known,
        day=actor.day,
        told=len(people),
        hindered="" if refusal else starting.hindrance(plan, actor),
        drill=starting.running(plan),
        typed=request.form,
        refusal=refusal,
    )


def _run_page(run: PlanRun, actor: Actor) -> str:
    steps = as_seen(progress_of(run), actor)
    until = run.ended_at or clock.now()
    report = None if run.report_id is None else find_report(run.report_id, actor)
    source = None if run.report_id is None else db.session.get(Report, run.report_id)
    return render_template(
        "plans/run.html",
        run=run,
        steps=steps,
        mine=[one for one in steps if does(actor, one.step) and one.is_held],
        done=sum(not one.is_open for one in steps),
        known=Known([run.plan.unit], actor.day),
        day=actor.day,
        until=until,
        ends=ends_as(actor, run.plan) is not None,
        report=report,
        told=source is not None and tells_words_of(source, actor),
        found=ending.problems_of(run),
        paused="pause" in request.args,
    )


def _step_page(step: RunStep, actor: Actor, refusal: Refused | None = None) -> str:
    return render_template(
        "plans/step.html",
        run=step.run,
        one=as_seen([progress(step)], actor)[0],
        stood=progress(step, step.run.ended_at),
        does=does(actor, step),
        until=step.run.ended_at or clock.now(),
        typed=request.form,
        refusal=refusal,
    )


def _end_page(run: PlanRun, actor: Actor, refusal: Refused | None = None) -> str:
    return render_template(
        "plans/end.html",
        run=run,
        left=[one for one in as_seen(progress_of(run), actor) if one.is_open],
        known=Known([run.plan.unit], actor.day),
        day=actor.day,
        typed=request.form,
        refusal=refusal,
    )
