"""A step of a plan that was started (预案) becomes a task of its post, assigned at once."""

from datetime import date

from sqlalchemy import select

from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import Duty, DutyDomain, Post, Unit
from tracker.periods import Kind, Period
from tracker.tasks.assignment import default_verifier
from tracker.tasks.creation import create_for
from tracker.tasks.models import Task
from tracker.tasks.states import Action, Remedy, TaskState
from tracker.tasks.stepping import happen


def give_out_step(
    unit: Unit,
    domain: DutyDomain,
    post: Post,
    *,
    by: Actor,
    acted_as: Post,
    what: str,
    plan: str,
    deadline: date,
) -> Task:
    """Give a post what a step asks for, as an immediate task; whoever calls has checked who may.

    The deadline is the day of the step's hour: the hour itself stands with the step. The standard is the
    step itself, so that signing for it is one press. The event names the plan (`facts["plan"]`): the step
    tells its people in minutes, and the notice of an assignment would say the same twice.
    """
    task = create_for(
        unit,
        Period.of(by.day, Kind.QUARTER),
        title=what,
        domain=domain,
        measure=f"启动预案“{plan}”的步骤",
        standard=what,
        lead_post=post,
        duty=_duty(post, domain),
        deadline=deadline,
        remedy=Remedy.IMMEDIATE,
    )
    task.state, task.first_deadline = TaskState.REGISTERED, deadline
    task.verifier_post = default_verifier(task, post, (), by.day)
    happen(
        task,
        Action.ASSIGN,
        by,
        acted_as=acted_as,
        text=f"启动预案“{plan}”",
        lead_post=post.id,
        to_post=post.title_on(by.day),
        deadline=deadline,
        plan=plan,
    )
    return task


def _duty(post: Post, domain: DutyDomain) -> Duty | None:
    """Return the duty of a post in a domain, else its first one: a plan names posts, not duties."""
    duties = db.session.scalars(
        select(Duty).where(Duty.post_id == post.id, Duty.ended_on.is_(None)).order_by(Duty.id)
    ).all()
    in_domain = [duty for duty in duties if duty.domain_id == domain.id]
    return next(iter([*in_domain, *duties]), None)
