"""The objects that the table of expectations names, once for each place where they can lie.

A place is a relation between the one who asks and the object: the own township, a colleague's beside it, a
village below, another township, the county above, a quarter long past, what has ended, what does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from tests.accounts import scene as accounts_scene
from tests.duties import scene as duties_scene
from tests.exchange import scene as exchange_scene
from tests.matrix.people import COOPERATING, DISABLED, MOVED, STAND_IN, VERIFIER, WITHOUT_POST
from tests.office import PASSWORD, START, Member, Office
from tests.organization import scene as organization_scene
from tests.plans import scene as plans_scene
from tests.tasks import scene as tasks_scene
from tests.tasks.steps import DEADLINE, PAPER, TODAY
from tracker.accounts import administering
from tracker.accounts.signing_in import create_account
from tracker.database import writing
from tracker.documents.models import Secrecy
from tracker.duties.asking import Asked, ask
from tracker.duties.asking import end as end_asking
from tracker.duties.kinds import add_kind, end_kind, kinds
from tracker.duties.models import Every
from tracker.duties.opening import Before, enter_opening_figure
from tracker.duties.recording import record_act, withdraw
from tracker.extensions import db
from tracker.jobs.running import run_waiting
from tracker.organization.acting import Actor, actor
from tracker.organization.chains import link_chain
from tracker.organization.charging import charge, end_duty
from tracker.organization.division import division_of
from tracker.organization.holdings import release
from tracker.organization.models import ChainRole, Duty, Holding, Person, Post, Unit, UnitKind
from tracker.organization.posts import end_post
from tracker.organization.queries import posts_of_office
from tracker.organization.roster_outcome import Outcome
from tracker.organization.setup import add_person, add_post, add_unit, appoint
from tracker.organization.standing_in import end_stand_in, stand_in
from tracker.periods import Period
from tracker.places import samples_dir
from tracker.problems.recording import record_problem
from tracker.reminders.models import Notice
from tracker.reminders.planning import plan_events
from tracker.reports.intake import take_in
from tracker.reports.models import AssignmentHint, Proposal, Report
from tracker.summaries.rollup import roll_up
from tracker.tasks import lifecycle, paper_matter
from tracker.tasks.creation import create
from tracker.tasks.from_report import create_from_report
from tracker.tasks.handover import confirm, digest_of, listed_on
from tracker.tasks.handover_models import Handover
from tracker.tasks.marking import mark
from tracker.tasks.models import Evidence, Task
from tracker.tasks.paper_models import PaperKind
from tracker.tasks.papers import make_paper
from tracker.tasks.states import Verdict

PERIOD, LONG_PAST, BEFORE = (Period.parse(said) for said in ("2025Q3", "2024Q4", "2025Q2"))
YESTERDAY = TODAY - timedelta(days=1)
MISSING = "999999"
NOTHING_TYPED = paper_matter.Asked()

Ids = dict[str, str]


@dataclass(frozen=True)
class Local:
    """Who does what at a place, so that its objects can be made through the verbs."""

    unit: Unit  # keeps the ledger
    clerk: Actor
    lead: Member
    duty: Duty


def build(office: Office) -> tuple[dict[str, Ids], dict[str, Member]]:
    """Make every place's objects and the actors beside the ten of the office; return both."""
    with writing():
        more = _more_people(office)
        link_chain(office.county, office.county_keeper.post, ChainRole.FIRST_RESPONSIBLE)
        own = organization_scene.objects(office) | duties_scene.objects(office)
        own |= accounts_scene.objects(office) | plans_scene.objects(office)
        own |= tasks_scene.objects(office.clerk)
        foreign = tasks_scene.objects(office.other_clerk)
        own |= exchange_scene.objects(office)
        own |= _handovers(office)
        stand_in(
            office.lead.person,
            more[STAND_IN].person,
            by=office.lead.actor,
            from_day=TODAY,
            to_day=TODAY + timedelta(days=5),
        )
    locals_ = {
        "own": Local(office.town, office.clerk.actor, office.lead, office.lead_duty),
        "beside": _beside(office, office.safety_lead),
        "below": _beside(office, office.village_lead),
        "sibling": _elsewhere(office, office.other_town, office.other_clerk),
        "above": _elsewhere(office, office.county, office.county_keeper),
    }
    named = (more[VERIFIER].post, [more[COOPERATING].post])
    ids = {place: _task_objects(local, named if place == "own" else None) for place, local in locals_.items()}
    ids["own"] |= own
    ids["sibling"] |= foreign
    for place in ("beside", "below"):
        ids[place] |= _post_objects(office, locals_[place], TODAY + timedelta(days=40 + len(place)))
    for place in ("own", "sibling", "above"):
        ids[place] |= _office_objects(locals_[place])
        ids[place] |= _told(office, locals_[place])
    ids["sibling"] |= _kept_objects(office, locals_["sibling"])
    with writing():
        ids["sibling"] |= plans_scene.of(locals_["sibling"].lead, office.county_keeper.actor, office.ideology)
    ids["above"] |= _kept_objects(office, locals_["above"])
    ids["past"] = _past(office)
    ids["marked since"] = _marked_since(office, locals_["own"])
    ids["marked after the handover"] = _marked_after_handover(office, more[VERIFIER].post)
    ids["marked"] = _task_objects(locals_["own"], named)
    open_task = _task_objects(locals_["own"], named)
    ids["marked file"] = {"evidence": open_task["evidence"]}
    ids["marked"]["version"] = _mark(office, ids["marked"]["task"])
    _mark(office, open_task["task"], open_task["evidence"])
    ids["ended"] = _ended(office)
    plan_events()
    run_waiting()
    for place, local in locals_.items():
        ids[place]["notice"] = _notice_of(local.lead.person)
    ids["missing"] = dict.fromkeys(ids["own"], MISSING)
    db.session.rollback()
    return ids, more


