"""Who is told of a started plan: everybody concerned at once, and upwards when a step is left lying.

Computed with each tick from the rows of the run, as all notices are. Rungs passed over while no worker ran
are kept as collapsed; the latest is shown.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from tracker import clock
from tracker.documents.models import Secrecy
from tracker.extensions import db
from tracker.organization.chains import first_responsibles
from tracker.organization.models import Person
from tracker.organization.portfolios import deputy_in_charge
from tracker.plans.models import PlanRun, RunStep
from tracker.plans.progress import Progress, StepState, progress_of
from tracker.plans.queries import unsettled_runs
from tracker.reminders.models import Clock, Notice
from tracker.reminders.plan_rungs import (
    TO_ACKNOWLEDGE,
    TO_ASSIGN_ANEW,
    TO_FINISH,
    MinuteRung,
    minute_name,
    minute_rungs_reached,
)
from tracker.reminders.recipients import Recipients, each_once
from tracker.reminders.words import LONGEST_REASON, shortened
from tracker.settings.ladder import Recipient
from tracker.tasks.models import TaskEvent
from tracker.words import N_

SUBJECT = "plan_run"
STARTED, DRILLED, REFUSED = N_("预案启动"), N_("预案演练"), N_("不予接收")  # the papers
LONGEST_WHAT = 80  # characters of a step shown in a notice
Row = dict[str, Any]
Key = tuple[str, str, int]  # anchor, rung, person


def rows_of_plans(now: datetime) -> tuple[list[Row], list[int]]:
    """Return the notices that started plans still owe, and which runs are settled by them; writes nothing."""
    runs = unsettled_runs()
    recipients = Recipients(clock.day_of(now))
    rows = [row for run in runs for row in _rows_of(run, recipients, now)]
    return rows, [run.id for run in runs if run.ended_at is not None]


def settle(run_ids: list[int], now: datetime) -> None:
    """Note that everybody was told of the end of some runs."""
    if run_ids:
        ended = update(PlanRun).where(PlanRun.id.in_(run_ids), PlanRun.settled_at.is_(None))
        db.session.execute(ended.values(settled_at=now).execution_options(synchronize_session=False))


def _rows_of(run: PlanRun, recipients: Recipients, now: datetime) -> list[Row]:
    had = _had(run)
    wanted = _end_rows(run, recipients) if run.ended_at is not None else _running_rows(run, recipients, now)
    return [row for row in wanted if (row["anchor"], row["rung"], row["person_id"]) not in had]


def _had(run: PlanRun) -> set[Key]:
    found = select(Notice.anchor, Notice.rung, Notice.person_id).where(
        Notice.subject_kind == SUBJECT, Notice.subject_id == run.id
    )
    return {(anchor, rung, person_id) for anchor, rung, person_id in db.session.execute(found)}


def _running_rows(run: PlanRun, recipients: Recipients, now: datetime) -> Iterator[Row]:
    steps = progress_of(run)
    with_step: set[int] = set()
    for one in steps:
        people = _acting(one.step, recipients)
        with_step |= {person.id for person in people}
        if one.is_held:
            yield from (_told(one, person, now) for person in people)
        if one.refusal is not None:
            yield from _refused_rows(one, one.refusal, recipients)
    for person in _leading(run, recipients):
        if person.id not in with_step and person.id != run.started_by_id:
            yield _row(
                run, "start", 0, MinuteRung(0, 2, (), _paper(run)), person, _started_said(run, len(steps))
            )
    for one in steps:
        yield from _ladder_rows(one, recipients, now)


def _told(one: Progress, person: Person, now: datetime) -> Row:
    step = one.step
    until = f"{_at(step.acknowledge_by, now)}前签收，{_at(step.due_at, now)}前完成"
    what = f"您的第 {step.position} 步：{shortened(step.what, LONGEST_WHAT)}"
    said = f"{_mark(step.run)}“{step.run.plan.title}”已启动，{what}。{until}"
    anchor = f"step:{step.id}:{step.post.id}"
    return _row(step.run, anchor, 0, MinuteRung(0, 2, (), _paper(step.run)), person, said)


def _refused_rows(one: Progress, refusal: TaskEvent, recipients: Recipients) -> Iterator[Row]:
    """Return what whoever started the plan and its directly responsible hear at once: nobody has the step."""
    step, run = one.step, one.step.run
    text = f"“{run.plan.title}”第 {step.position} 步（{step.post.title}）不予接收，待重新交办"
    if refusal.task.secrecy == Secrecy.OPEN:  # what is asked and why it was declined tell of the matter
        reason = shortened(refusal.text, LONGEST_REASON)
        text += f"：{shortened(step.what, LONGEST_WHAT)}。理由：{reason}"
    for person in each_once([run.started_by, *recipients.acting(run.plan.direct_post_id)]):
        if person.id != refusal.person_id:
            yield _row(run, f"refused:{refusal.id}", 0, MinuteRung(0, 3, (), REFUSED), person, text)


def _ladder_rows(one: Progress, recipients: Recipients, now: datetime) -> list[Row]:
    """Return what the two clocks of a step owe: its acknowledgement, then its hour."""
    step = one.step
    if one.state == StepState.TOLD:
        said = f"尚未签收（{_at(step.acknowledge_by, now)}前应签收）"
        return _climb(one, f"ack:{step.id}", TO_ACKNOWLEDGE, step.acknowledge_by, said, recipients, now)
    if one.state == StepState.REFUSED:
        said = f"不予接收，尚未重新交办（{_at(step.acknowledge_by, now)}前应签收）"
        return _climb(one, f"ack:{step.id}", TO_ASSIGN_ANEW, step.acknowledge_by, said, recipients, now)
    if one.state == StepState.BEGUN:
        said = f"尚未完成（{_at(step.due_at, now)}前应完成）"
        return _climb(one, f"due:{step.id}", TO_FINISH, step.due_at, said, recipients, now)
    return []


def _climb(
    one: Progress,
    anchor: str,
    rungs: tuple[MinuteRung, ...],
    limit: datetime,
    said: str,
    recipients: Recipients,
    now: datetime,
) -> list[Row]:
    step, rows = one.step, list[Row]()
    text = f"{_mark(step.run)}“{step.run.plan.title}”第 {step.position} 步（{step.post.title}）{said}："
    for offset, rung in minute_rungs_reached(rungs, limit, now):
        for person in _reached(step, rung.to, recipients):
            for earlier in rows:
                earlier["collapsed"] = earlier["collapsed"] or earlier["person_id"] == person.id
            rows.append(
                _row(step.run, anchor, offset, rung, person, text + shortened(step.what, LONGEST_WHAT))
            )
    return rows


def _end_rows(run: PlanRun, recipients: Recipients) -> Iterator[Row]:
    people = [*_leading(run, recipients), *(p for step in run.steps for p in _acting(step, recipients))]
    said = f"{_mark(run)}“{run.plan.title}”已结束：{shortened(run.note, LONGEST_WHAT)}"
    for person in each_once(people):
        if person.id != run.ended_by_id:
            yield _row(run, "end", 0, MinuteRung(0, 1, (), _paper(run)), person, said)


def _leading(run: PlanRun, recipients: Recipients) -> list[Person]:
    """Return who answers for a plan: first and direct responsible, the leaders of the chain."""
    plan, day = run.plan, recipients.day
    posts = [plan.first_post, plan.direct_post, *first_responsibles(plan.unit, plan.domain, day)]
    return each_once(person for post in posts for person in recipients.acting(post.id))


def _reached(step: RunStep, to: Iterable[Recipient], recipients: Recipients) -> list[Person]:
    return each_once(person for recipient in to for person in _OF[recipient](step, recipients))


def _acting(step: RunStep, recipients: Recipients) -> tuple[Person, ...]:
    return recipients.acting(step.post.id)


def _deputy(step: RunStep, recipients: Recipients) -> tuple[Person, ...]:
    found = deputy_in_charge(step.post, step.run.plan.domain, recipients.day).post
    return () if found is None else recipients.acting(found.id)


def _first(step: RunStep, recipients: Recipients) -> list[Person]:
    plan = step.run.plan
    posts = [plan.first_post, *first_responsibles(plan.unit, plan.domain, recipients.day)]
    return each_once(person for post in posts for person in recipients.acting(post.id))


_OF = {Recipient.HOLDER: _acting, Recipient.DEPUTY_IN_CHARGE: _deputy, Recipient.FIRST_RESPONSIBLE: _first}


def _mark(run: PlanRun) -> str:
    return "【演练】" if run.drill else ""


def _paper(run: PlanRun) -> str:
    return DRILLED if run.drill else STARTED


def _started_said(run: PlanRun, steps: int) -> str:
    what = f"：{shortened(run.occasion, LONGEST_WHAT)}" if run.occasion else ""
    return f"{_mark(run)}{run.who_started}启动“{run.plan.title}”{what}。共 {steps} 步，已通知各责任岗位"


def _at(moment: datetime, now: datetime) -> str:
    """Return 14:30, of another day with its date."""
    local = clock.office_time(moment)
    same = local.date() == clock.day_of(now)
    return f"{local:%H:%M}" if same else f"{local.month}月{local.day}日 {local:%H:%M}"


def _row(run: PlanRun, anchor: str, offset: int, rung: MinuteRung, person: Person, said: str) -> Row:
    return {
        "subject_kind": SUBJECT,
        "subject_id": run.id,
        "clock": Clock.PLAN_STEP,
        "anchor": anchor,
        "rung": minute_name(offset),
        "person_id": person.id,
        "level": rung.level,
        "paper": rung.paper,
        "text": said[:500],
        "due_on": clock.today(),
        "collapsed": False,
        "made_at": clock.now(),
    }
