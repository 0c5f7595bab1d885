"""Keeping plans current: entering, changing, ending them; what their posts owe of it; drills and reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from tracker import clock
from tracker.audit.trail import record
from tracker.duties.asking import Asked, ask_for, asks_already
from tracker.duties.kinds import DRILL, PLAN_REVIEW, kind_of
from tracker.duties.models import Act, Every
from tracker.duties.recording import record_act, record_for
from tracker.extensions import db
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain, Post, Unit
from tracker.organization.queries import office_of
from tracker.plans.access import keeps_plans
from tracker.plans.models import Plan, PlanAct, PlanRun, PlanStep
from tracker.plans.queries import drills_since
from tracker.refusals import NotAllowed, OutOfDate, Refused
from tracker.web.filters import cnday

REVIEW_AFTER = timedelta(days=365)
LONGEST_TITLE, LONGEST_RISK, LONGEST_SOURCE, LONGEST_WHAT, LONGEST_CONTACTS = 100, 50, 200, 300, 5000
MOST_STEPS, MOST_HOURS, MOST_MINUTES = 30, 720, 1440
KEPT_UP_BY = (DRILL, PLAN_REVIEW)  # the acts that keep a plan current


@dataclass(frozen=True)
class Step:
    """What a post does, within how many hours, to be acknowledged within how many minutes."""

    post: Post
    what: str
    hours: int
    minutes: int


@dataclass(frozen=True)
class Content:
    """What a plan says."""

    title: str
    risk: str
    domain: DutyDomain
    first_post: Post
    direct_post: Post
    steps: Sequence[Step]
    contacts: str = ""
    source: str = ""
    review_on: date | None = None  # a year from today, where none is named


def enter(office: Unit, content: Content, *, by: Actor) -> Plan:
    """Enter a plan of an office, and ask its directly responsible post for a drill and a review a year.

    What is asked of that post in the domain already stays as it is. Raises NotAllowed but for the ledger
    keeper and the clerk of the office, Refused with the field at fault.
    """
    _require_keeping(by, office)
    plan = Plan(unit=office)
    _write(plan, content, by)
    db.session.add(plan)
    db.session.flush()
    _trace("plan.enter", plan)
    _ask_to_keep_up(plan, by)
    return plan


def change(plan: Plan, content: Content, *, by: Actor, version: int | None) -> Plan:
    """Change what a plan says; one that runs goes on as it was started.

    Raises NotAllowed, OutOfDate where somebody changed it in between, Refused with the field at fault.
    """
    _require_keeping(by, plan.unit)
    _require_current(plan, version)
    _write(plan, content, by)
    plan.version += 1
    db.session.flush()
    _trace("plan.change", plan)
    return plan


def retire(plan: Plan, *, by: Actor, version: int | None) -> None:
    """Use a plan no longer after today; what was started keeps it. Raises NotAllowed, OutOfDate."""
    _require_keeping(by, plan.unit)
    _require_current(plan, version)
    plan.ended_on = by.day
    plan.version += 1
    db.session.flush()
    _trace("plan.retire", plan)


def record_upkeep(
    plan: Plan,
    code: str,
    *,
    by: Actor,
    day: date,
    participants: int | None = None,
    note: str = "",
    review_on: date | None = None,
) -> Act:
    """Record a drill (演练) or a review (预案评估) of a plan: an act of its directly responsible post.

    A review sets the day of the next one, a year on where none is named. Raises NotAllowed, Refused as
    `record_act` does, and for a drill of a day of which one is recorded: ending a drill records it.
    """
    if code not in KEPT_UP_BY:
        raise Refused(_("选择登记演练还是评估。"), field="kind")
    if code == DRILL and any(act.day == day for act in drills_since(plan, day)):
        raise Refused(
            _("%(day)s的演练已经登记过，不再重复计数；演练结束时自动登记。", day=cnday(day)), field="day"
        )
    act = record_act(
        kind_of(code),
        plan.direct_post,
        by=by,
        day=day,
        participants=participants,
        domain=plan.domain,
        note=note or f"预案：{plan.title}",
    )
    if code == PLAN_REVIEW:
        plan.review_on = review_on or day + REVIEW_AFTER
    _hang_on(plan, act)
    return act


def record_drill(run: PlanRun, *, by: Actor, participants: int | None = None) -> None:
    """Record the drill that a run was, once: an act of the directly responsible post, whoever ends it.

    One that was recorded by hand while it ran is that drill. Raises Refused for a number out of bounds.
    """
    plan, day = run.plan, clock.day_of(run.started_at)
    if any(act.recorded_at >= run.started_at for act in drills_since(plan, day)):
        return
    act = record_for(
        kind_of(DRILL),
        plan.direct_post,
        by=by,
        day=day,
        participants=participants,
        domain=plan.domain,
        note=f"预案：{plan.title}",
    )
    _hang_on(plan, act)


def _hang_on(plan: Plan, act: Act) -> None:
    db.session.add(PlanAct(plan_id=plan.id, act=act))
    db.session.flush()
    record(
        "plan.record_upkeep",
        f"plan:{plan.id}",
        act=act.id,
        kind=act.kind.code,
        review_on=str(plan.review_on),
    )


def _require_keeping(by: Actor, office: Unit) -> None:
    if not keeps_plans(by, office):
        raise NotAllowed(_("预案由本单位台账管理岗位或经办人员维护。"))


def _require_current(plan: Plan, version: int | None) -> None:
    if plan.ended_on is not None:
        raise OutOfDate(_("预案已停用，没有改动。"))
    if version != plan.version:
        raise OutOfDate(
            _("有人在您打开页面以后改过这个预案。您输入的内容还在下面，没有保存；核对后可再次提交。")
        )


def _write(plan: Plan, content: Content, by: Actor) -> None:
    _check(plan.unit, content)
    if content.review_on not in (None, plan.review_on) and content.review_on < by.day:
        raise Refused(_("下次评估日期已过，请改为今天或以后的日期。"), field="review_on")
    plan.title, plan.risk = content.title.strip(), content.risk.strip()
    plan.domain, plan.first_post, plan.direct_post = content.domain, content.first_post, content.direct_post
    plan.contacts, plan.source = content.contacts.replace("\r\n", "\n").strip(), content.source.strip()
    plan.review_on = content.review_on or plan.review_on or by.day + REVIEW_AFTER
    plan.steps = [
        PlanStep(
            position=number, post=step.post, what=step.what.strip(), hours=step.hours, minutes=step.minutes
        )
        for number, step in enumerate(content.steps, start=1)
    ]


def _check(office: Unit, content: Content) -> None:
    _check_text(
        "title", content.title, LONGEST_TITLE, _("写明预案名称，不超过 %(most)s 字。", most=LONGEST_TITLE)
    )
    _check_text(
        "risk", content.risk, LONGEST_RISK, _("写明应对什么情况，不超过 %(most)s 字。", most=LONGEST_RISK)
    )
    if len(content.source.strip()) > LONGEST_SOURCE:
        raise Refused(_("依据不超过 %(most)s 字。", most=LONGEST_SOURCE), field="source")
    if len(content.contacts) > LONGEST_CONTACTS:
        raise Refused(_("联系方式不超过 %(most)s 字。", most=LONGEST_CONTACTS), field="contacts")
    if not 1 <= len(content.steps) <= MOST_STEPS:
        raise Refused(_("预案要有 1 到 %(most)s 个步骤。", most=MOST_STEPS), field="what-1")
    for number, step in enumerate(content.steps, start=1):
        _check_step(number, step, office)
    for field, post in (("first_post", content.first_post), ("direct_post", content.direct_post)):
        _check_post(field, post, office)


def _check_step(number: int, step: Step, office: Unit) -> None:
    what = _("第 %(number)s 步：写明做什么，不超过 %(most)s 字。", number=number, most=LONGEST_WHAT)
    _check_text(f"what-{number}", step.what, LONGEST_WHAT, what)
    if not 1 <= step.hours <= MOST_HOURS:
        raise Refused(
            _("第 %(number)s 步：完成时限填 1 到 %(most)s 小时。", number=number, most=MOST_HOURS),
            field=f"hours-{number}",
        )
    if not 1 <= step.minutes <= MOST_MINUTES:
        raise Refused(
            _("第 %(number)s 步：签收时限填 1 到 %(most)s 分钟。", number=number, most=MOST_MINUTES),
            field=f"minutes-{number}",
        )
    if step.minutes > step.hours * 60:
        raise Refused(
            _(
                "第 %(number)s 步：签收时限 %(minutes)s 分钟长于完成时限 %(hours)s 小时，请改短签收时限。",
                number=number,
                minutes=step.minutes,
                hours=step.hours,
            ),
            field=f"minutes-{number}",
        )
    _check_post(f"post-{number}", step.post, office)


def _check_text(field: str, text: str, most: int, message: str) -> None:
    if not text.strip() or len(text.strip()) > most:
        raise Refused(message, field=field)


def _check_post(field: str, post: Post, office: Unit) -> None:
    if office_of(post.unit).id != office.id:
        raise Refused(_("责任岗位不在本单位，请在本单位岗位中选择。"), field=field)


def _ask_to_keep_up(plan: Plan, by: Actor) -> None:
    for code in KEPT_UP_BY:
        kind = kind_of(code)
        if not asks_already(plan.direct_post, kind, plan.domain, by.day):
            asked = Asked(1, Every.YEAR, plan.source or plan.title)
            ask_for(plan.direct_post, kind, asked, domain=plan.domain, from_day=by.day)


def _trace(action: str, plan: Plan) -> None:
    record(action, f"plan:{plan.id}", title=plan.title, steps=len(plan.steps), version=plan.version)