def away_since_a_second(office: Office, more: Mapping[str, Member]) -> None:
    """After everybody signed in: one is moved to another township, one loses the post, one the account."""
    with writing():
        for name in (MOVED, WITHOUT_POST):
            release(_holding(more[name]), last_day=YESTERDAY)
        appoint(more[MOVED].person, add_post(office.other_town, "办事员"), from_day=TODAY)
        administering.disable(more[DISABLED].account, by=None)


def _more_people(office: Office) -> dict[str, Member]:
    def member(name: str, shown: str, unit: Unit, title: str) -> Member:
        post, person = add_post(unit, title), add_person(shown, email=f"{name}@qs.invalid")
        appoint(person, post, from_day=START)
        return Member(post, person, create_account(name, PASSWORD, person=person))

    return {
        STAND_IN: member(STAND_IN, "沈样", office.publicity, "宣传干事（AB 岗）"),
        VERIFIER: member(VERIFIER, "韩例", office.safety_office, "验收岗"),
        COOPERATING: member(COOPERATING, "杨范", office.safety_office, "配合岗"),
        MOVED: member(MOVED, "朱示", office.publicity, "宣传干事（调出）"),
        WITHOUT_POST: member(WITHOUT_POST, "秦演", office.publicity, "宣传干事（免职）"),
        DISABLED: member(DISABLED, "尤例", office.publicity, "宣传干事（停用）"),
    }


def _beside(office: Office, lead: Member) -> Local:
    duty = db.session.scalars(select(Duty).where(Duty.post_id == lead.post.id).order_by(Duty.id)).first()
    assert duty is not None
    return Local(office.town, office.clerk.actor, lead, duty)


def _elsewhere(office: Office, unit: Unit, clerk: Member) -> Local:
    """A department with a lead in another office; nobody of the actors works in it."""
    with writing():
        department = add_unit(
            code=f"{unit.code}-WX", name="文宣办公室", kind=UnitKind.DEPARTMENT, parent=unit
        )
        post, person = add_post(department, "文宣办主任"), add_person("许范")
        appoint(person, post, from_day=START)
        account = create_account(f"lead-{unit.code}", PASSWORD, person=person)
        duty = charge(post, office.ideology, "负责文化宣传")
    return Local(unit, clerk.actor, Member(post, person, account), duty)


