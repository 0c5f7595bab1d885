"""Who sees, keeps, starts and ends plans: one predicate a question.

Plans are no secrets of their office: everybody in it finds what the own post has to do. Whoever oversees an
office from above reads its plans, too. The county starts no plan of a township.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select

from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.access import keeps
from tracker.organization.acting import Actor
from tracker.organization.chains import first_responsibles
from tracker.organization.models import Post, Unit
from tracker.organization.portfolios import deputy_in_charge
from tracker.organization.queries import below, office_of
from tracker.plans.models import Plan, PlanRun, RunStep
from tracker.plans.progress import Progress
from tracker.tasks.access import withheld_among


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a plan may be read: one of the own office, or of one overseen from above."""
    offices = select(Unit.id).where(or_(Unit.id.in_(()), *(below(office) for office in actor.oversees)))
    return or_(Plan.unit_id == (None if actor.office is None else actor.office.id), Plan.unit_id.in_(offices))


def find_plan(plan_id: int, actor: Actor, *, lock: bool = False) -> Plan | None:
    """Return a plan the actor may read, or None; with `lock` its row is held to the end."""
    query = select(Plan).where(Plan.id == plan_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=Plan).execution_options(populate_existing=True)
    return db.session.scalar(query)


def find_run(run_id: int, actor: Actor, *, lock: bool = False) -> PlanRun | None:
    """Return a plan that was started and that the actor may read, or None; its row is held as above."""
    query = select(PlanRun).join(Plan).where(PlanRun.id == run_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=PlanRun).execution_options(populate_existing=True)
    return db.session.scalar(query)


def find_step(step_id: int, actor: Actor, *, lock: bool = False) -> RunStep | None:
    """Return a step of such a plan, or None; its row is held as above."""
    query = select(RunStep).join(PlanRun).join(Plan).where(RunStep.id == step_id, visible_to(actor))
    if lock:
        query = query.with_for_update(of=RunStep).execution_options(populate_existing=True)
    return db.session.scalar(query)


def keeps_plans(actor: Actor, office: Unit) -> bool:
    """Whether an actor enters and changes the plans of an office: its ledger keeper or its clerk."""
    return keeps(actor, office) or actor.is_clerk_of(office.id)


def leaders(plan: Plan, actor: Actor) -> list[Post]:
    """Return the posts that may start a plan: its first responsible and the leaders of the domain's chain."""
    in_charge = deputy_in_charge(plan.direct_post, plan.domain, actor.day).post
    first = first_responsibles(plan.unit, plan.domain, actor.day)
    found = [plan.first_post, *first, *([] if in_charge is None else [in_charge])]
    own = [post for post in found if office_of(post.unit).id == plan.unit_id]
    return list({post.id: post for post in own}.values())


def starts_as(actor: Actor, plan: Plan) -> Post | None:
    """Return the post as which an actor may start a plan, their own or one stood in for; None: may not."""
    return _own(actor, leaders(plan, actor))


def ends_as(actor: Actor, plan: Plan) -> Post | None:
    """Return the post as which an actor may end a plan: who starts it, or the directly responsible."""
    return _own(actor, [*leaders(plan, actor), plan.direct_post])


def does(actor: Actor, step: RunStep) -> bool:
    """Whether an actor does a step: acts today for its post, as holder, superior or stand-in."""
    return step.post.id in actor.post_ids


def as_seen(steps: Iterable[Progress], actor: Actor) -> list[Progress]:
    """Return what became of some steps as an actor may read it: of a marked task that they count."""
    found = list(steps)
    tasks = {one.step.task.id for one in found if one.step.task and one.step.task.secrecy != Secrecy.OPEN}
    withheld = withheld_among(tasks, actor)
    return [one.without_words() if one.step.task_id in withheld else one for one in found]


def _own(actor: Actor, posts: Sequence[Post]) -> Post | None:
    mine = {post.id for post in actor.posts}
    return next((post for post in posts if post.id in mine), None)
