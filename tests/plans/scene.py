"""A plan of the test office, and what the walk over the routes needs of one."""

from tests.office import Member, Office
from tracker.organization.acting import Actor
from tracker.organization.models import DutyDomain
from tracker.organization.queries import office_of
from tracker.plans.keeping import Content, Step, enter
from tracker.plans.models import Plan
from tracker.plans.starting import start

STEPS = (  # who, what, hours, minutes
    ("safety_lead", "到河道危险段值守，每小时报水位", 2, 15),
    ("village_lead", "转移低洼处住户，逐户清点人数", 2, 15),
    ("lead", "发布转移和避险通知", 1, 10),
    ("clerk", "通知县应急值班室，汇总人数", 1, 10),
    ("vice_head", "到现场指挥，调集抢险队", 4, 30),
)
CONTACTS = "县应急值班室 0000-1234567\n抢险队（演示），000 0000 0001\n村广播室"


def content(office: Office, **other: object) -> Content:
    """Return what a plan for floods says, with something changed."""
    steps = [Step(getattr(office, who).post, what, hours, minutes) for who, what, hours, minutes in STEPS]
    said: dict[str, object] = {
        "title": "防汛应急预案",
        "risk": "防汛",
        "domain": office.safety,
        "first_post": office.secretary.post,
        "direct_post": office.safety_lead.post,
        "steps": steps,
        "contacts": CONTACTS,
        "source": "青政〔2025〕9号",
    }
    return Content(**(said | other))  # type: ignore[arg-type] # by the names of its fields


def flood_plan(office: Office, **other: object) -> Plan:
    """Enter the plan for floods as the ledger keeper; call it inside `writing()`."""
    return enter(office.town, content(office, **other), by=office.keeper.actor)


def objects(office: Office) -> dict[str, str]:
    """Make a plan whose step the lead does, and another one that runs as a drill."""
    return of(office.lead, office.keeper.actor, office.ideology, office.secretary)


def of(lead: Member, keeper: Actor, domain: DutyDomain, first: Member | None = None) -> dict[str, str]:
    """Make the same in the office of a lead, who is first responsible where nobody else is named."""
    leads, office = first or lead, office_of(lead.post.unit)
    what = [Step(lead.post, "到现场核实情况，先行处置", 2, 15)]
    plans = [
        enter(office, Content(title, "群众关切", domain, leads.post, lead.post, what), by=keeper)
        for title in ("群众关切处置预案", "消防预案")
    ]
    run = start(plans[1], by=leads.actor, drill=True)
    return {
        "plan": str(plans[0].id),
        "plan_version": str(plans[0].version),
        "plan_run": str(run.id),
        "run_step": str(run.steps[0].id),
    }