def _task_objects(local: Local, named: tuple[Post, list[Post]] | None, period: Period = PERIOD) -> Ids:
    """A task whose closure is requested, with its evidence."""
    with writing():
        task = _task(local, period)
        verifier, cooperating = named or (None, [])
        lifecycle.assign(
            task,
            by=local.clerk,
            lead_post=local.lead.post,
            duty=local.duty,
            deadline=DEADLINE,
            verifier_post=verifier,
            cooperating=cooperating,
        )
        lead = local.lead.actor
        lifecycle.acknowledge(task, by=lead)
        lifecycle.request_closure(task, by=lead, result="已培训 1 期 40 人", evidence=[PAPER])
        paper, _new = make_paper(task, PaperKind.CLOSURE_APPROVAL, by=local.clerk, asked=NOTHING_TYPED)
    return _of_task(task) | {"paper": str(paper.id)}


def _handovers(office: Office) -> Ids:
    """Two handovers of posts now vacant under the deputy: one to be confirmed by the deputy, one complete."""
    begun = []
    for number in (1, 2):
        post = add_post(office.publicity, f"联络员{number}（交接）", superior=office.deputy.post)
        person = add_person(f"施样{number}")
        holding = appoint(person, post, from_day=START)
        release(holding, last_day=YESTERDAY)
        begun.append(db.session.scalars(select(Handover).where(Handover.post_id == post.id)).one())
    first, done = begun
    seen = digest_of(listed_on(done, TODAY))
    for person in (done.giver, office.deputy.person):
        confirm(done, by=actor(person, TODAY), seen=seen)
    return {"handover": str(first.id), "handover_seen": seen, "handover_paper": str(done.id)}


def _task(local: Local, period: Period) -> Task:
    domain, title = local.duty.domain, f"{local.unit.name}{local.lead.post.title}宣传力量薄弱"
    problem = record_problem(local.unit, period, domain=domain, text=title)
    task = create(
        local.unit, period, by=local.clerk, title=title, domain=domain, problem=problem, measure="加强培训"
    )
    lifecycle.register(task, by=local.clerk, standard="培训 1 期，签到表在案")
    return task


def _of_task(task: Task) -> Ids:
    evidence = db.session.scalars(select(Evidence.id).where(Evidence.task_id == task.id)).one()
    assert task.problem is not None
    family = str(task.problem.family_id)
    return {"task": str(task.id), "version": str(task.version), "evidence": str(evidence), "family": family}


def _post_objects(office: Office, local: Local, away: date) -> Ids:
    """What belongs to a post of the town: its holder, duty, acts, and a coming absence."""
    lead, keeper = local.lead, office.keeper.actor
    kind = next(kind for kind in kinds() if kind.code == "inspection")
    with writing():
        act = record_act(kind, lead.post, by=lead.actor, day=TODAY, evidence=[duties_scene.PHOTO])
        asked = ask(
            lead.post, kind, Asked(1, Every.YEAR, ""), by=keeper, domain=local.duty.domain, from_day=TODAY
        )
        deputy = office.lead if lead is office.safety_lead else office.safety_lead
        later = stand_in(lead.person, deputy.person, by=lead.actor, from_day=away, to_day=away)
    return _of_post(lead) | {
        "act": str(act.id),
        "act_file": str(act.files[0].id),
        "standing_duty": str(asked.id),
        "duty": str(local.duty.id),
        "stand_in": str(later.id),
    }


def _of_post(member: Member) -> Ids:
    post = member.post
    return {
        "post": str(post.id),
        "post_title": post.title,
        "unit_name": post.unit.name,
        "unit_code": post.unit.code,
        "superior": str(post.superior_id or ""),
        "unit": str(post.unit_id),
        "parent": str(post.unit.parent_id),
        "holding": str(_holding(member).id),
        "person": str(member.person.id),
    }


