"""The demo's plan: for floods, drilled once some weeks ago, so that its pages have something to show."""

from datetime import date, timedelta

from tracker import clock
from tracker.database import writing
from tracker.demo.county import DUTY_LIST, County
from tracker.extensions import db
from tracker.plans import doing, ending, starting
from tracker.plans.keeping import Content, Step, enter
from tracker.plans.models import Plan, PlanRun
from tracker.reminders.planning import plan_runs
from tracker.workdays import shipped

ENTERED, DRILLED = timedelta(days=34), timedelta(days=20)  # so long ago
STEPS = (  # post, what, hours, minutes
    ("safety_office", "核实雨情水情和险段，向书记、镇长报告", 1, 15),
    ("village_1", "转移低洼处和沿河住户，逐户清点人数", 2, 15),
    ("enforcement", "封控沿河道路和漫水桥，劝离过往人员", 1, 15),
    ("publicity_office", "发布避险提示，通知各村广播", 1, 15),
    ("social_office", "开放安置点，登记安置人员，备好饮水被褥", 3, 30),
    ("safety_head", "到现场指挥，调集抢险队", 4, 30),
)
CONTACTS = (
    "县应急值班室（演示） 0000-1234567\n县水利站值班室（演示） 0000-2345678\n抢险队（演示） 0000-3456789"
)
IN_THE_DRILL = (  # minutes after the start, step, what its post said
    (4, 1, "雨量站和两处险段已核实，已报书记、镇长（演示）"),
    (21, 3, "两座漫水桥已封控（演示）"),
    (48, 2, "转移12户31人，清点无误（演示）"),
)


def enter_plan(county: County, today: date) -> None:
    """Enter the plan as the ledger keeper, and have it drilled by the vice head in charge of safety."""
    with clock.moved_to(shipped().on_or_before(today - ENTERED)), writing():
        plan_id = _enter(county).id
    day = shipped().on_or_before(today - DRILLED)
    with clock.moved_to(day), writing():
        run = starting.start(_plan(plan_id), by=county.actor("safety_head"), drill=True)
        run_id = run.id
    for minute, position, said in IN_THE_DRILL:
        with clock.moved_to(day, minute=minute), writing():
            step = _run(run_id).steps[position - 1]
            doing.finish(step, by=county.actor(STEPS[position - 1][0]), result=said)
    with clock.moved_to(day, hour=10):
        with writing():
            note = "六个岗位都在一小时内收到通知，三步按时完成；安置点钥匙由两人分管，开门晚了（演示）"
            ending.end(_run(run_id), by=county.actor("safety_head"), note=note, participants=38)
        plan_runs(clock.now())


def _plan(plan_id: int) -> Plan:
    return db.session.get_one(Plan, plan_id)


def _run(run_id: int) -> PlanRun:
    return db.session.get_one(PlanRun, run_id)


def _enter(county: County) -> Plan:
    posts = county.posts
    content = Content(
        "防汛应急预案（演示）",
        "防汛",
        county.domains["safety"],
        posts["secretary"],
        posts["safety_office"],
        [Step(posts[post], what, hours, minutes) for post, what, hours, minutes in STEPS],
        contacts=CONTACTS,
        source=DUTY_LIST,
    )
    return enter(county.units["QS"], content, by=county.actor("keeper"))