def _office_objects(local: Local, period: Period = PERIOD) -> Ids:
    """A report under review and a summary of an office."""
    with writing():
        sample = (
            (samples_dir() / "township-q3.txt").read_bytes() + local.unit.code.encode() + str(period).encode()
        )
        report = take_in(local.unit, by=local.clerk, file_name="季报.txt", content=sample, period=period)
        summary = roll_up(local.unit, period, by=local.clerk)
    run_waiting()
    db.session.expire_all()
    return {
        "report": str(report.id),
        "summary": str(summary.id),
        "summary_version": str(summary.version),
    }


def _told(office: Office, local: Local) -> Ids:
    """The first report that an office confirmed, with a figure and a post that its clerk corrected."""
    said = ("工作情况", "一、工作开展情况", "召开例会3次。", "三、存在问题", "农家书屋开放时间太短。")
    text = local.unit.name + "\n".join(said)
    with writing():
        report = take_in(
            local.unit,
            by=local.clerk,
            file_name="首报.txt",
            content=text.encode(),
            period=PERIOD,
            domain=office.ideology,
        )
    run_waiting()
    with writing():
        first = db.session.scalars(select(Proposal).where(Proposal.report_id == report.id)).all()[0]
        offered = [one["post"] for one in first.suggested["posts"]]
        first.post_id = next(post.id for post in posts_of_office(local.unit) if post.id != offered[0])
        first.duty_id = None
        create_from_report(db.session.get_one(Report, report.id), by=local.clerk, assign_at_once=False)
        hint = db.session.scalars(select(AssignmentHint).where(AssignmentHint.unit_id == local.unit.id)).one()
    return {"told_report": str(report.id), "hint": str(hint.id)}


def _kept_objects(office: Office, local: Local) -> Ids:
    """What the organization of another office holds."""
    keeper, lead = office.county_keeper.actor, local.lead
    kind = next(kind for kind in kinds() if kind.code == "inspection")
    with writing():
        act = record_act(kind, lead.post, by=lead.actor, day=TODAY, evidence=[duties_scene.PHOTO])
        asked = ask(
            lead.post, kind, Asked(1, Every.YEAR, ""), by=keeper, domain=office.ideology, from_day=TODAY
        )
        own = add_kind(local.unit, by=keeper, name=f"{local.unit.name}主题日", counted_in="次")
        before = Before(3, TODAY - timedelta(days=30), "纸质台账")
        figure = enter_opening_figure(local.unit, kind, before, by=local.clerk, domain=office.ideology)
        deputy = add_person("何样")
        appoint(deputy, add_post(lead.post.unit, "文宣干事"), from_day=START)
        later = stand_in(lead.person, deputy, by=lead.actor, from_day=TODAY + timedelta(days=9),
                         to_day=TODAY + timedelta(days=9))  # fmt: skip
    return _of_post(lead) | {
        "office": local.unit.code,
        "division_version": division_of(local.unit, TODAY).version,
        "roster_digest": Outcome().digest,
        "act": str(act.id),
        "act_file": str(act.files[0].id),
        "standing_duty": str(asked.id),
        "act_kind": str(own.id),
        "opening_figure": str(figure.id),
        "duty": str(local.duty.id),
        "stand_in": str(later.id),
    }


def _past(office: Office) -> Ids:
    """A task of the year before, closed, and the summary of its quarter."""
    local = Local(office.town, office.clerk.actor, office.lead, office.lead_duty)
    ids = _task_objects(local, None, LONG_PAST) | _office_objects(local, LONG_PAST)
    task = db.session.get(Task, int(ids["task"]))
    assert task is not None
    with writing():
        lifecycle.endorse(task, by=office.deputy.actor, opinion="同意")
        lifecycle.accept(task, by=office.keeper.actor, verdict=Verdict.GOOD)
    return ids | {"version": str(task.version)}


def _ended(office: Office) -> Ids:
    """What is kept although it is over: the nearest there is to deleted, since nothing ever is."""
    keeper = office.keeper.actor
    kind = next(kind for kind in kinds() if kind.code == "meeting")
    with writing():
        post = add_post(office.publicity, "宣传员（撤岗）", superior=office.deputy.post)
        person = add_person("吕范")
        appoint(person, post, from_day=START)
        duty = charge(post, office.ideology, "负责阵地巡查")
        asked = ask(post, kind, Asked(1, Every.YEAR, ""), by=keeper, domain=office.ideology, from_day=START)
        act = record_act(
            kind, office.lead.post, by=office.lead.actor, day=TODAY, evidence=[duties_scene.PHOTO]
        )
        withdraw(act, by=office.lead.actor, reason="重复登记")
        gone = stand_in(
            office.lead.person, office.safety_lead.person, by=office.lead.actor,
            from_day=TODAY + timedelta(days=70), to_day=TODAY + timedelta(days=71),
        )  # fmt: skip
        end_stand_in(gone, by=office.lead.actor)
        own = add_kind(office.town, by=keeper, name="旧活动", counted_in="次")
        end_kind(own, by=keeper)
        end_asking(asked, by=keeper, last_day=YESTERDAY)
        end_duty(duty, last_day=YESTERDAY, by=keeper)
        holding = db.session.scalars(select(Holding).where(Holding.post_id == post.id)).one()
        release(holding, last_day=YESTERDAY)
        end_post(post, last_day=YESTERDAY)
    return {
        "post": str(post.id),
        "superior": str(post.superior_id),
        "duty": str(duty.id),
        "holding": str(holding.id),
        "standing_duty": str(asked.id),
        "act": str(act.id),
        "stand_in": str(gone.id),
        "act_kind": str(own.id),
    }


def _mark(office: Office, task_id: str, evidence_id: str | None = None) -> str:
    """Mark a task, or a file of it, as a work secret; return the task's version."""
    with writing():
        task = db.session.get_one(Task, int(task_id))
        file = None if evidence_id is None else db.session.get_one(Evidence, int(evidence_id))
        mark(task, by=office.clerk.actor, secrecy=Secrecy.WORK_SECRET, reason="涉及未公开事项", evidence=file)
    return str(task.version)


def _marked_since(office: Office, local: Local) -> Ids:
    """A summary with a task that was marked after the roll-up: the draft still holds its words."""
    task = _task_objects(local, None, BEFORE)
    ids = _office_objects(local, BEFORE)
    _mark(office, task["task"])
    return {name: ids[name] for name in ("summary", "summary_version")}


def _marked_after_handover(office: Office, verifier: Post) -> Ids:
    """A handover whose paper names a task that was marked later."""
    with writing():
        post = add_post(office.publicity, "联络员3（交接）", superior=office.deputy.post)
        person = add_person("施样3")
        holding = appoint(person, post, from_day=START)
        duty = charge(post, office.ideology, "负责对接媒体")
        task = _task(Local(office.town, office.clerk.actor, office.lead, office.lead_duty), PERIOD)
        lifecycle.assign(
            task, by=office.clerk.actor, lead_post=post, duty=duty, deadline=DEADLINE, verifier_post=verifier
        )
        release(holding, last_day=YESTERDAY)
        handover = db.session.scalars(select(Handover).where(Handover.post_id == post.id)).one()
        seen = digest_of(listed_on(handover, TODAY))
        for signer in (person, office.deputy.person):
            confirm(handover, by=actor(signer, TODAY), seen=seen)
    _mark(office, str(task.id))
    return {"handover_paper": str(handover.id)}


def _holding(member: Member) -> Holding:
    return db.session.scalars(
        select(Holding).where(Holding.post_id == member.post.id, Holding.to_day.is_(None))
    ).one()


def _notice_of(person: Person) -> str:
    found = db.session.scalar(select(Notice.id).where(Notice.person_id == person.id).limit(1))
    assert found is not None, f"{person.name} was told nothing"
    return str(found)
